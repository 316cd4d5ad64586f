"""The network, its losses, and the order in which examples come."""

import pytest
import torch

from myoqc.locate.channels import CHANNELS
from myoqc.locate.outputs import INSERTIONS, LEVELS, N_OUTPUTS, TISSUES
from myoqc.train.segmenter_module import Shuffled
from myoqc.train.segmenter_network import SegmenterLoss, segmenter, spots, total

SHAPE = (32, 48)
SMALL = (4, 4, 4, 4, 4, 4)


@pytest.fixture(scope="module")
def truth():
    """Two examples: one with a ring and a right cavity, one without anything."""
    rows, columns = torch.arange(SHAPE[0])[:, None], torch.arange(SHAPE[1])[None]
    away = torch.hypot(rows - 16.0, columns - 24.0)
    tissue = torch.zeros((2, *SHAPE), dtype=torch.long)
    tissue[0][columns.expand(SHAPE) < 15] = 3
    tissue[0][away < 10.0] = 2
    tissue[0][away < 6.0] = 1
    shares = torch.nn.functional.one_hot(tissue, 4).movedim(-1, 1).float()
    points = torch.tensor([[[8.0, 18.0], [24.0, 18.0]]] * 2)
    return shares, spots(points, torch.tensor([True, False]), SHAPE, 1.875), torch.tensor([1, 0])


def perfect(truth):
    shares, marks, level = truth
    logits = torch.zeros((2, N_OUTPUTS, *SHAPE))
    logits[:, TISSUES] = 20.0 * shares
    logits[:, INSERTIONS] = torch.logit(marks.clamp(1e-6, 1 - 1e-6))
    logits[:, LEVELS] = 20.0 * torch.nn.functional.one_hot(level, 3)[:, :, None, None].float()
    return logits


def losses(logits, truth):
    return {name: float(loss) for name, loss in SegmenterLoss()(logits, *truth).items()}


def test_tissues_and_level_of_a_perfect_answer_cost_nothing(truth):
    found = losses(perfect(truth), truth)
    assert found["tissues"] < 1e-3
    assert found["level"] < 1e-3


def moved(logits):
    return torch.roll(logits, 8, dims=-1)


def inside_out(logits):
    return logits[:, [0, 2, 1, *range(3, N_OUTPUTS)]]


def elsewhere(logits):
    return torch.cat([logits[:, :4], logits[:, [5, 4]], logits[:, 6:]], dim=1)


def other_level(logits):
    return torch.cat([logits[:, :6], torch.roll(logits[:, 6:], 1, dims=1)], dim=1)


@pytest.mark.parametrize(
    ("spoil", "dearer"),
    [
        (moved, {"tissues", "insertions"}),
        (inside_out, {"tissues"}),
        (elsewhere, {"insertions"}),
        (other_level, {"level"}),
        (torch.zeros_like, {"tissues", "insertions", "level"}),
    ],
)
def test_a_wrong_answer_costs_more_and_only_where_it_is_wrong(truth, spoil, dearer):
    right, wrong = losses(perfect(truth), truth), losses(spoil(perfect(truth)), truth)
    assert {name for name in right if wrong[name] > right[name] + 0.05} == dearer


def test_no_height_of_a_spot_costs_less_than_the_true_one(truth):
    _, marks, _ = truth
    logits = perfect(truth).requires_grad_()
    SegmenterLoss()(logits, *truth)["insertions"].backward()
    slope = logits.grad[:, INSERTIONS][(marks > 1e-4) & (marks < 1 - 1e-4)]
    assert slope.abs().max() < 1e-7


def test_an_example_without_a_heart_has_no_level_to_be_wrong_about(truth):
    shares, marks, level = truth
    logits = perfect(truth)
    both, other = (SegmenterLoss()(logits, shares, marks, torch.tensor([1, wrong]))["level"] for wrong in (0, 2))
    assert both == other
    assert SegmenterLoss()(logits[1:], shares[1:], marks[1:], level[1:])["level"] == 0.0


def test_the_total_weighs_tissues_and_spots_alike_and_the_level_less():
    assert float(total({name: torch.tensor(1.0) for name in ("tissues", "insertions", "level")})) == pytest.approx(2.3)


def test_every_parameter_is_reached_by_the_loss(truth):
    torch.manual_seed(0)
    network = segmenter(SMALL).train()
    inputs = torch.rand((2, len(CHANNELS), *SHAPE), generator=torch.Generator().manual_seed(0))
    total(SegmenterLoss()(network(inputs), *truth)).backward()
    for name, parameter in network.named_parameters():
        assert parameter.grad is not None, name
        assert torch.isfinite(parameter.grad).all(), name
        # A shift before a batch normalisation is taken out again: its gradient is rounding.
        if not name.endswith("conv.bias"):
            assert parameter.grad.abs().max() > 0, name


def test_the_network_gives_nine_outputs_on_the_pixels_of_its_channels():
    with torch.no_grad():
        assert segmenter(SMALL).eval()(torch.zeros((1, len(CHANNELS), 48, 32))).shape == (1, N_OUTPUTS, 48, 32)


def test_the_networks_weights_are_small_enough_to_ship():
    assert 4 * sum(parameter.numel() for parameter in segmenter().parameters()) < 10_000_000


def test_the_order_of_examples_depends_on_seed_and_epoch_alone():
    one, same = Shuffled(20, seed=3), Shuffled(20, seed=3)
    list(one)
    torch.manual_seed(9)
    for epoch in (4, 0, 4):
        one.set_epoch(epoch)
        same.set_epoch(epoch)
        assert list(one) == list(same)
    other = Shuffled(20, seed=4)
    orders = {tuple(one)}
    for sampler, epoch in ((one, 5), (other, 4)):
        sampler.set_epoch(epoch)
        orders.add(tuple(sampler))
    assert len(orders) == 3
    assert sorted(one) == list(range(20))
    assert len(one) == 20
