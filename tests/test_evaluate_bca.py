from types import SimpleNamespace

import numpy as np
import pytest
from scipy.stats import bootstrap

from myoqc.errors import GeometryError, InputError
from myoqc.evaluate import (
    Resamples,
    Statistic,
    auc,
    bca_interval,
    draw_resamples,
    interval,
    of_rows,
    resampled_auc,
    resampled_share,
)
from myoqc.evaluate.bca import acceleration
from myoqc.evaluate.bootstrap import resampled

SPATIAL = [48, 36, 20, 29, 42, 42, 20, 42, 22, 41, 45, 14, 6, 0, 33, 28, 34, 4, 32, 24, 47, 41, 24, 26, 30, 41]
"""Test A of 26 children with neurological impairment, table 14.1 of [Efron1993]."""


def by_scipy(subjects, function, again):
    """BCa interval of subjects by SciPy, from the same resamples."""
    options = {"method": "BCa", "n_resamples": 0, "vectorized": False}
    before = SimpleNamespace(bootstrap_distribution=again)
    found = bootstrap((subjects,), function, bootstrap_result=before, **options).confidence_interval
    return pytest.approx((found.low, found.high), rel=1e-9)


def test_the_reference_finds_the_same_acceleration():
    statistic = of_rows(np.var, SPATIAL)
    resamples = draw_resamples(np.random.default_rng(0), np.arange(26), 10)
    assert bca_interval(statistic, draw_resamples(np.random.default_rng(0), np.arange(26))).value == pytest.approx(
        171.5, abs=0.05
    )
    assert acceleration(statistic, resamples) == pytest.approx(0.061, abs=5e-4)


@pytest.mark.parametrize("function", [np.var, np.mean, np.median])
def test_scipy_finds_the_same_interval_of_independent_cases(function):
    values = np.random.default_rng(1).exponential(size=40)
    statistic, resamples = of_rows(function, values), draw_resamples(np.random.default_rng(2), np.arange(40), 500)
    found = bca_interval(statistic, resamples)
    assert found.value == pytest.approx(function(values))
    assert (found.low, found.high) == by_scipy(values, function, resampled(statistic, resamples)[1])


def test_scipy_finds_the_same_interval_of_patients_drawn_with_all_their_cases():
    rng = np.random.default_rng(3)
    patient = np.repeat(np.arange(30), 6)
    truth = rng.random(180) < 0.3
    score = (2.0 * truth + rng.normal(size=30)[patient] + rng.normal(size=180)).round(1)
    statistic, resamples = resampled_auc(score, truth), draw_resamples(np.random.default_rng(4), patient, 500)

    def of_patients(drawn):
        rows = np.concatenate([np.flatnonzero(patient == one) for one in drawn])
        return auc(score[rows], truth[rows])

    found = bca_interval(statistic, resamples)
    assert found.value == auc(score, truth)
    assert (found.low, found.high) == by_scipy(np.arange(30), of_patients, resampled(statistic, resamples)[1])


def test_an_interval_of_what_scatters_evenly_is_the_percentile_interval():
    values = np.concatenate([np.arange(1.0, 40.0), -np.arange(1.0, 40.0)])
    statistic, resamples = of_rows(np.mean, values), draw_resamples(np.random.default_rng(5), np.arange(78), 4000)
    found, plain = bca_interval(statistic, resamples), interval(statistic, resamples)
    assert acceleration(statistic, resamples) == pytest.approx(0.0, abs=1e-12)
    assert (found.low, found.high) == pytest.approx((plain.low, plain.high), abs=0.25)  # of 10.2


def test_an_interval_of_what_has_a_long_tail_reaches_farther_into_it():
    values = np.random.default_rng(6).exponential(size=30)
    statistic, resamples = of_rows(np.mean, values), draw_resamples(np.random.default_rng(6), np.arange(30), 2000)
    found, plain = bca_interval(statistic, resamples), interval(statistic, resamples)
    assert found.low > plain.low
    assert found.high > plain.high


def test_cases_that_only_repeat_their_patient_make_nothing_surer():
    values = np.random.default_rng(7).exponential(size=40)
    once = bca_interval(of_rows(np.mean, values), draw_resamples(np.random.default_rng(8), np.arange(40), 300))
    repeated = draw_resamples(np.random.default_rng(8), np.repeat(np.arange(40), 6), 300)
    six_times = bca_interval(of_rows(np.mean, values.repeat(6)), repeated)
    assert (six_times.low, six_times.high) == pytest.approx((once.low, once.high))


def test_a_statistic_that_is_certain_has_a_point_for_an_interval():
    truth = np.arange(40) % 3 == 0
    resamples = draw_resamples(np.random.default_rng(9), np.arange(40), 200)
    found = bca_interval(resampled_auc(truth.astype(float), truth), resamples)
    assert (found.low, found.value, found.high) == (1.0, 1.0, 1.0)


def test_a_subject_without_whom_there_is_no_value_is_passed_over():
    # Nothing is left to find without the first subject; leaving out another moves the area by its own placement.
    truth, score = np.arange(12) == 0, np.array([5.5, *range(11)])
    resamples = draw_resamples(np.random.default_rng(10), np.arange(12), 300)
    values = np.array([5 / 10] * 6 + [6 / 10] * 5)
    deviation = values.mean() - values
    expected = np.sum(deviation**3) / 6 / np.sum(deviation**2) ** 1.5
    assert acceleration(resampled_auc(score, truth), resamples) == pytest.approx(expected)


def test_a_value_that_no_resample_reaches_is_refused():
    def distance_from_even(times):  # as a calibration error: resamples only add to it
        return np.abs(times - 1.0).sum(axis=1)

    resamples = draw_resamples(np.random.default_rng(11), np.arange(20), 100)
    with pytest.raises(InputError, match=r"no BCa interval: all resamples lie to one side .* take the percentile"):
        bca_interval(Statistic(n_cases=20, of=distance_from_even), resamples)


def test_a_statistic_without_a_value_in_any_resample_is_refused():
    only_the_first = resampled_share([1, 0, 0], [1, 0, 0])
    resamples = Resamples(times=[[0, 2, 1], [0, 1, 2]], subject=np.arange(3))
    with pytest.raises(InputError, match="no value in any resample"):
        bca_interval(only_the_first, resamples)
    with pytest.raises(InputError, match="no value in any resample"):
        interval(only_the_first, resamples)


def test_resamples_of_other_cases_are_refused():
    resamples = draw_resamples(np.random.default_rng(0), np.arange(5), 10)
    with pytest.raises(GeometryError, match="the resamples are of other cases; expected 6; found 5"):
        bca_interval(of_rows(np.mean, np.zeros(6)), resamples)
