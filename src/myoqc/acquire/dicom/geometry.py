"""The pixel grid of a slice from the headers of its images."""

from collections.abc import Sequence

import numpy as np

from myoqc.acquire.dicom.headers import Header
from myoqc.errors import GeometryError
from myoqc.records import Grid

LEAST_SHIFT_PX = 0.1
"""Images that lie further apart than this do not share a grid."""
REMEDY = "Export the series with its geometry, or give the images as .npz with spacing_mm."
NEEDED = {
    "PixelSpacing": ("spacing_mm", 2),
    "ImagePositionPatient": ("position_mm", 3),
    "ImageOrientationPatient": ("orientation", 6),
}


def grid_of(images: Sequence[Header]) -> Grid:
    """The grid that all images share. Raises GeometryError, naming the file, where one lacks it or has another."""
    first = _grid(images[0])
    for image in images[1:]:
        grid = _grid(image)
        if not same_grid(first, grid):
            raise GeometryError(
                "images of one slice differ in matrix, pixel spacing or position",
                file=image.name,
                expected=f"{_described(first)} as in {images[0].name}",
                found=_described(grid),
                remedy="Send only images that belong to one acquisition.",
            )
    return first


def same_grid(one: Grid, other: Grid) -> bool:
    """Whether two grids agree within a tenth of a pixel."""
    if one.shape != other.shape or not np.allclose(one.spacing_mm, other.spacing_mm, rtol=1e-3):
        return False
    corners = np.array([[0.0, 0.0], one.shape, [0.0, one.shape[1]]])
    apart_mm = np.linalg.norm(one.patient_mm(corners) - other.patient_mm(corners), axis=-1)
    return bool((apart_mm <= LEAST_SHIFT_PX * one.spacing_mm.min()).all())


def _grid(image: Header) -> Grid:
    for attribute, (name, n_values) in NEEDED.items():
        found = getattr(image, name)
        if len(found) != n_values:
            raise GeometryError(
                f"{attribute} is missing or unusable",
                file=image.name,
                expected=f"{n_values} numbers",
                found=", ".join(f"{value:g}" for value in found) or "none",
                remedy=REMEDY,
            )
    try:
        return Grid(
            image.shape,
            np.array(image.spacing_mm),
            np.array(image.position_mm),
            np.array(image.orientation[:3]),
            np.array(image.orientation[3:]),
        )
    except GeometryError as error:
        error.file, error.remedy = image.name, REMEDY
        raise


def _described(grid: Grid) -> str:
    matrix = f"{grid.shape[0]} × {grid.shape[1]} pixels of {grid.spacing_mm[0]:g} × {grid.spacing_mm[1]:g} mm"
    return f"{matrix} at {', '.join(f'{value:.1f}' for value in grid.origin_mm)} mm"
