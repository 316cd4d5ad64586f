"""From the signal of every pixel to images as a scanner gives them: coil, acquired resolution, noise, zero-filling."""

from dataclasses import dataclass

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from myoqc.records.arrays import frozen
from myoqc.simulate.drawn.outline import Outline
from myoqc.simulate.scene import Canvas

FloatArray = NDArray[np.float64]
FloatMap = NDArray[np.float32]
ComplexMap = NDArray[np.complex64]

ZERO_FILLING = 2
"""Pixels of the image for each acquired one, along both axes."""


@dataclass(frozen=True, slots=True, eq=False)
class Coil:
    """A surface coil on the chest: bright beneath, falling off with depth; smooth phase over the image."""

    centre_mm: FloatArray
    """(2)"""
    reach_mm: float
    """Distance at which the sensitivity has fallen to a half."""
    background: float
    """What other coils add everywhere, against 1 at the centre."""
    phase_rad: FloatArray
    """(3) in the middle, per 100 mm down, per 100 mm to the right."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "centre_mm", frozen(self.centre_mm, np.float64, "2", "the centre of a coil"))
        object.__setattr__(self, "phase_rad", frozen(self.phase_rad, np.float64, "3", "the phase of a coil"))


def draw_coil(rng: np.random.Generator, thorax: Outline) -> Coil:
    """A coil in front of the breast bone, 35 to 50 mm outside the inner border of the chest wall."""
    at_deg = rng.normal(195.0, 8.0)
    radius_mm = np.interp(at_deg, thorax.angle_deg, thorax.radius_mm, period=360.0) + rng.uniform(35.0, 50.0)
    direction = np.array([np.sin(np.radians(at_deg)), np.cos(np.radians(at_deg))])
    return Coil(
        centre_mm=thorax.centre_mm + radius_mm * direction,
        reach_mm=rng.uniform(60.0, 100.0),
        background=rng.uniform(0.05, 0.12),
        phase_rad=rng.normal(0.0, [2.0, 0.4, 0.4]),
    )


def sensitivity(coil: Coil, canvas: Canvas) -> ComplexMap:
    """Complex sensitivity (y x)."""
    y, x = np.meshgrid(canvas.axis_mm(0), canvas.axis_mm(1), indexing="ij", sparse=True)
    distance2 = (y - coil.centre_mm[0]) ** 2 + (x - coil.centre_mm[1]) ** 2
    magnitude = coil.background + 1.0 / (1.0 + distance2 / coil.reach_mm**2)
    phase = coil.phase_rad[0] + (coil.phase_rad[1] * y + coil.phase_rad[2] * x) / 100.0
    return np.asarray(magnitude * np.exp(1j * phase), dtype=np.complex64)


def scan(rng: np.random.Generator, objects: ComplexMap, noise_sd: float) -> ComplexMap:
    """Complex images (t y x) of ``objects`` (t y x) at the acquired resolution, zero-filled to the same matrix.

    White noise is added to the acquired part of k-space, then a mild filter damps the ringing of sharp edges. Real and
    imaginary part of the image have noise of standard deviation ``noise_sd``, correlated between neighbours as
    zero-filling makes it; the magnitude is Rician.
    """
    acquired = tuple(_middle(n) for n in objects.shape[1:])
    kspace = scipy.fft.fftshift(scipy.fft.fft2(objects, norm="ortho"), axes=(1, 2))[:, *acquired]
    noise = rng.standard_normal((2, *kspace.shape), dtype=np.float32)
    window = np.outer(*(_window(n) for n in kspace.shape[1:]))
    noise_scale = np.float32(noise_sd * ZERO_FILLING / np.sqrt(np.mean(window**2)))
    filled = np.zeros_like(objects)
    filled[:, *acquired] = window * (kspace + noise_scale * (noise[0] + 1j * noise[1]))
    return np.asarray(scipy.fft.ifft2(scipy.fft.ifftshift(filled, axes=(1, 2)), norm="ortho"))


def _window(n: int) -> FloatMap:
    """(n) 1 in the middle of k-space, 0.5 at its end."""
    return np.asarray(0.75 + 0.25 * np.cos(2 * np.pi * (np.arange(n) - n // 2) / n), dtype=np.float32)


def _middle(n: int) -> slice:
    return slice(n // 2 - n // (2 * ZERO_FILLING), n // 2 + n // (2 * ZERO_FILLING))
