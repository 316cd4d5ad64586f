import json
import re

import numpy as np
import pytest

from assessments import scored
from audited_labels import labels_of, read_by_people
from myoqc.aha import Level, Segment
from myoqc.evaluate.audit import (
    DAWID_SKENE,
    SHARES,
    UNITS,
    AuditFigure,
    AuditResult,
    Rater,
    Suspicion,
    by_difference,
    error_kinds,
    found_at,
    found_curve,
    known_raters,
    reread_labels,
)
from myoqc.report.audit_files import corrected_text, document, list_text
from myoqc.report.audit_list import listed_maps, marked_words
from myoqc.report.audit_page import audit_page, audited_slice
from myoqc.report.audit_picture import pictures
from myoqc.report.audit_tables import sheets

NONE = [0] * 6
FIGURES = tuple(
    AuditFigure("chance", unit, name, 2, 18, 0.5, float("nan"), float("nan"), "")
    for unit in UNITS
    for name in ("AUC", *map(found_at, SHARES))
)


def result_of(labels, raters=(), suspicion=None):
    suspicion = suspicion or by_difference(labels.label, labels.score)
    return AuditResult(
        labels=labels,
        ranking=suspicion,
        figures=FIGURES,
        curves=tuple(found_curve(suspicion, labels.wrong, unit) for unit in ("segments", "maps")),
        kinds=tuple(error_kinds(labels, suspicion)),
        rereading=reread_labels(labels, suspicion, 0.5),
        raters=raters,
        known=known_raters(labels),
    )


@pytest.fixture
def labels():
    """A moving map that was waved through, one marked where it is still, and one of which nobody is sure."""
    score = np.array([[0.9, 0.8, 0.1, 0.1, 0.1, 0.1], [0.1, 0.9, 0.1, 0.1, 0.1, 0.1], [0.4, 0.3, 0.1, 0.1, 0.1, 0.1]])
    truth = [[1, 1, 0, 0, 0, 0], [0, 1, 0, 0, 0, 0], NONE]
    return labels_of([NONE, [1, 1, 0, 0, 0, 0], NONE], truth, score)


def test_the_list_says_in_words_what_is_in_question_and_why(labels):
    listed = listed_maps(labels, by_difference(labels.label, labels.score))
    assert [(each.rank, each.case, each.marked) for each in listed] == [
        (1, "C0", "none"),
        (2, "C1", "anterior and anteroseptal"),
        (3, "C2", "none"),
    ]
    assert [each.why for each in listed] == [
        "high score, not marked: anterior (0.90), anteroseptal (0.80)",
        "low score, marked: anterior (0.10)",
        "nothing speaks against a label; the least sure: anterior (0.40)",
    ]
    assert listed[0].score == (0.9, 0.8)
    assert marked_words([True] * 6) == "all six"


def test_of_several_raters_the_list_tells_what_they_say_together(labels):
    together = np.where(labels.truth, 0.97, 0.02)
    ranking = Suspicion(DAWID_SKENE, together, np.abs(labels.label - together), np.array([0.9, 0.8, 0.0]))
    listed = listed_maps(labels, ranking)
    assert listed[0].why == "the raters together say motion, not marked: anterior (0.97), anteroseptal (0.97)"
    assert listed[1].why == "the raters together say none, marked: anterior (0.02)"
    assert listed[0].score == (0.9, 0.8)


def test_the_list_and_the_corrected_labels_are_tables_with_a_line_each(labels):
    result = result_of(labels)
    head, *rows = [line.split("\t") for line in list_text(listed_maps(labels, result.ranking)).splitlines()]
    assert head[:4] == ["rank", "case", "patient", "segments"]
    assert rows[0][:6] == ["1", "C0", "P0", "anterior, anteroseptal", "none", "0.9000, 0.8000"]
    assert {len(row) for row in rows} == {len(head)}
    assert {row[-1] for row in rows} == {"1"}
    head, *rows = [line.split("\t") for line in corrected_text(result).splitlines()]
    assert head == ["case", "segment", "label"]
    assert rows[:2] == [["C0", "anterior", "1"], ["C0", "anteroseptal", "1"]]
    assert [row[1] for row in rows[6:12]] == [segment.word for segment in Segment]
    assert sum(row[2] == "1" for row in rows) == result.rereading.label.sum()


def test_what_has_no_value_is_null(labels):
    content = json.loads(document(result_of(labels), {"top": 3}))
    assert content["simulated"] is True
    assert content["choices"] == {"top": 3}
    assert [kind["found"][0] for kind in content["kinds"]] == [1.0, None, None, 0.0, None]
    assert content["rereading"]["before"] == {"segments": 3, "maps": 2}
    assert content["rereading"]["after"] == {"segments": 0, "maps": 0}


def test_every_table_says_that_it_is_simulated_and_guesses_stand_beside_what_is_known(labels):
    raters = tuple(Rater(name, 0.7, 0.99) for name in ("label", "second reader", "machine"))
    made = sheets(result_of(labels, raters))
    assert all(sheet.title.startswith("SIMULATED") for sheet in made)
    assert all(len(row) == len(sheet.head) for sheet in made for row in sheet.rows)
    assert made[-1].rows[0] == ("label", "0.333", "0.933", "0.700", "0.990")


def test_the_page_shows_the_slice_with_what_is_in_question_and_runs_nothing(labels):
    result = result_of(labels)
    listed = listed_maps(labels, result.ranking)[0]
    shown = audited_slice(listed, result, scored(Level.MID))
    assert len(shown.overlay.suspects) == 2
    assert [row.in_question for row in shown.rows] == [True, True, False, False, False, False]
    assert (shown.rows[0].mark, shown.rows[0].label, shown.rows[0].score) == ("7", "none", "0.90")
    assert len(shown.weighted) == 7
    html = audit_page([shown], result, ["<b>told</b>"], b"png")
    assert "SIMULATED images and readers" in html
    assert "&lt;b&gt;told" in html
    assert "High score, not marked: anterior (0.90), anteroseptal (0.80). Marked by the reader: none." in html
    assert not re.findall(r"<script|https?://(?!www\.w3\.org)", html)


def test_the_same_curves_give_the_same_pictures():
    people = read_by_people(100)
    result = result_of(people)
    drawn = pictures(result.curves)
    assert drawn.keys() == {"found.png", "found.svg"}
    assert pictures(result.curves) == drawn
