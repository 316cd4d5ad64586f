"""Outlines from DICOM RT structure sets (RTSTRUCT): closed planar contours and points in patient coordinates.

Which structure is which part is told by its name; see :mod:`~myoqc.acquire.contours.parts`. A wall may be one contour,
then it is the outer one, or two, one in the other. The structure is that of DICOM PS3.3 C.8.8.5 and C.8.8.6.
This reader was tested on made files only.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset

from myoqc.acquire.contours.canvas import MOST_AWAY_MM, MOST_TILT_DEG, Canvas
from myoqc.acquire.contours.dicom_objects import found_file, header, referenced_uids
from myoqc.acquire.contours.parts import Part, listed, part_named, settled
from myoqc.acquire.contours.slice_contours import SliceContours
from myoqc.acquire.dicom.datasets import reading
from myoqc.acquire.dicom.elements import items, numbers, text, whole
from myoqc.acquire.naming import naming
from myoqc.errors import ContourError, ReadError
from myoqc.records import Contours, Grid

FloatArray = NDArray[np.float64]

KEYWORDS = ("StructureSetROISequence", "ROIContourSequence", "StudyInstanceUID")
PLANAR = ("CLOSED_PLANAR", "CLOSEDPLANAR_XOR")
POINT = "POINT"
FLAT_MM = 1.0
"""Points of one contour, and the contours of one slice, lie this near to one plane."""
PIXEL_MM = 1.0
"""Of the grid that is laid into the plane of a contour."""
REMEDY = "Export the structure set again, with an endocardial and an epicardial contour in each slice."


@dataclass(frozen=True, slots=True, eq=False)
class _Contour:
    """One contour, or one point."""

    points_mm: FloatArray
    """(n 3) in the patient."""
    image_uids: tuple[str, ...]

    @property
    def centre_mm(self) -> FloatArray:
        """(3)"""
        return np.asarray(self.points_mm.mean(axis=0))


def read_structures(path: Path) -> list[SliceContours]:
    """Outlines of the slices that have both, in the pixels of a grid of 1 mm laid into their plane.

    An insertion point of the right ventricle is the one that lies nearest to the slice. Raises ReadError for damaged
    bytes, ContourError for structures without a left ventricle and for contours that are not flat, unsound, or several
    in one place.
    """
    content = header(path, KEYWORDS)
    with reading(found_file(path)), naming(path, remedy=REMEDY):
        drawn = _drawn(content)
        slices = [_slice(content, path, epi, endo, drawn) for epi, endo in _pairs(drawn)]
        if not slices:
            counts = [f"{len(drawn.get(part, ()))} of the {part.value}" for part in (Part.CAVITY, Part.OUTER)]
            raise ContourError(
                "no slice with both outlines of the left ventricle",
                expected="an endocardial and an epicardial contour in one plane",
                found=", ".join(counts),
            )
    return slices


def _drawn(content: Dataset) -> dict[Part, list[_Contour]]:
    """Contours and points by part; the wall is no part any more, but its outlines are."""
    names = {
        whole((each,), "ROINumber"): text((each,), "ROIName") for each in items(content, "StructureSetROISequence")
    }
    found: dict[Part, list[_Contour]] = {}
    for structure in items(content, "ROIContourSequence"):
        part = part_named(names.get(whole((structure,), "ReferencedROINumber"), ""))
        contours = [_contour(each) for each in items(structure, "ContourSequence") if _is_of(part, each)]
        if part is not None and contours:
            found.setdefault(part, []).extend(contours)
    known = settled(found)
    if not known.keys() & {Part.CAVITY, Part.WALL}:
        raise ContourError(
            "no structure of the left ventricle",
            expected="closed contours of structures such as 'LV endo' and 'LV epi', or 'LV myocardium'",
            found=listed(list(names.values())),
        )
    for part in known.keys() & {Part.CAVITY, Part.WALL, Part.OUTER}:
        for contour in known[part]:
            _check_flat(contour)
    return _without_wall(known)


def _is_of(part: Part | None, contour: Dataset) -> bool:
    """Whether a contour is of the kind that its part is drawn with."""
    kind = text((contour,), "ContourGeometricType")
    return kind == POINT if part in (Part.ANTERIOR, Part.INFERIOR) else kind in PLANAR


def _contour(contour: Dataset) -> _Contour:
    values = numbers((contour,), "ContourData")
    if not values or len(values) % 3:
        raise ReadError("ContourData is not usable", expected="x, y, z of each point", found=f"{len(values)} numbers")
    return _Contour(np.array(values).reshape(-1, 3), referenced_uids([contour], "ContourImageSequence"))


def _check_flat(contour: _Contour) -> None:
    area_mm2 = _area_mm2(contour)
    if area_mm2 <= 0:
        raise ContourError("a contour holds no area", expected="3 or more points", found=f"at {_place(contour)}")
    spokes_mm = contour.points_mm - contour.centre_mm
    if np.abs(np.einsum("nk,k->n", spokes_mm, _normal_mm2(contour) / area_mm2)).max() > FLAT_MM:
        raise ContourError("a contour is not flat", expected=f"within {FLAT_MM:g} mm", found=f"at {_place(contour)}")


def _without_wall(drawn: Mapping[Part, list[_Contour]]) -> dict[Part, list[_Contour]]:
    """A wall's larger contour in each plane is the outer one, a smaller one the cavity, unless these were drawn too."""
    found: dict[Part, list[_Contour]] = {part: list(contours) for part, contours in drawn.items()}
    found.pop(Part.WALL, None)
    waiting = list(drawn.get(Part.WALL, ()))
    while waiting:
        here = [each for each in waiting if _together(waiting[0], each)]
        waiting = [each for each in waiting if not any(each is one for one in here)]
        here.sort(key=_area_mm2, reverse=True)
        if len(here) > 2:
            raise ContourError(
                "the wall has several outlines in one plane",
                expected="an outer one, and an inner one at most",
                found=f"{len(here)} at {_place(here[0])}",
            )
        for part, outlines in ((Part.OUTER, here[:1]), (Part.CAVITY, here[1:])):
            if not any(_together(here[0], each) for each in drawn.get(part, ())):
                found.setdefault(part, []).extend(outlines)
    return found


def _pairs(drawn: Mapping[Part, list[_Contour]]) -> list[tuple[_Contour, _Contour]]:
    """Epicardial and endocardial contour of each slice that has both."""
    pairs = []
    for epi in drawn.get(Part.OUTER, ()):
        endos = [each for each in drawn.get(Part.CAVITY, ()) if _together(epi, each)]
        others = [each for each in drawn[Part.OUTER] if _together(epi, each)]
        if len(endos) > 1 or (endos and len(others) > 1):
            raise ContourError(
                "several outlines in one plane",
                expected="one phase, or contours that refer to different images",
                found=f"{len(others)} epicardial, {len(endos)} endocardial at {_place(epi)}",
                remedy="Export the structures of one phase.",
            )
        pairs += [(epi, endo) for endo in endos]
    return pairs


def _slice(
    content: Dataset, path: Path, epi: _Contour, endo: _Contour, drawn: Mapping[Part, Sequence[_Contour]]
) -> SliceContours:
    grid = _grid(epi)

    def point_px(part: Part) -> FloatArray | None:
        points_mm = [point for each in drawn.get(part, ()) for point in each.points_mm]
        here_mm = [point for point in points_mm if abs(grid.distance_mm(point)) <= MOST_AWAY_MM]
        return grid.px(min(here_mm, key=lambda point: abs(grid.distance_mm(point)))) if here_mm else None

    with naming(path, f"contours at {_place(epi)}", remedy=REMEDY):
        contours = Contours(
            grid.px(endo.points_mm), grid.px(epi.points_mm), point_px(Part.ANTERIOR), point_px(Part.INFERIOR)
        )
    uids = tuple(dict.fromkeys((*epi.image_uids, *endo.image_uids)))
    return SliceContours(contours, canvas=Canvas(grid, uids, text((content,), "StudyInstanceUID")))


def _together(one: _Contour, other: _Contour) -> bool:
    """Whether two contours lie in one plane and were not drawn in different images."""
    if one.image_uids and other.image_uids and not set(one.image_uids) & set(other.image_uids):
        return False
    normals = [_normal_mm2(each) / _area_mm2(each) for each in (one, other)]
    parallel = abs(float(normals[0] @ normals[1])) >= np.cos(np.radians(MOST_TILT_DEG))
    return parallel and abs(float((other.centre_mm - one.centre_mm) @ normals[0])) <= FLAT_MM


def _normal_mm2(contour: _Contour) -> FloatArray:
    """(3) normal of a closed contour, as long as its area (Newell's method)."""
    spokes_mm = contour.points_mm - contour.centre_mm
    return np.asarray(np.cross(spokes_mm, np.roll(spokes_mm, -1, axis=0)).sum(axis=0) / 2)


def _area_mm2(contour: _Contour) -> float:
    return float(np.linalg.norm(_normal_mm2(contour)))


def _grid(contour: _Contour) -> Grid:
    """Pixels of 1 mm in the plane of a contour, from one corner of what it holds to the other."""
    normal = _normal_mm2(contour) / _area_mm2(contour)
    spokes_mm = contour.points_mm - contour.centre_mm
    along = np.eye(3)[np.argmin(np.abs(normal))]
    row = along - (along @ normal) * normal
    row /= np.linalg.norm(row)
    column = np.cross(normal, row)
    offsets_mm = np.stack([np.einsum("nk,k->n", spokes_mm, axis) for axis in (column, row)])
    low_mm, size_mm = offsets_mm.min(axis=1), np.ptp(offsets_mm, axis=1)
    origin_mm = contour.centre_mm + low_mm[0] * column + low_mm[1] * row
    rows, columns = (int(length) + 2 for length in size_mm / PIXEL_MM)
    return Grid((rows, columns), np.full(2, PIXEL_MM), origin_mm, row, column)


def _place(contour: _Contour) -> str:
    return f"({', '.join(f'{value:.1f}' for value in contour.centre_mm)}) mm"
