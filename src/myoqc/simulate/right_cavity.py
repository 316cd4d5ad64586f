"""Which pixels of a scene an observer would mark as the cavity of the right ventricle."""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from myoqc import polygons
from myoqc.simulate.physics.tissues import Tissue
from myoqc.simulate.scene import Part, Scene

BoolArray = NDArray[np.bool_]

TRABECULA_MM = 3.0
"""Width up to which a gap in the blood is a trabecula, which counts as cavity."""
LEAST_MM2 = 40.0
"""A smaller pool of blood is a vessel, or the tip of the right ventricle that nobody marks."""


def right_cavity(scene: Scene) -> BoolArray:
    """(y x) the blood of the heart outside the left ventricle, trabeculae included; empty below the right ventricle."""
    canvas = scene.canvas
    left = polygons.fill(canvas.px(scene.epi_mm), canvas.shape)
    blood = (scene.shares[Tissue.BLOOD] * scene.parts[Part.HEART] > 0.5) & ~left
    width_px = max(round(TRABECULA_MM / canvas.spacing_mm), 1)
    whole = ndimage.binary_closing(np.pad(blood, width_px), ndimage.generate_binary_structure(2, 2), width_px // 2 + 1)
    whole = ndimage.binary_fill_holes(whole[width_px:-width_px, width_px:-width_px]) & ~left
    pools, n_pools = ndimage.label(whole)
    if not n_pools:
        return np.asarray(whole)
    area_px = np.bincount(pools.ravel())[1:]
    largest = int(area_px.argmax())
    return np.asarray((pools == largest + 1) & (area_px[largest] * canvas.spacing_mm**2 >= LEAST_MM2))
