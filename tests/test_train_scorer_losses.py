"""What training makes small: the numbers worked out by hand, and what each arm of the experiment adds."""

import math

import numpy as np
import pytest
import torch

from few_examples import made_examples
from myoqc.train.attention import grad_cam
from myoqc.train.attention_loss import Arm, AttentionLoss, at_resolution, attention_loss, shifted, summed
from myoqc.train.scorer_batches import plain_batch
from myoqc.train.scorer_losses import (
    ARTEFACT_SHARE,
    ERROR_SHARE,
    MAPS_SHARE,
    QUANTILES,
    Supervision,
    losses_of,
    pinball,
)
from myoqc.train.scorer_network import Outputs

CELLS = 20
CELL_MM = 7.5
WEIGHT = torch.eye(6)
choices = pytest.mark.parametrize("choice", AttentionLoss)


@pytest.fixture(scope="module")
def batch():
    """Two slices of two subjects, with other masks."""
    examples = made_examples((5, 5))
    mirrored = examples.segment.copy()
    mirrored[1] = mirrored[1, ::-1, ::-1]
    examples = made_examples((5, 5), segment=mirrored, subject=np.array(["A", "B"]))
    return plain_batch(examples, [0, 1], examples.operator)


def outputs_of(features=None, logits=0.0, by_maps=None, error=None, artefacts=None):
    features = torch.rand((2, 6, CELLS, CELLS), generator=chance()) if features is None else features
    motion = torch.full((2, 6), logits)
    return Outputs(motion, motion if by_maps is None else by_maps, error, artefacts, features)


def chance(seed=0):
    return torch.Generator().manual_seed(seed)


def supervision(arm, choice=AttentionLoss.CLAMP, shift_mm=(30.0, -15.0)):
    return Supervision(arm, choice, torch.tensor(shift_mm), CELL_MM)


def attention_of(arm, batch, outputs, choice=AttentionLoss.CLAMP, **more):
    return losses_of(outputs, batch, WEIGHT, supervision(arm, choice, **more), chance())["attention"]


def test_the_loss_of_quantiles_is_the_one_worked_out_by_hand():
    said, true = torch.tensor([0.0, 1.0, 3.0]).expand(2, 6, 3), torch.ones(2, 6)
    # 5 %: one too low, 0.05; 50 %: exact; 95 %: two too high, 0.05 · 2.
    assert pinball(said, true).item() == pytest.approx((0.05 + 0.0 + 0.1) / 3)
    assert pinball(said, torch.full((2, 6), 4.0)).item() == pytest.approx((0.05 * 4 + 0.5 * 3 + 0.95 * 1) / 3)


@pytest.mark.parametrize(("place", "level"), list(enumerate(QUANTILES)))
def test_the_loss_is_least_where_that_share_of_the_true_values_lies_below(place, level):
    true = torch.arange(600.0).reshape(100, 6)
    tried = torch.arange(0.0, 600.0, 10.0)
    said = torch.zeros(len(tried), 100, 6, 3)
    said[..., place] = tried[:, None, None]
    losses = torch.stack([pinball(one, true) for one in said])
    assert tried[losses.argmin()].item() == pytest.approx(600.0 * level, abs=10.0)


def test_segments_without_a_known_error_are_left_out():
    said = torch.rand((2, 6, 3), generator=chance(1)).requires_grad_()
    true = torch.rand((2, 6), generator=chance(2))
    known = true.clone()
    known[0, 1:4] = torch.nan
    loss = pinball(said, known)
    kept = torch.isfinite(known)
    assert loss.item() == pytest.approx(pinball(said[kept][:, None].detach(), true[kept][:, None]).item())
    loss.backward()
    assert not said.grad[~kept].any()
    assert said.grad[kept].any(dim=-1).all()


def test_where_no_error_is_known_the_loss_is_0_and_backward_still_works():
    said = torch.rand((2, 6, 3)).requires_grad_()
    loss = pinball(said, torch.full((2, 6), torch.nan))
    assert loss.item() == 0.0
    loss.backward()
    assert not said.grad.any()


def test_undecided_logits_cost_the_logarithm_of_two(batch):
    losses = losses_of(outputs_of(), batch, WEIGHT, supervision(Arm.NONE), chance())
    assert losses["labels"].item() == pytest.approx(math.log(2))


def test_the_arm_without_supervision_has_no_loss_of_attention(batch):
    assert set(losses_of(outputs_of(), batch, WEIGHT, supervision(Arm.NONE), chance())) == {"labels"}


def test_where_statistics_answer_as_well_the_maps_have_to_answer_alone_too(batch):
    by_maps = torch.linspace(-2.0, 2.0, 12).reshape(2, 6)
    losses = losses_of(outputs_of(by_maps=by_maps), batch, WEIGHT, supervision(Arm.NONE), chance())
    alone = losses_of(outputs_of(), batch, WEIGHT, supervision(Arm.NONE), chance())
    said = torch.nn.functional.binary_cross_entropy_with_logits(by_maps, batch.labels)
    assert losses["labels"] == alone["labels"]
    assert losses["maps"].item() == pytest.approx(MAPS_SHARE * said.item())


@pytest.mark.parametrize("arm", [arm for arm in Arm if arm is not Arm.NONE])
def test_every_other_arm_has_one_and_the_same_of_the_labels(batch, arm):
    losses = losses_of(outputs_of(), batch, WEIGHT, supervision(arm), chance())
    assert set(losses) == {"labels", "attention"}
    assert losses["labels"].item() == pytest.approx(math.log(2))


def test_outputs_that_a_preset_has_come_with_a_loss_of_their_share(batch):
    outputs = outputs_of(error=torch.zeros(2, 6, 3), artefacts=torch.zeros(2, 5))
    losses = losses_of(outputs, batch, WEIGHT, supervision(Arm.NONE), chance())
    assert set(losses) == {"labels", "error", "artefacts"}
    assert losses["error"].item() == pytest.approx(ERROR_SHARE * pinball(torch.zeros(2, 6, 3), batch.error).item())
    assert losses["error"].item() > 0.0
    assert losses["artefacts"].item() == pytest.approx(ARTEFACT_SHARE * math.log(2))


@choices
def test_supervised_attention_is_that_of_the_paper_on_the_true_masks(batch, choice):
    outputs = outputs_of()
    true = at_resolution(batch.masks, (CELLS, CELLS))
    expected = summed(attention_loss(choice, grad_cam(outputs.features, WEIGHT), true))
    assert attention_of(Arm.SUPERVISED, batch, outputs, choice).item() == pytest.approx(expected.item())


@choices
def test_attention_costs_least_in_the_segments_that_an_arm_asks_for(batch, choice):
    true = at_resolution(batch.masks, (CELLS, CELLS))
    asked = {Arm.SUPERVISED: true, Arm.SHUFFLED: true.flip(0), Arm.SHIFTED: shifted(true, torch.tensor([4.0, -2.0]))}
    for arm in asked:
        costs = {of: attention_of(arm, batch, outputs_of(100.0 * maps), choice).item() for of, maps in asked.items()}
        assert min(costs, key=costs.__getitem__) is arm, costs


def test_masks_shifted_by_nothing_are_the_true_ones(batch):
    outputs = outputs_of()
    true = attention_of(Arm.SUPERVISED, batch, outputs)
    assert torch.equal(attention_of(Arm.SHIFTED, batch, outputs, shift_mm=(0.0, 0.0)), true)


def test_of_one_patient_alone_no_mask_is_anothers(batch):
    alone = plain_batch(examples := made_examples((5, 5), subject=np.array(["A", "A"])), [0, 1], examples.motion)
    assert attention_of(Arm.SHUFFLED, alone, outputs_of()).item() == 0.0
    assert attention_of(Arm.SHUFFLED, batch, outputs_of()).item() > 0.0


def test_attention_moves_the_maps_and_the_linear_layer(batch):
    features = torch.rand((2, 6, CELLS, CELLS), generator=chance()).requires_grad_()
    weight = WEIGHT.clone().requires_grad_()
    told = losses_of(outputs_of(features), batch, weight, supervision(Arm.SUPERVISED), chance())
    told["attention"].backward()
    assert features.grad.any()
    assert weight.grad.any()
