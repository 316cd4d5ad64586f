"""Tables and pictures of the reproduction: what stands in which cell, and that the paper's numbers are the paper's."""

from pathlib import Path

import numpy as np
import pytest

from called_maps import patients, raters
from myoqc.evaluate import (
    MACHINE,
    OPERATOR,
    SECOND,
    FoldShares,
    Spread,
    draw_rereading,
    every_map,
    fold_agreement,
    network_agreement,
    only_disputed,
    selection_effect,
    three_readers,
    who_is_right,
)
from myoqc.evaluate.scored.figure import Estimate
from myoqc.report.figures_in_words import (
    number_interval,
    number_spread,
    p_value,
    percent_interval,
    percent_spread,
    points_interval,
)
from myoqc.report.paper_numbers import ARMS, IDENTICAL, PAIRS, PLAIN, SUPERVISED
from myoqc.report.readers_tables import figure_8, figure_8_by_design, right, right_by_stratum, selection
from myoqc.report.reproduced_pictures import table_1_picture, three_readers_picture
from myoqc.report.reproduced_tables import SEGMENT_NAMES, other_artefacts, table_1

TRUTH, PERSON, NETWORK, OTHER = raters()
LEVEL, FOLD = ["basal", "mid"] * (len(TRUTH) // 2), np.arange(len(TRUTH)) // 2 % 5
PAPER_PAGE = (Path(__file__).parents[1] / "docs" / "paper.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def folds():
    clean = np.zeros_like(TRUTH)
    calls = {"none": NETWORK, "supervised": NETWORK, "shuffled": PERSON, "always clean": clean}
    return {name: fold_agreement(each, each.astype(float), PERSON, LEVEL, FOLD) for name, each in calls.items()}


@pytest.fixture(scope="module")
def three():
    return three_readers(PERSON, NETWORK, OTHER, only_disputed(PERSON, NETWORK), patients())


def cells(sheet):
    assert {len(row) for row in sheet.rows} == {len(sheet.head)}
    return {(row[0], name): cell for row in sheet.rows for name, cell in zip(sheet.head[1:], row[1:], strict=True)}


def in_page(row, n_cells=2):
    """The numbers in a line of docs/paper.md, where they stand beside the paper's claims."""
    lines = [[cell.strip() for cell in line.split("|")[1:-1]] for line in PAPER_PAGE.splitlines()]
    return next(line[1:-1] for line in lines if len(line) == n_cells + 2 and line[0] == row)


def test_the_papers_table_1_is_that_of_the_page_that_follows_the_paper(folds):
    found = cells(table_1(folds, OPERATOR))
    for row in (*SEGMENT_NAMES, "all segments", "whole image"):
        assert [found[row, f"paper: {arm}"] for arm in (PLAIN, SUPERVISED)] == in_page(row)
    for row in ("all segments", "whole image"):
        name = "all segments, basal / mid-ventricular slices" if row == "all segments" else ""
        name = name or "whole image, basal / mid-ventricular slices"
        for arm, told in zip((PLAIN, SUPERVISED), in_page(name), strict=True):
            basal, mid = (found[f"{row}, {level}", f"paper: {arm}"] for level in ("basal", "mid"))
            assert f"{basal.removesuffix(' %')} / {mid}" == told


def test_the_papers_other_numbers_are_those_of_the_page(three):
    found = cells(figure_8(three, "supervised"))
    for row, name in (*((each, each) for each in SEGMENT_NAMES), ("case", "case (any segment)")):
        assert [found[name, f"paper: {' and '.join(pair)}"] for pair in PAIRS] == in_page(row, n_cells=3)
    areas = [[f"{100 * getattr(ARMS[arm], name):.1f} %" for arm in ARMS] for name in ("auc_segments", "auc_images")]
    assert areas == [in_page("AUC, segments (n = 15408; p = 0.004)"), in_page("AUC, images (n = 2568; p < 0.001)")]
    assert f"all six scores equal in {IDENTICAL:.0%}".replace("%", " %") in PAPER_PAGE


def test_means_over_segments_are_those_that_the_paper_gives():
    for arm in ARMS.values():
        for name in ("mean", "basal", "mid"):
            mean = np.mean([getattr(of, name) for of in arm.segment])
            assert mean == pytest.approx(getattr(arm.segments, name), abs=0.0011)


def test_arms_stand_beside_the_papers_and_baselines_by_themselves(folds):
    sheet = table_1(folds, OPERATOR)
    names = ("", "paper: CNN", "none", "paper: with attention", "supervised", "shuffled", "always clean")
    assert sheet.head == names
    assert sheet.title == "SIMULATED, against the operator: agreement, and AUC (Table 1)"
    found = cells(sheet)
    assert found["AUC of images, together", "always clean"] == "0.500"
    assert found["AUC of images, by fold", "paper: CNN"] == "–"
    assert found["all segments", "shuffled"] == "100.0 ± 0.0 %"


def test_against_the_truth_the_papers_numbers_do_not_stand(folds):
    sheet = table_1(folds, "truth")
    assert sheet.head == ("", "none", "supervised", "shuffled", "always clean")
    assert sheet.title.startswith("SIMULATED, against the truth")


def test_other_artefacts_stand_beside_the_papers():
    called = np.stack([NETWORK, PERSON]).astype(float)
    called[0, :7] = np.nan
    found = cells(other_artefacts({"none": network_agreement(called, TRUTH)}, OPERATOR))
    assert found["all segments", "paper: CNN"] == "83.2 ± 4.3 %"
    assert (found["maps", "paper: CNN"], found["maps", "none"]) == ("163", "233 to 240")


def test_figure_8_has_the_papers_columns_and_ours(three):
    sheet = figure_8(three, "supervised")
    found = cells(sheet)
    ours = three.pairs[SECOND, MACHINE].case
    assert sheet.head[3:5] == ("paper: second reader and operator", "second reader and operator")
    assert found["case (any segment)", "second reader and machine"] == percent_interval(ours)
    assert found["all six alike, all maps", "paper: operator and machine"] == "79.0 %"
    assert f"{three.n_disputed} of 240 maps" in sheet.title


def test_designs_of_rereading_stand_side_by_side(three):
    mixed = draw_rereading(np.random.default_rng(0), PERSON, NETWORK)
    designs = {"disputed": three, "mixed": three_readers(PERSON, NETWORK, OTHER, mixed, patients())}
    found = cells(figure_8_by_design(designs, "supervised"))
    assert found["maps reread", "operator and machine: mixed"] == f"{mixed.n_read}"
    assert found["case (all six alike)", "operator and machine: disputed"] == "0.0 %"


def test_the_effect_of_the_choice_of_maps_is_told_in_points():
    effects = selection_effect(PERSON, NETWORK, TRUTH, every_map(PERSON, NETWORK), patients())
    sheet = selection(effects, "truth", "supervised")
    found = cells(sheet)
    assert sheet.title.startswith("SIMULATED, against the truth")
    told = found["segments: all maps", "machine − operator, points"]
    assert told == points_interval(effects[0].designs[2].difference)
    assert found["segments: errors of both that no dispute shows", "neither agrees"] != "–"


def test_who_is_right_is_told_by_measure_and_by_stratum():
    strata = {"site": ["rare"] * 4 + ["common"] * 236}
    found = who_is_right(NETWORK, PERSON, TRUTH, patients(), strata)
    overall = cells(right(found, "all", "supervised"))
    assert overall["images: κ", "machine"] == number_interval(found[1].measures["κ"].machine)
    assert overall["segments: disputes that it has right", "machine"].endswith(f" of {found[0].n_disputed}")
    by_stratum = right_by_stratum(found, "supervised")
    assert ("site rare", "4", "images", "too few", "–", "–", "–") in by_stratum.rows
    assert "moving in truth" in right(found, "moving in truth", "supervised").title


def test_words_of_figures():
    some = Estimate(0.0625, 0.05, 0.08125)
    assert percent_interval(some) == "6.2 % (5.0 to 8.1)"
    assert points_interval(Estimate(-0.0625, -0.08, 0.01)) == "−6.2 (−8.0 to +1.0)"
    assert number_interval(Estimate(-0.0625), signed=True) == "−0.062"
    assert {of(Estimate(np.nan)) for of in (percent_interval, points_interval, number_interval)} == {"–"}
    assert percent_spread(Spread(0.917, 0.004, 5), 5) == "91.7 ± 0.4 %"
    assert percent_spread(Spread(0.917, np.nan, 1), 5) == "91.7 % (1 of 5 folds)"
    assert number_spread(Spread(np.nan, np.nan, 0), 5) == "–"
    assert (p_value(0.00099), p_value(0.0426)) == ("p < 0.001", "p = 0.043")


def test_pictures_come_as_png_and_svg_and_are_the_same_every_time(folds, three):
    drawn = three_readers_picture(three, "supervised") | table_1_picture(folds, OPERATOR)
    again = three_readers_picture(three, "supervised") | table_1_picture(folds, OPERATOR)
    assert set(drawn) == {f"{name}.{kind}" for name in ("three_readers", "table_1_operator") for kind in ("png", "svg")}
    assert drawn == again
    assert drawn["table_1_operator.png"].startswith(b"\x89PNG")
    assert b"<svg" in drawn["three_readers.svg"]


def test_what_has_no_value_is_not_drawn_and_stops_nothing(folds):
    nobody = three_readers(NETWORK, NETWORK, OTHER, only_disputed(NETWORK, NETWORK), patients())
    assert three_readers_picture(nobody, "none")["three_readers.png"]
    one_fold = fold_agreement(NETWORK, NETWORK.astype(float), PERSON, ["mid"] * len(TRUTH), np.zeros(len(TRUTH)))
    assert table_1_picture({"none": one_fold}, "truth")["table_1_truth.png"]
    empty = FoldShares(np.full((5, 6), np.nan), *[np.full(5, np.nan)] * 2, np.zeros(5, dtype=int))
    assert cells(other_artefacts({"none": empty}, "truth"))["whole image", "none"] == "–"
