"""The belly in a real image: liver, spleen, stomach and bowel in their fat, below heart and lung."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from myoqc.simulate.physics.tissues import Tissue
from myoqc.simulate.real.labels import LEAST_FAT, Labels, Shades
from myoqc.simulate.real.place import CHEST_WALL_MM, Place, round_things, things
from myoqc.simulate.scene import Part

FloatMap = NDArray[np.float32]
BoolArray = NDArray[np.bool_]

VESSEL_CM2 = 1.5
GAS_CM2 = 0.6
STOMACH_CM2 = (4.0, 60.0)
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


def below_diaphragm(lung: BoolArray, place: Place) -> BoolArray:
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


def beyond_lung(lung: BoolArray, place: Place) -> BoolArray:
    """What lies further to the side than the lung: under the end of the lung stands the chest wall."""
    end_mm = float(place.upright.right_mm[lung].max()) if lung.any() else np.inf
    return np.asarray(place.upright.right_mm > end_mm - CHEST_WALL_MM / 4)


def paint_abdomen(labels: Labels, shades: Shades, abdomen: BoolArray, beside: BoolArray, place: Place) -> None:
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
    for vessel in things(ndimage.binary_fill_holes(organ) & bright):
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
    for gas in things(ndimage.binary_opening(shades.dark & abdomen, iterations=2)):
        if place.cm2(gas) > GAS_CM2:
            labels.paint(gas, Tissue.GAS, Part.STOMACH)
            hollow |= gas
    for fluid in round_things(bright, place, STOMACH_CM2):
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
