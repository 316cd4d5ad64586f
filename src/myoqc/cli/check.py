"""``myoqc check``: read, fit, find the segments, score, report."""

from pathlib import Path
from typing import Annotated

import typer

from myoqc.cli.exit_codes import EXIT_CODES_HELP
from myoqc.cli.options import Engine, Input, Method, Out, ReadoutCorrection

EPILOG = f"""[bold]Examples[/bold]

myoqc check STUDY
  finds the heart, scores six segments a slice; report into ./myoqc-results
myoqc check STUDY --contours contours.json -o OUT
  the same with outlines by hand, which win over automatic ones
myoqc check STUDY --list
  what is in there, and how it was understood
myoqc check STUDY.zip --fail-on-motion
  exit code 5 where motion is found

{EXIT_CODES_HELP}"""


def check(
    source: Input,
    out: Out = Path("myoqc-results"),
    contours: Annotated[
        Path | None,
        typer.Option(
            "--contours",
            metavar="FILE",
            exists=True,
            help="Outlines by hand, which win over automatic ones: JSON of ours, cvi42 workspace (.cvi42wsx), "
            "DICOM SEG or RTSTRUCT, NIfTI label mask, or Sunnybrook text.",
        ),
    ] = None,
    automatic: Annotated[
        bool,
        typer.Option(
            " /--no-automatic", show_default=False, help="Score slices with outlines by hand only; find none."
        ),
    ] = True,
    only_list: Annotated[
        bool, typer.Option("--list", help="Print what was found and how each series was understood; score nothing.")
    ] = False,
    scorer: Annotated[
        str | None,
        typer.Option(
            "--scorer",
            metavar="DIR|r2-rule",
            help="Score with the model that 'myoqc train' made in this folder, or by R² alone.",
        ),
    ] = None,
    saliency: Annotated[
        bool,
        typer.Option(
            "--saliency", help="Show what changes the score, pixel by pixel, in place of Grad-CAM; needs torch."
        ),
    ] = False,
    fail_on_motion: Annotated[
        bool, typer.Option("--fail-on-motion", help="Exit with 5 where motion is found.")
    ] = False,
    method: Method = "auto",
    readout_correction: ReadoutCorrection = 1.0,
    engine: Engine = "auto",
) -> None:
    """Check T1-mapping studies for motion: T1 and R² maps, six segments a slice, one report a study.

    Nothing but the images is needed: the left ventricle is found in them.
    Where there is none, the maps are made and the slice is not scored.
    The outlines are written beside the results, as --contours takes them.
    """
    from myoqc.acquire import nothing_usable
    from myoqc.cli.console import warn
    from myoqc.cli.listing import listing_code, print_listing, print_result
    from myoqc.cli.slices import scan_with_progress
    from myoqc.cli.studies import Settings, check_studies, scorer_called

    catalogue = scan_with_progress(source)
    if only_list:
        print_listing(catalogue)
        raise typer.Exit(listing_code(catalogue))
    settings = Settings(
        method,
        readout_correction,
        engine,
        contours,
        fail_on_motion,
        automatic,
        scorer_called(scorer, saliency=saliency),
    )
    result = check_studies(catalogue, out, settings)
    print_result(result)
    if not result.studies:
        warn(str(nothing_usable(source, catalogue)))
    raise typer.Exit(result.exit_code)
