import math
from dataclasses import replace

import numpy as np
import pytest

from myoqc.errors import GeometryError, InputError
from myoqc.evaluate.scored import DIFFERENCE, EVERYTHING, SEGMENTS, Figure
from myoqc.records.scored_cases import ScoredCases
from myoqc.report.scored_tables import cautions, cell, what_was_read

FIGURE = Figure("label", "score", EVERYTHING, SEGMENTS, "AUC", 3, 9, value=0.8125, low=0.7, high=0.9)
APART = replace(FIGURE, scorer=DIFFERENCE, value=-0.05, low=-0.1, high=0.0)


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
    assert cell(figure) == words


def test_in_brief_a_figure_has_no_interval():
    assert cell(FIGURE, brief=True) == "0.812"


def cases(**others):
    label = np.zeros((2, 6), dtype=bool)
    label[0, 0] = True
    named = {"case": ("C0", "C1"), "patient": ("P0", "P1"), "score": np.zeros((2, 6)), "label": label}
    return ScoredCases(**named | {"second": None, "truth": None, "strata": {}} | others)


def test_shares_are_told_for_each_reference_and_few_patients_too():
    both = cases(truth=np.eye(6)[:2], simulated=[True, False])
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
        cases(second=np.zeros((2, 4)))
    with pytest.raises(InputError, match="the cases' truth"):
        cases(truth=np.full((2, 6), 0.5))
