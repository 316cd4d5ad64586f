"""The ways to fit, as data, and which of them suits an acquisition."""

from dataclasses import dataclass

import numpy as np

from myoqc.errors import InputError, InversionTimeError
from myoqc.records import Acquisition
from myoqc.schedules import SHMOLLI, Preparation

LEAST_TIMES = 4
"""Different times that a fit with three parameters needs."""


@dataclass(frozen=True, slots=True)
class Method:
    """How a scheme is fitted: free A and B or A = B, and whether T1* is corrected for the readout."""

    name: str
    preparation: Preparation
    free_start: bool
    look_locker: bool
    shortest_ms: float = 60.0
    """T1* below which nothing is looked for."""


METHODS = {
    method.name: method
    for method in (
        Method("shmolli", Preparation.INVERSION, True, True, shortest_ms=20.0),
        Method("molli", Preparation.INVERSION, True, True),
        Method("sasha3", Preparation.SATURATION, True, False),
        Method("sasha2", Preparation.SATURATION, False, False),
    )
}


def choose(acquisition: Acquisition, name: str) -> Method:
    """The method called ``name``, or for 'auto' the one that the schedule asks for.

    Raises InputError for an unknown name or another preparation, InversionTimeError for times that do not suffice.
    """
    schedule = acquisition.schedule
    if name == "auto":
        name = _usual(acquisition)
    if name not in METHODS:
        raise InputError(f"unknown fit method {name!r}", expected=f"auto, {', '.join(METHODS)}")
    method = METHODS[name]
    if method.preparation is not schedule.preparation:
        raise InputError(
            f"the fit '{name}' does not belong to this acquisition",
            expected=f"{method.preparation.value} recovery",
            found=f"{schedule.name} ({schedule.preparation.value} recovery)",
            remedy="Leave the method at 'auto'.",
        )
    if name == "shmolli" and schedule != SHMOLLI:
        raise InversionTimeError(
            "the fit 'shmolli' needs the seven images of ShMOLLI", found=schedule.name, remedy="Use 'molli' or 'auto'."
        )
    if method.free_start and _n_times(acquisition) < LEAST_TIMES:
        raise InversionTimeError(
            f"the fit '{name}' has three parameters",
            expected=f"at least {LEAST_TIMES} different times",
            found=_n_times(acquisition),
            remedy="Use 'sasha2' or 'auto'.",
        )
    return method


def _usual(acquisition: Acquisition) -> str:
    """Three parameters wherever the times allow it."""
    if acquisition.schedule == SHMOLLI:
        return "shmolli"
    if acquisition.schedule.preparation is Preparation.INVERSION:
        return "molli"
    return "sasha3" if _n_times(acquisition) >= LEAST_TIMES else "sasha2"


def _n_times(acquisition: Acquisition) -> int:
    return len(np.unique(acquisition.ti_ms))
