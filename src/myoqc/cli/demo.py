"""``myoqc demo``: a simulated study as real DICOM files, checked from the files."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from myoqc.cli.exit_codes import EXIT_CODES_HELP
from myoqc.cli.options import Out

EPILOG = EXIT_CODES_HELP


def demo(
    out: Out = Path("myoqc-demo"),
    seed: Annotated[int, typer.Option("--seed", min=0, help="Another seed gives another simulated patient.")] = 6,
) -> None:
    """Simulate one patient with a good and a bad breath-hold, write them as DICOM, and check nothing but the files.

    The true contours lie beside them, to compare with those that are found.
    """
    from myoqc.aha import Level
    from myoqc.cli.console import console
    from myoqc.cli.listing import print_result
    from myoqc.cli.simulated_study import write_with_progress
    from myoqc.cli.slices import scan_with_progress
    from myoqc.cli.studies import Settings, check_studies
    from myoqc.simulate import Motion, patient_plan

    slices = [(Level.MID, Motion.STILL), (Level.BASAL, Motion.RELEASE)]
    write_with_progress(patient_plan(f"DEMO-{seed}", seed, slices), out)
    dicom = out / "dicom"
    result = check_studies(scan_with_progress(dicom), out / "results", Settings())
    print_result(result)
    console.print("\nThe same by hand:", soft_wrap=True)
    console.print(f"  {sys.argv[0]} check {dicom} --out {out / 'results'}", soft_wrap=True)
    raise typer.Exit(result.exit_code)
