"""Training of the segmenter, which goes on from its last epoch where it was stopped."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

import torch

from myoqc.cohort import Cohort
from myoqc.train.division import division_of, numbers_of
from myoqc.train.examples import examples
from myoqc.train.fitting import Tell, Teller, Watch, claim, fit
from myoqc.train.segmenter_module import SegmenterModule

SEEDS_APART = 10_000
"""Between the seeds of the two phases of a training."""

Precision = Literal["bf16-mixed", "32-true"]


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything that decides the weights, together with the cohort and the versions of the software."""

    epochs: int = 72
    """With augmentation at full strength, so that real images lie within what was seen."""
    refining: int = 24
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
    claim(folder, asdict(recipe) | {"cohort": cohort.about["sha256"]})
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
        _fit(module, folder, phase, recipe.precision, Teller(tell, done, of_all))
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


def _fit(module: SegmenterModule, folder: Path, phase: _Phase, precision: Precision, teller: Teller) -> None:
    """Train a module, or go on after the last epoch that its folder holds."""
    # Examples and chance stay on the processor, and weights must not depend on what else is found.
    fit(module, folder, phase.name, [teller], max_epochs=phase.epochs, accelerator="cpu", precision=precision)
