"""What one slice leaves on disk for machines: ``assessment.json`` and its maps as NIfTI."""

import gzip
import json
from pathlib import Path
from typing import Any

import nibabel
import numpy as np
from numpy.typing import NDArray

from myoqc.records import Assessment, Grid, ParameterMap
from myoqc.report.document import to_json
from myoqc.report.writing import write_together

MAPS = {
    "t1": ("t1_ms", np.float32, "T1 in ms; NaN = not fitted"),
    "r2": ("r2", np.float32, "R2 = coefficient of determination, no relaxation rate; NaN = not fitted"),
    "t1_sd": ("t1_sd_ms", np.float32, "standard deviation of T1 by the fit, in ms; NaN = not fitted"),
    "samples_used": ("samples_used", np.uint8, "number of images used by the fit; 0 = not fitted"),
}
"""Name of the file: field of the ParameterMap, type on disk, and the header's ``descrip`` (at most 80 characters)."""


def write_slice(assessment: Assessment, folder: Path) -> tuple[Path, ...]:
    """Write ``assessment.json`` and a ``.nii.gz`` for each map that exists; the same input gives the same bytes.

    Raises OutputError, naming the path; nothing half-written remains.
    """
    return write_together(
        {folder / "assessment.json": json_bytes(to_json(assessment)), **_map_files(assessment.maps, folder)}
    )


def write_maps(maps: ParameterMap, folder: Path) -> tuple[Path, ...]:
    """Write a ``.nii.gz`` for each map that exists, as :func:`write_slice` does."""
    return write_together(_map_files(maps, folder))


def write_json(content: dict[str, Any], path: Path) -> Path:
    """Write ``content`` as JSON. Raises OutputError, naming the path."""
    write_together({path: json_bytes(content)})
    return path


def _map_files(maps: ParameterMap, folder: Path) -> dict[Path, bytes]:
    return {
        folder / f"{name}.nii.gz": nifti_bytes(getattr(maps, field).astype(dtype), maps.grid, meaning)
        for name, (field, dtype, meaning) in MAPS.items()
        if getattr(maps, field) is not None
    }


def json_bytes(content: dict[str, Any]) -> bytes:
    """UTF-8 text of ``content``; what is no character (a file name in an unknown encoding) stays as an escape."""
    text = json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False)
    return (text + "\n").encode("utf-8", errors="backslashreplace")


def nifti_bytes(values: NDArray[Any], grid: Grid, meaning: str) -> bytes:
    """A map (y x) as a compressed NIfTI-1 file, axes (column, row, slice).

    The slice is given 1 mm of thickness, because a Grid knows none.
    """
    voxels = np.ascontiguousarray(values.T)[:, :, np.newaxis]
    image: Any = nibabel.Nifti1Image(voxels, grid.affine)  # type: ignore[no-untyped-call]
    image.set_sform(grid.affine, code="scanner")
    image.set_qform(grid.affine, code="scanner")
    image.header.set_xyzt_units("mm")
    image.header["descrip"] = meaning.encode("ascii")
    return gzip.compress(image.to_bytes(), mtime=0)
