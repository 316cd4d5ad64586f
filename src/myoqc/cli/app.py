"""The program ``myoqc`` and its commands."""

from typing import Annotated

import typer

from myoqc import __version__
from myoqc.cli import audit, check, demo, doctor, evaluate, fit, reproduce, simulate, train
from myoqc.cli.exit_codes import EXIT_CODES_HELP

app = typer.Typer(
    name="myoqc",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=f"{EXIT_CODES_HELP}\n\nResearch software, not a medical device.",
    help="Find motion artefacts in cardiac T1 maps, and say in which part of the heart muscle they are.\n\n"
    "Begin with [bold]myoqc demo[/bold]; then [bold]myoqc check FOLDER[/bold] on images of your own.",
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"myoqc {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    """Options of the program itself."""


app.command("check", epilog=check.EPILOG)(check.check)
app.command("fit", epilog=fit.EPILOG)(fit.fit)
app.command("demo", epilog=demo.EPILOG)(demo.demo)
app.add_typer(simulate.app, name="simulate")
app.add_typer(train.app, name="train")
app.add_typer(evaluate.app, name="evaluate")
app.command("audit", epilog=audit.EPILOG)(audit.audit)
app.command("reproduce", epilog=reproduce.EPILOG)(reproduce.reproduce)
app.command("doctor")(doctor.doctor)
