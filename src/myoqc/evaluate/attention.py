"""How well a network's attention lies in the segment that it scores, and how well it locates all six.

Maps (… h w) are not negative, higher where the network looks; masks (… v u) are those of the segments, in pixels of
which a whole number makes up the side of a map's cell. Leading axes, such as (case segment), are the same. A map that
is 0 everywhere looks nowhere, and a segment without a pixel can't be looked at: the answer is NaN, which a mean over
cases must leave out.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from myoqc.errors import GeometryError, InputError
from myoqc.evaluate.located_by_attention import LEAST_AGREEING, LocatedSegments
from myoqc.evaluate.overlap import segment_overlap
from myoqc.records import CROP_MM, CROP_PX, N_SEGMENTS
from myoqc.records.arrays import frozen, numbers

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]


def share_inside(maps: ArrayLike, masks: ArrayLike) -> FloatArray:
    """Share (…) of each map that lies inside its segment, 0 to 1; a cell counts by the share of it that does.

    Raises GeometryError for axes that don't fit, and InputError for maps with negative or missing values.
    """
    attention, segment = _pair(maps, masks)
    return _share(attention, _cells(segment, _last_two(attention)))


def ceiling(masks: ArrayLike, shape: tuple[int, int]) -> FloatArray:
    """Share (…) inside its segment of a map of ``shape`` that is the segment itself, blurred by the map's cells.

    Raises what :func:`share_inside` raises.
    """
    cells = _cells(numbers(masks, bool, "the masks"), shape)
    return _share(cells, cells)


def relative_share(maps: ArrayLike, masks: ArrayLike) -> FloatArray:
    """:func:`share_inside` over :func:`ceiling`: 1 is as good as the segment itself.

    It passes 1 where attention keeps to the few cells that lie wholly inside. Raises what :func:`share_inside` raises.
    """
    attention, segment = _pair(maps, masks)
    return np.asarray(share_inside(attention, segment) / ceiling(segment, _last_two(attention)))


def pointing(maps: ArrayLike, masks: ArrayLike, margin_cells: float = 1.0) -> FloatArray:
    """1 (…) where the peak of a map hits its segment, 0 where it does not: the pointing game [Zhang2018].

    It hits where the middle of the highest cell is no more than ``margin_cells`` cells, in rows and in columns, from a
    pixel of the segment. Raises what :func:`share_inside` raises.
    """
    attention, segment = _pair(maps, masks)
    size_px = _cell_px(segment.shape, _last_two(attention))
    margin_px = np.asarray(margin_cells * size_px, dtype=np.float64)
    flat = attention.reshape(*attention.shape[:-2], -1)
    peak_cell = np.stack(np.unravel_index(flat.argmax(axis=-1), attention.shape[-2:]), axis=-1)
    peak_px = (peak_cell + 0.5) * size_px - 0.5
    hits = [
        _is_near(mask, peak, margin_px)
        for mask, peak in zip(segment.reshape(-1, *segment.shape[-2:]), peak_px.reshape(-1, 2), strict=True)
    ]
    speaks = (flat.max(axis=-1) > 0.0) & segment.any(axis=(-2, -1))
    return np.where(speaks, np.reshape(hits, speaks.shape), np.nan)


@dataclass(frozen=True, slots=True, eq=False)
class LocationError:
    """How far located segments are from the true ones."""

    centroid_mm: FloatArray
    """(6) distance of the middles; NaN where nothing was located. Lower is better."""
    dice: FloatArray
    """(6) overlap; NaN where nothing was located."""
    order_kept: bool | None
    """Whether the points that the maps gave go round the true centre in the order of the segments; None for fewer
    than three."""

    def __post_init__(self) -> None:
        for name in ("centroid_mm", "dice"):
            object.__setattr__(self, name, frozen(getattr(self, name), np.float64, str(N_SEGMENTS), name))


def location_error(located: LocatedSegments, true_masks: ArrayLike) -> LocationError:
    """How far ``located`` is from the true segments (6 160 160).

    Raises GeometryError for other axes, and InputError for masks that overlap.
    """
    true = frozen(true_masks, bool, f"{N_SEGMENTS} {CROP_PX} {CROP_PX}", "the true masks")
    true_px = _centroids_px(true)
    order = _order_kept(located.points_px, true_px)
    if located.masks is None:
        nothing = np.full(N_SEGMENTS, np.nan)
        return LocationError(nothing, nothing, order)
    away_px = _centroids_px(located.masks) - true_px
    return LocationError(np.hypot(*away_px.T) * CROP_MM / CROP_PX, segment_overlap(located.masks, true), order)


def _is_near(mask: BoolArray, point_px: FloatArray, margin_px: FloatArray) -> bool:
    return bool((np.abs(np.argwhere(mask) - point_px) <= margin_px).all(axis=1).any())


def _share(attention: FloatArray, cells: FloatArray) -> FloatArray:
    inside, everywhere = (attention * cells).sum(axis=(-2, -1)), attention.sum(axis=(-2, -1))
    can_be_told = (everywhere > 0.0) & (cells.sum(axis=(-2, -1)) > 0.0)
    return np.asarray(np.divide(inside, everywhere, out=np.full(everywhere.shape, np.nan), where=can_be_told))


def _cells(masks: BoolArray, shape: tuple[int, int]) -> FloatArray:
    """Share (… h w) of each cell that masks (… v u) hold."""
    rows, columns = _cell_px(masks.shape, shape).astype(int)
    blocks = masks.reshape(*masks.shape[:-2], shape[0], rows, shape[1], columns)
    return np.asarray(blocks.mean(axis=(-3, -1)))


def _cell_px(matrix: tuple[int, ...], shape: tuple[int, int]) -> FloatArray:
    """Pixels of a cell, (2) along rows and columns."""
    if len(matrix) < 2 or any(pixels % cells for pixels, cells in zip(matrix[-2:], shape, strict=True)):
        raise GeometryError(
            "the masks do not fit the cells of the maps",
            expected=f"(… v u), multiples of {tuple(shape)}",
            found=matrix,
        )
    return np.asarray(np.array(matrix[-2:]) / np.array(shape), dtype=np.float64)


def _pair(maps: ArrayLike, masks: ArrayLike) -> tuple[FloatArray, BoolArray]:
    attention, segment = numbers(maps, np.float64, "the maps"), numbers(masks, bool, "the masks")
    if attention.ndim < 2 or attention.shape[:-2] != segment.shape[:-2]:
        raise GeometryError(
            "maps and masks are not of the same cases",
            expected="(… h w) and (… v u)",
            found=f"{attention.shape}, {segment.shape}",
        )
    if not (attention >= 0.0).all() or not np.isfinite(attention).all():
        raise InputError("the maps are not of attention", expected="numbers of 0 and above, all finite")
    return attention, segment


def _last_two(attention: FloatArray) -> tuple[int, int]:
    return attention.shape[-2], attention.shape[-1]


def _centroids_px(masks: BoolArray) -> FloatArray:
    """(6 2) of masks (6 y x); NaN where one is empty."""
    return np.array([np.argwhere(mask).mean(axis=0) if mask.any() else np.full(2, np.nan) for mask in masks])


def _order_kept(points_px: FloatArray, true_px: FloatArray) -> bool | None:
    told = np.flatnonzero(np.isfinite(points_px[:, 0] + true_px[:, 0]))
    if len(told) < LEAST_AGREEING:
        return None
    centre_px = np.nanmean(true_px, axis=0)
    return _round(points_px, told, centre_px) == _round(true_px, told, centre_px)


def _round(points_px: FloatArray, told: NDArray[np.intp], centre_px: FloatArray) -> list[int]:
    """Segments in the order in which they come going clockwise, from the first of ``told`` on."""
    rows, columns = (points_px[told] - centre_px).T
    turned = (np.arctan2(rows, columns) - np.arctan2(rows[0], columns[0])) % (2.0 * np.pi)
    return [int(segment) for segment in told[np.argsort(turned, kind="stable")]]
