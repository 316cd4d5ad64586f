"""A training that was stopped goes on to the same weights; and what a folder may hold."""

import json
from dataclasses import replace

import pytest
import torch

from few_cases import cohort_of
from myoqc.errors import InputError, OutputError
from myoqc.train import segmenter_module
from myoqc.train.fitting import CHECKPOINTS, RECIPE
from myoqc.train.segmenter_network import segmenter
from myoqc.train.segmenter_training import Recipe, train_network

RECIPE_OF_TWO = Recipe(epochs=2, refining=0, batch=2, precision="32-true", seed=1)
REFINED = Recipe(epochs=1, refining=1, batch=2, precision="32-true", seed=1)
N_SUBJECTS = 6
"""Four to train on: two batches an epoch."""


class PowerCutError(Exception):
    """In the middle of an epoch."""


@pytest.fixture(autouse=True)
def small_network(monkeypatch):
    monkeypatch.setattr(segmenter_module, "segmenter", lambda: segmenter((4, 4, 4, 4, 4, 4)))


def watched(numbers, description):
    return numbers


def untold(done, of_all, figures):
    pass


def trained(folder, tell=untold, recipe=RECIPE_OF_TWO, cohort=None):
    return train_network(cohort or cohort_of(N_SUBJECTS), folder, recipe, watched, tell)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    told, folder = [], tmp_path_factory.mktemp("whole")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(segmenter_module, "segmenter", lambda: segmenter((4, 4, 4, 4, 4, 4)))
        network = trained(folder, lambda done, of_all, figures: told.append((done, of_all, figures)))
    return folder, network, told


def assert_same(network, other):
    state, other_state = network.state_dict(), other.state_dict()
    for name, value in state.items():
        assert torch.equal(value, other_state[name]), name


def test_a_training_stopped_in_its_second_epoch_goes_on_to_the_weights_of_one_that_was_not(whole, tmp_path):
    def stop(done, of_all, figures):
        if done == 3:
            raise PowerCutError

    with pytest.raises(PowerCutError):
        trained(tmp_path, stop)
    told = []
    resumed = trained(tmp_path, lambda done, of_all, figures: told.append((done, of_all)))
    assert told == [(3, 4), (4, 4)]
    assert_same(resumed, whole[1])


@pytest.mark.parametrize("stopped_after", [1, 3])
def test_a_training_stopped_in_either_phase_goes_on_to_the_same_weights(tmp_path, stopped_after):
    def stop(done, of_all, figures):
        if done == stopped_after:
            raise PowerCutError

    told = []
    straight = trained(tmp_path / "straight", lambda done, of_all, figures: told.append((done, of_all)), REFINED)
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]
    with pytest.raises(PowerCutError):
        trained(tmp_path / "stopped", stop, REFINED)
    assert_same(trained(tmp_path / "stopped", recipe=REFINED), straight)


def test_a_finished_training_gives_its_network_again_without_a_step(whole):
    folder, network, _ = whole
    told = []
    assert_same(trained(folder, lambda *figures: told.append(figures)), network)
    assert told == []


def test_a_training_tells_how_far_it_is_and_how_good(whole):
    _, _, told = whole
    assert [(done, of_all) for done, of_all, _ in told] == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert {"loss", "train/tissues"} <= set(told[0][2])
    assert {"wall", "valid/dice_cavity", "valid/loss"} <= set(told[2][2])


def test_a_training_leaves_checkpoints_and_records_in_its_folder(whole):
    folder, _, _ = whole
    assert [str(path.relative_to(folder / CHECKPOINTS)) for path in (folder / CHECKPOINTS).rglob("*.ckpt")] == [
        "first/last.ckpt"
    ]
    assert list((folder / "tensorboard" / "first").glob("events.*"))


def test_the_seed_decides_the_weights(whole, tmp_path):
    other = trained(tmp_path, recipe=replace(RECIPE_OF_TWO, seed=2))
    assert not all(
        torch.equal(a, b) for a, b in zip(whole[1].state_dict().values(), other.state_dict().values(), strict=True)
    )


@pytest.mark.parametrize(
    ("recipe", "cohort"),
    [
        (Recipe(epochs=3, batch=2, precision="32-true", seed=1), cohort_of(N_SUBJECTS)),
        (RECIPE_OF_TWO, cohort_of(N_SUBJECTS, seed=9)),
    ],
    ids=["another recipe", "another cohort"],
)
def test_a_folder_that_holds_another_training_is_refused(whole, recipe, cohort):
    folder, _, _ = whole
    before = json.loads((folder / RECIPE).read_text())
    with pytest.raises(OutputError, match=r"this folder holds another training.*Choose another folder"):
        trained(folder, recipe=recipe, cohort=cohort)
    assert json.loads((folder / RECIPE).read_text()) == before


@pytest.mark.parametrize("text", ["{", "[]", "\udcff"])
def test_a_recipe_that_can_not_be_read_is_refused(tmp_path, text):
    (tmp_path / RECIPE).write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(OutputError, match="this folder holds another training"):
        trained(tmp_path)


def test_a_cohort_of_too_few_subjects_leaves_the_folder_as_it_was(tmp_path):
    with pytest.raises(InputError, match="too few subjects"):
        trained(tmp_path / "new", cohort=cohort_of(3))
    assert not (tmp_path / "new").exists()
