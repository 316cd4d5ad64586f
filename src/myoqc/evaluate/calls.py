"""Who calls motion where: the calls of raters of the same maps, by segment and by image."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

from myoqc.errors import GeometryError
from myoqc.evaluate.bootstrap import Resamples, Statistic, value_of
from myoqc.evaluate.scored.figure import Estimate, by_resampling
from myoqc.evaluate.scored.sample import IMAGES, SEGMENTS
from myoqc.records.arrays import frozen
from myoqc.records.heart import N_SEGMENTS

BoolArray = NDArray[np.bool_]


def calls_of(raters: Mapping[str, ArrayLike]) -> list[BoolArray]:
    """The calls (n 6) of each rater, in the order given.

    Raises GeometryError unless all called the six segments of equally many maps, and InputError for anything but 0 and
    1.
    """
    calls = [frozen(each, bool, f"n {N_SEGMENTS}", f"the calls of {name}") for name, each in raters.items()]
    lengths = {len(each) for each in calls}
    if len(lengths) != 1:
        raise GeometryError("calls of other maps", expected=len(calls[0]), found=sorted(lengths))
    return calls


def by_unit(calls: BoolArray) -> dict[str, BoolArray]:
    """Calls (n 6) of segments, and (n 1) of images: an image is called if any of its segments is [Zhang2020]."""
    return {SEGMENTS: calls, IMAGES: np.asarray(calls.any(axis=1, keepdims=True))}


def share_equal(first: BoolArray, second: BoolArray) -> NDArray[np.float64]:
    """(n) of the calls (n u) of each map, the share that is the same."""
    return np.asarray((first == second).mean(axis=1))


def estimated(statistic: Statistic, resamples: Resamples) -> Estimate:
    """The statistic with its interval by patient; NaN where it has no value, for want of cases.

    Raises GeometryError for resamples of other cases.
    """
    if statistic.n_cases != len(resamples.subject):
        raise GeometryError("the resamples are of other maps", expected=statistic.n_cases, found=len(resamples.subject))
    value = value_of(statistic)
    return Estimate(value) if np.isnan(value) else by_resampling(statistic, resamples)
