"""The files of a trained network: the same answers with and without torch, and nothing of the machine in them."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

import myoqc
from myoqc.errors import OutputError, ReadError
from myoqc.locate import read_segmenter
from myoqc.locate.channels import CHANNELS, Channels
from myoqc.locate.segmenter import CARD_FILE, KIND, MODEL_FILE
from myoqc.train import export, segmenter_export
from myoqc.train.segmenter_export import WEIGHTS_FILE, read_network, write_card, write_weights
from myoqc.train.segmenter_network import segmenter

QUALITY = {"slope": 1.0, "intercept": 0.0, "least": 0.5, "doubtful": 0.6}


def network_with_a_past(seed=0):
    """As after training: what batch normalisation has seen is no longer 0 and 1."""
    torch.manual_seed(seed)
    network = segmenter()
    with torch.no_grad():
        for _ in range(2):
            network.train()(torch.rand(2, len(CHANNELS), 32, 32))
    return network


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder, network = tmp_path_factory.mktemp("weights") / "new", network_with_a_past()
    digests = write_weights(network, folder)
    write_card({"name": "tiny", "files": digests, "quality": QUALITY}, folder)
    return folder, network, digests


@pytest.mark.parametrize("shape", [(144, 176), (32, 32), (208, 160)])
def test_the_shipped_form_gives_what_torch_gives_whatever_the_size(written, shape):
    folder, network, _ = written
    values = np.random.default_rng(1).uniform(0.0, 2.0, (len(CHANNELS), *shape)).astype(np.float32)
    with torch.no_grad():
        expected = network(torch.from_numpy(values)[None])[0].numpy()
    logits = read_segmenter(folder).logits(Channels(values, np.zeros(2), np.eye(2)))
    assert np.abs(logits - expected).max() < 1e-4
    assert expected.std() > 0.01


def test_weights_read_again_are_the_same_to_the_bit(written):
    folder, network, _ = written
    state, again = network.state_dict(), read_network(folder).state_dict()
    assert list(state) == list(again)
    for name, value in state.items():
        assert torch.equal(value, again[name]), name
    assert not read_network(folder).training


def test_the_digests_are_those_of_the_files(written):
    folder, _, digests = written
    assert digests == {
        name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in (MODEL_FILE, WEIGHTS_FILE)
    }
    assert json.loads((folder / CARD_FILE).read_text())["files"] == digests
    assert read_segmenter(folder).digest == digests[MODEL_FILE]


def test_the_same_training_gives_the_same_weights_file(written, tmp_path, monkeypatch):
    monkeypatch.setattr(export, "write_onnx", lambda network, path, *_: path.touch())
    assert write_weights(network_with_a_past(), tmp_path)[WEIGHTS_FILE] == written[2][WEIGHTS_FILE]


def test_no_file_tells_on_which_machine_it_was_made(written):
    folder, _, _ = written
    libraries, sources = Path(torch.__file__).parents[1], Path(myoqc.__file__).parents[1]
    for path in folder.iterdir():
        for place in (libraries, sources, Path.home(), "site-packages"):
            assert str(place).encode() not in path.read_bytes(), (path.name, place)


def test_the_network_lies_in_one_file(written):
    folder, _, _ = written
    assert sorted(path.name for path in folder.iterdir()) == sorted([CARD_FILE, MODEL_FILE, WEIGHTS_FILE])


def test_a_network_too_large_to_ship_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(segmenter_export, "KIND", replace(KIND, most_bytes=1000))
    monkeypatch.setattr(export, "write_onnx", lambda network, path, *_: path.touch())
    with pytest.raises(OutputError, match=r"the weights are too large; expected 1000 bytes; found \d{7}"):
        write_weights(segmenter(), tmp_path)


@pytest.mark.parametrize("content", [None, b"no weights at all"])
def test_weights_that_are_missing_or_damaged_are_refused(tmp_path, content):
    if content is not None:
        (tmp_path / WEIGHTS_FILE).write_bytes(content)
    with pytest.raises(ReadError, match="no weights of a segmenter"):
        read_network(tmp_path)


def test_weights_of_another_network_are_refused(tmp_path):
    export.write_weights(segmenter((4, 4, 4, 4, 4, 4)), tmp_path / WEIGHTS_FILE)
    with pytest.raises(ReadError, match="no weights of a segmenter"):
        read_network(tmp_path)
