"""NIfTI volumes as stacks of slices in patient coordinates."""

import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
from nibabel.filebasedimages import ImageFileError
from nibabel.spatialimages import HeaderDataError
from numpy.typing import NDArray

from myoqc.acquire.naming import not_written
from myoqc.errors import GeometryError, ReadError
from myoqc.records import Grid

FloatArray = NDArray[np.float64]

REMEDY = "Copy the file again, or convert it again from the original images."
CLEARLY_LONGER = 1.2
"""Slices must lie this many times farther apart than pixels for the spacing to tell which axis they lie along."""


@dataclass(frozen=True, slots=True, eq=False)
class Volume:
    """A stack of parallel slices."""

    slices: NDArray[np.float32]
    """(z y x)"""
    grids: tuple[Grid, ...]
    """One per slice."""
    step_mm: float
    """From slice to slice."""
    oriented: bool
    """False where the file does not say how it lies in the patient."""


def read_nifti(path: Path, most_voxels: int) -> Volume:
    """The volume in a NIfTI file, as stored: no axis is turned, the grids carry any permutation or mirroring.

    Raises ReadError for a file that is damaged or declares more than ``most_voxels``, GeometryError where it is not a
    volume or its affine is not one of a scanner.
    """
    try:
        # What a damaged header makes overflow is checked where it is used.
        with np.errstate(all="ignore"):
            image, voxels = _loaded(path, most_voxels)
            affine = np.asarray(image.affine, dtype=np.float64)
    except (ImageFileError, HeaderDataError, EOFError, zlib.error, ValueError, TypeError, OverflowError) as error:
        raise ReadError("not a NIfTI file, or damaged", file=path, found=error, remedy=REMEDY) from error
    except OSError as error:
        raise ReadError("can't be read", file=path, found=error.strerror or error, remedy=REMEDY) from error
    oriented = bool(image.header["sform_code"] > 0 or image.header["qform_code"] > 0)
    return _stacked(voxels, affine, oriented, path)


def write_nifti(image: NDArray[np.generic], grid: Grid, path: Path) -> None:
    """Write one slice (y x) as a volume of one slice; raises OutputError where the file can't be written."""
    nifti: Any = nib.Nifti1Image(image.T[:, :, None], grid.affine)  # type: ignore[no-untyped-call]
    code = "scanner" if grid.oriented else "unknown"
    nifti.set_sform(grid.affine, code=code)
    nifti.set_qform(grid.affine, code=code)
    nifti.header.set_xyzt_units("mm", "sec")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        nib.save(nifti, path)
    except OSError as error:
        raise not_written(path, error) from error


def _loaded(path: Path, most_voxels: int) -> tuple[Any, NDArray[np.float32]]:
    image = nib.load(path)
    if not isinstance(image, nib.Nifti1Image):
        raise ReadError("not a NIfTI file", file=path, found=type(image).__name__, remedy=REMEDY)
    shape = _three_axes(image.shape, path)
    if np.prod(shape, dtype=float) > most_voxels:
        raise ReadError(
            "too large",
            file=path,
            expected=f"at most {most_voxels:,} voxels",
            found=f"matrix {shape}",
            remedy="Give fewer slices in a file.",
        )
    return image, np.asarray(image.dataobj, dtype=np.float32).reshape(shape)


def _three_axes(shape: tuple[int, ...], path: Path) -> tuple[int, int, int]:
    if not 2 <= len(shape) <= 7 or any(length != 1 for length in shape[3:]) or 0 in shape:
        raise GeometryError("not a volume", file=path, expected="three axes", found=f"matrix {shape}", remedy=REMEDY)
    columns, rows, slices = (*shape, 1)[:3]
    return columns, rows, slices


def _stacked(voxels: NDArray[np.float32], affine: FloatArray, oriented: bool, path: Path) -> Volume:
    to_lps = np.diag([-1.0, -1.0, 1.0, 1.0]) @ affine
    lengths_mm = np.linalg.norm(to_lps[:3, :3], axis=0)
    if not (np.isfinite(to_lps).all() and (lengths_mm > 0).all()):
        raise GeometryError(
            "the affine is not usable",
            file=path,
            expected="finite numbers and axes with a length",
            found=affine.round(3).tolist(),
            remedy=REMEDY,
        )
    along = _slice_axis(voxels.shape, lengths_mm)
    column_axis, row_axis = (axis for axis in range(3) if axis != along)
    slices = voxels.transpose(along, row_axis, column_axis)
    grids = tuple(
        Grid(
            shape=(slices.shape[1], slices.shape[2]),
            spacing_mm=lengths_mm[[row_axis, column_axis]],
            origin_mm=to_lps[:3, 3] + number * to_lps[:3, along],
            row_direction=to_lps[:3, column_axis] / lengths_mm[column_axis],
            column_direction=to_lps[:3, row_axis] / lengths_mm[row_axis],
            oriented=oriented,
        )
        for number in range(len(slices))
    )
    return Volume(slices, grids, float(lengths_mm[along]), oriented)


def _slice_axis(shape: tuple[int, ...], lengths_mm: FloatArray) -> int:
    """The only axis of length one, else the one with clearly the longest step, else the last as the standard has it."""
    single = [axis for axis, length in enumerate(shape) if length == 1]
    if len(single) == 1:
        return single[0]
    longest = int(np.argmax(lengths_mm))
    others_mm = np.delete(lengths_mm, longest)
    return longest if lengths_mm[longest] > CLEARLY_LONGER * others_mm.max() else 2
