"""What the segmenter is shown of real images, from the folder that ``--real`` names; nothing of it belongs here.

``heart-t1map/``: one image and its T1 map, with marks. The rest holds no heart in a short axis, or no recovery, and
must not be given one. ``sunnybrook-cine/`` serves as images without recovery only: its patients are among those that
the segmenter may have been trained on.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from realism_real import read_kidney

from myoqc.acquire import read_anatomies, read_dicom
from myoqc.fit import fit_maps
from myoqc.records import Acquisition, Grid, ParameterMap
from myoqc.schedules import SHMOLLI

TI_MS = np.array([100.0, 1100.0, 2100.0, 3100.0, 4100.0, 180.0, 260.0])
CORONAL = (np.array([1.0, 0.0, 0.0]), np.array([0.0, 0.0, -1.0]))


@dataclass(frozen=True, slots=True, eq=False)
class Marked:
    """One image of a real heart, given in place of all, with what is marked in it (y x)."""

    name: str
    acquisition: Acquisition
    maps: ParameterMap
    cavity: np.ndarray
    outer: np.ndarray


def real_heart(folder: Path) -> Marked:
    """The one real T1 map of a heart."""
    (image,) = read_anatomies(folder / "heart-t1map").images
    assert image.t1_ms is not None
    grid = Grid.plain((image.image.shape[0], image.image.shape[1]), image.spacing_mm)
    return Marked(
        "heart-t1map", _repeated(image.image, grid), ParameterMap(image.t1_ms, grid), image.cavity, image.outer
    )


def cine(folder: Path) -> Iterator[np.ndarray]:
    """Frames of one patient's cine, of all slices."""
    import pydicom

    patient = min((folder / "sunnybrook-cine").iterdir())
    for path in sorted((patient / "dicom").glob("*.dcm")):
        yield pydicom.dcmread(path).pixel_array.astype(np.float32)


def heartless(folder: Path) -> Iterator[tuple[str, Acquisition]]:
    """Images without a heart in a short axis, or without a recovery."""
    for number, acquisition in enumerate(read_dicom(folder / "shmolli-phantom")):
        yield f"ShMOLLI of vials, slice {number + 1}", acquisition
        plain = Acquisition(acquisition.images, acquisition.ti_ms, acquisition.schedule, _plain(acquisition.grid))
        yield f"the same without orientation, slice {number + 1}", plain
    kidney = read_kidney(folder)
    if kidney is not None:
        yield "MOLLI of the kidneys", kidney
    rng = np.random.default_rng(0)
    grid = Grid.plain((240, 320), 0.94)
    yield "noise", Acquisition(rng.rayleigh(50.0, (7, 240, 320)), TI_MS, SHMOLLI, grid)
    yield from _cine_stacks(folder)


def _cine_stacks(folder: Path) -> Iterator[tuple[str, Acquisition]]:
    """Cine frames as if they were a recovery: of one slice, of several, and as a coronal slice."""
    frames = list(cine(folder))
    several = np.stack(frames[:7])
    grid = Grid.plain((several.shape[1], several.shape[2]), 1.3)
    rng = np.random.default_rng(0)
    one = np.abs(frames[0] + rng.normal(0.0, 0.02 * frames[0].max(), several.shape))
    yield "cine image of a heart, seven times", Acquisition(one, TI_MS, SHMOLLI, grid)
    yield "cine images of seven slices", Acquisition(several, TI_MS, SHMOLLI, grid)
    coronal = replace(grid, row_direction=CORONAL[0], column_direction=CORONAL[1], oriented=True)
    yield "a coronal slice", Acquisition(several, TI_MS, SHMOLLI, coronal)


def maps_of(acquisition: Acquisition) -> ParameterMap:
    """Maps as ``check`` makes them."""
    return fit_maps(acquisition)


def _repeated(image: np.ndarray, grid: Grid) -> Acquisition:
    return Acquisition(np.repeat(np.maximum(image, 0.0)[None], 7, axis=0), TI_MS, SHMOLLI, grid)


def _plain(grid: Grid) -> Grid:
    return Grid.plain(grid.shape, grid.spacing_mm)
