"""Distributions of simulated and real slices over each other."""

from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path

import numpy as np
import realism_measures as measure
from cmcrameri import cm
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter
from numpy.typing import NDArray
from PIL import Image
from realism_cases import SimulatedSlice
from realism_measures import Ventricle
from realism_real import CINE, HEART, KIDNEY, Real
from realism_table import ROWS, late_image

from myoqc.records import Acquisition

FloatArray = NDArray[np.float64]

COLOURS = 96
DPI = 80
THINNED = 4
"""Every so many pixels of an image is counted."""
BANDS_PER_MM = np.geomspace(0.02, 0.25, 12)
REAL_COLOURS = {CINE: "tab:red", HEART: "tab:orange", KIDNEY: "tab:brown"}
SIMULATED_COLOURS = ("tab:blue", "tab:cyan", "tab:green")
T1_BINS_MS = np.arange(380.0, 1700.0, 20.0).tolist()
FITTED = (
    ("r2", "1 − R² of the myocardium, nothing moves", np.geomspace(1e-4, 1e-1, 25).tolist()),
    ("snr", "SNR of the myocardium", np.linspace(0.0, 150.0, 31).tolist()),
    ("poor_background", "share of the background with R² < .98", np.linspace(0.0, 1.0, 31).tolist()),
)
"""Row of the table, title, bins."""
PUBLISHED_T1 = {"ShMOLLI 1.5 T": (962.0, 25.0), "ShMOLLI 3 T": (1166.0, 60.0)}
"""Mean and standard deviation in ms [Piechnik2013] [Piechnik2010]."""


Slices = dict[str, list[SimulatedSlice]]
"""Name of the preset → its slices."""
Curve = Callable[[NDArray[np.floating], Ventricle], FloatArray]


def distributions(slices: Slices, real: Real, kidney: Acquisition | None, file: Path) -> None:
    """Intensities, gradients, local variation, power, and what the fit gives: simulated against real."""
    figure = Figure(figsize=(11.0, 8.0), layout="constrained")
    axes = figure.subplots(3, 3).ravel()
    _intensities_per_image(axes[0], *next(iter(slices.items())))
    _intensities(axes[1], slices, real, kidney)
    _gradients(axes[2], slices, real)
    _variations(axes[3], slices, real)
    _powers(axes[4], slices, real)
    _t1_values(axes[5], slices, real)
    _fitted(axes[6:], slices)
    for axis in axes:
        axis.tick_params(labelsize=6)
        axis.legend(fontsize=5)
    save(figure, file)


def _intensities_per_image(axis: Axes, name: str, members: Sequence[SimulatedSlice]) -> None:
    n_images = min(len(one.acquisition.images) for one in members)
    for number in range(n_images):
        images = [(one.acquisition.images[number], one.ventricle) for one in members]
        _histogram(axis, _pooled(images), cm.batlow(number / n_images), f"image {number + 1}")
    axis.set_title(f"intensity over the median heart: {name}", fontsize=8)


def _intensities(axis: Axes, slices: Slices, real: Real, kidney: Acquisition | None) -> None:
    for (name, members), colour in zip(slices.items(), SIMULATED_COLOURS, strict=False):
        images = [(late_image(one.acquisition), one.ventricle) for one in members]
        _histogram(axis, _pooled(images), colour, f"simulated, {name}")
    for kind, found in real.items():
        whole = [(one.labelled.image, one.ventricle) for one in found if not one.cropped]
        _histogram(axis, _pooled(whole), REAL_COLOURS[kind], f"real {kind}")
    if kidney is not None:
        image = late_image(kidney)
        _histogram(axis, image.ravel() / np.median(image), REAL_COLOURS[KIDNEY], "real kidneys, over their median")
    axis.set_title("the same: image 4 and real", fontsize=8)


def _pooled(images: Sequence[tuple[NDArray[np.floating], Ventricle]]) -> FloatArray:
    return np.concatenate(
        [measure.relative_to_heart(image, ventricle)[::THINNED, ::THINNED].ravel() for image, ventricle in images]
    )


def _histogram(axis: Axes, values: NDArray[np.floating], colour: object, label: str) -> None:
    edges = np.geomspace(0.03, 20.0, 50)
    share = np.histogram(values, bins=edges)[0] / len(values)
    axis.semilogx(np.sqrt(edges[1:] * edges[:-1]), share, color=colour, label=label, linewidth=1.0)


def _lines(axis: Axes, slices: Slices, real: Real, x: FloatArray, curve: Curve) -> None:
    """The median curve of each kind of slice, and 5–95 % as a band."""
    sources: list[tuple[str, str, list[tuple[NDArray[np.floating], Ventricle]]]] = [
        (f"simulated, {name}", colour, [(late_image(one.acquisition), one.ventricle) for one in members])
        for (name, members), colour in zip(slices.items(), SIMULATED_COLOURS, strict=False)
    ]
    sources += [
        (f"real {kind}", REAL_COLOURS[kind], [(one.labelled.image, one.ventricle) for one in found])
        for kind, found in real.items()
    ]
    for label, colour, images in sources:
        curves = [curve(image, ventricle) for image, ventricle in images]
        low, middle, high = np.nanpercentile(curves, [5, 50, 95], axis=0)
        axis.loglog(x, middle, color=colour, label=label, linewidth=1.0)
        axis.fill_between(x, low, high, color=colour, alpha=0.12)
    axis.xaxis.set_minor_formatter(NullFormatter())
    axis.yaxis.set_minor_formatter(NullFormatter())


def _gradients(axis: Axes, slices: Slices, real: Real) -> None:
    share_above = np.array([90.0, 75.0, 50.0, 25.0, 10.0, 5.0, 2.0, 1.0])

    def curve(image: NDArray[np.floating], ventricle: Ventricle) -> FloatArray:
        gradient = measure.gradient_per_mm(image, ventricle)[measure.near(ventricle)]
        return np.asarray(np.percentile(gradient, 100.0 - share_above))

    _lines(axis, slices, real, share_above, curve)
    axis.invert_xaxis()
    axis.set_title("gradient per mm that so many % exceed", fontsize=8)


def _variations(axis: Axes, slices: Slices, real: Real) -> None:
    def curve(image: NDArray[np.floating], ventricle: Ventricle) -> FloatArray:
        return measure.local_variation(image, ventricle.inner_wall, ventricle.spacing_mm)

    _lines(axis, slices, real, np.array(measure.SCALES_MM), curve)
    axis.set_xticks(measure.SCALES_MM, [f"{scale:g}" for scale in measure.SCALES_MM])
    axis.set_title("local variation in the wall against the window in mm", fontsize=8)


def _powers(axis: Axes, slices: Slices, real: Real) -> None:
    def curve(image: NDArray[np.floating], ventricle: Ventricle) -> FloatArray:
        return measure.power_spectrum(image, ventricle, BANDS_PER_MM)

    _lines(axis, slices, real, np.sqrt(BANDS_PER_MM[1:] * BANDS_PER_MM[:-1]), curve)
    axis.set_title("power about the heart against waves per mm", fontsize=8)


def _t1_values(axis: Axes, slices: Slices, real: Real) -> None:
    for colour, (name, (mean_ms, sd_ms)) in zip(("tab:red", "tab:pink"), PUBLISHED_T1.items(), strict=True):
        axis.axvspan(mean_ms - 2 * sd_ms, mean_ms + 2 * sd_ms, color=colour, alpha=0.2, label=f"{name}, healthy ± 2 SD")
    values: dict[str, tuple[str, list[NDArray[np.floating]]]] = {
        f"simulated, {name}": (colour, [one.maps.t1_ms[one.ventricle.inner_wall] for one in members])
        for (name, members), colour in zip(slices.items(), SIMULATED_COLOURS, strict=False)
    }
    for kind, found in real.items():
        known = [one.labelled.t1_ms[one.ventricle.inner_wall] for one in found if one.labelled.t1_ms is not None]
        if known:
            values[f"real {kind}"] = (REAL_COLOURS[kind], known)
    for name, (colour, pixels) in values.items():
        axis.hist(np.concatenate(pixels), bins=T1_BINS_MS, density=True, histtype="step", color=colour, label=name)
    axis.set_title("T1 of the myocardium's pixels in ms", fontsize=8)


def _fitted(axes: Sequence[Axes], slices: Slices) -> None:
    """Myocardial 1 − R², SNR and poor background, one value a slice, over the ranges of the real hearts."""
    numbers = {name: [one.case.numbers for one in members] for name, members in slices.items()}
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


def save(figure: Figure, file: Path) -> None:
    """As a PNG with a palette: a third of the size, and no colour that the eye would miss."""
    buffer = BytesIO()
    figure.savefig(buffer, format="png", dpi=DPI)
    Image.open(buffer).convert("RGB").quantize(COLOURS).save(file, optimize=True)
