"""How breathing goes on during a breath-hold, and how far it takes heart, abdomen and chest wall."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from myoqc.records.arrays import frozen
from myoqc.simulate.labels import Motion
from myoqc.simulate.physics.timing import Timing

FloatArray = NDArray[np.float64]

TIDAL_MM = frozen([0.0, -1.3, -4.9], np.float64, "3", "TIDAL_MM")
TIDAL_SD_MM = frozen([0.6, 1.8, 1.9], np.float64, "3", "TIDAL_SD_MM")
"""How far the heart goes between expiration and inspiration, LPS: 1.3 mm forward, 4.9 mm down [Shechter2004]."""
LEAST_DOWN_MM = -2.0
TURN_DEG = (1.5, 0.9)
"""Mean and standard deviation of its turn over the same way [Shechter2004]."""
HEART_PER_DIAPHRAGM = (0.57, 0.06)
"""The heart goes less far than the diaphragm [Wang1995]; the spread between patients is plausible, not measured."""
SLIP_MM_PER_S = (0.0, 0.15)
"""Diaphragm in a breath-hold that succeeds, at the end of expiration [Holland1998]."""
SIZE_MM = (0.8, 18.0)
"""Way of the heart in one that fails, from what can't be seen to a deep breath: at 0.1 to 7.9 mm/s the diaphragm goes
1 mm or as far as it can in the time that a map takes [Holland1998]."""
RISE_SHARE = (0.05, 0.3)
"""How far the front of the chest wall rises for each mm of the heart."""
ON_THE_TABLE = frozen([1.0, 0.7, 0.7], np.float64, "3", "ON_THE_TABLE")
"""A patient who moves goes sideways more easily than up or along."""


@dataclass(frozen=True, slots=True, eq=False)
class Breathing:
    """Where breathing, or the patient, has taken everything in each image (t)."""

    heart_mm: FloatArray
    """(t 3)"""
    turn_deg: FloatArray
    """(t)"""
    abdomen_mm: FloatArray
    """(t 3)"""
    chest_mm: FloatArray
    """(t 3)"""
    chest_rise_mm: FloatArray
    """(t)"""


def draw_breathing(rng: np.random.Generator, motion: Motion, timing: Timing, size_mm: float | None) -> Breathing:
    """Draw the breathing of a kind; ``size_mm`` is the heart's way between its two farthest images, None = drawn."""
    elapsed_s = seconds(timing)
    drawn_mm = _draw_size_mm(rng, motion, float(elapsed_s.max()))
    way = _draw_direction(rng, motion)
    turn_deg = rng.choice([-1.0, 1.0]) * rng.normal(*TURN_DEG) / np.linalg.norm(TIDAL_MM)
    per_diaphragm = np.clip(rng.normal(*HEART_PER_DIAPHRAGM), 0.45, 0.7)
    rise = rng.uniform(*RISE_SHARE)
    heart = (drawn_mm if size_mm is None else size_mm) * draw_curve(rng, motion, elapsed_s)
    heart_mm, still_mm = heart[:, None] * way, np.zeros((len(heart), 3))
    if motion is Motion.SHIFT:
        return Breathing(heart_mm, np.zeros_like(heart), heart_mm, heart_mm, np.zeros_like(heart))
    return Breathing(heart_mm, turn_deg * heart, heart_mm / per_diaphragm, still_mm, rise * heart * -np.sign(way[2]))


def seconds(timing: Timing) -> FloatArray:
    """(t) since the first image."""
    return np.asarray((timing.readout_ms - timing.readout_ms.min()) / 1000.0)


def _draw_size_mm(rng: np.random.Generator, motion: Motion, duration_s: float) -> float:
    if motion is Motion.STILL:
        return float(rng.uniform(*SLIP_MM_PER_S) * HEART_PER_DIAPHRAGM[0] * duration_s)
    return float(rng.uniform(*SIZE_MM))


def _draw_direction(rng: np.random.Generator, motion: Motion) -> FloatArray:
    """Unit vector (3): down and forward from a breath held in expiration, back and up from one held in inspiration."""
    tidal, aside = draw_tidal_mm(rng), rng.normal(0.0, ON_THE_TABLE)
    way = (aside if motion is Motion.SHIFT else tidal) * rng.choice([-1.0, 1.0])
    return np.asarray(way / np.linalg.norm(way))


def draw_tidal_mm(rng: np.random.Generator) -> FloatArray:
    """Way (3) of the heart from expiration to inspiration, LPS; nobody breathes without going down."""
    way_mm = rng.normal(TIDAL_MM, TIDAL_SD_MM)
    return np.asarray([way_mm[0], way_mm[1], min(way_mm[2], LEAST_DOWN_MM)])


def draw_curve(rng: np.random.Generator, motion: Motion, elapsed_s: FloatArray) -> FloatArray:
    """Share (t) of the whole way at each time; between its two farthest images it is 1."""
    curve = CURVES[motion](rng, elapsed_s)
    return np.asarray(curve / np.ptp(curve))


def _draw_drift(rng: np.random.Generator, elapsed_s: FloatArray) -> FloatArray:
    """Slow, faster or slower towards the end."""
    return np.asarray((elapsed_s / elapsed_s.max()) ** rng.uniform(0.7, 1.5))


def _draw_release(rng: np.random.Generator, elapsed_s: FloatArray) -> FloatArray:
    """Out within a second, at any time between two images; afterwards the patient may come back a part of the way."""
    after_s = elapsed_s - _draw_between(rng, elapsed_s)
    gone = 1.0 - np.exp(-np.maximum(after_s, 0.0) / rng.uniform(0.1, 0.5))
    back = 1.0 - np.exp(-np.maximum(after_s, 0.0) / rng.uniform(2.0, 6.0))
    return np.asarray(gone - rng.uniform(0.0, 0.5) * back)


def _draw_oscillation(rng: np.random.Generator, elapsed_s: FloatArray) -> FloatArray:
    """Breaths of 3 to 6 s that rest in expiration: an even power of a cosine."""
    turns = elapsed_s / rng.uniform(3.0, 6.0) + rng.uniform()
    depth = 1.0 + rng.uniform(-0.4, 0.4) * elapsed_s / elapsed_s.max()
    return np.asarray(depth * np.abs(np.cos(np.pi * turns)) ** (2 * rng.integers(1, 4)))


def _draw_late_breath(rng: np.random.Generator, elapsed_s: FloatArray) -> FloatArray:
    """Breathing that begins in the last half, before the last image."""
    begins_s = rng.uniform(0.5, 0.9) * elapsed_s.max()
    turns = np.maximum(elapsed_s - begins_s, 0.0) / rng.uniform(2.5, 5.0)
    return np.asarray(0.5 - 0.5 * np.cos(2 * np.pi * turns))


def _draw_shift(rng: np.random.Generator, elapsed_s: FloatArray) -> FloatArray:
    """Once, within a second or two, and not back."""
    after_s = elapsed_s - _draw_between(rng, elapsed_s)
    return np.asarray(1.0 / (1.0 + np.exp(-after_s / rng.uniform(0.1, 0.4))))


def _draw_between(rng: np.random.Generator, elapsed_s: FloatArray) -> float:
    """A time between two images, every gap alike."""
    before = rng.integers(len(elapsed_s) - 1)
    return float(np.interp(rng.uniform(0.05, 0.75), [0.0, 1.0], np.sort(elapsed_s)[before : before + 2]))


CURVES: Mapping[Motion, Callable[[np.random.Generator, FloatArray], FloatArray]] = MappingProxyType(
    {
        Motion.STILL: _draw_drift,
        Motion.DRIFT: _draw_drift,
        Motion.RELEASE: _draw_release,
        Motion.OSCILLATION: _draw_oscillation,
        Motion.LATE_BREATH: _draw_late_breath,
        Motion.SHIFT: _draw_shift,
    }
)
"""Kind of motion → what draws its curve (t) from the seconds (t) since the first image."""
