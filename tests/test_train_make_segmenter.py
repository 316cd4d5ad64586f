"""From a cohort to a card: who may be trained on, what the card says, and what it says where little was found."""

import json
import shlex
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from typer.testing import CliRunner

from few_cases import FewCases, simulated
from myoqc.cli import simulated_cohort, trained_segmenter
from myoqc.cli.app import app
from myoqc.errors import InputError
from myoqc.locate import read_segmenter
from myoqc.locate.channels import CHANNELS
from myoqc.locate.outputs import N_OUTPUTS
from myoqc.locate.segmenter import CARD_FILE
from myoqc.train import make_segmenter as making
from myoqc.train.make_segmenter import LEAST_FOUND, make_segmenter
from myoqc.train.segmenter_export import WEIGHTS_FILE, write_card
from myoqc.train.segmenter_training import Recipe

MADE_OF = {"preset": "levels", "patients": 12, "seed": 7, "anatomies": None, "real_share": 0.0}


@dataclass(frozen=True)
class Made(FewCases):
    """A few cases with what a cohort says of itself."""

    folder: Path = Path("cohort")

    @property
    def about(self):
        return super().about | {"made_of": MADE_OF}

    @property
    def rows(self):
        levels = [case.acquisition.key.level.value for case in self.cases]
        return tuple(row | {"level": level} for row, level in zip(super().rows, levels, strict=True))


def made(n_cases=10):
    few = simulated()
    return Made(tuple(few[number % len(few)] for number in range(n_cases)))


# --- the whole --------------------------------------------------------------------------------------------------------


def blind():
    """A network to which everything is background."""
    network = torch.nn.Conv2d(len(CHANNELS), N_OUTPUTS, 1)
    with torch.no_grad():
        network.weight.zero_()
        network.bias.copy_(torch.tensor([8.0] + [-8.0] * (N_OUTPUTS - 1)))
    return network


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    folder, asked = tmp_path_factory.mktemp("made"), []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(making, "train_network", lambda *arguments: asked.append(arguments) or blind())
        card = make_segmenter(made(), folder, Recipe(seed=3), lambda numbers, text: numbers, lambda *_: None)
    return folder, card, asked


def test_the_card_that_is_returned_is_the_one_in_the_folder_and_opens_its_weights(whole):
    folder, card, asked = whole
    assert len(asked) == 1
    assert json.loads((folder / CARD_FILE).read_text()) == json.loads(json.dumps(card))
    assert read_segmenter(folder).digest == card["files"]["segmenter.onnx"]
    assert (folder / WEIGHTS_FILE).exists()


def test_the_card_says_what_was_learnt_from_and_who_was_set_aside(whole):
    _, card, _ = whole
    assert card["recipe"] == {
        "epochs": 72,
        "refining": 24,
        "batch": 16,
        "learning_rate": 3e-3,
        "seed": 3,
        "precision": "bf16-mixed",
    }
    learnt = card["trained_on"]
    assert learnt["simulated"] is True
    assert learnt["made_of"] == MADE_OF
    assert learnt["subjects"] == learnt["slices"] == {"trained": 7, "validated": 1, "tested": 2}
    assert learnt["real_subjects"] == {"trained": [], "validated": [], "tested": []}
    assert set(card["software"]) == {"torch", "monai", "lightning", "onnx", "numpy"}
    assert card["limits"]


def test_a_network_that_finds_nothing_is_made_and_its_card_says_that_nothing_was_calibrated(whole):
    _, card, _ = whole
    assert card["figures_on_simulated_images"]["all"]["n"] == 2
    assert card["figures_on_simulated_images"]["all"]["found"] == 0.0
    assert card["quality"] == {
        "slope": 1.0,
        "intercept": 0.0,
        "least": 0.6,
        "doubtful": 0.75,
        "calibrated_on": 0,
        "rank_correlation_with_overlap": None,
    }


def test_a_card_never_holds_what_is_no_json(tmp_path):
    with pytest.raises(ValueError, match="not JSON compliant"):
        write_card({"quality": {"slope": float("nan")}}, tmp_path)


# --- who may be trained on --------------------------------------------------------------------------------------------


def test_a_cohort_without_apical_slices_is_refused_before_anything_is_trained(tmp_path):
    basal_and_mid = replace(made(), cases=made().cases[:2])
    with pytest.raises(InputError, match=r"no apical slices.*--preset levels"):
        make_segmenter(basal_and_mid, tmp_path, Recipe(), lambda numbers, text: numbers, lambda *_: None)
    assert not list(tmp_path.iterdir())


# --- the command on the card ------------------------------------------------------------------------------------------


def told(command, monkeypatch):
    """The request and the recipe that the two commands on a card ask for."""
    asked = {}
    monkeypatch.setattr(
        simulated_cohort, "make_with_progress", lambda out, request, workers: asked.update(cohort=request)
    )
    monkeypatch.setattr(simulated_cohort, "print_cohort", lambda cohort: None)
    monkeypatch.setattr(trained_segmenter, "train_with_progress", lambda *folders, **recipe: asked.update(recipe))
    monkeypatch.setattr(trained_segmenter, "print_card", lambda card, out: None)
    for part in command.split(" && "):
        program, *arguments = shlex.split(part)
        result = CliRunner().invoke(app, arguments)
        assert (program, result.exit_code) == ("myoqc", 0), result.output
    return asked.pop("cohort"), Recipe(**asked)


@pytest.mark.parametrize(
    "recipe",
    [Recipe(), Recipe(epochs=2, batch=4, learning_rate=5e-4, seed=9, precision="32-true")],
    ids=["usual", "other"],
)
@pytest.mark.parametrize("patients", [12, None])
def test_the_command_on_the_card_asks_for_the_same_cohort_and_the_same_recipe(recipe, patients, monkeypatch):
    cohort = SimpleNamespace(about={"made_of": MADE_OF | {"patients": patients}})
    request, again = told(making._command(cohort, recipe), monkeypatch)
    assert again == recipe
    assert (request.preset, request.patients, request.seed, request.anatomies) == ("levels", patients, 7, None)


def test_the_command_on_the_card_names_the_share_of_real_hearts():
    cohort = SimpleNamespace(about={"made_of": MADE_OF | {"anatomies": "5" * 64, "real_share": 0.4}})
    assert " --anatomies DIR --real-share 0.4 && " in making._command(cohort, Recipe())


# --- how certainty is read --------------------------------------------------------------------------------------------


def judged(promised, overlap):
    pairs = zip(promised, overlap, strict=True)
    missed = SimpleNamespace(found=False, quality=float("nan"), dice_wall=0.0)
    return [missed, *(SimpleNamespace(found=True, quality=float(p), dice_wall=float(o)) for p, o in pairs)]


EVEN = np.linspace(0.5, 0.9, LEAST_FOUND)


def test_the_line_is_that_through_the_slices_in_which_a_heart_was_found():
    quality = making._quality(judged(EVEN, 1.5 * EVEN - 0.4))
    assert quality == {"slope": 1.5, "intercept": -0.4, "least": 0.6, "doubtful": 0.75, "calibrated_on": LEAST_FOUND}
    assert making._correlation(judged(EVEN, 1.5 * EVEN - 0.4)) == 1.0


@pytest.mark.parametrize(
    ("promised", "overlap"),
    [
        ([], []),
        ([0.7], [0.8]),
        (EVEN[1:], EVEN[1:]),
        (np.full(20, 0.8), np.linspace(0.5, 0.9, 20)),
        (np.linspace(0.5, 0.9, 20), np.full(20, 0.8)),
        (EVEN, EVEN[::-1]),
    ],
    ids=["none", "one", "nine", "all promise the same", "all are the same", "the best are promised least"],
)
def test_a_line_that_tells_nothing_is_not_used(promised, overlap):
    quality = making._quality(judged(promised, overlap))
    assert (quality["slope"], quality["intercept"], quality["calibrated_on"]) == (1.0, 0.0, 0)


@pytest.mark.parametrize("n", [0, 1, LEAST_FOUND - 1])
def test_too_few_slices_have_no_rank_correlation(n):
    assert making._correlation(judged(EVEN[:n], EVEN[:n])) is None


def test_overlaps_that_are_all_the_same_have_no_rank_correlation():
    assert making._correlation(judged(EVEN, np.full(LEAST_FOUND, 0.8))) is None
    assert making._correlation(judged(EVEN, EVEN[::-1])) == -1.0
