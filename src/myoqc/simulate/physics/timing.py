"""When things happen: inversions and readouts on the heartbeats of one acquisition, in ms from the first inversion."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from myoqc.errors import InversionTimeError
from myoqc.records.arrays import frozen
from myoqc.schedules import Preparation, Schedule

FloatArray = NDArray[np.float64]

FIRST_TI_MS = 100.0
TI_STEP_MS = 80.0
"""The first inversion time of each group: 100, 180, 260 ms [Piechnik2010]."""
RR_RANGE_MS = (600.0, 1300.0)
"""Mean RR intervals of a cohort."""
RR_VARIATION = (0.01, 0.06)
"""Standard deviation from beat to beat over the mean."""


@dataclass(frozen=True, slots=True, eq=False)
class Timing:
    """The timeline of one acquisition; a readout is dated by the centre of k-space."""

    schedule: Schedule
    rr_ms: FloatArray
    """(beats) interval that follows each heartbeat."""
    inversion_ms: FloatArray
    """(groups)"""
    readout_ms: FloatArray
    """(t)"""
    group: NDArray[np.intp]
    """(t) number of the inversion that each image follows."""
    trigger_ms: float
    """Delay of the readout after the R wave, the same on every beat."""

    def __post_init__(self) -> None:
        for name, axes in (("rr_ms", "beats"), ("inversion_ms", "groups"), ("readout_ms", "t")):
            object.__setattr__(self, name, frozen(getattr(self, name), np.float64, axes, name))
        object.__setattr__(self, "group", frozen(self.group, np.intp, "t", "group"))

    @property
    def ti_ms(self) -> FloatArray:
        """(t) inversion times as they came about: first time + the RR intervals since."""
        return np.asarray(self.readout_ms - self.inversion_ms[self.group])


def timing(schedule: Schedule, rr_ms: ArrayLike, trigger_ms: float = 500.0) -> Timing:
    """The timeline of ``schedule`` on heartbeats with intervals ``rr_ms`` (beats).

    The images of a group stand on consecutive beats, its inversion the group's first inversion time before its first
    image; pauses are whole beats, or as many as fill the seconds. Raises InversionTimeError for a scheme without
    inversion and for too few heartbeats.
    """
    if schedule.preparation is not Preparation.INVERSION:
        raise InversionTimeError(
            f"{schedule.name} can't be simulated", expected="an inversion-recovery scheme", found="saturation recovery"
        )
    intervals = np.asarray(rr_ms, dtype=np.float64)
    beats = np.array(_beats(schedule, intervals))
    group = np.repeat(np.arange(len(schedule.samples)), schedule.samples)
    at_ms = FIRST_TI_MS + np.concatenate([[0.0], np.cumsum(intervals)])[beats]
    first_of_group = np.concatenate([[0], np.cumsum(schedule.samples)[:-1]])
    inversion_ms = at_ms[first_of_group] - FIRST_TI_MS - TI_STEP_MS * np.arange(len(schedule.samples))
    return Timing(schedule, intervals, inversion_ms, at_ms, group, trigger_ms)


def _beats(schedule: Schedule, rr_ms: FloatArray) -> list[int]:
    """Number (from 0) of the heartbeat of each image."""
    beats: list[int] = []
    for samples, pause in zip(schedule.samples, (0, *schedule.pauses), strict=True):
        start = beats[-1] + 1 if beats else 0
        start += pause if schedule.pause_unit == "beats" else _beats_that_fill(pause * 1000.0, rr_ms[start:])
        beats.extend(range(start, start + samples))
    if beats[-1] > len(rr_ms):
        raise InversionTimeError(
            f"too few heartbeats for {schedule.name}", expected=f"{beats[-1]} or more intervals", found=len(rr_ms)
        )
    return beats


def _beats_that_fill(pause_ms: float, rr_ms: FloatArray) -> int:
    return int(np.searchsorted(np.cumsum(rr_ms), pause_ms)) + 1 if pause_ms else 0


def draw_timing(rng: np.random.Generator, schedule: Schedule) -> Timing:
    """Heartbeats of one patient: mean RR and its variation from beat to beat, readout in diastole."""
    mean_ms = rng.uniform(*RR_RANGE_MS)
    spread = rng.uniform(*RR_VARIATION)
    beats_per_pause = 1 if schedule.pause_unit == "beats" else 3
    n_beats = schedule.n_images + beats_per_pause * sum(schedule.pauses)
    rr_ms = mean_ms * (1.0 + spread * rng.standard_normal(n_beats).clip(-2.5, 2.5))
    return timing(schedule, rr_ms, trigger_ms=float(np.round(0.65 * mean_ms, 1)))
