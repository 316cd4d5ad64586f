"""What is run says what was trained, attention included; and a network that can't be shipped is told so."""

import hashlib
import json
from dataclasses import replace

import numpy as np
import pytest
import torch

from myoqc.errors import OutputError, ReadError
from myoqc.score.inputs import Inputs
from myoqc.score.network import KIND, read_network
from myoqc.score.segment_statistics import N_STATISTICS
from myoqc.train import export, scorer_export
from myoqc.train.attention import grad_cam
from myoqc.train.scorer_export import WEIGHTS_FILE, example_inputs, read_scorer_weights, write_scorer
from myoqc.train.scorer_network import COMPACT, ERROR_UNIT, ScorerNetwork

SMALL = replace(COMPACT, widths=(8, 8, 16, 16))


def network():
    torch.manual_seed(3)
    made = ScorerNetwork(SMALL).eval()
    with torch.no_grad():
        made.head.weight.mul_(20.0)
    return made


def slices(n, n_images):
    rng = np.random.default_rng(n + n_images)
    return [
        Inputs(
            stack=rng.uniform(0.0, 1.0, (n_images, 160, 160)),
            t1=rng.normal(0.0, 0.3, (160, 160)),
            r2=rng.normal(0.0, 1.0, (160, 160)),
            ti=rng.normal(0.0, 1.0, n_images),
            apparent=rng.normal(0.0, 1.0, (2, 80, 80)),
            statistics=rng.normal(0.0, 1.0, (6, N_STATISTICS)),
        )
        for _ in range(n)
    ]


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder, made = tmp_path_factory.mktemp("scorer"), network()
    files = write_scorer(made, folder)
    (folder / KIND.card_file).write_text(json.dumps({"files": files}))
    return folder, made, files


@pytest.mark.parametrize(("n", "n_images"), [(1, 5), (1, 7), (3, 11)])
def test_what_is_run_says_what_torch_says_with_the_attention_of_the_loss(written, n, n_images):
    folder, made, _ = written
    given = slices(n, n_images)
    answers = read_network(folder).answers(given)
    tensors = [torch.from_numpy(np.stack([getattr(each, name) for each in given])) for name in example_inputs(SMALL)]
    with torch.no_grad():
        outputs = made(*tensors)
        attention = grad_cam(outputs.features, made.head.weight)
    assert attention.max() > 1e-3
    np.testing.assert_allclose(answers.logits, outputs.motion.numpy(), atol=1e-4)
    np.testing.assert_allclose(answers.attention, attention.numpy(), atol=1e-4)
    np.testing.assert_allclose(answers.error / ERROR_UNIT, outputs.error.numpy(), atol=1e-4)
    np.testing.assert_allclose(answers.artefacts, outputs.artefacts.sigmoid().numpy(), atol=1e-4)


def test_the_digests_are_those_of_the_files(written):
    folder, _, files = written
    assert set(files) == {KIND.model_file, WEIGHTS_FILE}
    for name, digest in files.items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest


def test_weights_can_be_read_again_to_train_on(written):
    folder, made, _ = written
    again = read_scorer_weights(ScorerNetwork(SMALL), folder)
    for name, value in made.state_dict().items():
        assert torch.equal(value, again.state_dict()[name]), name


def test_weights_of_another_network_are_refused(written):
    with pytest.raises(ReadError, match="no weights of a scorer"):
        read_scorer_weights(ScorerNetwork(COMPACT), written[0])


def test_a_changed_file_is_not_opened(written, tmp_path):
    folder, _, files = written
    (tmp_path / KIND.model_file).write_bytes((folder / KIND.model_file).read_bytes() + b"x")
    (tmp_path / KIND.card_file).write_text(json.dumps({"files": files}))
    with pytest.raises(ReadError, match="these weights are not those of their card"):
        read_network(tmp_path)


def test_a_network_too_large_to_ship_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(scorer_export, "KIND", replace(KIND, most_bytes=1000))
    monkeypatch.setattr(export, "write_onnx", lambda network, path, *_: path.touch())
    with pytest.raises(OutputError, match="the weights are too large; expected 1000 bytes"):
        write_scorer(network(), tmp_path)
