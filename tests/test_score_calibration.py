"""Curves from logits to probabilities, their cards, and the thresholds of operating points."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit

from myoqc.errors import GeometryError, InputError, ReadError
from myoqc.score.calibration import (
    OPERATING_POINTS,
    IsotonicCurve,
    TemperatureCurve,
    curve_from_card,
    fit_isotonic,
    fit_temperature,
    threshold_at,
)

FILE = "scorer.json"
TEMPERATURE = {"kind": "temperature", "temperature": 2.0, "intercept": -0.5}
ISOTONIC = {"kind": "isotonic", "logit": [-1.0, 0.0, 3.0], "probability": [0.1, 0.4, 0.9]}
FITS = (fit_temperature, fit_isotonic)


def drawn(rng: np.random.Generator, n: int = 20000) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """True logit, truth, and the logit of a model that is three times too sure and leans towards motion (n 6)."""
    true = rng.normal(-1.0, 1.5, size=(n // 6, 6))
    return true, rng.random(true.shape) < expit(true), 3.0 * true + 1.0


def test_temperature_by_hand() -> None:
    """At ±1 one in four is of the other kind: targets 5/6 and 1/6 have the means 2/3 and 1/3 there, so logits ±ln 2."""
    logit = np.repeat([1.0, -1.0], 4)
    curve = fit_temperature(logit, np.array([1, 1, 1, 0, 1, 0, 0, 0], dtype=bool))
    assert 1.0 / curve.temperature == pytest.approx(np.log(2.0), rel=1e-5)
    assert curve.intercept == pytest.approx(0.0, abs=1e-6)


def test_isotonic_by_hand() -> None:
    """The middle pair is out of order and becomes one knot; ends stay one part in n + 2 from certainty."""
    curve = fit_isotonic(np.array([3.0, 0.0, 2.0, 1.0]), np.array([True, False, False, True]))
    np.testing.assert_array_equal(curve.logit, [0.0, 1.5, 3.0])
    np.testing.assert_allclose(curve.at_knots, [1 / 6, 0.5, 5 / 6])
    np.testing.assert_allclose(curve.probability(np.array([-9.0, 0.75, 1.5, 9.0])), [1 / 6, 1 / 3, 0.5, 5 / 6])


def test_equal_logits_make_one_knot_with_their_share_of_motion() -> None:
    curve = fit_isotonic(np.array([0.0, 0.0, 0.0, 1.0, 1.0]), np.array([False, True, False, True, True]))
    np.testing.assert_array_equal(curve.logit, [0.0, 1.0])
    np.testing.assert_allclose(curve.at_knots, [1 / 3, 6 / 7])


def test_temperature_undoes_what_made_a_model_too_sure() -> None:
    _, motion, logit = drawn(np.random.default_rng(1))
    curve = fit_temperature(logit, motion)
    assert curve.temperature == pytest.approx(3.0, rel=0.05)
    assert curve.intercept == pytest.approx(-1.0 / 3.0, abs=0.05)


@pytest.mark.parametrize("fit", FITS)
def test_a_fitted_curve_brings_probabilities_near_the_true_ones(fit: Any) -> None:
    rng = np.random.default_rng(2)
    _, motion, logit = drawn(rng)
    true, _, unseen = drawn(rng)
    before = np.abs(expit(unseen) - expit(true)).mean()
    after = np.abs(fit(logit, motion).probability(unseen) - expit(true)).mean()
    assert after < 0.015 < 0.1 < before


@pytest.mark.parametrize("fit", FITS)
def test_segments_that_were_not_scored_change_nothing(fit: Any) -> None:
    _, motion, logit = drawn(np.random.default_rng(3), n=600)
    gaps = np.concatenate([logit, np.full((4, 6), np.nan)])
    curve = fit(gaps, np.concatenate([motion, np.ones((4, 6), dtype=bool)]))
    np.testing.assert_array_equal(curve.probability(logit), fit(logit, motion).probability(logit))
    assert np.isnan(curve.probability(gaps)[-4:]).all()


@pytest.mark.parametrize("fit", FITS)
@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 1000))
def test_a_curve_never_changes_an_order(fit: Any, seed: int) -> None:
    rng = np.random.default_rng(seed)
    _, motion, logit = drawn(rng, n=300)
    rising = np.sort(rng.normal(0.0, 5.0, 50))
    assert (np.diff(fit(logit, motion).probability(rising)) >= 0.0).all()


def test_isotonic_keeps_different_logits_apart_between_its_ends() -> None:
    _, motion, logit = drawn(np.random.default_rng(4), n=600)
    curve = fit_isotonic(logit, motion)
    assert (np.diff(curve.probability(np.linspace(curve.logit[0], curve.logit[-1], 100))) > 0.0).all()


@pytest.mark.parametrize("fit", FITS)
def test_logits_without_an_error_still_have_a_curve(fit: Any) -> None:
    curve = fit(np.arange(8.0), np.arange(8) >= 4)
    probability = curve.probability(np.arange(8.0))
    assert 0.0 < probability[0] < 0.2 < 0.8 < probability[-1] < 1.0


@pytest.mark.parametrize("fit", FITS)
def test_one_kind_alone_is_refused(fit: Any) -> None:
    with pytest.raises(InputError, match=r"without segments of both kinds; expected both; found 0 moved, 6 still"):
        fit(np.append(np.arange(6.0), np.nan), np.arange(7) == 6)


@pytest.mark.parametrize("fit", FITS)
def test_logits_that_fall_with_motion_are_refused(fit: Any) -> None:
    with pytest.raises(InputError, match="the logits do not rise with motion"):
        fit(-np.arange(8.0), np.arange(8) >= 4)


@pytest.mark.parametrize("card", [TEMPERATURE, ISOTONIC])
def test_a_card_gives_its_curve_back(card: dict[str, Any]) -> None:
    assert curve_from_card(card, FILE).to_card() == card


def test_the_curve_of_a_card_by_hand() -> None:
    at = np.array([-1.0, 1.0, 5.0])
    np.testing.assert_allclose(curve_from_card(TEMPERATURE, FILE).probability(at), expit([-1.0, 0.0, 2.0]))
    np.testing.assert_allclose(curve_from_card(ISOTONIC, FILE).probability(at), [0.1, 0.4 + 0.5 / 3, 0.9])


@pytest.mark.parametrize(
    "damaged",
    [
        TEMPERATURE | {"temperature": 0.0},
        TEMPERATURE | {"intercept": float("nan")},
        TEMPERATURE | {"intercept": None},
        {"kind": "temperature"},
        {"temperature": 1.0, "intercept": 0.0},
        ISOTONIC | {"logit": [0.0, 1.0]},
        ISOTONIC | {"logit": [0.0, 0.0, 1.0]},
        ISOTONIC | {"probability": [0.1, 0.4, 1.4]},
        ISOTONIC | {"probability": [0.1, "much", 0.9]},
        {"kind": "isotonic", "logit": [0.0], "probability": [0.5]},
    ],
)
def test_a_damaged_card_is_refused(damaged: dict[str, Any]) -> None:
    with pytest.raises(ReadError, match=r"scorer\.json: the card holds no curve of probability"):
        curve_from_card(damaged, FILE)


def test_an_unknown_curve_is_refused() -> None:
    with pytest.raises(ReadError, match="unknown curve of probability; expected temperature, isotonic; found spline"):
        curve_from_card({"kind": "spline"}, FILE)


def test_curves_that_are_none_are_refused() -> None:
    with pytest.raises(InputError, match="a temperature above 0"):
        TemperatureCurve(-1.0, 0.0)
    with pytest.raises(GeometryError, match="not one probability a knot"):
        IsotonicCurve(np.arange(3.0), np.array([0.1, 0.2]))


@pytest.mark.parametrize("specificity", OPERATING_POINTS)
def test_a_threshold_lets_the_stated_share_of_still_segments_pass(specificity: float) -> None:
    _, motion, logit = drawn(np.random.default_rng(5), n=3000)
    probability = fit_isotonic(logit, motion).probability(logit)
    still = probability[~motion]
    passed = np.mean(still < threshold_at(probability, motion, specificity))
    assert specificity - 1 / len(still) <= passed < specificity + 1 / len(still)
