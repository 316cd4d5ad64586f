"""The ten differences that gave a first simulator away: what is measured, what is real, and how both compare."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import realism_measures as measure
from numpy.typing import NDArray
from realism_measures import Ventricle
from realism_real import Real, RealSlice

from myoqc.records import Acquisition, ParameterMap

FloatArray = NDArray[np.float64]
Numbers = dict[str, float]

LIKE_THE_HEARTS = "MOLLI 5(3)3"
"""The scheme of the six real hearts: their signals can be compared with it alone."""
LEAST_VALUES = 5


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """What was measured of one simulated slice."""

    numbers: Numbers
    schedule: str
    native: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One line: what is measured and what real hearts show."""

    key: str
    label: str
    real: tuple[float, float]
    """From and to; a simulation must have its median inside and reach beyond both ends."""
    source: str
    unit: str = ""
    """'ms', 'mm', '°', '%' (of a share), 'R²' or nothing."""
    schedule: str = ""
    """The only scheme that it holds for; empty = any."""
    native: bool | None = None
    """Whether it holds for native or for post-contrast slices alone; None = both."""
    from_zero: bool = False
    """True where the lower end is a limit by definition, which nothing can go beyond."""
    of_few: bool = False
    """True where the range is narrow because few hearts of one heart rate made it: it must be covered, no more."""


HEARTS = "six MOLLI hearts"
ROWS = (
    Row("t1_ms", "myocardial T1", (913.0, 1286.0), "ShMOLLI, 1.5 T − 2 SD to 3 T + 2 SD", "ms", "ShMOLLI", True),
    Row(
        "t1_ms",
        "myocardial T1, MOLLI",
        (908.0, 1260.0),
        f"published, likewise; {HEARTS}: 1192–1210",
        "ms",
        LIKE_THE_HEARTS,
        native=True,
    ),
    Row("t1_contrast_ms", "myocardial T1, post-contrast", (546.0, 556.0), HEARTS, "ms", native=False, of_few=True),
    Row("wall_mm", "wall, mean of the ring", (4.5, 11.1), f"{HEARTS}: 4.5–4.8; hypertrophic cines: to 11.1", "mm"),
    Row("thickest_mm", "wall, thickest tenth", (6.5, 20.0), "normal cines: from 6.5; HCM: 15–30", "mm"),
    Row("signal_1", "normalised signal, image 1", (1.35, 1.42), HEARTS, "", LIKE_THE_HEARTS, True, of_few=True),
    Row("signal_2", "normalised signal, image 2", (0.19, 0.24), HEARTS, "", LIKE_THE_HEARTS, True, of_few=True),
    Row("signal_6", "normalised signal, image 6", (1.03, 1.06), HEARTS, "", LIKE_THE_HEARTS, True, of_few=True),
    Row(
        "blood_2",
        "blood over muscle, image 2",
        (0.0, 1.05),
        f"{HEARTS}: darker or equal",
        "",
        LIKE_THE_HEARTS,
        from_zero=True,
    ),
    Row("brightest_4", "brightest pixel over heart, image 4", (4.5, 11.0), HEARTS),
    Row("bright_share_4", "share above 2.5, image 4", (0.02, 0.05), HEARTS, "%"),
    Row("bright_deg_4", "brightness from the RV's side", (0.0, 60.0), "beside the RV", "°", from_zero=True),
    Row("wall_variation_4", "variation inside the wall, image 4", (0.17, 0.18), HEARTS, "%"),
    Row("cavity_variation_4", "variation inside the cavity, image 4", (0.10, 0.22), HEARTS, "%"),
    Row("poor_background", "background beyond 25 mm with R² < .98", (0.20, 0.33), HEARTS, "%"),
    Row("poor_background_signed", "background with R² of signed signals < .98", (0.20, 0.33), HEARTS, "%"),
    Row("r2", "myocardial R², nothing moves", (0.998, 0.999), HEARTS, "R²"),
    Row("r2_signed", "myocardial R² of signed signals", (0.998, 0.999), HEARTS, "R²"),
    Row("snr", "SNR", (33.0, 52.0), HEARTS),
)


def late_image(acquisition: Acquisition) -> NDArray[np.float32]:
    """The image with the second-longest inversion time: number 4 of ShMOLLI and MOLLI 5(3)3."""
    return np.asarray(acquisition.images[np.argsort(acquisition.ti_ms, kind="stable")[-2]])


def of_acquisition(acquisition: Acquisition, maps: ParameterMap, ventricle: Ventricle) -> Numbers:
    """All rows of one slice with maps."""
    images, r2 = acquisition.images, np.asarray(maps.r2)
    r2_signed = measure.signed_r2(images, acquisition.ti_ms, maps)
    signal = measure.normalised_signal(images, ventricle.inner_wall)
    numbers = of_image(late_image(acquisition), ventricle)
    numbers |= {f"signal_{number}": float(value) for number, value in enumerate(signal, start=1)}
    t1_ms = measure.wall_t1_ms(maps.t1_ms, ventricle)
    return numbers | {
        "t1_ms": t1_ms,
        "t1_contrast_ms": t1_ms,
        "blood_2": measure.blood_over_muscle(images[1], ventricle),
        "poor_background": measure.poor_background(r2, ventricle),
        "r2": measure.wall_r2(r2, ventricle),
        "poor_background_signed": measure.poor_background(r2_signed, ventricle),
        "r2_signed": measure.wall_r2(r2_signed, ventricle),
        "snr": measure.snr(images, acquisition.ti_ms, ventricle.inner_wall),
    }


def of_image(image: NDArray[np.floating], ventricle: Ventricle) -> Numbers:
    """The rows that a single image near recovery can answer."""
    thickness_mm = measure.wall_thickness_mm(ventricle)
    return {
        "wall_mm": float(thickness_mm.mean()),
        "thickest_mm": float(np.percentile(thickness_mm, 90)),
        "brightest_4": measure.brightest(image, ventricle),
        "bright_share_4": measure.bright_share(image, ventricle),
        "bright_deg_4": measure.bright_direction_deg(image, ventricle),
        "wall_variation_4": measure.variation(image, ventricle.inner_wall),
        "cavity_variation_4": measure.variation(image, ventricle.inner_cavity),
    }


def of_real(slices: Sequence[RealSlice]) -> list[Numbers]:
    """What real images show of the rows; those that their field of view denies are left out."""
    found = []
    for one in slices:
        numbers = of_image(one.labelled.image, one.ventricle)
        if one.cropped:
            numbers = {key: value for key, value in numbers.items() if not key.startswith("bright")}
        if one.labelled.t1_ms is not None:
            numbers["t1_ms"] = measure.wall_t1_ms(one.labelled.t1_ms, one.ventricle)
        found.append(numbers)
    return found


def summary(cases: Sequence[Case]) -> list[dict[str, Any]]:
    """For each row 5, 50 and 95 % of its cases, and whether they are inside and wider than real; None = too few."""
    return [_line(row, [case.numbers[row.key] for case in cases if _holds(row, case)]) for row in ROWS]


def _holds(row: Row, case: Case) -> bool:
    return row.schedule in ("", case.schedule) and row.native in (None, case.native)


def _line(row: Row, values: list[float]) -> dict[str, Any]:
    line: dict[str, Any] = {"key": row.key, "label": row.label, "unit": row.unit, "n": len(values)}
    line |= {"real": list(row.real), "source": row.source, "quantiles": None, "inside": None, "wider": None}
    if len(values) >= LEAST_VALUES:
        line["quantiles"] = low, middle, high = quantiles(values)
        line["inside"] = None if row.of_few else row.real[0] <= middle <= row.real[1]
        line["wider"] = (row.from_zero or low <= row.real[0]) and high >= row.real[1]
    return line


def quantiles(values: Sequence[float]) -> list[float]:
    """5, 50 and 95 %."""
    return [float(value) for value in np.nanpercentile(values, [5, 50, 95])]


def real_quantiles(slices: Real) -> dict[str, dict[str, list[float]]]:
    """Kind → key → 5, 50 and 95 % over its subjects."""
    found: dict[str, dict[str, list[float]]] = {}
    for kind, members in slices.items():
        numbers = of_real(members)
        keys = sorted({key for one in numbers for key in one})
        found[kind] = {key: quantiles([one[key] for one in numbers if key in one]) for key in keys}
    return found


def heading(line: Mapping[str, Any]) -> str:
    """Label and unit, where the label does not say it already."""
    return f"{line['label']}" + (f", {line['unit']}" if line["unit"] in ("ms", "mm", "°", "%") else "")


def written(value: float, unit: str) -> str:
    """A number as people read it."""
    if unit == "%":
        return f"{100.0 * value:.0f}" if value >= 0.1 else f"{100.0 * value:.1f}"
    if unit in ("ms", "°"):
        return f"{value:.0f}"
    if unit == "R²":
        return f"{value:.4f}"
    return f"{value:.1f}" if unit == "mm" or value >= 3.0 else f"{value:.2f}"


def written_range(quantiles: list[float] | None, unit: str) -> str:
    """Median [5–95 %]; the one value where there is only one."""
    if quantiles is None:
        return "–"
    if quantiles[0] == quantiles[-1]:
        return written(quantiles[0], unit)
    low, middle, high = (written(value, unit) for value in quantiles)
    return f"{middle} [{low}–{high}]"
