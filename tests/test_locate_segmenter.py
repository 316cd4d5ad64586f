"""Weights are run only if they are those of their card."""

import hashlib
import json

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from myoqc.errors import ReadError
from myoqc.locate import read_segmenter
from myoqc.locate.channels import Channels
from myoqc.locate.outputs import N_OUTPUTS
from myoqc.locate.segmenter import CARD_FILE, MODEL_FILE, MOST_BYTES

FACTORS = np.random.default_rng(0).normal(size=(N_OUTPUTS, 5, 1, 1)).astype(np.float32)
"""The whole network: each output is a sum of the channels, each with its factor."""


def network():
    axes = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, n, "v", "u"])
        for name, n in (("channels", 5), ("logits", 9))
    ]
    graph = helper.make_graph(
        [helper.make_node("Conv", ["channels", "factors"], ["logits"])],
        "tiny",
        [axes[0]],
        [axes[1]],
        [numpy_helper.from_array(FACTORS, "factors")],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)


def card(weights, **more):
    quality = {"slope": 1.5, "intercept": -0.5, "least": 0.65}
    files = {MODEL_FILE: hashlib.sha256(weights).hexdigest()}
    return {"name": "tiny 1", "files": files, "quality": quality} | more


@pytest.fixture
def folder(tmp_path):
    weights = network().SerializeToString()
    (tmp_path / MODEL_FILE).write_bytes(weights)
    (tmp_path / CARD_FILE).write_text(json.dumps(card(weights)))
    return tmp_path


def channels(shape=(16, 32)):
    return Channels(np.random.default_rng(1).uniform(0.0, 2.0, (5, *shape)), np.zeros(2), np.eye(2))


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


@pytest.mark.parametrize("more", [{"quality": {}}, {"quality": {"slope": 1.0, "intercept": 0.0}}, {"quality": None}])
def test_a_card_that_does_not_tell_how_its_certainty_is_to_be_read_is_refused(folder, more):
    (folder / CARD_FILE).write_text(json.dumps(card((folder / MODEL_FILE).read_bytes(), **more)))
    with pytest.raises(ReadError, match="no segmenter here"):
        read_segmenter(folder)


def test_the_tiny_network_is_sound():
    onnx.checker.check_model(network())
