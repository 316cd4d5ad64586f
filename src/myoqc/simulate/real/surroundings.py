"""What lies around the heart in a real image, by brightness and by place."""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from myoqc.simulate.physics.tissues import Tissue
from myoqc.simulate.real.abdomen import below_diaphragm, beyond_lung, paint_abdomen
from myoqc.simulate.real.labels import Labels, Shades
from myoqc.simulate.real.lung import lung_and_air, paint_lung
from myoqc.simulate.real.place import BONE_CM2, CHEST_WALL_MM, MEDIASTINUM_MM, Place, round_things, things
from myoqc.simulate.scene import Part

FloatMap = NDArray[np.float32]
BoolArray = NDArray[np.bool_]

GREAT_VESSEL_CM2 = (1.5, 9.0)
AORTA_MM = 60.0
"""The descending aorta lies at most that far from the heart."""


def paint_surroundings(labels: Labels, shades: Shades, place: Place) -> None:
    """Write everything but the heart into ``labels``."""
    lung, air = lung_and_air(shades, place)
    abdomen = below_diaphragm(lung, place) & place.seen & ~air & ~lung
    depth_mm = ndimage.distance_transform_edt(~air, sampling=place.spacing_mm)
    chest = place.seen & ~lung & ~air & ((depth_mm < CHEST_WALL_MM) | ~abdomen)
    _paint_chest(labels, shades, chest, depth_mm, place)
    paint_lung(labels, shades, lung, place)
    paint_abdomen(labels, shades, abdomen & ~chest, beyond_lung(lung, place), place)
    labels.paint(air, None, None)


def _paint_chest(labels: Labels, shades: Shades, chest: BoolArray, depth_mm: FloatMap, place: Place) -> None:
    heart_mm = ndimage.distance_transform_edt(~place.heart, sampling=place.spacing_mm)
    near = heart_mm < MEDIASTINUM_MM
    for where, part in ((chest & ~near, Part.CHEST), (chest & near, Part.LUNG)):
        labels.paint(where & ~shades.bright, Tissue.MUSCLE, part)
        labels.paint(where & shades.bright, Tissue.FAT, part)
    for spot in things(ndimage.binary_opening(shades.dark & chest & ~near)):
        if place.cm2(spot) < BONE_CM2:
            labels.paint(spot, Tissue.BONE, Part.CHEST)
    deep = (heart_mm < AORTA_MM) & (depth_mm > CHEST_WALL_MM) & (place.upright.right_mm > 10.0)
    for vessel in round_things(shades.bright & chest & deep, place, GREAT_VESSEL_CM2):
        labels.paint(vessel, Tissue.BLOOD, Part.LUNG)
