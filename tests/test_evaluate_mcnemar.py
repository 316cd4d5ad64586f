import numpy as np
import pytest
from scipy.stats import chi2
from statsmodels.stats.contingency_tables import mcnemar as by_statsmodels

from myoqc.errors import GeometryError, InputError
from myoqc.evaluate import clustered_mcnemar, mcnemar


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


@pytest.mark.parametrize("counts", [(10, 4, 15, 3), (794, 150, 86, 570), (50, 13, 25, 9)])
def test_with_a_case_a_patient_the_clustered_test_is_that_of_statsmodels_but_for_a_factor(counts):
    n_patients = sum(counts)
    found = clustered_mcnemar(*right(*counts), range(n_patients))
    plain = by_statsmodels(np.reshape(counts, (2, 2)), exact=False, correction=False)
    assert (found.only_first, found.only_second) == counts[1:3]
    assert found.p_value == pytest.approx(chi2.sf(plain.statistic * (n_patients - 1) / n_patients, 1))


def test_cases_that_only_repeat_those_of_their_patient_add_nothing():
    first, second = right(10, 4, 15, 3)
    once = clustered_mcnemar(first, second, range(32))
    sixfold = clustered_mcnemar(first.repeat(6), second.repeat(6), np.arange(32).repeat(6))
    assert sixfold.p_value == pytest.approx(once.p_value)
    assert mcnemar(first.repeat(6), second.repeat(6)).p_value < once.p_value / 100


def test_the_clustered_test_can_be_worked_out_by_hand():
    # Three patients, in whom the first leads by 2, 1 and −1: χ² = 2/3 · 2² / (4 + 1 + 1).
    found = clustered_mcnemar([1, 1, 1, 0, 1], [0, 0, 0, 1, 1], list("aabcc"))
    assert found.p_value == pytest.approx(chi2.sf(4 / 9, 1))


def test_clusters_without_a_difference_give_no_evidence():
    assert clustered_mcnemar([1, 0], [1, 0], [0, 1]).p_value == 1.0
    with pytest.raises(GeometryError, match="not one cluster a case"):
        clustered_mcnemar([1, 0], [1, 0], [0])
