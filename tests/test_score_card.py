"""The card that makes the R² rule."""

import hashlib
import re

import pytest

from myoqc.errors import ReadError
from myoqc.score import R2Rule, default_scorer
from myoqc.score.r2_rule import digest_of, read_card

MINIMAL = {"statistic": "mean", "slope": 1, "intercept": 0.5, "threshold": 0.5}


def test_a_card_gives_its_rule() -> None:
    rule = R2Rule.from_card(MINIMAL)
    assert (rule.statistic, rule.slope, rule.intercept, rule.threshold) == ("mean", 1.0, 0.5, 0.5)


def test_the_digest_is_that_of_the_sorted_card_without_spaces() -> None:
    text = '{"intercept":0.5,"slope":1,"statistic":"mean","threshold":0.5}'
    assert digest_of(MINIMAL) == hashlib.sha256(text.encode()).hexdigest()


def test_the_order_of_a_card_does_not_change_its_digest_and_a_number_does() -> None:
    assert digest_of(dict(reversed(MINIMAL.items()))) == digest_of(MINIMAL)
    assert digest_of(MINIMAL | {"threshold": 0.51}) != digest_of(MINIMAL)


def test_a_card_without_threshold_is_refused() -> None:
    with pytest.raises(ReadError, match=r"r2_rule.json: this is no card of an R² rule; found KeyError"):
        R2Rule.from_card({key: value for key, value in MINIMAL.items() if key != "threshold"})


def test_a_card_with_words_for_numbers_is_refused() -> None:
    with pytest.raises(ReadError, match="this is no card of an R² rule; found ValueError"):
        R2Rule.from_card(MINIMAL | {"slope": "steep"})


def test_a_card_with_an_unknown_statistic_is_refused() -> None:
    with pytest.raises(ReadError, match=r"names an unknown statistic; expected mean, .*; found median"):
        R2Rule.from_card(MINIMAL | {"statistic": "median"})


def test_the_shipped_card_says_how_and_on_what_it_was_calibrated() -> None:
    card = read_card()
    assert default_scorer().digest == digest_of(card)
    assert "simulated" in card["calibrated_on"]
    assert re.search(r"--cases \d+ --seed \d+", card["calibrated_on"])
    assert card["calibration"]["n_cases"] >= 200
    assert card["held_out"]["n_cases"] >= 200
    assert any("images 6 and 7" in limit for limit in card["limits"])


def test_the_shipped_card_has_the_specificity_that_it_was_made_for() -> None:
    assert 0.85 <= read_card()["held_out"]["specificity"] <= 0.95


def test_the_shipped_statistic_is_the_best_of_the_calibration_half() -> None:
    card = read_card()
    aucs = card["calibration"]["auc_with_95_percent_interval"]
    assert max(aucs, key=lambda name: aucs[name]["segment"][0]) == card["statistic"]
