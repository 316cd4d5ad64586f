"""Plans simulated by the present simulator, until the new one takes over: this file then goes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from myoqc.errors import InputError
from myoqc.records import Acquisition, Contours, LabelledImage
from myoqc.simulate import SimulatedCase, draw_case, simulate
from myoqc.simulate.labels import Motion
from myoqc.simulate.motion import breath
from myoqc.simulate.motion_truth import Truth
from myoqc.simulate.plan import CasePlan, patient_rng


@dataclass(frozen=True, slots=True, eq=False)
class PlannedCase:
    """What was drawn, and the plan that it was drawn for."""

    plan: CasePlan
    drawn: SimulatedCase


@dataclass(frozen=True, slots=True, eq=False)
class Simulation:
    """What a plan gives."""

    case: PlannedCase
    acquisition: Acquisition
    contours: Contours
    truth: Truth
    still: Acquisition
    """Without motion and noise."""


def simulate_plan(plan: CasePlan, images: Sequence[LabelledImage] = ()) -> Simulation:
    """The slice, and the same without motion and noise; ``images`` of the subject whose real anatomy it has."""
    if images:
        raise InputError("real anatomies can't be simulated yet")
    kinds = {Motion.STILL: breath.Motion.STILL, Motion.DRIFT: breath.Motion.DRIFT}
    case = draw_case(
        patient_rng(plan),
        schedule=plan.patient.schedule,
        field_t=plan.patient.field_t,
        level=plan.level,
        motion=kinds.get(plan.motion, breath.Motion.STEP),
        patient=plan.patient.name,
    )
    moved = simulate(case)
    truth = Truth(moved.truth.contamination, moved.truth.displacement_mm)
    still = simulate(_without_motion_and_noise(case)).acquisition
    return Simulation(PlannedCase(plan, case), moved.acquisition, moved.contours, truth, still)


def _without_motion_and_noise(case: SimulatedCase) -> SimulatedCase:
    first = case.timing.group == 0
    at_rest = breath.Breath(
        case.breath.motion,
        np.repeat(np.median(case.breath.displacement_mm[first], axis=0)[None], len(first), axis=0),
        np.full(len(first), np.median(case.breath.turn_deg[first])),
    )
    return replace(case, breath=at_rest, snr=1e6, beat_gain=np.zeros_like(case.beat_gain))
