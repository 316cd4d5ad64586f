"""The work of ``myoqc train COHORT``, with its progress bars and what it prints."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

from rich.markup import escape
from rich.table import Table

from myoqc.cli.console import console, progress
from myoqc.cohort import Cohort
from myoqc.train.attention_loss import Arm
from myoqc.train.make_scorer import make_scorer
from myoqc.train.scorer_training import ScorerRecipe, recipe_of

ROWS = ("segment AUC", "image AUC", "AUC within maps")


def train_with_progress(
    folders: Sequence[Path],
    out: Path,
    *,
    preset: Literal["compact", "paper"],
    attention: str,
    labels: Literal["operator", "truth"] | None,
    epochs: int | None,
    seed: int,
) -> None:
    """Train on the cohorts in ``folders``, or go on; one bar for each part of the work, and the figures at the end."""
    recipe = recipe_of(preset, attention=Arm(attention), seed=seed)
    if labels is not None:
        recipe = replace(recipe, labels=labels)
    if epochs is not None:
        recipe = replace(recipe, schedule=replace(recipe.schedule, epochs=epochs))
    print_card(_train([Cohort.open(folder) for folder in folders], out, recipe), out)


def _train(cohorts: Sequence[Cohort], out: Path, recipe: ScorerRecipe) -> Mapping[str, Any]:
    with progress() as bars:
        training = bars.add_task("Training", total=None, visible=False)

        def watch(numbers: list[int], description: str) -> Iterable[int]:
            return bars.track(numbers, description=description)

        def tell(done: int, total: int, values: Mapping[str, float]) -> None:
            inside = f", attention inside {values['valid/inside']:.2f}" if "valid/inside" in values else ""
            text = f"Training: loss {values['loss']:.2f}{inside}"
            bars.update(training, visible=True, completed=done, total=total, description=text)

        return make_scorer(cohorts, out, recipe, watch, tell)


def print_card(card: Mapping[str, Any], out: Path) -> None:
    """Figures on the subjects that were set aside, and where everything lies."""
    for kind, figures in card["figures_on_simulated_images"].items():
        title = f"SIMULATED, set aside: {kind} ({figures['slices']} slices of {figures['subjects']} subjects)"
        table = Table("", *ROWS, box=None, title=title, title_justify="left")
        for name, areas in figures.items():
            if isinstance(areas, Mapping):
                table.add_row(name, *("–" if areas[row] is None else f"{areas[row]:.3f}" for row in ROWS))
        console.print(table)
        for name, value in figures.items():
            if not isinstance(value, Mapping | int):
                console.print(f"  {name}: {'–' if value is None else f'{value:.3g}'}", soft_wrap=True)
    console.print(f"Weights and card in {escape(str(out))}", soft_wrap=True)
