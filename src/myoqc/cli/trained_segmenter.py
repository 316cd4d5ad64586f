"""The work of ``myoqc train segmenter``, with its progress bars and what it prints."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from rich.markup import escape
from rich.table import Table

from myoqc.cli.console import console, progress
from myoqc.cohort import Cohort
from myoqc.train.make_segmenter import make_segmenter
from myoqc.train.segmenter_training import Recipe

COLUMNS = {
    "n": "slices",
    "found": "found",
    "dice_wall": "Dice wall",
    "dice_cavity": "cavity",
    "segment_overlap": "segments",
    "insertion_median_mm": "insertions, mm",
    "level_is_right": "level",
}
"""Figure of the card → title of its column."""


def train_with_progress(folder: Path, out: Path, **choices: Any) -> Mapping[str, Any]:
    """Train on the cohort in ``folder``, or go on; one bar for each part of the work. Returns the card."""
    with progress() as bars:
        training = bars.add_task("Training", total=None, visible=False)

        def watch(numbers: list[int], description: str) -> Iterable[int]:
            return bars.track(numbers, description=description)

        def tell(done: int, total: int, values: Mapping[str, float]) -> None:
            wall = f", wall {values['wall']:.2f}" if "wall" in values else ""
            bars.update(
                training,
                visible=True,
                completed=done,
                total=total,
                description=f"Training: loss {values['loss']:.2f}{wall}",
            )

        return make_segmenter(Cohort.open(folder), out, Recipe(**choices), watch, tell)


def print_card(card: Mapping[str, Any], out: Path) -> None:
    """Figures on the subjects that were set aside, and where everything lies."""
    table = Table("SIMULATED, set aside", *COLUMNS.values(), box=None)
    for kind, figures in card["figures_on_simulated_images"].items():
        table.add_row(kind, *(_short(figures[name]) for name in COLUMNS))
    console.print(table)
    console.print(f"Weights and card in {escape(str(out))}", soft_wrap=True)


def _short(value: float | None) -> str:
    return "–" if value is None else f"{value:.3g}"
