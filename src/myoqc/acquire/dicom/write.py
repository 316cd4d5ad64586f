"""One slice as the DICOM series that a Siemens scanner with ShMOLLI makes of it."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian

from myoqc.acquire.dicom.write_header import Scale, Series, StoredImage, Study, decimal, dicom_header, family
from myoqc.acquire.naming import not_written
from myoqc.records import Acquisition, ParameterMap
from myoqc.records.arrays import same_matrix

NOON = 12
R2_SCALE = 4000.0
"""The scanner stores R² as whole numbers up to this."""
PHASE = Scale(2.0, -4096.0)
"""From 0–4095 to ±4096, which is ±π."""
T1RANGE = {5: 1000, 6: 2000, 7: 3000}
"""How ShMOLLI's fit parameters say that 5, 6 or 7 samples were used."""


def write_dicom(
    acquisition: Acquisition,
    folder: str | Path,
    *,
    maps: ParameterMap | None = None,
    patient_name: str = "Anonymous",
    series_number: int = 1,
    study_date: date = date(2000, 1, 1),
    simulated: bool = False,
    derivation: str = "",
) -> list[Path]:
    """Write one slice into ``folder``, a file an image; gives the paths.

    Series ``series_number`` holds the magnitude in order of acquisition, the next one the phase (0–4095 for −π to π),
    and with ``maps`` the two after that T1 in ms and the fit parameters (R²·4000 first). Whole numbers up to 4095 are
    stored as they are, other images in 16 bits with a slope; NaN becomes 0. Unique identifiers follow from the key of
    the acquisition and the series number, so that the same case gives the same bytes: two slices need two keys. Images
    with a ``derivation``, which tells how they were made from measured ones, are marked as derived. Raises
    GeometryError for maps of another matrix, OutputError where a file can't be written.
    """
    folder = Path(folder)
    started = datetime(study_date.year, study_date.month, study_date.day, NOON)
    study = Study(patient_name, started, simulated, derivation)
    paths = []
    for series in _all_series(acquisition, maps, series_number):
        for instance, image in enumerate(series.images, start=1):
            dataset = dicom_header(acquisition, study, series, instance, image)
            paths.append(_save(dataset, folder / f"{series.number:04d}-{instance:03d}.dcm"))
    return paths


def _all_series(acquisition: Acquisition, maps: ParameterMap | None, first: int) -> Iterator[Series]:
    comments = [f"TIeff {ti_ms:g} ms" for ti_ms in acquisition.ti_ms]
    yield Series(first, "", "M", _acquired(*_scaled(acquisition.images), comments))
    if acquisition.phase_rad is not None:
        yield Series(first + 1, "", "P", _acquired(_turned(acquisition.phase_rad), PHASE, comments))
    if maps is not None:
        same_matrix(maps.t1_ms.shape, acquisition.grid.shape, "the T1 map")
        last = len(comments) - 1
        t1 = StoredImage(_whole(maps.t1_ms), f"{family(acquisition.schedule)} T1 Map", last)
        yield Series(first + 2, "_T1MAP", "P", [t1], is_map=True)
        if parameters := _fit_parameters(maps, last):
            yield Series(first + 3, "_FITPARAMS", "P", parameters, is_map=True)


def _acquired(stack: NDArray[np.uint16], scale: Scale, comments: Sequence[str]) -> list[StoredImage]:
    pairs = zip(stack, comments, strict=True)
    return [StoredImage(pixels, comment, number, scale) for number, (pixels, comment) in enumerate(pairs)]


def _fit_parameters(maps: ParameterMap, last: int) -> list[StoredImage]:
    """The maps that are there, in the order and with the comments of the scanner."""
    images = []
    if maps.r2 is not None:
        images.append(StoredImage(_whole(np.floor(maps.r2 * R2_SCALE)), "Rsquare*4000 Map", last))
    for values, comment in (
        (maps.a, "Signal(TI)=[___AMap___]-B*exp(-TI/T1star)"),
        (maps.b, "Signal(TI)=A-[___BMap___]*exp(-TI/T1star)"),
    ):
        if values is not None:
            pixels, scale = _scaled(values)
            images.append(StoredImage(pixels, comment, last, scale))
    if maps.t1_star_ms is not None:
        images.append(StoredImage(_whole(maps.t1_star_ms), "Signal(TI)=A-B*exp(-TI/[___T1starMap___])", last))
    if maps.samples_used is not None and maps.method == "shmolli":
        ranges = [maps.samples_used == samples for samples in T1RANGE]
        images.append(StoredImage(_whole(np.select(ranges, list(T1RANGE.values()))), "_ShMOLLIT1range", last))
    return images


def _whole(values: NDArray[Any]) -> NDArray[np.uint16]:
    return np.asarray(np.clip(np.rint(np.nan_to_num(values)), 0, 4095), dtype=np.uint16)


def _turned(phase_rad: NDArray[np.float32]) -> NDArray[np.uint16]:
    values = phase_rad / np.pi * -PHASE.intercept
    return _whole((np.nan_to_num(values) - PHASE.intercept) / PHASE.slope)


def _scaled(values: NDArray[Any]) -> tuple[NDArray[np.uint16], Scale]:
    """Stored values: as they are where that loses nothing, else spread over 16 bits."""
    filled = np.nan_to_num(values.astype(np.float64), posinf=0.0, neginf=0.0)
    low, high = min(float(filled.min()), 0.0), float(filled.max())
    if low == 0.0 and high <= 4095 and np.array_equal(filled, np.rint(filled)):
        return filled.astype(np.uint16), Scale()
    # The values are divided by what the file will say, which holds 16 characters.
    scale = Scale(float(decimal((high - low) / 65535.0)), float(decimal(low)), bits=16)
    return np.clip(np.rint((filled - scale.intercept) / scale.slope), 0, 65535).astype(np.uint16), scale


def _save(dataset: Dataset, path: Path) -> Path:
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        dataset.save_as(path, enforce_file_format=True)
    except OSError as error:
        raise not_written(path, error) from error
    return path
