"""Learning curves of a scorer's training, from what TensorBoard was told.

    python benchmarks/scorer_curves.py OUT --to docs/scorer-curves.png

OUT is the folder that ``myoqc train COHORT... --out OUT`` filled. Losses of the training, as means over a twentieth of
it, and those of the subjects that were validated on, after each epoch.
"""

from pathlib import Path
from typing import Annotated

import matplotlib.pyplot as plt
import numpy as np
import typer
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

PANELS = {
    "labels": "motion, cross-entropy",
    "maps": "the same by the maps alone, half",
    "attention": "attention",
    "error": "error of T1, weighted",
    "artefacts": "other artefacts, weighted",
}
PIECES = 20


def main(
    out: Annotated[Path, typer.Argument()],
    to: Annotated[Path, typer.Option()],
) -> None:
    """Draw the picture."""
    records = sorted(out.rglob("events.out.tfevents.*"))
    if not records:
        typer.echo(f"scorer_curves.py: no records of a training in {out}", err=True)
        raise typer.Exit(4)
    told = EventAccumulator(str(records[0].parent), size_guidance={"scalars": 0})
    told.Reload()
    figure, axes = plt.subplots(1, len(PANELS), figsize=(3.0 * len(PANELS), 2.6), layout="constrained")
    for panel, (name, title) in zip(axes, PANELS.items(), strict=True):
        trained = told.Scalars(f"train/{name}")
        pieces = np.array_split(np.arange(len(trained)), min(PIECES, len(trained)))
        steps = [np.mean([trained[n].step for n in piece]) for piece in pieces]
        panel.plot(steps, [np.mean([trained[n].value for n in piece]) for piece in pieces], label="trained")
        validated = told.Scalars(f"valid/{name}")
        panel.plot([each.step for each in validated], [each.value for each in validated], "o-", label="validated")
        panel.set_title(title, size=9)
        panel.set_xlabel("step", size=8)
        panel.set_ylim(bottom=0.0)
        panel.tick_params(labelsize=7)
    axes[0].legend(fontsize=8)
    figure.savefig(to, dpi=80)


if __name__ == "__main__":
    typer.run(main)
