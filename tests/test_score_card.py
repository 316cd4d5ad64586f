"""The card that makes the R² rule."""

import hashlib
import re
from pathlib import Path
from typing import Any

import pytest

from myoqc.errors import ReadError
from myoqc.schedules import KNOWN
from myoqc.score import R2Rule, plain_rule
from myoqc.score.r2_rule import digest_of, read_card

ENTRY = {
    "method": "molli",
    "statistic": "mean",
    "slope": 1,
    "intercept": 0.5,
    "threshold": 0.5,
    "held_out": {"sensitivity": 0.4, "specificity": 0.9},
}
MINIMAL = {"name": "R² rule", "schedules": {"MOLLI 5(3)3": ENTRY}}
SHIPPED = read_card()["schedules"]
PAGE = Path(__file__).parents[1] / "docs" / "r2-rule.md"


def with_entry(**changes: Any) -> dict[str, Any]:
    return {"schedules": {"MOLLI 5(3)3": ENTRY | changes}}


def test_a_card_gives_its_rule() -> None:
    (calibration,) = R2Rule.from_card(MINIMAL).calibrations.values()
    assert (calibration.method, calibration.statistic) == ("molli", "mean")
    assert (calibration.slope, calibration.intercept, calibration.threshold) == (1.0, 0.5, 0.5)
    assert (calibration.sensitivity, calibration.specificity) == (0.4, 0.9)


def test_the_digest_is_that_of_the_sorted_card_without_spaces() -> None:
    card = {"schedules": {"ShMOLLI": {"slope": 1, "intercept": 0.5}}, "name": "R²"}
    text = '{"name":"R²","schedules":{"ShMOLLI":{"intercept":0.5,"slope":1}}}'
    assert digest_of(card) == hashlib.sha256(text.encode()).hexdigest()


def test_the_order_of_a_card_does_not_change_its_digest_and_a_number_does() -> None:
    assert digest_of(dict(reversed(MINIMAL.items()))) == digest_of(MINIMAL)
    assert digest_of(with_entry(threshold=0.51)) != digest_of(with_entry())


@pytest.mark.parametrize("key", ENTRY)
def test_an_entry_that_lacks_something_is_refused(key: str) -> None:
    entry = {name: value for name, value in ENTRY.items() if name != key}
    with pytest.raises(ReadError, match=rf"r2_rule.json: this is no card of an R² rule; found KeyError\('{key}'\)"):
        R2Rule.from_card({"schedules": {"ShMOLLI": entry}})


@pytest.mark.parametrize("card", [{}, {"schedules": {}}, {"schedules": "ShMOLLI"}])
def test_a_card_without_schedules_is_refused(card: dict[str, Any]) -> None:
    with pytest.raises(ReadError, match="this is no card of an R² rule; expected schedules"):
        R2Rule.from_card(card)


def test_a_card_with_words_for_numbers_is_refused() -> None:
    with pytest.raises(ReadError, match="this is no card of an R² rule; found ValueError"):
        R2Rule.from_card(with_entry(slope="steep"))


def test_a_card_with_an_unknown_statistic_is_refused() -> None:
    with pytest.raises(ReadError, match=r"names an unknown statistic; expected mean, .*; found median"):
        R2Rule.from_card(with_entry(statistic="median"))


def test_the_shipped_card_knows_every_schedule_that_has_a_name() -> None:
    assert list(SHIPPED) == [schedule.name for schedule in KNOWN]


@pytest.mark.parametrize("name", SHIPPED)
def test_the_shipped_card_says_how_and_on_what_it_was_calibrated(name: str) -> None:
    entry = SHIPPED[name]
    assert re.search(rf"--schedule '{re.escape(name)}' --cases \d+ --seed \d+", entry["made_by"])
    assert entry["calibration"]["n_cases"] >= 200
    assert entry["held_out"]["n_cases"] >= 200


def test_the_shipped_card_tells_its_limits() -> None:
    card = read_card()
    assert plain_rule().digest == digest_of(card)
    assert "simulated" in card["calibrated_on"]
    assert any("images 6 and 7" in limit for limit in card["limits"])
    assert any("off-resonance" in limit for limit in card["limits"])


@pytest.mark.parametrize("name", SHIPPED)
def test_the_shipped_card_has_the_specificity_that_it_was_made_for(name: str) -> None:
    assert 0.85 <= SHIPPED[name]["held_out"]["specificity"] <= 0.95


@pytest.mark.parametrize("name", SHIPPED)
def test_the_shipped_statistic_is_the_best_of_the_calibration_half(name: str) -> None:
    entry = SHIPPED[name]
    aucs = entry["calibration"]["auc_with_95_percent_interval"]
    assert max(aucs, key=lambda statistic: aucs[statistic]["segment"][0]) == entry["statistic"]


def percent(share: float) -> str:
    return f"{100 * share:.0f} %"


@pytest.mark.parametrize("name", SHIPPED)
def test_the_page_gives_the_figures_of_the_shipped_card(name: str) -> None:
    held_out = SHIPPED[name]["held_out"]
    figures = f"{name}: {percent(held_out['sensitivity'])} and {percent(1 - held_out['specificity'])}"
    assert figures in " ".join(PAGE.read_text(encoding="utf-8").split())


def test_the_page_gives_the_figures_of_whole_slices_too() -> None:
    held_out = SHIPPED["ShMOLLI"]["held_out"]
    found, false = percent(held_out["image_sensitivity"]), percent(1 - held_out["image_specificity"])
    text = " ".join(PAGE.read_text(encoding="utf-8").split())
    assert f"finds {found} of those with motion, and calls {false} of the others moved" in text


def test_the_page_gives_the_thresholds_of_the_shipped_card() -> None:
    text = " ".join(PAGE.read_text(encoding="utf-8").split())
    assert "with ShMOLLI a (geometric) mean R² of 0.989 or less, with MOLLI 5(3)3 one of 0.972 or less" in text
    for name, r2 in (("ShMOLLI", "0.989"), ("MOLLI 5(3)3", "0.972")):
        reached = f"reached when the R² (1 − the geometric mean of 1 − R²) of a segment falls to {r2} "
        assert reached in SHIPPED[name]["threshold_is"]


@pytest.mark.parametrize("name", SHIPPED)
def test_the_page_names_the_command_that_made_the_shipped_card(name: str) -> None:
    seed = re.search(r"--cases \d+ --seed \d+", SHIPPED[name]["made_by"])
    assert seed is not None
    assert f"`python benchmarks/r2_rule.py {seed.group()}`" in PAGE.read_text(encoding="utf-8")
