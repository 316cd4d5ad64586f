"""How far simulated slices are from real ones: ten measures, distributions, and pictures side by side.

    python benchmarks/realism.py --cases 60 --seed 1 --preset hcmr
    python benchmarks/realism.py --real ../shared/data --figures docs --page docs/realism.md --json numbers.json

``hcmr`` draws ShMOLLI as the cohort has it, ``multi`` all inversion schemes; the hearts lie still. Real slices come
from the folder that ``--real`` names and stay there.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import realism_figures
import typer
from realism_measures import Ventricle
from realism_page import page
from realism_real import RealSlice, read_cine, read_heart, read_kidney
from realism_table import Numbers, heading, of_acquisition, real_quantiles, summary, written, written_range
from rich.console import Console
from rich.progress import track
from rich.table import Table

from myoqc import __version__, polygons
from myoqc.aha import screen_angle_deg, turn_deg
from myoqc.fit import fit_maps
from myoqc.records import Acquisition, Contours, Level, ParameterMap
from myoqc.schedules import KNOWN, SHMOLLI
from myoqc.simulate import draw_case, simulate

SHARE_AT_1_5_T = 0.73
PRESETS = {"hcmr": (SHMOLLI,), "multi": KNOWN}
console = Console(width=150)


@dataclass(frozen=True, slots=True, eq=False)
class SimulatedSlice:
    """One simulated slice with what a scanner would give and the fit makes of it."""

    acquisition: Acquisition
    maps: ParameterMap
    ventricle: Ventricle
    preset: str


def draw_slice(preset: str, seed: int, number: int) -> SimulatedSlice:
    """Slice ``number`` of a preset; the heart lies still."""
    rng = np.random.default_rng([seed, list(PRESETS).index(preset), number])
    schedule = PRESETS[preset][number % len(PRESETS[preset])]
    field_t = 1.5 if rng.random() < SHARE_AT_1_5_T else 3.0
    level = (Level.BASAL, Level.MID)[int(rng.integers(2))]
    simulation = simulate(draw_case(rng, schedule=schedule, field_t=field_t, level=level))
    acquisition = simulation.acquisition
    return SimulatedSlice(acquisition, fit_maps(acquisition), ventricle_of(simulation.contours, acquisition), preset)


def ventricle_of(contours: Contours, acquisition: Acquisition) -> Ventricle:
    """The masks inside the contours; the right ventricle lies where the middle of the septum is."""
    grid = acquisition.grid
    cavity = polygons.fill(contours.endo_px, grid.shape)
    wall = polygons.fill(contours.epi_px, grid.shape) & ~cavity
    anterior, inferior = (
        float(screen_angle_deg(np.asarray(point), contours.centre_px, grid.spacing_mm))
        for point in (contours.rv_insertion_px, contours.rv_inferior_px)
    )
    return Ventricle(cavity, wall, float(grid.spacing_mm[0]), anterior + 0.5 * turn_deg(anterior, inferior))


def measured(slices: list[SimulatedSlice]) -> tuple[list[Numbers], list[str]]:
    """The rows of each slice, and the name of its scheme."""
    numbers = [of_acquisition(one.acquisition, one.maps, one.ventricle) for one in slices]
    return numbers, [one.acquisition.schedule.name for one in slices]


def show(preset: str, lines: list[dict[str, Any]], real: dict[str, dict[str, list[float]]]) -> None:
    table = Table(
        "measure", "simulated", "n", "real", "from", "inside", "wider", *real, title=f"{preset}: still hearts"
    )
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


def read_real(folder: Path | None) -> dict[str, list[RealSlice]]:
    """What there is of real slices: cines, and the heart with a T1 map."""
    if folder is None:
        return {}
    heart = read_heart(folder)
    groups = {"cine": read_cine(folder), "T1-weighted heart": [heart] if heart is not None else []}
    return {name: members for name, members in groups.items() if members}


def main(
    cases: Annotated[int, typer.Option(help="Simulated slices of each preset.")] = 60,
    seed: int = 1,
    preset: Annotated[list[str] | None, typer.Option(help="hcmr or multi; both without.")] = None,
    real: Annotated[Path | None, typer.Option(help="Folder with anatomies, heart-t1map and kidney-molli.")] = None,
    json_file: Annotated[Path | None, typer.Option("--json", help="Save the numbers here.")] = None,
    figures: Annotated[Path | None, typer.Option(help="Write both figures into this folder.")] = None,
    page_file: Annotated[Path | None, typer.Option("--page", help="Write the page with all numbers here.")] = None,
) -> None:
    """Measure simulated slices beside real ones."""
    presets = preset or list(PRESETS)
    if unknown := set(presets) - set(PRESETS):
        raise typer.BadParameter(f"expected {' or '.join(PRESETS)}, found {', '.join(sorted(unknown))}")
    slices = [
        draw_slice(name, seed, number)
        for name in presets
        for number in track(range(cases), f"simulated slices, {name}", console=console, transient=True)
    ]
    found = read_real(real)
    numbers: dict[str, Any] = {"cases": cases, "seed": seed, "software": f"myoqc {__version__}"}
    numbers["real"] = real_quantiles(found)
    numbers["simulated"] = {name: summary(*measured([one for one in slices if one.preset == name])) for name in presets}
    for name, lines in numbers["simulated"].items():
        show(name, lines, numbers["real"])
    if json_file is not None:
        json_file.write_text(json.dumps(numbers, indent=1), encoding="utf-8")
    if figures is not None:
        kidney = None if real is None else read_kidney(real)
        realism_figures.side_by_side(slices, found, kidney, figures / "realism-side-by-side.png")
        realism_figures.distributions(slices, found, kidney, figures / "realism-distributions.png")
    if page_file is not None:
        page_file.write_text(page(numbers), encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
