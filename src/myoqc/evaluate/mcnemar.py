"""Whether two that judged the same cases are right equally often [McNemar1947]."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import bdtr
from scipy.stats import chi2

from myoqc.errors import GeometryError
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
    right and wrong together, and p is too small: there, take
    :func:`clustered_mcnemar`, and give the difference of two shares (:func:`~myoqc.evaluate.resampled_difference`) an
    interval by patient. Raises GeometryError for different lengths,
    and InputError for anything but 0, 1 and NaN.
    """
    _, only_first, only_second, _ = table(first_right, second_right).sum(axis=1).tolist()
    p_value = 2.0 * float(bdtr(min(only_first, only_second), only_first + only_second, 0.5))
    return McNemarTest(only_first, only_second, min(1.0, p_value))


def clustered_mcnemar(first_right: ArrayLike, second_right: ArrayLike, cluster: ArrayLike) -> McNemarTest:
    """The same question of cases that come in clusters: ``cluster`` (n) names the patient of each [Obuchowski1998].

    Patients are independent; cases of one patient may depend on one another in any way. The p-value is of the limit for
    many patients in whom the two differ. Where each has one case, it is that of the test of [McNemar1947] without
    correction, but for a factor (k − 1) / k of its χ², for k patients. Raises what :func:`mcnemar` raises, and
    GeometryError unless each case has a cluster.
    """
    cells = table(first_right, second_right)
    names = np.asarray(cluster)
    if names.shape != cells.shape[1:]:
        raise GeometryError("not one cluster a case", expected=cells.shape[1:], found=names.shape)
    _, number = np.unique(names[cells.any(axis=0)], return_inverse=True)
    _, only_first, only_second, _ = cells[:, cells.any(axis=0)].astype(np.int64)
    lead = np.bincount(number, weights=only_first - only_second)
    scatter = float(np.sum(lead**2))
    square = (1.0 - 1.0 / len(lead)) * float(lead.sum()) ** 2 / scatter if scatter > 0.0 else 0.0
    return McNemarTest(int(only_first.sum()), int(only_second.sum()), float(chi2.sf(square, 1)))
