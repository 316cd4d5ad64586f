"""Whether probabilities mean what they say: of the cases given 30 %, do 30 % have what is sought?

``probability`` (n) and ``happened`` (n); a case that was not scored is NaN and left out. Cases are put into bins of
equal number by rank; equal probabilities share a bin, so that the order of the cases decides nothing. For the segments
of many maps, ravel both. Raises GeometryError for different lengths, InputError where no case was scored, and for what
is no probability.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from myoqc.errors import GeometryError, InputError
from myoqc.records.arrays import frozen

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

N_BINS = 15


@dataclass(frozen=True, slots=True, eq=False)
class ReliabilityCurve:
    """What was said and what happened, bin by bin; on the diagonal where the probabilities are right."""

    probability: FloatArray
    """(b) mean of those in the bin, rising."""
    share: FloatArray
    """(b) of them that have what is sought."""
    n_cases: NDArray[np.int64]
    """(b) never 0."""


@dataclass(frozen=True, slots=True)
class BrierScore:
    """Mean squared error of probabilities, lower is better, and what it is made of [Murphy1973].

    ``score`` = ``reliability`` − ``resolution`` + ``uncertainty`` + ``within_bins``.
    """

    score: float
    reliability: float
    """How far the bins lie from the diagonal; lower is better."""
    resolution: float
    """How far the shares of the bins lie from that of all cases; higher is better."""
    uncertainty: float
    """Of the cases themselves: the score of one who always says the share of all."""
    within_bins: float
    """What the bins hide, since probabilities differ in them [Stephenson2008]; 0 where they do not."""


def reliability_curve(probability: ArrayLike, happened: ArrayLike, n_bins: int = N_BINS) -> ReliabilityCurve:
    """Mean probability and share of what happened in each of at most ``n_bins`` bins."""
    said, truth = scored_probabilities(probability, happened)
    number, n_cases = _bins(said, n_bins)
    return ReliabilityCurve(_means(said, number, n_cases), _means(truth, number, n_cases), n_cases)


def expected_calibration_error(probability: ArrayLike, happened: ArrayLike, n_bins: int = N_BINS) -> float:
    """Mean distance of the bins from the diagonal, each counted by its cases [Naeini2015]; lower is better.

    It is never 0 by chance: with few cases in a bin their share misses the probability that they truly have, and the
    distance has no sign. Compare with :func:`chance_calibration_error`, which says what flawless probabilities would
    give. A bootstrap adds the error of chance once more, so that its interval can lie above the value altogether: only
    the upper end of it is of use. Departs from the reference in that bins hold equal numbers, not equal ranges
    [Nixon2019].
    """
    curve = reliability_curve(probability, happened, n_bins)
    return float(np.sum(np.abs(curve.probability - curve.share) * curve.n_cases) / curve.n_cases.sum())


def chance_calibration_error(probability: ArrayLike, n_bins: int = N_BINS) -> float:
    """The error (n) to be expected of these probabilities if they were flawless and the cases independent.

    The share in a bin of m cases is taken to be normal about its mean, with variance Σ p(1 − p) / m²; a normal number
    lies √(2/π) of its standard deviation away on average. Segments of one patient are not independent, so the truth
    lies higher. It falls with the root of the number of cases and rises with that of the bins.
    """
    said, _ = scored_probabilities(probability, np.zeros(np.shape(probability), dtype=bool))
    number, _ = _bins(said, n_bins)
    variance = np.bincount(number, weights=said * (1.0 - said))
    return float(np.sqrt(2.0 / np.pi) * np.sum(np.sqrt(variance)) / len(said))


def brier_score(probability: ArrayLike, happened: ArrayLike, n_bins: int = N_BINS) -> BrierScore:
    """Mean squared difference between probability and truth [Brier1950], and its parts over the bins."""
    said, truth = scored_probabilities(probability, happened)
    number, n_cases = _bins(said, n_bins)
    mean_said, mean_true = (_means(values, number, n_cases) for values in (said, truth))
    deviation, residual = said - mean_said[number], truth - mean_true[number]
    of_bin, overall = n_cases / len(said), truth.mean()
    return BrierScore(
        score=float(np.mean((said - truth) ** 2)),
        reliability=float(np.sum(of_bin * (mean_said - mean_true) ** 2)),
        resolution=float(np.sum(of_bin * (mean_true - overall) ** 2)),
        uncertainty=float(overall * (1.0 - overall)),
        within_bins=float(np.mean(deviation**2) - 2.0 * np.mean(deviation * residual)),
    )


def scored_probabilities(probability: ArrayLike, happened: ArrayLike) -> tuple[FloatArray, BoolArray]:
    """Probability and truth of the cases that were scored."""
    said = frozen(probability, np.float64, "n", "the probabilities")
    truth = frozen(happened, bool, "n", "the truth")
    if len(said) != len(truth):
        raise GeometryError("not one probability a case", expected=len(truth), found=len(said))
    scored = ~np.isnan(said)
    said, truth = said[scored], truth[scored]
    if not len(said):
        raise InputError("no case was scored", expected="one or more")
    if ((said < 0.0) | (said > 1.0)).any():
        raise InputError(
            "not probabilities", expected="0 to 1, or NaN where not scored", found=[said.min(), said.max()]
        )
    return said, truth


def _bins(said: FloatArray, n_bins: int) -> tuple[NDArray[np.intp], NDArray[np.int64]]:
    """The bin of each case (n), without gaps, and how many each holds (b)."""
    n_below = np.searchsorted(np.sort(said), said)
    _, number, n_cases = np.unique(n_below * n_bins // len(said), return_inverse=True, return_counts=True)
    return number, n_cases


def _means(values: FloatArray | BoolArray, number: NDArray[np.intp], n_cases: NDArray[np.int64]) -> FloatArray:
    return np.asarray(np.bincount(number, weights=values) / n_cases)
