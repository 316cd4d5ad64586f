"""Pictures side by side: simulated slices above real ones."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from cmcrameri import cm
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray
from realism_cases import SimulatedSlice
from realism_figures import save
from realism_measures import Ventricle, near
from realism_real import CINE, HEART, Real

from myoqc.fit import fit_maps
from myoqc.records import Acquisition

Panel = tuple[str, Callable[[Axes], object]]
"""Title, and what draws it."""

SHOWN_IMAGES = (0, 1, 3, 5)
SHOWN_OF_A_PRESET = 2
SHOWN_CINES = ("SC-HYP-03", "SC-N-07", "SC-HF-NI-14", "biv-me/subject-1")
SHOWN_KIDNEYS = (0, 2, 4, 7)
T1_WINDOW_MS = (0.0, 2200.0)
R2_WINDOW = (0.9, 1.0)
BRIGHTEST_SHOWN = 0.99
"""The window of an image ends at this quantile of what lies near the heart, as a reader would set it."""


def side_by_side(slices: dict[str, list[SimulatedSlice]], real: Real, kidney: Acquisition | None, file: Path) -> None:
    """Simulated slices above real ones, each image in the window of its heart, maps in the same windows."""
    rows = [_simulated_row(one) for one in _shown(slices)] + _real_rows(real, kidney)
    columns = max(map(len, rows))
    figure = Figure(figsize=(1.75 * columns, 1.55 * len(rows)), layout="constrained")
    axes = figure.subplots(len(rows), columns, squeeze=False)
    for row, panels in zip(axes, rows, strict=True):
        for axis in row:
            axis.axis("off")
        for axis, (title, draw) in zip(row, panels, strict=False):
            axis.set_title(title, fontsize=6)
            draw(axis)
    save(figure, file)


def _shown(slices: dict[str, list[SimulatedSlice]]) -> list[SimulatedSlice]:
    """Of each preset the first slices that differ in scheme, or in field strength: no choice by looks."""
    shown = []
    for members in slices.values():
        one_scheme = len({one.plan.patient.schedule for one in members}) == 1
        kinds: dict[object, SimulatedSlice] = {}
        for one in members:
            patient = one.plan.patient
            kinds.setdefault(patient.field_t if one_scheme else patient.schedule, one)
        shown += list(kinds.values())[:SHOWN_OF_A_PRESET]
    return shown


def _simulated_row(one: SimulatedSlice) -> list[Panel]:
    acquisition = one.acquisition
    anatomy = one.plan.patient.anatomy
    on = "simulated" if anatomy is None else f"on {anatomy.split('/')[-1]}"
    title = f"{on}: {acquisition.schedule.name}, {acquisition.field_t:g} T"
    panels = []
    for number in SHOWN_IMAGES:
        name = f"{title}\nimage {number + 1}, TI {acquisition.ti_ms[number]:.0f} ms"
        panels.append((name, _gray(acquisition.images[number], one.ventricle)))
    return [*panels, ("T1, 0–2200 ms", _t1(one.maps.t1_ms)), ("R², .9–1", _r2(np.asarray(one.maps.r2)))]


def _real_rows(real: Real, kidney: Acquisition | None) -> list[list[Panel]]:
    hearts: list[Panel] = []
    for one in real.get(HEART, []):
        hearts.append(("real: T1-weighted MOLLI image", _gray(one.labelled.image, one.ventricle)))
        hearts += [] if one.labelled.t1_ms is None else [("real: its T1", _t1(one.labelled.t1_ms))]
    cines = {one.labelled.subject: one for one in real.get(CINE, [])}
    for name in SHOWN_CINES:
        hearts += [
            (f"real cine: {subject}", _gray(one.labelled.image, one.ventricle))
            for subject, one in cines.items()
            if subject.endswith(name)
        ]
    rows = [hearts] if hearts else []
    if kidney is not None:
        maps = fit_maps(kidney)
        shown = [
            (f"real: kidneys, TI {kidney.ti_ms[number]:.0f} ms", _gray(kidney.images[number], None))
            for number in SHOWN_KIDNEYS
        ]
        rows.append([*shown, ("real: T1", _t1(maps.t1_ms)), ("real: R²", _r2(np.asarray(maps.r2)))])
    return rows


def _gray(image: NDArray[np.floating], ventricle: Ventricle | None) -> Callable[[Axes], object]:
    judged = image if ventricle is None else image[near(ventricle)]
    return lambda axis: axis.imshow(image, cmap="gray", vmin=0.0, vmax=float(np.quantile(judged, BRIGHTEST_SHOWN)))


def _t1(t1_ms: NDArray[np.floating]) -> Callable[[Axes], object]:
    return lambda axis: axis.imshow(t1_ms, cmap=cm.lipari, vmin=T1_WINDOW_MS[0], vmax=T1_WINDOW_MS[1])


def _r2(r2: NDArray[np.floating]) -> Callable[[Axes], object]:
    return lambda axis: axis.imshow(r2, cmap="gray", vmin=R2_WINDOW[0], vmax=R2_WINDOW[1])
