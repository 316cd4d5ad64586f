"""Finds NumPy archives and BIDS folders beside the DICOM files of a study."""

import zipfile
import zlib
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import nibabel as nib
from numpy.lib import format as npy

from myoqc.acquire.bids import check_bids, group_bids, read_bids
from myoqc.acquire.files import UNPACK, Box, FoundFile
from myoqc.acquire.found import Catalogue, Entry, Role, SeriesFound, obstacle
from myoqc.acquire.npz import REQUIRED, check_npz, read_npz
from myoqc.acquire.problems import Problem
from myoqc.errors import ImageError, ReadError
from myoqc.records import Acquisition


def find_others(box: Box, root: Path) -> Catalogue:
    """Acquisitions at ``root`` that are not DICOM; other NumPy archives are passed over."""
    entries: list[Entry] = []
    series: list[SeriesFound] = []
    problems: list[Problem] = []
    for file in box.files:
        if file.suffix == ".npz" or file.name.endswith(("_IRT1.nii", "_IRT1.nii.gz")):
            if box.archive is not None:
                problems.append(_packed(file))
            elif file.suffix == ".npz" and (file.path == root or _is_acquisition(file.path)):
                entries.append(_npz(file.path))
                series.append(
                    _series(file.path, _n_times(file.path), "ti_ms", "a NumPy archive with images and their times")
                )
    for group in group_bids(file.path for file in box.files if file.member is None):
        entries += _bids(group)
        series.append(_series(group[0], len(group), "InversionTime (sidecar)", "BIDS inversion recovery images"))
    return Catalogue(tuple(entries), tuple(series), tuple(problems))


def _packed(file: FoundFile) -> Problem:
    error = ReadError("not read from inside an archive", file=file.name, found=f"a {file.suffix} file", remedy=UNPACK)
    return Problem.of(error, file.name)


def _is_acquisition(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            return {f"{name}.npy" for name in REQUIRED} <= set(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return False


def _n_times(path: Path) -> int:
    """Number of images in a NumPy archive, without reading them; 0 where loading will say what is wrong."""
    try:
        with zipfile.ZipFile(path) as archive, archive.open("ti_ms.npy") as times:
            npy.read_magic(times)
            shape, _, _ = npy.read_array_header_1_0(times)
    except (zipfile.BadZipFile, zlib.error, OSError, KeyError, ValueError, NotImplementedError, RuntimeError):
        return 0
    return int(shape[0]) if len(shape) == 1 else 0


def _npz(path: Path) -> Entry:
    return Entry(
        label=path.name,
        study_uid=str(path),
        study_label=path.name,
        patient="unknown",
        files=(str(path),),
        load=partial(read_npz, path),
        obstacle=obstacle(partial(check_npz, path)),
    )


def _bids(group: Sequence[Path]) -> Iterator[Entry]:
    """One entry for each slice of the volumes."""
    title, files = group[0].name.split("_inv-")[0], tuple(map(str, group))
    patient = title.split("_")[0] if title.startswith("sub-") else "unknown"
    n_slices, known = _n_slices(group[0]), obstacle(partial(check_bids, group))
    for number in range(n_slices):
        yield Entry(
            label=title if n_slices == 1 else f"{title}, slice {number + 1} of {n_slices}",
            study_uid=str(group[0].parent / title),
            study_label=title,
            patient=patient,
            files=files,
            load=partial(_bids_slice, group, number),
            obstacle=known,
        )


def _n_slices(path: Path) -> int:
    """From the header; 1 where it can't be read, so that loading says why."""
    try:
        return int((*nib.load(path).shape, 1, 1)[2])  # type: ignore[attr-defined]
    except Exception:
        # nibabel raises its own and zlib's and NumPy's errors for damaged headers; read_bids names them.
        return 1


def _bids_slice(group: Sequence[Path], number: int) -> Acquisition:
    slices = read_bids(group)
    if number >= len(slices):
        raise ImageError(
            "the volumes have changed since they were found", file=group[0], remedy="Read the folder again."
        )
    return slices[number]


def _series(path: Path, n_images: int, ti_source: str, why: str) -> SeriesFound:
    return SeriesFound(path.parent.name, None, path.name, n_images, Role.MAGNITUDE, why, ti_source)
