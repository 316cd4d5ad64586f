"""The crop that a scorer sees, and the way back [Zhang2020].

150 × 150 mm about the left ventricle in 160 × 160 pixels of 0.9375 mm, whatever the pixels of the scanner are. The
middle of the crop is the corner between its four central pixels, at (79.5, 79.5).
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from myoqc.aha import Segment
from myoqc.errors import GeometryError, NotScorableError
from myoqc.locate.sampling import centres_px, is_inside, means_at, n_subsamples
from myoqc.records import CROP_MM, CROP_PX, Acquisition, Crop, Grid, ParameterMap, Placement, Segments
from myoqc.records.arrays import same_matrix

FloatArray = NDArray[np.float64]

PIXEL_MM = CROP_MM / CROP_PX
MIDDLE_PX = (CROP_PX - 1) / 2


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
    fine = _points(
        centres_px((CROP_PX, CROP_PX), n_subsamples(PIXEL_MM, float(grid.spacing_mm.min()))), placement, grid
    )
    masks = None
    if segments is not None:
        same_matrix(segments.masks.shape, grid.shape, "the segments")
        masks = _nearest(segments.masks, _points(centres_px((CROP_PX, CROP_PX), 1), placement, grid))
    r2 = np.full(grid.shape, np.nan) if maps.r2 is None else maps.r2
    return Crop(
        irw=np.nan_to_num(means_at(acquisition.images, fine, CROP_PX, CROP_PX)),
        t1_ms=means_at(maps.t1_ms[None], fine, CROP_PX, CROP_PX)[0],
        r2=means_at(r2[None], fine, CROP_PX, CROP_PX)[0],
        ti_ms=acquisition.ti_ms,
        placement=placement,
        masks=masks,
        schedule=acquisition.schedule.name,
        method=maps.method,
    )


def turn_deg(segments: Segments, grid: Grid) -> float:
    """The ``angle_deg`` at which the septum lies on the left of a crop, so that every segment has its usual place.

    The septum's side is the direction from the middle of the myocardium to that of both septal segments. Raises
    NotScorableError for segments without a septum, as those of an apical slice.
    """
    septum = segments.masks[[Segment.ANTEROSEPTAL, Segment.INFEROSEPTAL]].any(axis=0)
    if segments.kinds != tuple(Segment) or not septum.any():
        raise NotScorableError("no septum, so a crop can't be turned by it", expected="both septal segments")
    down, right = (np.argwhere(septum).mean(axis=0) - segments.centre_px) * grid.spacing_mm
    return float(np.degrees(np.arctan2(-down, -right)))


def put_back(values: ArrayLike, placement: Placement, grid: Grid) -> NDArray[np.float32]:
    """Values of a crop (160 160) or (n 160 160) on the pixels of ``grid``: (y x) or (n y x), NaN outside the crop.

    Linear; where the pixels of ``grid`` are coarser than the crop's, each is the mean over its area.
    """
    stack = np.asarray(values, dtype=np.float32)
    if stack.ndim not in (2, 3) or stack.shape[-2:] != (CROP_PX, CROP_PX):
        raise GeometryError("not the values of a crop", expected=f"(n {CROP_PX} {CROP_PX})", found=stack.shape)
    finer = n_subsamples(float(grid.spacing_mm.max()), PIXEL_MM)
    offset_mm = (centres_px(grid.shape, finer) - placement.centre_px) * grid.spacing_mm
    points = offset_mm @ _rotation(placement.angle_deg) / PIXEL_MM + MIDDLE_PX
    back = means_at(stack.reshape(-1, CROP_PX, CROP_PX), points, *grid.shape)
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


def _points(crop_px: FloatArray, placement: Placement, grid: Grid) -> FloatArray:
    """Where points of the crop (… 2) lie in the image."""
    offset_mm = (crop_px - MIDDLE_PX) * PIXEL_MM @ _rotation(placement.angle_deg).T
    return np.asarray(placement.centre_px + offset_mm / grid.spacing_mm)


def _nearest(masks: NDArray[np.bool_], points: FloatArray) -> NDArray[np.bool_]:
    inside = is_inside(points, masks.shape)
    rows, columns = np.clip(np.rint(points), 0, np.array(masks.shape[-2:]) - 1).astype(np.intp).transpose(2, 0, 1)
    return np.asarray(masks[:, rows, columns] & inside)
