"""The two figures about realism: pictures side by side, and distributions over each other."""

from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path
from typing import Protocol

import numpy as np
import realism_measures as measure
from cmcrameri import cm
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter
from numpy.typing import NDArray
from PIL import Image
from realism_measures import Ventricle
from realism_real import RealSlice
from realism_table import IMAGE_4, ROWS, of_acquisition

from myoqc.fit import fit_maps
from myoqc.records import Acquisition, ParameterMap

FloatArray = NDArray[np.float64]
Real = dict[str, list[RealSlice]]

SHOWN_IMAGES = (0, 1, 3, 5)
SHOWN_OF_A_PRESET = 2
SHOWN_CINES = ("SC-HYP-03", "SC-N-06", "SC-HF-NI-14", "subject-1")
T1_WINDOW_MS = (0.0, 2200.0)
R2_WINDOW = (0.9, 1.0)
NEAR_MM = 80.0
"""The window of an image is that of its pixels so near the heart, as a reader would set it."""
COLOURS = 256
DPI = 90
N_IMAGES = 7
BANDS_PER_MM = np.geomspace(0.02, 0.25, 12)
REAL_COLOURS = {"cine": "tab:red", "T1-weighted heart": "tab:orange", "kidney": "tab:brown"}
SIMULATED_COLOURS = ("tab:blue", "tab:cyan")
T1_BINS_MS = np.arange(600.0, 1700.0, 20.0).tolist()
FITTED = (
    ("r2", "1 − R² of the myocardium, nothing moves", np.geomspace(1e-4, 1e-1, 25).tolist()),
    ("snr", "SNR of the myocardium", np.linspace(0.0, 150.0, 31).tolist()),
    ("poor_background", "share of the background with R² < .98", np.linspace(0.0, 1.0, 31).tolist()),
)
"""Row of the table, title, bins."""
PUBLISHED_T1 = {"ShMOLLI 1.5 T": (962.0, 25.0), "ShMOLLI 3 T": (1166.0, 60.0)}
"""Mean and standard deviation in ms [Piechnik2013] [Piechnik2010]."""


class Simulated(Protocol):
    """What these figures need of a simulated slice."""

    @property
    def acquisition(self) -> Acquisition: ...
    @property
    def maps(self) -> ParameterMap: ...
    @property
    def ventricle(self) -> Ventricle: ...
    @property
    def preset(self) -> str: ...


Presets = dict[str, list[Simulated]]
Curve = Callable[[NDArray[np.floating], Ventricle], FloatArray]


# --- side by side -----------------------------------------------------------------------------------------------------

Panel = tuple[str, Callable[[Axes], object]]


def side_by_side(slices: Sequence[Simulated], real: Real, kidney: Acquisition | None, file: Path) -> None:
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
    _save(figure, file)


def _shown(slices: Sequence[Simulated]) -> list[Simulated]:
    """Of each preset the first slices that differ in scheme or field strength; no choice by looks."""
    chosen: dict[tuple[str, str, float | None], Simulated] = {}
    for one in slices:
        chosen.setdefault((one.preset, one.acquisition.schedule.name, one.acquisition.field_t), one)
    of_preset: dict[str, list[Simulated]] = {}
    for one in chosen.values():
        of_preset.setdefault(one.preset, []).append(one)
    return [one for members in of_preset.values() for one in members[:SHOWN_OF_A_PRESET]]


def _simulated_row(one: Simulated) -> list[Panel]:
    acquisition = one.acquisition
    title = f"simulated: {acquisition.schedule.name}, {acquisition.field_t:g} T"
    panels = []
    for number in SHOWN_IMAGES:
        name = f"{title}\nimage {number + 1}, TI {acquisition.ti_ms[number]:.0f} ms"
        panels.append((name, _gray(acquisition.images[number], one.ventricle)))
    return [*panels, ("T1, 0–2200 ms", _t1(one.maps.t1_ms)), ("R², .9–1", _r2(np.asarray(one.maps.r2)))]


def _real_rows(real: Real, kidney: Acquisition | None) -> list[list[Panel]]:
    cines = [one for name in SHOWN_CINES for one in real.get("cine", []) if one.name == name and one.group != "autofd"]
    hearts: list[Panel] = []
    for one in real.get("T1-weighted heart", []):
        hearts.append(("real: T1-weighted MOLLI image", _gray(one.image, one.ventricle)))
        hearts += [] if one.t1_ms is None else [("real: its T1", _t1(one.t1_ms))]
    hearts += [(f"real cine: {one.name}", _gray(one.image, one.ventricle)) for one in cines]
    rows = [hearts] if hearts else []
    if kidney is not None:
        maps = fit_maps(kidney)
        shown = [
            (f"real: kidneys, TI {kidney.ti_ms[number]:.0f} ms", _gray(kidney.images[number], None))
            for number in (0, 2, 4, 7)
        ]
        rows.append([*shown, ("real: T1", _t1(maps.t1_ms)), ("real: R²", _r2(np.asarray(maps.r2)))])
    return rows


def _gray(image: NDArray[np.floating], ventricle: Ventricle | None) -> Callable[[Axes], object]:
    near = np.ones(image.shape, dtype=bool) if ventricle is None else _near(ventricle)
    return lambda axis: axis.imshow(image, cmap="gray", vmin=0.0, vmax=float(np.quantile(image[near], 0.99)))


def _near(ventricle: Ventricle) -> NDArray[np.bool_]:
    rows, columns = np.indices(ventricle.wall.shape)
    away_px = np.hypot(rows - ventricle.centre_px[0], columns - ventricle.centre_px[1])
    return np.asarray(away_px * ventricle.spacing_mm < NEAR_MM)


def _t1(t1_ms: NDArray[np.floating]) -> Callable[[Axes], object]:
    return lambda axis: axis.imshow(t1_ms, cmap=cm.lipari, vmin=T1_WINDOW_MS[0], vmax=T1_WINDOW_MS[1])


def _r2(r2: NDArray[np.floating]) -> Callable[[Axes], object]:
    return lambda axis: axis.imshow(r2, cmap="gray", vmin=R2_WINDOW[0], vmax=R2_WINDOW[1])


# --- distributions ----------------------------------------------------------------------------------------------------


def distributions(slices: Sequence[Simulated], real: Real, kidney: Acquisition | None, file: Path) -> None:
    """Intensities, gradients, local variation, power, and what the fit gives: simulated against real."""
    figure = Figure(figsize=(11.0, 8.0), layout="constrained")
    axes = figure.subplots(3, 3).ravel()
    of: Presets = {}
    for one in slices:
        of.setdefault(one.preset, []).append(one)
    first, *_ = of.values()
    _intensities_per_image(axes[0], first)
    _intensities(axes[1], of, real, kidney)
    _gradients(axes[2], of, real)
    _variations(axes[3], of, real)
    _powers(axes[4], of, real)
    _t1_values(axes[5], of, real)
    _fitted(axes[6:], of)
    for axis in axes:
        axis.tick_params(labelsize=6)
        axis.legend(fontsize=5)
    _save(figure, file)


def _intensities_per_image(axis: Axes, slices: Sequence[Simulated]) -> None:
    for number in range(N_IMAGES):
        _histogram(axis, _pooled(slices, number), cm.batlow(number / N_IMAGES), f"image {number + 1}")
    axis.set_title(f"intensity over the median heart: {slices[0].preset}, per image", fontsize=8)


def _intensities(axis: Axes, of: Presets, real: Real, kidney: Acquisition | None) -> None:
    for (name, members), colour in zip(of.items(), SIMULATED_COLOURS, strict=False):
        _histogram(axis, _pooled(members, IMAGE_4), colour, f"simulated, {name}")
    for name, slices in real.items():
        whole = [one for one in slices if one.group != "autofd"]
        values = [measure.relative_to_heart(one.image, one.ventricle)[::3, ::3].ravel() for one in whole]
        _histogram(axis, np.concatenate(values), REAL_COLOURS[name], f"real {name}")
    if kidney is not None:
        image = kidney.images[int(np.argmax(kidney.ti_ms))]
        _histogram(axis, image.ravel() / np.median(image), REAL_COLOURS["kidney"], "real kidneys, over their median")
    axis.set_title("the same: image 4 and real", fontsize=8)


def _pooled(slices: Sequence[Simulated], number: int) -> FloatArray:
    images = [measure.relative_to_heart(one.acquisition.images[number], one.ventricle) for one in slices]
    return np.concatenate([image[::4, ::4].ravel() for image in images])


def _histogram(axis: Axes, values: FloatArray, colour: object, label: str) -> None:
    edges = np.geomspace(0.03, 20.0, 50)
    share = np.histogram(values, bins=edges)[0] / len(values)
    axis.semilogx(np.sqrt(edges[1:] * edges[:-1]), share, color=colour, label=label, linewidth=1.0)


def _lines(axis: Axes, of: Presets, real: Real, x: FloatArray, curve: Curve) -> None:
    """The median curve of each kind of slice, and 5–95 % as a band."""
    sources = [
        (f"simulated, {name}", colour, [(one.acquisition.images[IMAGE_4], one.ventricle) for one in members])
        for (name, members), colour in zip(of.items(), SIMULATED_COLOURS, strict=False)
    ]
    sources += [
        (f"real {name}", REAL_COLOURS[name], [(one.image, one.ventricle) for one in members])
        for name, members in real.items()
    ]
    for label, colour, images in sources:
        curves = [curve(image, ventricle) for image, ventricle in images]
        low, middle, high = np.nanpercentile(curves, [5, 50, 95], axis=0)
        axis.loglog(x, middle, color=colour, label=label, linewidth=1.0)
        axis.fill_between(x, low, high, color=colour, alpha=0.12)
    axis.xaxis.set_minor_formatter(NullFormatter())
    axis.yaxis.set_minor_formatter(NullFormatter())


def _gradients(axis: Axes, of: Presets, real: Real) -> None:
    share_above = np.array([90.0, 75.0, 50.0, 25.0, 10.0, 5.0, 2.0, 1.0])

    def curve(image: NDArray[np.floating], ventricle: Ventricle) -> FloatArray:
        gradient = measure.gradient_per_mm(image, ventricle)[_near(ventricle)]
        return np.asarray(np.percentile(gradient, 100.0 - share_above))

    _lines(axis, of, real, share_above, curve)
    axis.invert_xaxis()
    axis.set_title("gradient per mm that so many % exceed", fontsize=8)


def _variations(axis: Axes, of: Presets, real: Real) -> None:
    def curve(image: NDArray[np.floating], ventricle: Ventricle) -> FloatArray:
        return measure.local_variation(image, ventricle.inner_wall, ventricle.spacing_mm)

    _lines(axis, of, real, np.array(measure.SCALES_MM), curve)
    axis.set_xticks(measure.SCALES_MM, [f"{scale:g}" for scale in measure.SCALES_MM])
    axis.set_title("local variation in the wall against the window in mm", fontsize=8)


def _powers(axis: Axes, of: Presets, real: Real) -> None:
    def curve(image: NDArray[np.floating], ventricle: Ventricle) -> FloatArray:
        return measure.power_spectrum(image, ventricle, BANDS_PER_MM)

    _lines(axis, of, real, np.sqrt(BANDS_PER_MM[1:] * BANDS_PER_MM[:-1]), curve)
    axis.set_title("power about the heart against waves per mm", fontsize=8)


def _t1_values(axis: Axes, of: Presets, real: Real) -> None:
    for colour, (name, (mean_ms, sd_ms)) in zip(("tab:red", "tab:pink"), PUBLISHED_T1.items(), strict=True):
        axis.axvspan(mean_ms - 2 * sd_ms, mean_ms + 2 * sd_ms, color=colour, alpha=0.2, label=f"{name}, healthy ± 2 SD")
    values = {
        f"simulated, {name}": (colour, [one.maps.t1_ms[one.ventricle.inner_wall] for one in members])
        for (name, members), colour in zip(of.items(), SIMULATED_COLOURS, strict=False)
    }
    for name, slices in real.items():
        known = [one.t1_ms[one.ventricle.inner_wall] for one in slices if one.t1_ms is not None]
        if known:
            values[f"real {name}"] = (REAL_COLOURS[name], known)
    for name, (colour, pixels) in values.items():
        axis.hist(np.concatenate(pixels), bins=T1_BINS_MS, density=True, histtype="step", color=colour, label=name)
    axis.set_title("T1 of the myocardium's pixels in ms", fontsize=8)


def _fitted(axes: Sequence[Axes], of: Presets) -> None:
    """Myocardial 1 − R², SNR and poor background, one value a slice, over the ranges of the real hearts."""
    numbers = {
        name: [of_acquisition(one.acquisition, one.maps, one.ventricle) for one in members]
        for name, members in of.items()
    }
    for axis, (key, title, edges) in zip(axes, FITTED, strict=True):
        (real,) = {row.real for row in ROWS if row.key == key}
        low, high = sorted(1.0 - end for end in real) if key == "r2" else real
        axis.axvspan(low, high, color="tab:red", alpha=0.3, label="six real MOLLI hearts")
        for (name, members), colour in zip(numbers.items(), SIMULATED_COLOURS, strict=False):
            values = np.array([one[key] for one in members])
            shown = (1.0 - values if key == "r2" else values).clip(edges[0], edges[-1])
            axis.hist(shown, bins=edges, histtype="step", color=colour, label=f"simulated, {name}")
        axis.set_title(title, fontsize=8)
    axes[0].set_xscale("log")


def _save(figure: Figure, file: Path) -> None:
    """As a PNG with a palette: a third of the size, and no colour that the eye would miss."""
    buffer = BytesIO()
    figure.savefig(buffer, format="png", dpi=DPI)
    Image.open(buffer).convert("RGB").quantize(COLOURS).save(file, optimize=True)
