"""The segments of a short-axis slice, as the American Heart Association draws them [Cerqueira2002].

Seen from the apex, beginning at the anterior insertion of the right ventricle and going through the septum:
anteroseptal, inferoseptal, inferior, inferolateral, anterolateral, anterior; 60° each, about the centre of the cavity.
An apical slice has four of 90°: septal, inferior, lateral, anterior; the septal one lies about the middle of the same
septum. Angles are measured in mm, so that pixels need not be square.
"""

from collections.abc import Mapping
from enum import Enum, IntEnum
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from myoqc.errors import ContourError, GeometryError

FloatArray = NDArray[np.float64]

SEPTUM_MIDDLE_DEG = 60.0
"""From the anterior insertion to the middle of the septum: two segments of a basal or mid slice span it."""
LEAST_SEPTUM_DEG = 15.0
BASE_TO_APEX = np.array([0.62, -0.55, -0.56])
BASE_TO_APEX.flags.writeable = False
"""Usual direction of the left ventricle's long axis, from base to apex: left, anterior, inferior (DICOM's LPS axes)."""
LEAST_LONG_AXIS_COSINE = 0.3
"""Below this the slice stands so far from a short axis that its two faces can't be told apart."""


class Level(Enum):
    """Where along the long axis a slice lies."""

    BASAL = "basal"
    MID = "mid"
    APICAL = "apical"
    UNKNOWN = "unknown"


class Segment(IntEnum):
    """The six segments of a basal or mid-ventricular slice, in the order of AHA 1–6 and 7–12."""

    ANTERIOR = 0
    ANTEROSEPTAL = 1
    INFEROSEPTAL = 2
    INFERIOR = 3
    INFEROLATERAL = 4
    ANTEROLATERAL = 5

    @property
    def word(self) -> str:
        """The name for people: ``anteroseptal``."""
        return self.name.lower()

    def aha(self, level: Level) -> int | None:
        """AHA number: 1–6 basal, 7–12 mid; None where the level is unknown or has no six segments."""
        return {Level.BASAL: self + 1, Level.MID: self + 7}.get(level)


class ApicalSegment(IntEnum):
    """The four segments of an apical slice, in the order of AHA 13–16."""

    ANTERIOR = 0
    SEPTAL = 1
    INFERIOR = 2
    LATERAL = 3

    @property
    def word(self) -> str:
        """The name for people: ``septal``."""
        return self.name.lower()

    def aha(self, level: Level) -> int | None:
        """AHA number: 13–16 where the level is apical, else None."""
        return self + 13 if level is Level.APICAL else None


AnySegment = Segment | ApicalSegment
Scheme = type[Segment] | type[ApicalSegment]
"""Into which segments a slice is divided."""
SEPTUM_STARTS_DEG: Mapping[Scheme, float] = MappingProxyType(
    {Segment: 0.0, ApicalSegment: SEPTUM_MIDDLE_DEG - 360.0 / len(ApicalSegment) / 2}
)
"""Turn from the anterior insertion to the beginning of a scheme's second segment, the first of its septum."""


def scheme_at(level: Level) -> Scheme:
    """Four segments for an apical slice, six for any other."""
    return ApicalSegment if level is Level.APICAL else Segment


def sense_through_septum(normal: FloatArray | None, septum_deg: float | None) -> int:
    """Sense of turning from the anterior insertion into the septum: +1 clockwise on the screen, −1 against the clock.

    ``normal`` (3) is row direction × column direction in patient coordinates, or None for images without orientation;
    ``septum_deg`` is the turn (−180…180, clockwise positive) from the anterior to the inferior insertion, or None.
    Raises GeometryError where the two contradict each other or neither can tell.
    """
    cosine = 0.0 if normal is None else float(normal @ BASE_TO_APEX / np.linalg.norm(BASE_TO_APEX))
    by_orientation = 0 if abs(cosine) < LEAST_LONG_AXIS_COSINE else int(np.sign(cosine))
    by_insertions = (
        0 if septum_deg is None or not LEAST_SEPTUM_DEG <= abs(septum_deg) <= 170.0 else int(np.sign(septum_deg))
    )
    if by_orientation and by_insertions and by_orientation != by_insertions:
        raise GeometryError(
            "the insertion points contradict the orientation of the image",
            expected="the septum between them to lie on the side that the patient coordinates tell",
            found="the opposite turn from the anterior to the inferior insertion",
            remedy="Exchange the two points if they were swapped, or correct the image orientation.",
        )
    if not by_orientation and not by_insertions:
        raise _untold(None if normal is None else cosine, septum_deg)
    return by_orientation or by_insertions


def _untold(cosine: float | None, septum_deg: float | None) -> GeometryError:
    if cosine is None:
        seen, or_else = "images without orientation", ", or the grid of the images"
    else:
        seen, or_else = f"a slice at {np.degrees(np.arccos(min(abs(cosine), 1.0))):.0f}° to the usual short axis", ""
    if septum_deg is None:
        points, remedy = (
            "no inferior insertion point",
            "Give the inferior insertion point of the right ventricle as well",
        )
    else:
        points, remedy = f"insertion points {abs(septum_deg):.0f}° apart", "Check the two insertion points"
    return GeometryError(
        "the side of the septum can't be told", found=f"{seen} and {points}", remedy=f"{remedy}{or_else}."
    )


def screen_angle_deg(points_px: FloatArray, centre_px: FloatArray, spacing_mm: FloatArray) -> FloatArray:
    """Angle of points (… 2) about the centre in degrees, clockwise on the screen from the direction of a row."""
    offset_mm = (np.asarray(points_px) - centre_px) * spacing_mm
    return np.asarray(np.degrees(np.arctan2(offset_mm[..., 0], offset_mm[..., 1])))


def turn_deg(from_deg: float, to_deg: float) -> float:
    """Shortest turn between two angles, −180 to 180 degrees."""
    return (to_deg - from_deg + 180.0) % 360.0 - 180.0


def segment_of(
    points_px: FloatArray,
    *,
    centre_px: FloatArray,
    rv_insertion_px: FloatArray,
    rv_inferior_px: FloatArray | None,
    normal: FloatArray | None,
    spacing_mm: FloatArray,
    scheme: Scheme = Segment,
) -> NDArray[np.intp]:
    """Number of the segment of ``scheme`` in whose 60° or 90° each point (… 2) lies.

    ``normal`` is that of :func:`sense_through_septum`; without it only the two insertions tell the way round. Raises
    ContourError where an insertion point sits on the centre and GeometryError where the septum can't be found.
    """
    for point in (rv_insertion_px, rv_inferior_px):
        if point is not None and np.linalg.norm((point - centre_px) * spacing_mm) < 1.0:
            raise ContourError("an RV insertion point lies on the centre of the cavity", found=np.round(point, 1))
    start_deg = float(screen_angle_deg(rv_insertion_px, centre_px, spacing_mm))
    septum_deg = None
    if rv_inferior_px is not None:
        septum_deg = turn_deg(start_deg, float(screen_angle_deg(rv_inferior_px, centre_px, spacing_mm)))
        if abs(septum_deg) < LEAST_SEPTUM_DEG:
            raise ContourError(
                "the two RV insertion points lie in the same direction",
                expected=f"a septum of {LEAST_SEPTUM_DEG:g}° or more between them",
                found=f"{abs(septum_deg):.0f}°",
            )
    sense = sense_through_septum(normal, septum_deg)
    turned_deg = sense * (screen_angle_deg(points_px, centre_px, spacing_mm) - start_deg) % 360.0
    place = np.floor((turned_deg - SEPTUM_STARTS_DEG[scheme]) / (360.0 / len(scheme))).astype(np.intp)
    return (place + 1) % len(scheme)
