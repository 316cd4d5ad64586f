"""Training of a scorer: what its recipe says, on cohorts, in a folder, going on where it was stopped."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Literal

import torch
from lightning.pytorch.callbacks import Callback, EarlyStopping, ModelCheckpoint

from myoqc.cohort import Cohort
from myoqc.train.attention_loss import Arm, AttentionLoss
from myoqc.train.division import divisions_of
from myoqc.train.fitting import CHECKPOINTS, Tell, Teller, Watch, claim, fit
from myoqc.train.scorer_batches import PUBLISHED, BatchesByImages, Chance
from myoqc.train.scorer_examples import ScorerExamples, joined, scorable_numbers, told_apart
from myoqc.train.scorer_module import PUBLISHED_SCHEDULE, Schedule, ScorerModule
from myoqc.train.scorer_network import PRESETS, Preset, ScorerNetwork
from myoqc.train.scorer_reading import read_slices

NAME = "scorer"
SHORT_SCHEDULE = Schedule("cycle", epochs=6, learning_rate=3e-3)
"""For minutes on two cores: no patience, as there is no time to wait."""
WIDER_CHANCE = Chance(turn_deg=15.0, shift_px=10.0, log_scale=0.15, shade=0.3, noise=0.05, log_gamma=0.2)


Part = Literal["trained", "validated", "tested"]
LEARNT: tuple[Part, Part] = ("trained", "validated")


@dataclass(frozen=True, slots=True)
class ScorerRecipe:
    """Everything that decides the weights, together with the cohorts and the versions of the software."""

    preset: Literal["paper", "compact"] = "compact"
    attention: Arm = Arm.SUPERVISED
    attention_loss: AttentionLoss = AttentionLoss.SATURATING
    schedule: Schedule = SHORT_SCHEDULE
    chance: Chance = WIDER_CHANCE
    labels: Literal["operator", "truth"] = "truth"
    batch: int = 16
    seed: int = 0

    def as_json(self) -> dict[str, object]:
        """As plain JSON."""
        return asdict(self) | {"attention": self.attention.value, "attention_loss": self.attention_loss.value}


@dataclass(frozen=True, slots=True, eq=False)
class Trained:
    """What a training gives, and what it was given."""

    network: ScorerNetwork
    seen: ScorerExamples
    """Trained on."""
    held: ScorerExamples
    """Validated on."""


COMPACT_RECIPE = ScorerRecipe()
PAPER_RECIPE = ScorerRecipe(preset="paper", schedule=PUBLISHED_SCHEDULE, chance=PUBLISHED, labels="operator")
"""As published [Zhang2020], who had an operator's labels and no truth."""


def recipe_of(preset: Literal["paper", "compact"], **choices: object) -> ScorerRecipe:
    """The usual recipe of a preset, with other choices."""
    return replace(PAPER_RECIPE if preset == "paper" else COMPACT_RECIPE, **choices)  # type: ignore[arg-type]


def read_examples(cohorts: Sequence[Cohort], part: Part, seed: int, watch: Watch) -> ScorerExamples:
    """The basal and mid slices of the subjects in ``part`` of every cohort; raises InputError for one without any."""
    return _read(_numbered(cohorts, part, seed), part, watch)


def _numbered(cohorts: Sequence[Cohort], part: Part, seed: int) -> list[tuple[Cohort, list[int]]]:
    divisions = divisions_of(cohorts, seed)
    return [
        (cohort, scorable_numbers(cohort, getattr(division, part)))
        for cohort, division in zip(cohorts, divisions, strict=True)
    ]


def _read(numbered: Sequence[tuple[Cohort, list[int]]], part: Part, watch: Watch) -> ScorerExamples:
    read = [read_slices(cohort, numbers, watch, f"Reading slices, {part}") for cohort, numbers in numbered]
    return joined([told_apart(examples, number) for number, examples in enumerate(read)])


def train_scorer(cohorts: Sequence[Cohort], folder: Path, recipe: ScorerRecipe, watch: Watch, tell: Tell) -> Trained:
    """Train; checkpoints and TensorBoard's records are kept in ``folder``.

    Raises OutputError where the folder holds a training with another recipe or other cohorts, InputError for a cohort
    with too few subjects or slices.
    """
    to_train, to_validate = (_numbered(cohorts, part, recipe.seed) for part in LEARNT)
    claim(folder, recipe.as_json() | {"cohorts": [cohort.about["sha256"] for cohort in cohorts]})
    seen, held = _read(to_train, "trained", watch), _read(to_validate, "validated", watch)
    return Trained(train_on(seen, held, folder, recipe, tell), seen, held)


def train_on(
    seen: ScorerExamples,
    held: ScorerExamples,
    folder: Path,
    recipe: ScorerRecipe,
    tell: Tell,
    candidate: Preset | None = None,
) -> ScorerNetwork:
    """The network trained on examples that were read before; a ``candidate`` takes the place of the recipe's preset."""
    module = ScorerModule(
        seen,
        held,
        preset=candidate or PRESETS[recipe.preset],
        arm=recipe.attention,
        choice=recipe.attention_loss,
        schedule=recipe.schedule,
        labels=recipe.labels,
        chance=recipe.chance,
        batch=recipe.batch,
        seed=recipe.seed,
    )
    steps = len(BatchesByImages(seen.n_images, recipe.batch, recipe.seed))
    callbacks: list[Callback] = [Teller(tell, 0, steps * recipe.schedule.epochs)]
    best = ModelCheckpoint(
        folder / CHECKPOINTS / NAME, filename="best", monitor="valid/loss", enable_version_counter=False
    )
    if recipe.schedule.kind == "plateau":
        callbacks += [EarlyStopping("valid/loss", patience=recipe.schedule.stop), best]
    fit(
        module,
        folder,
        NAME,
        callbacks,
        max_epochs=recipe.schedule.epochs,
        precision="bf16-mixed" if torch.cuda.is_available() else "32-true",
        use_distributed_sampler=False,
    )
    if recipe.schedule.kind == "plateau":
        # The last ones come after all those epochs without gain; the paper does not say which it kept.
        kept = torch.load(best.best_model_path, weights_only=True, map_location="cpu")
        module.load_state_dict(kept["state_dict"])
    return module.network.eval()
