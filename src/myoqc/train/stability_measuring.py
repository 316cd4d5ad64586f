"""R² of each segment by true and by automatic outlines: what the stability experiment is made of [Zhang2020].

Segment i of one is held against segment i of the other: truth and readings belong to the true segments by number.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from myoqc.aha import Level
from myoqc.cohort import Cohort, CohortCase
from myoqc.errors import InputError
from myoqc.locate import Neighbour, Segmenter, crop, with_insertions
from myoqc.records import Contours, FoundHeart, Segments
from myoqc.records.heart import N_SEGMENTS
from myoqc.score.r2_rule import segment_statistics
from myoqc.score.statistics import STATISTICS
from myoqc.train.segmenter_figures import Judged, Search, compare, search

FloatArray = NDArray[np.float64]

SCORED_LEVELS = (Level.BASAL, Level.MID)
"""The levels that the paper scores; an apical slice has other segments."""
NONE_SCORED = {name: np.full(N_SEGMENTS, np.nan) for name in STATISTICS}


class Outlines(StrEnum):
    """Where the outlines of the wall, and so the segments, come from."""

    TRUE = "true"
    AUTOMATIC = "automatic"


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """One slice, seen through both outlines."""

    case: int
    """Number in the cohort."""
    judged: Judged
    """The outlines that were found against the true ones."""
    why_not: str
    """Why there are no automatic segments, for a person; empty where there are."""
    inferred: bool
    """Whether the insertion of the right ventricle was taken over from another slice of the patient."""
    statistics: Mapping[Outlines, Mapping[str, FloatArray]]
    """Outlines → name of the statistic of R² → (6); NaN where a segment is not scored."""


@dataclass(frozen=True, slots=True, eq=False)
class _Looked:
    number: int
    case: CohortCase
    searched: Search


def measure_patient(cohort: Cohort, numbers: Sequence[int], segmenter: Segmenter | None = None) -> list[Measured]:
    """The basal and mid slices among the slices ``numbers`` of one patient, in this order.

    The heart is looked for in the others only where an insertion is lacking that they might show.
    """
    levels = {number: Level(cohort.rows[number]["level"]) for number in numbers}
    looked = [_look(cohort, number, segmenter) for number in numbers if levels[number] in SCORED_LEVELS]
    beside = list(looked)
    if any(_lacks_insertion(each.searched.found) for each in looked):
        beside += [_look(cohort, number, segmenter) for number in numbers if levels[number] not in SCORED_LEVELS]
    neighbours = [
        Neighbour(each.searched.found.contours, each.case.acquisition.grid)
        for each in beside
        if each.searched.found is not None and not _lacks_insertion(each.searched.found)
    ]
    return [_measure(each, neighbours) for each in looked]


def _look(cohort: Cohort, number: int, segmenter: Segmenter | None) -> _Looked:
    case = cohort.case(number)
    return _Looked(number, case, search(case, segmenter))


def _lacks_insertion(found: FoundHeart | None) -> bool:
    return found is not None and found.contours.rv_insertion_px is None


def _measure(looked: _Looked, neighbours: Sequence[Neighbour]) -> Measured:
    case, found = looked.case, looked.searched.found
    automatic, why_not = None, looked.searched.why_not
    if found is not None:
        try:
            automatic = _segments(case, found.contours, neighbours)
        except InputError as error:
            why_not = error.problem
    return Measured(
        case=looked.number,
        judged=compare(case, looked.searched),
        why_not=why_not,
        inferred=automatic is not None and _lacks_insertion(found),
        statistics={
            Outlines.TRUE: _statistics(case, case.segments),
            Outlines.AUTOMATIC: NONE_SCORED if automatic is None else _statistics(case, automatic),
        },
    )


def _segments(case: CohortCase, contours: Contours, neighbours: Sequence[Neighbour]) -> Segments:
    """As ``pipeline.check`` and ``pipeline.infer_insertions`` make them; raises InputError where they can't be told."""
    grid = case.acquisition.grid
    if contours.rv_insertion_px is None:
        contours = with_insertions(contours, grid, neighbours).contours
    return Segments.from_contours(contours, grid, case.acquisition.key.level)


def _statistics(case: CohortCase, segments: Segments) -> dict[str, FloatArray]:
    seen = crop(case.acquisition, case.maps, segments.centre_px, segments=segments)
    return {name: segment_statistics(seen, name) for name in STATISTICS}
