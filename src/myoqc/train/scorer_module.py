"""The training of a scorer as Lightning runs it: batches by number, chance from the seed and the step."""

from dataclasses import dataclass
from typing import Any, Literal

import lightning
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.optim.lr_scheduler import OneCycleLR, ReduceLROnPlateau
from torch.utils.data import DataLoader, Dataset

from myoqc.records import CROP_MM
from myoqc.train.attention import grad_cam
from myoqc.train.attention_loss import Arm, AttentionLoss, at_resolution, draw_shift_mm
from myoqc.train.scorer_batches import PUBLISHED, Batch, BatchesByImages, Chance, moved, plain_batch
from myoqc.train.scorer_examples import ScorerExamples
from myoqc.train.scorer_losses import Supervision, losses_of
from myoqc.train.scorer_network import Outputs, Preset, ScorerNetwork

WEIGHT_DECAY = 1e-4
WARM_UP = 0.1
"""Share of the steps over which a cycle's learning rate rises."""
VALIDATION_BATCH = 32


@dataclass(frozen=True, slots=True)
class Schedule:
    """How long a training is, and how its learning rate goes."""

    kind: Literal["plateau", "cycle"]
    """Adam at one rate, divided by ten whenever the validation loss stays [Zhang2020]; or AdamW with a rate that rises
    and falls once."""
    epochs: int
    """At most."""
    learning_rate: float
    patience: int = 30
    """Epochs without gain before the rate is divided."""
    stop: int = 50
    """Epochs without gain before the training ends."""


PUBLISHED_SCHEDULE = Schedule("plateau", epochs=1000, learning_rate=1e-3)


class Numbers(Dataset[Tensor]):
    """Hands on the numbers that are asked for."""

    def __getitem__(self, numbers: list[int]) -> Tensor:
        return torch.tensor(numbers)


class ScorerModule(lightning.LightningModule):
    """Network, losses and optimiser; ``examples`` are trained on, ``validated`` looked at after each epoch."""

    def __init__(
        self,
        examples: ScorerExamples,
        validated: ScorerExamples,
        *,
        preset: Preset,
        arm: Arm,
        choice: AttentionLoss,
        schedule: Schedule,
        labels: Literal["operator", "truth"] = "operator",
        chance: Chance = PUBLISHED,
        batch: int = 16,
        seed: int = 0,
    ) -> None:
        super().__init__()
        torch.manual_seed(seed)
        self.network = ScorerNetwork(preset)
        self.examples, self.validated = examples, validated
        self.labels: NDArray[np.bool_] = getattr(examples, "motion" if labels == "truth" else labels)
        self.validated_labels: NDArray[np.bool_] = getattr(validated, "motion" if labels == "truth" else labels)
        self.schedule, self.chance, self.batch, self.seed = schedule, chance, batch, seed
        shift_mm = draw_shift_mm(torch.Generator().manual_seed(seed))
        self.arm, self.choice, self.shift_mm = arm, choice, shift_mm

    def train_dataloader(self) -> DataLoader[Tensor]:
        """Numbers of slices, those of a batch with as many images."""
        batches = self._batches(self.examples, self.batch)
        return DataLoader(Numbers(), batch_size=None, sampler=batches)

    def val_dataloader(self) -> DataLoader[Tensor]:
        """The same of what is validated on, in one order: with other neighbours the control arms have other losses."""
        batches = list(self._batches(self.validated, VALIDATION_BATCH))
        return DataLoader(Numbers(), batch_size=None, sampler=batches)

    def training_step(self, numbers: Tensor, _: int) -> Tensor:
        """The sum of the losses of one batch, moved by chance."""
        step = self.global_step * self.trainer.world_size + self.global_rank
        chance = torch.Generator().manual_seed(self.seed * 1_000_000 + step)
        batch = plain_batch(self.examples, numbers.tolist(), self.labels).to(self.device)
        batch = moved(chance, batch, self.chance)
        outputs = self._outputs(batch)
        losses = losses_of(outputs, batch, self.network.head.weight, self._supervision(outputs), chance)
        self.log_dict({f"train/{name}": loss for name, loss in losses.items()}, batch_size=len(numbers))
        loss = torch.stack(list(losses.values())).sum()
        self.log("loss", loss, batch_size=len(numbers))
        return loss

    def validation_step(self, numbers: Tensor, _: int) -> None:
        """The loss that decides on the rate and the end, and where attention lies."""
        batch = plain_batch(self.validated, numbers.tolist(), self.validated_labels).to(self.device)
        outputs = self._outputs(batch)
        chance = torch.Generator().manual_seed(self.seed)
        losses = losses_of(outputs, batch, self.network.head.weight, self._supervision(outputs), chance)
        maps = grad_cam(outputs.features, self.network.head.weight)
        masks = at_resolution(batch.masks, (maps.shape[-2], maps.shape[-1]))
        inside = (maps * masks).sum() / maps.sum().clamp(min=1e-9)
        named = {f"valid/{name}": loss for name, loss in losses.items()} | {"valid/inside": inside}
        named["valid/loss"] = torch.stack(list(losses.values())).sum()
        self.log_dict(named, batch_size=len(numbers), sync_dist=True)

    def configure_optimizers(self) -> Any:
        """As the schedule says."""
        rate = self.schedule.learning_rate
        if self.schedule.kind == "plateau":
            optimiser: torch.optim.Optimizer = torch.optim.Adam(self.parameters(), lr=rate)
            plateau = ReduceLROnPlateau(optimiser, factor=0.1, patience=self.schedule.patience)
            return {"optimizer": optimiser, "lr_scheduler": {"scheduler": plateau, "monitor": "valid/loss"}}
        optimiser = torch.optim.AdamW(self.parameters(), lr=rate, weight_decay=WEIGHT_DECAY)
        steps = len(self.train_dataloader()) * self.schedule.epochs
        cycle = OneCycleLR(optimiser, rate, total_steps=steps, pct_start=WARM_UP)
        return {"optimizer": optimiser, "lr_scheduler": {"scheduler": cycle, "interval": "step"}}

    def on_train_start(self) -> None:
        """A training that had stopped by itself is not taken up again."""
        stopping = self.trainer.early_stopping_callback
        if stopping is not None and stopping.wait_count >= stopping.patience:
            self.trainer.should_stop = True

    def on_train_epoch_end(self) -> None:
        """Divide the rate where the loss stays: now, since Lightning does it after the checkpoint, which forgets it."""
        plateau = self.lr_schedulers()
        if isinstance(plateau, ReduceLROnPlateau):
            plateau.step(self.trainer.callback_metrics["valid/loss"])

    def lr_scheduler_step(self, scheduler: Any, metric: Any) -> None:
        """Called by Lightning after each batch, or for a plateau after each epoch, when it is too late."""
        if not isinstance(scheduler, ReduceLROnPlateau):
            super().lr_scheduler_step(scheduler, metric)

    def _batches(self, examples: ScorerExamples, size: int) -> BatchesByImages:
        return BatchesByImages(examples.n_images, size, self.seed, self.global_rank, self.trainer.world_size)

    def _outputs(self, batch: Batch) -> Outputs:
        statistics = batch.statistics[..., : self.network.preset.n_statistics]
        return self.network(batch.stack, batch.t1, batch.r2, batch.ti, batch.apparent, statistics)  # type: ignore[no-any-return]

    def _supervision(self, outputs: Outputs) -> Supervision:
        return Supervision(self.arm, self.choice, self.shift_mm, CROP_MM / outputs.features.shape[-1])
