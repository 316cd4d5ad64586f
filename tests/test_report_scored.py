import json
import math
from dataclasses import replace

import numpy as np
import pytest

from myoqc.errors import GeometryError, InputError
from myoqc.evaluate.scored import (
    EVERYTHING,
    IMAGES,
    SEGMENTS,
    Figure,
    answer,
    curves,
    draw_maps,
    questions,
)
from myoqc.records.scored_cases import ScoredCases
from myoqc.report.scored_files import document
from myoqc.report.scored_pictures import STYLES, pictures
from myoqc.report.scored_tables import cautions, cell, sheets, what_was_read

FIGURE = Figure("label", "score", EVERYTHING, SEGMENTS, "AUC", 3, 9, value=0.8125, low=0.7, high=0.9)
BAND = b"FillBetweenPolyCollection"
"""What a shaded band is called in an SVG."""
APART = replace(FIGURE, scorer="score − second", value=-0.05, low=-0.1, high=0.0)


@pytest.mark.parametrize(
    ("figure", "words"),
    [
        (FIGURE, "0.812 (0.700 to 0.900)"),
        (replace(FIGURE, low=0.8125, high=0.8125), "0.812"),
        (replace(FIGURE, low=math.nan, high=math.nan), "0.812"),
        (APART, "-0.050 (-0.100 to +0.000)"),
        (replace(APART, p_value=0.04), "-0.050 (-0.100 to +0.000) p=.040"),
        (replace(APART, p_value=0.04, p_holm=0.24), "-0.050 (-0.100 to +0.000) p=.240"),
        (replace(APART, p_value=1e-7), "-0.050 (-0.100 to +0.000) p<.001"),
        (replace(FIGURE, value=math.nan, note="too few: 1 slices with motion, 9 without"), "too few"),
        (replace(FIGURE, value=math.nan, note="no ROC curve"), "–"),
        (None, "–"),
    ],
)
def test_a_figure_in_a_few_words(figure, words):
    assert cell(figure, signed=figure is not None and figure.scorer == APART.scorer) == words


def test_in_brief_a_figure_has_no_interval():
    assert cell(FIGURE, brief=True) == "0.812"


def cases(**others):
    label = np.zeros((2, 6), dtype=bool)
    label[0, 0] = True
    named = {"case": ("C0", "C1"), "patient": ("P0", "P1"), "scores": {"score": np.zeros((2, 6))}}
    return ScoredCases(**named | {"labels": {"label": label}, "strata": {}} | others)


def test_shares_are_told_for_each_reference_and_few_patients_too():
    labels = {"label": cases().labels["label"], "truth": np.eye(6)[:2]}
    both = cases(labels=labels, simulated=[True, False])
    assert what_was_read(both) == [
        "2 slices with 12 segments, of 2 patients.",
        "Motion, says label: in 8.3% of segments, 50.0% of images.",
        "Motion, says truth: in 16.7% of segments, 100.0% of images.",
        "Simulated, says the file: 1 of 2 slices.",
    ]
    told = cautions(both, [FIGURE])
    assert told[0] == "label: segments with motion in 1 of 2 patients; intervals are rough below some 30."
    assert len(told) == 4


def test_cases_that_do_not_fit_together_are_refused():
    with pytest.raises(GeometryError, match="not the same slices; expected 2"):
        cases(strata={"level": ("basal",)})
    with pytest.raises(GeometryError, match="the cases' second has the wrong shape"):
        cases(scores={"score": np.zeros((2, 6)), "second": np.zeros((2, 4))})
    with pytest.raises(InputError, match="the cases' truth"):
        cases(labels={"truth": np.full((2, 6), 0.5)})


@pytest.mark.parametrize(
    ("others", "message"),
    [
        ({"scores": {}}, "cases without a scorer; expected one or more"),
        ({"labels": {}}, "cases without a reference; expected one or more"),
        ({"compared": (("score", "trees"),)}, "no two scorers to compare; expected two of score; found .*trees"),
        ({"compared": (("score", "score"),)}, "no two scorers to compare"),
        (
            {"scores": dict.fromkeys(("a", "b", "a − b"), np.zeros((2, 6))), "compared": (("a", "b"),)},
            "a scorer has the name of a difference; expected another name; found a − b",
        ),
    ],
)
def test_scorers_and_pairs_that_can_not_be_are_refused(others, message):
    with pytest.raises(InputError, match=message):
        cases(**others)


def several(n_scorers, compared=()):
    """Twenty slices of ten patients, of two kinds, with ever noisier scores."""
    rng = np.random.default_rng(2)
    label = (np.arange(20) % 5 < 2)[:, None] & (rng.random((20, 6)) < 0.6)
    scores = {f"scorer {n}": np.clip(label * 0.5 + rng.random((20, 6)) * (n + 2) / 8, 0, 1) for n in range(n_scorers)}
    return ScoredCases(
        case=tuple(f"C{n}" for n in range(20)),
        patient=tuple(f"P{n // 2}" for n in range(20)),
        scores=scores,
        labels={"label": label},
        strata={"level": ("basal", "mid") * 10},
        compared=compared,
    )


def drawn(of):
    return draw_maps(np.random.default_rng(0), of, 30)


def some_sheets(of, *, wanted=lambda blank: True):
    asked = questions(of, drawn(of), 0.5)
    return {each.title: each for each in sheets(of, [answer(each) for each in asked if wanted(each.blank)])}


def brief(blank):
    return blank.measure == "AUC" and blank.unit in {SEGMENTS, IMAGES, "anterior"}


def test_one_difference_stands_beside_the_scorers_and_several_apart():
    one = some_sheets(several(3, (("scorer 0", "scorer 2"),)), wanted=brief)
    over_segments = next(each for title, each in one.items() if title.startswith("Against label: segments, "))
    apart = "scorer 0 − scorer 2"
    assert over_segments.head == ("", "scorer 0", "scorer 1", "scorer 2", apart, "always clean")
    assert over_segments.rows[0][4].startswith(("+", "-"))
    pairs = (("scorer 0", "scorer 1"), ("scorer 2", "scorer 0"))
    two = some_sheets(several(3, pairs), wanted=brief)
    over_segments = next(
        each for title, each in two.items() if title.startswith("Against label: segments, differences")
    )
    assert over_segments.head == ("", "scorer 0 − scorer 1", "scorer 2 − scorer 0")
    assert all(text.startswith(("+", "-")) for text in over_segments.rows[0][1:])
    scorers = next(each for title, each in two.items() if title.startswith("Against label: images, 8 with"))
    assert scorers.head == ("", "scorer 0", "scorer 1", "scorer 2", "always clean")
    assert [title for title in two if "each segment" in title] == [
        f"Against label, {name}: each segment"
        for name in ("scorer 0", "scorer 1", "scorer 2", "scorer 0 − scorer 1", "scorer 2 − scorer 0")
    ]
    assert [title for title in two if "each kind" in title] == [
        f"Against label, {name}: each kind of slice" for name in ("scorer 0", "scorer 1", "scorer 2", "always clean")
    ]


def test_what_was_not_asked_has_no_table():
    asked = some_sheets(several(2), wanted=lambda blank: brief(blank) and blank.scorer == "scorer 1")
    assert all("scorer 0" not in sheet.head and "always clean" not in sheet.head for sheet in asked.values())
    assert some_sheets(several(2), wanted=lambda blank: False) == {}


def test_eight_scorers_have_lines_of_their_own_and_one_band_and_nine_are_refused():
    of = several(8)
    looks = {(each["color"], str(each["linestyle"]), each["marker"]) for each in STYLES}
    assert len({color for color, _, _ in looks}) == len({line for _, line, _ in looks}) == len(STYLES) == 8
    assert len({marker for _, _, marker in looks}) == 8
    images = pictures(curves(of, drawn(of)))
    assert all(f"<!-- scorer {n} -->".encode() in images["roc.svg"] for n in range(8))
    assert images["roc.svg"].count(BAND) == len((SEGMENTS, IMAGES))
    of = several(9)
    with pytest.raises(InputError, match="too many scorers to tell apart; expected at most 8; found 9"):
        pictures(curves(of, drawn(of)))


def test_two_scorers_have_a_band_each():
    of = several(2)
    assert pictures(curves(of, drawn(of)))["roc.svg"].count(BAND) == 2 * len((SEGMENTS, IMAGES))


def test_bands_are_written_where_there_are_any():
    of = several(1)
    bands = [each["band"] for each in json.loads(document(of, [], curves(of, drawn(of)), {}))["curves"]]
    assert [len(each["low"]) == len(each["high"]) == len(each["false_alarms"]) for each in bands] == [True, True]
    still = replace(of, labels={"label": np.zeros((20, 6), dtype=bool)})
    found = json.loads(document(still, [], curves(still, drawn(still)), {}))["curves"]
    assert [(each["roc"], each["band"]) for each in found] == [(None, None)] * 2
