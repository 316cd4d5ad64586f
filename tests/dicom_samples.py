"""Tiny DICOM files for the tests: eight rows by six columns, written with pydicom alone."""

from collections.abc import Callable, Iterable, Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any

import numpy as np
from pydicom import Dataset
from pydicom.dataset import FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, MRImageStorage

SHMOLLI_TI_MS = (100, 1100, 2100, 3100, 4100, 180, 260)
MOLLI_TI_MS = (100, 1000, 1900, 2800, 3700, 180, 1080, 1980)
SHAPE = (8, 6)
TRANSVERSE = [1, 0, 0, 0, 1, 0]


def uid(*numbers: int) -> str:
    return ".".join(["1.2.826.0.1.3680043.8.498.1", *(str(number) for number in numbers)])


def image(pixels: np.ndarray | None = None, **elements: Any) -> Dataset:
    """A classic MR image with all that is needed; ``elements`` replace or add, None removes."""
    pixels = ramp() if pixels is None else pixels
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.file_meta.MediaStorageSOPClassUID = MRImageStorage
    values = {
        "SOPClassUID": MRImageStorage,
        "SOPInstanceUID": uid(1, 1, 1),
        "StudyInstanceUID": uid(1),
        "SeriesInstanceUID": uid(1, 1),
        "Modality": "MR",
        "Manufacturer": "SIEMENS",
        "ImageType": ["ORIGINAL", "PRIMARY", "M", "ND"],
        "PatientID": "P1",
        "StudyDate": "20240131",
        "StudyDescription": "Heart",
        "SeriesNumber": 1,
        "SeriesDescription": "series",
        "InstanceNumber": 1,
        "MagneticFieldStrength": 1.5,
        "ImagePositionPatient": [0, 0, 10],
        "ImageOrientationPatient": TRANSVERSE,
        "PixelSpacing": [1.5, 1.25],
        "SamplesPerPixel": 1,
        "PhotometricInterpretation": "MONOCHROME2",
        "Rows": pixels.shape[0],
        "Columns": pixels.shape[1],
        "BitsAllocated": 8 * pixels.itemsize,
        "BitsStored": 12 if pixels.itemsize == 2 else 8 * pixels.itemsize,
        "HighBit": 11 if pixels.itemsize == 2 else 8 * pixels.itemsize - 1,
        "PixelRepresentation": int(pixels.dtype.kind == "i"),
        **elements,
    }
    for name, value in values.items():
        if value is not None:
            setattr(dataset, name, value)
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.get("SOPInstanceUID", uid(9))
    dataset.PixelData = pixels.tobytes()
    dataset["PixelData"].VR = "OW"
    return dataset


def ramp(start: int = 1) -> np.ndarray:
    return (np.arange(SHAPE[0] * SHAPE[1]).reshape(SHAPE) + start).astype(np.uint16)


def weighted(
    ti_ms: Sequence[float] = SHMOLLI_TI_MS,
    *,
    series: int = 1,
    description: str = "ShMOLLI",
    start_s: float = 36000.0,
    study: int = 1,
    **elements: Any,
) -> list[Dataset]:
    """T1-weighted images in order of acquisition, one each second; image n begins with pixel value 10·n."""
    common = {
        "StudyInstanceUID": uid(study),
        "SeriesInstanceUID": uid(study, series),
        "SeriesNumber": series,
        "SeriesDescription": description,
        "AcquisitionDate": "20240131",
    }
    return [
        image(
            ramp(10 * number),
            **{
                **common,
                "SOPInstanceUID": uid(study, series, number),
                "InstanceNumber": number,
                "AcquisitionTime": clock(start_s + number),
                "InversionTime": time,
                **elements,
            },
        )
        for number, time in enumerate(ti_ms, start=1)
    ]


def clock(seconds: float) -> str:
    whole, rest = divmod(seconds, 1)
    return f"{int(whole) // 3600:02d}{int(whole) // 60 % 60:02d}{int(whole) % 60:02d}.{int(rest * 1e6):06d}"


def phase_of(images: Iterable[Dataset], series: int) -> list[Dataset]:
    """Phase images 0–4095 as Siemens stores them, for each magnitude image."""
    found = []
    for magnitude in images:
        dataset = changed(
            magnitude, ImageType=["ORIGINAL", "PRIMARY", "P", "ND"], RescaleSlope=2, RescaleIntercept=-4096
        )
        dataset.SeriesNumber, dataset.SeriesInstanceUID = series, f"{magnitude.StudyInstanceUID}.{series}"
        dataset.SOPInstanceUID = f"{dataset.SeriesInstanceUID}.{magnitude.InstanceNumber}"
        pixels = np.zeros(SHAPE, np.uint16)
        pixels[0, :3] = 0, 2048, 4095
        dataset.PixelData = pixels.tobytes()
        found.append(dataset)
    return found


def map_of(
    like: Dataset, series: int, value: int, comment: str, description: str = "ShMOLLI_T1MAP", number: int = 1
) -> Dataset:
    """A scanner's map of one value, 0 in its first pixel, at the time of the image it is like."""
    pixels = np.full(SHAPE, value, np.uint16)
    pixels[0, 0] = 0
    dataset = changed(
        like,
        ImageType=["ORIGINAL", "PRIMARY", "P", "ND"],
        SeriesNumber=series,
        SeriesInstanceUID=f"{like.StudyInstanceUID}.{series}",
        SOPInstanceUID=f"{like.StudyInstanceUID}.{series}.{number}",
        SeriesDescription=description,
        ImageComments=comment,
        InstanceNumber=number,
        InversionTime=None,
    )
    dataset.PixelData = pixels.tobytes()
    return dataset


def changed(dataset: Dataset, **elements: Any) -> Dataset:
    """A copy with elements replaced, added, or removed (None)."""
    copy = deepcopy(dataset)
    for name, value in elements.items():
        if value is not None:
            setattr(copy, name, value)
        elif name in copy:
            delattr(copy, name)
    return copy


def save(dataset: Dataset, path: Path, **options: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    dataset.save_as(path, enforce_file_format=True, **options)
    return path


def save_all(
    datasets: Iterable[Dataset], folder: Path, change: Callable[[int, Dataset], None] | None = None
) -> list[Path]:
    """Write 01.dcm, 02.dcm …, each after ``change(number, dataset)``."""
    paths = []
    for number, dataset in enumerate(datasets, start=1):
        if change is not None:
            change(number, dataset)
        paths.append(save(dataset, folder / f"{number:02d}.dcm"))
    return paths


def by_gdcm(syntax: str) -> Callable[[Path, Dataset], None]:
    """A writer that lets GDCM compress; ``syntax`` is the name of its transfer syntax."""
    import gdcm

    def written(path: Path, dataset: Dataset) -> None:
        save(dataset, path)
        reader = gdcm.ImageReader()
        reader.SetFileName(str(path))
        assert reader.Read()
        change = gdcm.ImageChangeTransferSyntax()
        change.SetTransferSyntax(gdcm.TransferSyntax(getattr(gdcm.TransferSyntax, syntax)))
        change.SetInput(reader.GetImage())
        assert change.Change()
        writer = gdcm.ImageWriter()
        writer.SetFileName(str(path))
        writer.SetFile(reader.GetFile())
        writer.SetImage(change.GetOutput())
        assert writer.Write()

    return written
