import numpy as np
import pytest

from audited_labels import labels_of, read_by_people
from myoqc.errors import GeometryError, InputError
from myoqc.evaluate import draw_resamples
from myoqc.evaluate.audit import (
    AUC,
    BEST,
    CHANCE,
    MAPS,
    SEGMENTS,
    Errors,
    asked,
    by_cleanlab,
    by_difference,
    consensus,
    error_kinds,
    found_at,
    found_curve,
    known_raters,
    marks_of,
    most_suspicious,
    reread_labels,
    told_apart,
)

NONE, FIRST, ALL = [0] * 6, [1, 0, 0, 0, 0, 0], [1] * 6


@pytest.fixture(scope="module")
def people():
    return read_by_people()


def test_suspicion_of_a_label_is_the_probability_of_the_other_answer():
    label = np.array([FIRST, NONE], dtype=bool)
    score = np.array([[0.9, 0.2, 0.1, 0.0, 0.0, 0.0], [0.7, 0.6, 0.1, 0.0, 0.0, 0.0]])
    expected = [[0.1, 0.2, 0.1, 0.0, 0.0, 0.0], [0.7, 0.6, 0.1, 0.0, 0.0, 0.0]]
    np.testing.assert_allclose(by_cleanlab(label, score).segment, expected, atol=1e-12)
    np.testing.assert_allclose(by_difference(label, score).segment, expected, atol=1e-12)


def test_the_least_likely_label_weighs_most_in_a_map():
    score = np.array([[0.7, 0.6, 0.0, 0.0, 0.0, 0.0], [0.7, 0.0, 0.0, 0.0, 0.0, 0.0], [1.0, 0.0, 0.0, 0.0, 0.0, 0.0]])
    found = by_cleanlab(np.array([NONE, NONE, FIRST], dtype=bool), score)
    np.testing.assert_allclose(found.map, [0.8 * 0.7 + 0.16 * 0.6, 0.8 * 0.7, 0.0], atol=1e-12)
    assert found.order.tolist() == [0, 1, 2]
    np.testing.assert_allclose(by_difference(np.array([NONE], dtype=bool), score[:1]).map, [1.3 / 6])


def test_labels_against_their_score_are_in_question_or_else_the_least_sure_one():
    score = np.array([[0.7, 0.5, 0.4, 0.0, 0.0, 0.0], [0.1, 0.3, 0.2, 0.0, 0.0, 0.0], [0.2, 0.0, 0.0, 0.0, 0.0, 0.0]])
    found = by_cleanlab(np.array([NONE, NONE, FIRST], dtype=bool), score)
    assert found.in_question.astype(int).tolist() == [[1, 1, 0, 0, 0, 0], [0, 1, 0, 0, 0, 0], FIRST]


def test_at_least_one_map_is_chosen_and_equal_ones_in_the_order_of_the_table():
    label = np.zeros((10, 6), dtype=bool)
    label[9] = True
    suspicion = by_difference(label, np.zeros((10, 6)))
    assert np.flatnonzero(most_suspicious(suspicion, 0.01)).tolist() == [9]
    assert np.flatnonzero(most_suspicious(suspicion, 0.3)).tolist() == [0, 1, 9]


def figures(labels, suspicions, n_resamples=100):
    drawn = draw_resamples(np.random.default_rng(0), labels.patient, n_resamples)
    found = [call() for call in asked(suspicions, labels.wrong, drawn)]
    return {(each.by, each.unit, each.measure): each for each in found}


def test_a_list_that_knows_the_truth_finds_all_that_can_be_found():
    label = np.zeros((40, 6), dtype=bool)
    truth = label.copy()
    truth[::10] = True
    labels = labels_of(label, truth, truth.astype(float))
    found = figures(labels, [by_difference(label, labels.score)])
    for unit, n_wrong, n in ((SEGMENTS, 24, 240), (MAPS, 4, 40)):
        of_list = {name: found["|label − score|", unit, name] for name in (AUC, found_at(0.05), found_at(0.1))}
        assert [each.value for each in of_list.values()] == [1.0, 0.5, 1.0]
        assert {(each.n_wrong, each.n) for each in of_list.values()} == {(n_wrong, n)}
        assert [found[CHANCE, unit, found_at(share)].value for share in (0.05, 0.1, 0.2)] == [0.05, 0.1, 0.2]
        assert [found[BEST, unit, found_at(share)].value for share in (0.05, 0.1, 0.2)] == [0.5, 1.0, 1.0]


def test_no_list_is_better_than_the_best_and_errors_of_people_are_found(people):
    suspicions = [by_cleanlab(people.label, people.score), by_difference(people.label, people.score)]
    found = figures(people, suspicions)
    for unit in (SEGMENTS, MAPS):
        for share in (0.05, 0.1, 0.2):
            chance, of_list, best = (found[by, unit, found_at(share)].value for by in (CHANCE, "cleanlab", BEST))
            assert chance < of_list <= best
        area = found["cleanlab", unit, AUC]
        assert 0.9 < area.low < area.value < area.high < 1.0
        assert area.interval == "clustered DeLong"
    assert found["cleanlab", SEGMENTS, AUC].value == pytest.approx(found["|label − score|", SEGMENTS, AUC].value)


def test_the_curve_rises_from_none_to_all_and_agrees_with_the_figures(people):
    suspicion = by_cleanlab(people.label, people.score)
    found = figures(people, [suspicion])
    for unit in (SEGMENTS, MAPS):
        curve = found_curve(suspicion, people.wrong, unit)
        assert (curve.found[0], curve.found[-1]) == (0.0, 1.0)
        assert (np.diff(curve.found) >= 0.0).all()
        assert curve.found[20] == found["cleanlab", unit, found_at(0.2)].value


def test_where_nothing_is_wrong_nothing_can_be_found():
    labels = labels_of([FIRST, NONE], [FIRST, NONE])
    suspicion = by_difference(labels.label, labels.score)
    with pytest.raises(InputError, match="no label is wrong"):
        found_curve(suspicion, labels.wrong, MAPS)
    with pytest.raises(InputError, match="without cases of both kinds"):
        figures(labels, [suspicion])


def test_every_wrong_map_is_of_one_kind(people):
    kinds = error_kinds(people, by_cleanlab(people.label, people.score))
    assert sum(kind.n_maps for kind in kinds) == people.wrong.any(axis=1).sum()
    assert sum(kind.n_labels for kind in kinds) == people.wrong.sum()


def test_kinds_of_errors_made_by_hand():
    truth = [FIRST, NONE, ALL, FIRST, FIRST, NONE]
    label = [NONE, ALL, FIRST, ALL, [0, 1, 0, 0, 0, 0], NONE]
    labels = labels_of(label, truth)
    kinds = error_kinds(labels, by_difference(labels.label, labels.score))
    assert [(kind.n_maps, kind.n_labels) for kind in kinds] == [(1, 1), (1, 6), (1, 5), (1, 5), (1, 2)]
    assert kinds[1].found == (1.0, 1.0, 1.0)
    nothing = labels_of([NONE, FIRST], [FIRST, FIRST])
    unknown = error_kinds(nothing, by_difference(nothing.label, nothing.score))[1]
    assert unknown.n_maps == 0
    assert np.isnan(unknown.found).all()


def test_what_is_read_anew_is_the_second_readers_and_the_rest_stays():
    truth, label = [FIRST, NONE, NONE, ALL], [NONE, NONE, FIRST, ALL]
    second = np.array([FIRST, ALL, FIRST, NONE], dtype=bool)
    labels = labels_of(label, truth, second=second)
    suspicion = by_difference(labels.label, labels.score)
    half = reread_labels(labels, suspicion, 0.5)
    assert half.reread.tolist() == [True, False, True, False]
    assert half.label.astype(int).tolist() == [FIRST, NONE, FIRST, ALL]
    assert (half.n_changed, half.n_maps_changed) == (1, 1)
    assert (half.before, half.after) == (Errors(2, 2), Errors(1, 1))
    np.testing.assert_array_equal(reread_labels(labels, suspicion, 0.0).label, labels.label)
    np.testing.assert_array_equal(reread_labels(labels, suspicion, 1.0).label, second)


def test_three_raters_who_err_by_themselves_are_found_out():
    rng = np.random.default_rng(3)
    truth = rng.random((1000, 6)) < 0.25
    rates = {"a": (0.9, 0.95), "b": (0.7, 0.99), "c": (0.8, 0.9)}
    marks = {
        name: np.where(truth, rng.random(truth.shape) < found, rng.random(truth.shape) > clean)
        for name, (found, clean) in rates.items()
    }
    together = consensus(marks)
    assert [rater.name for rater in together.raters] == list(rates)
    for rater, expected in zip(together.raters, rates.values(), strict=True):
        np.testing.assert_allclose((rater.sensitivity, rater.specificity), expected, atol=0.04)
    alone = [(each == truth).mean() for each in marks.values()]
    assert ((together.probability >= 0.5) == truth).mean() > max(alone)


def test_two_raters_or_marks_of_one_kind_settle_nothing():
    marks = np.zeros((2, 6), dtype=bool)
    with pytest.raises(InputError, match="too few raters to tell who errs; expected 3 or more; found 2"):
        consensus({"a": marks, "b": ~marks})
    with pytest.raises(InputError, match="all marks are the same"):
        consensus({"a": marks, "b": marks, "c": marks})


def test_a_score_orders_what_the_consensus_leaves_equal_and_nothing_else():
    together, score = np.array([[0.2, 0.2, 0.200002, 0.9, 0.0, 1.0]]), np.array([[0.9, 0.1, 0.0, 0.0, 0.0, 1.0]])
    told = told_apart(together, score)[0]
    assert told.argsort().tolist() == [4, 1, 0, 2, 3, 5]
    np.testing.assert_allclose(told, together[0], atol=2e-6)
    assert told.max() <= 1.0


def test_raters_are_known_by_the_truth():
    labels = labels_of([FIRST, NONE], [[1, 1, 0, 0, 0, 0], NONE], second=np.ones((2, 6), dtype=bool))
    known = known_raters(labels)
    assert (known["label"].sensitivity, known["label"].specificity) == (0.5, 1.0)
    assert (known["second reader"].sensitivity, known["second reader"].specificity) == (1.0, 0.0)
    assert marks_of(labels)["machine"].sum() == 2
    assert np.isnan(known_raters(labels_of([NONE], [NONE]))["label"].sensitivity)


def test_labels_of_other_maps_are_refused():
    with pytest.raises(GeometryError, match="not the same maps; expected 2"):
        labels_of([FIRST], [FIRST, NONE])
