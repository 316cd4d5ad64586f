"""The loss that asks a network to look at the segment it scores, and the arms that show what of it helps [Zhang2020].

L_att = Σ over six segments of the cross-entropy between Grad-CAM map and mask. A map has no upper bound, and the paper
does not say how it becomes a probability: :class:`AttentionLoss` holds the candidates. Maps (b 6 h w) are those of
:func:`~myoqc.train.attention.grad_cam`, at the scale 1 / (h · w) at which a map without its ReLU adds up to the score;
masks (b 6 h w) are shares of each cell, 0 to 1.

All candidates see the map after its ReLU, as published: cells with evidence against motion have no slope, so that no
loss raises a map that is 0 everywhere. None of them breaks on one.
"""

from collections.abc import Callable, Mapping
from enum import Enum
from types import MappingProxyType

import torch
from torch import Tensor
from torch.nn import functional

LEAST_PROBABILITY = 1e-4
SATURATING_WEIGHT = 20.0
"""A map at its true scale is far below 1, and so are the slopes of this loss against the classifier's."""
LEAST_EVIDENCE = 1e-2
"""Added to the sums of a map before their ratio is taken; a score of 1 needs a sum of about 1."""
SHIFT_MM = 49.0
"""More than any segment is long, so that no mask holds a part of its own segment."""


class AttentionLoss(Enum):
    """How a map becomes something that can be compared with a mask."""

    CLAMP = "clamp"
    """A probability in each cell: the map as it is, cut to 1e-4 … 1 − 1e-4."""
    SOFTMAX = "softmax"
    """One distribution over all cells: softmax of the map times h · w; the mask is made to add up to 1 as well."""
    SATURATING = "saturating"
    """A probability in each cell: 1 − exp(−map)."""
    SHARE = "share"
    """−log of the share of the map that lies inside the mask.

    It is the only one that does not care how high a map is, only where it lies, so that it can't push the score up or
    down against the classifier; and it asks for no particular distribution inside the segment. It is least for a map
    that is 0 everywhere, and in first trials that is where it led.
    """


def attention_loss(choice: AttentionLoss, maps: Tensor, masks: Tensor) -> Tensor:
    """Loss (b 6) of each case and segment; 0 where a mask is empty. :func:`summed` makes it the published one."""
    full = torch.promote_types(maps.dtype, torch.float32)  # half a precision can't tell 1 − 1e-4 from 1
    maps, masks = maps.to(full), masks.to(full)
    losses = _LOSSES[choice](maps.flatten(2), masks.flatten(2))
    return torch.where(masks.flatten(2).sum(dim=-1) > 0.0, losses, 0.0)


def summed(losses: Tensor) -> Tensor:
    """Σ over segments, mean over cases, of losses (b 6) [Zhang2020]."""
    return losses.sum(dim=1).mean()


def _clamp(maps: Tensor, masks: Tensor) -> Tensor:
    probability = maps.clamp(LEAST_PROBABILITY, 1.0 - LEAST_PROBABILITY)
    inside, outside = -probability.log(), -torch.log1p(-probability)
    return (masks * inside + (1.0 - masks) * outside).mean(dim=-1)


def _softmax(maps: Tensor, masks: Tensor) -> Tensor:
    wanted = masks / masks.sum(dim=-1, keepdim=True).clamp(min=torch.finfo(masks.dtype).tiny)
    return -(wanted * functional.log_softmax(maps * maps.shape[-1], dim=-1)).sum(dim=-1)


def _saturating(maps: Tensor, masks: Tensor) -> Tensor:
    # −log(1 − p) is the map itself; the least probability keeps the other logarithm finite.
    inside = -torch.log(-torch.expm1(-maps - LEAST_PROBABILITY))
    return SATURATING_WEIGHT * (masks * inside + (1.0 - masks) * maps).mean(dim=-1)


def _share(maps: Tensor, masks: Tensor) -> Tensor:
    inside, everywhere = (maps * masks).sum(dim=-1), maps.sum(dim=-1)
    return torch.log(everywhere + LEAST_EVIDENCE) - torch.log(inside + LEAST_EVIDENCE)


_LOSSES: Mapping[AttentionLoss, Callable[[Tensor, Tensor], Tensor]] = MappingProxyType(
    {
        AttentionLoss.CLAMP: _clamp,
        AttentionLoss.SOFTMAX: _softmax,
        AttentionLoss.SATURATING: _saturating,
        AttentionLoss.SHARE: _share,
    }
)


class Arm(Enum):
    """What the maps are compared with: an arm of the experiment."""

    NONE = "none"
    SUPERVISED = "supervised"
    MOVED = "moved"
    """The right masks of segments that moved; where nothing moved nothing is asked for."""
    SHUFFLED = "shuffled"
    """Another patient's masks: right in general, wrong for this heart."""
    SHIFTED = "shifted"
    """Masks of the right shape, beside the heart."""


def masks_for(
    arm: Arm,
    masks: Tensor,
    chance: torch.Generator,
    *,
    labels: Tensor,
    subjects: Tensor,
    shift_mm: Tensor,
    cell_mm: float,
) -> Tensor:
    """The masks (b 6 h w) that an ``arm`` supervises with, given the true ``masks`` (b 6 h w) in cells of ``cell_mm``.

    ``labels`` (b 6) are 1 for motion; ``subjects`` (b) are numbers that tell patients apart; ``shift_mm`` (2) is drawn
    once for a whole training by :func:`draw_shift_mm`. ``chance`` decides for the arm 'shuffled' alone. Where no mask
    is to be used it is empty.
    """
    if arm is Arm.NONE:
        return torch.zeros_like(masks)
    if arm is Arm.MOVED:
        return masks * labels.to(masks)[..., None, None]
    if arm is Arm.SHUFFLED:
        return another_patients(masks, subjects, draw_others(chance, subjects))
    if arm is Arm.SHIFTED:
        return shifted(masks, shift_mm / cell_mm)
    return masks


def draw_shift_mm(chance: torch.Generator, length_mm: float = SHIFT_MM) -> Tensor:
    """(2) a way of ``length_mm`` along rows and columns, in any direction."""
    angle = 2.0 * torch.pi * torch.rand((), generator=chance)
    return length_mm * torch.stack([angle.sin(), angle.cos()])


def shifted(masks: Tensor, shift_cells: Tensor) -> Tensor:
    """``masks`` (… h w) moved by (2) rows and columns; nothing comes in, and what leaves is lost.

    Moved by whole cells, so that shares stay as sharp as they were.
    """
    down, right = (int(cells) for cells in shift_cells.round().tolist())
    return functional.pad(masks, (right, -right, down, -down))


def draw_others(chance: torch.Generator, subjects: Tensor) -> Tensor:
    """(b) for each case another one of the batch, each once, of another patient as long as no patient has over half."""
    _, which, count = torch.unique(subjects.cpu(), return_inverse=True, return_counts=True)
    rank = torch.randperm(len(count), generator=chance)[which]
    order = torch.randperm(len(which), generator=chance)
    order = order[torch.argsort(rank[order], stable=True)]
    others = torch.empty_like(order)
    # Patients lie side by side; going on by the longest of them leads out of every one.
    others[order] = order.roll(-int(count.max()))
    return others


def another_patients(masks: Tensor, subjects: Tensor, others: Tensor) -> Tensor:
    """``masks`` (b 6 h w) of the cases ``others`` (b); empty where the other is of the same patient."""
    foreign = subjects.cpu() != subjects.cpu()[others]
    return masks[others.to(masks.device)] * foreign.to(masks)[:, None, None, None]


def at_resolution(masks: Tensor, shape: tuple[int, int]) -> Tensor:
    """Share (b 6 h w) of each cell of ``shape`` that ``masks`` (b 6 v u) hold, by area.

    Exact where the cells are whole pixels, as those of 160 × 160 pixels are at 40, 20 and 10.
    """
    kept = masks if masks.is_floating_point() else masks.float()
    return functional.adaptive_avg_pool2d(kept, shape)
