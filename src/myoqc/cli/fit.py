"""``myoqc fit``: parameter maps alone."""

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from myoqc.cli.exit_codes import EXIT_CODES_HELP, code_of_result
from myoqc.cli.options import Engine, Input, Method, Out, ReadoutCorrection

if TYPE_CHECKING:
    from myoqc.acquire import Entry

EPILOG = f"""[bold]Examples[/bold]

myoqc fit STUDY -o maps
  T1, R², precision and samples used, as NIfTI
myoqc fit STUDY --method molli
  three parameters to all images, whatever the scheme

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
    from myoqc.cli.console import console, steps, warn
    from myoqc.cli.folders import slice_folder, study_folder
    from myoqc.cli.slices import each_slice, scan_with_progress, tell
    from myoqc.fit import fit_maps
    from myoqc.report import write_maps

    def fit_slice(entry: "Entry") -> str:
        acquisition = entry.load()
        maps = fit_maps(acquisition, method, engine=engine, readout_correction=readout_correction)
        folder = out / study_folder(entry) / slice_folder(acquisition)
        write_maps(maps, folder)
        return f"{entry.label}: {acquisition.schedule.name}, fit '{maps.method}' → {folder}"

    catalogue = scan_with_progress(source)
    with steps("Fitting slices", len(catalogue.entries)) as advance:
        lines, lost = each_slice(catalogue.entries, fit_slice, advance)
    for line in lines:
        console.print(escape(line), soft_wrap=True)
    tell([*catalogue.problems, *lost])
    if not lines:
        warn(str(nothing_usable(source, catalogue)))
    raise typer.Exit(code_of_result(any_used=bool(lines), any_lost=bool(lost or catalogue.lost)))
