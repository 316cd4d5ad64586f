"""Contours as other programs write them, and a study of two slices that they belong to: all made here."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from pydicom import Dataset
from pydicom.dataset import FileMetaDataset
from pydicom.pixels.utils import pack_bits
from pydicom.sequence import Sequence as Items
from pydicom.uid import ExplicitVRLittleEndian
from typer.testing import CliRunner

from hearts import acquisition, ring, short_axis
from myoqc import polygons
from myoqc.acquire import SliceContours, contours_for, read_contours, scan, write_contours, write_dicom
from myoqc.cli.app import app
from myoqc.records import Acquisition, CaseKey, Contours, Grid, Level, Origin

SEG, RTSTRUCT = "1.2.840.10008.5.1.4.1.1.66.4", "1.2.840.10008.5.1.4.1.1.481.3"
SPACE = "http://www.circlecvi.com/cvi42/Workspace/"
STUDY = "1.2.826.0.1.99"
CONTOURS = ring()


def slice_of_study(away_mm: float = 0.0, level: Level = Level.MID) -> Acquisition:
    """A slice ``away_mm`` further along the normal, with images that have names."""
    grid = short_axis()
    made = acquisition(
        replace(grid, origin_mm=grid.origin_mm + away_mm * grid.normal),
        key=CaseKey("p07", STUDY, f"1.2.3.{level.value}", level),
    )
    names = tuple(f"1.2.3.{int(away_mm)}.{number}" for number in range(7))
    return replace(made, source=replace(made.source, image_uids=names))


def study(folder: Path) -> tuple[Path, list[Acquisition]]:
    """Two slices as DICOM files, 10 mm apart, and what is read from them."""
    for number, (away_mm, level) in enumerate([(0.0, Level.MID), (10.0, Level.BASAL)]):
        write_dicom(slice_of_study(away_mm, level), folder / "dicom", series_number=1 + 10 * number)
    return folder / "dicom", [entry.load() for entry in scan(folder / "dicom").entries]


def checked(dicom: Path, contours: Path, out: Path) -> tuple[object, list[list[int]]]:
    """``myoqc check --contours``, and how many pixels each segment of each slice has."""
    arguments = ["check", dicom, "--contours", contours, "--no-automatic", "--out", out, "--engine", "numpy"]
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    found = [json.loads(path.read_text()) for path in sorted(out.rglob("assessment.json"))]
    return result, [[part["n_pixels"] for part in each["segments"]] for each in found]


def assert_survives_as_json(read: Sequence[SliceContours], wanted: Acquisition, folder: Path) -> None:
    """What was read, brought into a slice, written and read again belongs to that slice and is the same."""
    found = contours_for(wanted, read)
    write_contours([found], folder / "again.json")
    again = contours_for(wanted, read_contours(folder / "again.json"))
    assert again.contours.origin is found.contours.origin is Origin.MANUAL
    for name in ("endo_px", "epi_px", "rv_insertion_px", "rv_inferior_px"):
        assert np.array_equal(getattr(again.contours, name), getattr(found.contours, name))


# cvi42


def workspace(path: Path, images: Mapping[str, Mapping[str, object]], resolution: int = 4) -> Path:
    """A workspace: by image and name of the contour, points (n 2) as row, column."""
    states = "".join(
        item(uid, item("Contours", "".join(outline(*each, resolution) for each in drawn.items())))
        for uid, drawn in images.items()
    )
    spaces = "".join(f' xmlns:{name}="{SPACE}{name}/"' for name in ("Hash", "List", "Point"))
    study_state = f"<List:item>{item('StudyUid', STUDY)}{item('ImageStates', states)}</List:item>"
    body = item("OwnerUserName", "reader") + item("StudyMapStates", study_state)
    path.write_text(
        f'<?xml version="1.0" encoding="UTF-8"?>\n<Hash:item{spaces} Hash:key="workspace">{body}</Hash:item>'
    )
    return path


def outline(name: str, points_px: object, resolution: int) -> str:
    steps = np.rint(np.atleast_2d(points_px) * resolution).astype(int) if np.size(points_px) else ()
    points = "".join(f"<List:item>\n<Point:x>{x}</Point:x>\n<Point:y>{y}</Point:y></List:item>" for y, x in steps)
    size = item("ImageSize", "") + item("Label", "")
    before = item("PointsBeforeRotation", "<List:item><Point:x>0</Point:x><Point:y>0</Point:y></List:item>")
    return item(name, size + item("Points", points) + before + item("SubpixelResolution", str(resolution)))


def item(key: str, content: str) -> str:
    return f'<Hash:item Hash:key="{key}" Hash:count="1">{content}</Hash:item><!--end of {key}-->\n'


def named(contours: Contours) -> dict[str, object]:
    """Outlines under the names of cvi42."""
    return {
        "saendocardialContour": contours.endo_px,
        "saepicardialContour": contours.epi_px,
        "sacardialRefPoint": contours.rv_insertion_px,
        "sacardialInferiorRefPoint": contours.rv_inferior_px,
    }


# DICOM


def dicom_object(sop_class: str, **elements: object) -> Dataset:
    common = {"SOPClassUID": sop_class, "SOPInstanceUID": "1.2.826.0.1.7", "StudyInstanceUID": STUDY}
    dataset = dataset_of(**(common | elements))
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.file_meta.MediaStorageSOPClassUID = sop_class
    dataset.file_meta.MediaStorageSOPInstanceUID = "1.2.826.0.1.7"
    return dataset


def dataset_of(**elements: object) -> Dataset:
    dataset = Dataset()
    for name, value in elements.items():
        setattr(dataset, name, Items(value) if isinstance(value, list) and name.endswith("Sequence") else value)
    return dataset


def references(uids: Iterable[str]) -> list[Dataset]:
    return [dataset_of(ReferencedSOPInstanceUID=uid) for uid in uids]


LV, MYOCARDIUM, RV = ("87878005", "Left ventricle"), ("49848007", "Left ventricle myocardium"), ("53085002", "RV")
SEGMENTS = (("LV cavity", LV), ("LV myocardium", MYOCARDIUM), ("RV cavity", RV))


def masks_of(contours: Contours, grid: Grid) -> list[np.ndarray]:
    """Cavity, wall and right ventricle (y x)."""
    cavity, heart = (polygons.fill(each, grid.shape) for each in (contours.endo_px, contours.epi_px))
    rows, columns = np.mgrid[: grid.shape[0], : grid.shape[1]]
    offsets_mm = (rows - contours.centre_px[0], columns - contours.centre_px[1] + 15.0 / grid.spacing_mm[1])
    right = (offsets_mm[0] * grid.spacing_mm[0]) ** 2 + (offsets_mm[1] * grid.spacing_mm[1]) ** 2 < 17.3**2
    return [cavity, heart & ~cavity, right & ~heart]


Frames = Sequence[tuple[int, np.ndarray, Grid, Sequence[str]]]
"""Number of the segment, mask, where it lies, images that it refers to."""


def segmentation(path: Path, frames: Frames, segments: object = SEGMENTS, kind: str = "BINARY", **more: object) -> Path:
    """A DICOM segmentation as PS3.3 A.51 has it, as far as readers need it."""
    grid, masks = frames[0][2], np.array([mask for _, mask, _, _ in frames])
    binary = kind == "BINARY"
    elements = {
        "Modality": "SEG",
        "SegmentationType": kind,
        "SegmentSequence": [segment(number, *each) for number, each in enumerate(segments, start=1)],
        "NumberOfFrames": len(frames),
        "Rows": grid.shape[0],
        "Columns": grid.shape[1],
        "SamplesPerPixel": 1,
        "PhotometricInterpretation": "MONOCHROME2",
        "BitsAllocated": 1 if binary else 8,
        "BitsStored": 1 if binary else 8,
        "HighBit": 0 if binary else 7,
        "PixelRepresentation": 0,
        "SharedFunctionalGroupsSequence": [shared_group(grid)],
        "PerFrameFunctionalGroupsSequence": [frame_group(*each) for each in frames],
        **({} if binary else {"MaximumFractionalValue": 200, "SegmentationFractionalType": "PROBABILITY"}),
    }
    dataset = dicom_object(SEG, **{name: value for name, value in (elements | more).items() if value is not None})
    dataset.PixelData = pack_bits(masks.astype(np.uint8)) if binary else masks.astype(np.uint8).tobytes()
    dataset["PixelData"].VR = "OB"
    dataset.save_as(path, enforce_file_format=True)
    return path


def square_segmentation(path: Path) -> Path:
    """A cavity in a wall, on a small grid of its own."""
    grid = short_axis((16, 16))
    wall, cavity = np.zeros((2, *grid.shape), dtype=bool)
    wall[2:14, 2:14] = cavity[5:11, 5:11] = True
    return segmentation(path, [(1, cavity, grid, ()), (2, wall & ~cavity, grid, ())])


def segment(number: int, label: str, code: tuple[str, str]) -> Dataset:
    kind = dataset_of(CodeValue=code[0], CodingSchemeDesignator="SCT", CodeMeaning=code[1])
    return dataset_of(SegmentNumber=number, SegmentLabel=label, SegmentedPropertyTypeCodeSequence=[kind])


def shared_group(grid: Grid) -> Dataset:
    cosines = [f"{cosine:.12g}" for cosine in (*grid.row_direction, *grid.column_direction)]
    return dataset_of(
        PlaneOrientationSequence=[dataset_of(ImageOrientationPatient=cosines)],
        PixelMeasuresSequence=[dataset_of(PixelSpacing=list(grid.spacing_mm))],
    )


def frame_group(number: int, mask: np.ndarray, grid: Grid, uids: Sequence[str]) -> Dataset:
    group = dataset_of(
        SegmentIdentificationSequence=[dataset_of(ReferencedSegmentNumber=number)],
        PlanePositionSequence=[dataset_of(ImagePositionPatient=[f"{place:.12g}" for place in grid.origin_mm])],
    )
    if uids:
        group.DerivationImageSequence = Items([dataset_of(SourceImageSequence=references(uids))])
    return group


def structures(path: Path, drawn: Sequence[tuple[str, str, object, Sequence[str]]], **more: object) -> Path:
    """An RT structure set: name, geometric type, points (n 3) in mm, and images of each contour."""
    names = list(dict.fromkeys(name for name, *_ in drawn))
    elements = {
        "Modality": "RTSTRUCT",
        "StructureSetROISequence": [dataset_of(ROINumber=number, ROIName=name) for number, name in enumerate(names)],
        "ROIContourSequence": [
            dataset_of(
                ReferencedROINumber=number,
                ContourSequence=[contour(*each[1:]) for each in drawn if each[0] == name],
            )
            for number, name in enumerate(names)
        ],
    }
    dataset = dicom_object(RTSTRUCT, **(elements | more))
    dataset.save_as(path, enforce_file_format=True)
    return path


def contour(kind: str, points_mm: object, uids: Sequence[str]) -> Dataset:
    values = [f"{value:.10g}" for value in np.ravel(points_mm)]
    found = dataset_of(ContourGeometricType=kind, NumberOfContourPoints=len(values) // 3, ContourData=values)
    if uids:
        found.ContourImageSequence = Items(references(uids))
    return found
