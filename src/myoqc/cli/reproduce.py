"""``myoqc reproduce``: everything that the paper measures, on a simulated cohort, with controls and baselines."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from myoqc.cli.exit_codes import EXIT_CODES_HELP

EPILOG = f"""[bold]Arms[/bold]

none            without supervision of attention
supervised      attention is held to the segment that is scored
shuffled, shifted, moved
                controls: another patient's masks, masks beside the heart, masks of moved segments alone
automatic       supervised, by outlines that were found and not drawn
corrected       supervised, by labels that an audit had read again

[bold]Examples[/bold]

myoqc simulate cohort COHORT --preset hcmr
  what to measure on: as many maps as in the paper
myoqc reproduce COHORT --out OUT
  three arms; OUT/index.html tells the story
myoqc reproduce COHORT --out OUT --arms none,supervised,shuffled,automatic,corrected
  the same and two more, beside what is done already
myoqc reproduce COHORT --out TRY --scale smoke
  a trial run in minutes: the figures mean nothing
ray start --head; myoqc reproduce COHORT --out OUT --ray auto
  folds spread over the machines of a Ray cluster that share OUT

{EXIT_CODES_HELP}"""


def reproduce(
    folder: Annotated[Path, typer.Argument(metavar="COHORT", help="Folder of a simulated cohort.")],
    out: Annotated[Path, typer.Option("--out", "-o", metavar="DIR", help="Where all goes; made if absent.")],
    arms: Annotated[
        str,
        typer.Option(
            "--arms", metavar="ARM,ARM", help="What is trained, see below; the first is no more than the others."
        ),
    ] = "none,supervised,shuffled",
    seeds: Annotated[int, typer.Option("--seeds", min=1, help="Networks of every arm and fold.")] = 1,
    scale: Annotated[
        Literal["full", "smoke"], typer.Option("--scale", help="smoke: a few slices, one epoch, to see that it runs.")
    ] = "full",
    preset: Annotated[
        Literal["compact", "paper"],
        typer.Option("--preset", help="Network and recipe: for two cores, or as published."),
    ] = "compact",
    labels: Annotated[
        Literal["operator", "truth"],
        typer.Option("--labels", help="Whose are learnt from; the paper had an operator's."),
    ] = "operator",
    workers: Annotated[
        int | None, typer.Option("--workers", min=1, help="Trainings at a time; one a processor if not given.")
    ] = None,
    ray: Annotated[
        str | None, typer.Option("--ray", metavar="ADDRESS", help="Of a Ray cluster ('auto': the one here).")
    ] = None,
    resamples: Annotated[int, typer.Option("--resamples", min=100, help="Draws of patients for intervals.")] = 2000,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Of the folds and of these draws.")] = 0,
) -> None:
    """Cross-validate the scorer by patient and measure it as the paper did, and better; on SIMULATED images.

    Stopped or killed, the same command goes on where it was; what is done is not done again. DIR keeps the examples
    (two gigabytes for 2,700 slices), so that more arms can be asked for later.
    """
    from myoqc.extras import require

    require("train")
    if ray is not None:
        require("ray")
    from myoqc.cli.reproduced import reproduce_with_progress
    from myoqc.train.reproduction import Wanted

    asked_for = tuple(dict.fromkeys(arm.strip() for arm in arms.split(",")))
    wanted = Wanted(asked_for, seeds, scale, preset, labels, resamples, seed)
    reproduce_with_progress(folder, out, wanted, workers, ray)
