"""Pictures of what was found: true outlines white, found ones coloured."""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from segmenter_real import Marked

from myoqc.cohort import Cohort
from myoqc.errors import NoVentricleError
from myoqc.locate import Segmenter, find_heart
from myoqc.locate.channels import reference_images
from myoqc.records import Contours
from myoqc.train.segmenter_figures import Judged

AROUND_MM = 75.0
DPI = 70
FOUND = ("#56b4e9", "#e69f00")


def simulated(
    cohort: Cohort, segmenter: Segmenter, cases: Sequence[tuple[int, Judged]], path: Path, *, each: int = 3
) -> None:
    """Best, middle and worst cases; a row each of drawn hearts and of real anatomies."""
    figure, rows = plt.subplots(2, 3 * each, figsize=(6.2 * each, 5.2), layout="constrained")
    for row, real in zip(rows, (False, True), strict=True):
        ranked = sorted((pair for pair in cases if pair[1].real is real), key=lambda pair: -pair[1].dice_wall)
        middle = (len(ranked) - each) // 2
        chosen = ranked[:each] + ranked[middle : middle + each] + ranked[-each:]
        for axes, (number, judged) in zip(row, chosen, strict=True):
            case = cohort.case(number)
            image = case.acquisition.images[reference_images(case.acquisition)].mean(axis=0)
            _image(axes, image, case.contours.centre_px, float(case.acquisition.grid.spacing_mm[0]))
            _outlines(axes, case.contours, ("white", "white"), 0.8)
            with suppress(NoVentricleError):
                _outlines(axes, find_heart(case.acquisition, case.maps, segmenter).contours, FOUND, 1.2)
            axes.set_title(f"{judged.dice_wall:.2f} {judged.level.value}{', motion' if judged.motion else ''}", size=9)
    figure.savefig(path, dpi=DPI)
    plt.close(figure)


def real_heart(marked: Marked, contours: Contours | None, path: Path) -> None:
    """The image and the T1 map of the real heart."""
    figure, pair = plt.subplots(1, 2, figsize=(8, 4.2), layout="constrained")
    for axes, image, title in zip(
        pair, (marked.acquisition.images[0], np.nan_to_num(marked.maps.t1_ms)), ("image", "T1"), strict=True
    ):
        _marked(axes, marked, contours, image)
        axes.set_title(title, size=9)
    figure.savefig(path, dpi=DPI)
    plt.close(figure)


def _marked(axes: Axes, marked: Marked, contours: Contours | None, image: np.ndarray) -> None:
    centre = np.argwhere(marked.outer).mean(axis=0)
    _image(axes, image, centre, float(marked.acquisition.grid.spacing_mm[0]))
    for mask in (marked.cavity, marked.outer):
        axes.contour(mask, [0.5], colors="white", linewidths=0.8)
    if contours is not None:
        _outlines(axes, contours, FOUND, 1.2)


def _image(axes: Axes, image: np.ndarray, centre_px: np.ndarray, spacing_mm: float) -> None:
    around = AROUND_MM / spacing_mm
    axes.imshow(image, cmap="gray", vmin=0.0, vmax=float(np.percentile(image, 99.0)))
    axes.set_xlim(centre_px[1] - around, centre_px[1] + around)
    axes.set_ylim(centre_px[0] + around, centre_px[0] - around)
    axes.axis("off")


def _outlines(axes: Axes, contours: Contours, colours: tuple[str, str], width: float) -> None:
    for outline, colour in zip((contours.endo_px, contours.epi_px), colours, strict=True):
        closed = np.vstack([outline, outline[:1]])
        axes.plot(closed[:, 1], closed[:, 0], color=colour, linewidth=width)
    for point, mark in ((contours.rv_insertion_px, "+"), (contours.rv_inferior_px, "x")):
        if point is not None:
            axes.plot(point[1], point[0], mark, color=colours[1], markersize=6)
