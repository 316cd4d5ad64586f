"""Texture inside tissues: a random field as a sum of plane waves, so that it moves exactly with its tissue."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from myoqc.records.arrays import frozen
from myoqc.simulate.drawn.outline import Pose
from myoqc.simulate.scene import Canvas

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Texture:
    """A field with mean 0 and variance 1 over a large area."""

    wave_per_mm: FloatArray
    """(n 2) wave vectors (y, x) in radians per mm."""
    phase_rad: FloatArray
    """(n)"""

    def __post_init__(self) -> None:
        object.__setattr__(self, "wave_per_mm", frozen(self.wave_per_mm, np.float64, "n 2", "wave vectors"))
        object.__setattr__(self, "phase_rad", frozen(self.phase_rad, np.float64, "n", "phases"))


def draw_texture(rng: np.random.Generator, wavelength_mm: tuple[float, float], n_waves: int = 24) -> Texture:
    """Waves in all directions with lengths between the two of ``wavelength_mm``."""
    length_mm = np.exp(rng.uniform(np.log(wavelength_mm[0]), np.log(wavelength_mm[1]), n_waves))
    angle = rng.uniform(0.0, 2 * np.pi, n_waves)
    wave = (2 * np.pi / length_mm)[:, None] * np.stack([np.sin(angle), np.cos(angle)], axis=-1)
    return Texture(wave, rng.uniform(0.0, 2 * np.pi, n_waves))


def apply_texture(texture: Texture, canvas: Canvas, pose: Pose) -> NDArray[np.float32]:
    """The field (y x) as it lies in ``pose``.

    The waves are turned instead of the pixels: a plane wave is an outer product, so that no pixel needs a cosine.
    """
    wave = texture.wave_per_mm @ np.linalg.inv(pose.matrix)
    phase = texture.phase_rad + texture.wave_per_mm @ pose.pivot_mm - wave @ (pose.pivot_mm + pose.shift_mm)
    down = np.exp(1j * (np.outer(canvas.axis_mm(0), wave[:, 0]) + phase))
    across = np.exp(1j * np.outer(wave[:, 1], canvas.axis_mm(1)))
    # Not a matrix product of BLAS: its threads would decide the last bit.
    field = np.einsum("yn,nx->yx", down.real, across.real) - np.einsum("yn,nx->yx", down.imag, across.imag)
    return np.asarray(np.sqrt(2.0 / len(phase)) * field, dtype=np.float32)
