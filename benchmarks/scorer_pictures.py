"""Where scorers of several arms look, on the same slices: Fig. 5 and 7 of [Zhang2020] made again, on simulated slices.

    python benchmarks/scorer_pictures.py COHORT... --arms OUT --to docs/attention.png

OUT is the folder that ``scorer_arms.py COHORT... --out OUT`` filled. A row for each kind of slice, from the subjects
set aside: the first with two to four segments that moved. Grad-CAM of these segments, as a share of its peak; white
lines are the borders of the segments that moved.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import matplotlib.pyplot as plt
import numpy as np
import typer
from matplotlib.axes import Axes
from numpy.typing import NDArray
from scipy import ndimage
from scorer_arms import ANSWERS, folder_of
from scorer_slices import KINDS, watch

from myoqc.cohort import Cohort
from myoqc.errors import MyoqcError
from myoqc.records import CROP_PX
from myoqc.train.scorer_examples import ScorerExamples
from myoqc.train.scorer_training import read_examples

ROWS = ("drawn", "real anatomies", "other artefact")
SHOWN = slice(24, 136)
"""Pixels of the crop that are drawn."""
DPI = 80


def chosen(slices: ScorerExamples) -> dict[str, int]:
    """The slice of each row."""
    moved = slices.motion.sum(axis=1)
    found = {}
    for name in ROWS:
        candidates = np.flatnonzero(KINDS[name](slices) & (moved >= 2) & (moved <= 4))
        if len(candidates):
            found[name] = int(candidates[0])
    return found


def draw(slices: ScorerExamples, attention: Mapping[str, NDArray[np.float32]], path: Path) -> None:
    """Attention (n 6 h w) by arm."""
    rows = chosen(slices)
    figure, grid = plt.subplots(
        len(rows),
        3 + len(attention),
        figsize=(2.3 * (3 + len(attention)), 2.5 * len(rows)),
        layout="constrained",
        squeeze=False,
    )
    for axes, (name, number) in zip(grid, rows.items(), strict=True):
        plain = slices.stack[number, int(slices.n_images[number]) - 1].astype(float)
        for panel, values, title in zip(
            axes,
            (plain, slices.t1[number], slices.r2[number]),
            (f"{name}: last image", "log T1", "log(1 − R²)"),
            strict=False,
        ):
            _panel(panel, values.astype(float), title, "gray")
        for panel, (arm, each) in zip(axes[3:], attention.items(), strict=True):
            maps = each[number][slices.motion[number]].sum(axis=0).astype(float)
            fine = ndimage.zoom(maps, CROP_PX / maps.shape[0], order=1, mode="nearest", grid_mode=True)
            _panel(panel, plain, arm, "gray")
            panel.imshow(fine[SHOWN, SHOWN] / max(fine.max(), 1e-9), cmap="inferno", alpha=0.6, vmin=0.0, vmax=1.0)
        for panel in axes:
            _segments(panel, slices, number)
    figure.savefig(path, dpi=DPI)
    plt.close(figure)


def _panel(axes: Axes, values: np.ndarray, title: str, colours: str) -> None:
    low, high = np.percentile(values, (1, 99))
    axes.imshow(values[SHOWN, SHOWN], cmap=colours, vmin=low, vmax=high)
    axes.set_title(title, size=9)
    axes.set_axis_off()


def _segments(axes: Axes, slices: ScorerExamples, number: int) -> None:
    for segment in np.flatnonzero(slices.motion[number]):
        mask = slices.segment[number][SHOWN, SHOWN] == segment + 1
        axes.contour(mask, levels=[0.5], colors="white", linewidths=0.8)


def main(
    cohorts: Annotated[list[Path], typer.Argument()],
    arms: Annotated[Path, typer.Option()],
    to: Annotated[Path, typer.Option()],
    runs: Annotated[str, typer.Option()] = "none supervised moved shuffled shifted",
) -> None:
    """Draw the picture."""
    try:
        slices = read_examples([Cohort.open(folder) for folder in cohorts], "tested", 0, watch)
    except MyoqcError as error:
        typer.echo(f"scorer_pictures.py: {error}", err=True)
        raise typer.Exit(4) from None
    attention = {}
    for run in runs.split():
        with np.load(arms / folder_of(run) / ANSWERS) as answers:
            attention[run] = answers["attention"]
    draw(slices, attention, to)


if __name__ == "__main__":
    typer.run(main)
