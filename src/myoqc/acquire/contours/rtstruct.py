"""Outlines from DICOM RT structure sets (RTSTRUCT): closed planar contours and points in patient coordinates.

Which structure is which part is told by its name; see :mod:`~myoqc.acquire.contours.parts`. A wall may be one contour,
then it is the outer one, or two, one in the other. The structure is that of DICOM PS3.3 C.8.8.5 and C.8.8.6.
This reader was tested on made files only.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset

from myoqc.acquire.contours.canvas import MOST_AWAY_MM, Canvas
from myoqc.acquire.contours.dicom_objects import found_file, header, referenced_uids
from myoqc.acquire.contours.parts import Part, listed, part_named, settled
from myoqc.acquire.contours.planar import PlanarContour, check_flat, grid_under, place, planar_contour, together
from myoqc.acquire.contours.slice_contours import SliceContours
from myoqc.acquire.dicom.datasets import reading
from myoqc.acquire.dicom.elements import items, numbers, text, whole
from myoqc.acquire.naming import naming
from myoqc.errors import ContourError, ReadError
from myoqc.records import Contours

FloatArray = NDArray[np.float64]

KEYWORDS = ("StructureSetROISequence", "ROIContourSequence", "StudyInstanceUID")
PLANAR = ("CLOSED_PLANAR", "CLOSEDPLANAR_XOR")
POINT = "POINT"
MOST_CONTOURS = 2000
"""Of the left ventricle: forty slices in twenty-five phases. Each is compared with each. No more points than that."""
OUTLINED, POINTED = (Part.CAVITY, Part.WALL, Part.OUTER), (Part.ANTERIOR, Part.INFERIOR)
"""The parts that are read; what else a file holds may be damaged."""
REMEDY = "Export the structure set again, with an endocardial and an epicardial contour in each slice."


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


def _drawn(content: Dataset) -> dict[Part, list[PlanarContour]]:
    """Contours and points by part; the wall is no part any more, but its outlines are."""
    names = {
        whole((each,), "ROINumber"): text((each,), "ROIName") for each in items(content, "StructureSetROISequence")
    }
    undrawn: dict[Part, list[Dataset]] = {}
    for structure in items(content, "ROIContourSequence"):
        part = part_named(names.get(whole((structure,), "ReferencedROINumber"), ""))
        contours = [each for each in items(structure, "ContourSequence") if _is_of(part, each)]
        if part is not None and contours:
            undrawn.setdefault(part, []).extend(contours)
    known = {part: contours for part, contours in settled(undrawn).items() if part in (*OUTLINED, *POINTED)}
    if not known.keys() & {Part.CAVITY, Part.WALL}:
        raise ContourError(
            "no structure of the left ventricle",
            expected="closed contours of structures such as 'LV endo' and 'LV epi', or 'LV myocardium'",
            found=listed(list(names.values())),
        )
    for parts, what in ((OUTLINED, "contours"), (POINTED, "insertion points")):
        n_drawn = sum(len(known.get(part, ())) for part in parts)
        if n_drawn > MOST_CONTOURS:
            raise ContourError(f"too many {what}", expected=f"at most {MOST_CONTOURS}", found=n_drawn)
    drawn = {part: [_contour(each) for each in contours] for part, contours in known.items()}
    for outline in (each for part in OUTLINED for each in drawn.get(part, ())):
        check_flat(outline)
    return _without_wall(drawn)


def _is_of(part: Part | None, contour: Dataset) -> bool:
    """Whether a contour is of the kind that its part is drawn with."""
    kind = text((contour,), "ContourGeometricType")
    return kind == POINT if part in POINTED else kind in PLANAR


def _contour(contour: Dataset) -> PlanarContour:
    values = numbers((contour,), "ContourData")
    if not values or len(values) % 3:
        raise ReadError("ContourData is not usable", expected="x, y, z of each point", found=f"{len(values)} numbers")
    uids = referenced_uids([contour], "ContourImageSequence")
    return planar_contour(np.array(values).reshape(-1, 3), uids)


def _without_wall(drawn: Mapping[Part, list[PlanarContour]]) -> dict[Part, list[PlanarContour]]:
    """A wall's larger contour in each plane is the outer one, a smaller one the cavity, unless these were drawn too."""
    found: dict[Part, list[PlanarContour]] = {part: list(contours) for part, contours in drawn.items()}
    found.pop(Part.WALL, None)
    waiting = list(drawn.get(Part.WALL, ()))
    while waiting:
        here = [each for each in waiting if together(waiting[0], each)]
        waiting = [each for each in waiting if not any(each is one for one in here)]
        here.sort(key=lambda each: each.area_mm2, reverse=True)
        if len(here) > 2:
            raise ContourError(
                "the wall has several outlines in one plane",
                expected="an outer one, and an inner one at most",
                found=f"{len(here)} at {place(here[0])}",
            )
        for part, outlines in ((Part.OUTER, here[:1]), (Part.CAVITY, here[1:])):
            if not any(together(here[0], each) for each in drawn.get(part, ())):
                found.setdefault(part, []).extend(outlines)
    return found


def _pairs(drawn: Mapping[Part, list[PlanarContour]]) -> list[tuple[PlanarContour, PlanarContour]]:
    """Epicardial and endocardial contour of each slice that has both."""
    pairs = []
    for epi in drawn.get(Part.OUTER, ()):
        endos = [each for each in drawn.get(Part.CAVITY, ()) if together(epi, each)]
        others = [each for each in drawn[Part.OUTER] if together(epi, each)]
        if len(endos) > 1 or (endos and len(others) > 1):
            raise ContourError(
                "several outlines in one plane",
                expected="one phase, or contours that refer to different images",
                found=f"{len(others)} epicardial, {len(endos)} endocardial at {place(epi)}",
                remedy="Export the structures of one phase.",
            )
        pairs += [(epi, endo) for endo in endos]
    return pairs


def _slice(
    content: Dataset, path: Path, epi: PlanarContour, endo: PlanarContour, drawn: Mapping[Part, Sequence[PlanarContour]]
) -> SliceContours:
    grid = grid_under(epi)

    def point_px(part: Part) -> FloatArray | None:
        points_mm = np.concatenate([np.empty((0, 3)), *(each.points_mm for each in drawn.get(part, ()))])
        away_mm = np.abs(np.einsum("nk,k->n", points_mm - grid.origin_mm, grid.normal))
        return grid.px(points_mm[away_mm.argmin()]) if (away_mm <= MOST_AWAY_MM).any() else None

    with naming(path, f"contours at {place(epi)}", remedy=REMEDY):
        contours = Contours(
            grid.px(endo.points_mm), grid.px(epi.points_mm), point_px(Part.ANTERIOR), point_px(Part.INFERIOR)
        )
    uids = tuple(dict.fromkeys((*epi.image_uids, *endo.image_uids)))
    return SliceContours(contours, canvas=Canvas(grid, uids, text((content,), "StudyInstanceUID")))
