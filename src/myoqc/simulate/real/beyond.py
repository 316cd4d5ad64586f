"""What lies beyond the border of a real image: what was seen there goes on, and ends in a chest wall and air."""

from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from myoqc.simulate.physics.tissues import Tissue
from myoqc.simulate.real.frame import Upright
from myoqc.simulate.real.labels import AIR, Labels
from myoqc.simulate.scene import Part

BoolArray = NDArray[np.bool_]
FloatMap = NDArray[np.float32]
LabelMap = NDArray[np.int8]

WALL_MM, SKIN_MM = 12.0, 14.0
"""Muscle, then fat, that close the body beyond the image."""
GOES_ON_MM = MappingProxyType(
    {Part.LUNG: 30.0, Part.ABDOMEN: 45.0, Part.STOMACH: 15.0, Part.CHEST: 6.0, Part.HEART: 10.0}
)
"""How far beyond the border a part goes on before the chest wall begins."""
N_RAYS, ROUNDED_DEG = 360, 18.0
STRIP_MM = 16.0
"""A single pixel at the border tells little: the middle label of a square as wide as that goes on."""


def paint_beyond(labels: Labels, seen: BoolArray, upright: Upright, spacing_mm: float) -> None:
    """Write what was never seen, told from the nearest that was."""
    nearest = ndimage.distance_transform_edt(~seen, return_distances=False, return_indices=True)
    away_mm = _beyond_mm(seen, upright)
    tissue, part = _majority(labels, seen, nearest, max(round(STRIP_MM / spacing_mm), 1))
    fat = tissue == Tissue.FAT
    reach_mm = np.zeros(seen.shape)
    for name, on_mm in GOES_ON_MM.items():
        reach_mm[part == name] = on_mm
    unseen = ~seen
    labels.tissue[unseen] = tissue[unseen]
    labels.part[unseen] = part[unseen]
    labels.paint(unseen & (part == Part.HEART), Tissue.FAT, Part.CHEST)
    solid = unseen & (part != AIR)
    labels.paint(solid & ~fat & (away_mm > reach_mm), Tissue.MUSCLE, Part.CHEST)
    labels.paint(solid & ~fat & (away_mm > reach_mm + WALL_MM), Tissue.FAT, Part.CHEST)
    labels.paint(solid & (away_mm > reach_mm + SKIN_MM + np.where(fat, 0.0, WALL_MM)), None, None)


def mirrored(texture: FloatMap, labels: Labels, seen: BoolArray) -> FloatMap:
    """The texture (y x) with what was never seen taken from its mirror image at the nearest pixel that was.

    Where the mirror shows another tissue it is even.
    """
    nearest = ndimage.distance_transform_edt(~seen, return_distances=False, return_indices=True)
    rows, columns = (
        np.clip(2 * near - here, 0, n - 1)
        for near, here, n in zip(nearest, np.indices(seen.shape), seen.shape, strict=True)
    )
    alike = seen | (labels.tissue[rows, columns] == labels.tissue)
    return np.where(alike, texture[rows, columns], np.float32(1.0))


def _beyond_mm(seen: BoolArray, upright: Upright) -> FloatMap:
    """How far (y x) beyond the border of what was seen, along rays from the heart; the border without its corners."""
    angle = np.rint((np.arctan2(upright.down_mm, upright.right_mm) / (2 * np.pi) % 1.0) * N_RAYS).astype(int) % N_RAYS
    away_mm = np.hypot(upright.down_mm, upright.right_mm)
    reach_mm = np.zeros(N_RAYS)
    np.maximum.at(reach_mm, angle[seen], away_mm[seen])
    smooth_mm = ndimage.gaussian_filter1d(reach_mm, ROUNDED_DEG, mode="wrap")
    return np.asarray(np.maximum(away_mm - smooth_mm[angle], 0.0), dtype=np.float32)


def _majority(labels: Labels, seen: BoolArray, nearest: NDArray[np.intp], side_px: int) -> tuple[LabelMap, LabelMap]:
    """Tissue and part (y x) that are the most frequent about the nearest pixel seen, on the border itself its own."""
    code = labels.tissue.astype(np.int16) * len(Part) + labels.part
    code[labels.tissue == AIR] = AIR
    values = np.unique(code[seen])
    share = np.zeros((len(values), *seen.shape), dtype=np.float32)
    for number, value in enumerate(values):
        ndimage.uniform_filter(((code == value) & seen).astype(np.float32), side_px, output=share[number])
    best = values[np.argmax(share, axis=0)][nearest[0], nearest[1]]
    tissue, part = np.where(best == AIR, AIR, best // len(Part)), np.where(best == AIR, AIR, best % len(Part))
    return tissue.astype(np.int8), part.astype(np.int8)
