"""The training of the segmenter as Lightning runs it: batches by number, chance from the seed and the step."""

from collections.abc import Iterator
from typing import Any

import lightning
import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, Sampler

from myoqc.locate.channels import SPACING_MM
from myoqc.locate.outputs import TISSUES
from myoqc.train import augmentation
from myoqc.train.examples import Examples
from myoqc.train.segmenter_network import SegmenterLoss, segmenter, spots, total

WEIGHT_DECAY = 1e-4
WARM_UP = 0.1
"""Share of the steps over which the learning rate rises."""
LEAST_SUM = 1.0


class Shuffled(Sampler[int]):
    """Numbers in an order that depends on the seed and the epoch alone, so that a resumed training goes on alike."""

    def __init__(self, n: int, seed: int) -> None:
        self.n, self.seed, self.epoch = n, seed, 0

    def set_epoch(self, epoch: int) -> None:
        """Called by Lightning before each epoch."""
        self.epoch = epoch

    def __len__(self) -> int:
        return self.n

    def __iter__(self) -> Iterator[int]:
        chance = torch.Generator().manual_seed(self.seed * 1000 + self.epoch)
        return iter(torch.randperm(self.n, generator=chance).tolist())


class SegmenterModule(lightning.LightningModule):
    """Network, losses and optimiser; ``examples`` are trained on, ``validated`` looked at after each epoch."""

    def __init__(
        self,
        examples: Examples,
        validated: Examples,
        *,
        seed: int,
        batch: int,
        learning_rate: float,
        steps: int,
        strength: float = 1.0,
    ) -> None:
        super().__init__()
        torch.manual_seed(seed)
        # Work follows the layout of the weights: with channels last a step on a CPU takes three quarters of the time.
        self.network: nn.Module = segmenter().to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.loss = SegmenterLoss()
        self.examples, self.validated = examples, validated
        self.seed, self.batch, self.learning_rate, self.steps = seed, batch, learning_rate, steps
        self.strength = strength

    def train_dataloader(self) -> DataLoader[Any]:
        """Numbers of examples."""
        n = len(self.examples)
        return DataLoader(range(n), self.batch, sampler=Shuffled(n, self.seed), drop_last=n > self.batch)  # type: ignore[arg-type]

    def val_dataloader(self) -> DataLoader[Any]:
        """Numbers of examples."""
        return DataLoader(range(len(self.validated)), self.batch)  # type: ignore[arg-type]

    def training_step(self, numbers: Tensor, _: int) -> Tensor:
        """The loss of one batch, augmented."""
        chance = torch.Generator().manual_seed(self.seed * 1_000_000 + self.global_step)
        seen, shares, marks, level = augmented(chance, self.examples, numbers, self.strength)
        losses = self.loss(self.network(seen).float(), shares, marks, level)
        self.log_dict({f"train/{name}": loss for name, loss in losses.items()})
        loss = total(losses)
        self.log("loss", loss, prog_bar=True)
        return loss

    def validation_step(self, numbers: Tensor, _: int) -> None:
        """Dice of each tissue over the batch, as it is, without augmentation."""
        seen, shares, marks, level = plain(self.validated, numbers)
        logits = self.network(seen).float()
        losses = self.loss(logits, shares, marks, level)
        found = logits[:, TISSUES].softmax(dim=1)[:, 1:]
        overlap = 2 * (found * shares[:, 1:]).sum((0, 2, 3))
        dice = overlap / (found + shares[:, 1:]).sum((0, 2, 3)).clamp(min=LEAST_SUM)
        names = ("dice_cavity", "dice_wall", "dice_right")
        self.log_dict({f"valid/{name}": value for name, value in zip(names, dice, strict=True)}, batch_size=len(level))
        self.log("wall", dice[1], prog_bar=True, batch_size=len(level))
        self.log("valid/loss", total(losses), batch_size=len(level))

    def configure_optimizers(self) -> Any:
        """AdamW with a learning rate that rises and falls once."""
        optimiser = torch.optim.AdamW(self.parameters(), lr=self.learning_rate, weight_decay=WEIGHT_DECAY)
        schedule = torch.optim.lr_scheduler.OneCycleLR(
            optimiser, self.learning_rate, total_steps=self.steps, pct_start=WARM_UP
        )
        return {"optimizer": optimiser, "lr_scheduler": {"scheduler": schedule, "interval": "step"}}


def plain(examples: Examples, numbers: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Channels (b 8 v u), shares (b 4 v u) with the background, spots (b 2 v u) and levels (b)."""
    which = numbers.numpy()
    seen = torch.from_numpy(examples.channels[which]).float()
    inside = torch.from_numpy(examples.shares[which]).float() / 255.0
    points, shown = torch.from_numpy(examples.insertions[which]), torch.from_numpy(examples.shown[which])
    shape = (seen.shape[2], seen.shape[3])
    return (
        seen,
        _with_background(inside),
        spots(points, shown, shape, SPACING_MM),
        torch.from_numpy(examples.level[which]),
    )


def augmented(
    chance: torch.Generator, examples: Examples, numbers: Tensor, strength: float = 1.0
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """The same after chance: another geometry, other intensities, and some without a heart."""
    seen, shares, marks, level = plain(examples, numbers)
    warp = augmentation.draw_warp(chance, len(seen), (seen.shape[2], seen.shape[3]), strength)
    n_seen, n_marks = seen.shape[1], marks.shape[1]
    moved = augmentation.apply_warp(warp, torch.cat([seen, marks, shares[:, 1:]], dim=1))
    seen, marks, inside = moved[:, :n_seen], moved[:, n_seen : n_seen + n_marks], moved[:, n_seen + n_marks :]
    seen = augmentation.with_other_intensities(chance, seen, strength)
    empty = torch.rand(len(seen), generator=chance) < augmentation.EMPTY
    if empty.any():
        seen[empty] = augmentation.draw_empty(chance, int(empty.sum()))
        inside, marks = (values * ~empty[:, None, None, None] for values in (inside, marks))
    return seen, _with_background(inside), marks, level


def _with_background(inside: Tensor) -> Tensor:
    return torch.cat([(1.0 - inside.sum(dim=1, keepdim=True)).clamp(min=0.0), inside], dim=1)
