"""Irregular borders: waves around an outline that change slowly along the long axis of the heart."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from myoqc.records.arrays import frozen

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Waves:
    """A periodic function of the angle, and of the position along the long axis."""

    order: FloatArray
    """(n) waves per turn."""
    amplitude: FloatArray
    """(n)"""
    phase_rad: FloatArray
    """(n) at position 0."""
    advance_rad_per_mm: FloatArray
    """(n) how the phase changes towards the apex."""

    def __post_init__(self) -> None:
        for name in ("order", "amplitude", "phase_rad", "advance_rad_per_mm"):
            object.__setattr__(self, name, frozen(getattr(self, name), np.float64, "n", name))


def draw_waves(rng: np.random.Generator, orders: tuple[int, int], size: float, turn_per_mm: float = 0.015) -> Waves:
    """Waves of each order from the first to the last of ``orders``, smaller the finer; ``size`` is their common RMS."""
    order = np.arange(orders[0], orders[1] + 1, dtype=np.float64)
    amplitude = rng.standard_normal(len(order)) / order
    amplitude *= size * np.sqrt(2.0) / np.sqrt(np.sum(1.0 / order**2))
    phase = rng.uniform(0.0, 2 * np.pi, len(order))
    return Waves(order, amplitude, phase, rng.normal(0.0, turn_per_mm, len(order)) * np.sqrt(order))


def ripple(waves: Waves, angle_deg: FloatArray, position_mm: float) -> FloatArray:
    """Sum of the waves (n) at angles (n)."""
    phase = waves.phase_rad + waves.advance_rad_per_mm * position_mm
    turned = np.multiply.outer(np.radians(angle_deg), waves.order) + phase
    return np.asarray(np.einsum("nk,k->n", np.cos(turned), waves.amplitude))
