"""Where the left ventricle lies in a slice: outlines, segments, and the crop that a scorer sees."""

from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from myoqc import polygons
from myoqc.aha import AnySegment, ApicalSegment, Level, Scheme, Segment, scheme_at, segment_of
from myoqc.errors import ContourError, GeometryError
from myoqc.records.arrays import frozen, same_matrix
from myoqc.records.grid import Grid

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

N_SEGMENTS = len(Segment)
"""Of a basal or mid slice: what scorers, and label images, know."""
SCHEMES: tuple[Scheme, ...] = (Segment, ApicalSegment)
CROP_PX = 160
CROP_MM = 150.0
"""A crop covers 150 × 150 mm in 160 × 160 pixels whatever the scanner's pixels: the paper's 160 pixels of 0.94 mm."""
MOST_AWAY_MM = 15.0
"""How far an insertion point may lie from the outer wall: hand-drawn points stand a little off."""
MOST_CROSSING = 0.02
"""Share of the cavity that may stick out of the outer wall: hand-drawn outlines touch."""


class Origin(Enum):
    """Who drew an outline."""

    MANUAL = "manual"
    AUTOMATIC = "automatic"
    PHANTOM = "phantom"


@dataclass(frozen=True, slots=True, eq=False)
class Contours:
    """Outlines of the left ventricle in one slice, as polygons (row, column) from the centre of pixel (0, 0).

    Raises ContourError for outlines that are open, cross themselves or each other, or are inside out.
    """

    endo_px: FloatArray
    """(n 2) border of the cavity."""
    epi_px: FloatArray
    """(m 2) outer border of the wall."""
    rv_insertion_px: FloatArray | None = None
    """(2) anterior insertion of the right ventricle; None where it can't be seen."""
    rv_inferior_px: FloatArray | None = None
    """(2) inferior insertion."""
    origin: Origin = Origin.MANUAL

    def __post_init__(self) -> None:
        endo = polygons.closed(self.endo_px, "the endocardial contour")
        epi = polygons.closed(self.epi_px, "the epicardial contour")
        if polygons.area_px2(endo) >= polygons.area_px2(epi):
            raise ContourError("the endocardial contour is larger than the epicardial one; were they exchanged?")
        outside = polygons.area_outside_px2(endo, epi) / polygons.area_px2(endo)
        if outside > MOST_CROSSING:
            raise ContourError(
                "the endocardial contour leaves the epicardial one",
                expected=f"at most {MOST_CROSSING:.0%} of the cavity outside the outer wall",
                found=f"{outside:.0%}",
            )
        object.__setattr__(self, "endo_px", frozen(endo, np.float64, "n 2", "the endocardial contour"))
        object.__setattr__(self, "epi_px", frozen(epi, np.float64, "m 2", "the epicardial contour"))
        for name in ("rv_insertion_px", "rv_inferior_px"):
            if getattr(self, name) is not None:
                point = frozen(getattr(self, name), np.float64, "2", name, ContourError)
                if not np.isfinite(point).all():
                    raise ContourError(f"{name} is not a point", found=point)
                object.__setattr__(self, name, point)

    @property
    def centre_px(self) -> FloatArray:
        """(2) centre of area of the cavity."""
        return polygons.centroid_px(self.endo_px)


@dataclass(frozen=True, slots=True, eq=False)
class Segments:
    """The AHA segments of one slice as masks: six, or the four of an apical slice.

    A pixel belongs to the segment in which its centre lies; the masks are disjoint and their union is the myocardium.
    Raises GeometryError for another number of masks, ContourError where they overlap, all are empty, or hold anything
    but 0 and 1.
    """

    masks: BoolArray
    """(6 y x) in the order of :class:`~myoqc.aha.Segment`, or (4 y x) in that of :class:`~myoqc.aha.ApicalSegment`."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "masks", frozen(self.masks, bool, "n y x", "the segment masks", ContourError))
        if len(self.masks) not in map(len, SCHEMES):
            raise GeometryError(
                "the segment masks have the wrong number",
                expected="axes (6 y x), or (4 y x) for an apical slice",
                found=self.masks.shape,
            )
        if (self.masks.sum(axis=0) > 1).any():
            raise ContourError("segment masks overlap", expected="each pixel in one segment at most")
        if not self.masks.any():
            raise ContourError("the segment masks are empty", expected="myocardium in at least one segment")

    @property
    def kinds(self) -> tuple[AnySegment, ...]:
        """Which segment each mask is of."""
        return tuple(next(scheme for scheme in SCHEMES if len(scheme) == len(self.masks)))

    @property
    def myocardium(self) -> BoolArray:
        """(y x) union of the masks."""
        return np.asarray(self.masks.any(axis=0))

    @property
    def centre_px(self) -> FloatArray:
        """(2) centre of the myocardium's pixels."""
        return np.asarray(np.argwhere(self.myocardium).mean(axis=0))

    @classmethod
    def from_labels(cls, labels: ArrayLike) -> "Segments":
        """From an image (y x) that holds 1–6, the AHA number within the slice, and 0 elsewhere.

        Raises ContourError for other labels, GeometryError for other axes.
        """
        image = frozen(labels, np.int64, "y x", "the label image", ContourError)
        unknown = image[(image < 0) | (image > N_SEGMENTS)]
        if unknown.size:
            raise ContourError(
                f"labels 1–{N_SEGMENTS} expected, found {unknown[0]}",
                remedy="Number the segments within the slice: 7–12 of a mid-ventricular one are 1–6 here.",
            )
        return cls(image[None] == np.arange(1, N_SEGMENTS + 1)[:, None, None])

    @classmethod
    def from_contours(cls, contours: Contours, grid: Grid, level: Level = Level.UNKNOWN) -> "Segments":
        """From outlines and the anterior insertion of the right ventricle [Cerqueira2002].

        Six equal angles about the centre of the cavity, four where ``level`` is apical; the way round is taken from the
        inferior insertion and, where the grid knows them, the patient coordinates (see :mod:`myoqc.aha`). Raises
        ContourError for an outline outside the image or without insertion point, GeometryError where the septum's side
        can't be told.
        """
        limits = np.array(grid.shape) - 0.5
        if (contours.epi_px < -0.5).any() or (contours.epi_px > limits).any():
            raise ContourError(
                "the epicardial contour leaves the image",
                expected=f"rows and columns from -0.5 to {limits[0]:g}, {limits[1]:g}",
                found=f"{contours.epi_px.min(axis=0).round(1)} to {contours.epi_px.max(axis=0).round(1)}",
                remedy="Check that the contours belong to this slice and are given as row, column.",
            )
        if contours.rv_insertion_px is None:
            raise ContourError(
                "no anterior insertion point of the right ventricle, so the segments can't be told apart",
                remedy="Add the point 'rv_insertion_px' to the contours.",
            )
        for name in ("rv_insertion_px", "rv_inferior_px"):
            _check_insertion(getattr(contours, name), name, contours, grid)
        wall = polygons.fill(contours.epi_px, grid.shape) & ~polygons.fill(contours.endo_px, grid.shape)
        pixels = np.argwhere(wall)
        scheme = scheme_at(level)
        number = segment_of(
            pixels.astype(np.float64),
            centre_px=contours.centre_px,
            rv_insertion_px=contours.rv_insertion_px,
            rv_inferior_px=contours.rv_inferior_px,
            normal=grid.known_normal,
            spacing_mm=grid.spacing_mm,
            scheme=scheme,
        )
        masks = np.zeros((len(scheme), *grid.shape), dtype=bool)
        masks[number, pixels[:, 0], pixels[:, 1]] = True
        return cls(masks)


def _check_insertion(point_px: FloatArray | None, name: str, contours: Contours, grid: Grid) -> None:
    """Raise ContourError for an insertion point of the right ventricle that lies nowhere near the wall."""
    if point_px is None:
        return
    away_mm = float(np.linalg.norm((contours.epi_px - point_px) * grid.spacing_mm, axis=1).min())
    if away_mm > MOST_AWAY_MM:
        raise ContourError(
            f"the point '{name}' lies nowhere near the wall",
            expected=f"at most {MOST_AWAY_MM:g} mm from the epicardial contour",
            found=f"{away_mm:.0f} mm",
            remedy="Check that it belongs to this slice and is given as row, column.",
        )


@dataclass(frozen=True, slots=True, eq=False)
class Placement:
    """Where a crop was taken: its centre in the image, turned by an angle, so that any map can be put back."""

    centre_px: FloatArray
    """(2) point of the image under the middle of the crop."""
    angle_deg: float = 0.0
    """Turn of the crop against the image, clockwise on the screen."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "centre_px", frozen(self.centre_px, np.float64, "2", "the centre of the crop"))


@dataclass(frozen=True, slots=True, eq=False)
class Crop:
    """What a scorer sees: 150 × 150 mm about the left ventricle, 160 × 160 pixels."""

    irw: NDArray[np.float32]
    """(t 160 160) images in order of acquisition; 0 outside the image."""
    t1_ms: NDArray[np.float32]
    """(160 160) NaN = not fitted or outside the image."""
    r2: NDArray[np.float32]
    """(160 160) coefficient of determination, NaN likewise."""
    ti_ms: FloatArray
    """(t)"""
    placement: Placement
    masks: BoolArray | None = None
    """(6 160 160)"""
    schedule: str = ""
    """Name of the scheme that the images are of; empty = not known."""
    method: str = ""
    """Name of the fit that made the maps; empty = not known."""

    def __post_init__(self) -> None:
        side = f"{CROP_PX} {CROP_PX}"
        for name, axes, dtype in (
            ("irw", f"t {side}", np.float32),
            ("t1_ms", side, np.float32),
            ("r2", side, np.float32),
            ("ti_ms", "t", np.float64),
        ):
            object.__setattr__(self, name, frozen(getattr(self, name), dtype, axes, f"the crop's {name}"))
        if self.masks is not None:
            object.__setattr__(self, "masks", frozen(self.masks, bool, f"{N_SEGMENTS} {side}", "the crop's masks"))
            same_matrix(self.masks.shape, (CROP_PX, CROP_PX), "the crop's masks")
