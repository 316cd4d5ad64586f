"""Conformal sets and widened intervals: hand-made answers, and coverage by simulation of patients."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from myoqc.errors import GeometryError, InputError, ReadError
from myoqc.score.conformal import (
    ConformalRule,
    Verdict,
    allowed,
    fit_conformal,
    quantile_by_patient,
    verdict,
    widened,
    widening,
)

RULE = ConformalRule(error=0.1, still_up_to=0.6, moved_from=0.4)
APART = ConformalRule(error=0.1, still_up_to=0.3, moved_from=0.7)
CARD = {"error": 0.1, "still_up_to": 0.6, "moved_from": 0.4}


def test_with_one_value_a_patient_it_is_the_quantile_of_split_conformal() -> None:
    """Nine patients, one in ten may be exceeded: the ninth of nine; one in five: the eighth."""
    value = np.array([5.0, 1.0, 9.0, 3.0, 7.0, 2.0, 8.0, 4.0, 6.0])
    assert quantile_by_patient(value, np.arange(9), 0.1) == 9.0
    assert quantile_by_patient(value, np.arange(9), 0.2) == 8.0


def test_a_patient_with_many_values_counts_once() -> None:
    """Three shares of a quarter and one for the new patient: half is reached at the last of the low values."""
    value = np.array([1.0, 2.0, 3.0, 4.0, 10.0, 20.0])
    patient = ["a", "a", "a", "a", "b", "c"]
    assert quantile_by_patient(value, patient, 0.8) == 4.0
    assert quantile_by_patient(value, patient, 0.75) == 4.0
    assert quantile_by_patient(value, patient, 0.7) == 10.0
    assert quantile_by_patient(value, patient, 0.25) == 20.0


def test_values_that_are_absent_change_nothing() -> None:
    rows = np.array([[1.0, np.nan], [2.0, 3.0], [np.nan, np.nan], [5.0, np.nan]])
    patient = np.array([1, 2, 3, 4])
    kept = quantile_by_patient(rows[[0, 1, 3]], patient[[0, 1, 3]], 0.3)
    assert quantile_by_patient(rows, patient, 0.3) == kept == 5.0


def test_too_few_patients_are_refused() -> None:
    with pytest.raises(InputError, match=r"error level of 10%; expected 9 or more with values; found 8"):
        quantile_by_patient(np.zeros((8, 6)), np.arange(8), 0.1)


def test_patients_of_other_rows_are_refused() -> None:
    with pytest.raises(GeometryError, match="not one patient a row"):
        quantile_by_patient(np.zeros((3, 6)), np.arange(4), 0.5)


@pytest.mark.parametrize(
    ("rule", "probability", "expected", "said"),
    [
        (RULE, 0.1, [True, False], Verdict.STILL),
        (RULE, 0.4, [True, True], Verdict.UNSURE),
        (RULE, 0.6, [True, True], Verdict.UNSURE),
        (RULE, 0.9, [False, True], Verdict.MOVED),
        (APART, 0.5, [False, False], Verdict.UNSURE),
        (APART, 0.7, [False, True], Verdict.MOVED),
        (APART, np.nan, [True, True], Verdict.UNSURE),
    ],
)
def test_each_set_and_what_is_said(
    rule: ConformalRule, probability: float, expected: list[bool], said: Verdict
) -> None:
    assert allowed(rule, np.array([probability])).tolist() == [expected]
    assert verdict(rule, probability) is said


def test_the_rule_is_fitted_to_each_kind_by_itself() -> None:
    """Ten patients with one still and one moved segment each; one in five may be wrong: the ninth of ten."""
    tenths = np.arange(1, 11) / 10
    probability = np.stack([tenths / 2, 1.0 - tenths / 4], axis=1)
    rule = fit_conformal(probability, np.array([[False, True]] * 10), np.arange(10), error=0.2)
    assert (rule.still_up_to, rule.moved_from) == (0.45, 1.0 - 0.225)


def test_a_card_gives_its_rule_back() -> None:
    assert ConformalRule.from_card(CARD, "scorer.json") == RULE
    assert RULE.to_card() == CARD


@pytest.mark.parametrize(
    "damage", [{"error": None}, {"still_up_to": 1.2}, {"moved_from": float("nan")}, {"error": 0.0}, {"moved_from": "x"}]
)
def test_a_damaged_card_is_refused(damage: dict[str, Any]) -> None:
    with pytest.raises(ReadError, match=r"scorer\.json: the card holds no rule of conformal sets"):
        ConformalRule.from_card(CARD | damage, "scorer.json")


def test_a_card_with_a_number_missing_is_refused() -> None:
    with pytest.raises(ReadError, match=r"KeyError\('moved_from'\)"):
        ConformalRule.from_card({"error": 0.1, "still_up_to": 0.6}, "scorer.json")


def test_widening_by_hand() -> None:
    """Three patients miss by 2 below, 1 above, and lie 3 inside: half of four shares is reached at 1."""
    quantiles = np.array([[[0.0, 5.0, 10.0]]] * 3)
    assert widening(quantiles, np.array([[-2.0], [11.0], [3.0]]), [1, 2, 3], error=0.5) == 1.0
    assert widening(quantiles, np.array([[2.0], [6.0], [3.0]]), [1, 2, 3], error=0.5) == -3.0


def test_an_interval_never_turns_inside_out() -> None:
    np.testing.assert_array_equal(widened(np.array([0.0, 4.0, 10.0]), 2.0), [-2.0, 4.0, 12.0])
    np.testing.assert_array_equal(widened(np.array([0.0, 4.0, 10.0]), -5.0), [4.0, 4.0, 5.0])


Cohort = tuple[np.ndarray, np.ndarray]
N_PATIENTS, N_REPEATS = 40, 600


def clustered(rng: np.random.Generator, n_patients: int) -> Cohort:
    """Values (p 24) that lie together in a patient; half have 6 and score low, half have 24 and score high."""
    many = rng.random(n_patients) < 0.5
    centre = rng.normal(size=n_patients) + np.where(many, -1.5, 0.5)
    value = centre[:, None] + 0.5 * rng.normal(size=(n_patients, 24))
    value[~many, 6:] = np.nan
    return value, np.arange(n_patients)


def misses(quantile: Callable[[np.ndarray, np.ndarray], float]) -> np.ndarray:
    """(r) share of new patients' values above the quantile, after each of many calibrations."""
    rng = np.random.default_rng(5)
    shares = []
    for _ in range(N_REPEATS):
        limit = quantile(*clustered(rng, N_PATIENTS))
        value, _ = clustered(rng, 200)
        shares.append(np.nanmean(np.where(np.isnan(value), np.nan, value > limit), axis=1).mean())
    return np.array(shares)


def test_coverage_is_the_stated_one_for_patients_whose_segments_resemble_one_another() -> None:
    """At most 10 % are missed; not so many fewer that the sets would be wider than two patients' shares explain."""
    shares = misses(lambda value, patient: quantile_by_patient(value, patient, 0.1))
    standard_error = shares.std() / np.sqrt(N_REPEATS)
    assert 0.1 - 2 / (N_PATIENTS + 1) - 3 * standard_error <= shares.mean() <= 0.1 + 3 * standard_error


def test_segments_taken_as_independent_would_miss_more_than_stated() -> None:
    shares = misses(lambda value, _: float(np.nanquantile(value, 0.9, method="higher")))
    assert shares.mean() > 0.1 + 10 * shares.std() / np.sqrt(N_REPEATS)


def drawn_probabilities(rng: np.random.Generator, n_patients: int) -> tuple[np.ndarray, np.ndarray]:
    """Probability and truth (p 6): motion is rare, and a patient's segments share half of their variance."""
    motion = rng.random((n_patients, 6)) < 0.2
    logit = 2.0 * motion + rng.normal(size=(n_patients, 1)) + rng.normal(size=(n_patients, 6))
    return 1.0 / (1.0 + np.exp(-logit)), motion


def test_sets_hold_the_truth_as_often_as_stated_for_both_kinds() -> None:
    rng, held = np.random.default_rng(6), []
    for _ in range(300):
        rule = fit_conformal(*drawn_probabilities(rng, 60), np.arange(60))
        probability, motion = drawn_probabilities(rng, 300)
        still, moved = np.moveaxis(allowed(rule, probability), -1, 0)
        held.append([still[~motion].mean(), moved[motion].mean()])
    mean, standard_error = np.mean(held, axis=0), np.std(held, axis=0) / np.sqrt(300)
    assert (mean > 0.9 - 3 * standard_error).all()
    assert (mean < 0.9 + 2 / 40 + 3 * standard_error).all()


def test_widened_intervals_cover_as_often_as_stated() -> None:
    rng, covered = np.random.default_rng(7), []
    for _ in range(300):
        true = rng.normal(size=(80, 1)) + rng.normal(size=(80, 6))
        quantiles = np.broadcast_to([-1.0, 0.0, 1.0], (80, 6, 3))
        by = widening(quantiles[:40], true[:40], np.arange(40))
        low, _, high = np.moveaxis(widened(quantiles[40:], by), -1, 0)
        covered.append(((true[40:] >= low) & (true[40:] <= high)).mean())
    standard_error = np.std(covered) / np.sqrt(300)
    assert 0.9 - 3 * standard_error < np.mean(covered) < 0.9 + 2 / 41 + 3 * standard_error
