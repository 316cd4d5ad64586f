import numpy as np
import pytest
from scipy.stats import norm

from myoqc.errors import GeometryError, InputError
from myoqc.evaluate import (
    auc,
    auc_difference,
    clustered_delong,
    clustered_delong_difference,
    delong,
    delong_difference,
    draw_resamples,
    interval,
    resampled_auc,
    resampled_auc_difference,
)


def patients(seed, n_patients=60, n_cases=6, own=1.0):
    """Truth, two scores and patient of the segments of many maps; scores of a patient share what is their own."""
    rng = np.random.default_rng(seed)
    patient = np.repeat(np.arange(n_patients), n_cases)
    prone = rng.normal(size=n_patients)[patient]
    truth = prone + rng.normal(size=len(patient)) > 1.2
    first, second = truth + own * rng.normal(size=(2, n_patients))[:, patient] + rng.normal(size=(2, len(patient)))
    return truth, first.round(1), second.round(1), patient


def by_definition(first, second, truth, cluster):
    """Covariance of two areas by the sums of [Obuchowski1997], cluster by cluster, from the kernel of all pairs."""
    x, y = [], []
    for score in (first, second):
        kernel = (score[truth][:, None] > score[~truth]) + 0.5 * (score[truth][:, None] == score[~truth])
        v10, v01, area = kernel.mean(axis=1), kernel.mean(axis=0), kernel.mean()
        names = np.unique(cluster)
        x.append(np.array([(v10[cluster[truth] == one] - area).sum() for one in names]))
        y.append(np.array([(v01[cluster[~truth] == one] - area).sum() for one in names]))
    big_m, big_n, i = truth.sum(), (~truth).sum(), len(names)
    i10, i01 = len(np.unique(cluster[truth])), len(np.unique(cluster[~truth]))
    s10, s01 = i10 / ((i10 - 1) * big_m) * (x[0] @ x[1]), i01 / ((i01 - 1) * big_n) * (y[0] @ y[1])
    s11, s11_back = i / (i - 1) * (x[0] @ y[1]), i / (i - 1) * (x[1] @ y[0])
    return s10 / big_m + s01 / big_n + (s11 + s11_back) / (big_m * big_n)


@pytest.mark.parametrize("digits", [0, 1, 9])
def test_clusters_of_one_case_give_the_variance_of_delong(digits):
    rng = np.random.default_rng(1)
    truth, cluster = rng.random(120) < 0.3, rng.permutation(120)
    first, second = (truth + rng.normal(size=(2, 120))).round(digits)
    alone, plain = clustered_delong(first, truth, cluster), delong(first, truth)
    assert (alone.value, alone.variance) == pytest.approx((plain.value, plain.variance), rel=1e-12)
    assert (alone.low, alone.high) == pytest.approx((plain.low, plain.high), rel=1e-12)
    apart, plain = clustered_delong_difference(first, second, truth, cluster), delong_difference(first, second, truth)
    assert (apart.value, apart.variance) == pytest.approx((plain.value, plain.variance), rel=1e-12)
    assert apart.p_value == pytest.approx(plain.p_value, rel=1e-9)


def test_a_small_variance_can_be_worked_out_by_hand():
    # AUC 3/4. Placements less AUC of 4, 2 with it: 1/4, −1/4; of 3, 1 without: −1/4, 1/4. Patient a holds 4 and 3,
    # patient b 2 and 1: S10 = S01 = 2/1 · 1/2 · 2/16 = 1/8, S11 = 2/1 · (−2/16) = −1/4.
    found = clustered_delong([4.0, 2.0, 3.0, 1.0], [True, True, False, False], ["a", "b", "a", "b"])
    assert found.value == 0.75
    assert found.variance == pytest.approx(1 / 8 / 2 + 1 / 8 / 2 - 2 / 4 / 4)
    # With 4 and 1 in one patient, 2 and 3 in the other, what pulls up and what pulls down no longer cancel.
    found = clustered_delong([4.0, 2.0, 3.0, 1.0], [True, True, False, False], ["a", "b", "b", "a"])
    assert found.variance == pytest.approx(1 / 8 / 2 + 1 / 8 / 2 + 2 / 4 / 4)


@pytest.mark.parametrize("seed", range(4))
def test_variances_are_those_of_the_definition(seed):
    truth, first, second, patient = patients(seed)
    of_first, of_second, shared = (
        by_definition(*pair, truth, patient) for pair in ((first, first), (second, second), (first, second))
    )
    assert clustered_delong(first, truth, patient).variance == pytest.approx(of_first)
    apart = clustered_delong_difference(first, second, truth, patient)
    assert apart.variance == pytest.approx(of_first + of_second - 2.0 * shared)
    assert apart.p_value == pytest.approx(2.0 * norm.sf(abs(apart.value) / np.sqrt(apart.variance)))


def test_areas_are_to_the_bit_those_without_a_variance():
    truth, first, second, patient = patients(5)
    assert clustered_delong(first, truth, patient).value == auc(first, truth)
    assert clustered_delong_difference(first, second, truth, patient).value == auc_difference(first, second, truth)


def test_cases_that_only_repeat_their_patient_make_nothing_surer():
    rng = np.random.default_rng(6)
    truth, score = rng.random(50) < 0.4, rng.normal(size=50)
    once, six_times = delong(score, truth), np.repeat(np.arange(50), 6)
    found = clustered_delong(score.repeat(6), truth.repeat(6), six_times)
    assert (found.value, found.variance) == pytest.approx((once.value, once.variance))
    assert delong(score.repeat(6), truth.repeat(6)).variance < once.variance / 5


def test_clusters_that_hold_cases_of_one_kind_alone_are_counted():
    truth, first, _, patient = patients(7, n_cases=2)
    holds = [np.unique(truth[patient == one]) for one in range(60)]
    assert {tuple(kinds.tolist()) for kinds in holds} == {(False,), (True,), (False, True)}
    assert clustered_delong(first, truth, patient).variance == pytest.approx(
        by_definition(first, first, truth, patient)
    )


def test_names_of_patients_and_the_order_of_cases_decide_nothing():
    truth, first, second, patient = patients(8)
    found = clustered_delong_difference(first, second, truth, patient)
    order = np.random.default_rng(0).permutation(len(truth))
    names = np.array([f"P{number:03d}" for number in 60 - patient])
    again = clustered_delong_difference(first[order], second[order], truth[order], names[order])
    assert (again.value, again.variance) == pytest.approx((found.value, found.variance))


def test_cases_that_were_not_scored_are_left_out_with_their_patients():
    truth, first, second, patient = patients(9)
    gone = (np.random.default_rng(0).random(len(truth)) < 0.2) | (patient < 3)
    found = clustered_delong(np.where(gone, np.nan, first), truth, patient)
    left = clustered_delong(first[~gone], truth[~gone], patient[~gone])
    assert (found.value, found.variance) == pytest.approx((left.value, left.variance))
    apart = clustered_delong_difference(first, np.where(gone, np.nan, second), truth, patient)
    left = clustered_delong_difference(first[~gone], second[~gone], truth[~gone], patient[~gone])
    assert (apart.value, apart.variance) == pytest.approx((left.value, left.variance))


def test_the_bootstrap_by_patient_finds_the_same_errors():
    truth, first, second, patient = patients(10, n_patients=300)
    resamples = draw_resamples(np.random.default_rng(1), patient, 1000)
    of_one = clustered_delong(first, truth, patient)
    again = interval(resampled_auc(first, truth), resamples)
    assert (of_one.low, of_one.high) == pytest.approx((again.low, again.high), abs=0.005)
    apart = clustered_delong_difference(first, second, truth, patient)
    again = interval(resampled_auc_difference(first, second, truth), resamples)
    assert (apart.low, apart.high) == pytest.approx((again.low, again.high), abs=0.006)


def test_intervals_of_cases_that_depend_on_one_another_hold_as_often_as_they_say_and_plain_ones_do_not():
    true_area = norm.cdf(1.0 / 2.0)  # two scores that differ by 1 on average, with variance 2 each
    found = []
    for seed in range(400):
        rng = np.random.default_rng(seed)
        patient = np.repeat(np.arange(80), 6)
        truth = (patient % 2 == 0) & (np.arange(480) % 6 < 4)  # mixed patients and clean ones
        score = truth + rng.normal(size=80)[patient] + rng.normal(size=480)
        found.append((clustered_delong(score, truth, patient), delong(score, truth)))
    clustered, plain = np.mean([[each.low <= true_area <= each.high for each in pair] for pair in found], axis=0)
    assert clustered == pytest.approx(0.95, abs=0.035)
    assert plain < 0.9


def test_ranking_without_an_error_gives_a_point():
    truth = np.arange(12) % 2 == 0
    found = clustered_delong(truth.astype(float), truth, np.arange(12) // 3)
    assert (found.value, found.variance, found.low, found.high) == (1.0, 0.0, 1.0, 1.0)


def test_equal_scores_do_not_differ():
    truth, first, _, patient = patients(11)
    found = clustered_delong_difference(first, 2.0 * first, truth, patient)
    assert (found.value, found.variance, found.p_value) == (0.0, 0.0, 1.0)


def test_cases_of_one_kind_are_refused():
    with pytest.raises(InputError, match="no ROC curve without cases of both kinds"):
        clustered_delong([1.0, 2.0, 3.0], [True, True, True], [0, 1, 2])


def test_a_kind_that_lies_in_a_single_cluster_is_refused():
    with pytest.raises(InputError, match="a single cluster with cases of a kind; expected 2 or more; found 1"):
        clustered_delong([1.0, 2.0, 3.0, 4.0], [True, True, False, False], [0, 0, 0, 1])


def test_other_numbers_of_clusters_are_refused():
    with pytest.raises(GeometryError, match=r"not one cluster a case; expected \(3,\); found \(2,\)"):
        clustered_delong([1.0, 2.0, 3.0], [True, True, False], [0, 1])
    with pytest.raises(GeometryError, match="not one score a case"):
        clustered_delong_difference([1.0, 2.0], [1.0, 2.0], [True, True, False], [0, 1, 2])
