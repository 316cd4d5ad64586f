"""The scorer that comes with the package: its files belong together, and it knows a good breath-hold from a bad one."""

import json
from importlib.resources import as_file
from pathlib import Path

import numpy as np
import pytest

from made_crops import a_crop
from myoqc.aha import Level
from myoqc.extras import EXTRAS
from myoqc.pipeline import check
from myoqc.records import Segments
from myoqc.schedules import KNOWN, MOLLI_5S_3S, by_name
from myoqc.score import NetworkScorer, Scorer, default_scorer
from myoqc.score.inputs import inputs_of
from myoqc.score.network import KIND
from myoqc.score.network_scorer import shipped_folder
from myoqc.simulate import Motion, draw_case, patient_plan, simulate

CARD = json.loads((shipped_folder() / KIND.card_file).read_text(encoding="utf-8"))
MOST_BYTES = 5_000_000
HAS_TORCH = not next(extra for extra in EXTRAS if extra.name == "train").missing
schemes = pytest.mark.parametrize("schedule", [*KNOWN, MOLLI_5S_3S], ids=lambda each: each.name)


def checked(motion, schedule, seed=3):
    """What is said of a simulated mid slice with its true segments."""
    (plan,) = patient_plan("simulated", seed, [(Level.MID, motion)], schedule=schedule)
    simulation = simulate(draw_case(plan))
    segments = Segments.from_contours(simulation.contours, simulation.acquisition.grid)
    return check(simulation.acquisition, segments=segments)


def test_it_is_a_scorer_and_its_weights_are_those_of_its_card():
    scorer = default_scorer()
    assert isinstance(scorer, NetworkScorer)
    assert isinstance(scorer, Scorer)
    assert scorer.digest == CARD["files"][KIND.model_file]


@pytest.mark.parametrize("name", CARD["files"])
def test_each_file_is_small_enough_to_ship(name):
    assert len((shipped_folder() / name).read_bytes()) <= MOST_BYTES


@schemes
def test_it_tells_a_good_breath_hold_from_a_failed_one_in_every_scheme(schedule):
    still, moved = (checked(motion, schedule).scores for motion in (Motion.STILL, Motion.RELEASE))
    assert not still.image_motion
    assert moved.image_motion


def test_it_tells_what_motion_did_to_t1_and_where_it_looked():
    scores = checked(Motion.RELEASE, KNOWN[0]).scores
    low, middle, high = scores.t1_error_ms.T
    assert (low <= middle).all()
    assert (middle <= high).all()
    assert scores.attention.maps.shape == (6, 20, 20)
    assert scores.attention.maps[scores.motion].max() > 0.0


def test_a_scheme_that_it_was_not_made_with_gets_maps_and_the_reason():
    found = checked(Motion.STILL, by_name("SASHA", 10))
    assert found.scores is None
    assert "is not one" in found.abstained


@pytest.mark.skipif(not HAS_TORCH, reason="needs torch")
def test_what_is_run_says_what_the_weights_say_in_torch():
    import torch

    from myoqc.train.saliency_scorer import INPUTS
    from myoqc.train.scorer_export import RunScorer, read_scorer_weights
    from myoqc.train.scorer_network import PRESETS, ScorerNetwork

    with as_file(shipped_folder()) as folder:
        network = read_scorer_weights(ScorerNetwork(PRESETS[CARD["recipe"]["preset"]]), folder)
    seen = inputs_of(a_crop())
    said = default_scorer().network.answers([seen])
    with torch.no_grad():
        expected = RunScorer(network)(*(torch.from_numpy(getattr(seen, name).copy())[None] for name in INPUTS))
    for found, values in zip((said.logits, said.attention, said.error, said.artefacts), expected, strict=True):
        np.testing.assert_allclose(found, values.numpy(), atol=1e-4)


def test_the_card_says_what_it_was_made_of_and_what_it_is_not_for():
    assert all(cohort["simulated"] for cohort in CARD["trained_on"])
    assert all(cohort["sha256"] for cohort in CARD["trained_on"])
    assert CARD["recipe"]["seed"] == 0
    assert set(CARD["thresholds"]) == {"0.90", "0.95"}
    assert any("simulated" in limit for limit in CARD["limits"])
    assert "not a medical device" in CARD["intended_use"]
    assert "anatomies" in CARD["anatomies"]


def test_the_readme_says_of_it_what_its_card_says():
    readme = Path(__file__).parents[1] / "README.md"
    assert CARD["performance"] in " ".join(readme.read_text(encoding="utf-8").split())
