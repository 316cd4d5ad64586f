"""Pictures of where the networks of several arms look on the same slices, as Fig. 5 and 7 of [Zhang2020]."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray
from scipy import ndimage

from myoqc.aha import Segment
from myoqc.errors import InputError
from myoqc.records import CROP_PX
from myoqc.report.picture_files import picture_files
from myoqc.train.out_of_fold import OutOfFoldAttention
from myoqc.train.scorer_examples import ScorerExamples
from myoqc.train.scorer_network import ARTEFACTS

Maps = NDArray[np.floating]
Values = NDArray[np.floating]

FEWEST_MOVED, MOST_MOVED = 2, 4
"""Segments that moved in a slice that is shown: with all of them there is nothing to tell apart."""
N_CLEAN = 2
SHOWN = slice(24, 136)
"""Pixels of the crop that are drawn."""
PANEL_INCHES, TITLE_INCHES, HEAD_INCHES = 1.9, 0.25, 0.3
DPI = 80
TITLE: dict[str, Any] = {"fontsize": 9}


def clean_cases(examples: ScorerExamples) -> dict[str, int]:
    """Title → number of the slices of Fig. 5: the first two without another artefact where two to four segments moved.

    Of these, those with a distractor come before the others.
    """
    n_moved = examples.motion.sum(axis=1)
    fit = np.flatnonzero((examples.artefact < 0) & (n_moved >= FEWEST_MOVED) & (n_moved <= MOST_MOVED))
    distracted_first = np.argsort(examples.distractor[fit] == "none", kind="stable")
    return {
        f"{place}: {_distractor(examples, number)}": number
        for place, number in enumerate(fit[distracted_first][:N_CLEAN].tolist(), start=1)
    }


def disturbed_cases(examples: ScorerExamples) -> dict[str, int]:
    """Title → number of the slices of Fig. 7: the first with each other artefact in which a segment moved."""
    moved = examples.motion.any(axis=1)
    found = {
        kind: np.flatnonzero((examples.artefact == number) & moved).tolist() for number, kind in enumerate(ARTEFACTS)
    }
    return {kind.value: numbers[0] for kind, numbers in found.items() if numbers}


def maps_of(attention: OutOfFoldAttention, numbers: Sequence[int]) -> Maps:
    """(k 6 h w) maps of the examples ``numbers``, without another artefact or with one.

    Raises InputError for an example that no network scored.
    """
    known = np.concatenate([attention.number, attention.disturbed])
    if not np.isin(numbers, known).all():
        raise InputError("no network scored these cases", found=sorted(set(numbers) - set(known.tolist())))
    order = np.argsort(known)
    maps = np.concatenate([attention.maps, attention.disturbed_maps])
    return np.asarray(maps[order[np.searchsorted(known[order], numbers)]])


def attention_picture(
    examples: ScorerExamples, cases: Mapping[str, int], attention: Mapping[str, Maps]
) -> dict[str, bytes]:
    """'png' and 'svg' → picture: a row a case, by title; last image, T1, R², then Grad-CAM of each arm.

    ``attention`` (k 6 h w) by arm is of the cases, in their order. Shown is the sum of the maps of the segments that
    moved, as a share of its most; white lines are the borders of these segments. The same input gives the same bytes.
    """
    figure, grid = _grid(len(cases), 3 + len(attention))
    for row, (axes, (title, number)) in enumerate(zip(grid, cases.items(), strict=True)):
        plain, moved = _last_image(examples, number), examples.motion[number]
        seen = {title: plain, "log T1": examples.t1[number], "log(1 − R²)": examples.r2[number]}
        for panel, (name, values) in zip(axes, seen.items(), strict=False):
            _panel(panel, values, name)
        for panel, (arm, maps) in zip(axes[3:], attention.items(), strict=True):
            _panel(panel, plain, arm)
            _overlay(panel, maps[row][moved].sum(axis=0))
        for panel in axes:
            _outline(panel, examples.segment[number], np.flatnonzero(moved))
    return picture_files(figure, DPI)


def segments_picture(examples: ScorerExamples, number: int, attention: Mapping[str, Maps]) -> dict[str, bytes]:
    """'png' and 'svg' → picture of one case: a row an arm, a column a segment, with the Grad-CAM (6 h w) of each.

    Each map is shown as a share of its most. White lines are the borders of the segment that a column is of; a star
    marks those that moved. The same input gives the same bytes.
    """
    figure, grid = _grid(len(attention), len(Segment))
    for axes, (arm, maps) in zip(grid, attention.items(), strict=True):
        for panel, segment in zip(axes, Segment, strict=True):
            star = " *" if examples.motion[number, segment] else ""
            _panel(panel, _last_image(examples, number), f"{arm}: {segment.word}{star}")
            _overlay(panel, maps[segment])
            _outline(panel, examples.segment[number], [segment])
    return picture_files(figure, DPI)


def _grid(n_rows: int, n_columns: int) -> tuple[Figure, NDArray[Any]]:
    size = PANEL_INCHES * n_columns, (PANEL_INCHES + TITLE_INCHES) * n_rows + HEAD_INCHES
    figure = Figure(figsize=size, layout="constrained")
    figure.suptitle("Simulated slices", **TITLE)
    return figure, figure.subplots(n_rows, n_columns, squeeze=False)


def _last_image(examples: ScorerExamples, number: int) -> Values:
    return np.asarray(examples.stack[number, int(examples.n_images[number]) - 1])


def _panel(axes: Axes, values: Values, title: str) -> None:
    shown = values.astype(np.float64)
    low, high = np.percentile(shown, (1, 99))
    axes.imshow(shown[SHOWN, SHOWN], cmap="gray", vmin=low, vmax=high)
    axes.set_title(title, **TITLE)
    axes.set_axis_off()


def _overlay(axes: Axes, maps: Values) -> None:
    """As a share of its most; a silent map is told in words, as it would look like one that was not drawn."""
    if not maps.any():
        axes.text(0.5, 0.04, "looks nowhere", color="white", ha="center", transform=axes.transAxes, **TITLE)
        return
    fine = ndimage.zoom(
        maps.astype(np.float64), CROP_PX / np.array(maps.shape), order=1, mode="nearest", grid_mode=True
    )
    axes.imshow(fine[SHOWN, SHOWN] / fine.max(), cmap="inferno", alpha=0.6, vmin=0.0, vmax=1.0)


def _outline(axes: Axes, segment: NDArray[np.uint8], which: Sequence[int] | NDArray[np.intp]) -> None:
    for number in which:
        axes.contour(segment[SHOWN, SHOWN] == number + 1, levels=[0.5], colors="white", linewidths=0.8)


def _distractor(examples: ScorerExamples, number: int) -> str:
    name = str(examples.distractor[number])
    return "no distractor" if name == "none" else name
