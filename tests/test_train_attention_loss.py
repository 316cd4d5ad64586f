"""How a map is compared with a mask, and which masks each arm is compared with."""

import math

import pytest
import torch

from myoqc.train.attention_loss import (
    LEAST_EVIDENCE,
    LEAST_PROBABILITY,
    SATURATING_WEIGHT,
    SHIFT_MM,
    Arm,
    AttentionLoss,
    another_patients,
    at_resolution,
    attention_loss,
    draw_others,
    draw_shift_mm,
    masks_for,
    shifted,
    summed,
)

CHOICES = list(AttentionLoss)
CELL_MM = 7.5


@pytest.fixture
def chance():
    return torch.Generator().manual_seed(11)


@pytest.fixture
def masks():
    """Two cases of six segments of 3 × 2 cells each on 20 × 20; the last segment of the second case is empty."""
    shares = torch.zeros((2, 6, 20, 20), dtype=torch.float64)
    for segment in range(6):
        shares[:, segment, 5:8, 3 * segment : 3 * segment + 2] = 1.0
    shares[1, 5] = 0.0
    return shares


def a_map(*cells):
    return torch.tensor(cells, dtype=torch.float64).reshape(1, 1, 2, 2)


MASK = a_map(1.0, 0.5, 0.0, 0.0)


def test_the_clamped_map_is_compared_cell_by_cell_as_worked_out_by_hand():
    wanted = (-math.log(0.5) - 0.5 * math.log(0.2) - 0.5 * math.log(0.8) - 2 * math.log1p(-1e-4)) / 4
    assert attention_loss(AttentionLoss.CLAMP, a_map(0.5, 0.2, 0.0, 0.0), MASK).item() == pytest.approx(wanted)


def test_a_map_above_one_counts_as_certain():
    wanted = (-2 * math.log1p(-1e-4) - math.log(1e-4) + 0.0) / 4
    found = attention_loss(AttentionLoss.CLAMP, a_map(7.0, 0.0, 3.0, 0.0), a_map(1.0, 0.0, 0.0, 0.0))
    assert found.item() == pytest.approx(wanted, rel=1e-3)


def test_the_softmax_runs_over_the_map_at_the_scale_of_its_features():
    weights = [math.exp(4 * value) for value in (0.5, 0.2, 0.0, 0.0)]
    wanted = -(2 / 3) * math.log(weights[0] / sum(weights)) - (1 / 3) * math.log(weights[1] / sum(weights))
    assert attention_loss(AttentionLoss.SOFTMAX, a_map(0.5, 0.2, 0.0, 0.0), MASK).item() == pytest.approx(wanted)


def test_the_saturating_map_is_compared_cell_by_cell_as_worked_out_by_hand():
    inside = -math.log(1 - math.exp(-0.5)) - 0.5 * math.log(1 - math.exp(-0.2))
    wanted = SATURATING_WEIGHT * (inside + 0.5 * 0.2 + 0.3) / 4
    found = attention_loss(AttentionLoss.SATURATING, a_map(0.5, 0.2, 0.3, 0.0), MASK)
    assert found.item() == pytest.approx(wanted, rel=1e-3)


def test_the_share_is_that_of_the_map_inside_the_mask():
    found = attention_loss(AttentionLoss.SHARE, a_map(0.5, 0.2, 0.3, 0.0), MASK)
    assert found.item() == pytest.approx(-math.log((0.6 + LEAST_EVIDENCE) / (1.0 + LEAST_EVIDENCE)))


@pytest.mark.parametrize("choice", CHOICES)
def test_attention_in_the_segment_costs_less_than_beside_it_and_than_nowhere_in_particular(choice, masks):
    right, wrong = attention_loss(choice, 0.2 * masks, masks), attention_loss(choice, 0.2 * masks.roll(8, 2), masks)
    even = attention_loss(choice, torch.full_like(masks, 0.2 * 6 / 400), masks)
    seen = masks.sum(dim=(2, 3)) > 0
    assert (right[seen] < wrong[seen]).all()
    assert (right[seen] < even[seen]).all()


@pytest.mark.parametrize("choice", CHOICES)
def test_going_down_the_slope_brings_attention_into_the_segment(choice, masks):
    maps = torch.full_like(masks, 0.01).requires_grad_()
    attention_loss(choice, maps, masks).sum().backward()
    inside = masks.sum(dim=(2, 3)) > 0
    moved = (maps - 1e-3 * maps.grad).clamp(min=0.0)
    share = [(values * masks).sum(dim=(2, 3))[inside] / values.sum(dim=(2, 3))[inside] for values in (maps, moved)]
    assert (share[1] > share[0]).all()


@pytest.mark.parametrize("choice", CHOICES)
def test_a_segment_without_a_pixel_counts_nothing(choice, masks):
    maps = torch.full_like(masks, 0.1).requires_grad_()
    losses = attention_loss(choice, maps, masks)
    losses.sum().backward()
    assert losses.shape == (2, 6)
    assert losses[1, 5] == 0.0
    assert not maps.grad[1, 5].any()
    assert (losses[0] > 0.0).all()


@pytest.mark.parametrize("choice", CHOICES)
@pytest.mark.parametrize("height", [0.0, 1e-12, 1.0, 1e4])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_losses_and_slopes_are_numbers_whatever_the_map(choice, height, dtype, masks):
    maps = torch.full((2, 6, 20, 20), height, dtype=dtype).requires_grad_()
    losses = attention_loss(choice, maps, masks.to(dtype))
    losses.sum().backward()
    assert losses.dtype == torch.float32
    assert losses.isfinite().all()
    assert maps.grad.isfinite().all()


def test_a_map_that_looks_nowhere_has_no_share_to_be_blamed_for(masks):
    assert not attention_loss(AttentionLoss.SHARE, torch.zeros_like(masks), masks).any()


def test_the_share_hardly_depends_on_how_high_a_map_is(masks, chance):
    maps = torch.rand(masks.shape, generator=chance, dtype=torch.float64)
    low, high = (attention_loss(AttentionLoss.SHARE, scale * maps, masks) for scale in (1.0, 50.0))
    torch.testing.assert_close(low, high, rtol=0.01, atol=0)


def test_the_published_loss_adds_segments_and_averages_cases():
    assert summed(torch.tensor([[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], [0.0, 0.0, 0.0, 0.0, 0.0, 1.0]])) == 11.0


def test_the_least_probability_is_told_from_zero_and_one_in_half_precision(masks):
    maps = torch.ones(masks.shape, dtype=torch.bfloat16)
    worst = attention_loss(AttentionLoss.CLAMP, maps, torch.full_like(maps, 1e-3))
    torch.testing.assert_close(worst, torch.full_like(worst, -math.log(LEAST_PROBABILITY)), rtol=2e-3, atol=0)


LABELS = torch.tensor([[1.0, 0.0, 0.0, 0.0, 0.0, 1.0], [0.0, 1.0, 0.0, 0.0, 0.0, 0.0]])


def arm_masks(arm, masks, chance, subjects=(0, 1)):
    return masks_for(
        arm,
        masks,
        chance,
        labels=LABELS,
        subjects=torch.tensor(subjects),
        shift_mm=torch.tensor([30.0, -15.0]),
        cell_mm=CELL_MM,
    )


def test_each_arm_has_its_masks(masks, chance):
    assert not arm_masks(Arm.NONE, masks, chance).any()
    torch.testing.assert_close(arm_masks(Arm.SUPERVISED, masks, chance), masks)
    torch.testing.assert_close(arm_masks(Arm.SHUFFLED, masks, chance), masks.flip(0))
    moved = arm_masks(Arm.MOVED, masks, chance)
    torch.testing.assert_close(moved[LABELS > 0.0], masks[LABELS > 0.0])
    assert not moved[LABELS == 0.0].any()
    torch.testing.assert_close(arm_masks(Arm.SHIFTED, masks, chance)[:, 1:], masks.roll((4, -2), (2, 3))[:, 1:])


def test_the_arm_without_masks_costs_nothing_with_any_loss(masks, chance):
    none = arm_masks(Arm.NONE, masks, chance)
    assert not any(attention_loss(choice, masks, none).any() for choice in CHOICES)


SUBJECTS = [[0, 1], [0, 1, 2], [4, 4, 9, 9], [0, 0, 0, 1, 2, 3], list(range(16)), [7, 7, 7, 7, 1, 2, 3, 3]]


@pytest.mark.parametrize("subjects", SUBJECTS, ids=str)
def test_every_case_gets_the_masks_of_another_patient_and_each_is_used_once(subjects, chance):
    subjects = torch.tensor(subjects)
    for _ in range(50):
        others = draw_others(chance, subjects)
        assert sorted(others.tolist()) == list(range(len(subjects)))
        assert (subjects[others] != subjects).all()


def test_every_other_patient_can_come_up(chance):
    drawn = torch.stack([draw_others(chance, torch.arange(5)) for _ in range(200)])
    for case in range(5):
        assert set(drawn[:, case].tolist()) == set(range(5)) - {case}


@pytest.mark.parametrize("subjects", [[3], [3, 3], [3, 3, 3, 4]], ids=str)
def test_where_another_patient_is_lacking_there_is_no_mask(subjects, chance):
    subjects = torch.tensor(subjects)
    masks = torch.ones((len(subjects), 6, 4, 4))
    others = draw_others(chance, subjects)
    used = another_patients(masks, subjects, others).flatten(1).any(dim=1)
    assert used.tolist() == (subjects[others] != subjects).tolist()
    assert int(used.sum()) == (2 if len(subjects) == 4 else 0)


def test_the_same_seed_draws_the_same_others_and_the_same_way():
    first, second = (torch.Generator().manual_seed(2) for _ in range(2))
    assert torch.equal(draw_others(first, torch.arange(16)), draw_others(second, torch.arange(16)))
    assert torch.equal(draw_shift_mm(first), draw_shift_mm(second))


def test_masks_are_shifted_by_the_length_asked_for_in_any_direction(chance):
    ways = torch.stack([draw_shift_mm(chance) for _ in range(200)])
    torch.testing.assert_close(torch.hypot(*ways.T), torch.full((200,), SHIFT_MM))
    assert ways.amin() < -40.0
    assert ways.amax() > 40.0
    torch.testing.assert_close(torch.hypot(*draw_shift_mm(chance, 20.0)), torch.tensor(20.0))


def test_a_shifted_mask_moves_down_and_right_and_leaves_at_the_border():
    masks = torch.arange(12.0).reshape(1, 1, 3, 4)
    moved = shifted(masks, torch.tensor([1.2, -0.8]))
    wanted = torch.tensor([[0.0, 0.0, 0.0, 0.0], [1.0, 2.0, 3.0, 0.0], [5.0, 6.0, 7.0, 0.0]])
    torch.testing.assert_close(moved[0, 0], wanted)


def test_a_cell_holds_the_share_of_its_area():
    masks = torch.zeros((1, 6, 160, 160), dtype=torch.bool)
    masks[0, 2, 8:20, 80:84] = True
    shares = at_resolution(masks, (20, 20))
    assert shares.shape == (1, 6, 20, 20)
    assert shares[0, 2, 1, 10] == 0.5
    assert shares[0, 2, 2, 10] == 0.25
    assert shares.sum() == 12 * 4 / 64
