"""What lies around the heart in a real image: lung, chest wall and abdomen, by brightness and by place."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from myoqc.simulate.physics.tissues import Tissue
from myoqc.simulate.real.frame import Upright
from myoqc.simulate.real.labels import LEAST_FAT, Labels, Shades
from myoqc.simulate.scene import Part

FloatMap = NDArray[np.float32]
BoolArray = NDArray[np.bool_]

LUNG_BESIDE_MM = 14.0
"""Lung comes as near as that to the heart; the air outside the chest does not."""
CHEST_WALL_MM = 32.0
"""How deep under the skin the chest wall reaches at most."""
ABOVE_MM = 40.0
"""Less far below the left ventricle's middle than that there is no gas of the bowel."""
LUNG_CM2 = 0.7
"""That much lung must lie beside the heart."""
LEAST_CHEST_WALL_MM = 7.0
"""A thinner one may be a vessel or the diaphragm."""
LEAST_AIR_MM = 14.0
"""Half the width of what such a wall hides at least."""
N_RAYS = 360
BONE_CM2 = 6.0
"""Dark spots in the chest wall up to that size are bone; larger ones are the other lung."""
VESSEL_CM2 = 1.5
GAS_CM2 = 0.6
GREAT_VESSEL_CM2 = (1.5, 9.0)
STOMACH_CM2 = (4.0, 60.0)
ROUND = 0.8
"""Share of the ellipse in its window that a round thing fills; vessels and stomachs are round."""
STOMACH_WALL_MM = 5.0
FAT_FROM = (0.6, 1.15)
"""Against blood: where the border between the organs of the belly and its fat may lie."""
HALVINGS = 8
NECK_MM = 5.0
"""Organs that touch along less than twice that are two."""
SPLEEN_FROM_MM = 40.0
"""An organ whose middle lies that far to the right of the left ventricle's is the spleen."""
STOMACH_FROM_MM, STOMACH_ABOVE_MM = 0.0, 100.0
"""One between it and the liver is the stomach with food; its values are those of the tissue nearest in the table."""
MEDIASTINUM_MM = 12.0
"""What is neither lung nor belly so near the heart moves with the lung rather than with the chest wall."""
AORTA_MM = 60.0
"""The descending aorta lies at most that far from the heart."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where things are: all masks and maps (y x)."""

    brightness: FloatMap
    """Shading taken away, blood near 1."""
    heart: BoolArray
    seen: BoolArray
    upright: Upright
    spacing_mm: float

    def cm2(self, mask: BoolArray) -> float:
        """Area of a mask."""
        return float(mask.sum()) * self.spacing_mm**2 / 100.0


def paint_surroundings(labels: Labels, shades: Shades, place: Place) -> None:
    """Write everything but the heart into ``labels``."""
    lung, air = _lung_and_air(shades, place)
    abdomen = _below_diaphragm(lung, place) & ~air & ~lung
    depth_mm = ndimage.distance_transform_edt(~air, sampling=place.spacing_mm)
    chest = ~lung & ~air & ((depth_mm < CHEST_WALL_MM) | ~abdomen)
    _paint_chest(labels, shades, chest, depth_mm, place)
    _paint_lung(labels, shades, lung, place)
    _paint_abdomen(labels, shades, abdomen & ~chest, _beyond_lung(lung, place), place)
    labels.paint(air, None, None)


def _lung_and_air(shades: Shades, place: Place) -> tuple[BoolArray, BoolArray]:
    """Large dark things: lung where they come near the heart, air where they reach the border of what was seen."""
    open_dark = ndimage.binary_opening(shades.dark & place.seen & ~place.heart, iterations=2)
    beside = ndimage.distance_transform_edt(~place.heart, sampling=place.spacing_mm) < LUNG_BESIDE_MM
    above = place.upright.down_mm < ABOVE_MM
    border = ~ndimage.binary_erosion(place.seen, iterations=3)
    lung, air = np.zeros_like(open_dark), np.zeros_like(open_dark)
    for part in _things(open_dark):
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
    outside = np.zeros_like(wide)
    for shadow in _things(wide & (place.upright.down_mm < ABOVE_MM)):
        if (shadow & border).any():
            outside |= shadow
    return outside


def _below_diaphragm(lung: BoolArray, place: Place) -> BoolArray:
    """What lies under the heart or the lung, seen along the body."""
    column = np.rint(place.upright.right_mm / 4.0).astype(int)
    column -= column.min()
    heart_end_mm = float(place.upright.down_mm[place.heart].max())
    lowest_mm = np.full(int(column.max()) + 1, -np.inf)
    for mask in (
        place.heart,
        ndimage.binary_opening(lung, iterations=2) & (place.upright.down_mm < heart_end_mm + 25.0),
    ):
        np.maximum.at(lowest_mm, column[mask], place.upright.down_mm[mask])
    known = np.isfinite(lowest_mm)
    filled = np.interp(np.arange(len(lowest_mm)), np.flatnonzero(known), lowest_mm[known])
    in_heart = np.bincount(column[place.heart], minlength=len(lowest_mm)) > 0
    # Beyond the heart on the side of the liver nothing dark tells where the chest ends: the heart's own end does.
    left = np.arange(len(lowest_mm)) < np.flatnonzero(in_heart)[0]
    filled[left] = heart_end_mm - 10.0
    smooth = ndimage.gaussian_filter1d(filled, 3.0, mode="nearest")
    return np.asarray((place.upright.down_mm > smooth[column]) & ~place.heart)


def _beyond_lung(lung: BoolArray, place: Place) -> BoolArray:
    """What lies further to the side than the lung: under the end of the lung stands the chest wall."""
    end_mm = float(place.upright.right_mm[lung].max()) if lung.any() else np.inf
    return np.asarray(place.upright.right_mm > end_mm - CHEST_WALL_MM / 4)


def _paint_chest(labels: Labels, shades: Shades, chest: BoolArray, depth_mm: FloatMap, place: Place) -> None:
    heart_mm = ndimage.distance_transform_edt(~place.heart, sampling=place.spacing_mm)
    near = heart_mm < MEDIASTINUM_MM
    for where, part in ((chest & ~near, Part.CHEST), (chest & near, Part.LUNG)):
        labels.paint(where & ~shades.bright, Tissue.MUSCLE, part)
        labels.paint(where & shades.bright, Tissue.FAT, part)
    for spot in _things(ndimage.binary_opening(shades.dark & chest & ~near)):
        if place.cm2(spot) < BONE_CM2:
            labels.paint(spot, Tissue.BONE, Part.CHEST)
    deep = (heart_mm < AORTA_MM) & (depth_mm > CHEST_WALL_MM) & (place.upright.right_mm > 10.0)
    for vessel in _round_things(shades.bright & chest & deep, place, GREAT_VESSEL_CM2):
        labels.paint(vessel, Tissue.BLOOD, Part.LUNG)


def _paint_lung(labels: Labels, shades: Shades, lung: BoolArray, place: Place) -> None:
    """Lung, and as its vessels the spots in it that are not dark."""
    labels.paint(lung, Tissue.LUNG, Part.LUNG)
    closed = ndimage.binary_closing(lung, iterations=3) | ndimage.binary_fill_holes(lung)
    inside = closed & ~lung & ~place.heart & place.seen
    labels.paint(inside, Tissue.LUNG, Part.LUNG)
    labels.paint(inside & ~shades.dark, Tissue.BLOOD, Part.LUNG)


def _paint_abdomen(labels: Labels, shades: Shades, abdomen: BoolArray, beside: BoolArray, place: Place) -> None:
    """Fat by its brightness, organs as what is bound together below it, vessels and gas as spots.

    What lies mostly ``beside`` is chest wall.
    """
    bright = abdomen & (place.brightness > _half_way(place.brightness[abdomen & ~shades.dark]))
    organ = abdomen & ~bright
    labels.paint(bright, Tissue.FAT, Part.ABDOMEN)
    labels.paint(bright & beside, Tissue.FAT, Part.CHEST)
    labels.paint(organ, Tissue.LIVER, Part.ABDOMEN)
    for body in _bodies(organ, place):
        down_mm, right_mm = place.upright.down_mm[body].mean(), place.upright.right_mm[body].mean()
        if beside[body].mean() > 0.5:
            labels.paint(body, Tissue.MUSCLE, Part.CHEST)
        elif right_mm > SPLEEN_FROM_MM:
            labels.paint(body, Tissue.SPLEEN, Part.ABDOMEN)
        elif right_mm > STOMACH_FROM_MM and place.cm2(body) < STOMACH_CM2[1] and down_mm < STOMACH_ABOVE_MM:
            labels.paint(body, Tissue.GLAND, Part.STOMACH)
    for vessel in _things(ndimage.binary_fill_holes(organ) & bright):
        if place.cm2(vessel) < VESSEL_CM2:
            labels.paint(vessel, Tissue.BLOOD, Part.ABDOMEN)
    _paint_stomach(labels, shades, bright & ~beside, abdomen & ~beside, place)


def _half_way(brightness: FloatMap) -> float:
    """Between organs and fat: half-way between the means of what it parts [Ridler1978], within what fat may have."""
    threshold = LEAST_FAT
    for _ in range(HALVINGS):
        low, high = brightness[brightness <= threshold], brightness[brightness > threshold]
        if not low.size or not high.size:
            break
        threshold = float(np.clip(0.5 * (low.mean() + high.mean()), *FAT_FROM))
    return threshold


def _paint_stomach(labels: Labels, shades: Shades, bright: BoolArray, abdomen: BoolArray, place: Place) -> None:
    """Gas and fluid of stomach and bowel, with the wall about them."""
    hollow = np.zeros_like(abdomen)
    for gas in _things(ndimage.binary_opening(shades.dark & abdomen, iterations=2)):
        if place.cm2(gas) > GAS_CM2:
            labels.paint(gas, Tissue.GAS, Part.STOMACH)
            hollow |= gas
    for fluid in _round_things(bright, place, STOMACH_CM2):
        labels.paint(fluid, Tissue.STOMACH_FLUID, Part.STOMACH)
        hollow |= fluid
    if hollow.any():
        around_mm = ndimage.distance_transform_edt(~hollow, sampling=place.spacing_mm)
        wall = abdomen & ~hollow & ~bright & (around_mm < STOMACH_WALL_MM)
        labels.paint(wall, Tissue.MUSCLE, Part.STOMACH)


def _bodies(organ: BoolArray, place: Place) -> Iterator[BoolArray]:
    """Organs that touch, taken apart at their necks: each pixel goes with the nearest core."""
    cores, n_cores = ndimage.label(ndimage.distance_transform_edt(organ, sampling=place.spacing_mm) > NECK_MM)
    if n_cores:
        rows, columns = ndimage.distance_transform_edt(cores == 0, return_distances=False, return_indices=True)
        belongs = np.where(organ, cores[rows, columns], 0)
        yield from (belongs == number for number in range(1, n_cores + 1))


def _things(mask: BoolArray) -> Iterator[BoolArray]:
    """Connected parts of a mask, as masks of the whole."""
    found, n_found = ndimage.label(mask)
    yield from (found == number for number in range(1, n_found + 1))


def _round_things(mask: BoolArray, place: Place, between_cm2: tuple[float, float]) -> Iterator[BoolArray]:
    """Connected parts that are about as wide as high and fill most of the ellipse in their window."""
    apart = ndimage.binary_opening(mask, iterations=max(round(4.0 / place.spacing_mm), 1))
    found, _ = ndimage.label(apart)
    for number, window in enumerate(ndimage.find_objects(found), start=1):
        part = found[window] == number
        height, width = part.shape
        full = part.sum() / (0.25 * np.pi * height * width)
        if between_cm2[0] < place.cm2(part) < between_cm2[1] and full > ROUND and 0.55 < height / width < 1.8:
            yield np.asarray(found == number)
