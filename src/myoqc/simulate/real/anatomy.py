"""A real heart made ready for scenes: tissues, parts, texture and outlines in the pixels of its image."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from myoqc import polygons
from myoqc.aha import Level, screen_angle_deg, turn_deg
from myoqc.records import LabelledImage
from myoqc.records.arrays import frozen
from myoqc.simulate.real.beyond import mirrored, paint_beyond
from myoqc.simulate.real.frame import Upright, framed, upright
from myoqc.simulate.real.heart import paint_heart
from myoqc.simulate.real.labels import Labels, blank, shades
from myoqc.simulate.real.place import Place
from myoqc.simulate.real.relaxation import altered_share, paint_by_t1
from myoqc.simulate.real.right_ventricle import ends_of_septum_px, right_ventricle, septum_deg
from myoqc.simulate.real.shading import unshaded
from myoqc.simulate.real.surroundings import paint_surroundings
from myoqc.simulate.real.texture import texture
from myoqc.simulate.real.tidy import clear_air, tidy

FloatArray = NDArray[np.float64]
FloatMap = NDArray[np.float32]
LabelMap = NDArray[np.int8]
BoolArray = NDArray[np.bool_]

OUTLINE_STEPS = 180
OUTLINE_SMOOTHING = 2.0
"""Steps of the outline: enough to lose the stairs of the pixels and no more."""


@dataclass(frozen=True, slots=True, eq=False)
class RealAnatomy:
    """What :func:`prepare` found in a labelled image: maps (y x) and outlines in the pixels of a frame around it."""

    subject: str
    level: Level
    spacing_mm: float
    tissue: LabelMap
    """(y x) a :class:`~.tissues.Tissue`, −1 = air."""
    part: LabelMap
    """(y x) a :class:`~.scene.Part`, −1 = air."""
    texture: FloatMap
    """(y x) signal over the mean of the tissue."""
    shading: FloatMap
    """(y x) slow brightness of the image, 1 in the left ventricle: what its receive coils did."""
    altered: FloatMap | None
    """(y x) share of the myocardium that a T1 map shows altered; None without a map."""
    cavity: BoolArray
    """(y x) cavity of the left ventricle."""
    outer: BoolArray
    """(y x) cavity and wall."""
    endo_px: FloatArray
    """(n 2)"""
    epi_px: FloatArray
    """(n 2)"""
    anterior_px: FloatArray
    """(2)"""
    inferior_px: FloatArray
    """(2)"""
    corner_px: FloatArray
    """(2) where the first pixel of the image lies in the frame."""
    septum_deg: float
    """Direction on the screen from the middle of the cavity to that of the septum, clockwise from the right."""

    def __post_init__(self) -> None:
        for name, dtype, axes in (
            ("tissue", np.int8, "y x"),
            ("part", np.int8, "y x"),
            ("texture", np.float32, "y x"),
            ("shading", np.float32, "y x"),
            ("cavity", bool, "y x"),
            ("outer", bool, "y x"),
            ("endo_px", np.float64, "n 2"),
            ("epi_px", np.float64, "n 2"),
            ("anterior_px", np.float64, "2"),
            ("inferior_px", np.float64, "2"),
            ("corner_px", np.float64, "2"),
        ):
            object.__setattr__(self, name, frozen(getattr(self, name), dtype, axes, name))
        if self.altered is not None:
            object.__setattr__(self, "altered", frozen(self.altered, np.float32, "y x", "altered"))

    @property
    def centre_px(self) -> FloatArray:
        """(2) middle of the cavity."""
        return polygons.centroid_px(self.endo_px)


def prepare(labelled: LabelledImage, *, insertions_px: tuple[FloatArray, FloatArray] | None = None) -> RealAnatomy:
    """Find tissues, parts, texture, outlines and insertion points; once for an image, for any number of scenes.

    ``insertions_px`` are the anterior and the inferior insertion point in the pixels of ``labelled``, where they are
    known; else they are told from the right ventricle.
    """
    image, seen, corner_px = framed(labelled)
    flat, shading = unshaded(image)
    endo_px, epi_px = _outline_px(image.cavity), _outline_px(image.outer)
    centre_px = polygons.centroid_px(endo_px)
    if insertions_px is None:
        towards_deg = septum_deg(image, flat)
    else:
        anterior_px, inferior_px = (point_px + corner_px for point_px in insertions_px)
        towards_deg = _between_deg(anterior_px, inferior_px, centre_px)
    rv = right_ventricle(image, flat, towards_deg)
    if insertions_px is None:
        anterior_px, inferior_px = ends_of_septum_px(image, rv, towards_deg)
    between_deg = _between_deg(anterior_px, inferior_px, centre_px)
    around = upright(flat.shape, image.spacing_mm, centre_px, between_deg)
    painted = _painted(image, flat, rv, seen, around)
    return RealAnatomy(
        subject=labelled.subject,
        level=labelled.level,
        spacing_mm=labelled.spacing_mm,
        tissue=painted.tissue,
        part=painted.part,
        texture=mirrored(texture(flat, painted, seen, image.spacing_mm), painted, seen),
        shading=shading / shading[image.outer].mean(),
        altered=None if image.t1_ms is None else altered_share(image.t1_ms, image.outer & ~image.cavity),
        cavity=image.cavity,
        outer=image.outer,
        endo_px=endo_px,
        epi_px=epi_px,
        anterior_px=anterior_px,
        inferior_px=inferior_px,
        corner_px=corner_px,
        septum_deg=between_deg,
    )


def _painted(image: LabelledImage, flat: FloatMap, rv: BoolArray, seen: BoolArray, around: Upright) -> Labels:
    classes = shades(image, flat)
    labels, heart_labels = blank(seen.shape), blank(seen.shape)
    heart = paint_heart(heart_labels, image, rv, classes)
    paint_surroundings(labels, classes, Place(flat, heart, seen, around, image.spacing_mm))
    if image.t1_ms is not None:
        paint_by_t1(labels, image.t1_ms, image.outer & ~image.cavity)
    tidy(labels, seen & ~heart, image.spacing_mm)
    labels.tissue[heart], labels.part[heart] = heart_labels.tissue[heart], heart_labels.part[heart]
    clear_air(labels, image.spacing_mm)
    paint_beyond(labels, seen, around, image.spacing_mm)
    return labels


def _outline_px(mask: NDArray[np.bool_]) -> FloatArray:
    """The outline (n 2) of a mask at equal steps, without the stairs of its pixels."""
    ring = polygons.trace(mask)
    walked = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.roll(ring, -1, axis=0) - ring, axis=1))])
    steps = np.linspace(0.0, walked[-1], OUTLINE_STEPS, endpoint=False)
    closed = np.vstack([ring, ring[:1]])
    even = np.stack([np.interp(steps, walked, closed[:, axis]) for axis in (0, 1)], axis=1)
    return np.asarray(ndimage.gaussian_filter1d(even, OUTLINE_SMOOTHING, axis=0, mode="wrap"))


def _between_deg(anterior_px: FloatArray, inferior_px: FloatArray, centre_px: FloatArray) -> float:
    """The direction half-way from the anterior insertion, against the clock, to the inferior one."""
    ends = screen_angle_deg(np.stack([anterior_px, inferior_px]), centre_px, np.ones(2))
    return float(ends[0] - 0.5 * (-turn_deg(float(ends[0]), float(ends[1])) % 360.0)) % 360.0
