"""From what lies before the coils to complex images: acquired resolution, partial Fourier, noise, zero-filling."""

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from myoqc.errors import GeometryError
from myoqc.simulate.imaging.sampling import Sampling
from myoqc.simulate.scene import Canvas

FloatArray = NDArray[np.float64]
FloatMap = NDArray[np.float32]
ComplexStack = NDArray[np.complex64]


def scan(
    rng: np.random.Generator,
    objects: ComplexStack,
    sampling: Sampling,
    canvas: Canvas,
    *,
    noise_sd: float,
    noise_gain: FloatMap | None = None,
) -> ComplexStack:
    """Complex images (t y x) of ``objects`` (t y x, coil included) on the pixels of ``canvas``.

    What k-space does not hold is zero. Real and imaginary part of the noise have the standard deviation ``noise_sd``,
    times ``noise_gain`` (y x) where it is given, and are correlated between neighbours as the sampling makes them. With
    ``noise_sd`` 0 the images are the same without their noise, and ``rng`` is left alone. Raises GeometryError where
    the objects do not lie on the canvas.
    """
    if objects.shape[1:] != canvas.shape:
        raise GeometryError("the objects do not lie on the canvas", expected=canvas.shape, found=objects.shape[1:])
    (rows, down), (columns, across) = (_window(sampling, canvas, axis) for axis in (0, 1))
    # Along x first, so that along y only the columns that are kept are transformed.
    half = scipy.fft.fft(objects, axis=2, workers=1)[:, :, columns] * across
    kspace = scipy.fft.fft(half, axis=1, workers=1)[:, rows] * down[:, None]
    images = _filled(kspace, rows, columns, canvas)
    if noise_sd == 0.0:
        return images
    white = rng.standard_normal((*kspace.shape, 2), dtype=np.float32).view(np.complex64)[..., 0]
    window_power = float(np.sum(down**2, dtype=np.float64) * np.sum(across**2, dtype=np.float64))
    scale = np.float32(noise_sd * np.prod(canvas.shape) / np.sqrt(window_power))
    noise = _filled(white * (scale * down[:, None] * across), rows, columns, canvas)
    if noise_gain is not None:
        noise *= noise_gain
    images += noise
    return images


def _window(sampling: Sampling, canvas: Canvas, axis: int) -> tuple[NDArray[np.intp], FloatMap]:
    """Of one axis: the numbers of the samples that are measured, in the order of an FFT, and the filter's weight."""
    order = np.rint(scipy.fft.fftfreq(canvas.shape[axis], 1.0 / canvas.shape[axis])).astype(np.intp)
    half = canvas.shape[axis] * canvas.spacing_mm / (2.0 * sampling.acquired_mm)
    before, behind = sampling.reach[axis] * half
    kept = np.flatnonzero((order >= -before) & (order <= behind))
    end = np.where(order[kept] < 0, before, behind)
    inside = (1.0 - np.abs(order[kept]) / end) / max(sampling.taper, 1e-9)
    return kept, np.asarray(0.5 - 0.5 * np.cos(np.pi * inside.clip(0.0, 1.0)), dtype=np.float32)


def _filled(kspace: ComplexStack, rows: NDArray[np.intp], columns: NDArray[np.intp], canvas: Canvas) -> ComplexStack:
    """Images (t y x) of the k-space (t v u) that stands at ``rows`` and ``columns``, and is zero elsewhere."""
    n = len(kspace)
    half = np.zeros((n, canvas.shape[0], len(columns)), dtype=np.complex64)
    half[:, rows] = kspace
    full = np.zeros((n, *canvas.shape), dtype=np.complex64)
    full[:, :, columns] = scipy.fft.ifft(half, axis=1, workers=1)
    return np.asarray(scipy.fft.ifft(full, axis=2, workers=1, overwrite_x=True))
