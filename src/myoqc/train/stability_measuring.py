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
from myoqc.locate import Neighbour, Segmenter, crop, neighbour, with_insertions
from myoqc.records import Contours, Segments
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
    segments: Segments | None
    """As its own outlines tell them."""
    why_not: str

    @property
    def lacks_insertion(self) -> bool:
        found = self.searched.found
        return found is not None and found.contours.rv_insertion_px is None

    @property
    def as_neighbour(self) -> Neighbour | None:
        found = self.searched.found
        return neighbour(None if found is None else found.contours, self.segments, self.case.acquisition.grid)


def measure_patient(cohort: Cohort, numbers: Sequence[int], segmenter: Segmenter | None = None) -> list[Measured]:
    """The basal and mid slices among the slices ``numbers`` of one patient, in this order.

    The heart is looked for in the others only where an insertion is lacking that they might show.
    """
    levels = {number: Level(cohort.rows[number]["level"]) for number in numbers}
    looked = [_look(cohort, number, segmenter) for number in numbers if levels[number] in SCORED_LEVELS]
    beside = list(looked)
    if any(each.lacks_insertion for each in looked):
        beside += [_look(cohort, number, segmenter) for number in numbers if levels[number] not in SCORED_LEVELS]
    neighbours = [each for each in (one.as_neighbour for one in beside) if each is not None]
    return [_measure(each, neighbours) for each in looked]


def _look(cohort: Cohort, number: int, segmenter: Segmenter | None) -> _Looked:
    case = cohort.case(number)
    searched = search(case, segmenter)
    if searched.found is None:
        return _Looked(number, case, searched, None, searched.why_not)
    segments, why_not = _segments(case, searched.found.contours)
    return _Looked(number, case, searched, segments, why_not)


def _measure(looked: _Looked, neighbours: Sequence[Neighbour]) -> Measured:
    case, found, automatic, why_not = looked.case, looked.searched.found, looked.segments, looked.why_not
    if found is not None and looked.lacks_insertion:
        automatic, why_not = _segments_beside(case, found.contours, neighbours)
    return Measured(
        case=looked.number,
        judged=compare(case, looked.searched),
        why_not=why_not,
        inferred=automatic is not None and looked.lacks_insertion,
        statistics={
            Outlines.TRUE: _statistics(case, case.segments),
            Outlines.AUTOMATIC: NONE_SCORED if automatic is None else _statistics(case, automatic),
        },
    )


def _segments(case: CohortCase, contours: Contours) -> tuple[Segments | None, str]:
    """As ``pipeline.check`` makes them of images that say their level, or the reason why there are none."""
    try:
        return Segments.from_contours(contours, case.acquisition.grid, case.acquisition.key.level), ""
    except InputError as error:
        return None, error.problem


def _segments_beside(
    case: CohortCase, contours: Contours, neighbours: Sequence[Neighbour]
) -> tuple[Segments | None, str]:
    """As ``pipeline.infer_insertions`` makes them, or the reason why there are none."""
    try:
        return _segments(case, with_insertions(contours, case.acquisition.grid, neighbours).contours)
    except InputError as error:
        return None, error.problem


def _statistics(case: CohortCase, segments: Segments) -> dict[str, FloatArray]:
    seen = crop(case.acquisition, case.maps, segments.centre_px, segments=segments)
    return {name: segment_statistics(seen, name) for name in STATISTICS}
