"""How far two readers agree, and what of it chance would bring.

Labels (n) are 0 or 1; a case without one is NaN, and left out where either is missing. Where nearly all labels are
alike, Cohen's κ [Cohen1960] is low however well readers agree, and Gwet's AC1 [Gwet2008] is not: give both, beside the
share. Intervals take cases for independent, and are too narrow for the segments of a map or the maps of a patient:
there, give the statistics to :func:`~myoqc.evaluate.bca_interval`.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from myoqc.errors import InputError
from myoqc.evaluate.bootstrap import Statistic, of_counts
from myoqc.evaluate.delong import Z_95
from myoqc.evaluate.two_readers import (
    CHANCE_OF_AC1,
    CHANCE_OF_KAPPA,
    NO_CHANCE,
    Coefficient,
    Counts,
    coefficient,
    coefficient_values,
    table,
)


@dataclass(frozen=True, slots=True)
class Agreement:
    """Of two readers, over the cases that both judged."""

    n_cases: int
    share: Coefficient
    """Of the cases in which they agree, with the interval of [Wilson1927], no point even at 1."""
    kappa: Coefficient
    """Beyond the chance that each reader's own rate of labels brings; variance of [Fleiss1969]."""
    ac1: Coefficient
    """Beyond the chance on cases that are hard to judge; variance of [Gwet2008]."""


def agreement(first: ArrayLike, second: ArrayLike) -> Agreement:
    """Share of agreement, κ and AC1 of the labels of two readers (n).

    Raises GeometryError for different lengths, and InputError for other labels, or where no case has both.
    """
    counts = table(first, second).sum(axis=1)
    if not counts.any():
        raise InputError("no case was judged by both readers", expected="one or more", found=0)
    return Agreement(
        n_cases=int(counts.sum()),
        share=_with_interval_of_wilson(coefficient(counts, NO_CHANCE), int(counts.sum())),
        kappa=coefficient(counts, CHANCE_OF_KAPPA),
        ac1=coefficient(counts, CHANCE_OF_AC1),
    )


def resampled_agreement(first: ArrayLike, second: ArrayLike) -> Statistic:
    """Share of agreement for :func:`~myoqc.evaluate.interval`; NaN in a resample without a case that both judged.

    Raises GeometryError for different lengths, and InputError for other labels.
    """
    return _resampled(first, second, NO_CHANCE)


def resampled_kappa(first: ArrayLike, second: ArrayLike) -> Statistic:
    """Cohen's κ for :func:`~myoqc.evaluate.interval`; NaN in a resample where both give all cases the same label.

    Raises what :func:`resampled_agreement` raises.
    """
    return _resampled(first, second, CHANCE_OF_KAPPA)


def resampled_ac1(first: ArrayLike, second: ArrayLike) -> Statistic:
    """Gwet's AC1 for :func:`~myoqc.evaluate.interval`; NaN in a resample without a case that both judged.

    Raises what :func:`resampled_agreement` raises.
    """
    return _resampled(first, second, CHANCE_OF_AC1)


def _resampled(first: ArrayLike, second: ArrayLike, chance: Counts) -> Statistic:
    return of_counts(table(first, second), lambda counts: coefficient_values(counts, chance))


def _with_interval_of_wilson(share: Coefficient, n_cases: int) -> Coefficient:
    width = Z_95**2 / n_cases
    middle = (share.value + width / 2.0) / (1.0 + width)
    half = float(np.sqrt(Z_95**2 * share.variance + width**2 / 4.0)) / (1.0 + width)
    return Coefficient(share.value, share.variance, max(0.0, middle - half), min(1.0, middle + half))
