"""Breathing during the breath-hold: how far the heart is displaced in each image, and what moves with it."""

from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from myoqc.aha import BASE_TO_APEX
from myoqc.errors import InputError
from myoqc.records.arrays import frozen
from myoqc.records.grid import Grid
from myoqc.simulate.drawn.layers import Anatomy, Part, Poses
from myoqc.simulate.drawn.outline import Pose
from myoqc.simulate.physics.timing import Timing

FloatArray = NDArray[np.float64]


class Motion(Enum):
    """What the patient does while the images are taken."""

    STILL = "still"
    DRIFT = "drift"
    STEP = "step"


SIZE_MM = MappingProxyType({Motion.STILL: (0.0, 0.4), Motion.DRIFT: (1.5, 9.0), Motion.STEP: (2.0, 10.0)})
"""How far the heart goes in all; drift reaches what a slipping diaphragm does in a breath-hold [Holland1998]."""
JITTER_MM = (0.05, 0.25)
"""Standard deviation from image to image that every heart has."""
TIDAL_MM = frozen([0.0, -1.3, -4.9], np.float64, "3", "TIDAL_MM")
TIDAL_SD_MM = frozen([0.6, 1.8, 0.0], np.float64, "3", "TIDAL_SD_MM")
"""Displacement of the heart between expiration and inspiration, LPS: 1.3 mm forward, 4.9 mm down [Shechter2004]."""
TURN_DEG_PER_MM = 1.5 / 4.9
DIAPHRAGM_PER_HEART = 1.0 / 0.57
"""The diaphragm goes further than the heart [Wang1995]."""


def motion_named(name: str) -> Motion:
    """The kind of motion called ``name``; raises InputError for one that is not known."""
    try:
        return Motion(name)
    except ValueError as error:
        known = ", ".join(kind.value for kind in Motion)
        raise InputError(f"unknown kind of motion {name!r}", expected=f"one of {known}") from error


@dataclass(frozen=True, slots=True, eq=False)
class Breath:
    """Displacement of the heart in each image."""

    motion: Motion
    displacement_mm: FloatArray
    """(t 3) in patient coordinates (LPS) against the first position."""
    turn_deg: FloatArray
    """(t) clockwise on the screen."""

    def __post_init__(self) -> None:
        for name, axes in (("displacement_mm", "t 3"), ("turn_deg", "t")):
            object.__setattr__(self, name, frozen(getattr(self, name), np.float64, axes, name))


def draw_breath(rng: np.random.Generator, motion: Motion, timing: Timing) -> Breath:
    """A breath-hold that succeeds (still), slips all the time (drift) or fails at once before one image (step)."""
    n_images = len(timing.readout_ms)
    direction = rng.normal(TIDAL_MM, TIDAL_SD_MM)
    direction *= rng.choice([-1.0, 1.0]) / np.linalg.norm(direction)
    size_mm = rng.uniform(*SIZE_MM[motion])
    course = size_mm * _draw_course(rng, motion, timing)
    jitter_mm = rng.uniform(*JITTER_MM) * rng.standard_normal((n_images, 3)) / np.sqrt(3.0)
    turn = TURN_DEG_PER_MM * course * rng.normal(1.0, 0.6)
    return Breath(motion, course[:, None] * direction + jitter_mm, turn)


def _draw_course(rng: np.random.Generator, motion: Motion, timing: Timing) -> FloatArray:
    """Share (t) of the whole way at each image."""
    order = np.argsort(timing.readout_ms)
    if motion is Motion.STEP:
        return np.asarray(np.argsort(order) >= rng.integers(1, len(order)), dtype=np.float64)
    elapsed = timing.readout_ms - timing.readout_ms.min()
    return np.asarray((elapsed / elapsed.max()) ** rng.uniform(0.7, 1.5))


def reference(breath: Breath, first_inversion: NDArray[np.bool_]) -> Breath:
    """The one position (t = 1) where contours are drawn: the median over the images of the first inversion."""
    return Breath(
        breath.motion,
        np.median(breath.displacement_mm[first_inversion], axis=0, keepdims=True),
        np.median(breath.turn_deg[first_inversion], keepdims=True),
    )


def apply_breath(breath: Breath, anatomy: Anatomy, grid: Grid) -> tuple[Poses, ...]:
    """Where every part lies in each image.

    The displacement within the slice shifts heart and abdomen; the one through the slice brings another level of the
    heart into it, which is larger when the heart has moved towards its apex.
    """
    in_plane = breath.displacement_mm @ np.array([grid.column_direction, grid.row_direction]).T
    to_apex = grid.normal * np.sign(grid.normal @ BASE_TO_APEX)
    dilation = 1.0 + anatomy.taper_per_mm * (breath.displacement_mm @ to_apex)
    pivot = anatomy.endo.centre_mm
    return tuple(
        {
            Part.HEART: Pose(shift, float(turn), float(size), pivot),
            Part.ABDOMEN: Pose(shift * DIAPHRAGM_PER_HEART),
            Part.MEDIASTINUM: Pose(np.zeros(2)),
            Part.CHEST: Pose(np.zeros(2)),
        }
        for shift, turn, size in zip(in_plane, breath.turn_deg, dilation, strict=True)
    )
