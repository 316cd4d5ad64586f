"""Outlines from DICOM segmentations (SEG), binary or fractional: cavity and wall of the left ventricle as masks.

Which segment is which part is told by its label, else by the meaning or the value of its type code; see
:mod:`~myoqc.acquire.contours.parts`. The structure is that of DICOM PS3.3 C.8.20 and C.7.6.16: each frame
belongs to one segment and lies in the patient. This reader was tested on made files only.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset
from pydicom.pixels.utils import pixel_array
from pydicom.uid import RLELossless

from myoqc import polygons
from myoqc.acquire.contours.canvas import Canvas
from myoqc.acquire.contours.dicom_objects import bounded, found_file, header, referenced_uids
from myoqc.acquire.contours.insertions import insertions_px
from myoqc.acquire.contours.parts import CODES, Part, listed, part_named, settled
from myoqc.acquire.contours.slice_contours import SliceContours
from myoqc.acquire.dicom import pixels
from myoqc.acquire.dicom.datasets import reading
from myoqc.acquire.dicom.elements import Layers, items, layers, number, numbers, text, whole
from myoqc.acquire.dicom.instances import PIXELS
from myoqc.acquire.files import MOST_FILE_BYTES
from myoqc.acquire.naming import naming
from myoqc.errors import ContourError, GeometryError, ReadError
from myoqc.records import Contours, Grid

BoolArray = NDArray[np.bool_]

KEYWORDS = (
    "SegmentationType",
    "SegmentSequence",
    "MaximumFractionalValue",
    "NumberOfFrames",
    "Rows",
    "Columns",
    "StudyInstanceUID",
    "SharedFunctionalGroupsSequence",
    "PerFrameFunctionalGroupsSequence",
)
TYPES = ("BINARY", "FRACTIONAL")
MOST_PIXELS = 2**26
"""In all frames."""
SAME_PLACE_MM = 0.01
REMEDY = "Export the segmentation again, with a cavity and a wall of the left ventricle in each slice."


@dataclass(frozen=True, slots=True, eq=False)
class _Frame:
    """One frame with a part of the heart in it."""

    position: int
    """From 0."""
    part: Part
    grid: Grid
    image_uids: tuple[str, ...]

    @property
    def place(self) -> tuple[object, ...]:
        """The same for frames of the same slice and the same phase."""
        corner = np.round(self.grid.origin_mm / SAME_PLACE_MM).astype(int)
        return (*corner.tolist(), *sorted(self.image_uids))


def read_segmentation(path: Path) -> list[SliceContours]:
    """Outlines of the slices that have cavity and wall, in the pixels of the segmentation, half-way between pixels.

    A pixel of a fractional segmentation counts from half the largest value on. Insertion points are where a segment of
    the right ventricle lies on the wall. Raises ReadError for damaged bytes, ContourError for segments without a left
    ventricle, GeometryError for frames that do not say where they lie.
    """
    content = header(path, KEYWORDS)
    with reading(found_file(path)), naming(path, remedy=REMEDY):
        slices = _by_place(_frames(content, _parts(content)))
        masks = _masks(content, path)
        found = [_slice(content, frames, masks) for frames in slices]
        complete = [each for each in found if each is not None]
        if not complete:
            raise ContourError(
                "no slice with a left ventricle",
                expected="a cavity and a wall in one slice",
                found="; ".join(_told(frames) for frames in slices[:3]),
            )
    return complete


def _parts(content: Dataset) -> dict[int, Part]:
    """By number of the segment."""
    segments = items(content, "SegmentSequence")
    parts = {whole((each,), "SegmentNumber") or 0: _part(each) for each in segments}
    if not set(parts.values()) & {Part.CAVITY, Part.VENTRICLE}:
        raise ContourError(
            "no segment of the left ventricle's cavity",
            expected="segments such as 'LV cavity' and 'LV myocardium'",
            found=listed([text((each,), "SegmentLabel") for each in segments]),
        )
    found: dict[Part, int] = {}
    for segment, part in parts.items():
        if part in found:
            raise ContourError("several segments of one part", expected="one of each", found=part.value)
        if part is not Part.OTHER:
            found[part] = segment
    known = settled(found)
    return {segment: part for part, segment in known.items()}


def _part(segment: Dataset) -> Part:
    codes = items(segment, "SegmentedPropertyTypeCodeSequence")[:1]
    names = [text((segment,), "SegmentLabel"), *(text((code,), "CodeMeaning") for code in codes)]
    named = [part for part in map(part_named, names) if part is not None]
    coded = [CODES.get((text((code,), "CodingSchemeDesignator"), text((code,), "CodeValue"))) for code in codes]
    return next((part for part in (*named, *coded) if part is not None), Part.OTHER)


def _frames(content: Dataset, parts: Mapping[int, Part]) -> list[_Frame]:
    """The frames of known parts, with their place."""
    found = []
    for position, group in enumerate(items(content, "PerFrameFunctionalGroupsSequence")):
        image = layers(content, group)
        part = parts.get(whole(image, "ReferencedSegmentNumber") or 0)
        if part is not None:
            derivations = items(group, "DerivationImageSequence")
            found.append(_Frame(position, part, _grid(image), referenced_uids(derivations, "SourceImageSequence")))
    return found


def _grid(image: Layers) -> Grid:
    orientation = numbers(image, "ImageOrientationPatient")
    spacing_mm, origin_mm = numbers(image, "PixelSpacing"), numbers(image, "ImagePositionPatient")
    if (len(orientation), len(spacing_mm), len(origin_mm)) != (6, 2, 3):
        raise GeometryError(
            "a frame does not say where it lies",
            expected="ImagePositionPatient, ImageOrientationPatient and PixelSpacing",
            found=f"{len(origin_mm)}, {len(orientation)} and {len(spacing_mm)} numbers",
        )
    shape = (whole(image, "Rows") or 0, whole(image, "Columns") or 0)
    row, column = np.array(orientation).reshape(2, 3)
    return Grid(shape, np.array(spacing_mm), np.array(origin_mm), row, column)


def _by_place(frames: list[_Frame]) -> list[dict[Part, _Frame]]:
    places: dict[tuple[object, ...], dict[Part, _Frame]] = defaultdict(dict)
    for frame in frames:
        here = places[frame.place]
        if frame.part in here:
            raise ContourError(
                "several frames of one part in one place",
                expected="one phase, or frames that refer to different images",
                found=f"frames {here[frame.part].position + 1} and {frame.position + 1}, {frame.part.value}",
                remedy="Export the segmentation of one phase.",
            )
        here[frame.part] = frame
    return list(places.values())


def _masks(content: Dataset, path: Path) -> BoolArray:
    """(t y x) of all frames. Raises ReadError for what is no mask, is too large, or can't be decoded."""
    kind = text((content,), "SegmentationType")
    if kind not in TYPES:
        raise ReadError("an unknown kind of segmentation", expected=" or ".join(TYPES), found=kind or "none")
    rows, columns, n_frames = (whole((content,), name) or 0 for name in ("Rows", "Columns", "NumberOfFrames"))
    if not 0 < rows * columns * n_frames <= MOST_PIXELS:
        found = f"{n_frames} × {rows} × {columns}"
        raise ReadError("no frames, or too many", expected=f"at most {MOST_PIXELS:,} pixels", found=found)
    dataset = bounded(path, pixels.TAGS, lambda tag, vr, length: int(tag) > max(PIXELS), MOST_FILE_BYTES)
    syntax: Any = dataset.file_meta.TransferSyntaxUID
    if syntax.is_encapsulated and syntax != RLELossless:
        raise ReadError("compressed as pictures are", found=syntax.name, remedy="Export it again, uncompressed.")
    stored = pixel_array(dataset, raw=True).reshape(n_frames, rows, columns)
    largest = 1.0 if kind == "BINARY" else number((content,), "MaximumFractionalValue") or 255.0
    return np.asarray(stored >= largest / 2)


def _slice(content: Dataset, frames: Mapping[Part, _Frame], masks: BoolArray) -> SliceContours | None:
    """The outlines of one slice; None where its cavity or its wall is not there."""
    there = {part: masks[frame.position] for part, frame in frames.items() if masks[frame.position].any()}
    if Part.CAVITY not in there or not there.keys() & {Part.WALL, Part.OUTER}:
        return None
    frame = frames[Part.CAVITY]
    cavity = there[Part.CAVITY]
    heart = cavity | there.get(Part.WALL, cavity) | there.get(Part.OUTER, cavity)
    epi_px = polygons.trace(heart)
    right = there.get(Part.RIGHT, np.zeros_like(cavity))
    contours = Contours(polygons.trace(cavity), epi_px, *insertions_px(epi_px, right, frame.grid))
    uids = tuple(dict.fromkeys(uid for each in frames.values() for uid in each.image_uids))
    return SliceContours(contours, canvas=Canvas(frame.grid, uids, text((content,), "StudyInstanceUID")))


def _told(frames: Mapping[Part, _Frame]) -> str:
    return f"{' and '.join(part.value for part in frames)} alone" if frames else "no frames"
