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
SEEDS_APART = 10_000
"""Between the seeds of the two phases of a training."""

Precision = Literal["bf16-mixed", "32-true"]


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
    """With augmentation at full strength, so that real images lie within what was seen."""
    refining: int = 10
    """Epochs after these, with a third of it and a third of the learning rate, so that outlines get exact."""
    batch: int = 16
    learning_rate: float = 3e-3
    seed: int = 0
    precision: Precision = "bf16-mixed"
    """The first is several times faster on processors that calculate with 16 bits, and slower on others."""


def train_network(cohort: Cohort, folder: Path, recipe: Recipe, watch: Watch, tell: Tell) -> torch.nn.Module:
    """The trained network; checkpoints and TensorBoard's records are kept in ``folder``.

    Raises OutputError where the folder holds a training with another recipe or cohort.
    """
    division = division_of(cohort, recipe.seed)
    _claim(folder, recipe, cohort)
    trained, validated = (numbers_of(cohort.subjects, part) for part in (division.trained, division.validated))
    seen = examples(cohort, watch(trained, "Reading what to train on"))
    held = examples(cohort, watch(validated, "Reading what to validate on"))
    network, steps, done = None, max(len(seen) // recipe.batch, 1), 0
    of_all = steps * (recipe.epochs + recipe.refining)
    for phase in _phases(recipe):
        module = SegmenterModule(
            seen,
            held,
            seed=recipe.seed + phase.seed_offset,
            batch=recipe.batch,
            learning_rate=phase.learning_rate,
            steps=steps * phase.epochs,
            strength=phase.strength,
        )
        if network is not None:
            module.network.load_state_dict(network.state_dict())
        _fit(module, folder, phase, recipe.precision, _Teller(tell, done, of_all))
        network, done = module.network, done + steps * phase.epochs
    assert network is not None
    return network.eval()


@dataclass(frozen=True, slots=True)
class _Phase:
    name: str
    epochs: int
    learning_rate: float
    strength: float
    """Of augmentation."""
    seed_offset: int


def _phases(recipe: Recipe) -> list[_Phase]:
    first = _Phase("first", recipe.epochs, recipe.learning_rate, 1.0, 0)
    refining = _Phase("refining", recipe.refining, recipe.learning_rate / 3, 1 / 3, SEEDS_APART)
    return [first, *([refining] if recipe.refining else [])]


def _fit(module: SegmenterModule, folder: Path, phase: _Phase, precision: Precision, teller: "_Teller") -> None:
    """Train a module, or go on after the last epoch that its folder holds."""
    kept = ModelCheckpoint(folder / CHECKPOINTS / phase.name, filename="last", enable_version_counter=False)
    last = folder / CHECKPOINTS / phase.name / "last.ckpt"
    with quiet():
        trainer = lightning.Trainer(
            max_epochs=phase.epochs,
            accelerator="cpu",  # examples and chance stay there, and weights must not depend on what else is found
            precision=precision,
            logger=TensorBoardLogger(folder, name="tensorboard", version=phase.name),
            callbacks=[kept, teller],
            enable_model_summary=False,
            enable_progress_bar=False,
            num_sanity_val_steps=0,
            log_every_n_steps=10,
        )
        trainer.fit(module, ckpt_path=last if last.exists() else None)


class _Teller(Callback):
    """Passes on how far the training is."""

    def __init__(self, tell: Tell, before: int, of_all: int) -> None:
        self.tell, self.before, self.of_all = tell, before, of_all

    def on_train_batch_end(self, trainer: lightning.Trainer, *_: Any) -> None:
        metrics = {name: float(value) for name, value in trainer.callback_metrics.items()}
        self.tell(self.before + trainer.global_step, self.of_all, metrics)


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
