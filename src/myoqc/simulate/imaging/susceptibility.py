"""The field that lung, gas and air make in the tissue around them."""

from types import MappingProxyType

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from myoqc.simulate.physics.tissues import Tissue
from myoqc.simulate.scene import Scene

FloatArray = NDArray[np.float64]
FloatMap = NDArray[np.float32]

AIR_PPM = 9.4
SUSCEPTIBILITY_PPM = MappingProxyType({Tissue.GAS: AIR_PPM, Tissue.LUNG: 6.6, Tissue.FAT: 0.6, Tissue.BONE: -1.5})
"""Tissue → volume susceptibility above that of water [Schenck1996]; lung as 70 % air."""
SMOOTHING_MM = 2.0
"""Within a slice of some millimetres no border is sharp."""


def field_ppm(scene: Scene, main_field: FloatArray) -> FloatMap:
    """Field (y x) in ppm, for a main field whose unit vector has the part ``main_field`` (2: y, x) in the slice.

    The dipole kernel 1/3 − cos² in k-space [Salomir2003] for a body that is the same before and behind the slice; the
    canvas is taken as repeating itself, which tells only at its borders.
    """
    canvas = scene.canvas
    ppm = np.float32(AIR_PPM) * (1.0 - scene.shares.sum(axis=0))
    for tissue, above_water in SUSCEPTIBILITY_PPM.items():
        ppm += np.float32(above_water) * scene.shares[tissue]
    along_y = scipy.fft.fftfreq(canvas.shape[0], canvas.spacing_mm).astype(np.float32)[:, None]
    along_x = scipy.fft.rfftfreq(canvas.shape[1], canvas.spacing_mm).astype(np.float32)
    squared = along_y**2 + along_x**2
    squared[0, 0] = 1.0
    cosine2 = (np.float32(main_field[0]) * along_y + np.float32(main_field[1]) * along_x) ** 2 / squared
    kernel = (np.float32(1 / 3) - cosine2) * np.exp(np.float32(-2 * (np.pi * SMOOTHING_MM) ** 2) * squared)
    return np.asarray(scipy.fft.irfft2(scipy.fft.rfft2(ppm, workers=1) * kernel, s=canvas.shape, workers=1))
