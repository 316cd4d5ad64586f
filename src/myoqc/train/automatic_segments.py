"""Segments of a cohort's slices as they are found without anybody's outlines, patient by patient [Zhang2020]."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from myoqc.aha import Level
from myoqc.cohort import Cohort, CohortCase
from myoqc.errors import InputError
from myoqc.locate import Neighbour, Segmenter, neighbour, with_insertions
from myoqc.records import Contours, Segments
from myoqc.train.segmenter_figures import Search, search

SCORED_LEVELS = (Level.BASAL, Level.MID)
"""The levels that the paper scores; an apical slice has other segments."""


@dataclass(frozen=True, slots=True, eq=False)
class Looked:
    """One slice, and what was found in it."""

    number: int
    """Of the case in the cohort."""
    case: CohortCase
    searched: Search
    segments: Segments | None
    """None where there are none."""
    why_not: str
    """Why there are no automatic segments, for a person; empty where there are."""
    inferred: bool = False
    """Whether the insertion of the right ventricle was taken over from another slice of the patient."""

    @property
    def lacks_insertion(self) -> bool:
        """Whether a heart was found, and no insertion of the right ventricle."""
        found = self.searched.found
        return found is not None and found.contours.rv_insertion_px is None

    @property
    def as_neighbour(self) -> Neighbour | None:
        """What it can tell the slices beside it."""
        found = self.searched.found
        return neighbour(None if found is None else found.contours, self.segments, self.case.acquisition.grid)


def look_at_patient(cohort: Cohort, numbers: Sequence[int], segmenter: Segmenter | None = None) -> list[Looked]:
    """The basal and mid slices among the slices ``numbers`` of one patient, in this order.

    The heart is looked for in the others only where an insertion is lacking that they might show.
    """
    levels = {number: Level(cohort.rows[number]["level"]) for number in numbers}
    looked = [_look(cohort, number, segmenter) for number in numbers if levels[number] in SCORED_LEVELS]
    if not any(each.lacks_insertion for each in looked):
        return looked
    beside = looked + [_look(cohort, number, segmenter) for number in numbers if levels[number] not in SCORED_LEVELS]
    neighbours = [each for each in (one.as_neighbour for one in beside) if each is not None]
    return [_with_insertion(each, neighbours) if each.lacks_insertion else each for each in looked]


def _look(cohort: Cohort, number: int, segmenter: Segmenter | None) -> Looked:
    case = cohort.case(number)
    searched = search(case, segmenter)
    if searched.found is None:
        return Looked(number, case, searched, None, searched.why_not)
    segments, why_not = _segments(case, searched.found.contours)
    return Looked(number, case, searched, segments, why_not)


def _segments(case: CohortCase, contours: Contours) -> tuple[Segments | None, str]:
    """As ``pipeline.check`` makes them of images that say their level, or the reason why there are none."""
    try:
        return Segments.from_contours(contours, case.acquisition.grid, case.acquisition.key.level), ""
    except InputError as error:
        return None, error.problem


def _with_insertion(looked: Looked, neighbours: Sequence[Neighbour]) -> Looked:
    """As ``pipeline.infer_insertions`` makes them, or the reason why there are none."""
    assert looked.searched.found is not None
    contours, case = looked.searched.found.contours, looked.case
    try:
        segments, why_not = _segments(case, with_insertions(contours, case.acquisition.grid, neighbours).contours)
    except InputError as error:
        return replace(looked, segments=None, why_not=error.problem)
    return replace(looked, segments=segments, why_not=why_not, inferred=segments is not None)
