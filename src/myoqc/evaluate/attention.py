"""How well a network's attention lies in the segment that it scores.

Maps (… h w) are not negative, higher where the network looks; masks (… v u) are those of the segments, in pixels of
which a whole number makes up the side of a map's cell. Leading axes, such as (case segment), are the same. A map that
is 0 everywhere looks nowhere, and a segment without a pixel can't be looked at: the answer is NaN, which a mean over
cases must leave out.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from myoqc.errors import GeometryError, InputError
from myoqc.records.arrays import numbers

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
