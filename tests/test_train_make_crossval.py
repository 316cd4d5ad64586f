"""A cross-validation as a whole, of a network of few weights: it goes on where it was, and scores every case."""

from dataclasses import replace
from shutil import rmtree
from types import SimpleNamespace

import numpy as np
import pytest

from few_examples import TINY, made_examples
from myoqc.errors import OutputError, ReadError
from myoqc.train import crossval_training, kept_examples, make_crossval, scorer_training
from myoqc.train.attention_loss import Arm
from myoqc.train.crossval import Run
from myoqc.train.crossval_material import Material
from myoqc.train.crossval_scores import read_scores
from myoqc.train.crossval_training import Plan, calibrated, scores_file, told_file, train_run
from myoqc.train.kept_examples import keep_examples
from myoqc.train.make_crossval import Work, cross_validate
from myoqc.train.scorer_module import Schedule
from myoqc.train.scorer_training import COMPACT_RECIPE

N = 22
RECIPE = replace(COMPACT_RECIPE, labels="operator", schedule=Schedule("cycle", 1, 1e-3))
COHORT = {"arrays": "0", "table": "1"}
PLAN = Plan(RECIPE, 0, COHORT)
TWO_EPOCHS = Plan(replace(RECIPE, schedule=Schedule("cycle", 2, 1e-3)), 0, COHORT)
ARMS = [Arm.NONE, Arm.SUPERVISED]


@pytest.fixture(scope="module", autouse=True)
def tiny_networks():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scorer_training, "PRESETS", {"compact": TINY})
        yield


@pytest.fixture(scope="module")
def examples():
    artefact = np.where(np.arange(N) >= 20, 2, -1)
    motion = np.arange(N * 6).reshape(N, 6) % 3 == 0
    return made_examples(
        (5,) * N, artefact=artefact, motion=motion, operator=motion, subject=np.array([f"S{n}" for n in range(N)])
    )


def simulated():
    """As a cohort of which the examples were made."""
    return Material(SimpleNamespace(), tuple(range(N)), COHORT)


def here(work, tasks, workers, gpus):
    """In place of other processes, which would not know the small network."""
    for task in tasks:
        yield work(*task)


@pytest.fixture
def run_all(examples, monkeypatch):
    """Cross-validates in a folder; tells what it was told."""
    read = []
    monkeypatch.setattr(make_crossval, "in_processes", here)
    monkeypatch.setattr(make_crossval, "read_slices", lambda *given: read.append(given) or examples)

    def run(folder, arms=ARMS, recipe=RECIPE, address=None):
        told = []
        work = Work(1, lambda numbers, _: numbers, lambda *figures: told.append(figures), address)
        found = cross_validate(simulated(), folder, Plan(recipe, 0, COHORT), arms, 1, work)
        return *found, told, len(read)

    return run


@pytest.fixture(scope="module")
def one_run(examples, tmp_path_factory):
    folder = tmp_path_factory.mktemp("one")
    keep_examples(examples, folder / crossval_training.EXAMPLES, COHORT)
    run = Run(Arm.SUPERVISED, 0, 2)
    assert train_run(folder, PLAN, run) == run
    return folder, run


def test_a_run_scores_its_fold_and_the_maps_with_another_artefact(one_run):
    folder, run = one_run
    scores = read_scores(scores_file(folder, run))
    assert len(scores.number) == 4 + 2
    assert scores.number[-2:].tolist() == [20, 21]
    assert ((scores.probability > 0.0) & (scores.probability < 1.0)).all()
    assert scores.minutes > 0.0


def test_logits_that_rise_with_motion_are_calibrated_and_have_thresholds():
    labels = np.arange(60).reshape(10, 6) % 4 == 0
    logits = np.where(labels, 2.0, 0.0) + np.linspace(-1.0, 1.0, 60).reshape(10, 6)
    curve, threshold = calibrated(logits, labels)
    assert curve.probability(np.array(3.0)) > 0.5 > curve.probability(np.array(-1.0))
    below = (curve.probability(logits)[~labels, None] < threshold).mean(axis=0)
    np.testing.assert_allclose(below, [0.90, 0.95], atol=1.0 / 45)  # of 45 segments without motion


def test_a_network_that_learnt_nothing_keeps_its_logits_and_has_no_threshold():
    labels = np.arange(60).reshape(10, 6) % 4 == 0
    for logits, truth in ((np.where(labels, -1.0, 1.0), labels), (np.zeros((10, 6)), np.zeros((10, 6), dtype=bool))):
        curve, threshold = calibrated(logits, truth)
        assert (curve.temperature, curve.intercept) == (1.0, 0.0)
        assert np.isnan(threshold).all()


def test_a_run_says_how_far_it_is_and_keeps_no_checkpoint_in_the_end(one_run):
    folder, run = one_run
    done, of_all = told_file(folder, run).read_text().split()
    assert done == of_all
    assert not list(told_file(folder, run).parent.rglob("*.ckpt"))


def test_a_run_without_its_examples_is_refused(tmp_path):
    with pytest.raises(ReadError, match="examples are not there any more"):
        train_run(tmp_path, PLAN, Run(Arm.NONE, 0, 0))


def test_every_case_is_scored_once_an_arm_and_slices_are_read_once(run_all, tmp_path):
    found, scores, told, n_read = run_all(tmp_path)
    assert len(found) == N
    assert len(scores) == 2 * 5
    for arm in ARMS:
        numbers = np.concatenate([each.number for run, each in scores.items() if run.arm is arm])
        assert np.bincount(numbers).tolist() == [1] * 20 + [5] * 2
    assert told[-1] == (10, 10)
    assert n_read == 1


def test_what_is_done_is_not_done_again_and_what_was_lost_is(run_all, tmp_path, monkeypatch):
    _, before, _, _ = run_all(tmp_path, [Arm.NONE])
    trained = []
    lost = Run(Arm.NONE, 0, 3)
    scores_file(tmp_path, lost).unlink()
    monkeypatch.setattr(make_crossval, "train_run", lambda *task: trained.append(task[2]) or train_run(*task))
    for kept in (crossval_training.EXAMPLES, crossval_training.TRAININGS):
        rmtree(tmp_path / kept)
    _, after, _, _ = run_all(tmp_path, [Arm.NONE])
    assert trained == [lost]
    np.testing.assert_array_equal(after[lost].logits, before[lost].logits)


class KilledError(Exception):
    """In place of a signal: what it leaves on the disk is the same, as nothing here tidies up on an error."""


def dies(*_):
    raise KilledError


def assert_same(found, wanted):
    for name in ("number", "logits", "probability", "threshold", "attention", "error", "artefacts"):
        np.testing.assert_array_equal(getattr(found, name), getattr(wanted, name))


def begun_again(examples, folder, monkeypatch, place, broken):
    """Scores of a run that was killed where ``place`` is called, and the batches that were done after it."""
    keep_examples(examples, folder / crossval_training.EXAMPLES, COHORT)
    run = Run(Arm.SUPERVISED, 0, 2)
    with monkeypatch.context() as patch:
        patch.setattr(crossval_training, place, broken)
        with pytest.raises(KilledError):
            train_run(folder, TWO_EPOCHS, run)
    assert not scores_file(folder, run).exists()
    done = []
    told = crossval_training.write_whole
    monkeypatch.setattr(crossval_training, "write_whole", lambda path, text: done.append(text) or told(path, text))
    train_run(folder, TWO_EPOCHS, run)
    return read_scores(scores_file(folder, run)), done


@pytest.fixture(scope="module")
def undisturbed(examples, tmp_path_factory):
    folder = tmp_path_factory.mktemp("undisturbed")
    keep_examples(examples, folder / crossval_training.EXAMPLES, COHORT)
    run = Run(Arm.SUPERVISED, 0, 2)
    train_run(folder, TWO_EPOCHS, run)
    return read_scores(scores_file(folder, run))


def test_a_training_that_was_killed_goes_on_and_gives_the_same_bits(examples, undisturbed, tmp_path, monkeypatch):
    def dies_in_the_second_epoch(path):
        return lambda done, of_all, _: dies() if done == of_all else None

    found, done = begun_again(examples, tmp_path, monkeypatch, "_teller", dies_in_the_second_epoch)
    assert_same(found, undisturbed)
    assert done == ["2 2"]


@pytest.mark.parametrize("place", ["write_weights", "write_scores"])
def test_a_training_that_was_killed_before_its_files_were_there_is_not_done_again(
    examples, undisturbed, tmp_path, monkeypatch, place
):
    found, done = begun_again(examples, tmp_path, monkeypatch, place, dies)
    assert_same(found, undisturbed)
    assert not done


def test_what_was_half_written_when_it_was_killed_is_read_anew_and_removed(run_all, tmp_path, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(kept_examples, "one_line", dies)
        with pytest.raises(KilledError):
            run_all(tmp_path, [])
    assert list(tmp_path.glob("*.partial"))
    (tmp_path / "scores").mkdir()
    (tmp_path / "scores" / "none-seed-0-fold-0.1f.partial.npz").write_bytes(b"half")
    _, _, _, n_read = run_all(tmp_path, [])
    assert n_read == 2
    assert not list(tmp_path.rglob("*.partial*"))


def test_with_an_address_the_trainings_are_those_of_a_cluster(run_all, tmp_path, monkeypatch):
    asked = []

    def on_ray(work, tasks, workers, address):
        asked.append((workers, address))
        return here(work, tasks, workers, ())

    monkeypatch.setattr(make_crossval, "on_ray", on_ray)
    _, scores, _, _ = run_all(tmp_path, [Arm.NONE], address="auto")
    assert len(scores) == 5
    assert asked == [(1, "auto")]


def test_another_cross_validation_in_the_same_folder_is_refused(run_all, tmp_path):
    run_all(tmp_path, [])
    with pytest.raises(OutputError, match="another"):
        run_all(tmp_path, [], replace(RECIPE, batch=8))


def test_damaged_scores_are_told_with_their_file(tmp_path):
    (tmp_path / "scores.npz").write_bytes(b"half")
    with pytest.raises(ReadError, match="these scores are damaged"):
        read_scores(tmp_path / "scores.npz")
