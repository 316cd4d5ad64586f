"""The crop that a scorer sees, and the way back [Zhang2020].

150 × 150 mm about the left ventricle in 160 × 160 pixels of 0.9375 mm, whatever the pixels of the scanner are. The
middle of the crop is the corner between its four central pixels, at (79.5, 79.5).
"""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.ndimage import map_coordinates

from myoqc.errors import GeometryError
from myoqc.records import CROP_MM, CROP_PX, Acquisition, Crop, Grid, ParameterMap, Placement, Segments
from myoqc.records.arrays import same_matrix

FloatArray = NDArray[np.float64]

PIXEL_MM = CROP_MM / CROP_PX
MIDDLE_PX = (CROP_PX - 1) / 2
MOST_SUBSAMPLES = 8
"""Points per pixel and axis; enough for source pixels of an eighth of the target's."""
LEAST_KNOWN = 0.5
"""A pixel that is not a number or outside by more than this share of its weight is not a number in the result."""


def crop(
    acquisition: Acquisition,
    maps: ParameterMap,
    centre_px: ArrayLike,
    *,
    segments: Segments | None = None,
    angle_deg: float = 0.0,
) -> Crop:
    """The crop about ``centre_px`` (2), turned by ``angle_deg`` clockwise on the screen against the image.

    Images and maps are interpolated linearly between the values that are numbers; where the scanner's pixels are finer,
    each pixel of the crop is the mean over its area. A mask takes the pixel nearest to the centre. Outside the image
    the images are 0 and the maps NaN. Raises GeometryError for a centre outside the image and for maps of another
    matrix.
    """
    grid = acquisition.grid
    same_matrix(maps.grid.shape, grid.shape, "the T1 map")
    placement = Placement(np.asarray(centre_px, dtype=np.float64), float(angle_deg))
    _check_centre(placement, grid)
    fine = _points(_target((CROP_PX, CROP_PX), _subsamples(PIXEL_MM, float(grid.spacing_mm.min()))), placement, grid)
    masks = None
    if segments is not None:
        same_matrix(segments.masks.shape, grid.shape, "the segments")
        masks = _nearest(segments.masks, _points(_target((CROP_PX, CROP_PX), 1), placement, grid))
    r2 = np.full(grid.shape, np.nan) if maps.r2 is None else maps.r2
    return Crop(
        irw=np.nan_to_num(_sampled(acquisition.images, fine, CROP_PX, CROP_PX)),
        t1_ms=_sampled(maps.t1_ms[None], fine, CROP_PX, CROP_PX)[0],
        r2=_sampled(r2[None], fine, CROP_PX, CROP_PX)[0],
        ti_ms=acquisition.ti_ms,
        placement=placement,
        masks=masks,
        schedule=acquisition.schedule.name,
        method=maps.method,
    )


def put_back(values: ArrayLike, placement: Placement, grid: Grid) -> NDArray[np.float32]:
    """Values of a crop (160 160) or (n 160 160) on the pixels of ``grid``: (y x) or (n y x), NaN outside the crop.

    Linear; where the pixels of ``grid`` are coarser than the crop's, each is the mean over its area.
    """
    stack = np.asarray(values, dtype=np.float32)
    if stack.ndim not in (2, 3) or stack.shape[-2:] != (CROP_PX, CROP_PX):
        raise GeometryError("not the values of a crop", expected=f"(n {CROP_PX} {CROP_PX})", found=stack.shape)
    finer = _subsamples(float(grid.spacing_mm.max()), PIXEL_MM)
    offset_mm = (_target(grid.shape, finer) - placement.centre_px) * grid.spacing_mm
    points = offset_mm @ _rotation(placement.angle_deg) / PIXEL_MM + MIDDLE_PX
    back = _sampled(stack.reshape(-1, CROP_PX, CROP_PX), points, *grid.shape)
    return back.reshape(*stack.shape[:-2], *grid.shape)


def _check_centre(placement: Placement, grid: Grid) -> None:
    centre_px = placement.centre_px
    if not ((centre_px >= -0.5).all() and (centre_px <= np.array(grid.shape) - 0.5).all()):
        raise GeometryError(
            "the centre of the crop lies outside the image",
            expected=f"rows and columns up to {grid.shape}",
            found=centre_px.round(1).tolist(),
        )


def _rotation(angle_deg: float) -> FloatArray:
    """(2 2), applied from the right to offsets of the image (row, column): their place along the axes of the crop."""
    cosine, sine = np.cos(np.radians(angle_deg)), np.sin(np.radians(angle_deg))
    return np.array([[cosine, sine], [-sine, cosine]])


def _subsamples(target_mm: float, source_mm: float) -> int:
    # Rounding of the spacing must not double the work.
    return int(np.clip(np.ceil(target_mm / source_mm - 1e-3), 1, MOST_SUBSAMPLES))


def _target(shape: tuple[int, int], finer: int) -> FloatArray:
    """(y x 2) coordinates of a grid ``finer`` times as fine as the pixels of ``shape``, in those pixels."""
    rows, columns = ((np.arange(length * finer) + 0.5) / finer - 0.5 for length in shape)
    return np.stack(np.meshgrid(rows, columns, indexing="ij"), axis=-1)


def _points(crop_px: FloatArray, placement: Placement, grid: Grid) -> FloatArray:
    """Where points of the crop (… 2) lie in the image."""
    offset_mm = (crop_px - MIDDLE_PX) * PIXEL_MM @ _rotation(placement.angle_deg).T
    return np.asarray(placement.centre_px + offset_mm / grid.spacing_mm)


def _inside(points: FloatArray, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    # What rounding moves off the border of a pixel stays inside.
    margin = 0.5 + 1e-6
    return np.asarray(((points >= -margin) & (points <= np.array(shape[-2:]) - 1 + margin)).all(axis=-1))


def _nearest(masks: NDArray[np.bool_], points: FloatArray) -> NDArray[np.bool_]:
    inside = _inside(points, masks.shape)
    rows, columns = np.clip(np.rint(points), 0, np.array(masks.shape[-2:]) - 1).astype(np.intp).transpose(2, 0, 1)
    return np.asarray(masks[:, rows, columns] & inside)


def _sampled(stack: NDArray[Any], points: FloatArray, rows: int, columns: int) -> NDArray[np.float32]:
    """``stack`` (n y x) at ``points``, averaged over blocks to (n rows columns); NaN where too little is known."""
    inside = _inside(points, stack.shape)
    sampled = np.empty((len(stack), rows, columns), dtype=np.float32)
    for number, image in enumerate(stack):
        known = np.isfinite(image)
        weight = _mean_of_blocks(_linear(known.astype(np.float64), points) * inside, rows, columns)
        total = _mean_of_blocks(_linear(np.where(known, image, 0.0), points) * inside, rows, columns)
        enough = weight >= LEAST_KNOWN
        sampled[number] = np.divide(total, weight, out=np.full((rows, columns), np.nan), where=enough)
    return sampled


def _linear(image: FloatArray, points: FloatArray) -> FloatArray:
    return np.asarray(map_coordinates(image, points.transpose(2, 0, 1), order=1, mode="nearest", output=np.float64))


def _mean_of_blocks(fine: FloatArray, rows: int, columns: int) -> FloatArray:
    return np.asarray(fine.reshape(rows, fine.shape[0] // rows, columns, -1).mean(axis=(1, 3)))
