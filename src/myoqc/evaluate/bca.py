"""Intervals from drawing whole subjects that allow for bias and for errors that change with the value: BCa [Efron1987].

The percentile interval is right where resamples scatter evenly about the value. Those of shares and areas near 1 do
not: here its ends are moved by what the resamples say of the bias, and by what leaving out one subject at a time says
of the skewness.
"""

import numpy as np
from scipy.special import ndtr, ndtri

from myoqc.errors import InputError
from myoqc.evaluate.bootstrap import PERCENTILES, FloatArray, Interval, Resamples, Statistic, resampled


def bca_interval(statistic: Statistic, resamples: Resamples) -> Interval:
    """The statistic of all cases, with its bias-corrected and accelerated interval of 95 %.

    Takes as many values of the statistic as there are subjects on top of those of the resamples. Raises what
    :func:`~myoqc.evaluate.interval` raises, and InputError where no resample reaches the value of all cases, as of a
    calibration error, which has no such interval.
    """
    value, again = resampled(statistic, resamples)
    bias = _bias(value, again)
    reached = bias + ndtri(np.array(PERCENTILES) / 100.0)
    level = ndtr(bias + reached / (1.0 - acceleration(statistic, resamples) * reached))
    low, high = np.percentile(again, 100.0 * level)
    return Interval(value=value, low=float(low), high=float(high))


def acceleration(statistic: Statistic, resamples: Resamples) -> float:
    """How fast the standard error changes with the value, from leaving out each subject in turn: a sixth of a skewness.

    Subjects without whom the statistic has no value are passed over. Raises what :func:`~myoqc.evaluate.interval`
    raises.
    """
    n_subjects = resamples.times.shape[1]
    without_one = Resamples(times=1 - np.eye(n_subjects, dtype=np.int64), subject=resamples.subject)
    _, values = resampled(statistic, without_one)
    deviation = values.mean() - values
    scatter = float(np.sum(deviation**2))
    return float(np.sum(deviation**3)) / (6.0 * scatter**1.5) if scatter > 0.0 else 0.0


def _bias(value: float, again: FloatArray) -> float:
    """By how many standard errors the value lies above the middle of the resamples; equal ones count half."""
    share = (np.mean(again < value) + np.mean(again <= value)) / 2.0
    if not 0.0 < share < 1.0:
        raise InputError(
            "no BCa interval: all resamples lie to one side of the value",
            expected=f"some on either side of {value:.4g}",
            found=[again.min(), again.max()],
            remedy="Draw more resamples, or take the percentile interval.",
        )
    return float(ndtri(share))
