"""How far simulated slices are from real ones: ten measures, distributions, and pictures side by side.

    python benchmarks/realism.py --cases 60 --seed 1 --preset hcmr
    python benchmarks/realism.py --real ../shared/data --figures docs --page docs/realism.md --json numbers.json

Slices are planned as those of a cohort, but the heart lies still and nothing else is wrong. Real slices come from the
folder that ``--real`` names and stay there; with ``--on-anatomies`` the first preset is also simulated on those.
"""

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import realism_figures
import realism_pictures
import typer
from realism_cases import draw_all
from realism_page import page
from realism_real import read_kidney, read_real
from realism_table import heading, real_quantiles, summary, written, written_range
from rich.console import Console
from rich.table import Table

from myoqc import __version__
from myoqc.errors import MyoqcError
from myoqc.simulate.presets import PRESETS

console = Console(width=150)


def show(name: str, lines: list[dict[str, Any]], real: dict[str, dict[str, list[float]]]) -> None:
    table = Table("measure", "simulated", "n", "real", "from", "inside", "wider", *real, title=f"{name}: still hearts")
    words = {True: "yes", False: "[red]no[/red]", None: ""}
    for line in lines:
        low, high = (written(value, line["unit"]) for value in line["real"])
        table.add_row(
            heading(line),
            written_range(line["quantiles"], line["unit"]),
            str(line["n"]),
            f"{low}–{high}",
            line["source"],
            words[line["inside"]],
            words[line["wider"]],
            *(written_range(values.get(line["key"]), line["unit"]) for values in real.values()),
        )
    console.print(table)


def main(
    cases: Annotated[int, typer.Option(help="Simulated slices of each preset.")] = 60,
    seed: int = 1,
    preset: Annotated[list[str] | None, typer.Option(help=f"{' or '.join(PRESETS)}; both without.")] = None,
    real: Annotated[Path | None, typer.Option(help="Folder with anatomies, heart-t1map and kidney-molli.")] = None,
    on_anatomies: Annotated[bool, typer.Option("--on-anatomies", help="Simulate on real anatomies as well.")] = False,
    json_file: Annotated[Path | None, typer.Option("--json", help="Save the numbers here.")] = None,
    figures: Annotated[Path | None, typer.Option(help="Write both figures into this folder.")] = None,
    page_file: Annotated[Path | None, typer.Option("--page", help="Write the page with all numbers here.")] = None,
) -> None:
    """Measure simulated slices beside real ones."""
    if on_anatomies and real is None:
        raise typer.BadParameter("--on-anatomies needs --real")
    try:
        found = read_real(real)
        anatomies = real / "anatomies" if real is not None and on_anatomies else None
        slices = draw_all(preset or list(PRESETS), cases, seed, anatomies, console)
    except MyoqcError as error:
        console.print(str(error), style="red", markup=False)
        sys.exit(1)
    numbers: dict[str, Any] = {"cases": cases, "seed": seed, "software": f"myoqc {__version__}"}
    numbers["real"] = real_quantiles(found)
    numbers["subjects"] = {kind: len(members) for kind, members in found.items()}
    numbers["simulated"] = {name: summary([one.case for one in members]) for name, members in slices.items()}
    for name, lines in numbers["simulated"].items():
        show(name, lines, numbers["real"])
    if json_file is not None:
        json_file.write_text(json.dumps(numbers, indent=1), encoding="utf-8")
    if figures is not None:
        kidney = read_kidney(real)
        realism_pictures.side_by_side(slices, found, kidney, figures / "realism-side-by-side.png")
        realism_figures.distributions(slices, found, kidney, figures / "realism-distributions.png")
    if page_file is not None:
        page_file.write_text(page(numbers), encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
