import numpy as np
import pytest
from scipy.stats import mannwhitneyu

from myoqc.errors import GeometryError, InputError
from myoqc.evaluate import auc, auc_difference

TRUTH = np.array([True, True, True, False, False, False, False])


@pytest.fixture
def rng():
    return np.random.default_rng(8)


def test_an_area_is_the_share_of_pairs_that_are_ranked_rightly():
    # Above all four; above three; above one: (4 + 3 + 1) of 12 pairs.
    assert auc([9.0, 6.0, 3.0, 7.0, 5.0, 4.0, 1.0], TRUTH) == pytest.approx(8 / 12)


def test_a_tie_counts_half():
    # Above all four; above two and equal to one; equal to two: (4 + 2.5 + 1) of 12 pairs.
    assert auc([9.0, 5.0, 3.0, 6.0, 5.0, 3.0, 3.0], TRUTH) == pytest.approx(7.5 / 12)
    assert auc(np.zeros(7), TRUTH) == 0.5


def test_perfect_and_reversed_order_are_the_limits():
    assert auc(TRUTH.astype(float), TRUTH) == 1.0
    assert auc(1.0 - TRUTH, TRUTH) == 0.0


@pytest.mark.parametrize("digits", [0, 1, 9])
def test_areas_are_those_of_the_mann_whitney_statistic(rng, digits):
    truth = rng.random(300) < 0.2
    score = (rng.normal(size=300) + truth).round(digits)
    won = mannwhitneyu(score[truth], score[~truth]).statistic
    assert auc(score, truth) == won / (truth.sum() * (~truth).sum())


@pytest.mark.parametrize("transform", [np.exp, np.arctan, lambda score: 1e6 * score - 7.0])
def test_areas_depend_on_the_order_of_scores_alone(rng, transform):
    truth, score = rng.random(200) < 0.3, rng.normal(size=200).round(1)
    assert auc(transform(score), truth) == auc(score, truth)


def test_turning_the_score_round_turns_the_area_round(rng):
    truth, score = rng.random(200) < 0.3, rng.normal(size=200).round(1)
    assert auc(-score, truth) == pytest.approx(1.0 - auc(score, truth))
    assert auc(score, ~truth) == pytest.approx(1.0 - auc(score, truth))


def test_cases_that_were_not_scored_are_left_out(rng):
    truth, score = rng.random(200) < 0.3, rng.normal(size=200)
    gone = rng.random(200) < 0.2
    assert auc(np.where(gone, np.nan, score), truth) == auc(score[~gone], truth[~gone])


def test_a_score_may_be_infinite():
    assert auc([np.inf, 0.0, -np.inf, 0.0], [True, True, False, False]) == pytest.approx(3.5 / 4)


def test_a_difference_is_that_of_the_areas(rng):
    truth, first, second = rng.random(200) < 0.3, rng.normal(size=200), rng.normal(size=200)
    assert auc_difference(first, second, truth) == auc(first, truth) - auc(second, truth)
    assert auc_difference(first, second, truth) == -auc_difference(second, first, truth)
    assert auc_difference(first, first, truth) == 0.0


def test_a_difference_is_over_the_cases_that_both_scored(rng):
    truth, first, second = rng.random(200) < 0.3, rng.normal(size=200), rng.normal(size=200)
    first[:40], second[30:60] = np.nan, np.nan
    expected = auc(first[60:], truth[60:]) - auc(second[60:], truth[60:])
    assert auc_difference(first, second, truth) == expected


@pytest.mark.parametrize("truth", [[False, False, False], [True, True, True], [True, True, False]])
def test_cases_of_one_kind_are_refused(truth):
    with pytest.raises(InputError, match="no ROC curve without cases of both kinds"):
        auc([1.0, 2.0, np.nan], truth)


def test_scores_and_truth_of_different_lengths_are_refused():
    with pytest.raises(GeometryError, match="not one score a case; expected 7; found 6"):
        auc(np.zeros(6), TRUTH)
    with pytest.raises(GeometryError, match="not one score a case; expected 7; found 8"):
        auc_difference(np.zeros(7), np.zeros(8), TRUTH)


def test_a_truth_that_is_not_one_of_two_kinds_is_refused():
    with pytest.raises(InputError, match="the truth: values that can't be used"):
        auc(np.zeros(3), [0, 1, 2])
    with pytest.raises(GeometryError, match=r"expected axes \(n\)"):
        auc(np.zeros((2, 6)), np.zeros((2, 6)))
