"""How surely a figure is known: intervals from drawing whole subjects with replacement.

The segments of a map and the maps of a subject are not independent, so subjects are drawn, each with all of its cases
[Field2007]. A resample is told by how often each case was drawn, not by copies of the cases: what must be sorted is
sorted once. Statistics that are given the same resamples are paired.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from myoqc.errors import GeometryError, InputError
from myoqc.records.arrays import frozen

FloatArray = NDArray[np.float64]
Times = NDArray[np.int64]

PERCENTILES = (2.5, 97.5)
"""Of an interval of 95 %."""
N_RESAMPLES = 2000
MOST_AT_ONCE = 1 << 20
"""Numbers that the resamples of one step may hold: 8 MiB."""


@dataclass(frozen=True, slots=True)
class Interval:
    """What a statistic is of all cases, and where 95 % of its resamples lie."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, eq=False)
class Resamples:
    """Which subjects were drawn how often. Raises GeometryError and InputError for what does not fit together."""

    times: Times
    """(r s) how often each subject was drawn."""
    subject: NDArray[np.intp]
    """(n) the subject of each case, 0 to s − 1."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "times", frozen(self.times, np.int64, "r s", "the resamples"))
        object.__setattr__(self, "subject", frozen(self.subject, np.intp, "n", "the subjects"))
        n_subjects = self.times.shape[1]
        if not np.array_equal(np.unique(self.subject), np.arange(n_subjects)):
            raise InputError("subjects without a case, or cases without a subject", expected=f"0 to {n_subjects - 1}")


@dataclass(frozen=True, slots=True)
class Statistic:
    """A statistic that can be asked of many resamples in one go."""

    n_cases: int
    of: Callable[[Times], FloatArray]
    """How often each case was drawn (r n) → value of each resample (r), NaN where it has none."""
    by_subject: Callable[[Resamples], FloatArray] | None = None
    """The same values (r), where there is a way that is shorter than case by case."""


def draw_resamples(rng: np.random.Generator, subject: ArrayLike, n_resamples: int = N_RESAMPLES) -> Resamples:
    """Draw as many subjects as there are, with replacement, ``n_resamples`` times.

    ``subject`` (n) names the subject of each case. Raises GeometryError for other axes, and InputError for fewer than
    two subjects, of which no interval would be more than a point.
    """
    names = np.asarray(subject)
    if names.ndim != 1:
        raise GeometryError("the subjects: not one a case", expected="axes (n)", found=names.shape)
    different, number = np.unique(names, return_inverse=True)
    n_subjects = len(different)
    if n_subjects < 2:
        raise InputError("too few subjects to draw from", expected="2 or more", found=n_subjects)
    drawn = rng.integers(n_subjects, size=(n_resamples, n_subjects))
    times = [np.bincount(each, minlength=n_subjects) for each in drawn]
    return Resamples(times=np.array(times), subject=number)


def interval(statistic: Statistic, resamples: Resamples) -> Interval:
    """The statistic of all cases, with its percentile interval [Efron1993].

    Resamples in which it has no value are left out. Raises what :func:`resampled` raises.
    """
    value, again = resampled(statistic, resamples)
    low, high = np.percentile(again, PERCENTILES)
    return Interval(value=value, low=float(low), high=float(high))


def resampled(statistic: Statistic, resamples: Resamples) -> tuple[float, FloatArray]:
    """The statistic of all cases, and of each resample in which it has a value.

    Raises GeometryError where it is of another number of cases, and InputError where it has no value for all cases, or
    in no resample.
    """
    n_cases = len(resamples.subject)
    if statistic.n_cases != n_cases:
        raise GeometryError("the resamples are of other cases", expected=statistic.n_cases, found=n_cases)
    value = value_of(statistic)
    if np.isnan(value):
        raise InputError("the statistic has no value for all cases")
    again = values_of(statistic, resamples)
    again = again[~np.isnan(again)]
    if not len(again):
        raise InputError("the statistic has no value in any resample", expected="one or more")
    return value, again


def value_of(statistic: Statistic) -> float:
    """The statistic of all cases, each taken once."""
    return float(statistic.of(np.ones((1, statistic.n_cases), dtype=np.int64))[0])


def values_of(statistic: Statistic, resamples: Resamples) -> FloatArray:
    """The statistic of each resample (r), NaN where it has no value."""
    if statistic.by_subject is not None:
        return statistic.by_subject(resamples)
    return np.concatenate([statistic.of(times) for times in blocks(resamples)])


def of_counts(kinds: ArrayLike, value: Callable[[Times], FloatArray]) -> Statistic:
    """What follows from how many cases of each of ``kinds`` (k n) were drawn: their numbers (r k) → its value (r).

    Each subject's cases are counted once, not again in each resample. Raises GeometryError for other axes.
    """
    is_of = frozen(kinds, bool, "k n", "the kinds of cases")

    def of(times: Times) -> FloatArray:
        return value(np.stack([times[:, kind].sum(axis=1) for kind in is_of], axis=-1))

    def by_subject(resamples: Resamples) -> FloatArray:
        n_subjects = resamples.times.shape[1]
        counts = [np.bincount(resamples.subject[kind], minlength=n_subjects) for kind in is_of]
        return value(resamples.times @ np.array(counts).T)

    return Statistic(n_cases=is_of.shape[1], of=of, by_subject=by_subject)


def of_rows(function: Callable[..., float], *values: ArrayLike) -> Statistic:
    """Any function of arrays as a statistic: it is given ``values`` (n …) with each row as often as it was drawn.

    Its answer must not depend on the order of the rows. Raises GeometryError for values of different lengths.
    """
    arrays = [np.asarray(each) for each in values]
    lengths = {len(each) for each in arrays}
    if len(lengths) != 1:
        raise GeometryError("not the same cases", expected="arrays of one length", found=sorted(lengths))

    def of(times: Times) -> FloatArray:
        return np.array([function(*(each.repeat(drawn, axis=0) for each in arrays)) for drawn in times])

    return Statistic(n_cases=lengths.pop(), of=of)


def blocks(resamples: Resamples) -> Iterator[Times]:
    """How often each case was drawn (r n), some resamples at a time."""
    step = max(1, MOST_AT_ONCE // len(resamples.subject))
    for start in range(0, len(resamples.times), step):
        yield resamples.times[start : start + step, resamples.subject]
