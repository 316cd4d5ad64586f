"""Whatever headers and bytes hold, only a problem or an InputError comes out."""

from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydicom import Dataset
from pydicom.uid import RLELossless

from dicom_samples import phase_of, save_all, weighted
from myoqc.acquire import Catalogue, scan
from myoqc.acquire.dicom.instances import read_headers
from myoqc.acquire.files import FoundFile
from myoqc.errors import InputError, ReadError
from myoqc.records import Acquisition

QUICK = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def written(datasets: list[Dataset]) -> tuple[bytes, ...]:
    with TemporaryDirectory() as folder:
        return tuple(path.read_bytes() for path in save_all(datasets, Path(folder)))


def compressed(dataset: Dataset) -> Dataset:
    dataset.compress(RLELossless, generate_instance_uid=False)
    return dataset


TI_MS = (100, 1000, 1900, 180, 1080)
MAGNITUDE = weighted(TI_MS, description="MOLLI")
GOOD = written(MAGNITUDE + phase_of(MAGNITUDE, 2))
PACKED = written([compressed(dataset) for dataset in weighted(TI_MS, description="MOLLI")])

ELEMENTS = (
    "ImageType Modality SOPInstanceUID StudyInstanceUID SeriesInstanceUID SeriesNumber SeriesDescription "
    "InstanceNumber AcquisitionDate AcquisitionTime InversionTime ImageComments TriggerTime NominalInterval "
    "PixelSpacing Rows Columns ImagePositionPatient ImageOrientationPatient BitsAllocated BitsStored "
    "PixelRepresentation SamplesPerPixel PhotometricInterpretation RescaleSlope RescaleIntercept NumberOfFrames "
    "SpecificCharacterSet"
)
VALUES = st.one_of(
    st.just(None),
    st.text(max_size=20).map(str.encode),
    st.binary(max_size=16),
    st.floats().map(lambda value: f"{value:.9g}".encode()),
    st.integers(-(10**12), 10**12).map(lambda value: str(value).encode()),
    st.integers(0, 2**16 - 1).map(lambda value: value.to_bytes(2, "little")),
    st.lists(st.integers(-5, 5), max_size=7).map(lambda values: "\\".join(map(str, values)).encode()),
)


def outcome(files: list[bytes]) -> tuple[Catalogue, list[Acquisition]]:
    """Scan and load everything; any exception but an InputError from loading fails the test."""
    acquisitions, refusals = [], []
    with TemporaryDirectory() as folder:
        for number, content in enumerate(files):
            Path(folder, f"{number:02d}.dcm").write_bytes(content)
        catalogue = scan(folder)
        for entry in catalogue.entries:
            try:
                acquisitions.append(entry.load())
            except InputError as error:
                refusals.append(str(error))
    assert all(folder in message for message in [*refusals, *(problem.message for problem in catalogue.problems)])
    return catalogue, acquisitions


def with_element(content: bytes, name: str, value: bytes | None) -> bytes:
    """The file with one element's value replaced by raw bytes, or the element left out."""
    tag = Dataset()
    setattr(tag, name, None)
    (element,) = tag
    key = element.tag.group.to_bytes(2, "little") + element.tag.element.to_bytes(2, "little")
    at = content.find(key + element.VR.split(" or ")[0].encode(), 132)
    if at < 0:
        return content
    end = at + 8 + int.from_bytes(content[at + 6 : at + 8], "little")
    if value is None:
        return content[:at] + content[end:]
    padded = value + b" " * (len(value) % 2)
    return content[: at + 6] + len(padded).to_bytes(2, "little") + padded + content[end:]


@QUICK
@given(
    st.integers(0, len(GOOD) - 1), st.dictionaries(st.sampled_from(ELEMENTS.split()), VALUES, min_size=1, max_size=4)
)
def test_wild_values_in_a_header_give_a_problem_or_an_input_error(position: int, changes: dict[str, Any]) -> None:
    files = list(GOOD)
    for name, value in changes.items():
        files[position] = with_element(files[position], name, value)
    outcome(files)


@QUICK
@given(st.sampled_from(ELEMENTS.split()), VALUES)
def test_wild_values_in_all_headers_give_a_problem_or_an_input_error(name: str, value: bytes | None) -> None:
    _, acquisitions = outcome([with_element(content, name, value) for content in GOOD])
    assert all(np.isfinite(acquisition.ti_ms).all() for acquisition in acquisitions)


BYTES = st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=12)


def spoiled(content: bytes, changes: list[tuple[float, int]], keep: float) -> bytes:
    array = bytearray(content)
    for where, value in changes:
        array[int(where * len(array))] = value
    return bytes(array[: int(len(array) * keep)])


@QUICK
@given(st.integers(0, len(GOOD) - 1), BYTES, st.sampled_from((1.0, 1.0, 0.97, 0.6, 0.2)))
def test_changed_and_cut_bytes_give_a_problem_or_an_input_error(
    position: int, changes: list[tuple[float, int]], keep: float
) -> None:
    files = list(GOOD)
    files[position] = spoiled(files[position], changes, keep)
    outcome(files)


@QUICK
@given(BYTES, st.sampled_from((1.0, 0.97, 0.9)))
def test_changed_and_cut_compressed_bytes_give_a_problem_or_an_input_error(
    changes: list[tuple[float, int]], keep: float
) -> None:
    outcome([spoiled(PACKED[0], changes, keep), *PACKED[1:]])


@settings(max_examples=400, deadline=None)
@given(st.binary(max_size=400), st.booleans())
def test_random_bytes_are_read_or_refused(content: bytes, with_prefix: bool) -> None:
    data = bytes(128) + b"DICM" + content if with_prefix else content
    file = FoundFile("x.dcm", Path("x.dcm"), len(data))
    named = []
    try:
        named = [header.file.name for header in read_headers(BytesIO(data), file)]
    except ReadError as error:
        named = [error.file]
    assert set(named) <= {"x.dcm"}
