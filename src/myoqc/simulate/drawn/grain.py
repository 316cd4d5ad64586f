"""Texture inside tissues: a random field in space as a sum of plane waves, cut by a slice wherever it lies."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from myoqc.records.arrays import frozen
from myoqc.simulate.scene import Canvas

FloatArray = NDArray[np.float64]
FloatMap = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Grain:
    """A field with mean 0 and variance 1 over a large volume."""

    wave_per_mm: FloatArray
    """(n 3) wave vectors (z, y, x) in radians per mm, z towards the apex."""
    phase_rad: FloatArray
    """(n)"""

    def __post_init__(self) -> None:
        object.__setattr__(self, "wave_per_mm", frozen(self.wave_per_mm, np.float64, "n 3", "wave vectors"))
        object.__setattr__(self, "phase_rad", frozen(self.phase_rad, np.float64, "n", "phases"))


def draw_grain(rng: np.random.Generator, length_mm: tuple[float, float], n_waves: int = 20) -> Grain:
    """Waves in all directions with lengths between the two of ``length_mm``; they change slower along the long axis."""
    length = np.exp(rng.uniform(np.log(length_mm[0]), np.log(length_mm[1]), n_waves))
    angle = rng.uniform(0.0, 2 * np.pi, n_waves)
    z = rng.normal(0.0, 0.4, n_waves)
    wave = (2 * np.pi / length)[:, None] * np.stack([z, np.sin(angle), np.cos(angle)], axis=-1)
    return Grain(wave, rng.uniform(0.0, 2 * np.pi, n_waves))


def field(grain: Grain, points_mm: FloatArray, position_mm: float) -> FloatArray:
    """The field (n) at points (n 2) of a slice."""
    phase = np.einsum("nk,wk->nw", points_mm, grain.wave_per_mm[:, 1:]) + _phase(grain, position_mm)
    return np.asarray(np.sqrt(2.0 / len(grain.phase_rad)) * np.cos(phase).sum(axis=1))


def field_on(grain: Grain, canvas: Canvas, position_mm: float) -> FloatMap:
    """The field (y x) on a whole canvas; a plane wave is an outer product, so that no pixel needs a cosine."""
    down = np.multiply.outer(canvas.axis_mm(0), grain.wave_per_mm[:, 1]) + _phase(grain, position_mm)
    across = np.multiply.outer(grain.wave_per_mm[:, 2], canvas.axis_mm(1))
    rows = np.concatenate([np.cos(down), -np.sin(down)], axis=1).astype(np.float32)
    columns = np.concatenate([np.cos(across), np.sin(across)]).astype(np.float32)
    # Not a matrix product of BLAS: its threads would decide the last bit.
    return np.asarray(np.float32(np.sqrt(2.0 / len(grain.phase_rad))) * np.einsum("yn,nx->yx", rows, columns))


def _phase(grain: Grain, position_mm: float) -> FloatArray:
    return np.asarray(grain.phase_rad + grain.wave_per_mm[:, 0] * position_mm)
