"""What lies beyond the border of a real image: a trunk, smooth and round, of what was seen next to it."""

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

SKIN_FAT_MM, CHEST_WALL_MM = 9.0, 20.0
"""How deep under the skin fat reaches, and behind it muscle, beyond the image."""
GOES_ON_MM = MappingProxyType(
    {Part.LUNG: 48.0, Part.ABDOMEN: 95.0, Part.STOMACH: 95.0, Part.CHEST: 14.0, Part.HEART: 40.0}
)
"""How far beyond the border the skin lies, by the part that is seen there."""
N_RAYS = 360
ENVELOPE_DEG, ROUNDED_DEG = 21, 12.0
"""The skin lies outside of all that is seen within so wide a sector, and is rounded by so much."""
GOES_ON = (
    (Tissue.LUNG, Part.LUNG),
    (Tissue.LIVER, Part.ABDOMEN),
    (Tissue.SPLEEN, Part.ABDOMEN),
    (Tissue.FAT, Part.ABDOMEN),
    (Tissue.MUSCLE, Part.CHEST),
    (Tissue.FAT, Part.CHEST),
)
"""What fills a trunk; everything else has an end and does not go on."""
STEP_MM, RIM_MM = 5.0, 14.0
"""Between the places for which it is told what goes on, and how far inside the border that is looked for."""
FALL = 1.5
"""Half the power of the distance with which what lies at the border counts less."""


def paint_beyond(labels: Labels, seen: BoolArray, upright: Upright, spacing_mm: float) -> None:
    """Write what was never seen: what lies near it at the border goes on, behind a wall of muscle and fat."""
    if seen.all():
        return
    step = max(round(STEP_MM / spacing_mm), 1)
    shares = _enlarged(_shares_beyond(labels, seen, step, spacing_mm), step, seen.shape)
    unseen = ~seen
    body = unseen & (np.hypot(upright.down_mm, upright.right_mm) < _skin_mm(labels, seen, upright))
    body &= shares[-1] < 0.5
    best = shares[:-1].argmax(axis=0)
    labels.paint(unseen, None, None)
    for number, (tissue, part) in enumerate(GOES_ON):
        labels.paint(body & (best == number), tissue, part)
    depth_mm = ndimage.distance_transform_edt(body | (seen & (labels.tissue != AIR)), sampling=spacing_mm)
    labels.paint(body & (depth_mm < CHEST_WALL_MM) & (labels.tissue != Tissue.FAT), Tissue.MUSCLE, Part.CHEST)
    labels.paint(body & (depth_mm < SKIN_FAT_MM), Tissue.FAT, Part.CHEST)


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


def _skin_mm(labels: Labels, seen: BoolArray, upright: Upright) -> FloatMap:
    """Distance (y x) of the skin from the heart, along the ray of each pixel: beyond what is seen, and round."""
    angle = np.rint((np.arctan2(upright.down_mm, upright.right_mm) / (2 * np.pi) % 1.0) * N_RAYS).astype(int) % N_RAYS
    away_mm = np.hypot(upright.down_mm, upright.right_mm)
    end_mm, skin_mm = np.zeros(N_RAYS), np.zeros(N_RAYS)
    np.maximum.at(end_mm, angle[seen], away_mm[seen])
    for part in Part:
        there = seen & (labels.part == part)
        np.maximum.at(skin_mm, angle[there], away_mm[there])
        cut = there & (away_mm > end_mm[angle] - RIM_MM / 2)
        np.maximum.at(skin_mm, angle[cut], (end_mm[angle] + GOES_ON_MM[part])[cut])
    usual_mm = ndimage.median_filter(skin_mm, ENVELOPE_DEG, mode="wrap")
    wide = ndimage.maximum_filter1d(usual_mm, ENVELOPE_DEG, mode="wrap")
    return np.asarray(ndimage.gaussian_filter1d(wide, ROUNDED_DEG, mode="wrap")[angle], dtype=np.float32)


def _shares_beyond(labels: Labels, seen: BoolArray, step: int, spacing_mm: float) -> FloatMap:
    """Shares (kind y x), air last, at every ``step``-th pixel: what lies at the border, the nearest most."""
    here = (slice(step // 2, None, step),) * 2
    inside_mm = ndimage.distance_transform_edt(seen, sampling=spacing_mm)[here]
    tissue, part = labels.tissue[here], labels.part[here]
    kinds = [(tissue == kind) & (part == of) for kind, of in GOES_ON] + [tissue == AIR]
    rim = (inside_mm > 0) & (inside_mm < RIM_MM) & np.any(kinds, axis=0)
    source = np.argwhere(rim)
    values = np.array([kind[rim] for kind in kinds], dtype=np.float32)
    y, x = (np.arange(n, dtype=np.float32) for n in rim.shape)
    down, right = (np.square(axis[:, None] - at) for axis, at in zip((y, x), source.T.astype(np.float32), strict=True))
    weight = (down[:, None, :] + right[None, :, :] + 1.0) ** np.float32(-FALL)
    total = weight.sum(axis=2)
    return np.stack([(weight * value).sum(axis=2) / total for value in values])


def _enlarged(coarse: FloatMap, step: int, shape: tuple[int, ...]) -> FloatMap:
    """Back to ``shape`` by linear interpolation."""
    at = np.stack(np.meshgrid(*((np.arange(n) - step // 2) / step for n in shape), indexing="ij"))
    return np.stack([ndimage.map_coordinates(plane, at, order=1, mode="nearest") for plane in coarse])
