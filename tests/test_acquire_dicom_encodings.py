"""The same pixels in every encoding, classic and multi-frame."""

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from pydicom import Dataset
from pydicom.encaps import encapsulate
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    EnhancedMRImageStorage,
    ExplicitVRBigEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    RLELossless,
)

from bad_files import damaged_codestream, huge_codestream
from dicom_samples import SHMOLLI_TI_MS, by_gdcm, image, phase_of, ramp, save, save_all, uid, weighted
from myoqc.acquire import Role, read_dicom, scan
from myoqc.acquire.dicom import jpeg_process
from myoqc.errors import ReadError


def first_values(folder: Path) -> list[float]:
    (acquisition,) = read_dicom(folder)
    assert np.array_equal(acquisition.images[0], ramp(10))
    return acquisition.images[:, 0, 0].tolist()


def deflated(path: Path, dataset: Dataset) -> None:
    dataset.file_meta.TransferSyntaxUID = DeflatedExplicitVRLittleEndian
    save(dataset, path)


def implicit(path: Path, dataset: Dataset) -> None:
    dataset.file_meta.TransferSyntaxUID = ImplicitVRLittleEndian
    save(dataset, path)


def big_endian(path: Path, dataset: Dataset) -> None:
    dataset.file_meta.TransferSyntaxUID = ExplicitVRBigEndian
    dataset.PixelData = np.frombuffer(dataset.PixelData, "<u2").astype(">u2").tobytes()
    save(dataset, path)


def run_length(path: Path, dataset: Dataset) -> None:
    dataset.compress(RLELossless, generate_instance_uid=False)
    save(dataset, path)


def without_preamble(path: Path, dataset: Dataset) -> None:
    save(dataset, path)
    content = path.read_bytes()
    length = int.from_bytes(content[140:144], "little")
    path.write_bytes(content[144 + length :])


@pytest.mark.parametrize(
    "write",
    [
        pytest.param(implicit, id="implicit"),
        pytest.param(big_endian, id="big endian"),
        pytest.param(deflated, id="deflated"),
        pytest.param(run_length, id="run length"),
        pytest.param(by_gdcm("JPEGLosslessProcess14_1"), id=JPEGLosslessSV1.name),
        pytest.param(by_gdcm("JPEGLSLossless"), id=JPEGLSLossless.name),
        pytest.param(by_gdcm("JPEG2000Lossless"), id=JPEG2000Lossless.name),
    ],
)
def test_every_encoding_gives_the_same_pixels(tmp_path: Path, write: Callable[[Path, Dataset], None]) -> None:
    for number, dataset in enumerate(weighted(), start=1):
        write(tmp_path / f"{number}.dcm", dataset)
    assert first_values(tmp_path) == [10, 20, 30, 40, 50, 60, 70]


def test_files_without_preamble_are_read_with_a_caution(tmp_path: Path) -> None:
    for number, dataset in enumerate(weighted(), start=1):
        without_preamble(tmp_path / f"IM{number}", dataset)
    (acquisition,) = read_dicom(tmp_path)
    assert np.array_equal(acquisition.images[0], ramp(10))
    assert [caution.code for caution in acquisition.cautions] == ["guessed-transfer-syntax"]


def test_signed_pixels_and_rescaling_are_honoured(tmp_path: Path) -> None:
    pixels = (ramp(0).astype(np.int16) - 20) * 2
    datasets = [
        image(pixels, SOPInstanceUID=uid(1, 1, n), InstanceNumber=n, InversionTime=100.0 * n) for n in range(1, 9)
    ]
    for dataset in datasets:
        dataset.BitsStored, dataset.HighBit = 16, 15
        dataset.RescaleSlope, dataset.RescaleIntercept = 0.5, 100
    save_all(datasets, tmp_path)
    (acquisition,) = read_dicom(tmp_path)
    assert acquisition.images[0].ravel().tolist() == [value + 80 for value in range(48)]


def enhanced(ti_ms: tuple[float, ...], slices_mm: tuple[float, ...], phase: bool = False) -> Dataset:
    """One multi-frame file: all times of the first slice, then of the next, each frame with groups of its own."""
    kinds = [
        (z, number, time, part) for z in slices_mm for part in "MP"[: 1 + phase] for number, time in enumerate(ti_ms, 1)
    ]
    frames = [ramp(10 * number) if part == "M" else np.full_like(ramp(), 3142) for _, number, _, part in kinds]
    removed = dict.fromkeys(("ImagePositionPatient", "ImageOrientationPatient", "PixelSpacing", "InstanceNumber"))
    dataset = image(ramp(), SOPClassUID=EnhancedMRImageStorage, SeriesDescription="T1map_MOLLI", **removed)
    dataset.file_meta.MediaStorageSOPClassUID = EnhancedMRImageStorage
    dataset.NumberOfFrames = len(frames)
    dataset.PixelData = np.stack(frames).tobytes()
    measures, orientation = Dataset(), Dataset()
    measures.PixelSpacing = [1.5, 1.25]
    orientation.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    shared = Dataset()
    shared.PixelMeasuresSequence, shared.PlaneOrientationSequence = [measures], [orientation]
    dataset.SharedFunctionalGroupsSequence = [shared]
    dataset.PerFrameFunctionalGroupsSequence = [frame_group(*kind) for kind in kinds]
    return dataset


def frame_group(z_mm: float, number: int, time_ms: float, part: str) -> Dataset:
    def macro(**values: object) -> list[Dataset]:
        item = Dataset()
        for name, value in values.items():
            setattr(item, name, value)
        return [item]

    group = Dataset()
    group.FrameContentSequence = macro(
        FrameAcquisitionDateTime=f"202401311000{number:02d}", TemporalPositionIndex=number
    )
    group.PlanePositionSequence = macro(ImagePositionPatient=[0, 0, z_mm])
    group.MRImageFrameTypeSequence = macro(FrameType=["ORIGINAL", "PRIMARY", part, "NONE"])
    group.MRModifierSequence = macro(InversionRecovery="YES", InversionTimes=time_ms)
    shift, slope = (-3142.0, 2.0) if part == "P" else (0.0, 3.0)
    group.PixelValueTransformationSequence = macro(RescaleIntercept=shift, RescaleSlope=slope, RescaleType="US")
    return group


def test_an_enhanced_file_becomes_one_acquisition_for_each_slice(tmp_path: Path) -> None:
    path = save(enhanced(SHMOLLI_TI_MS, (10, 20)), tmp_path / "enhanced.dcm")
    first, second = read_dicom(path)
    assert first.ti_ms.tolist() == list(SHMOLLI_TI_MS)
    assert first.images[:, 0, 0].tolist() == [30, 60, 90, 120, 150, 180, 210]
    assert first.source.ti_attribute[0] == "InversionTimes (0018,9079)"
    assert [one.grid.origin_mm[2] for one in (first, second)] == [10, 20]
    assert [one.key.slice_uid for one in (first, second)] == [f"{uid(1, 1, 1)}#1", f"{uid(1, 1, 1)}#8"]
    assert first.source.files == (str(path),)


def test_phase_frames_of_an_enhanced_file_are_tied_to_the_magnitude(tmp_path: Path) -> None:
    path = save(enhanced(SHMOLLI_TI_MS, (10,), phase=True), tmp_path / "enhanced.dcm")
    (acquisition,) = read_dicom(path)
    assert [line.role for line in scan(path).series] == [Role.MAGNITUDE, Role.PHASE]
    assert acquisition.phase_rad is not None
    assert acquisition.phase_rad.max() == pytest.approx(math.pi, abs=1e-3)


def test_siemens_private_times_inside_the_frames_are_found(tmp_path: Path) -> None:
    dataset = enhanced(SHMOLLI_TI_MS, (10,))
    for group, time in zip(dataset.PerFrameFunctionalGroupsSequence, SHMOLLI_TI_MS, strict=True):
        del group.MRModifierSequence
        inner = Dataset()
        inner.add_new(0x00210011, "LO", "SIEMENS MR SDI 02")
        inner.add_new(0x00211189, "DS", str(time))
        group.add_new(0x00210011, "LO", "SIEMENS MR SDI 02")
        group.add_new(0x002111FE, "SQ", [inner])
    save(dataset, tmp_path / "enhanced.dcm")
    (acquisition,) = read_dicom(tmp_path)
    assert acquisition.source.ti_attribute[0] == "Siemens (0021,1189)"
    assert acquisition.ti_ms.tolist() == list(SHMOLLI_TI_MS)


@pytest.mark.parametrize(
    ("slope", "intercept", "stored", "expected_rad"),
    [(2, -4096, 2048, 0.0), (1, -2048, 0, -math.pi), (2, -3142, 1571, 0.0), (None, None, 3072, math.pi / 2)],
)
def test_the_vendors_units_of_phase_are_known(
    tmp_path: Path, slope: float | None, intercept: float | None, stored: int, expected_rad: float
) -> None:
    magnitude = weighted()
    save_all(magnitude, tmp_path / "a")
    phases = phase_of(magnitude, 2)
    for dataset in phases:
        dataset.RescaleSlope, dataset.RescaleIntercept = slope, intercept
        dataset.PixelData = np.full(ramp().shape, stored, np.uint16).tobytes()
    save_all(phases, tmp_path / "b")
    (acquisition,) = read_dicom(tmp_path)
    assert acquisition.phase_rad is not None
    assert acquisition.phase_rad[0, 0, 0] == pytest.approx(expected_rad, abs=1e-6)


def test_phase_in_an_unknown_unit_is_left_out_with_a_caution(tmp_path: Path) -> None:
    magnitude = weighted()
    save_all(magnitude, tmp_path / "a")
    phases = phase_of(magnitude, 2)
    for dataset in phases:
        dataset.RescaleIntercept = -77
    save_all(phases, tmp_path / "b")
    (acquisition,) = read_dicom(tmp_path)
    assert acquisition.phase_rad is None
    assert (
        "The unit of the phase images is unknown (RescaleSlope 2, RescaleIntercept -77)" in acquisition.cautions[0].text
    )


def test_a_codestream_of_another_size_than_its_header_is_refused(tmp_path: Path) -> None:
    for number, dataset in enumerate(weighted(), start=1):
        huge_codestream(tmp_path / f"{number}.dcm", dataset)
    (entry,) = scan(tmp_path).entries
    with pytest.raises(ReadError, match=r"1\.dcm: the compressed image is not the one .* found 60000 × 60000"):
        entry.load()


@pytest.mark.parametrize("syntax", ["JPEGLosslessProcess14_1", "JPEGLSLossless", "JPEG2000Lossless"])
def test_damaged_codestreams_are_named_and_crash_nothing(tmp_path: Path, syntax: str) -> None:
    for number, dataset in enumerate(weighted(), start=1):
        damaged_codestream(tmp_path / f"{number}.dcm", dataset, syntax)
    (entry,) = scan(tmp_path).entries
    with pytest.raises(ReadError, match=r"1\.dcm: the compressed image"):
        entry.load()


def test_a_crash_of_the_decoder_is_told_as_such(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    crash = tmp_path / "crash.py"
    crash.write_text("import os; os.kill(os.getpid(), 11)")
    monkeypatch.setattr(jpeg_process, "__file__", str(crash))
    write = by_gdcm("JPEG2000Lossless")
    for number, dataset in enumerate(weighted(), start=1):
        write(tmp_path / f"{number}.dcm", dataset)
    (entry,) = scan(tmp_path).entries
    with pytest.raises(ReadError, match=r"1\.dcm: the compressed image can't be decoded; found a crash of the decoder"):
        entry.load()


def test_run_lengths_that_unfold_too_far_are_refused(tmp_path: Path) -> None:
    datasets = weighted()
    save_all(datasets, tmp_path)
    bomb = datasets[3]
    bomb.file_meta.TransferSyntaxUID = RLELossless
    header = b"".join(number.to_bytes(4, "little") for number in (1, 64, *[0] * 14))
    bomb.PixelData = encapsulate([header + b"\x81\x00" * 500_000])
    bomb["PixelData"].is_undefined_length = True
    save(bomb, tmp_path / "04.dcm")
    (entry,) = scan(tmp_path).entries
    with pytest.raises(ReadError, match=r"04\.dcm: the compressed image is not the one"):
        entry.load()
