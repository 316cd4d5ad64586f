"""Automatic outlines in place of true ones, and corrected labels in place of the operator's."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from few_examples import TINY, made_examples
from myoqc.errors import OutputError, ReadError
from myoqc.train import crossval_outlines, make_crossval, scorer_training
from myoqc.train.attention_loss import Arm
from myoqc.train.automatic_examples import AutomaticExamples
from myoqc.train.crossval import Run
from myoqc.train.crossval_labels import CORRECTED, learn_again
from myoqc.train.crossval_material import Material
from myoqc.train.crossval_outlines import AUTOMATIC, TRUE, Cell, compare_outlines
from myoqc.train.crossval_training import EXAMPLES, Plan
from myoqc.train.kept_examples import keep_examples, kept_before
from myoqc.train.make_crossval import Work, cross_validate
from myoqc.train.scorer_module import Schedule
from myoqc.train.scorer_training import COMPACT_RECIPE

N, NOT_FOUND = 22, (3, 21)
COHORT = {"arrays": "0", "table": "1"}
PLAN = Plan(replace(COMPACT_RECIPE, labels="operator", schedule=Schedule("cycle", 1, 1e-3)), 0, COHORT)
RUNS = [Run(Arm.SUPERVISED, 0, fold) for fold in (0, 1)]
MATERIAL = Material(SimpleNamespace(), tuple(range(N)), COHORT)
WORK = Work(1, lambda numbers, _: numbers, lambda *_: None)


def here(work, tasks, workers, gpus):
    """In place of other processes, which would not know the small network."""
    for task in tasks:
        yield work(*task)


def examples_with(seed):
    motion = np.arange(N * 6).reshape(N, 6) % 3 == 0
    return made_examples(
        (5,) * N,
        seed,
        artefact=np.where(np.arange(N) >= 20, 2, -1),
        motion=motion,
        operator=motion,
        subject=np.array([f"S{n}" for n in range(N)]),
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A cross-validation by true outlines, of two folds."""
    place = tmp_path_factory.mktemp("crossval")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scorer_training, "PRESETS", {"compact": TINY})
        patch.setattr(crossval_outlines, "PRESETS", {"compact": TINY})
        patch.setattr(make_crossval, "in_processes", here)
        patch.setattr(make_crossval, "read_slices", lambda *_: examples_with(0))
        patch.setattr(make_crossval, "runs", lambda *_: RUNS)
        patch.setattr(crossval_outlines, "read_automatic", lambda *_: AutomaticExamples(examples_with(1), NOT_FOUND))
        cross_validate(MATERIAL, place, PLAN, [Arm.SUPERVISED], 1, WORK)
        yield place


@pytest.fixture(scope="module")
def by_outlines(folder):
    return compare_outlines(MATERIAL, folder, PLAN, RUNS, WORK)


def test_networks_of_either_outlines_read_slices_by_either(by_outlines):
    assert set(by_outlines.scores) == {Cell(AUTOMATIC, AUTOMATIC), Cell(AUTOMATIC, TRUE), Cell(TRUE, AUTOMATIC)}
    for scores in by_outlines.scores.values():
        assert list(scores) == RUNS
    logits = [scores[RUNS[0]].logits for scores in by_outlines.scores.values()]
    assert all((logits[one] != logits[other]).any() for one, other in ((0, 1), (0, 2), (1, 2)))


def test_slices_without_automatic_segments_are_not_scored(by_outlines):
    assert by_outlines.not_found == NOT_FOUND
    for scores in by_outlines.scores.values():
        assert not set(NOT_FOUND) & {number for run in RUNS for number in scores[run].number.tolist()}


def test_a_slice_is_tested_in_the_same_fold_by_both_outlines(folder, by_outlines):
    for run in RUNS:
        tested = PLAN.parts(kept_before(folder / EXAMPLES, COHORT), run.fold).tested
        for scores in by_outlines.scores.values():
            assert set(tested) - set(NOT_FOUND) == set(scores[run].number) - {20, 21}


def test_what_was_done_by_other_outlines_is_not_done_again(folder, by_outlines, monkeypatch):
    monkeypatch.delattr(crossval_outlines, "read_automatic")
    monkeypatch.delattr(crossval_outlines, "scores_of")
    again = compare_outlines(MATERIAL, folder, PLAN, RUNS, replace(WORK, workers=2))
    for cell, scores in again.scores.items():
        np.testing.assert_array_equal(scores[RUNS[1]].logits, by_outlines.scores[cell][RUNS[1]].logits)


def test_other_labels_give_other_networks_and_leave_the_examples_as_they_are(folder):
    labels = ~kept_before(folder / EXAMPLES, COHORT).operator
    learnt = learn_again(folder, PLAN, RUNS[:1], labels, WORK)
    before = kept_before(folder / EXAMPLES, COHORT)
    np.testing.assert_array_equal(before.operator, ~labels)
    assert learnt[RUNS[0]].number.tolist() == [*PLAN.parts(before, 0).tested.tolist(), 20, 21]
    with pytest.raises(OutputError, match="another training"):
        learn_again(folder, PLAN, RUNS[:1], ~labels, WORK)
    relabelled = folder / CORRECTED / EXAMPLES
    assert (relabelled / "stack.npy").samefile(folder / EXAMPLES / "stack.npy")
    np.testing.assert_array_equal(np.load(relabelled / "operator.npy"), labels)


def test_labels_can_not_be_replaced_where_the_examples_are_gone(tmp_path):
    with pytest.raises(ReadError, match="examples are not there any more"):
        learn_again(tmp_path, PLAN, RUNS, np.zeros((N, 6), dtype=bool), WORK)


def test_examples_of_something_else_are_not_taken_for_those_kept_before(tmp_path):
    keep_examples(made_examples((5,)), tmp_path / EXAMPLES, COHORT)
    with pytest.raises(ReadError, match="not there any more"):
        kept_before(tmp_path / EXAMPLES, {"arrays": "2"})
