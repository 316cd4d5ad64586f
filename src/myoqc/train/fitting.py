"""How any training here is run: by Lightning, in a folder of its own, from its last epoch on where it was stopped."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from os import fsync
from pathlib import Path
from typing import Any, Protocol

import lightning
import torch
from lightning.pytorch.callbacks import Callback, ModelCheckpoint
from lightning.pytorch.loggers import TensorBoardLogger
from lightning.pytorch.plugins.io import TorchCheckpointIO

from myoqc.cohort.files import one_line, write_whole
from myoqc.errors import OutputError
from myoqc.train.quiet import quiet

RECIPE = "recipe.json"
CHECKPOINTS = "checkpoints"


class Watch(Protocol):
    """Shows on a screen how far the work is."""

    def __call__(self, numbers: list[int], description: str) -> Iterable[int]:
        """The same numbers, one after the other."""


Tell = Callable[[int, int, Mapping[str, float]], None]
"""Told the number of batches that are done, and of all, with the latest figures by name."""


def fit(
    module: lightning.LightningModule, folder: Path, name: str, callbacks: Sequence[Callback], **choices: Any
) -> lightning.Trainer:
    """Train ``module``, or go on after the last epoch that ``folder`` holds under ``name``; quietly.

    ``choices`` are those of Lightning's ``Trainer``. TensorBoard's records lie under the same name.
    """
    kept = ModelCheckpoint(folder / CHECKPOINTS / name, filename="last", enable_version_counter=False)
    last = folder / CHECKPOINTS / name / "last.ckpt"
    with quiet():
        trainer = lightning.Trainer(
            logger=TensorBoardLogger(folder, name="tensorboard", version=name),
            callbacks=[kept, *callbacks],
            plugins=[WholeCheckpoints()],
            enable_model_summary=False,
            enable_progress_bar=False,
            num_sanity_val_steps=0,
            log_every_n_steps=10,
            **choices,
        )
        trainer.fit(module, ckpt_path=last if last.exists() else None)
    return trainer


class WholeCheckpoints(TorchCheckpointIO):
    """Writes a checkpoint beside the last one and renames it.

    Lightning would write it in the system's temporary folder and move it, which is a copy where that is another disk,
    and a kill during the copy leaves neither the old checkpoint nor the new one.
    """

    def save_checkpoint(self, checkpoint: dict[str, Any], path: str | Path, storage_options: Any = None) -> None:
        """Called by Lightning after each epoch."""
        whole = Path(path)
        whole.parent.mkdir(parents=True, exist_ok=True)
        aside = whole.with_name(f"{whole.name}.partial")
        with aside.open("wb") as file:
            torch.save(checkpoint, file)
            file.flush()
            fsync(file.fileno())
        aside.replace(whole)


class Teller(Callback):
    """Passes on how far the training is."""

    def __init__(self, tell: Tell, before: int, of_all: int) -> None:
        self.tell, self.before, self.of_all = tell, before, of_all

    def on_train_batch_end(self, trainer: lightning.Trainer, *_: Any) -> None:
        """Called by Lightning after each batch."""
        metrics = {name: float(value) for name, value in trainer.callback_metrics.items()}
        self.tell(self.before + trainer.global_step, self.of_all, metrics)


def claim(folder: Path, wanted: Mapping[str, Any]) -> None:
    """Write down what is made in ``folder``, or hold it against what was begun there.

    Raises OutputError where the folder holds another training.
    """
    path = folder / RECIPE
    if not path.exists():
        write_whole(path, one_line(wanted) + "\n")
        return
    text = path.read_text(encoding="utf-8", errors="replace").strip()
    try:
        begun = json.loads(text)
    except ValueError:
        begun = None
    if begun != wanted:
        raise OutputError(
            "this folder holds another training",
            file=folder,
            expected=one_line(wanted),
            found=text,
            remedy="Choose another folder, or give the options that it was begun with.",
        )
