import numpy as np
import pytest
from scipy.stats import chi2
from statsmodels.stats.contingency_tables import mcnemar as by_statsmodels

from myoqc.errors import InputError
from myoqc.evaluate import mcnemar


def right(both, first, second, neither):
    cells = np.repeat([[1, 1], [1, 0], [0, 1], [0, 0]], [both, first, second, neither], axis=0)
    return cells[:, 0], cells[:, 1]


@pytest.mark.parametrize("counts", [(10, 0, 5, 3), (794, 150, 86, 570), (4, 6, 6, 0), (0, 1, 0, 0), (50, 13, 25, 9)])
def test_statsmodels_finds_the_same(counts):
    found = mcnemar(*right(*counts))
    assert (found.only_first, found.only_second) == counts[1:3]
    assert found.p_value == pytest.approx(by_statsmodels(np.reshape(counts, (2, 2)), exact=True).pvalue)


def test_a_p_value_can_be_worked_out_by_hand():
    # None of five: 2 / 2⁵. One of six: 2 (1 + 6) / 2⁶.
    assert mcnemar(*right(7, 0, 5, 2)).p_value == pytest.approx(1 / 16)
    assert mcnemar(*right(0, 5, 1, 0)).p_value == pytest.approx(14 / 64)


def test_with_many_cases_it_is_the_test_of_the_reference():
    b, c = 520, 610
    assert mcnemar(*right(0, b, c, 0)).p_value == pytest.approx(chi2.sf((abs(b - c) - 1) ** 2 / (b + c), 1), rel=0.01)


def test_two_that_never_differ_are_equally_good():
    found = mcnemar(*right(8, 0, 0, 4))
    assert (found.only_first, found.only_second, found.p_value) == (0, 0, 1.0)


def test_cases_that_were_not_judged_are_left_out():
    first, second = (each.astype(float) for each in right(3, 7, 1, 2))
    assert mcnemar([*first, np.nan, 1.0], [*second, 0.0, np.nan]) == mcnemar(first, second)


def test_what_is_neither_right_nor_wrong_is_refused():
    with pytest.raises(InputError, match="the first labels: not labels"):
        mcnemar([0.3, 1.0], [1, 0])
