"""Which share of each pixel lies inside outlines: exact areas, whatever the shape of the outlines."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from myoqc.simulate.scene import Canvas

FloatArray = NDArray[np.float64]
FloatMap = NDArray[np.float32]
Window = tuple[slice, slice]


def covered(outlines: Sequence[FloatArray], canvas: Canvas) -> tuple[Window, FloatMap]:
    """Share (h w) of each pixel inside the outlines (… n 2) in mm, and the window of the canvas that (h w) stands for.

    An outline that runs clockwise on the screen adds what it holds, one that runs against the clock takes it away, so
    that two of them make a ring. What is covered twice counts once only to within a pixel's share of 1.
    """
    start = [(canvas.px(outline) + 0.5).reshape(-1, 2) for outline in outlines]
    end = [(canvas.px(np.roll(outline, -1, axis=-2)) + 0.5).reshape(-1, 2) for outline in outlines]
    if not sum(map(len, start)):
        return (slice(0, 0), slice(0, 0)), np.zeros((0, 0), dtype=np.float32)
    first, last = np.concatenate(start), np.concatenate(end)
    low = np.clip(np.floor(first.min(axis=0)).astype(int), 0, canvas.shape)
    high = np.clip(np.ceil(first.max(axis=0)).astype(int), low, canvas.shape)
    inside = _swept(*_within_pixels(*_short(first, last)), low, high)
    return (slice(low[0], high[0]), slice(low[1], high[1])), inside


def _short(first: FloatArray, last: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Edges (n 2) cut into pieces that are no longer than a pixel along either axis: where each begins, and its way."""
    way = last - first
    n_pieces = np.maximum(np.ceil(np.abs(way).max(axis=1)), 1.0).astype(int)
    edge = np.repeat(np.arange(len(way)), n_pieces)
    number = np.arange(len(edge)) - np.repeat(np.cumsum(n_pieces) - n_pieces, n_pieces)
    step = way / n_pieces[:, None]
    return first[edge] + number[:, None] * step[edge], step[edge]


def _within_pixels(begin: FloatArray, way: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Middle (3 n 2) and fall in y (3 n) of pieces cut where they cross a border between pixels."""
    before, after = np.floor(begin), np.floor(begin + way)
    crosses = before != after
    share = np.where(crosses, (np.maximum(before, after) - begin) / np.where(crosses, way, 1.0), 1.0)
    share.sort(axis=1)
    bounds = np.concatenate([np.zeros((len(share), 1)), share, np.ones((len(share), 1))], axis=1).T
    middle = begin + 0.5 * (bounds[1:] + bounds[:-1])[..., None] * way
    return middle, np.diff(bounds, axis=0) * way[:, 0]


def _swept(middle: FloatArray, fall: FloatArray, low: NDArray[np.intp], high: NDArray[np.intp]) -> FloatMap:
    """Share (h w) of each pixel: every piece covers what lies to its right, as far as it falls or rises."""
    height, width = (high - low).tolist()
    row = np.floor(middle[..., 0]).astype(int) - low[0]
    across = np.clip(middle[..., 1] - low[1], 0.0, width)
    column = across.astype(int)
    kept = (row >= 0) & (row < height)
    at = (row * (width + 2) + column)[kept]
    right = (across - column)[kept] * fall[kept]
    size = height * (width + 2)
    edges = np.bincount(at, fall[kept] - right, size) + np.bincount(at + 1, right, size)
    share = -np.cumsum(edges.reshape(height, width + 2)[:, :width], axis=1)
    return np.clip(share, 0.0, 1.0).astype(np.float32)
