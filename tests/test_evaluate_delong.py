import numpy as np
import pytest
from MLstatkit import Delong_test
from scipy.stats import norm
from sklearn.metrics import roc_auc_score

from myoqc.errors import GeometryError, InputError
from myoqc.evaluate import (
    auc,
    auc_difference,
    delong,
    delong_difference,
    draw_resamples,
    interval,
    resampled_auc,
    unpaired_difference,
)

OVARIAN = np.fromstring(
    """
    3.0 5.8 10 0   3.2 6.3  5 1   3.9 6.8  3 1   2.8 4.8  6 0   3.2 5.8  3 1   0.9 4.0  5 0   2.5 5.7  8 0
    1.6 5.6  5 1   3.8 5.7  5 1   3.7 6.7  6 1   3.2 5.4  4 1   3.8 6.6  6 1   4.1 6.6  5 1   3.6 5.7  5 1
    4.3 7.0  4 1   3.6 6.7  4 0   2.3 4.4  6 1   4.2 7.6  4 0   4.0 6.6  6 0   3.5 5.8  6 1   3.8 6.8  7 1
    3.0 4.7  8 0   4.5 7.4  5 1   3.7 7.4  5 1   3.1 6.6  6 1   4.1 8.2  6 1   4.3 7.0  5 1   4.3 6.5  4 1
    3.2 5.1  5 1   2.6 4.7  6 1   3.3 6.8  6 0   1.7 4.0  7 0   3.7 6.1  5 1   3.3 6.3  7 1   4.2 7.7  6 1
    3.5 6.2  5 1   2.9 5.7  9 0   2.1 4.8  7 1   2.8 6.2  8 0   4.0 7.0  7 1   3.3 5.7  6 1   3.7 6.9  5 1
    3.6 6.6  5 1
    """,
    sep=" ",
).reshape(-1, 4)
"""43 patients of [DeLong1988], as SAS/STAT's example of the LOGISTIC procedure has them: albumin, total protein, K-G
score, and whether surgery was of use. The numbers expected of them were worked out apart from this package, by the
midranks of [Sun2014]."""
ALBUMIN, PROTEIN, KG_SCORE = -OVARIAN[:, 0], -OVARIAN[:, 1], OVARIAN[:, 2]
OF_NO_USE = OVARIAN[:, 3] == 0.0


def by_definition(first, second, truth):
    """Covariance of two areas from the kernel of all pairs, and the areas: the equations of [DeLong1988], n² long."""
    kernels = [
        (score[truth][:, None] > score[~truth]) + 0.5 * (score[truth][:, None] == score[~truth])
        for score in (first, second)
    ]
    s10, s01 = (np.cov([kernel.mean(axis=axis) for kernel in kernels])[0, 1] for axis in (1, 0))
    return s10 / truth.sum() + s01 / (~truth).sum(), [kernel.mean() for kernel in kernels]


def scored_cases(seed, n_cases=150, digits=1):
    rng = np.random.default_rng(seed)
    truth = rng.random(n_cases) < 0.3
    common = truth + rng.normal(size=n_cases)
    return truth, *(common + rng.normal(size=(2, n_cases))).round(digits)


@pytest.mark.parametrize(
    ("score", "value", "error", "low", "high"),
    [
        (ALBUMIN, 0.7366, 0.0927, 0.5549, 0.9182),
        (KG_SCORE, 0.7258, 0.1028, 0.5243, 0.9273),
        (PROTEIN, 0.6478, 0.1000, 0.4518, 0.8439),
    ],
)
def test_areas_of_published_patients_have_the_errors_that_midranks_give(score, value, error, low, high):
    found = delong(score, OF_NO_USE)
    half = norm.ppf(0.975) * np.sqrt(found.variance)
    assert (found.value, np.sqrt(found.variance)) == pytest.approx((value, error), abs=5e-5)
    assert (found.value - half, found.value + half) == pytest.approx((low, high), abs=1e-4)


@pytest.mark.parametrize(
    ("score", "value", "error", "p_value"), [(ALBUMIN, 0.0108, 0.0953, 0.9102), (PROTEIN, -0.0780, 0.1046, 0.4561)]
)
def test_paired_differences_of_published_patients_have_the_p_values_that_midranks_give(score, value, error, p_value):
    found = delong_difference(score, KG_SCORE, OF_NO_USE)
    assert (found.value, np.sqrt(found.variance)) == pytest.approx((value, error), abs=5e-5)
    assert found.p_value == pytest.approx(p_value, abs=5e-5)


def test_a_small_variance_can_be_worked_out_by_hand():
    # Placements of 3, 2, 1: 1, 3/4 (above 0 and equal to 2), 1/2. Of 2, 0: 1/2 (below 3, equal to 2), 1.
    found = delong([3.0, 2.0, 1.0, 2.0, 0.0], [True, True, True, False, False])
    assert found.value == 0.75
    assert found.variance == pytest.approx((1 / 16 + 1 / 16) / 2 / 3 + (1 / 16 + 1 / 16) / 1 / 2)


@pytest.mark.parametrize("digits", [0, 1, 9])
@pytest.mark.parametrize("seed", range(3))
def test_variances_with_ties_are_those_of_the_definition(seed, digits):
    truth, first, second = scored_cases(seed, digits=digits)
    (of_first, areas), (of_second, _) = by_definition(first, first, truth), by_definition(second, second, truth)
    shared, (one, other) = by_definition(first, second, truth)
    found, apart = delong(first, truth), delong_difference(first, second, truth)
    assert (found.value, found.variance) == pytest.approx((areas[0], of_first))
    assert (apart.value, apart.variance) == pytest.approx((one - other, of_first + of_second - 2 * shared))
    assert apart.p_value == pytest.approx(2 * norm.sf(abs(apart.value) / np.sqrt(apart.variance)))


def test_areas_are_to_the_bit_those_without_a_variance():
    truth, first, second = scored_cases(4)
    first[:20], second[10:30] = np.nan, np.nan
    assert delong(first, truth).value == auc(first, truth)
    assert delong_difference(first, second, truth).value == auc_difference(first, second, truth)


@pytest.mark.parametrize("digits", [0, 1, 9])
def test_mlstatkit_finds_the_same_areas_and_the_same_test_of_two(digits):
    truth, first, second = scored_cases(21, digits=digits)
    found = delong_difference(first, second, truth)
    z, p_value, _, _, of_first, of_second, how = Delong_test(truth, first, second)
    assert how["method"] == "delong"
    assert (delong(first, truth).value, delong(second, truth).value) == pytest.approx((of_first, of_second), abs=1e-12)
    assert (found.value, found.variance) == pytest.approx((of_first - of_second, how["var_diff"]), rel=1e-9)
    assert -z == pytest.approx(found.value / np.sqrt(found.variance), rel=1e-9)  # it takes the second less the first
    assert found.p_value == pytest.approx(p_value, rel=1e-9)


def test_scikit_learn_finds_the_same_area():
    truth, score, _ = scored_cases(5, n_cases=3000)
    assert delong(score, truth).value == pytest.approx(roc_auc_score(truth, score), abs=1e-12)


def test_cases_that_were_not_scored_are_left_out():
    truth, first, second = scored_cases(6)
    gone = np.random.default_rng(0).random(150) < 0.2
    assert delong(np.where(gone, np.nan, first), truth) == delong(first[~gone], truth[~gone])
    assert delong_difference(np.where(gone, np.nan, first), second, truth) == delong_difference(
        first[~gone], second[~gone], truth[~gone]
    )


def test_turning_scores_round_turns_area_interval_and_difference_round():
    truth, first, second = scored_cases(7)
    ahead, back = delong(first, truth), delong(-first, truth)
    assert (back.value, back.low, back.high) == pytest.approx((1 - ahead.value, 1 - ahead.high, 1 - ahead.low))
    there, here = delong_difference(first, second, truth), delong_difference(second, first, truth)
    assert (here.value, here.low, here.high) == (-there.value, -there.high, -there.low)
    assert here.p_value == there.p_value


@pytest.mark.parametrize("transform", [np.exp, np.arctan, lambda score: 1e6 * score - 7.0])
def test_only_the_order_of_scores_counts(transform):
    truth, score, _ = scored_cases(8)
    assert delong(transform(score), truth) == delong(score, truth)
    same = delong_difference(transform(score), score, truth)
    assert (same.value, same.variance, same.low, same.high, same.p_value) == (0.0, 0.0, 0.0, 0.0, 1.0)


def test_an_interval_near_one_stays_below_it_and_reaches_farther_down():
    truth = np.arange(40) >= 20
    score = np.arange(40.0)
    score[20] = 18.5  # one of 400 pairs the wrong way round
    found = delong(score, truth)
    assert found.value == 399 / 400
    assert found.value + norm.ppf(0.975) * np.sqrt(found.variance) > 1.0
    assert found.high < 1.0
    assert found.value - found.low > found.high - found.value


def test_intervals_and_those_of_the_bootstrap_agree_where_cases_are_many():
    truth, score, _ = scored_cases(9, n_cases=2000)
    found = delong(score, truth)
    again = interval(resampled_auc(score, truth), draw_resamples(np.random.default_rng(1), np.arange(2000), 1000))
    assert (found.low, found.high) == pytest.approx((again.low, again.high), abs=0.004)


def test_intervals_hold_the_true_area_about_as_often_as_they_say():
    rng, truth, true_area = np.random.default_rng(10), np.arange(60) < 20, norm.cdf(1.5 / np.sqrt(2))
    found = [delong(rng.normal(size=60) + 1.5 * truth, truth) for _ in range(1000)]
    held = np.mean([each.low <= true_area <= each.high for each in found])
    assert 0.93 <= held <= 0.97


def test_p_values_of_scores_that_are_equally_good_are_uniform():
    rng, truth = np.random.default_rng(11), np.arange(200) < 60
    p_values = [delong_difference(*(truth + rng.normal(size=(2, 200))), truth).p_value for _ in range(800)]
    assert np.mean(np.array(p_values) < 0.05) == pytest.approx(0.05, abs=0.025)
    assert np.median(p_values) == pytest.approx(0.5, abs=0.07)


def test_unpaired_variances_add_up():
    one, other = delong(*scored_cases(12)[1::-1]), delong(*scored_cases(13)[1::-1])
    found = unpaired_difference(one, other)
    error = np.sqrt(one.variance + other.variance)
    assert found.value == one.value - other.value
    assert found.variance == one.variance + other.variance
    assert (found.low, found.high) == pytest.approx((found.value - 1.96 * error, found.value + 1.96 * error), abs=1e-4)
    assert found.p_value == pytest.approx(2 * norm.sf(abs(found.value) / error))


def test_ranking_without_an_error_gives_a_point():
    found = delong([4.0, 3.0, 2.0, 1.0], [True, True, False, False])
    assert (found.value, found.variance, found.low, found.high) == (1.0, 0.0, 1.0, 1.0)


def test_scores_that_are_all_alike_give_a_point_at_one_half():
    found = delong(np.ones(9), np.arange(9) < 3)
    assert (found.value, found.variance, found.low, found.high) == (0.5, 0.0, 0.5, 0.5)


def test_a_difference_without_variance_is_not_tested():
    truth = np.array([True, True, False, False])
    found = delong_difference(truth.astype(float), 1.0 - truth, truth)
    assert (found.value, found.variance) == (1.0, 0.0)
    assert np.isnan(found.p_value)


def test_a_score_may_be_infinite():
    assert delong([np.inf, 0.0, -np.inf, 0.0], [True, True, False, False]).value == 3.5 / 4


@pytest.mark.parametrize("truth", [[False, False, False], [True, True, True], [True, True, False]])
def test_cases_of_one_kind_are_refused(truth):
    with pytest.raises(InputError, match="no ROC curve without cases of both kinds"):
        delong([1.0, 2.0, np.nan], truth)


def test_a_single_case_of_a_kind_is_refused():
    with pytest.raises(InputError, match="no variance of an AUC from a single case of a kind; expected 2 or more"):
        delong([1.0, 2.0, 3.0], [True, False, False])
    with pytest.raises(InputError, match="no variance of an AUC from a single case of a kind; expected 2 or more"):
        delong_difference([1.0, 2.0, 3.0], [1.0, 2.0, 3.0], [True, True, False])


def test_different_lengths_are_refused():
    with pytest.raises(GeometryError, match="not one score a case; expected 3; found 2"):
        delong([1.0, 2.0], [True, False, False])
    with pytest.raises(GeometryError, match="not one score a case; expected 3; found 2"):
        delong_difference([1.0, 2.0, 3.0], [1.0, 2.0], [True, False, False])
