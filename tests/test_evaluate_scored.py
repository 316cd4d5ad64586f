"""The figures of a table: by hand, against the statistics that they are made of, and where there can be none."""

import math
from copy import deepcopy
from dataclasses import replace

import numpy as np
import pytest

from myoqc.acquire.score_table import read_scores
from myoqc.aha import Segment
from myoqc.errors import InputError
from myoqc.evaluate import (
    Resamples,
    average_precision,
    by_image,
    clustered_delong,
    clustered_delong_difference,
    draw_resamples,
    expected_calibration_error,
    holm,
    interval,
    resampled_agreement,
)
from myoqc.evaluate.roc_band import roc_band
from myoqc.evaluate.scored import (
    ALWAYS_CLEAN,
    EVERYTHING,
    IMAGES,
    SEGMENTS,
    WITHIN,
    answer,
    curves,
    draw_maps,
    questions,
    with_holm,
)
from myoqc.evaluate.shares import resampled_mean
from score_tables import many_slices, rows_of, written

APART = "score − second"


def figures_of(cases, threshold=0.5, n_resamples=100, seed=0):
    drawn = draw_maps(np.random.default_rng(seed), cases, n_resamples)
    return with_holm([answer(each) for each in questions(cases, drawn, threshold)])


def by_key(figures, reference="label", stratum=EVERYTHING):
    kept = [each for each in figures if (each.reference, each.stratum) == (reference, stratum)]
    return {(each.scorer, each.unit, each.measure): each for each in kept}


@pytest.fixture(scope="module")
def cases(tmp_path_factory):
    rng = np.random.default_rng(5)
    n = 40
    truth = (np.arange(n) % 5 < 2)[:, None] & (rng.random((n, 6)) < 0.4)
    more = {"truth": truth.astype(int), "second": rng.random((n, 6)).round(3)}
    rows = many_slices(
        n,
        **more,
        level=np.where(np.arange(n) < 9, "basal", "mid"),
        severity=np.where(np.arange(n) % 5 < 2, "some", "none"),
    )
    return read_scores(written(tmp_path_factory.mktemp("table") / "scores.csv", rows))


@pytest.fixture(scope="module")
def figures(cases):
    return figures_of(cases)


def hand_made(path):
    """Three slices of three patients: motion in segments 0 and 1 of the first, in segment 0 of the second."""
    score = np.array([[0.9, 0.3, 0.2, 0.1, 0.1, 0.1], [0.4, 0.6, 0.1, 0.1, 0.1, 0.1], [0.2, 0.2, 0.1, 0.1, 0.1, 0.1]])
    label = np.zeros((3, 6), dtype=bool)
    label[0, :2] = label[1, 0] = True
    return read_scores(written(path, rows_of(score, label)))


def test_the_figures_of_a_small_table_can_be_worked_out_by_hand(tmp_path):
    found = by_key(figures_of(hand_made(tmp_path / "scores.csv")))
    value = {key[1:]: each.value for key, each in found.items() if key[0] == "score"}
    # Segments: of 3 · 15 pairs, .3 and .4 are below .6.
    assert value[SEGMENTS, "AUC"] == pytest.approx(43 / 45)
    # First map: all 8 pairs right; second: .4 is below .6, above 4 others; the third can't be judged.
    assert value[WITHIN, "AUC"] == pytest.approx((1.0 + 0.8) / 2)
    assert value[IMAGES, "AUC"] == 1.0
    assert found["score", IMAGES, "AUC"].interval == ""  # one patient alone has no motion
    # Called from .5 on: .9 rightly, .6 wrongly; .3 and .4 are missed.
    assert value[SEGMENTS, "agreement"] == pytest.approx(15 / 18)
    assert value[SEGMENTS, "sensitivity"] == pytest.approx(1 / 3)
    assert value[SEGMENTS, "specificity"] == pytest.approx(14 / 15)
    assert value[SEGMENTS, "κ"] == pytest.approx(
        (15 / 18 - (2 * 3 + 16 * 15) / 18**2) / (1 - (2 * 3 + 16 * 15) / 18**2)
    )
    assert value[SEGMENTS, "net benefit"] == pytest.approx((1 - 1) / 18)
    # Falling: .9 with, .6 without, .4 with, .3 with.
    assert value[SEGMENTS, "average precision"] == pytest.approx((1 + 2 / 3 + 3 / 4) / 3)
    assert value[SEGMENTS, "sensitivity at 90% specificity"] == 1.0
    assert value[SEGMENTS, "sensitivity at 95% specificity"] == pytest.approx(1 / 3)
    squares = 0.1**2 + 0.7**2 + 0.6**2 + 0.6**2 + 3 * 0.2**2 + 11 * 0.1**2
    assert value[SEGMENTS, "Brier score"] == pytest.approx(squares / 18)
    assert value["anterior", "agreement"] == pytest.approx(2 / 3)
    clean = {key[1:]: each.value for key, each in found.items() if key[0] == ALWAYS_CLEAN}
    assert clean[SEGMENTS, "agreement"] == pytest.approx(15 / 18)
    assert clean[SEGMENTS, "average precision"] == pytest.approx(3 / 18)
    assert clean[IMAGES, "agreement"] == pytest.approx(1 / 3)
    assert (clean[SEGMENTS, "AUC"], clean[SEGMENTS, "κ"], clean[SEGMENTS, "sensitivity"]) == (0.5, 0.0, 0.0)


@pytest.mark.parametrize("reference", ["label", "truth"])
def test_figures_are_those_of_the_statistics_against_each_reference_by_itself(cases, figures, reference):
    found, motion = by_key(figures, reference), cases.labels[reference]
    patient = np.array(cases.patient)
    whole = clustered_delong(cases.scores["score"].ravel(), motion.ravel(), patient.repeat(6))
    of_segments = found["score", SEGMENTS, "AUC"]
    assert (of_segments.value, of_segments.low, of_segments.high) == (whole.value, whole.low, whole.high)
    assert (of_segments.n_with, of_segments.n_without) == (motion.sum(), (~motion).sum())
    of_images = found["second", IMAGES, "AUC"]
    assert of_images.value == clustered_delong(*by_image(cases.scores["second"], motion), patient).value
    assert of_images.interval == "clustered DeLong"
    inferior = found["score", "inferior", "AUC"]
    assert inferior.value == clustered_delong(cases.scores["score"][:, 3], motion[:, 3], patient).value
    assert found["score", SEGMENTS, "average precision"].value == average_precision(
        cases.scores["score"].ravel(), motion.ravel()
    )
    error = found["score", IMAGES, "calibration error"]
    assert error.value == expected_calibration_error(*by_image(cases.scores["score"], motion))
    assert math.isnan(error.low)


def test_intervals_come_from_drawing_patients_and_hold_the_value(cases, figures):
    drawn = [each for each in figures if each.interval in {"BCa", "percentile"}]
    assert len(drawn) > 100
    assert all(each.low <= each.value <= each.high for each in drawn)
    resamples = draw_resamples(np.random.default_rng(0), np.array(cases.patient).repeat(6), 100)
    agreement = interval(
        resampled_agreement(cases.scores["score"].ravel() >= 0.5, cases.labels["label"].ravel()), resamples
    )
    by_bca = by_key(figures)["score", SEGMENTS, "agreement"]
    assert by_bca.interval == "BCa"
    assert (by_bca.low, by_bca.high) == pytest.approx((agreement.low, agreement.high), abs=0.02)


def test_two_scorers_are_compared_in_pairs_and_six_tests_are_adjusted(cases, figures):
    found, patient = by_key(figures), np.array(cases.patient)
    apart = clustered_delong_difference(
        cases.scores["score"].ravel(), cases.scores["second"].ravel(), cases.labels["label"].ravel(), patient.repeat(6)
    )
    of_segments = found[APART, SEGMENTS, "AUC"]
    assert (of_segments.value, of_segments.p_value) == (apart.value, apart.p_value)
    assert math.isnan(of_segments.p_holm)
    of_each = [found[APART, segment.word, "AUC"] for segment in Segment]
    assert [each.p_holm for each in of_each] == holm([each.p_value for each in of_each]).tolist()
    assert any(each.p_holm > each.p_value for each in of_each)
    both = [found[scorer, IMAGES, "agreement"].value for scorer in ("score", "second")]
    assert found[APART, IMAGES, "agreement"].value == pytest.approx(both[0] - both[1])


def test_a_stratum_is_told_by_its_slices_alone(cases, figures):
    mid = np.array(cases.strata["level"]) == "mid"
    found = by_key(figures, stratum="level mid")["score", SEGMENTS, "AUC"]
    patient = np.array(cases.patient)[mid].repeat(6)
    assert (
        found.value
        == clustered_delong(cases.scores["score"][mid].ravel(), cases.labels["label"][mid].ravel(), patient).value
    )
    assert found.n_with + found.n_without == 6 * mid.sum()


def test_a_stratum_with_too_few_slices_of_a_class_says_so(figures):
    few = by_key(figures, stratum="level basal")
    assert {each.note for each in few.values()} >= {
        "too few: 4 slices with motion, 5 without",
        "too few: 4 slices with motion, 9 without",
    }
    assert all(math.isnan(each.value) for each in few.values())
    still = by_key(figures, stratum="severity none")
    assert still["score", IMAGES, "AUC"].note == "too few: 0 slices with motion, 24 without"
    assert still["score", IMAGES, "sensitivity"].note.startswith("too few")
    assert not math.isnan(still["score", IMAGES, "specificity"].value)
    moved = by_key(figures, stratum="severity some")
    assert not math.isnan(moved["score", IMAGES, "sensitivity"].value)


def test_the_same_numbers_give_the_same_figures_and_others_other_intervals(tmp_path):
    cases = hand_made(tmp_path / "scores.csv")
    assert repr(figures_of(cases)) == repr(figures_of(cases))
    assert repr(figures_of(cases, seed=1)) != repr(figures_of(cases))


def test_a_figure_that_can_not_be_had_says_why(tmp_path):
    rows = [row for row in many_slices(10) if row["case"] in {"C0", "C1", "C5", "C6"}]  # of two patients and more
    cases = read_scores(written(tmp_path / "scores.csv", rows))
    assert cases.labels["label"].any(axis=1).all()
    found = by_key(figures_of(cases))["score", IMAGES, "AUC"]
    assert math.isnan(found.value)
    assert "cases of both kinds" in found.note


def test_one_patient_alone_gives_no_intervals(tmp_path):
    rows = [row | {"patient": "P"} for row in many_slices(5)]
    cases = read_scores(written(tmp_path / "scores.csv", rows))
    with pytest.raises(InputError, match="too few subjects to draw from; expected 2 or more; found 1"):
        figures_of(cases)


def test_the_mean_of_a_resample_counts_each_case_as_often_as_it_was_drawn():
    statistic = resampled_mean(np.array([1.0, 2.0, 6.0]))
    means = statistic.of(np.array([[1, 1, 1], [0, 2, 1], [0, 0, 0]]))
    assert means[:2].tolist() == [3.0, pytest.approx(10 / 3)]
    assert np.isnan(means[2])


def test_there_are_curves_for_each_scorer_reference_and_unit(cases):
    drawn = curves(cases, draw_maps(np.random.default_rng(0), cases, 50))
    keys = [(each.reference, each.unit, each.scorer) for each in drawn]
    assert len(keys) == len(set(keys)) == 8
    of_images = drawn[keys.index(("truth", IMAGES, "second"))]
    assert of_images.reliability.n_cases.sum() == len(cases.case)
    assert of_images.decision.net_benefit[0] <= cases.labels["truth"].any(axis=1).mean()


def test_any_number_of_scorers_references_and_pairs_gives_figures_of_each(cases):
    known = dict(cases.labels)
    again = replace(
        cases,
        scores={"network": cases.scores["second"], "rule": cases.scores["score"], "coin": np.full((40, 6), 0.5)},
        labels={"operator": known["label"], "truth": known["truth"], "second reader": known["truth"]},
        compared=(("rule", "network"), ("rule", "coin")),
    )
    asked = questions(again, draw_maps(np.random.default_rng(0), again, 100), 0.5)
    wanted = ["network", "rule", "coin", ALWAYS_CLEAN, "rule − network", "rule − coin"]
    assert {each.blank.reference for each in asked} == set(again.labels)
    for reference in again.labels:
        scorers = [each.blank.scorer for each in asked if each.blank.reference == reference]
        assert list(dict.fromkeys(scorers)) == wanted
        in_strata = {each.blank.scorer for each in asked if each.blank.stratum == "level mid"}
        assert in_strata == set(wanted[:4])
    found = by_key([answer(each) for each in asked if each.blank.measure == "AUC"], "operator")
    here = by_key(figures_of(cases))
    same = {field: getattr(found["rule − network", SEGMENTS, "AUC"], field) for field in ("value", "low", "p_value")}
    assert same == {field: getattr(here[APART, SEGMENTS, "AUC"], field) for field in same}
    assert found["rule − coin", IMAGES, "AUC"].value == found["rule", IMAGES, "AUC"].value - 0.5
    assert found["coin", SEGMENTS, "AUC"].value == 0.5


def test_processes_that_answer_a_share_each_give_what_one_gives(cases):
    def ask(of):
        asked = questions(of, draw_maps(np.random.default_rng(0), of, 40), 0.5)
        return [each for each in asked if each.blank.measure == "agreement"]

    sent = deepcopy(cases)  # taken apart and put together as for another process
    shares = [[answer(each) for each in ask(sent)[start::3]] for start in range(3)]
    together = [shares[place % 3][place // 3] for place in range(len(ask(cases)))]
    assert repr(together) == repr([answer(each) for each in ask(cases)])
    with pytest.raises(ValueError, match="read-only"):
        sent.scores["score"][0, 0] = 1.0


def test_a_scorer_may_not_have_the_name_of_the_baseline(cases):
    other = replace(cases, scores={ALWAYS_CLEAN: cases.scores["score"]}, compared=())
    with pytest.raises(InputError, match="a scorer has the name of the baseline; expected another name"):
        questions(other, draw_maps(np.random.default_rng(0), other, 10), 0.5)


def test_a_band_is_of_the_same_patients_as_the_figures(cases):
    drawn = draw_maps(np.random.default_rng(0), cases, 50)
    of_segments = next(each for each in curves(cases, drawn) if each.unit == SEGMENTS)
    patients = Resamples(times=drawn.times, subject=drawn.subject.repeat(6))
    band = roc_band(cases.scores["score"].ravel(), cases.labels["label"].ravel(), patients)
    assert np.array_equal(of_segments.band.low, band.low)
    assert np.array_equal(of_segments.band.high, band.high)
