"""``myoqc train``: makes the models that come with the package, or others of their kind."""

from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from typer.core import TyperGroup

from myoqc.cli.exit_codes import EXIT_CODES_HELP


class ScorerUnlessNamed(TyperGroup):
    """Takes ``myoqc train COHORT`` for ``myoqc train scorer COHORT``: the scorer is what most people train."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """What click asks for; the first word is a model or a cohort."""
        return super().resolve_command(ctx, args if args[0] in self.commands else ["scorer", *args])


app = typer.Typer(
    cls=ScorerUnlessNamed,
    no_args_is_help=True,
    rich_markup_mode="rich",
    epilog=EXIT_CODES_HELP,
    help="Train models on simulated cohorts (needs the optional part 'train'): [bold]myoqc train COHORT[/bold] trains "
    "the scorer.",
)

SCORER_EPILOG = f"""[bold]Examples[/bold]

myoqc train COHORT --out OUT
  the usual scorer, of one cohort or of several, for: myoqc check STUDY --scorer OUT
myoqc train COHORT --out OUT --attention none
  the same without supervision of attention
myoqc train COHORT --out OUT --preset paper
  the published network and recipe; takes a GPU
tensorboard --logdir OUT/tensorboard
  how the training goes

{EXIT_CODES_HELP}"""
SEGMENTER_EPILOG = f"""[bold]Examples[/bold]

myoqc simulate cohort COHORT --preset levels --patients 700
  what to train on
myoqc train segmenter COHORT --out OUT
  the weights, the card, and the figures
tensorboard --logdir OUT/tensorboard
  how the training goes
myoqc train segmenter COHORT --out TRY --epochs 2
  a try, in minutes

{EXIT_CODES_HELP}"""


@app.callback()
def root() -> None:
    """Models are trained one by one."""


@app.command("scorer", epilog=SCORER_EPILOG)
def scorer(
    cohorts: Annotated[list[Path], typer.Argument(metavar="COHORT...", help="Cohorts with basal and mid slices.")],
    out: Annotated[Path, typer.Option("--out", "-o", metavar="DIR", help="Folder for weights, card and checkpoints.")],
    preset: Annotated[
        Literal["compact", "paper"], typer.Option("--preset", help="For two CPU cores, or as published.")
    ] = "compact",
    attention: Annotated[
        Literal["none", "supervised", "moved", "shuffled", "shifted"],
        typer.Option("--attention", help="Masks that attention is held to: none, all, of what moved, or a control."),
    ] = "supervised",
    labels: Annotated[
        Literal["operator", "truth"] | None,
        typer.Option("--labels", help="Whose are learnt from; the operator's for paper, else the truth, if not given."),
    ] = None,
    epochs: Annotated[
        int | None, typer.Option("--epochs", min=1, help="How often every slice is seen, at most.")
    ] = None,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Of the division, the weights and the augmentation.")] = 0,
) -> None:
    """Train the network that scores segments for motion; this is what 'myoqc train COHORT' does.

    Stopped or killed, the same command goes on after the last finished epoch.
    """
    from myoqc.cli.trained_scorer import train_with_progress
    from myoqc.extras import require

    require("train")
    train_with_progress(cohorts, out, preset=preset, attention=attention, labels=labels, epochs=epochs, seed=seed)


@app.command("segmenter", epilog=SEGMENTER_EPILOG)
def segmenter(
    cohort: Annotated[Path, typer.Argument(metavar="COHORT", help="Cohort with basal, mid and apical slices.")],
    out: Annotated[Path, typer.Option("--out", "-o", metavar="DIR", help="Folder for weights, card and checkpoints.")],
    epochs: Annotated[int, typer.Option("--epochs", min=1, help="How often every slice is seen.")] = 72,
    refining: Annotated[
        int, typer.Option("--refining", min=0, help="Epochs after these with milder augmentation.")
    ] = 24,
    batch: Annotated[int, typer.Option("--batch", min=2, help="Slices in a step.")] = 16,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Of the division, the weights and the augmentation.")] = 0,
    learning_rate: Annotated[
        float, typer.Option("--learning-rate", min=1e-6, max=1.0, help="How far a step goes, at most.")
    ] = 3e-3,
    precision: Annotated[
        Literal["bf16-mixed", "32-true"],
        typer.Option("--precision", help="32-true is faster on processors that can't calculate with 16 bits."),
    ] = "bf16-mixed",
) -> None:
    """Train the network that finds the heart, and judge it on subjects that it has not seen.

    Stopped or killed, the same command goes on after the last finished epoch.
    """
    from myoqc.cli.trained_segmenter import print_card, train_with_progress
    from myoqc.extras import require

    require("train")
    recipe = {
        "epochs": epochs,
        "refining": refining,
        "batch": batch,
        "learning_rate": learning_rate,
        "seed": seed,
        "precision": precision,
    }
    print_card(train_with_progress(cohort, out, **recipe), out)
