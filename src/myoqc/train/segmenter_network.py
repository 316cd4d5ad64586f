"""The segmenter: MONAI's U-Net [Ronneberger2015] over eight channels, and the losses of what it gives."""

import torch
from monai.losses.dice import DiceCELoss
from monai.networks.nets.basic_unet import BasicUNet
from torch import Tensor, nn
from torch.nn import functional

from myoqc.locate.channels import CHANNELS
from myoqc.locate.outputs import INSERTIONS, LEVELS, N_OUTPUTS, TISSUES

FEATURES = (16, 32, 64, 128, 128, 16)
INSERTION_MM = 5.0
"""Width (standard deviation) of the spot that marks an insertion."""
SPOT_WEIGHT = 30.0
"""How much more a pixel at the middle of a spot counts than one far from it: spots are small."""
POINTS_SHARE, LEVEL_SHARE = 1.0, 0.3
"""Of the loss of insertions and of the level, against that of the tissues."""


def segmenter(features: tuple[int, ...] = FEATURES) -> nn.Module:
    """Channels (b 8 v u) → logits (b 9 v u): tissues, spots at the insertions, level of what is left ventricle."""
    return BasicUNet(
        spatial_dims=2,
        in_channels=len(CHANNELS),
        out_channels=N_OUTPUTS,
        features=features,
        norm=("batch", {"affine": True}),
        act=("ReLU", {"inplace": True}),
    )


class SegmenterLoss(nn.Module):
    """Dice and cross-entropy of the tissues, weighted cross-entropy of the spots, cross-entropy of the level."""

    def __init__(self) -> None:
        super().__init__()
        self.tissue_loss = DiceCELoss(softmax=True, include_background=False, batch=True)

    def forward(self, logits: Tensor, shares: Tensor, spots: Tensor, level: Tensor) -> dict[str, Tensor]:
        """Losses by name.

        ``logits`` (b 9 v u), ``shares`` (b 4 v u) of background, cavity, wall and right cavity, ``spots`` (b 2 v u),
        ``level`` (b) numbers.
        """
        tissues = self.tissue_loss(logits[:, TISSUES], shares)
        heat = functional.binary_cross_entropy_with_logits(
            logits[:, INSERTIONS], spots, weight=1.0 + SPOT_WEIGHT * spots
        )
        left = shares[:, 1:3].sum(dim=1)
        of_pixel = functional.cross_entropy(
            logits[:, LEVELS], level[:, None, None].expand(-1, *left.shape[1:]), reduction="none"
        )
        levels = (of_pixel * left).sum() / left.sum().clamp(min=1.0)
        return {"tissues": tissues, "insertions": heat, "level": levels}


def total(losses: dict[str, Tensor]) -> Tensor:
    """The sum that is trained on."""
    return losses["tissues"] + POINTS_SHARE * losses["insertions"] + LEVEL_SHARE * losses["level"]


def spots(points: Tensor, shown: Tensor, shape: tuple[int, int], spacing_mm: float) -> Tensor:
    """(b 2 v u) a spot of height 1 at each insertion (b 2 2), nothing where it is not ``shown`` (b)."""
    rows, columns = torch.arange(shape[0])[:, None], torch.arange(shape[1])[None]
    away = (rows - points[..., 0, None, None]) ** 2 + (columns - points[..., 1, None, None]) ** 2
    return torch.exp(-away * (spacing_mm / INSERTION_MM) ** 2 / 2) * shown[:, None, None, None]
