"""Phase of the images beside what tissue and coil give it: a drift from beat to beat, and errors of its sign."""

from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from myoqc.records.arrays import frozen
from myoqc.simulate.scene import Canvas, Scene

FloatArray = NDArray[np.float64]
FloatMap = NDArray[np.float32]
ComplexStack = NDArray[np.complex64]

DRIFT_RAD = (0.02, 0.12)
"""Standard deviation from image to image."""


class Pattern(Enum):
    """Where the phase of an image is wrong by π."""

    WHOLE = "whole"
    """Everywhere."""
    SIDE = "side"
    """On one side of a line through the heart."""
    SWIRL = "swirl"
    """By the angle about a point: right on one side of it, wrong on the other."""


@dataclass(frozen=True, slots=True, eq=False)
class PhaseError:
    """What is wrong with the phase of one image."""

    image: int
    """Number from 0."""
    pattern: Pattern
    centre_mm: FloatArray
    """(2) point that the line or the swirl runs through."""
    angle_deg: float
    """Direction towards the wrong side; 0 right, 90 down."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "centre_mm", frozen(self.centre_mm, np.float64, "2", "the centre of a phase error"))


@dataclass(frozen=True, slots=True, eq=False)
class Phase:
    """The phase of each image against the one of tissue and coil."""

    drift_rad: FloatArray
    """(t 3) everywhere, per 100 mm down, per 100 mm to the right."""
    errors: tuple[PhaseError, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "drift_rad", frozen(self.drift_rad, np.float64, "t 3", "the drift of the phase"))
        object.__setattr__(self, "errors", tuple(self.errors))


def draw_phase(rng: np.random.Generator, scene: Scene, n_images: int, *, errors: bool = False) -> Phase:
    """A small drift; with ``errors`` a third to two thirds of the images have the wrong sign in places."""
    drift = rng.uniform(*DRIFT_RAD) * rng.standard_normal((n_images, 3))
    if not errors:
        return Phase(drift)
    n_wrong = rng.integers(max(1, n_images // 3), max(1, 2 * n_images // 3) + 1)
    wrong = np.sort(rng.permutation(n_images)[:n_wrong])
    middle = scene.epi_mm.mean(axis=0)
    kinds = list(Pattern)
    return Phase(
        drift,
        tuple(
            PhaseError(
                int(image),
                kinds[rng.integers(len(kinds))],
                middle + rng.normal(0.0, 12.0, 2),
                rng.uniform(0.0, 360.0),
            )
            for image in wrong
        ),
    )


def apply_phase(phase: Phase, images: ComplexStack, canvas: Canvas) -> ComplexStack:
    """The images (t y x) with drift and errors; their magnitudes stay as they are."""
    drift = phase.drift_rad.astype(np.float32)
    down, across = (np.asarray(canvas.axis_mm(axis) / 100.0, dtype=np.float32) for axis in (0, 1))
    turn = (
        np.exp(1j * (drift[:, 0, None] + drift[:, 1, None] * down))[:, :, None]
        * np.exp(1j * drift[:, 2, None] * across)[:, None]
    )
    for error in phase.errors:
        turn[error.image] *= _wrong(error, canvas)
    return np.asarray(images * turn)


def _wrong(error: PhaseError, canvas: Canvas) -> ComplexStack:
    """(y x) or one factor of magnitude 1 for an image with a wrong phase."""
    if error.pattern is Pattern.WHOLE:
        return np.asarray(-1.0, dtype=np.complex64)
    angle = np.radians(error.angle_deg)
    y = canvas.axis_mm(0)[:, None] - error.centre_mm[0]
    x = canvas.axis_mm(1) - error.centre_mm[1]
    ahead = np.sin(angle) * y + np.cos(angle) * x
    if error.pattern is Pattern.SIDE:
        return np.asarray(np.where(ahead > 0.0, -1.0, 1.0), dtype=np.complex64)
    aside = np.cos(angle) * y - np.sin(angle) * x
    return np.asarray(np.exp(1j * np.arctan2(aside, -ahead)), dtype=np.complex64)
