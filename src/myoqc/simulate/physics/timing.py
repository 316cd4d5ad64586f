"""When things happen: preparations and readouts on the heartbeats of one acquisition, in ms."""

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
UNPREPARED = -1
"""Group of an image that no preparation precedes."""
UNPREPARED_TI_MS = 10_000.0
"""The time that a header states for an image of SASHA without saturation."""
BEFORE_R_WAVE_MS = 20.0
"""SASHA's earliest saturation follows the R wave by this much, so that it lies within the beat of its readout."""
RR_RANGE_MS = (600.0, 1300.0)
"""Mean RR intervals of a cohort."""
RR_VARIATION = (0.01, 0.06)
"""Standard deviation from beat to beat over the mean."""
RR_DRIFT_SD = 0.03
"""Standard deviation of the change of RR over a breath-hold, over the mean."""
READOUT_AT = 0.65
"""Delay of the readout after the R wave over the mean RR interval: diastole."""


@dataclass(frozen=True, slots=True, eq=False)
class Timing:
    """The timeline of one acquisition; a readout is dated by the centre of k-space."""

    schedule: Schedule
    rr_ms: FloatArray
    """(beats) interval that follows each heartbeat."""
    preparation_ms: FloatArray
    """(groups) moments of the inversions or saturations."""
    readout_ms: FloatArray
    """(t)"""
    group: NDArray[np.intp]
    """(t) number of the preparation that each image follows; −1 = none."""
    ti_ms: FloatArray
    """(t) time since the preparation as a header states it; a mistriggered image was read at another time."""
    trigger_ms: float
    """Delay of the readout after the R wave that a header states, the same on every beat."""

    def __post_init__(self) -> None:
        for name, axes in (("rr_ms", "beats"), ("preparation_ms", "groups"), ("readout_ms", "t"), ("ti_ms", "t")):
            object.__setattr__(self, name, frozen(getattr(self, name), np.float64, axes, name))
        object.__setattr__(self, "group", frozen(self.group, np.intp, "t", "group"))

    @property
    def true_ti_ms(self) -> FloatArray:
        """(t) time since the preparation as it came about; where there was none, what the header states."""
        since = self.readout_ms - self.preparation_ms[self.group]
        return np.asarray(np.where(self.group == UNPREPARED, self.ti_ms, since))


def timing(schedule: Schedule, rr_ms: ArrayLike, trigger_ms: float = 500.0) -> Timing:
    """The timeline of ``schedule`` on heartbeats with intervals ``rr_ms`` (beats); its header states what came about.

    After inversions, the images of a group stand on consecutive beats, its inversion the group's first inversion time
    before its first image; pauses are whole beats, or as many as fill the seconds. SASHA reads one image without
    saturation and then one on every beat, with saturations spread over the time from the R wave to the readout
    [Chow2014]. Raises InversionTimeError for too few heartbeats, or too early a readout for SASHA.
    """
    intervals = np.asarray(rr_ms, dtype=np.float64)
    beats = np.array(_beats(schedule, intervals))
    at_ms = FIRST_TI_MS + np.concatenate([[0.0], np.cumsum(intervals)])[beats]
    if schedule.preparation is Preparation.SATURATION:
        return _saturations(schedule, intervals, at_ms, trigger_ms)
    group = np.repeat(np.arange(len(schedule.samples)), schedule.samples)
    first_of_group = np.concatenate([[0], np.cumsum(schedule.samples)[:-1]])
    inversion_ms = at_ms[first_of_group] - FIRST_TI_MS - TI_STEP_MS * np.arange(len(schedule.samples))
    return Timing(schedule, intervals, inversion_ms, at_ms, group, at_ms - inversion_ms[group], trigger_ms)


def _saturations(schedule: Schedule, rr_ms: FloatArray, at_ms: FloatArray, trigger_ms: float) -> Timing:
    longest_ms = trigger_ms - BEFORE_R_WAVE_MS
    if longest_ms <= FIRST_TI_MS:
        raise InversionTimeError(
            f"{schedule.name} has no time for its saturations between R wave and readout",
            expected=f"a trigger delay above {FIRST_TI_MS + BEFORE_R_WAVE_MS:g} ms",
            found=f"{trigger_ms:g} ms",
        )
    after_ms = np.linspace(FIRST_TI_MS, longest_ms, len(at_ms) - 1)
    group = np.arange(len(at_ms)) - 1
    return Timing(schedule, rr_ms, at_ms[1:] - after_ms, at_ms, group, np.r_[UNPREPARED_TI_MS, after_ms], trigger_ms)


def _beats(schedule: Schedule, rr_ms: FloatArray) -> list[int]:
    """Number (from 0) of the heartbeat of each image."""
    beats: list[int] = []
    pauses = schedule.pauses or (0,) * (len(schedule.samples) - 1)
    for samples, pause in zip(schedule.samples, (0, *pauses), strict=True):
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


def draw_mean_rr_ms(rng: np.random.Generator) -> float:
    """Mean RR interval of one patient."""
    return float(rng.uniform(*RR_RANGE_MS))


def draw_timing(rng: np.random.Generator, schedule: Schedule, mean_ms: float | None = None) -> Timing:
    """Heartbeats of one acquisition: their variation from beat to beat and their drift; readout in diastole.

    ``mean_ms`` is the patient's mean RR interval; None draws one.
    """
    mean_ms = draw_mean_rr_ms(rng) if mean_ms is None else mean_ms
    spread = rng.uniform(*RR_VARIATION)
    beats_per_pause = 1 if schedule.pause_unit == "beats" else 3
    n_beats = schedule.n_images + beats_per_pause * sum(schedule.pauses)
    *beat_to_beat, drift = rng.standard_normal(n_beats).clip(-2.5, 2.5)
    change = spread * np.array(beat_to_beat) + RR_DRIFT_SD * drift * np.linspace(-0.5, 0.5, n_beats - 1)
    return timing(schedule, mean_ms * (1.0 + change), trigger_ms=float(np.round(READOUT_AT * mean_ms, 1)))
