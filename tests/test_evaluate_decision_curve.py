import numpy as np
import pytest

from myoqc.errors import GeometryError, InputError
from myoqc.evaluate import decision_curve, draw_resamples, interval, of_rows, resampled_net_benefit

AT = np.array([0.05, 0.1, 0.2, 0.3, 0.5, 0.7])


def judged_cases(seed, n_cases=6000):
    rng = np.random.default_rng(seed)
    probability = rng.beta(0.5, 2.0, n_cases)
    return probability, rng.random(n_cases) < probability


def test_a_small_curve_can_be_worked_out_by_hand():
    # At 0.25 a false alarm costs 1/3 of a finding: 2 found, 1 false of 5; at 0.5 it costs 1: 1 found, 1 false.
    found = decision_curve([0.9, 0.6, 0.25, 0.2, 0.1], [1, 0, 1, 0, 0], [0.25, 0.5])
    assert found.net_benefit == pytest.approx([(2 - 1 / 3) / 5, (1 - 1) / 5])
    assert found.of_all == pytest.approx([(2 - 3 / 3) / 5, (2 - 3) / 5])
    assert found.threshold.tolist() == [0.25, 0.5]


def test_who_knows_has_the_share_of_cases_and_who_never_acts_has_nothing():
    _, truth = judged_cases(1)
    assert decision_curve(truth, truth, AT).net_benefit == pytest.approx(truth.mean())
    assert decision_curve(np.zeros(len(truth)), truth, AT).net_benefit == pytest.approx(0.0)


def test_acting_always_is_worth_nothing_where_the_threshold_is_the_share_of_cases():
    truth = np.arange(10) < 3
    found = decision_curve(np.full(10, 0.3), truth, [0.1, 0.3, 0.6])
    assert found.of_all == pytest.approx([(3 - 7 / 9) / 10, 0.0, (3 - 7 * 1.5) / 10])
    assert found.net_benefit == pytest.approx([found.of_all[0], 0.0, 0.0])


def test_probabilities_that_mean_what_they_say_are_never_of_harm_and_exaggerated_ones_are():
    probability, truth = judged_cases(2)
    honest, loud = decision_curve(probability, truth, AT), decision_curve(probability**0.25, truth, AT)
    assert (honest.net_benefit >= np.maximum(honest.of_all, 0.0) - 0.005).all()
    assert (honest.net_benefit >= loud.net_benefit - 0.005).all()
    assert loud.net_benefit.min() < -0.05


def test_cases_that_were_not_scored_are_left_out():
    probability, truth = judged_cases(3, 300)
    gone = np.random.default_rng(0).random(300) < 0.2
    found = decision_curve(np.where(gone, np.nan, probability), truth, AT)
    left = decision_curve(probability[~gone], truth[~gone], AT)
    assert found.net_benefit.tolist() == left.net_benefit.tolist()
    assert found.of_all.tolist() == left.of_all.tolist()


def test_statistics_of_resamples_are_those_of_copied_rows():
    probability, truth = judged_cases(4, 240)
    resamples = draw_resamples(np.random.default_rng(5), np.repeat(np.arange(40), 6), 100)
    by_rows = of_rows(lambda p, t: decision_curve(p, t, [0.2]).net_benefit[0], probability, truth)
    assert interval(resampled_net_benefit(probability, truth, 0.2), resamples) == interval(by_rows, resamples)


def test_a_resample_without_a_scored_case_has_no_value():
    assert np.isnan(resampled_net_benefit([0.4, np.nan], [1, 0], 0.2).of(np.array([[0, 2]]))).all()


@pytest.mark.parametrize("threshold", [0.0, 1.0, -0.2, np.nan])
def test_what_is_no_threshold_is_refused(threshold):
    with pytest.raises(InputError, match="not a threshold to act at; expected above 0 and below 1"):
        decision_curve([0.2, 0.4], [0, 1], [0.5, threshold])


def test_what_is_no_probability_is_refused():
    with pytest.raises(InputError, match="not probabilities"):
        decision_curve([0.2, 1.4], [0, 1], AT)
    with pytest.raises(GeometryError, match="not one probability a case"):
        decision_curve([0.2, 0.4], [0, 1, 1], AT)
    with pytest.raises(InputError, match="no case was scored"):
        decision_curve([np.nan], [1], AT)
