"""A scorer's training: it goes on where it was killed, to the same bit, and follows its recipe."""

import shutil
import signal
import subprocess
import sys
import tempfile
from dataclasses import replace

import pytest
import torch

import killed_training
from few_cases import cohort_of
from few_examples import TINY, TINY_PAPER, made_examples
from killed_training import KILLS, LAST, RECIPE, train
from myoqc.errors import InputError, OutputError
from myoqc.train import fitting, scorer_training
from myoqc.train.attention_loss import Arm
from myoqc.train.fitting import WholeCheckpoints
from myoqc.train.scorer_batches import PUBLISHED
from myoqc.train.scorer_module import Schedule, ScorerModule
from myoqc.train.scorer_training import ScorerRecipe, read_examples, recipe_of, train_on, train_scorer

PLATEAU = replace(RECIPE, preset="paper", schedule=Schedule("plateau", 4, 1e-2, patience=0, stop=3))
SHORT = replace(RECIPE, schedule=replace(RECIPE.schedule, epochs=1))
N_SUBJECTS = 20


class PowerCutError(Exception):
    """At any moment."""


@pytest.fixture(autouse=True, scope="module")
def tiny_networks():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scorer_training, "PRESETS", {"compact": TINY, "paper": TINY_PAPER})
        yield


def is_same(network, other):
    states = network.state_dict(), other.state_dict()
    return all(torch.equal(value, states[1][name]) for name, value in states[0].items())


def stop_after(step):
    def tell(done, of_all, figures):
        if done == step:
            raise PowerCutError

    return tell


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    told, folder = [], tmp_path_factory.mktemp("whole")
    network = train(folder, lambda *figures: told.append(figures))
    return folder, network, told


@pytest.fixture(scope="module")
def killed(tmp_path_factory):
    """Folder of killed trainings, and by which signal each was ended."""
    folder = tmp_path_factory.mktemp("killed")
    command = [sys.executable, killed_training.__file__, str(folder)]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    shutil.copytree(folder / "in_the_middle_of_writing", folder / "half")
    return folder, dict(line.split() for line in said.splitlines())


@pytest.mark.parametrize("kill", [kill.__name__ for kill in KILLS])
def test_a_training_that_was_killed_goes_on_to_the_weights_of_one_that_was_not(killed, whole, kill):
    folder, ended = killed
    assert -int(ended[kill]) == (signal.SIGXFSZ if kill == "in_the_middle_of_writing" else signal.SIGKILL)
    told = []
    resumed = train(folder / kill, lambda done, of_all, figures: told.append((done, of_all)))
    assert told == [(3, 6), (4, 6), (5, 6), (6, 6)]
    assert is_same(resumed, whole[1])


@pytest.mark.parametrize(("recipe", "step"), [(RECIPE, 1), (RECIPE, 4), (PLATEAU, 3), (PLATEAU, 7)])
def test_a_training_stopped_at_any_step_goes_on_to_the_same_weights(recipe, step, straight, tmp_path):
    with pytest.raises(PowerCutError):
        train(tmp_path, stop_after(step), recipe)
    assert is_same(train(tmp_path, recipe=recipe), straight(recipe))


@pytest.fixture(scope="module")
def straight(whole, tmp_path_factory):
    """The network of a training that was never stopped."""
    networks = {RECIPE: whole[1]}

    def network_of(recipe):
        if recipe not in networks:
            networks[recipe] = train(tmp_path_factory.mktemp("straight"), recipe=recipe)
        return networks[recipe]

    return network_of


def test_a_kill_during_writing_leaves_half_a_file_beside_a_whole_checkpoint(killed):
    left = killed[0] / "half" / LAST
    (half,) = left.parent.glob("*.partial")
    assert 0 < half.stat().st_size < left.stat().st_size
    assert torch.load(left)["global_step"] == 2


def test_a_checkpoint_is_written_beside_its_place_and_leaves_nothing_else(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "no such folder"))
    path = tmp_path / "new" / "last.ckpt"
    for epoch in (1, 2):
        WholeCheckpoints().save_checkpoint({"epoch": epoch}, path)
        assert torch.load(path) == {"epoch": epoch}
    assert list(path.parent.iterdir()) == [path]


def test_a_finished_training_gives_its_network_again_without_a_step(whole):
    told = []
    assert is_same(train(whole[0], lambda *figures: told.append(figures)), whole[1])
    assert told == []


def test_a_training_tells_how_far_it_is_and_what_its_losses_add_up_to(whole):
    told = whole[2]
    assert [(done, of_all) for done, of_all, _ in told] == [(step, 6) for step in range(1, 7)]
    for _, _, figures in told:
        parts = [figures[f"train/{name}"] for name in ("labels", "maps", "attention", "error", "artefacts")]
        assert figures["loss"] == pytest.approx(sum(parts), rel=1e-5)
    assert {"valid/loss", "valid/inside", "valid/labels"} <= set(told[-1][2])


def test_the_seed_decides_the_weights(whole, tmp_path):
    assert is_same(train(tmp_path / "same"), whole[1])
    assert not is_same(train(tmp_path / "other", recipe=replace(RECIPE, seed=2)), whole[1])


def test_validation_sees_the_same_batches_in_every_epoch(tmp_path, monkeypatch):
    seen = []
    monkeypatch.setattr(ScorerModule, "validation_step", lambda self, numbers, _: seen.append(numbers.tolist()))
    train(tmp_path)
    assert len(seen) == 6
    assert seen[:2] == seen[2:4] == seen[4:]


def rates_of(monkeypatch, folder, losses, recipe):
    """The learning rate in each epoch of a training whose validation losses are these."""
    rates = []

    def validated(self, numbers, _):
        if not rates or len(rates) <= self.current_epoch:
            rates.append(self.trainer.optimizers[0].param_groups[0]["lr"])
        self.log("valid/loss", torch.tensor(losses[self.current_epoch]), batch_size=len(numbers))

    monkeypatch.setattr(ScorerModule, "validation_step", validated)
    network = train(folder, recipe=recipe)
    return rates, network


def test_the_rate_is_divided_by_ten_after_its_patience_and_training_ends_after_its_own(tmp_path, monkeypatch):
    recipe = replace(PLATEAU, schedule=Schedule("plateau", 20, 1e-2, patience=2, stop=5))
    losses = [2.0, 1.0] + 18 * [1.0]
    rates, network = rates_of(monkeypatch, tmp_path, losses, recipe)
    # Best in epoch 1; two epochs are waited for, and the third without gain divides.
    assert rates == pytest.approx(5 * [1e-2] + 2 * [1e-3])
    again, same = rates_of(monkeypatch, tmp_path, losses, recipe)
    assert again == []
    assert is_same(network, same)


def test_the_rate_stays_while_the_loss_falls(tmp_path, monkeypatch):
    recipe = replace(PLATEAU, schedule=Schedule("plateau", 5, 1e-2, patience=0, stop=2))
    rates, _ = rates_of(monkeypatch, tmp_path, [5.0, 4.0, 3.0, 2.0, 1.0], recipe)
    assert rates == pytest.approx(5 * [1e-2])


def test_a_cycle_has_as_many_steps_as_the_training(whole):
    folder, _, told = whole
    (cycle,) = torch.load(folder / LAST)["lr_schedulers"]
    assert cycle["total_steps"] == told[-1][1] == 6


def test_the_truth_is_learnt_from_unless_the_operator_is_asked_for(tmp_path):
    drawn, held = made_examples(), made_examples(seed=9)
    other = {"operator": ~drawn.motion}
    networks = [
        train_on(replace(drawn, **fields), held, tmp_path / str(number), replace(SHORT, **labels), lambda *_: None)
        for number, (fields, labels) in enumerate([({}, {}), (other, {}), (other, {"labels": "operator"})])
    ]
    assert is_same(networks[0], networks[1])
    assert not is_same(networks[0], networks[2])


def test_supervision_brings_attention_into_the_segments_and_its_absence_does_not(tmp_path):
    schedule = Schedule("cycle", epochs=15, learning_rate=1e-2)
    inside = {}
    for arm in (Arm.NONE, Arm.SUPERVISED):
        told, recipe = [], replace(RECIPE, attention=arm, schedule=schedule)
        train(tmp_path / arm.value, lambda *said, told=told: told.append(said[2].get("valid/inside")), recipe)
        inside[arm] = told[-1]
    # A segment is one 25th of the crop.
    assert inside[Arm.NONE] < 0.06
    assert inside[Arm.SUPERVISED] > 0.1


def test_the_usual_recipes_are_the_published_one_and_a_short_one():
    paper = recipe_of("paper", seed=3)
    assert (paper.preset, paper.batch, paper.seed, paper.chance) == ("paper", 16, 3, PUBLISHED)
    assert (PUBLISHED.turn_deg, PUBLISHED.shift_px, PUBLISHED.shade, PUBLISHED.noise) == (5.0, 10.0, 0.0, 0.0)
    schedule = paper.schedule
    assert (schedule.kind, schedule.learning_rate, schedule.patience, schedule.stop) == ("plateau", 1e-3, 30, 50)
    assert recipe_of("compact") == ScorerRecipe()
    assert recipe_of("compact", attention=Arm.SHUFFLED).attention is Arm.SHUFFLED


def watched(numbers, description):
    return numbers


@pytest.fixture(scope="module")
def cohorts():
    return [cohort_of(N_SUBJECTS)]


def train_short(cohorts, folder, recipe=SHORT):
    return train_scorer(cohorts, folder, recipe, watched, lambda *_: None).network


@pytest.fixture(scope="module")
def begun(cohorts, tmp_path_factory):
    folder = tmp_path_factory.mktemp("begun")
    return folder, train_short(cohorts, folder)


def test_a_cohort_is_learnt_from_and_the_same_again_gives_the_same(begun, cohorts):
    folder, network = begun
    assert is_same(train_short(cohorts, folder), network)


@pytest.mark.parametrize(
    ("recipe", "seed"),
    [(replace(SHORT, batch=5), 0), (replace(SHORT, attention=Arm.NONE), 0), (SHORT, 9)],
    ids=["batch", "arm", "cohort"],
)
def test_a_folder_that_holds_another_training_is_refused(begun, recipe, seed):
    before = (begun[0] / fitting.RECIPE).read_text()
    with pytest.raises(OutputError, match=r"this folder holds another training.*Choose another folder"):
        train_short([cohort_of(N_SUBJECTS, seed=seed)], begun[0], recipe)
    assert (begun[0] / fitting.RECIPE).read_text() == before


@pytest.mark.parametrize(("n", "problem"), [(3, "too few subjects"), (8, "no basal or mid slice")])
def test_cohorts_that_can_not_be_learnt_from_leave_the_folder_as_it_was(tmp_path, n, problem):
    with pytest.raises(InputError, match=problem):
        train_short([cohort_of(N_SUBJECTS), cohort_of(n)], tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_nobody_is_read_for_two_parts_and_every_cohort_is_read(cohorts):
    two = [*cohorts, cohort_of(N_SUBJECTS, seed=4)]
    counts = {part: len(read_examples(two, part, 1, watched)) for part in ("trained", "validated", "tested")}
    once = {part: len(read_examples(cohorts, part, 1, watched)) for part in counts}
    assert all(counts[part] == 2 * once[part] > 0 for part in counts)
    assert sum(once.values()) == N_SUBJECTS / 2
