"""The insertion of the right ventricle, taken over from neighbouring slices where it is absent, as near the apex.

[Zhang2020] proposes it: 'RV insertion points can be inferred from neighbouring slices and relative slice orientations';
how, it does not say. Here the direction from the centre of the cavity to the insertion is kept in patient coordinates,
and followed from this slice's own centre to its own outer wall. The septum narrows towards the apex: from one slice the
anterior insertion is turned by as much as it turns in real hearts; between two it needs no such rule.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from operator import attrgetter

import numpy as np
import shapely
from numpy.typing import NDArray

from myoqc.aha import sense_through_septum, turn_deg
from myoqc.errors import GeometryError, NotScorableError
from myoqc.records import Contours, Grid, Segments

FloatArray = NDArray[np.float64]

TURNED_DEG_PER_MM = 0.85
"""How much the anterior insertion turns into the septum towards the apex; the inferior one keeps its direction (0.06).

The least-squares line through no turn at 0 mm, over all pairs of slices 10 to 40 mm apart in five real hearts with a
marked right ventricle; 0.70 to 1.08 in each of them alone."""
OFF_AT_MM, OFF_DEG = (0.0, 10.0, 20.0, 30.0, 40.0), (0.0, 4.0, 6.0, 7.0, 9.0)
"""Mean error of an anterior insertion that was turned, by distance.

Held out: each of the five subjects with the slope of the other four. Over 10 to 30 mm 5.3°, where the direction as it
was is 16.0° off. Five subjects are few, all of one source: other hearts may do worse."""
FARTHEST_MM = 40.0
"""Along the normal, from centre to centre; beyond, nothing was measured."""
LEAST_COSINE = 0.95
"""Between the normals of two slices of one stack: 18° apart at most."""
MOST_TURNED_DEG = 60.0
"""Between the insertions of the slices on either side; more is a mistake in one of them, not the heart's shape."""
REMEDY = "Mark the insertion in the contours of this slice, or of one beside it."


@dataclass(frozen=True, slots=True, eq=False)
class Neighbour:
    """Another slice of the same study, with its outlines; its images are not needed."""

    contours: Contours
    grid: Grid


def neighbour(contours: Contours | None, segments: Segments | None, grid: Grid) -> Neighbour | None:
    """A slice as a neighbour of others; None where it can't tell them an insertion.

    It has to have one of its own, and segments: what could not be divided is not to be trusted elsewhere.
    """
    if contours is None or segments is None or contours.rv_insertion_px is None:
        return None
    return Neighbour(contours, grid)


@dataclass(frozen=True, slots=True, eq=False)
class Inferred:
    """Contours with an insertion that was taken over."""

    contours: Contours
    from_mm: tuple[float, ...]
    """How far away the slices lie that it came from: one, or one on either side."""
    off_deg: float | None
    """How far the anterior insertion is off on average, if it came from one; None if it lies between two."""


@dataclass(frozen=True, slots=True, eq=False)
class _Source:
    contours: Contours
    grid: Grid
    ahead_mm: float
    """Along the normal of the slice without insertion; negative behind it."""

    @property
    def away_mm(self) -> float:
        return abs(self.ahead_mm)


def with_insertions(contours: Contours, grid: Grid, neighbours: Sequence[Neighbour]) -> Inferred:
    """``contours`` of the slice at ``grid`` with the insertions of the nearest neighbour, or of the one on either side.

    Of two, each counts the more the nearer it lies. Of one, the anterior insertion is turned by
    :data:`TURNED_DEG_PER_MM`, into the septum where that neighbour is the more basal slice and out of it where it is
    the more apical one, unless the side of the septum can't be told. A neighbour serves if its own anterior insertion
    is known, its orientation too, and it is parallel and near enough; the inferior insertion is inferred where it is
    absent here and known there. Raises NotScorableError, with the reason, where no neighbour serves.
    """
    sources = _sources(contours, grid, neighbours)
    turned_deg = _turned_deg(sources[0], grid) if len(sources) == 1 else None
    anterior_px = _inferred_px("rv_insertion_px", sources, contours, grid, turned_deg or 0.0)
    inferior_px = contours.rv_inferior_px
    if inferior_px is None:
        marked = [source for source in sources if source.contours.rv_inferior_px is not None]
        inferior_px = _inferred_px("rv_inferior_px", marked, contours, grid) if marked else None
    completed = replace(contours, rv_insertion_px=anterior_px, rv_inferior_px=inferior_px)
    from_mm = tuple(source.away_mm for source in sources)
    return Inferred(completed, from_mm, None if len(sources) > 1 else _off_deg(from_mm[0], turned_deg))


def _sources(contours: Contours, grid: Grid, neighbours: Sequence[Neighbour]) -> list[_Source]:
    """The neighbours to infer from: the nearest on each side, one or two."""
    if not grid.oriented:
        raise _untold("the orientation of this slice is not known")
    marked = [each for each in neighbours if each.contours.rv_insertion_px is not None and each.grid.oriented]
    if not marked:
        raise _untold("no slice of known orientation beside it in which the insertion is marked")
    parallel = [each for each in marked if abs(float(each.grid.normal @ grid.normal)) >= LEAST_COSINE]
    if not parallel:
        raise _untold("slices that are tilted against this one")
    placed = [_Source(each.contours, each.grid, _ahead_mm(each, contours, grid)) for each in parallel]
    sides = [[each for each in placed if (each.ahead_mm < 0) is behind] for behind in (True, False)]
    nearest = [min(side, key=attrgetter("away_mm")) for side in sides if side]
    near = [each for each in nearest if each.away_mm <= FARTHEST_MM]
    if not near:
        raise _untold(f"the nearest one {min(each.away_mm for each in nearest):.0f} mm away")
    return near


def _ahead_mm(neighbour: Neighbour, contours: Contours, grid: Grid) -> float:
    """How far the centre of a neighbour's cavity lies ahead of this one's, along the normal of this slice."""
    there_mm = neighbour.grid.patient_mm(neighbour.contours.centre_px)
    return float((there_mm - grid.patient_mm(contours.centre_px)) @ grid.normal)


def _untold(found: str) -> NotScorableError:
    return NotScorableError(
        "the insertion of the right ventricle is not marked in this slice, and can't be inferred",
        expected=f"a parallel slice of the same study at most {FARTHEST_MM:g} mm away in which it is marked",
        found=found,
        remedy=REMEDY,
    )


def _turned_deg(source: _Source, grid: Grid) -> float | None:
    """Turn of the anterior insertion from ``source`` to this slice, clockwise on its screen; None if untold."""
    anterior_deg, inferior_deg = (
        None if point is None else _clockwise_deg(_direction(point, source, grid))
        for point in (source.contours.rv_insertion_px, source.contours.rv_inferior_px)
    )
    septum_deg = None if anterior_deg is None or inferior_deg is None else turn_deg(anterior_deg, inferior_deg)
    try:
        sense = sense_through_septum(grid.normal, septum_deg)
    except GeometryError:
        return None
    # Who sees the septum clockwise from the anterior insertion looks towards the apex.
    towards_apex_mm = -sense * source.ahead_mm
    return sense * TURNED_DEG_PER_MM * towards_apex_mm


def _off_deg(away_mm: float, turned_deg: float | None) -> float:
    """Mean error of an insertion from one slice."""
    return TURNED_DEG_PER_MM * away_mm if turned_deg is None else float(np.interp(away_mm, OFF_AT_MM, OFF_DEG))


def _clockwise_deg(direction: FloatArray) -> float:
    """Angle of a direction (2) on the screen, from that of a row."""
    return float(np.degrees(np.arctan2(*direction)))


def _inferred_px(
    name: str, sources: Sequence[_Source], contours: Contours, grid: Grid, turned_deg: float = 0.0
) -> FloatArray:
    """The point (2) on the outer wall in the direction of the point ``name`` in the neighbours, turned clockwise."""
    directions = np.array([_direction(getattr(source.contours, name), source, grid) for source in sources])
    apart_deg = np.degrees(np.arccos(np.clip(directions[0] @ directions[-1], -1.0, 1.0)))
    if apart_deg > MOST_TURNED_DEG:
        raise _untold(f"two whose insertions lie {apart_deg:.0f}° apart")
    # With one on either side, each is weighted by the distance of the other: in between, the septum turns evenly.
    weights = [source.away_mm for source in sources][::-1] if len(sources) > 1 else [1.0]
    angle = np.radians(_clockwise_deg(np.average(directions, axis=0, weights=weights)) + turned_deg)
    return _on_wall_px(np.array([np.sin(angle), np.cos(angle)]), contours, grid)


def _direction(point_px: FloatArray, source: _Source, grid: Grid) -> FloatArray:
    """Unit vector (2), down the columns and along the rows of ``grid``, from the neighbour's centre to the point."""
    offset_mm = source.grid.patient_mm(point_px) - source.grid.patient_mm(source.contours.centre_px)
    along = np.array([offset_mm @ grid.column_direction, offset_mm @ grid.row_direction])
    length_mm = np.linalg.norm(along)
    if length_mm < 1.0:
        raise _untold("one in which it is marked on the centre of the cavity")
    return np.asarray(along / length_mm)


def _on_wall_px(direction: FloatArray, contours: Contours, grid: Grid) -> FloatArray:
    """Where the ray from the centre of the cavity leaves the epicardial contour."""
    centre_mm, wall_mm = contours.centre_px * grid.spacing_mm, contours.epi_px * grid.spacing_mm
    reach_mm = np.linalg.norm(wall_mm - centre_mm, axis=1).max() + 1.0
    end_mm = centre_mm + reach_mm * direction
    inside = shapely.LineString([centre_mm, end_mm]).intersection(shapely.Polygon(wall_mm))
    crossings_mm = shapely.get_coordinates(inside)
    if not len(crossings_mm):
        raise _untold("a cavity here whose centre lies outside the wall")
    farthest = np.linalg.norm(crossings_mm - centre_mm, axis=1).argmax()
    return np.asarray(crossings_mm[farthest] / grid.spacing_mm)
