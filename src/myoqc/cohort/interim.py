"""Plans and simulations by the present simulator, until the new one takes over: this file then goes."""

from dataclasses import dataclass, replace

import numpy as np

from myoqc.aha import Level
from myoqc.records import Acquisition, Contours
from myoqc.schedules import KNOWN, SHMOLLI, Schedule
from myoqc.simulate import Motion, SimulatedCase, draw_case, simulate
from myoqc.simulate.labels import Artefact, Distractor
from myoqc.simulate.motion.breath import Breath
from myoqc.simulate.motion_truth import Truth


@dataclass(frozen=True, slots=True)
class CasePlan:
    """What a case is to be."""

    patient: str
    subject: str
    level: Level
    field_t: float
    schedule: Schedule
    motion: Motion
    seed: tuple[int, int]
    distractor: Distractor = Distractor.NONE
    artefact: Artefact = Artefact.NONE


def draw_plan(preset: str, *, patients: int, seed: int) -> tuple[CasePlan, ...]:
    """Two slices a patient."""
    schedules = (SHMOLLI,) if preset == "hcmr" else KNOWN
    plans = []
    for number in range(patients):
        rng = np.random.default_rng((seed, number))
        field_t, schedule = float(rng.choice([1.5, 3.0], p=[0.73, 0.27])), schedules[number % len(schedules)]
        for level in (Level.BASAL, Level.MID):
            motion = Motion.STEP if rng.uniform() < 0.125 else Motion.STILL
            name = f"SIM-{number:04d}"
            plans.append(CasePlan(name, name, level, field_t, schedule, motion, (seed, number)))
    return tuple(plans)


@dataclass(frozen=True, slots=True, eq=False)
class Simulation:
    """What a plan gives."""

    case: SimulatedCase
    acquisition: Acquisition
    contours: Contours
    truth: Truth
    still: Acquisition
    """Without motion and noise."""


def simulate_plan(plan: CasePlan) -> Simulation:
    """The slice, and the same without motion and noise."""
    case = draw_case(
        np.random.default_rng(plan.seed),
        schedule=plan.schedule,
        field_t=plan.field_t,
        level=plan.level,
        motion=plan.motion,
        patient=plan.patient,
    )
    moved = simulate(case)
    truth = Truth(moved.truth.contamination, moved.truth.displacement_mm)
    still = simulate(_without_motion_and_noise(case)).acquisition
    return Simulation(case, moved.acquisition, moved.contours, truth, still)


def _without_motion_and_noise(case: SimulatedCase) -> SimulatedCase:
    first = case.timing.group == 0
    at_rest = Breath(
        case.breath.motion,
        np.repeat(np.median(case.breath.displacement_mm[first], axis=0)[None], len(first), axis=0),
        np.full(len(first), np.median(case.breath.turn_deg[first])),
    )
    return replace(case, breath=at_rest, snr=1e6, beat_gain=np.zeros_like(case.beat_gain))
