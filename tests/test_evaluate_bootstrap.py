import numpy as np
import pytest
from scipy.stats import bootstrap, norm

from myoqc.errors import GeometryError, InputError
from myoqc.evaluate import (
    Resamples,
    Statistic,
    auc,
    auc_difference,
    draw_resamples,
    interval,
    of_rows,
    resampled_auc,
    resampled_auc_difference,
)

N_RESAMPLES = 200


def cohort(seed, n_subjects=25, n_cases=240, digits=1):
    """Subject, truth and two scores (n); subjects are not in order, and some scores are missing."""
    rng = np.random.default_rng(seed)
    subject = np.concatenate([np.arange(n_subjects), rng.integers(0, n_subjects, n_cases - n_subjects)])
    truth = rng.random(n_cases) < 0.2
    own = rng.normal(size=n_subjects)[subject]
    first, second = (truth + own + rng.normal(size=(2, n_cases))).round(digits)
    first[rng.random(n_cases) < 0.05] = np.nan
    return rng.permutation(n_subjects)[subject], truth, first, second


def by_copying_rows(seed, subject, function, *values):
    """2.5th and 97.5th percentile by the book: resample by resample, subjects are drawn and their rows copied."""
    rng = np.random.default_rng(seed)
    rows = [np.flatnonzero(subject == one) for one in np.unique(subject)]
    drawn = [rng.integers(len(rows), size=len(rows)) for _ in range(N_RESAMPLES)]
    chosen = [np.concatenate([rows[number] for number in numbers]) for numbers in drawn]
    again = [function(*(each[cases] for each in values)) for cases in chosen]
    return tuple(np.percentile(again, [2.5, 97.5]))


@pytest.mark.parametrize("seed", range(4))
def test_counted_resamples_give_to_the_bit_what_copied_rows_give(seed):
    subject, truth, first, _ = cohort(seed)
    found = interval(resampled_auc(first, truth), draw_resamples(np.random.default_rng(seed), subject, N_RESAMPLES))
    assert found.value == auc(first, truth)
    assert (found.low, found.high) == by_copying_rows(seed, subject, auc, first, truth)


def test_differences_are_of_the_same_resample():
    subject, truth, first, second = cohort(5)
    resamples = draw_resamples(np.random.default_rng(5), subject, N_RESAMPLES)
    found = interval(resampled_auc_difference(first, second, truth), resamples)
    assert found.value == auc_difference(first, second, truth)
    assert (found.low, found.high) == by_copying_rows(5, subject, auc_difference, first, second, truth)


def test_any_function_of_rows_can_be_given_an_interval():
    subject, _, _, second = cohort(6)
    found = interval(of_rows(np.median, second), draw_resamples(np.random.default_rng(6), subject, N_RESAMPLES))
    assert found.value == np.median(second)
    assert (found.low, found.high) == by_copying_rows(6, subject, np.median, second)


def test_a_function_of_rows_and_one_of_counts_agree():
    subject, truth, first, second = cohort(7)
    resamples = draw_resamples(np.random.default_rng(7), subject, N_RESAMPLES)
    by_rows = interval(of_rows(auc_difference, first, second, truth), resamples)
    assert by_rows == interval(resampled_auc_difference(first, second, truth), resamples)


def test_a_statistic_that_is_certain_has_a_point_for_an_interval():
    subject, truth, _, second = cohort(8)
    resamples = draw_resamples(np.random.default_rng(8), subject, N_RESAMPLES)
    perfect = interval(resampled_auc(truth.astype(float), truth), resamples)
    assert (perfect.low, perfect.value, perfect.high) == (1.0, 1.0, 1.0)
    same = interval(resampled_auc_difference(second, 2.0 * second, truth), resamples)
    assert (same.low, same.value, same.high) == (0.0, 0.0, 0.0)


def test_subjects_of_one_case_give_the_ordinary_bootstrap():
    values = np.random.default_rng(9).normal(size=80)
    found = interval(of_rows(np.mean, values), draw_resamples(np.random.default_rng(1), np.arange(80), 4000))
    options = {"method": "percentile", "n_resamples": 4000, "rng": np.random.default_rng(2)}
    theirs = bootstrap((values,), np.mean, **options).confidence_interval
    assert (found.low, found.high) == pytest.approx((theirs.low, theirs.high), abs=0.02)


def test_an_interval_of_a_mean_is_that_of_the_normal_distribution():
    values = np.random.default_rng(10).normal(size=400)
    found = interval(of_rows(np.mean, values), draw_resamples(np.random.default_rng(3), np.arange(400), 4000))
    half = norm.ppf(0.975) * values.std() / np.sqrt(400)
    assert (found.low, found.high) == pytest.approx((values.mean() - half, values.mean() + half), abs=0.01)


def test_cases_that_only_repeat_their_subject_make_nothing_surer():
    values = np.random.default_rng(11).normal(size=60)
    once = interval(of_rows(np.mean, values), draw_resamples(np.random.default_rng(4), np.arange(60)))
    repeated = draw_resamples(np.random.default_rng(4), np.repeat(np.arange(60), 6))
    six_times = interval(of_rows(np.mean, values.repeat(6)), repeated)
    assert (six_times.low, six_times.high) == pytest.approx((once.low, once.high))


def test_each_resample_holds_as_many_subjects_as_there_are():
    resamples = draw_resamples(np.random.default_rng(12), ["b", "a", "b", "c"], 50)
    assert resamples.subject.tolist() == [1, 0, 1, 2]
    assert resamples.times.shape == (50, 3)
    assert (resamples.times.sum(axis=1) == 3).all()
    assert (resamples.times != 1).any()


def test_the_same_seed_draws_the_same_and_another_does_not():
    one, again, other = (draw_resamples(np.random.default_rng(seed), np.arange(9), 20).times for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, again)
    assert not np.array_equal(one, other)


def test_intervals_do_not_depend_on_how_many_resamples_are_reckoned_at_once(monkeypatch):
    subject, truth, first, _ = cohort(13)
    resamples = draw_resamples(np.random.default_rng(13), subject, N_RESAMPLES)
    together = interval(resampled_auc(first, truth), resamples)
    monkeypatch.setattr("myoqc.evaluate.bootstrap.MOST_AT_ONCE", 1000)
    assert interval(resampled_auc(first, truth), resamples) == together


def test_resamples_without_a_value_are_left_out():
    truth = np.array([True, False, False, False])
    resamples = Resamples(times=[[0, 2, 1, 1], [1, 1, 1, 1], [2, 0, 1, 1]], subject=np.arange(4))
    found = interval(resampled_auc([2.0, 3.0, 1.0, 0.0], truth), resamples)
    # The first has no case to find; the second ranks 2 of 3 pairs rightly, the third all.
    assert (found.low, found.high) == pytest.approx(tuple(np.percentile([2 / 3, 1.0], [2.5, 97.5])))


@pytest.mark.parametrize("subject", [[], ["one"], [7, 7, 7]])
def test_fewer_than_two_subjects_are_refused(subject):
    with pytest.raises(InputError, match="too few subjects to draw from; expected 2 or more"):
        draw_resamples(np.random.default_rng(0), subject)


def test_resamples_of_other_cases_are_refused():
    resamples = draw_resamples(np.random.default_rng(0), np.arange(5), 10)
    with pytest.raises(GeometryError, match="the resamples are of other cases; expected 6; found 5"):
        interval(of_rows(np.mean, np.zeros(6)), resamples)


def test_values_of_different_lengths_are_refused():
    with pytest.raises(GeometryError, match=r"not the same cases; expected arrays of one length; found \[3, 4\]"):
        of_rows(auc, np.zeros(3), np.zeros(4))


def test_a_statistic_without_a_value_is_refused():
    resamples = draw_resamples(np.random.default_rng(0), np.arange(5), 10)
    nothing = Statistic(n_cases=5, of=lambda times: np.full(len(times), np.nan))
    with pytest.raises(InputError, match="no value for all cases"):
        interval(nothing, resamples)


def test_subjects_that_do_not_fit_the_resamples_are_refused():
    with pytest.raises(InputError, match="subjects without a case, or cases without a subject; expected 0 to 2"):
        Resamples(times=np.ones((4, 3)), subject=[0, 1, 1])
    with pytest.raises(GeometryError, match="the subjects: not one a case"):
        draw_resamples(np.random.default_rng(0), np.zeros((3, 6)))
