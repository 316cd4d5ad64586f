"""What the scanner itself fitted, as a ParameterMap."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from myoqc.acquire.dicom.companions import Plan
from myoqc.acquire.dicom.geometry import grid_of, same_grid
from myoqc.acquire.dicom.headers import Header
from myoqc.acquire.dicom.pixels import read_images
from myoqc.acquire.dicom.slices import is_motion_corrected, map_field
from myoqc.acquire.files import Box
from myoqc.errors import GeometryError, InputError
from myoqc.records import Caution, Grid, ParameterMap

R2_UNITS = 4000.0
"""ShMOLLI stores R² × 4000."""
SAMPLES_USED = {1000: 5, 2000: 6, 3000: 7}
"""ShMOLLI's codes for the number of images that the fit of a pixel used [Piechnik2010]."""

FloatMap = NDArray[np.float64]


def scanner_map(plan: Plan, box: Box, grid: Grid) -> tuple[ParameterMap | None, tuple[Caution, ...]]:
    """The scanner's maps (y x) of this slice, NaN where it fitted nothing, and a caution where they can't be used.

    Never raises for damaged maps: the images can be fitted without them.
    """
    if plan.t1_map is None:
        return None, ()
    fields = {"t1_ms": plan.t1_map}
    fields.update({name: image for image in plan.fit_maps if (name := map_field(image)) is not None})
    try:
        maps = _read(list(fields.values()), box, grid)
    except InputError as error:
        return None, (Caution("scanner-map-unusable", f"The scanner's own maps can't be used. {error}"),)
    read = dict(zip(fields, maps, strict=True))
    t1_ms = np.where(read["t1_ms"] > 0, read["t1_ms"], np.nan)
    return (
        ParameterMap(
            t1_ms=t1_ms,
            grid=grid,
            r2=_where_fitted(t1_ms, read.get("r2"), R2_UNITS),
            t1_star_ms=_where_fitted(t1_ms, read.get("t1_star_ms")),
            a=_where_fitted(t1_ms, read.get("a")),
            b=_where_fitted(t1_ms, read.get("b")),
            samples_used=_samples_used(read.get("samples_used")),
            method="scanner",
        ),
        _cautions(plan.t1_map),
    )


def _read(images: Sequence[Header], box: Box, grid: Grid) -> list[FloatMap]:
    for image in images:
        if not same_grid(grid_of([image]), grid):
            raise GeometryError("it lies on another grid than the images", file=image.name)
    pixels = read_images(box, images)
    return [pixels[position].astype(np.float64) for position in range(len(images))]


def _where_fitted(t1_ms: FloatMap, values: FloatMap | None, unit: float = 1.0) -> FloatMap | None:
    if values is None:
        return None
    return np.where(np.isfinite(t1_ms), values / unit, np.nan)


def _samples_used(codes: FloatMap | None) -> NDArray[np.uint8] | None:
    if codes is None:
        return None
    samples = np.zeros(codes.shape, dtype=np.uint8)
    for code, n_samples in SAMPLES_USED.items():
        samples[codes == code] = n_samples
    return samples


def _cautions(t1_map: Header) -> tuple[Caution, ...]:
    if not is_motion_corrected(t1_map):
        return ()
    text = f"The scanner made its T1 map ({t1_map.description}) from motion-corrected images; these are the originals."
    return (Caution("scanner-map-motion-corrected", text),)
