"""Lung in a real image, and the air outside the body: large, dark, and told apart by where they lie."""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from myoqc.simulate.physics.tissues import Tissue
from myoqc.simulate.real.labels import Labels, Shades
from myoqc.simulate.real.place import BONE_CM2, MEDIASTINUM_MM, Place, things
from myoqc.simulate.scene import Part

FloatMap = NDArray[np.float32]
BoolArray = NDArray[np.bool_]

LUNG_BESIDE_MM = 14.0
"""Lung comes as near as that to the heart; the air outside the chest does not."""
ABOVE_MM = 40.0
"""Less far below the left ventricle's middle than that there is no gas of the bowel."""
FRONT_MM = 40.0
"""Less far to the right of it the air in front of the body begins; further on there is lung, however deep."""
HEART_BORDER_MM = 5.0
LUNG_CM2 = 0.7
"""That much lung must lie beside the heart."""
LEAST_CHEST_WALL_MM = 7.0
"""A thinner one may be a vessel or the diaphragm."""
LEAST_AIR_MM = 14.0
"""Half the width of what such a wall hides at least."""
N_RAYS = 360


def lung_and_air(shades: Shades, place: Place) -> tuple[BoolArray, BoolArray]:
    """Large dark things: lung where they come near the heart, air where they reach the border of what was seen."""
    open_dark = ndimage.binary_opening(shades.dark & place.seen & ~place.heart, iterations=2)
    beside = ndimage.distance_transform_edt(~place.heart, sampling=place.spacing_mm) < LUNG_BESIDE_MM
    above = place.upright.down_mm < ABOVE_MM
    border = ~ndimage.binary_erosion(place.seen, iterations=3)
    lung, air = np.zeros_like(open_dark), np.zeros_like(open_dark)
    for part in things(open_dark):
        if place.cm2(part & beside & above) > LUNG_CM2:
            behind = _behind_chest_wall(shades, border, place)
            lung |= part & ~behind
            air |= part & behind
        elif place.cm2(part) < BONE_CM2:
            continue
        elif (part & above).sum() > 0.3 * part.sum():
            (air if (part & border).any() else lung)[part] = True
    rim = shades.dark & place.seen & ~place.heart
    grown = ndimage.binary_dilation(lung, iterations=3, mask=rim | lung)
    return np.asarray(grown), np.asarray(ndimage.binary_dilation(air, iterations=3, mask=(rim | air) & ~grown))


def _behind_chest_wall(shades: Shades, border: BoolArray, place: Place) -> BoolArray:
    """What is seen from the middle of the heart only through a chest wall: air that dark gaps join to the lung.

    It reaches the ``border`` of what was seen.
    """
    down, right = place.upright.down_mm / place.spacing_mm, place.upright.right_mm / place.spacing_mm
    angle = np.rint((np.arctan2(down, right) / (2 * np.pi) % 1.0) * N_RAYS).astype(np.intp) % N_RAYS
    away = np.rint(np.hypot(down, right)).astype(np.intp)
    rays = np.zeros((N_RAYS, int(away.max()) + 1), dtype=bool)
    own_mm = ndimage.distance_transform_edt(~place.heart, sampling=place.spacing_mm)
    rays[angle, away] = ~shades.dark & (own_mm > MEDIASTINUM_MM) & place.seen
    rays = ndimage.binary_closing(np.pad(rays, ((4, 4), (0, 0)), mode="wrap"))[4:-4]
    thickness = max(round(LEAST_CHEST_WALL_MM / place.spacing_mm), 1)
    solid = ndimage.binary_opening(rays, np.ones((1, thickness), dtype=bool))
    hidden = (np.maximum.accumulate(solid, axis=1) & ~solid)[angle, away]
    # A vessel of the lung throws a narrow shadow, the chest wall a wide one.
    wide = ndimage.binary_opening(hidden, iterations=max(round(LEAST_AIR_MM / place.spacing_mm), 1))
    outside: BoolArray = np.zeros(wide.shape, dtype=bool)
    in_front = (place.upright.down_mm < ABOVE_MM) & (place.upright.right_mm < FRONT_MM)
    for shadow in things(wide & in_front):
        if (shadow & border).any():
            outside |= shadow
    return outside


def paint_lung(labels: Labels, shades: Shades, lung: BoolArray, place: Place) -> None:
    """Lung, and as its vessels the spots in it that are not dark."""
    labels.paint(lung, Tissue.LUNG, Part.LUNG)
    closed = ndimage.binary_closing(lung, iterations=3) | ndimage.binary_fill_holes(lung)
    inside = closed & ~lung & ~place.heart & place.seen
    labels.paint(inside, Tissue.LUNG, Part.LUNG)
    # Next to the heart such spots are the heart's own border, half in a pixel.
    own_mm = ndimage.distance_transform_edt(~place.heart, sampling=place.spacing_mm)
    labels.paint(inside & ~shades.dark & (own_mm > HEART_BORDER_MM), Tissue.BLOOD, Part.LUNG)
