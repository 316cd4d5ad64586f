"""Maps as the samples that figures are of: their segments, their images, one segment of each, or pairs within them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from myoqc.aha import Segment
from myoqc.evaluate.bootstrap import Resamples
from myoqc.evaluate.segments import by_image, by_segment
from myoqc.records.heart import N_SEGMENTS

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

SEGMENTS, IMAGES, WITHIN = "segments", "images", "within maps"


@dataclass(frozen=True, slots=True, eq=False)
class Maps:
    """What is known of maps, and the patients that were drawn from them."""

    motion: BoolArray
    """(n 6) says the reference."""
    resamples: Resamples
    """Of the n maps."""


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """Cases of one unit; scores are (m), or (m 6) within maps."""

    unit: str
    score: FloatArray
    positive: BoolArray
    """As the scores."""
    resamples: Resamples
    """Of the m cases."""
    n_with: int
    n_without: int
    n_maps_with: int
    """Maps that hold a case with motion."""
    n_maps_without: int
    """Maps that hold a case without."""
    n_maps: int
    """With a case of either kind."""


def among(resamples: Resamples, chosen: BoolArray) -> Resamples:
    """Of each resample the patients that have any of the maps that are ``chosen`` (n)."""
    present, subject = np.unique(resamples.subject[chosen], return_inverse=True)
    return Resamples(times=resamples.times[:, present], subject=subject)


def segments_of(maps: Maps, score: FloatArray) -> Sample:
    """All segments, each with its own score of ``score`` (n 6)."""
    value, motion = by_segment(score, maps.motion)
    resamples = Resamples(times=maps.resamples.times, subject=maps.resamples.subject.repeat(N_SEGMENTS))
    holding = int(maps.motion.any(axis=1).sum()), int((~maps.motion).any(axis=1).sum())
    return Sample(SEGMENTS, value, motion, resamples, *_counts(motion), *holding, len(motion) // N_SEGMENTS)


def images_of(maps: Maps, score: FloatArray) -> Sample:
    """Each map by the highest score of its segments."""
    value, motion = by_image(score, maps.motion)
    return Sample(IMAGES, value, motion, maps.resamples, *_counts(motion), *_counts(motion), len(motion))


def segment_of(maps: Maps, score: FloatArray, segment: Segment) -> Sample:
    """The same segment of each map."""
    motion = maps.motion[:, segment]
    return Sample(
        segment.word, score[:, segment], motion, maps.resamples, *_counts(motion), *_counts(motion), len(motion)
    )


def within(maps: Maps, score: FloatArray) -> Sample:
    """Maps as they are; those that can be judged have segments of both kinds."""
    n_mixed = int((maps.motion.any(axis=1) & ~maps.motion.all(axis=1)).sum())
    return Sample(WITHIN, score, maps.motion, maps.resamples, *(n_mixed,) * 5)


def _counts(motion: BoolArray) -> tuple[int, int]:
    return int(motion.sum()), int((~motion).sum())
