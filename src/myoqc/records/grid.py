"""Where pixels lie in the patient."""

from dataclasses import dataclass
from operator import index

import numpy as np
from numpy.typing import ArrayLike, NDArray

from myoqc.errors import GeometryError
from myoqc.records.arrays import frozen, numbers

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """The pixel grid of one slice in patient coordinates (DICOM's LPS: x left, y posterior, z superior; mm).

    Raises GeometryError for a matrix without pixels, for spacing that is not positive, and for directions that are not
    perpendicular unit vectors.
    """

    shape: tuple[int, int]
    """(y x): rows, columns."""
    spacing_mm: FloatArray
    """(2) between rows, between columns."""
    origin_mm: FloatArray
    """(3) centre of pixel (0, 0)."""
    row_direction: FloatArray
    """(3) along a row: the way the column index rises."""
    column_direction: FloatArray
    """(3) down a column: the way the row index rises."""
    oriented: bool = True
    """False where the directions are assumed: they then tell nothing about the patient."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "shape", _matrix(self.shape))
        for name, length in (
            ("spacing_mm", 2),
            ("origin_mm", 3),
            ("row_direction", 3),
            ("column_direction", 3),
        ):
            object.__setattr__(self, name, frozen(getattr(self, name), np.float64, str(length), name, GeometryError))
        if not (np.isfinite(self.spacing_mm).all() and (self.spacing_mm > 0).all()):
            raise GeometryError("pixel spacing must be positive", expected="two lengths in mm", found=self.spacing_mm)
        directions = np.array([self.row_direction, self.column_direction])
        finite = np.isfinite(self.origin_mm).all() and np.isfinite(directions).all()
        if not (finite and np.allclose(directions @ directions.T, np.eye(2), atol=1e-3)):
            raise GeometryError(
                "image position or orientation is not usable",
                expected="two perpendicular unit vectors",
                found=f"{self.row_direction}, {self.column_direction}",
            )

    @classmethod
    def plain(cls, shape: tuple[int, int], spacing_mm: float | ArrayLike = 1.0) -> "Grid":
        """A grid for images that come without orientation: laid at the origin, and known to be only assumed."""
        spacing = numbers(spacing_mm, np.float64, "spacing_mm", GeometryError)
        if spacing.size == 1:
            spacing = np.full(2, spacing)
        row, column = np.array([1.0, 0.0, 0.0]), np.array([0.0, 1.0, 0.0])
        return cls(shape, spacing, np.zeros(3), row, column, oriented=False)

    @property
    def normal(self) -> FloatArray:
        """(3) row direction × column direction: away from the viewer of the screen."""
        return np.cross(self.row_direction, self.column_direction)

    @property
    def known_normal(self) -> FloatArray | None:
        """(3) the normal where the orientation is known, else None."""
        return self.normal if self.oriented else None

    def patient_mm(self, points_px: ArrayLike) -> FloatArray:
        """Patient coordinates (… 3) of pixel coordinates (… 2)."""
        offset_mm = np.asarray(points_px, dtype=np.float64) * self.spacing_mm
        axes = np.array([self.column_direction, self.row_direction])
        return np.asarray(self.origin_mm + offset_mm @ axes)

    def px(self, points_mm: ArrayLike) -> FloatArray:
        """Pixel coordinates (… 2) of patient coordinates (… 3), dropped perpendicularly onto the slice."""
        offset_mm = np.asarray(points_mm, dtype=np.float64) - self.origin_mm
        axes = np.array([self.column_direction, self.row_direction])
        return np.asarray(offset_mm @ axes.T / self.spacing_mm)

    def distance_mm(self, point_mm: ArrayLike) -> float:
        """Signed distance of a point (3) from the plane of the slice, along the normal."""
        return float((np.asarray(point_mm, dtype=np.float64) - self.origin_mm) @ self.normal)

    @property
    def affine(self) -> FloatArray:
        """(4 4) from NIfTI voxel indices (column, row, slice) to NIfTI world coordinates (RAS, mm)."""
        affine = np.eye(4)
        affine[:3, 0] = self.row_direction * self.spacing_mm[1]
        affine[:3, 1] = self.column_direction * self.spacing_mm[0]
        affine[:3, 2] = self.normal
        affine[:3, 3] = self.origin_mm
        return np.diag([-1.0, -1.0, 1.0, 1.0]) @ affine


def _matrix(shape: object) -> tuple[int, int]:
    try:
        rows, columns = (index(length) for length in shape)  # type: ignore[attr-defined]
    except (TypeError, ValueError) as error:
        raise GeometryError("not a matrix", expected="two whole numbers: rows, columns", found=shape) from error
    if rows < 1 or columns < 1:
        raise GeometryError("a matrix without pixels", expected="one row and one column or more", found=shape)
    return rows, columns
