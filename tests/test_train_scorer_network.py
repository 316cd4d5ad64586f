"""The network that scores segments: its shapes, its layers, what reaches what, and the same answers without torch."""

import warnings
from dataclasses import replace

import numpy as np
import onnxruntime
import pytest
import torch
from torch import nn

from myoqc.train.quiet import quiet
from myoqc.train.scorer_network import ARTEFACTS, COMPACT, PAPER, PRESETS, ScorerNetwork

THIN_PAPER = replace(PAPER, widths=(2, 2, 4, 4))
ALONE = replace(COMPACT, n_statistics=0)
SMALL_PX = 32
INPUTS = ("stack", "t1", "r2", "ti", "apparent", "statistics")
OUTPUTS = ("motion", "by_maps", "error", "artefacts", "features")
presets = pytest.mark.parametrize("preset", [THIN_PAPER, COMPACT, ALONE], ids=["paper", "compact", "no statistics"])


def network(preset, seed=0):
    torch.manual_seed(seed)
    return ScorerNetwork(preset)


def inputs(preset, b=2, t=7, size=SMALL_PX, seed=1):
    chance = torch.Generator().manual_seed(seed)
    shapes = (t, size, size), (size, size), (size, size), (t,), (2, size // 2, size // 2), (6, preset.n_statistics)
    return [torch.randn((b, *shape), generator=chance) for shape in shapes]


def answers(preset, given):
    with torch.no_grad():
        return network(preset).eval()(*given)


@pytest.mark.parametrize("t", [5, 7, 11])
@pytest.mark.parametrize("preset", [THIN_PAPER, COMPACT], ids=["paper", "compact"])
def test_five_to_eleven_images_give_a_map_of_twenty_cells_a_side(preset, t):
    found = answers(preset, inputs(preset, t=t, size=160))
    assert found.motion.shape == (2, 6)
    assert found.features.shape == (2, preset.widths[-1], 20, 20)


def test_the_compact_network_tells_errors_and_artefacts_as_well():
    found = answers(COMPACT, inputs(COMPACT))
    assert found.error.shape == (2, 6, 3)
    assert found.artefacts.shape == (2, len(ARTEFACTS)) == (2, 5)


def test_the_published_network_tells_motion_alone():
    found = answers(THIN_PAPER, inputs(THIN_PAPER))
    assert found.error is None
    assert found.artefacts is None


@presets
def test_every_weight_is_reached_by_the_gradient(preset):
    scorer = network(preset)
    outputs = scorer(*inputs(preset))
    sum(output.square().sum() for output in outputs[:4] if output is not None).backward()
    for name, weight in scorer.named_parameters():
        assert weight.grad is not None, name
        assert torch.isfinite(weight.grad).all(), name
        assert weight.grad.abs().max() > 0, name


def test_the_published_network_has_34_layers_with_weights_one_after_another():
    layers = {
        name: layer
        for name, layer in network(THIN_PAPER).named_modules()
        if isinstance(layer, nn.Conv2d | nn.Conv3d | nn.Linear)
    }
    beside = {name for name in layers if "shortcut" in name or name.startswith(("t1_stream", "r2_stream"))}
    assert len(layers) - len(beside) == 34
    assert len(beside) == 3 + 2


def test_the_published_network_goes_flat_after_thirteen_blocks_on_maps_of_depth_three():
    scorer, depths = network(THIN_PAPER).eval(), []
    for stage in scorer.volumetric:
        stage.register_forward_hook(lambda _, given, made: depths.append((given[0].shape[2], made.shape[2])))
    with torch.no_grad():
        scorer(*inputs(THIN_PAPER))
    assert depths == [(9, 9)] * 3 + [(9, 5)] + [(5, 5)] * 3 + [(5, 3)] + [(3, 3)] * 5
    assert len(scorer.planar) == 3


def test_the_published_network_has_the_weights_that_its_layers_add_up_to():
    with torch.device("meta"):
        n = sum(weight.numel() for weight in ScorerNetwork(PAPER).parameters())
    streams = 64 * (27 + 9 + 9)
    in_3d = 27 * (6 * 64**2 + 64 * 128 + 7 * 128**2 + 128 * 256 + 11 * 256**2)
    in_2d = 9 * (256 * 512 + 5 * 512**2)
    shortcuts = 64 * 128 + 128 * 256 + 256 * 512
    norms = 2 * (3 * 64 + 6 * 64 + 9 * 128 + 13 * 256 + 7 * 512)
    assert n == streams + in_3d + in_2d + shortcuts + norms + 513 * 6


def test_the_compact_network_is_small_enough_to_ship():
    assert sum(weight.numel() for weight in network(COMPACT).parameters()) < 1_200_000


@presets
def test_motion_is_the_head_on_the_mean_of_the_maps_and_what_the_statistics_add(preset):
    scorer, given = network(preset).eval(), inputs(preset)
    with torch.no_grad():
        found, maps = scorer(*given), scorer.features(*given[:5])
        by_hand = torch.einsum("sc,bcvu->bs", scorer.head.weight, maps) / maps[0, 0].numel() + scorer.head.bias
        assert torch.allclose(found.by_maps, by_hand, atol=1e-5)
        if preset.n_statistics:
            by_hand += scorer.statistics_head(given[5])[..., 0]
    assert torch.equal(found.features, maps)
    assert torch.allclose(found.motion, by_hand, atol=1e-5)


@pytest.mark.parametrize("segment", range(6))
def test_statistics_of_a_segment_change_what_is_said_of_that_segment_alone(segment):
    given = inputs(COMPACT)
    before = answers(COMPACT, given)
    given[5][:, segment] += 1.0
    after = answers(COMPACT, given)
    others = [other for other in range(6) if other != segment]
    for was, is_now in zip((before.motion, before.error), (after.motion, after.error), strict=True):
        assert torch.equal(was[:, others], is_now[:, others])
        assert (was[:, segment] != is_now[:, segment]).all()
    assert torch.equal(before.features, after.features)
    assert torch.equal(before.by_maps, after.by_maps)


def test_segments_with_the_same_statistics_are_moved_alike():
    given = inputs(COMPACT)
    given[5][:, 1:] = given[5][:, :1]
    moved = answers(COMPACT, given).motion - answers(COMPACT, [*given[:5], given[5] + 1.0]).motion
    assert torch.allclose(moved, moved[:, :1].expand(-1, 6), atol=1e-6)


def test_quantiles_of_the_error_are_in_order_whatever_the_head_says():
    scorer, given = network(COMPACT).eval(), inputs(COMPACT, b=8)
    with torch.no_grad():
        for scale in (1.0, 10.0, -10.0):
            scorer.error_head.weight.mul_(scale)
            low, median, high = scorer(*given).error.unbind(-1)
            assert (low <= median).all()
            assert (median <= high).all()
            assert (low < high).any()


def test_a_case_is_scored_alike_whatever_cases_come_with_it():
    given = inputs(COMPACT, b=4)
    order = torch.tensor([2, 0, 3, 1])
    together, shuffled = answers(COMPACT, given), answers(COMPACT, [values[order] for values in given])
    alone = answers(COMPACT, [values[2:3] for values in given])
    for one, other, single in zip(together, shuffled, alone, strict=True):
        assert torch.allclose(one[order], other, atol=1e-5)
        assert torch.allclose(one[2:3], single, atol=1e-5)


def test_training_scores_a_compact_case_as_running_does():
    given, scorer = inputs(COMPACT), network(COMPACT)
    with torch.no_grad():
        assert torch.equal(scorer.train()(*given).motion, scorer.eval()(*given).motion)


@presets
def test_the_same_seed_gives_the_same_weights(preset):
    one, same, other = (network(preset, seed).state_dict() for seed in (3, 3, 4))
    assert all(torch.equal(weight, same[name]) for name, weight in one.items())
    assert not torch.equal(one["head.weight"], other["head.weight"])


def changed(given, name):
    """The same inputs with ``name`` in another order: images or times shuffled, a map mirrored."""
    number = INPUTS.index(name)
    axis = 1 if name in ("stack", "ti") else 2
    return [values.flip(axis) if at == number else values for at, values in enumerate(given)]


@pytest.mark.parametrize(
    ("preset", "name"),
    [(COMPACT, name) for name in INPUTS[:5]] + [(THIN_PAPER, name) for name in INPUTS[:3]],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_order_of_images_and_of_times_and_every_map_matter(preset, name):
    given = inputs(preset)
    difference = answers(preset, given).motion - answers(preset, changed(given, name)).motion
    assert (difference.abs().amax(dim=1) > 1e-6).all()


def test_the_published_network_knows_no_times():
    given = inputs(THIN_PAPER)
    assert torch.equal(answers(THIN_PAPER, given).motion, answers(THIN_PAPER, changed(given, "ti")).motion)


def test_the_published_network_sees_no_apparent_motion():
    given = inputs(THIN_PAPER)
    assert torch.equal(answers(THIN_PAPER, given).motion, answers(THIN_PAPER, changed(given, "apparent")).motion)


def test_presets_go_by_name():
    assert dict(PRESETS) == {"paper": PAPER, "compact": COMPACT}


@pytest.fixture(scope="module")
def exported():
    """The compact network as ONNX: any number of slices, any number of images."""
    slices, images = (torch.export.Dim(name, min=1, max=most) for name, most in (("slices", 64), ("images", 16)))
    shapes = {0: slices, 1: images}, {0: slices}, {0: slices}, {0: slices, 1: images}, {0: slices}, {0: slices}
    with quiet(), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="# The axis name")  # one name stands for one length, as it should
        program = torch.onnx.export(
            network(COMPACT).eval(),
            tuple(inputs(COMPACT, b=2, size=160)),
            input_names=INPUTS,
            output_names=OUTPUTS,
            dynamic_shapes=shapes,
            dynamo=True,
            verbose=False,
        )
    return onnxruntime.InferenceSession(program.model_proto.SerializeToString(), providers=["CPUExecutionProvider"])


@pytest.mark.parametrize("t", [5, 7, 11])
@pytest.mark.parametrize("b", [1, 3])
def test_the_exported_network_says_what_torch_says_of_any_number_of_slices_and_images(exported, b, t):
    given = inputs(COMPACT, b=b, t=t, size=160)
    expected = answers(COMPACT, given)
    found = exported.run(OUTPUTS, {name: values.numpy() for name, values in zip(INPUTS, given, strict=True)})
    for name, one, other in zip(OUTPUTS, found, expected, strict=True):
        assert np.abs(one - other.numpy()).max() < 1e-4, name
