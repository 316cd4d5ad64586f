"""Training of the segmenter, which goes on from its last epoch where it was stopped."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

import lightning
import torch
from lightning.pytorch.callbacks import Callback, ModelCheckpoint
from lightning.pytorch.loggers import TensorBoardLogger

from myoqc.cohort import Cohort
from myoqc.cohort.files import one_line, write_whole
from myoqc.errors import OutputError
from myoqc.train.division import division_of, numbers_of
from myoqc.train.examples import examples
from myoqc.train.quiet import quiet
from myoqc.train.segmenter_module import SegmenterModule

RECIPE = "recipe.json"
CHECKPOINTS = "checkpoints"


class Watch(Protocol):
    """Shows on a screen how far the work is."""

    def __call__(self, numbers: list[int], description: str) -> Iterable[int]:
        """The same numbers, one after the other."""


Tell = Callable[[int, int, Mapping[str, float]], None]
"""Told the number of batches that are done, and of all, with the latest figures by name."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything that decides the weights, together with the cohort and the versions of the software."""

    epochs: int = 30
    batch: int = 16
    learning_rate: float = 3e-3
    seed: int = 0
    precision: Literal["bf16-mixed", "32-true"] = "bf16-mixed"
    """The first is several times faster on processors that calculate with 16 bits, and slower on others."""


def train_network(cohort: Cohort, folder: Path, recipe: Recipe, watch: Watch, tell: Tell) -> torch.nn.Module:
    """The trained network; checkpoints and TensorBoard's records are kept in ``folder``.

    Raises OutputError where the folder holds a training with another recipe or cohort.
    """
    division = division_of(cohort, recipe.seed)
    _claim(folder, recipe, cohort)
    trained, validated = (numbers_of(cohort.subjects, part) for part in (division.trained, division.validated))
    module = SegmenterModule(
        examples(cohort, watch(trained, "Reading what to train on")),
        examples(cohort, watch(validated, "Reading what to validate on")),
        seed=recipe.seed,
        batch=recipe.batch,
        learning_rate=recipe.learning_rate,
        steps=recipe.epochs * max(len(trained) // recipe.batch, 1),
    )
    kept = ModelCheckpoint(folder / CHECKPOINTS, filename="last", enable_version_counter=False)
    last = folder / CHECKPOINTS / "last.ckpt"
    with quiet():
        trainer = lightning.Trainer(
            max_epochs=recipe.epochs,
            accelerator="cpu",  # examples and chance stay there, and weights must not depend on what else is found
            precision=recipe.precision,
            logger=TensorBoardLogger(folder, name="tensorboard", version=""),
            callbacks=[kept, _Teller(tell)],
            enable_model_summary=False,
            enable_progress_bar=False,
            num_sanity_val_steps=0,
            log_every_n_steps=10,
        )
        trainer.fit(module, ckpt_path=last if last.exists() else None)
    return module.network.eval()


class _Teller(Callback):
    """Passes on how far the training is."""

    def __init__(self, tell: Tell) -> None:
        self.tell = tell

    def on_train_batch_end(self, trainer: lightning.Trainer, *_: Any) -> None:
        metrics = {name: float(value) for name, value in trainer.callback_metrics.items()}
        self.tell(trainer.global_step, int(trainer.estimated_stepping_batches), metrics)


def _claim(folder: Path, recipe: Recipe, cohort: Cohort) -> None:
    """Write down what is made here, or hold it against what was begun."""
    wanted = asdict(recipe) | {"cohort": cohort.about["sha256"]}
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
