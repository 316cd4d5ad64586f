"""Real slices to compare with, read from the folder that ``--real`` names; nothing of it belongs to this repository.

``anatomies/``: cine frames with contours, one inner slice of each subject. ``heart-t1map/``: one T1-weighted MOLLI
image with its T1 map. ``kidney-molli/``: inversion-recovery images of kidneys. What is absent is left out.
"""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from realism_measures import Ventricle
from scipy import ndimage

from myoqc.aha import screen_angle_deg, turn_deg
from myoqc.records import Acquisition, Grid
from myoqc.schedules import by_name

BoolImage = NDArray[np.bool_]

CINE_MM = 1.34
"""Spacing where the Sunnybrook file has none; those that have one say 1.29 and 1.37."""
HEART_MM = 1.0
"""Spacing of the heart with a T1 map, which its file does not give: a usual left ventricle is then 62 mm wide."""
LEAST_PIXELS = 100
BLOOD, WALL, RIGHT_BLOOD = 1, 2, 4
"""Labels of the anatomies that have a right ventricle."""


@dataclass(frozen=True, slots=True, eq=False)
class RealSlice:
    """One real image (y x) with its left ventricle."""

    name: str
    group: str
    image: NDArray[np.float64]
    ventricle: Ventricle
    t1_ms: NDArray[np.float64] | None = None


def read_cine(folder: Path) -> list[RealSlice]:
    """One inner slice of each subject below ``anatomies``."""
    files = sorted((folder / "anatomies").glob("*/*.npz"))
    return [found for file in files if (found := _cine(file)) is not None]


def _cine(file: Path) -> RealSlice | None:
    with np.load(file, allow_pickle=False) as stored:
        arrays: dict[str, Any] = dict(stored)
    outlined = "lv_endo" in arrays
    number = len(arrays["image"]) // 2
    image = np.asarray(arrays["image"][number], dtype=np.float64)
    if image.ndim == 3:
        image = image[0]
    known_mm = float(arrays["spacing_mm"])
    spacing_mm = known_mm if np.isfinite(known_mm) else CINE_MM
    if outlined:
        cavity = np.asarray(arrays["lv_endo"][number])
        ventricle = Ventricle(cavity, np.asarray(arrays["lv_epi"][number]) & ~cavity, spacing_mm)
        ventricle = replace(ventricle, rv_deg=_rv_by_brightness(image, ventricle))
    else:
        labels = arrays["label"][number]
        ventricle = _by_labels(labels if labels.ndim == 2 else labels[0], spacing_mm)
    enough = min(ventricle.cavity.sum(), ventricle.wall.sum()) >= LEAST_PIXELS
    return RealSlice(file.stem, file.parent.name, image, ventricle) if enough else None


def _by_labels(labels: NDArray[np.uint8], spacing_mm: float) -> Ventricle:
    cavity = np.asarray(ndimage.binary_fill_holes(labels == BLOOD))
    ventricle = Ventricle(cavity, (labels == WALL) & ~cavity, spacing_mm)
    septum = ventricle.wall & ndimage.binary_dilation(labels == RIGHT_BLOOD, iterations=2)
    return replace(ventricle, rv_deg=_middle_deg(septum, ventricle)) if septum.any() else ventricle


def _middle_deg(mask: BoolImage, ventricle: Ventricle) -> float:
    angles = np.radians(screen_angle_deg(np.argwhere(mask).astype(np.float64), ventricle.centre_px, np.ones(2)))
    return float(np.degrees(np.angle(np.exp(1j * angles).mean())))


def _rv_by_brightness(image: NDArray[np.float64], ventricle: Ventricle) -> float:
    """Where most blood lies within 25 mm of the wall, left on the screen: a guess for masks without right ventricle."""
    away_mm = ndimage.distance_transform_edt(~ventricle.whole) * ventricle.spacing_mm
    between = 0.5 * (np.median(image[ventricle.inner_cavity]) + np.median(image[ventricle.inner_wall]))
    blood = (away_mm > 1.0) & (away_mm < 25.0) & (ndimage.gaussian_filter(image, 1.0) > between)
    angles = screen_angle_deg(np.argwhere(blood).astype(np.float64), ventricle.centre_px, np.ones(2))
    return float(max(range(100, 280, 5), key=lambda deg: sum(abs(turn_deg(deg, angle)) < 45.0 for angle in angles)))


def read_heart(folder: Path) -> RealSlice | None:
    """The T1-weighted image with its T1 map."""
    file = folder / "heart-t1map" / "heart.npz"
    if not file.exists():
        return None
    with np.load(file, allow_pickle=False) as stored:
        arrays: dict[str, Any] = dict(stored)
    ventricle = Ventricle(arrays["endo"], arrays["epi"] & ~arrays["endo"], HEART_MM)
    ventricle = replace(ventricle, rv_deg=_middle_deg(arrays["rv"], ventricle))
    t1_ms = np.asarray(arrays["t1_ms"], dtype=np.float64)
    return RealSlice("heart", "heart-t1map", np.asarray(arrays["image"], np.float64), ventricle, t1_ms)


def read_kidney(folder: Path) -> Acquisition | None:
    """The first of the two slices through the kidneys, by inversion time; no heart in it."""
    file = folder / "kidney-molli" / "kidney.npz"
    if not file.exists():
        return None
    with np.load(file, allow_pickle=False) as stored:
        # Stored as signed numbers, though the scanner's were not.
        images = np.moveaxis(stored["array"][:, :, 0].view(np.uint16), -1, 0).astype(np.float32)
        times_ms = stored["TI"]
        spacing_mm = stored["pixel_spacing"]
    return Acquisition(images, times_ms, by_name("MOLLI", len(times_ms)), Grid.plain(images.shape[1:], spacing_mm))
