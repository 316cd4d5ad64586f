"""How well the heart is found: on simulated subjects set aside, on real images, and where there is none.

    python benchmarks/segmenter.py OUT COHORT --real ../shared/data
    python benchmarks/segmenter.py OUT COHORT --real ../shared/data --figures docs --page docs/segmenter.md

OUT is the folder that ``myoqc train segmenter COHORT --out OUT`` filled. The figures of the subjects set aside are read
from the card in it; every fifth of these cases is found again for the pictures. Real images stay where they are.
"""

import sys
from pathlib import Path
from typing import Annotated, Any

import segmenter_pictures
import typer
from rich.console import Console
from segmenter_page import page
from segmenter_real import Marked, heartless, maps_of, real_heart

from myoqc import polygons
from myoqc.cohort import Cohort
from myoqc.errors import MyoqcError, NoVentricleError
from myoqc.evaluate import dice
from myoqc.locate import Segmenter, find_heart, read_segmenter
from myoqc.locate.channels import channels
from myoqc.locate.heart import outlines_of
from myoqc.locate.outlines import shares
from myoqc.records import Contours
from myoqc.train.division import division_of, numbers_of
from myoqc.train.segmenter_figures import Judged, judge

console = Console(width=130)
EVERY = 5
"""One of so many of the cases set aside is found again."""


def found_in(marked: Marked, segmenter: Segmenter) -> dict[str, Any]:
    """Overlap with what is marked, and what ``find_heart`` says; outlines count even where it refuses them."""
    try:
        refused, contours = None, find_heart(marked.acquisition, marked.maps, segmenter).contours
    except NoVentricleError as error:
        refused, contours = error.problem, _outlines(marked, segmenter)
    row = {"name": marked.name, "refused": refused, "contours": contours, "cavity": 0.0, "wall": 0.0}
    if contours is not None:
        shape = marked.acquisition.grid.shape
        cavity, outer = (polygons.fill(outline, shape) for outline in (contours.endo_px, contours.epi_px))
        row["cavity"] = float(dice(cavity, marked.cavity))
        row["wall"] = float(dice(outer & ~cavity, marked.outer & ~marked.cavity))
    return row


def _outlines(marked: Marked, segmenter: Segmenter) -> Contours | None:
    seen = channels(marked.acquisition, marked.maps)
    found = shares(segmenter.logits(seen))
    try:
        return None if found is None else outlines_of(found, seen)
    except NoVentricleError:
        return None


def answers(folder: Path, segmenter: Segmenter) -> list[tuple[str, str]]:
    """What is said of images without a heart in a short axis."""
    said = []
    for name, acquisition in heartless(folder):
        try:
            found = find_heart(acquisition, maps_of(acquisition), segmenter)
        except NoVentricleError as error:
            said.append((name, error.problem))
        else:
            said.append((name, f"FOUND, with quality {found.quality:.2f}"))
    return said


def again(cohort: Cohort, segmenter: Segmenter) -> list[tuple[int, Judged]]:
    """Every fifth case of the subjects set aside: its number, and how its heart was found."""
    aside = _aside(cohort, segmenter)
    return [(number, judge(cohort.case(number), segmenter)) for number in aside[::EVERY]]


def _aside(cohort: Cohort, segmenter: Segmenter) -> list[int]:
    return numbers_of(cohort.subjects, division_of(cohort, segmenter.card["recipe"]["seed"]).tested)


def main(
    out: Annotated[Path, typer.Argument(help="Folder with the trained segmenter.")],
    cohort_folder: Annotated[Path, typer.Argument(metavar="COHORT", help="What it was trained on.")],
    real: Annotated[Path, typer.Option(help="Folder of real images.")],
    figures: Annotated[Path | None, typer.Option(help="Folder for pictures.")] = None,
    page_file: Annotated[Path | None, typer.Option("--page", help="Document to be written.")] = None,
) -> None:
    segmenter, cohort = read_segmenter(out), Cohort.open(cohort_folder)
    heart = found_in(real_heart(real), segmenter)
    said = answers(real, segmenter)
    cases = again(cohort, segmenter)
    text = page(segmenter, heart, said, [case for _, case in cases])
    console.print(text, soft_wrap=True, markup=False)
    if figures is not None:
        segmenter_pictures.simulated(cohort, segmenter, cases, figures / "segmenter-simulated.png")
        segmenter_pictures.real_heart(real_heart(real), heart["contours"], figures / "segmenter-real.png")
    if page_file is not None:
        page_file.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    try:
        typer.run(main)
    except MyoqcError as error:
        sys.exit(str(error))
