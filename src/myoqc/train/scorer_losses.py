"""What a scorer's training makes small: of the labels, of where it looks, of the error of T1, of other artefacts."""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from myoqc.train.attention import grad_cam
from myoqc.train.attention_loss import Arm, AttentionLoss, at_resolution, attention_loss, masks_for, summed
from myoqc.train.scorer_batches import Batch
from myoqc.train.scorer_network import Outputs

QUANTILES = (0.05, 0.5, 0.95)
"""Of the error of T1, in the order of the network's outputs."""
ERROR_SHARE, ARTEFACT_SHARE = 0.3, 0.3
"""Of the losses of the further outputs, against the labels': they share the maps and must not rule them."""
MAPS_SHARE = 0.5
"""Of the labels' loss of what the maps say alone. Without it the statistics would answer, and the maps, of which
attention is shown, would have nothing to say."""


@dataclass(frozen=True, slots=True, eq=False)
class Supervision:
    """How attention is supervised."""

    arm: Arm
    choice: AttentionLoss
    shift_mm: Tensor
    """(2) of the arm 'shifted', drawn once for a training."""
    cell_mm: float
    """Size of a cell of the last maps."""


def losses_of(
    outputs: Outputs, batch: Batch, weight: Tensor, supervision: Supervision, chance: torch.Generator
) -> dict[str, Tensor]:
    """Losses by name, each a number; ``weight`` (6 c) is that of the network's linear layer [Zhang2020].

    Attention and labels count alike (α = 1). Attention is summed over the segments, as in the paper, and the labels'
    loss is their mean, of which it does not say.
    """
    losses = {"labels": functional.binary_cross_entropy_with_logits(outputs.motion, batch.labels)}
    if outputs.by_maps is not outputs.motion:
        losses["maps"] = MAPS_SHARE * functional.binary_cross_entropy_with_logits(outputs.by_maps, batch.labels)
    if supervision.arm is not Arm.NONE:
        maps = grad_cam(outputs.features, weight)
        shape = (maps.shape[-2], maps.shape[-1])
        wanted = masks_for(
            supervision.arm,
            at_resolution(batch.masks, shape),
            chance,
            labels=batch.labels,
            subjects=batch.subjects,
            shift_mm=supervision.shift_mm,
            cell_mm=supervision.cell_mm,
        )
        losses["attention"] = summed(attention_loss(supervision.choice, maps, wanted))
    if outputs.error is not None:
        losses["error"] = ERROR_SHARE * pinball(outputs.error, batch.error)
    if outputs.artefacts is not None:
        artefacts = functional.binary_cross_entropy_with_logits(outputs.artefacts, batch.artefacts)
        losses["artefacts"] = ARTEFACT_SHARE * artefacts
    return losses


def pinball(said: Tensor, true: Tensor) -> Tensor:
    """Mean loss of quantiles ``said`` (b 6 3) of ``true`` (b 6), those that are NaN left out [Koenker1978]."""
    known = torch.isfinite(true)
    if not known.any():
        return said.sum() * 0.0
    over = true[known][:, None] - said[known]
    levels = torch.tensor(QUANTILES, device=said.device)
    return torch.maximum(levels * over, (levels - 1.0) * over).mean()
