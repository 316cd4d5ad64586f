"""Which part of an image a picture shows, and where it lies: x to the right, y down, in mm from the corner."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from myoqc.records import CROP_MM, Assessment, Grid

MARGIN_MM = 25.0
"""At least this much is shown around the heart's outer wall, so that the segments' numbers find room."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A rectangle of whole pixels: first and last-plus-one row and column."""

    rows: tuple[int, int]
    columns: tuple[int, int]
    grid: Grid

    def cut(self, values: NDArray[np.floating]) -> NDArray[np.floating]:
        """The part of an image (… y x) inside the frame."""
        return values[..., slice(*self.rows), slice(*self.columns)]

    @property
    def view_box(self) -> str:
        """x, y, width, height in mm, as SVG writes them."""
        return " ".join(f"{length:.3f}" for length in self.box_mm)

    @property
    def box_mm(self) -> tuple[float, float, float, float]:
        """x, y, width and height of the frame."""
        down, across = (float(length) for length in self.grid.spacing_mm)
        return (
            self.columns[0] * across,
            self.rows[0] * down,
            (self.columns[1] - self.columns[0]) * across,
            (self.rows[1] - self.rows[0]) * down,
        )


def xy_mm(points_px: ArrayLike, grid: Grid) -> NDArray[np.float64]:
    """Points (… 2) (row, column) as (x, y) in mm; pixel (0, 0) has its centre half a pixel inside the corner."""
    return np.asarray(((np.asarray(points_px) + 0.5) * grid.spacing_mm)[..., ::-1])


def whole(grid: Grid) -> Frame:
    """The frame that shows all of the image."""
    return Frame((0, grid.shape[0]), (0, grid.shape[1]), grid)


def heart(assessment: Assessment) -> Frame | None:
    """A square of 150 mm about the left ventricle, moved and cut to lie in the image; None where it isn't located."""
    grid = assessment.acquisition.grid
    extent_px = _extent_px(assessment)
    if extent_px is None:
        return None
    low_px, high_px = extent_px
    side_mm = max(CROP_MM, float(((high_px - low_px) * grid.spacing_mm).max()) + 2 * MARGIN_MM)
    middle_px = (low_px + high_px) / 2
    rows, columns = (_span(middle_px[axis], side_mm / grid.spacing_mm[axis], grid.shape[axis]) for axis in range(2))
    return Frame(rows, columns, grid)


def _extent_px(assessment: Assessment) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
    if assessment.contours is not None:
        points = assessment.contours.epi_px
    elif assessment.segments is not None:
        points = np.argwhere(assessment.segments.myocardium).astype(np.float64)
    else:
        return None
    return points.min(axis=0), points.max(axis=0)


def _span(middle_px: float, side_px: float, length: int) -> tuple[int, int]:
    side = min(round(side_px), length)
    start = min(max(round(middle_px + 0.5 - side / 2), 0), length - side)
    return start, start + side
