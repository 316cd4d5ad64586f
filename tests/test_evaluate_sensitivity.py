import numpy as np
import pytest
from sklearn.metrics import roc_curve

from myoqc.errors import GeometryError, InputError
from myoqc.evaluate import (
    draw_resamples,
    interval,
    of_rows,
    resampled_sensitivity_at_specificity,
    sensitivity_at_specificity,
    threshold_at_specificity,
)


def scored_cases(seed, digits=1, n_cases=240):
    rng = np.random.default_rng(seed)
    truth = rng.random(n_cases) < 0.2
    return (truth + rng.normal(size=n_cases)).round(digits), truth


def test_a_threshold_is_the_lowest_score_that_keeps_the_specificity():
    negatives = [3.0, 1.0, 5.0, 2.0, 4.0, np.nan]
    assert threshold_at_specificity(negatives, 0.8) == 4.0
    assert threshold_at_specificity(negatives, 0.81) == 5.0
    assert threshold_at_specificity(negatives, 1.0) == 5.0
    assert threshold_at_specificity(negatives, 0.01) == 1.0


def test_cases_that_tie_with_the_threshold_are_not_called():
    # Of five, one does not lie above 1 and four do not lie above 2: wanted are three, four are kept.
    assert threshold_at_specificity([1, 2, 2, 2, 3], 0.6) == 2.0
    assert sensitivity_at_specificity([1, 2, 2, 2, 3, 2, 2.5], [0, 0, 0, 0, 0, 1, 1], 0.6) == 0.5


@pytest.mark.parametrize("n_cases", [20, 49, 100])
def test_no_case_is_lost_to_rounding(n_cases):
    found = [threshold_at_specificity(np.arange(n_cases), n / n_cases) for n in range(1, n_cases + 1)]
    assert found == list(range(n_cases))


@pytest.mark.parametrize("digits", [0, 1, 9])
@pytest.mark.parametrize("specificity", [0.5, 0.9, 0.95, 1.0])
def test_it_is_the_highest_point_of_the_roc_curve_that_is_specific_enough(digits, specificity):
    score, truth = scored_cases(3, digits)
    false_rate, true_rate, _ = roc_curve(truth, score, drop_intermediate=False)
    expected = true_rate[false_rate <= 1.0 - specificity + 1e-12].max()
    assert sensitivity_at_specificity(score, truth, specificity) == pytest.approx(expected)


def test_perfect_scores_find_all_and_scores_without_skill_the_rest_of_the_specificity():
    _, truth = scored_cases(4)
    assert sensitivity_at_specificity(truth, truth, 1.0) == 1.0
    rng = np.random.default_rng(5)
    many, kinds = rng.random(40_000), rng.random(40_000) < 0.5
    assert sensitivity_at_specificity(many, kinds, 0.9) == pytest.approx(0.1, abs=0.01)


def test_statistics_of_resamples_are_those_of_copied_rows():
    score, truth = scored_cases(6)
    score[::13] = np.nan
    resamples = draw_resamples(np.random.default_rng(7), np.repeat(np.arange(40), 6), 100)
    found = interval(resampled_sensitivity_at_specificity(score, truth, 0.9), resamples)
    assert found == interval(of_rows(lambda s, t: sensitivity_at_specificity(s, t, 0.9), score, truth), resamples)


def test_a_resample_of_one_kind_has_no_value():
    statistic = resampled_sensitivity_at_specificity([3.0, 1.0, 2.0], [True, False, True], 0.9)
    assert np.isnan(statistic.of(np.array([[1, 0, 2], [0, 3, 0]]))).all()


@pytest.mark.parametrize("specificity", [0.0, -0.1, 1.01, np.nan])
def test_what_is_no_specificity_is_refused(specificity):
    with pytest.raises(InputError, match="not a specificity to keep to; expected above 0 and up to 1"):
        threshold_at_specificity([1.0], specificity)
    with pytest.raises(InputError, match="not a specificity to keep to"):
        sensitivity_at_specificity([1.0, 2.0], [False, True], specificity)


def test_cases_that_give_no_threshold_are_refused():
    with pytest.raises(InputError, match="no threshold without a scored case"):
        threshold_at_specificity([np.nan], 0.9)
    with pytest.raises(InputError, match="no ROC curve without cases of both kinds"):
        sensitivity_at_specificity([1.0, 2.0], [True, True], 0.9)
    with pytest.raises(GeometryError, match="not one score a case"):
        sensitivity_at_specificity([1.0, 2.0], [True], 0.9)
