"""Weights are run only if they are those of their card."""

import hashlib
import json

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from myoqc.errors import ReadError
from myoqc.locate import read_segmenter
from myoqc.locate.channels import CHANNELS, Channels
from myoqc.locate.outputs import N_OUTPUTS
from myoqc.locate.segmenter import CARD_FILE, MODEL_FILE, MOST_BYTES

FACTORS = np.random.default_rng(0).normal(size=(N_OUTPUTS, len(CHANNELS), 1, 1)).astype(np.float32)
"""The whole network: each output is a sum of the channels, each with its factor."""


def network(taken="channels", given="logits", n=8, pixels=("v", "u"), factors=FACTORS):
    axes = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, n_channels, *pixels])
        for name, n_channels in ((taken, n), (given, len(factors)))
    ]
    graph = helper.make_graph(
        [helper.make_node("Conv", [taken, "factors"], [given])],
        "tiny",
        [axes[0]],
        [axes[1]],
        [numpy_helper.from_array(factors, "factors")],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)


QUALITY = {"slope": 1.5, "intercept": -0.5, "least": 0.65, "doubtful": 0.7}


def card(weights, **more):
    files = {MODEL_FILE: hashlib.sha256(weights).hexdigest()}
    return {"name": "tiny 1", "files": files, "quality": QUALITY} | more


@pytest.fixture
def folder(tmp_path):
    weights = network().SerializeToString()
    (tmp_path / MODEL_FILE).write_bytes(weights)
    (tmp_path / CARD_FILE).write_text(json.dumps(card(weights)))
    return tmp_path


def channels(shape=(16, 32)):
    return Channels(np.random.default_rng(1).uniform(0.0, 2.0, (len(CHANNELS), *shape)), np.zeros(2), np.eye(2))


@pytest.mark.parametrize("shape", [(16, 32), (48, 16)])
def test_the_outputs_are_those_of_the_network_whatever_the_size(folder, shape):
    seen = channels(shape)
    logits = read_segmenter(folder).logits(seen)
    assert logits.dtype == np.float32
    np.testing.assert_allclose(logits, np.einsum("oc,cvu->ovu", FACTORS[..., 0, 0], seen.values), atol=1e-5)


def test_a_segmenter_tells_its_name_and_the_digest_of_its_weights(folder):
    segmenter = read_segmenter(folder)
    assert segmenter.name == "tiny 1"
    assert segmenter.digest == hashlib.sha256((folder / MODEL_FILE).read_bytes()).hexdigest()
    assert segmenter.least_quality == 0.65


@pytest.mark.parametrize(
    ("expected_dice", "quality"), [(1.0, 1.0), (0.9, 0.85), (0.8, 0.7), (1 / 3, 0.0), (0.0, 0.0), (1.2, 1.0)]
)
def test_the_quality_is_read_from_the_line_of_the_card_and_stays_a_share(folder, expected_dice, quality):
    assert read_segmenter(folder).quality(expected_dice) == pytest.approx(quality)


def test_one_changed_byte_of_the_weights_is_refused(folder):
    weights = bytearray((folder / MODEL_FILE).read_bytes())
    expected = hashlib.sha256(weights).hexdigest()
    weights[-1] ^= 1
    (folder / MODEL_FILE).write_bytes(weights)
    with pytest.raises(ReadError, match=f"not those of their card; expected SHA-256 {expected}; found [0-9a-f]{{64}}"):
        read_segmenter(folder)


def test_weights_that_are_too_large_are_not_read_to_their_end(folder):
    (folder / MODEL_FILE).write_bytes(b"0" * (2 * MOST_BYTES))
    with pytest.raises(ReadError, match="not those of their card"):
        read_segmenter(folder)


def test_weights_with_the_right_digest_that_are_no_network_are_refused(folder):
    (folder / MODEL_FILE).write_bytes(b"no network")
    (folder / CARD_FILE).write_text(json.dumps(card(b"no network")))
    with pytest.raises(ReadError, match="no network that can be run"):
        read_segmenter(folder)


@pytest.mark.parametrize("name", [CARD_FILE, MODEL_FILE])
def test_a_missing_file_is_refused(folder, name):
    (folder / name).unlink()
    with pytest.raises(ReadError, match=f"no segmenter here; expected {CARD_FILE} and {MODEL_FILE}"):
        read_segmenter(folder)


def test_a_missing_folder_is_refused(tmp_path):
    with pytest.raises(ReadError, match="nowhere: no segmenter here"):
        read_segmenter(tmp_path / "nowhere")


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"files": {}}', '{"files": 3}', "\udcff"])
def test_a_card_that_names_no_weights_is_refused(folder, text):
    (folder / CARD_FILE).write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(ReadError, match="no segmenter here"):
        read_segmenter(folder)


def refusal(folder, **more):
    """The message on a card with other entries."""
    (folder / CARD_FILE).write_text(json.dumps(card((folder / MODEL_FILE).read_bytes(), **more)))
    with pytest.raises(ReadError) as refused:
        read_segmenter(folder)
    message = str(refused.value)
    assert "\n" not in message
    return message


@pytest.mark.parametrize("quality", [{}, None, "good", {"slope": 1.0, "intercept": 0.0}])
def test_a_card_that_does_not_tell_how_its_certainty_is_to_be_read_is_refused(folder, quality):
    message = refusal(folder, quality=quality)
    assert f"{CARD_FILE}: this card does not say how its weights are to be used" in message
    assert "least, doubtful. Train the segmenter again." in message


@pytest.mark.parametrize("value", [np.nan, np.inf, 10**400, "0.6", None, True, [0.6]])
@pytest.mark.parametrize("name", QUALITY)
def test_a_quality_that_is_no_finite_number_would_switch_its_threshold_off_and_is_refused(folder, name, value):
    message = refusal(folder, quality=QUALITY | {name: value})
    assert "finite numbers as quality: slope, intercept, least, doubtful" in message
    assert f"nothing of use as {name}." in message


@pytest.mark.parametrize("name", [None, 3, "", "two\nlines", "\udcff"])
def test_a_card_without_a_name_that_can_be_printed_is_refused(folder, name):
    assert "nothing of use as name." in refusal(folder, name=name)


FIVE_OUTPUTS = FACTORS[:5]
FOUR_CHANNELS = np.ascontiguousarray(FACTORS[:, :4])


@pytest.mark.parametrize(
    ("other", "found"),
    [
        ({"taken": "images"}, "images tensor(float) (· 8 · ·) to logits tensor(float) (· 9 · ·)"),
        ({"given": "answers"}, "channels tensor(float) (· 8 · ·) to answers tensor(float) (· 9 · ·)"),
        ({"n": 4, "factors": FOUR_CHANNELS}, "channels tensor(float) (· 4 · ·) to logits tensor(float) (· 9 · ·)"),
        ({"factors": FIVE_OUTPUTS}, "channels tensor(float) (· 8 · ·) to logits tensor(float) (· 5 · ·)"),
        ({"n": "any"}, "channels tensor(float) (· · · ·) to logits tensor(float) (· 9 · ·)"),
        ({"pixels": (16, 32)}, "channels tensor(float) (· 8 16 32) to logits tensor(float) (· 9 16 32)"),
    ],
)
def test_a_network_that_takes_or_gives_something_else_is_refused(folder, other, found):
    (folder / MODEL_FILE).write_bytes(network(**other).SerializeToString())
    message = refusal(folder)
    assert f"{MODEL_FILE}: this network is no segmenter" in message
    assert "expected channels tensor(float) (· 8 · ·) to logits tensor(float) (· 9 · ·)" in message
    assert f"found {found}. " in message


def test_the_tiny_network_is_sound():
    onnx.checker.check_model(network())
