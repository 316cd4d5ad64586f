"""R² of each segment by true and by automatic outlines: what the stability experiment is made of [Zhang2020].

Segment i of one is held against segment i of the other: truth and readings belong to the true segments by number.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from myoqc.cohort import Cohort, CohortCase
from myoqc.locate import Segmenter, crop
from myoqc.records import Segments
from myoqc.records.heart import N_SEGMENTS
from myoqc.score.r2_rule import segment_statistics
from myoqc.score.statistics import STATISTICS
from myoqc.train.automatic_segments import Looked, look_at_patient
from myoqc.train.segmenter_figures import Judged, compare

FloatArray = NDArray[np.float64]

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


def measure_patient(cohort: Cohort, numbers: Sequence[int], segmenter: Segmenter | None = None) -> list[Measured]:
    """The basal and mid slices among the slices ``numbers`` of one patient, in this order."""
    return [_measure(each) for each in look_at_patient(cohort, numbers, segmenter)]


def _measure(looked: Looked) -> Measured:
    case, automatic = looked.case, looked.segments
    return Measured(
        case=looked.number,
        judged=compare(case, looked.searched),
        why_not=looked.why_not,
        inferred=looked.inferred,
        statistics={
            Outlines.TRUE: _statistics(case, case.segments),
            Outlines.AUTOMATIC: NONE_SCORED if automatic is None else _statistics(case, automatic),
        },
    )


def _statistics(case: CohortCase, segments: Segments) -> dict[str, FloatArray]:
    seen = crop(case.acquisition, case.maps, segments.centre_px, segments=segments)
    return {name: segment_statistics(seen, name) for name in STATISTICS}
