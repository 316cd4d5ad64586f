"""A network's answers as scores: calibrated, unsure where it is, silent about slices unlike those it knows."""

from types import SimpleNamespace

import numpy as np
import pytest

from myoqc.errors import ContourError, InputError, NotScorableError, ReadError
from myoqc.records import Crop, Placement
from myoqc.score import Scorer
from myoqc.score.crop_features import features_of
from myoqc.score.familiarity import fit_familiarity
from myoqc.score.inputs import inputs_of
from myoqc.score.network import ARTEFACTS, KIND, Network
from myoqc.score.network_scorer import from_card
from myoqc.simulate.labels import Artefact

LOGITS = np.array([-4.0, -1.0, 0.0, 1.0, 2.0, 4.0], dtype=np.float32)
TI_MS = np.array([100.0, 1100.0, 2100.0, 3100.0, 4100.0, 180.0, 260.0])


class Session:
    """As onnxruntime's: remembers what it was given."""

    def get_inputs(self):
        return [SimpleNamespace(name=name) for name in ("stack", "t1", "r2", "ti", "apparent", "statistics")]

    def run(self, _, given):
        self.given, n = given, len(given["stack"])
        error = np.tile(np.array([-0.10, 0.05, 0.20], dtype=np.float32), (n, 6, 1))
        attention = np.arange(n * 6 * 400, dtype=np.float32).reshape(n, 6, 20, 20)
        return [np.tile(LOGITS, (n, 1)), attention, error, np.full((n, 5), 0.125, dtype=np.float32)]


def ring():
    rows, columns = np.indices((160, 160)) - 79.5
    wall = (np.hypot(rows, columns) > 22.0) & (np.hypot(rows, columns) < 34.0)
    number = ((np.degrees(np.arctan2(rows, columns)) % 360.0) // 60.0).astype(int)
    return np.stack([wall & (number == s) for s in range(6)])


def crop(seed=0, masks=True, **more):
    rng = np.random.default_rng(seed)
    signal = np.abs(1.0 - 2.0 * np.exp(-TI_MS / rng.uniform(900.0, 1100.0)))
    irw = np.abs(signal[:, None, None] * rng.uniform(80, 120) + rng.normal(0.0, 3.0, (7, 160, 160)))
    t1_ms = rng.normal(rng.uniform(950.0, 1050.0), 30.0, (160, 160))
    r2 = 1.0 - rng.uniform(0.001, 0.004) * rng.uniform(0.5, 1.5, (160, 160))
    given = {"masks": ring() if masks else None, "schedule": "ShMOLLI", "method": "shmolli"} | more
    return Crop(irw, t1_ms, r2, TI_MS, Placement((80.0, 80.0)), **given)


@pytest.fixture(scope="module")
def card():
    known = [features_of(crop(seed)) for seed in range(60)]
    # Rings of one size: without some spread there would be no range.
    spread = np.random.default_rng(0).normal(0.0, 1.0, (60, 2))
    for features, (wider, thicker) in zip(known, spread, strict=True):
        features["heart_mm"] += wider
        features["wall_mm"] += thicker
        features["blood_to_wall"] += 0.01 * wider * thicker
    return {
        "name": "tiny 1",
        "files": {KIND.model_file: "a" * 64},
        "probability": {"kind": "temperature", "temperature": 2.0, "intercept": 0.0},
        "thresholds": {"0.90": 0.6, "0.95": 0.7},
        "conformal": {"error": 0.1, "still_up_to": 0.5, "moved_from": 0.45},
        "familiar": fit_familiarity([("ShMOLLI", "shmolli")], known).to_card(),
        "error_widening": 0.025,
        "performance": "Well enough.",
    }


def scorer(card, session=None):
    return from_card(Network(card, session or Session()), card)


def test_it_is_a_scorer_that_wants_its_crops_turned(card):
    made = scorer(card)
    assert isinstance(made, Scorer)
    assert (made.name, made.digest, made.turned) == ("tiny 1", "a" * 64, True)


def test_probabilities_are_those_of_the_curve_and_the_rest_is_what_the_card_says(card):
    scores = scorer(card).score(crop())
    np.testing.assert_allclose(scores.probability, 1.0 / (1.0 + np.exp(-LOGITS / 2.0)), rtol=1e-6)
    assert scores.threshold == 0.6
    assert scores.motion.tolist() == [False, False, False, True, True, True]
    assert (scores.model_name, scores.model_digest, scores.performance) == ("tiny 1", "a" * 64, "Well enough.")


def test_what_can_be_both_or_neither_is_unsure(card):
    # 0.5 is allowed to be still and to have moved.
    assert scorer(card).score(crop()).unsure.tolist() == [False, False, True, False, False, False]
    apart = card | {"conformal": {"error": 0.1, "still_up_to": 0.4, "moved_from": 0.6}}
    assert scorer(apart).score(crop()).unsure.tolist() == [False, False, True, False, False, False]


def test_intervals_are_widened_as_the_card_says(card):
    found_ms, wall_t1_ms = scorer(card).score(crop()).t1_error_ms, features_of(crop())["wall_t1_ms"]
    np.testing.assert_allclose(found_ms / wall_t1_ms, np.tile([-0.125, 0.05, 0.225], (6, 1)), rtol=1e-6)


def test_artefacts_and_attention_come_along(card):
    scores = scorer(card).score(crop())
    assert scores.artefacts == dict.fromkeys(ARTEFACTS, 0.125)
    np.testing.assert_array_equal(scores.attention.maps, np.arange(2400).reshape(6, 20, 20))


def test_artefacts_have_the_simulators_names():
    assert list(ARTEFACTS) == [kind.value for kind in Artefact if kind is not Artefact.NONE]


def test_the_network_is_given_the_inputs_of_the_crop(card):
    session, given = Session(), crop()
    scorer(card, session).score(given)
    wanted = inputs_of(given)
    for name, values in session.given.items():
        np.testing.assert_array_equal(values[0], getattr(wanted, name))


def test_a_segment_that_was_hardly_fitted_has_no_probability(card):
    given = crop()
    r2, masks = given.r2.copy(), given.masks
    r2[masks[2]] = np.nan
    scores = scorer(card).score(Crop(given.irw, given.t1_ms, r2, TI_MS, given.placement, masks, "ShMOLLI", "shmolli"))
    assert np.isnan(scores.probability).tolist() == [False, False, True, False, False, False]


def test_a_slice_of_another_sequence_or_unlike_all_others_is_refused_with_the_reason(card):
    with pytest.raises(NotScorableError, match="the sequence, MOLLI 5\\(3\\)3 by 'molli', is not one"):
        scorer(card).score(crop(schedule="MOLLI 5(3)3", method="molli"))
    noisy = crop()
    noisy = Crop(noisy.irw, 0.2 * noisy.t1_ms, noisy.r2, TI_MS, noisy.placement, noisy.masks, "ShMOLLI", "shmolli")
    with pytest.raises(NotScorableError, match=r"the T1 of the wall in ms 2.* is below what the model was made with"):
        scorer(card).score(noisy)


def test_a_crop_without_segments_is_refused(card):
    with pytest.raises(ContourError, match="segments of this slice are not known"):
        scorer(card).score(crop(masks=False))


@pytest.mark.parametrize("lost", ["probability", "thresholds", "conformal", "familiar", "error_widening"])
def test_a_card_that_does_not_say_how_to_read_the_answers_is_refused(card, lost):
    with pytest.raises(ReadError):
        scorer({key: value for key, value in card.items() if key != lost})


def test_slices_with_different_numbers_of_images_can_not_go_together(card):
    seven = inputs_of(crop())
    five = inputs_of(Crop(crop().irw[:5], crop().t1_ms, crop().r2, TI_MS[:5], crop().placement, ring()))
    with pytest.raises(InputError, match="differ in their number of images"):
        Network(card, Session()).answers([seven, five])
