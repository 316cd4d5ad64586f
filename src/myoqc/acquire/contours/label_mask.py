"""Outlines from NIfTI label masks: 1 cavity of the left ventricle, 2 its wall, 3 or 4 cavity of the right."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from myoqc import polygons
from myoqc.acquire.contours.canvas import MOST_TILT_DEG
from myoqc.acquire.contours.insertions import insertions_px
from myoqc.acquire.contours.slice_contours import SliceContours
from myoqc.acquire.naming import naming
from myoqc.acquire.nifti import Volume, read_nifti, write_nifti
from myoqc.errors import ContourError, GeometryError
from myoqc.records import Contours, Grid

FloatArray = NDArray[np.float64]

CAVITY, WALL, RIGHT = 1, 2, (3, 4)
MOST_VOXELS = 2**26
REMEDY = "Draw the mask again on the images of this study, with these labels."


def read_label_mask(path: Path, grid: Grid | None = None) -> list[SliceContours]:
    """Outlines of the slices of a mask that hold cavity and wall, half-way between pixels inside and outside.

    The outlines are not smoothed: filled again on the same pixels they give the mask back. Insertion points are the
    ends of the arc along which the right ventricle lies on the wall. With ``grid``, the one slice of the mask that lies
    in its plane, in the pixels of ``grid``; without it, all slices in the pixels of the mask. Where neither says how it
    lies in the patient, a mask of one slice with the matrix of ``grid`` is taken pixel by pixel. Raises ReadError,
    ContourError for labels without an outline, GeometryError for a mask that lies elsewhere.
    """
    volume = read_nifti(path, MOST_VOXELS)
    with naming(path, remedy=REMEDY):
        _check_labels(volume)
        grid = None if grid is not None and _same_pixels(volume, grid) else grid
        chosen = range(len(volume.slices)) if grid is None else [_nearest(volume, grid)]
        drawn = [number for number in chosen if {CAVITY, WALL} <= set(np.unique(volume.slices[number]).tolist())]
        if not drawn:
            raise ContourError("no slice with a left ventricle", expected=f"labels {CAVITY} (cavity) and {WALL} (wall)")
    slices = []
    for number in drawn:
        with naming(path, f"slice {number + 1} of {len(volume.slices)}", remedy=REMEDY):
            slices.append(SliceContours(_outlines(volume.slices[number], volume.grids[number], grid)))
    return slices


def write_label_mask(contours: Contours, grid: Grid, path: str | Path) -> None:
    """Write cavity and wall as a NIfTI mask on the pixels of ``grid``; insertion points do not go into it.

    Raises OutputError where the file can't be written.
    """
    labels = np.zeros(grid.shape, dtype=np.uint8)
    labels[polygons.fill(contours.epi_px, grid.shape)] = WALL
    labels[polygons.fill(contours.endo_px, grid.shape)] = CAVITY
    write_nifti(labels, grid, Path(path))


def _check_labels(volume: Volume) -> None:
    unknown = set(np.unique(volume.slices).tolist()) - {0.0, CAVITY, WALL, *RIGHT}
    if unknown:
        raise ContourError(
            "not a label mask",
            expected="0, 1 (cavity), 2 (wall), 3 or 4 (right ventricle)",
            found=", ".join(f"{value:g}" for value in sorted(unknown)[:5]),
        )


def _same_pixels(volume: Volume, grid: Grid) -> bool:
    return not (volume.oriented or grid.oriented) and volume.slices.shape == (1, *grid.shape)


def _nearest(volume: Volume, grid: Grid) -> int:
    """Number of the slice of the mask in whose thickness the plane of ``grid`` lies."""
    cosine = abs(float(volume.grids[0].normal @ grid.normal))
    oriented = volume.oriented and grid.oriented
    if not oriented or cosine < np.cos(np.radians(MOST_TILT_DEG)):
        raise GeometryError(
            "the mask does not lie in the plane of the images",
            expected=f"slices within {MOST_TILT_DEG:g}° of the images",
            found=f"{np.degrees(np.arccos(min(cosine, 1.0))):.1f}°" if oriented else "no orientation",
            remedy="Save the mask with the affine of the images that it was drawn on.",
        )
    centre_px = (np.array(grid.shape) - 1) / 2
    distances_mm = [abs(slice_grid.distance_mm(grid.patient_mm(centre_px))) for slice_grid in volume.grids]
    nearest = int(np.argmin(distances_mm))
    if distances_mm[nearest] > max(volume.step_mm / 2, 1.0):
        raise GeometryError(
            "no slice of the mask lies where the images do",
            expected=f"one within {max(volume.step_mm / 2, 1.0):g} mm",
            found=f"{distances_mm[nearest]:.1f} mm",
        )
    return nearest


def _outlines(labels: NDArray[np.float32], own: Grid, wanted: Grid | None) -> Contours:
    endo_px = polygons.trace(labels == CAVITY)
    epi_px = polygons.trace((labels == CAVITY) | (labels == WALL))
    anterior_px, inferior_px = insertions_px(epi_px, np.isin(labels, RIGHT), own)

    def moved(points_px: FloatArray) -> FloatArray:
        return points_px if wanted is None else wanted.px(own.patient_mm(points_px))

    return Contours(
        moved(endo_px),
        moved(epi_px),
        None if anterior_px is None else moved(anterior_px),
        None if inferior_px is None else moved(inferior_px),
    )
