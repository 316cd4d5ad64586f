"""Calibration error, Brier score and reliability curve: hand-made answers and laws."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from myoqc.errors import GeometryError, InputError
from myoqc.evaluate import draw_resamples, interval, of_rows
from myoqc.evaluate.calibration import (
    N_BINS,
    brier_score,
    chance_calibration_error,
    expected_calibration_error,
    reliability_curve,
)

SAID = np.array([0.9, 0.1, 0.2, 0.3, 0.8, 0.1])
TRUE = np.array([1, 0, 1, 0, 1, 0], dtype=bool)


def test_the_curve_by_hand() -> None:
    """In three bins: 0.1 and 0.1; 0.2 and 0.3; 0.8 and 0.9."""
    curve = reliability_curve(SAID, TRUE, n_bins=3)
    np.testing.assert_allclose(curve.probability, [0.1, 0.25, 0.85])
    np.testing.assert_allclose(curve.share, [0.0, 0.5, 1.0])
    np.testing.assert_array_equal(curve.n_cases, [2, 2, 2])


def test_the_calibration_error_by_hand() -> None:
    assert expected_calibration_error(SAID, TRUE, n_bins=3) == pytest.approx((0.1 + 0.25 + 0.15) / 3)


def test_equal_probabilities_share_a_bin_and_none_is_empty() -> None:
    curve = reliability_curve([0.5] * 5 + [0.7], [1, 1, 0, 0, 0, 1], n_bins=3)
    np.testing.assert_allclose(curve.probability, [0.5, 0.7])
    np.testing.assert_allclose(curve.share, [0.4, 1.0])
    np.testing.assert_array_equal(curve.n_cases, [5, 1])


def test_the_brier_score_by_hand() -> None:
    """Mean of 0.01, 0.01, 0.64, 0.09, 0.04, 0.01; half of the cases have what is sought."""
    found = brier_score(SAID, TRUE, n_bins=3)
    assert found.score == pytest.approx(0.8 / 6)
    assert found.reliability == pytest.approx((0.1**2 + 0.25**2 + 0.15**2) / 3)
    assert found.resolution == pytest.approx((0.25 + 0.0 + 0.25) / 3)
    assert found.uncertainty == 0.25
    # In the second bin 0.2 was moved and 0.3 still: their spread, and an order that is the wrong way round.
    assert found.within_bins == pytest.approx((4 * 0.05**2 + 2 * 2 * 0.05 * 0.5) / 6)


@settings(max_examples=50, deadline=None)
@given(
    cases=st.lists(st.tuples(st.floats(0.0, 1.0), st.booleans()), min_size=1, max_size=40), n_bins=st.integers(1, 20)
)
def test_the_parts_of_the_brier_score_add_up(cases: list[tuple[float, bool]], n_bins: int) -> None:
    found = brier_score(*map(np.array, zip(*cases, strict=True)), n_bins=n_bins)
    parts = found.reliability - found.resolution + found.uncertainty + found.within_bins
    assert parts == pytest.approx(found.score, abs=1e-12)


@settings(max_examples=50, deadline=None)
@given(cases=st.lists(st.tuples(st.sampled_from([0.1, 0.4, 0.5, 0.9]), st.booleans()), min_size=1, max_size=40))
def test_the_order_of_the_cases_decides_nothing(cases: list[tuple[float, bool]]) -> None:
    said, true = map(np.array, zip(*cases, strict=True))
    backwards = expected_calibration_error(said[::-1], true[::-1], n_bins=3)
    assert expected_calibration_error(said, true, n_bins=3) == pytest.approx(backwards, abs=1e-12)


def test_two_probabilities_that_are_right_have_no_error() -> None:
    said, true = np.repeat([0.25, 0.75], 4), np.array([1, 0, 0, 0, 1, 1, 1, 0], dtype=bool)
    assert expected_calibration_error(said, true, n_bins=2) == 0.0
    assert (brier_score(said, true).reliability, brier_score(said, true).within_bins) == (0.0, 0.0)


def test_cases_that_were_not_scored_change_nothing() -> None:
    said, true = np.append(SAID, [np.nan, np.nan]), np.append(TRUE, [True, False])
    assert expected_calibration_error(said, true, 3) == expected_calibration_error(SAID, TRUE, 3)
    assert brier_score(said, true, 3) == brier_score(SAID, TRUE, 3)
    assert chance_calibration_error(said, 3) == chance_calibration_error(SAID, 3)


@pytest.mark.parametrize("n_cases", [150, 1500, 15000])
def test_flawless_probabilities_have_the_error_that_chance_gives(n_cases: int) -> None:
    """The mean over draws of the truth: about 0.09 with 10 cases a bin, 0.03 with 100, 0.01 with 1,000."""
    rng = np.random.default_rng(n_cases)
    said = rng.beta(1.0, 2.0, n_cases)
    errors = [expected_calibration_error(said, rng.random(n_cases) < said) for _ in range(300)]
    assert np.mean(errors) == pytest.approx(chance_calibration_error(said), rel=0.06)


def test_chance_error_by_hand() -> None:
    """Four cases of ½ in one bin: the standard deviation of their share is ¼."""
    assert chance_calibration_error([0.5] * 4, N_BINS) == pytest.approx(0.25 * np.sqrt(2.0 / np.pi))


def test_a_bootstrap_adds_the_error_of_chance_once_more() -> None:
    rng = np.random.default_rng(3)
    said = rng.random(300)
    true, resamples = rng.random(300) < said, draw_resamples(rng, np.repeat(np.arange(50), 6), 200)
    error = interval(of_rows(expected_calibration_error, said, true), resamples)
    assert error.low > error.value
    brier = interval(of_rows(lambda *cases: brier_score(*cases).score, said, true), resamples)
    assert brier.low < brier.value < brier.high


def test_what_is_no_probability_is_refused() -> None:
    with pytest.raises(InputError, match=r"not probabilities; expected 0 to 1"):
        brier_score([0.2, 1.2], [False, True])
    with pytest.raises(InputError, match="no case was scored"):
        reliability_curve([np.nan], [True])
    with pytest.raises(GeometryError, match="not one probability a case; expected 3; found 2"):
        reliability_curve([0.1, 0.2], [True, False, True])
