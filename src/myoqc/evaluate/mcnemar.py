"""Whether two that judged the same cases are right equally often [McNemar1947]."""

from dataclasses import dataclass

from numpy.typing import ArrayLike
from scipy.special import bdtr

from myoqc.evaluate.two_readers import table


@dataclass(frozen=True, slots=True)
class McNemarTest:
    """Of the cases in which one of two is right and the other is not: is it either of them equally often?"""

    only_first: int
    only_second: int
    p_value: float
    """Two-sided; 1 where there are no such cases."""


def mcnemar(first_right: ArrayLike, second_right: ArrayLike) -> McNemarTest:
    """McNemar's test of who is right (n) in which case: 1, 0, or NaN where not judged, which is left out.

    Departs from the reference in that the binomial distribution is taken, not its limit for many cases: exact for the
    fewest, and the same for many. It holds for independent cases. Segments of one map, or maps of one patient, are
    right and wrong together, and p is too small: there, give the difference of two shares
    (:func:`~myoqc.evaluate.resampled_difference`) an interval by patient. Raises GeometryError for different lengths,
    and InputError for anything but 0, 1 and NaN.
    """
    _, only_first, only_second, _ = table(first_right, second_right).sum(axis=1).tolist()
    p_value = 2.0 * float(bdtr(min(only_first, only_second), only_first + only_second, 0.5))
    return McNemarTest(only_first, only_second, min(1.0, p_value))
