import numpy as np
import pytest
from sklearn.metrics import average_precision_score

from myoqc.errors import GeometryError, InputError
from myoqc.evaluate import average_precision, draw_resamples, interval, of_rows, resampled_average_precision
from myoqc.evaluate.bootstrap import value_of


def scored_cases(seed, digits=1):
    rng = np.random.default_rng(seed)
    truth = rng.random(240) < 0.2
    return (truth + rng.normal(size=240)).round(digits), truth


def test_a_small_one_can_be_worked_out_by_hand():
    # Found first of 1 called, second of 3, third of 4: (1 + 2/3 + 3/4) / 3.
    assert average_precision([9, 8, 7, 6, 5], [1, 0, 1, 1, 0]) == pytest.approx((1 + 2 / 3 + 3 / 4) / 3)


def test_equal_scores_are_called_together():
    # One of two called, then both of five, whatever the order of those that tie.
    for truth in ([1, 0, 0, 1, 0], [0, 1, 1, 0, 0]):
        assert average_precision([9, 9, 5, 5, 5], truth) == pytest.approx((1 / 2 + 2 / 5) / 2)


@pytest.mark.parametrize("digits", [0, 1, 9])
@pytest.mark.parametrize("seed", range(3))
def test_scikit_learn_finds_the_same(seed, digits):
    score, truth = scored_cases(seed, digits)
    assert average_precision(score, truth) == pytest.approx(average_precision_score(truth, score))


def test_scores_without_skill_have_the_share_of_cases():
    _, truth = scored_cases(4)
    assert average_precision(np.zeros(240), truth) == pytest.approx(truth.mean())
    assert average_precision(truth, truth) == 1.0


def test_statistics_of_resamples_are_those_of_copied_rows():
    score, truth = scored_cases(5)
    score[::11] = np.nan
    resamples = draw_resamples(np.random.default_rng(6), np.repeat(np.arange(40), 6), 100)
    found = interval(resampled_average_precision(score, truth), resamples)
    again = interval(of_rows(average_precision, score, truth), resamples)
    assert (found.low, found.value, found.high) == pytest.approx((again.low, again.value, again.high))


def test_a_resample_with_nothing_to_find_has_no_value():
    statistic = resampled_average_precision([2.0, 1.0, 3.0], [True, False, False])
    assert np.isnan(statistic.of(np.array([[0, 2, 1]]))).all()
    assert value_of(statistic) == 0.5


def test_a_score_may_be_infinite():
    assert average_precision([np.inf, np.inf, 0.0, -np.inf], [1, 0, 1, 0]) == pytest.approx((0.5 + 2 / 3) / 2)


def test_what_has_no_curve_is_refused():
    with pytest.raises(InputError, match="no ROC curve without cases of both kinds"):
        average_precision([1.0, 2.0, np.nan], [True, True, False])
    with pytest.raises(GeometryError, match="not one score a case"):
        average_precision([1.0, 2.0], [True, True, False])
