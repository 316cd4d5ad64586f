"""How much chance decides: figures of trainings that differ in their seed alone, mean and standard deviation; Markdown.

    python benchmarks/scorer_seeds.py OUT_0 OUT_1 OUT_2

Folders are those of ``myoqc train COHORT... --seed N --out OUT_N``. A seed also divides the drawn subjects into those
learnt from and those set aside, so that the spread holds that of the subjects judged on. All against the truth.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

FIGURES = {
    "segment": ("network, against truth", "segment AUC"),
    "image": ("network, against truth", "image AUC"),
    "within maps": ("network, against truth", "AUC within maps"),
    "lowest R², segment": ("lowest R², against truth", "segment AUC"),
    "segments of slices without motion called moved": ("segments of still slices called moved",),
    "peak of attention": ("peak of attention in the segment",),
    "error of T1, ms": ("mean absolute error of the error of T1, ms",),
    "calling it 0, ms": ("the same of calling it 0, ms",),
    "its intervals hold": ("its intervals that hold the truth",),
}


def mean_and_sd(values: Sequence[float]) -> str:
    """'mean ± sd' with as many digits as figures of that size have here."""
    digits = 3 if max(map(abs, values)) <= 1.0 else 1
    return f"{np.mean(values):.{digits}f} ± {np.std(values, ddof=1):.{digits}f}"


def figure(card: dict[str, Any], kind: str, path: Sequence[str]) -> float:
    """One figure of a card, of a kind of slices."""
    found = card["figures_on_simulated_images"][kind]
    for name in path:
        found = found[name]
    return float(found)


def main(folders: Annotated[list[Path], typer.Argument(min=2)]) -> None:
    """Print the table of the cards in these folders."""
    cards = [json.loads((folder / "scorer.json").read_text(encoding="utf-8")) for folder in folders]
    seeds = sorted(card["recipe"]["seed"] for card in cards)
    if len(set(seeds)) < len(seeds):
        typer.echo(f"scorer_seeds.py: the same seed twice: {seeds}", err=True)
        raise typer.Exit(4)
    typer.echo(f"SIMULATED: seeds {', '.join(map(str, seeds))}; mean ± standard deviation\n")
    kinds = list(cards[0]["figures_on_simulated_images"])
    for cells in (("figure", *kinds), ("---",) * (1 + len(kinds))):
        typer.echo(f"| {' | '.join(cells)} |")
    for name, path in FIGURES.items():
        cells = [mean_and_sd([figure(card, kind, path) for card in cards]) for kind in kinds]
        typer.echo(f"| {name} | {' | '.join(cells)} |")


if __name__ == "__main__":
    typer.run(main)
