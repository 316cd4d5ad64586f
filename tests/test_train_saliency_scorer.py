"""Saliency in place of Grad-CAM: of the network that scores, pixel by pixel, with nothing else changed."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from few_examples import TINY
from made_crops import a_crop
from myoqc.errors import ReadError
from myoqc.records import Scores
from myoqc.score.inputs import inputs_of
from myoqc.train import saliency_scorer
from myoqc.train.saliency_scorer import INPUTS, SaliencyScorer, saliency_maps, with_saliency
from myoqc.train.scorer_export import write_scorer
from myoqc.train.scorer_network import ScorerNetwork


@pytest.fixture(scope="module")
def network():
    torch.manual_seed(4)
    return ScorerNetwork(TINY).eval()


def test_maps_are_as_fine_as_the_crop_and_belong_to_their_segment(network):
    maps = saliency_maps(network, inputs_of(a_crop()))
    assert maps.shape == (6, 160, 160)
    assert (maps >= 0.0).all()
    assert all(maps[segment].max() > 0.0 for segment in range(6))
    assert not np.allclose(maps[0], maps[1])


def test_a_change_of_one_pixel_changes_the_score_by_its_saliency_at_most(network):
    seen, pixel, step = inputs_of(a_crop()), (80, 60), 1e-2
    maps = saliency_maps(network, seen)
    t1 = seen.t1.copy()
    t1[pixel] += step
    before, after = (_motion(network, each) for each in (seen, replace(seen, t1=t1)))
    assert (np.abs(after - before) <= 1.2 * step * maps[:, *pixel] + 1e-5).all()


def _motion(network, seen):
    with torch.no_grad():
        return network(*(torch.from_numpy(getattr(seen, name).copy())[None] for name in INPUTS)).motion[0].numpy()


def test_the_scores_stay_those_of_the_scorer(network):
    plain = Scores(np.linspace(0.1, 0.9, 6), 0.5, "tiny", "a" * 64)
    scorer = SimpleNamespace(score=lambda crop: plain, name="tiny", digest="a" * 64, turned=True)
    found = SaliencyScorer(scorer, network)
    crop = a_crop()
    scores = found.score(crop)
    np.testing.assert_array_equal(scores.probability, plain.probability)
    assert scores.attention.method == "saliency"
    assert scores.attention.placement is crop.placement
    assert (found.name, found.digest, found.turned) == ("tiny", "a" * 64, True)


def test_the_network_of_a_folder_is_read_with_its_scorer(network, tmp_path, monkeypatch):
    write_scorer(network, tmp_path)
    card = {"recipe": {"preset": "compact"}}
    scorer = SimpleNamespace(network=SimpleNamespace(card=card))
    monkeypatch.setattr(saliency_scorer, "PRESETS", {"compact": TINY})
    monkeypatch.setattr(saliency_scorer, "read_scorer", lambda folder: scorer)
    found = with_saliency(tmp_path)
    assert found.scorer is scorer
    seen = inputs_of(a_crop())
    np.testing.assert_allclose(saliency_maps(found.network, seen), saliency_maps(network, seen))
    (tmp_path / "scorer.safetensors").unlink()
    with pytest.raises(ReadError, match="no weights of a scorer"):
        with_saliency(tmp_path)
