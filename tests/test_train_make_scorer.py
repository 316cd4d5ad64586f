"""From cohorts to a folder that can score: card, weights, and how the answers are to be read."""

import json
from dataclasses import replace
from types import MappingProxyType

import numpy as np
import pytest
from typer.testing import CliRunner

from few_examples import TINY, made_examples
from myoqc import evaluate
from myoqc.cli import trained_scorer
from myoqc.cli.app import app
from myoqc.errors import InputError
from myoqc.score import read_scorer
from myoqc.score.network import KIND, Answers
from myoqc.train import make_scorer as making
from myoqc.train.attention_loss import Arm
from myoqc.train.make_scorer import make_scorer
from myoqc.train.scorer_answers import answers_of
from myoqc.train.scorer_examples import FEATURES
from myoqc.train.scorer_export import WEIGHTS_FILE
from myoqc.train.scorer_figures import scorer_figures
from myoqc.train.scorer_network import PAPER, ScorerNetwork
from myoqc.train.scorer_training import ScorerRecipe, Trained

N_SLICES = 60


def examples(seed=0, **fields):
    """Enough slices to say what is familiar, of which none has more of anything than another."""
    rng = np.random.default_rng(seed)
    given = {
        "features": rng.normal(10.0, 1.0, (N_SLICES, len(FEATURES))),
        "error_ms": rng.normal(0.0, 40.0, (N_SLICES, 6)).astype(np.float32),
    }
    return made_examples((7,) * N_SLICES, seed, **(given | fields))


class Counted:
    """As a cohort, to those who ask what it was made of."""

    about = MappingProxyType({"made_of": {"preset": "multi", "seed": 1}, "sha256": {"arrays": "0", "table": "0"}})
    subjects = np.array([f"S{number}" for number in range(100)])

    def __init__(self, moving=100):
        plan = {"plan": {"patient": {"anatomy": None}}}
        self.rows = tuple(
            {"subject": f"S{n}", "drawn": plan, "motion": [0, int(n < moving), 0, 0, 0, 0]} for n in range(100)
        )


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("made")
    # As its truth has it, and a little noise: a network that learnt something.
    held, tested = examples(1), examples(2)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(making, "train_scorer", lambda *_: Trained(ScorerNetwork(TINY).eval(), examples(3), held))
        patch.setattr(making, "read_examples", lambda *_: tested)
        patch.setattr(making, "answers_of", lambda network, slices: knowing(slices))
        card = make_scorer([Counted()], folder, ScorerRecipe(), lambda numbers, text: numbers, lambda *_: None)
    return folder, card, tested


def knowing(slices):
    """Answers that are mostly right."""
    rng = np.random.default_rng(5)
    logits = 4.0 * slices.motion - 2.0 + rng.normal(0.0, 1.0, slices.motion.shape)
    error = slices.error[..., None] + np.array([-0.05, 0.02, 0.05])
    attention = np.ones((len(slices), 6, 20, 20))
    parts = (logits, attention, error, np.full((len(slices), 5), 0.1))
    return Answers(*(part.astype(np.float32) for part in parts))


def test_what_was_made_can_score(made):
    folder, card, _ = made
    scorer = read_scorer(folder)
    assert scorer.name == card["name"]
    assert scorer.threshold == card["thresholds"]["0.90"]
    assert (folder / WEIGHTS_FILE).exists()
    assert json.loads((folder / KIND.card_file).read_text()) == json.loads(json.dumps(card))


def test_the_threshold_of_the_logit_is_that_of_the_probability(made):
    _, card, _ = made
    scorer = read_scorer(made[0])
    at_threshold = scorer.curve.probability(np.array(card["logit_at_90"]))
    assert float(at_threshold) == pytest.approx(scorer.threshold)


def test_the_card_says_who_was_set_aside_and_what_was_learnt_from(made):
    _, card, _ = made
    (learnt,) = card["trained_on"]
    assert learnt["simulated"] is True
    assert learnt["subjects"] == {"trained": 75, "validated": 10, "tested": 15}
    assert card["recipe"]["attention"] == "supervised"
    assert card["limits"]


def test_its_sentence_tells_how_many_it_finds_and_how_many_it_calls_wrongly(made):
    _, card, tested = made
    found = knowing(tested).logits >= card["logit_at_90"]
    share, wrong = found[tested.motion].mean(), found[~tested.motion].mean()
    assert f"finds {share:.0%} of the segments with motion, and calls {wrong:.0%} of those" in card["performance"]


def test_a_network_without_further_outputs_is_kept_as_weights_alone(tmp_path, monkeypatch):
    small = ScorerNetwork(replace(PAPER, widths=(2, 2, 4, 4), blocks=(1, 1, 1, 1), first_stride=8)).eval()
    slices = examples(1)
    monkeypatch.setattr(making, "train_scorer", lambda *_: Trained(small, slices, slices))
    monkeypatch.setattr(making, "read_examples", lambda *_: slices)
    monkeypatch.setattr(making, "answers_of", lambda network, _: without_errors(slices))
    card = make_scorer([Counted()], tmp_path, ScorerRecipe(preset="paper"), lambda numbers, text: numbers, print)
    assert card["files"] == {}
    assert "error_widening" not in card
    assert {path.name for path in tmp_path.iterdir()} == {KIND.card_file, WEIGHTS_FILE}


def test_a_cohort_too_small_to_calibrate_on_is_refused_before_anything_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr(making, "train_scorer", lambda *_: pytest.fail("trained all the same"))
    with pytest.raises(InputError, match=r"too few subjects to calibrate on; expected 9 or more .*; found \d"):
        make_scorer([Counted(moving=40)], tmp_path, ScorerRecipe(), lambda numbers, text: numbers, print)
    assert not list(tmp_path.iterdir())


def without_errors(slices):
    known = knowing(slices)
    return Answers(known.logits, known.attention, np.full_like(known.error, np.nan), known.artefacts)


# --- answers and figures ----------------------------------------------------------------------------------------------


def test_answers_come_in_the_order_of_the_examples_whatever_the_number_of_images():
    slices = made_examples((7, 5, 7, 11, 5), seed=3)
    network = ScorerNetwork(TINY).eval()
    together = answers_of(network, slices)
    for number in range(len(slices)):
        alone = type(slices)(*(getattr(slices, name)[[number]] for name in slices.__dataclass_fields__))
        np.testing.assert_allclose(answers_of(network, alone).logits[0], together.logits[number], atol=1e-5)


def test_figures_against_truth_and_against_the_operator_are_kept_apart():
    motion = np.zeros((N_SLICES, 6), dtype=bool)
    motion[::2, 2] = True
    slices = examples(operator=~motion, motion=motion)
    figures = scorer_figures(slices, knowing(slices), 0.0)["all"]
    against_truth, against_operator = (figures[f"network, against {judge}"] for judge in ("truth", "operator"))
    assert against_truth["segment AUC"] == pytest.approx(1.0 - against_operator["segment AUC"], abs=1e-3)
    expected = evaluate.auc(*evaluate.by_segment(knowing(slices).logits.astype(float), motion))
    assert against_truth["segment AUC"] == pytest.approx(expected, abs=1e-4)


def test_figures_are_given_for_real_and_for_drawn_hearts_and_with_another_artefact():
    names = np.array(["sunnybrook/X"] * 20 + ["P0001"] * 40)
    artefact = np.where(np.arange(N_SLICES) % 3 == 0, 1, -1)
    slices = examples(subject=names, artefact=artefact)
    figures = scorer_figures(slices, knowing(slices), 0.0)
    assert {kind: each["slices"] for kind, each in figures.items()} == {
        "all": 60,
        "drawn": 40,
        "real anatomies": 20,
        "no other artefact": 40,
        "other artefact": 20,
    }
    assert figures["real anatomies"]["subjects"] == 1


def test_false_alarms_are_counted_on_still_slices_alone():
    motion = np.zeros((N_SLICES, 6), dtype=bool)
    motion[30:] = True
    slices, answers = examples(motion=motion), knowing(examples(motion=motion))
    answers.logits[:30], answers.logits[30:] = -1.0, 1.0
    answers.logits[:3, 0] = 1.0
    figures = scorer_figures(slices, answers, 0.5)["all"]
    assert figures["segments of still slices called moved"] == pytest.approx(3 / 180, abs=1e-4)
    assert figures["still slices called moved"] == pytest.approx(0.1)


def test_errors_of_t1_are_judged_where_something_moved():
    motion = np.zeros((N_SLICES, 6), dtype=bool)
    motion[0, 0] = True
    error_ms = np.full((N_SLICES, 6), 500.0, dtype=np.float32)
    error_ms[0, 0] = 30.0
    slices = examples(motion=motion, error_ms=error_ms)
    figures = scorer_figures(slices, knowing(slices), 0.0)["all"]
    assert figures["mean absolute error of the error of T1, ms"] == pytest.approx(
        0.02 * slices.wall_t1_ms[0], abs=0.005
    )
    assert figures["the same of calling it 0, ms"] == pytest.approx(30.0)
    assert figures["its intervals that hold the truth"] == 1.0


# --- the command ------------------------------------------------------------------------------------------------------


def test_the_command_trains_on_every_cohort_with_the_recipe_asked_for(monkeypatch, tmp_path):
    asked = []
    monkeypatch.setattr(trained_scorer.Cohort, "open", lambda folder: folder)
    monkeypatch.setattr(trained_scorer, "_train", lambda *given: asked.append(given))
    monkeypatch.setattr(trained_scorer, "print_card", lambda card, out: None)
    given = ["train", "A", "B", "--out", str(tmp_path), "--attention", "shuffled", "--epochs", "3"]
    assert CliRunner().invoke(app, given).exit_code == 0
    ((cohorts, out, recipe),) = asked
    assert [str(cohort) for cohort in cohorts] == ["A", "B"]
    assert out == tmp_path
    assert (recipe.preset, recipe.attention, recipe.schedule.epochs) == ("compact", Arm.SHUFFLED, 3)


def test_the_first_word_may_name_the_model(monkeypatch, tmp_path):
    asked = []
    monkeypatch.setattr(trained_scorer, "train_with_progress", lambda *given, **more: asked.append(more))
    assert CliRunner().invoke(app, ["train", "scorer", "A", "--out", str(tmp_path), "--preset", "paper"]).exit_code == 0
    assert asked[0]["preset"] == "paper"


def test_figures_are_printed_for_people(made, capsys):
    folder, card, _ = made
    trained_scorer.print_card(card, folder)
    told = capsys.readouterr().out
    assert "SIMULATED, set aside: all (60 slices of 30 subjects)" in told
    assert "network, against truth" in told
    assert "Weights and card in" in told
