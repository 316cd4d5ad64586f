"""Simulated hearts: what chance decides is drawn first and kept, then applied, so that every case can be made again."""

from myoqc.simulate.case import SimulatedCase, draw_case
from myoqc.simulate.labels import POSITIVE_FROM, Artefact, Distractor, Motion
from myoqc.simulate.plan import CasePlan, PatientPlan, patient_plan
from myoqc.simulate.synthesis import Simulation, simulate
from myoqc.simulate.truth import Truth

__all__ = [
    "POSITIVE_FROM",
    "Artefact",
    "CasePlan",
    "Distractor",
    "Motion",
    "PatientPlan",
    "SimulatedCase",
    "Simulation",
    "Truth",
    "draw_case",
    "patient_plan",
    "simulate",
]
