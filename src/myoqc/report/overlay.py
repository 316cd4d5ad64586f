"""Lines that are drawn over a picture, as SVG path data in mm: outlines, segment borders, numbers, insertion points."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.ndimage import binary_fill_holes

from myoqc import polygons
from myoqc.records import Assessment, Grid, Segments
from myoqc.report.document import segment_answers
from myoqc.report.frames import xy_mm
from myoqc.report.words import is_automatic, segment_mark

FloatArray = NDArray[np.float64]
LABEL_GAP_MM = 8.0
"""From the outer wall to the middle of a segment's number."""
BEYOND_PX = 2.0
"""How far a border goes beyond the pixels it was found from: outlines lie up to about one pixel outside them."""
CUT_PX = 0.02
LEAST_OVERLAP = 0.7
"""A piece of the wall stands for a segment from this intersection over union on."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A short text at a point (mm); ``suspect`` where motion was found there."""

    x: float
    y: float
    text: str
    suspect: bool = False


@dataclass(frozen=True, slots=True)
class Overlay:
    """What is drawn over every picture of one slice."""

    outlines: tuple[str, ...] = ()
    automatic: bool = False
    """No hand drew the outlines."""
    right: str | None = None
    """Outline of the right ventricle's cavity, where it was found."""
    borders: tuple[str, ...] = ()
    suspects: tuple[str, ...] = ()
    """Outlines of the segments with motion, or of others that are pointed out."""
    labels: tuple[Mark, ...] = ()
    insertions: tuple[Mark, ...] = ()


def overlay(assessment: Assessment, pointed_out: Sequence[bool | None] | None = None) -> Overlay:
    """The lines over one slice; without contours the outlines are those of the segments' pixels.

    ``pointed_out`` (6) names other segments to stand out than those with motion.
    """
    grid, segments = assessment.acquisition.grid, assessment.segments
    outlines = _outlines_px(assessment)
    found = assessment.found
    plain = Overlay(
        outlines=tuple(path(points, grid) for points in outlines),
        automatic=is_automatic(assessment),
        right=None if found is None or found.right_px is None else path(found.right_px, grid),
        insertions=_insertions(assessment),
    )
    if segments is None:
        return plain
    motion = segment_answers(assessment)[1] if pointed_out is None else list(pointed_out)
    wall = shapely.Polygon(outlines[0], outlines[1:])
    borders = borders_px(segments)
    return replace(
        plain,
        borders=tuple(path(line, grid, closed=False) for line in inside_px(borders, wall)),
        suspects=tuple(path(points, grid) for points in sectors_px(segments, motion, borders, wall)),
        labels=tuple(_labels(assessment, segments, motion)),
    )


def path(points_px: FloatArray, grid: Grid, *, closed: bool = True) -> str:
    """Points (n 2) as SVG path data in mm."""
    pairs = " ".join(f"{x:.2f},{y:.2f}" for x, y in xy_mm(points_px, grid))
    return f"M{pairs}{'Z' if closed else ''}"


def borders_px(segments: Segments) -> list[FloatArray]:
    """A straight line (2 2) between each two neighbouring segments, through the pixel edges that they share.

    It goes on beyond both ends, so that it crosses the wall wholly.
    """
    lines = []
    for one, other in combinations(segments.masks, 2):
        edges = np.concatenate([_shared_edges_px(one, other), _shared_edges_px(other, one)])
        if len(edges) >= 2:
            middle = edges.mean(axis=0)
            direction = np.linalg.svd(edges - middle)[2][0]
            along = (edges - middle) @ direction
            ends = [along.min() - BEYOND_PX, along.max() + BEYOND_PX]
            lines.append(middle + np.outer(ends, direction))
    return lines


def inside_px(lines: list[FloatArray], wall: shapely.Polygon) -> list[FloatArray]:
    """The part (2 2) of each line that lies in the wall; a line that leaves and enters it again is kept whole."""
    kept = [shapely.LineString(line).intersection(wall) for line in lines]
    return [
        np.asarray(part.coords) if isinstance(part, shapely.LineString) and not part.is_empty else line
        for part, line in zip(kept, lines, strict=True)
    ]


def sectors_px(
    segments: Segments, wanted: list[bool | None], borders: list[FloatArray], wall: shapely.Polygon
) -> Iterator[FloatArray]:
    """The outline (n 2) of each wanted segment: the part of the wall between its borders.

    Where the wall does not part so (the masks are no sectors of it), the outline of the segment's own pixels.
    """
    cuts = shapely.MultiLineString(borders).buffer(CUT_PX)
    pieces = [np.asarray(piece.exterior.coords) for piece in shapely.get_parts(wall.difference(cuts))]
    for mask, yes in zip(segments.masks, wanted, strict=True):
        if yes and mask.any():
            best = max(pieces, key=lambda piece: _overlap(piece, mask))
            yield best if _overlap(best, mask) >= LEAST_OVERLAP else polygons.trace(mask)


def _overlap(piece_px: FloatArray, mask: NDArray[np.bool_]) -> float:
    """Intersection over union of a piece and a mask (y x), in pixels."""
    filled = polygons.fill(piece_px, (mask.shape[0], mask.shape[1]))
    return float((filled & mask).sum() / (filled | mask).sum())


def _shared_edges_px(one: NDArray[np.bool_], other: NDArray[np.bool_]) -> FloatArray:
    """Middles (n 2) of the edges between a pixel of ``one`` and, right of or below it, a pixel of ``other``."""
    down = np.argwhere(one[:-1] & other[1:]) + np.array([0.5, 0.0])
    across = np.argwhere(one[:, :-1] & other[:, 1:]) + np.array([0.0, 0.5])
    return np.concatenate([down, across])


def _outlines_px(assessment: Assessment) -> tuple[FloatArray, ...]:
    if assessment.contours is not None:
        return assessment.contours.epi_px, assessment.contours.endo_px
    if assessment.segments is None:
        return ()
    wall = assessment.segments.myocardium
    filled = binary_fill_holes(wall)
    cavity = filled & ~wall
    return tuple(polygons.trace(mask) for mask in (filled, cavity) if mask.any())


def _labels(assessment: Assessment, segments: Segments, motion: list[bool | None]) -> Iterator[Mark]:
    """A number for each segment, outside the wall, on the ray from the heart's centre through its middle."""
    grid, level = assessment.acquisition.grid, assessment.acquisition.key.level
    centre_mm = xy_mm(np.argwhere(segments.myocardium).mean(axis=0), grid)
    for segment, mask, suspect in zip(segments.kinds, segments.masks, motion, strict=True):
        if mask.any():
            pixels_mm = xy_mm(np.argwhere(mask), grid) - centre_mm
            ray = pixels_mm.mean(axis=0) / max(float(np.linalg.norm(pixels_mm.mean(axis=0))), 1e-6)
            x, y = centre_mm + ray * (float((pixels_mm @ ray).max()) + LABEL_GAP_MM)
            yield Mark(float(x), float(y), segment_mark(segment, level), bool(suspect))


def _insertions(assessment: Assessment) -> tuple[Mark, ...]:
    contours = assessment.contours
    if contours is None:
        return ()
    points = (("anterior", contours.rv_insertion_px), ("inferior", contours.rv_inferior_px))
    return tuple(_mark(point, name, assessment.acquisition.grid) for name, point in points if point is not None)


def _mark(point_px: FloatArray, text: str, grid: Grid) -> Mark:
    x, y = xy_mm(point_px, grid).tolist()
    return Mark(x, y, text)
