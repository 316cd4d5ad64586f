"""Simulated hearts: what chance decides is drawn first and kept, then applied, so that every case can be made again."""

from myoqc.simulate.case import SimulatedCase, draw_case
from myoqc.simulate.motion.breath import Motion
from myoqc.simulate.synthesis import Simulation, simulate
from myoqc.simulate.truth import POSITIVE_FROM, Truth

__all__ = ["POSITIVE_FROM", "Motion", "SimulatedCase", "Simulation", "Truth", "draw_case", "simulate"]
