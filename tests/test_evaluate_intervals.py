"""Coverage, width and losses of intervals, and what abstaining saves: hand-made answers and laws."""

import numpy as np
import pytest
from scipy.stats import norm

from myoqc.errors import GeometryError, InputError
from myoqc.evaluate.intervals import errors_cut_by_abstaining, interval_figures, pinball_loss

QUANTILES = np.array([[0.0, 5.0, 10.0], [-4.0, 0.0, 2.0], [1.0, 2.0, 3.0], [0.0, 1.0, 8.0]])
TRUE = np.array([10.0, 3.0, 2.0, -1.0])


def test_figures_by_hand() -> None:
    """Errors of the middle 5, 3, 0, −2; low misses by 10, 7, 1, −1; high by 0, 1, −1, −9."""
    found = interval_figures(QUANTILES, TRUE)
    assert (found.n_values, found.coverage) == (4, 0.5)
    assert found.mean_width == (10 + 6 + 2 + 8) / 4
    assert found.mean_absolute_error == (5 + 3 + 0 + 2) / 4
    low, middle, high = 0.05 * 18 + 0.95, 0.5 * 10, 0.95 * 1 + 0.05 * 10
    assert found.pinball_loss == pytest.approx((low + middle + high) / 12)


def test_values_that_are_not_known_are_left_out() -> None:
    quantiles, true = np.repeat(QUANTILES, 2, axis=0), np.repeat(TRUE, 2)
    quantiles[1::4, 2], true[3::4] = np.nan, np.nan
    assert interval_figures(quantiles.reshape(2, 4, 3), true.reshape(2, 4)) == interval_figures(QUANTILES, TRUE)


def test_pinball_loss_by_hand() -> None:
    """At 0.9 what lies 2 above costs 1.8, and 2 below 0.2."""
    assert pinball_loss(np.array([0.0, 0.0]), np.array([2.0, -2.0]), 0.9) == pytest.approx((1.8 + 0.2) / 2)


@pytest.mark.parametrize("level", [0.05, 0.5, 0.95])
def test_the_true_quantile_has_the_smallest_pinball_loss(level: float) -> None:
    values = norm.ppf((np.arange(2000) + 0.5) / 2000)
    losses = [pinball_loss(norm.ppf(level) + shift, values, level) for shift in np.linspace(-0.5, 0.5, 11)]
    assert np.argmin(losses) == 5


def test_intervals_of_other_axes_are_refused() -> None:
    with pytest.raises(GeometryError, match=r"not three quantiles a value; expected \(4, 3\); found \(4, 2\)"):
        interval_figures(QUANTILES[:, :2], TRUE)
    with pytest.raises(InputError, match="no value to compare with an interval"):
        interval_figures(QUANTILES, np.full(4, np.nan))


def test_errors_cut_by_hand() -> None:
    """Three of ten are wrong; without the two least certain, one of which is wrong, two of eight: from 30 to 25 %."""
    certainty, wrong = np.arange(10.0), np.isin(np.arange(10), [1, 4, 8])
    assert errors_cut_by_abstaining(certainty, wrong, 0.2) == pytest.approx(1 - 0.25 / 0.3)
    assert errors_cut_by_abstaining(certainty, wrong, 0.0) == 0.0
    assert errors_cut_by_abstaining(certainty, wrong, 0.9) == 1.0
    assert errors_cut_by_abstaining(-certainty, wrong, 0.1) == pytest.approx(1 - (3 / 9) / 0.3)


def test_answers_that_are_equally_certain_are_set_aside_at_random() -> None:
    """One of four equally certain goes, of which two are wrong: half an error is left out; the rate stays ½."""
    assert errors_cut_by_abstaining(np.zeros(4), [True, True, False, False], 0.25) == pytest.approx(0.0)
    assert errors_cut_by_abstaining([0, 0, 1, 1], [True, False, False, False], 0.25) == pytest.approx(1 - 0.5 / 3 * 4)


def test_certainty_that_knows_nothing_saves_nothing() -> None:
    rng = np.random.default_rng(0)
    cuts = [errors_cut_by_abstaining(rng.random(500), rng.random(500) < 0.2, 0.1) for _ in range(400)]
    assert abs(np.mean(cuts)) < 4 * np.std(cuts) / np.sqrt(len(cuts))


def test_without_an_error_there_is_nothing_to_cut() -> None:
    assert np.isnan(errors_cut_by_abstaining([0.1, 0.2], [False, False], 0.1))


def test_what_can_not_be_set_aside_is_refused() -> None:
    with pytest.raises(InputError, match=r"not a share that can be set aside; expected from 0 to below 1; found 1\.0"):
        errors_cut_by_abstaining([0.1, 0.2], [True, False], 1.0)
    with pytest.raises(InputError, match="an answer without a certainty"):
        errors_cut_by_abstaining([0.1, np.nan], [True, False], 0.1)
    with pytest.raises(GeometryError, match="not one certainty an answer"):
        errors_cut_by_abstaining([0.1, 0.2], [True], 0.1)
