"""``myoqc fit``: parameter maps alone."""

from pathlib import Path

import typer

from myoqc.cli.exit_codes import EXIT_CODES_HELP, ExitCode
from myoqc.cli.options import Engine, Input, Method, Out, ReadoutCorrection

EPILOG = f"""[bold]Examples[/bold]

myoqc fit STUDY -o maps                    T1, R², precision and samples used, as NIfTI

myoqc fit STUDY --method molli             three parameters to all images, whatever the scheme

{EXIT_CODES_HELP}"""


def fit(
    source: Input,
    out: Out = Path("myoqc-maps"),
    method: Method = "auto",
    readout_correction: ReadoutCorrection = 1.0,
    engine: Engine = "auto",
) -> None:
    """Fit T1 and R² maps, and write nothing else: no segments, no score, no report."""
    from rich.markup import escape

    from myoqc.acquire import nothing_usable
    from myoqc.cli.console import console, note, progress, warn
    from myoqc.cli.folders import slice_folder, study_folder
    from myoqc.cli.studies import scan_with_progress
    from myoqc.errors import InputError
    from myoqc.fit import fit_maps
    from myoqc.report import write_maps

    catalogue = scan_with_progress(source)
    reasons = [problem.message for problem in catalogue.lost]
    lines = []
    with progress() as bars:
        for entry in bars.track(catalogue.entries, description="Fitting slices"):
            try:
                acquisition = entry.load()
                maps = fit_maps(acquisition, method, engine=engine, readout_correction=readout_correction)
            except InputError as error:
                reasons.append(str(error))
                continue
            folder = out / study_folder(entry) / slice_folder(acquisition)
            write_maps(maps, folder)
            lines.append(f"{entry.label}: {acquisition.schedule.name}, fit '{maps.method}' → {folder}")
    for line in lines:
        console.print(escape(line), soft_wrap=True)
    for reason in dict.fromkeys(reasons):
        warn(reason)
    for problem in catalogue.notes:
        note(problem.message)
    if not lines:
        warn(str(nothing_usable(source, catalogue)))
        raise typer.Exit(ExitCode.NOTHING_USABLE)
    raise typer.Exit(ExitCode.SOME_UNUSABLE if reasons else ExitCode.SUCCESS)
