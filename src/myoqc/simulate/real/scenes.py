"""Scenes of a real anatomy: its maps carried onto a canvas, wherever the placement says, at whatever level."""

from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from myoqc.aha import Level
from myoqc.simulate.physics.tissues import Tissue
from myoqc.simulate.real.anatomy import RealAnatomy
from myoqc.simulate.real.labels import AIR
from myoqc.simulate.real.placement import ScenePlacement
from myoqc.simulate.real.softness import softened
from myoqc.simulate.scene import Canvas, Part, Scene

FloatArray = NDArray[np.float64]
FloatMap = NDArray[np.float32]
BoolArray = NDArray[np.bool_]

TAPER_PER_MM = MappingProxyType({Level.BASAL: 0.002, Level.MID: 0.004, Level.APICAL: 0.006, Level.UNKNOWN: 0.004})
"""Relative shrinking of the heart's radius for each mm that the slice lies nearer to the apex."""
SIZE_LIMITS = (0.8, 1.2)
FADE_MM = 45.0
"""Outside the left ventricle the change of size fades over that distance: the chest stays as it is."""
SOFT_PX, MARGIN_PX = 0.6, 3
"""Smoothing of the labels in the pixels of the image, which rounds off their stairs, and how far it reaches."""


@dataclass(frozen=True, slots=True)
class _Way:
    """From positions on a canvas to the pixels of the image."""

    px_per_mm: FloatArray
    """(2 2)"""
    pivot_px: FloatArray
    """(2) middle of the cavity in the image."""
    pivot_mm: FloatArray
    """(2) and on the canvas."""
    growth: float
    """Size of the heart at this level against that in the image."""
    radius_mm: float
    """Within it the heart grows as a whole."""

    def canvas_mm(self, points_px: FloatArray) -> FloatArray:
        """Positions (… 2) of image pixels (… 2) in the left ventricle."""
        back = self.growth * np.linalg.inv(self.px_per_mm)
        return np.asarray(self.pivot_mm + np.einsum("ab,...b->...a", back, points_px - self.pivot_px))


def scene(anatomy: RealAnatomy, canvas: Canvas, placement: ScenePlacement, *, towards_apex_mm: float = 0.0) -> Scene:
    """The anatomy at rest on ``canvas``.

    ``towards_apex_mm`` is how much nearer to the apex the slice lies than the image was taken: the heart is then
    smaller by a taper that the level sets, and what lies around it follows smoothly. No more is known of other levels.
    """
    way = _way(anatomy, placement, towards_apex_mm)
    at_px = _image_px(way, canvas)
    shares, parts = _shares(anatomy, at_px, canvas)
    outer, cavity = (_sharpened(_seen_at(mask, at_px)) for mask in (anatomy.outer, anatomy.cavity))
    return Scene(
        canvas=canvas,
        shares=shares,
        texture=ndimage.map_coordinates(anatomy.texture, at_px, order=1, mode="nearest"),
        parts=parts,
        wall=np.maximum(outer - cavity, 0.0),
        endo_mm=way.canvas_mm(anatomy.endo_px),
        epi_mm=way.canvas_mm(anatomy.epi_px),
        anterior_mm=way.canvas_mm(anatomy.anterior_px),
        inferior_mm=way.canvas_mm(anatomy.inferior_px),
    )


def shading(anatomy: RealAnatomy, canvas: Canvas, placement: ScenePlacement) -> FloatMap:
    """The image's own shading (y x) on the canvas, 1 in the left ventricle: the profile of a real coil."""
    at_px = _image_px(_way(anatomy, placement, 0.0), canvas)
    return np.asarray(ndimage.map_coordinates(anatomy.shading, at_px, order=1, mode="nearest"))


def _way(anatomy: RealAnatomy, placement: ScenePlacement, towards_apex_mm: float) -> _Way:
    turn = np.radians(placement.septum_deg - anatomy.septum_deg)
    back = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    lengths = np.diag([1.0 / placement.stretch, 1.0]) / (placement.size * anatomy.spacing_mm)
    px_per_mm = np.einsum("ab,bc->ac", back, lengths)
    away_mm = np.linalg.norm((anatomy.epi_px - anatomy.centre_px) * anatomy.spacing_mm * placement.size, axis=1)
    growth = float(np.clip(1.0 - TAPER_PER_MM[anatomy.level] * towards_apex_mm, *SIZE_LIMITS))
    return _Way(px_per_mm, anatomy.centre_px, placement.centre_mm, growth, 1.2 * float(away_mm.max()))


def _image_px(way: _Way, canvas: Canvas) -> FloatMap:
    """Pixels (2 y x) of the image that the pixels of the canvas show."""
    y = (canvas.axis_mm(0) - way.pivot_mm[0]).astype(np.float32)[:, None]
    x = (canvas.axis_mm(1) - way.pivot_mm[1]).astype(np.float32)
    beyond = np.clip((np.hypot(y, x) - way.radius_mm) / FADE_MM, 0.0, 1.0)
    shrink = 1.0 / (1.0 + (way.growth - 1.0) * (1.0 - beyond * beyond * (3.0 - 2.0 * beyond)))
    rows, columns = way.px_per_mm
    return np.stack(
        [
            way.pivot_px[0] + shrink * (rows[0] * y + rows[1] * x),
            way.pivot_px[1] + shrink * (columns[0] * y + columns[1] * x),
        ]
    ).astype(np.float32)


def _shares(anatomy: RealAnatomy, at_px: FloatMap, canvas: Canvas) -> tuple[FloatMap, FloatMap]:
    """Share (tissue y x) of each tissue and (part y x) of each part in each pixel.

    Labels are interpolated smoothly and sharpened again, so that a border of the heart is no wider on the canvas than
    a pixel, however coarse the image was; borders around the heart lean, and are wider.
    """
    code = anatomy.tissue.astype(np.int16) * len(Part) + anatomy.part
    code[anatomy.tissue == AIR] = AIR
    shape, n_tissues = at_px.shape[1:], len(Tissue)
    heart, around = np.zeros((2, n_tissues + len(Part), *shape), np.float32)
    total = np.full(shape, 1e-6, dtype=np.float32)
    for value in np.unique(code):
        there = _seen_at(code == value, at_px)
        there = np.square(np.square(there))
        total += there
        if value != AIR:
            planes = heart if value % len(Part) == Part.HEART else around
            planes[value // len(Part)] += there
            planes[n_tissues + value % len(Part)] += there
    heart /= total
    heart += softened(around / total, 1.0 - heart[n_tissues + Part.HEART], canvas)
    shares, parts = heart[:n_tissues], heart[n_tissues:]
    if anatomy.altered is not None:
        altered = ndimage.map_coordinates(anatomy.altered, at_px, order=1) * shares[Tissue.MYOCARDIUM]
        shares[Tissue.MYOCARDIUM] -= altered
        shares[Tissue.SCAR] += altered
    return shares, parts


def _seen_at(mask: BoolArray, at_px: FloatMap) -> FloatMap:
    """A mask (y x) of the image, its stairs rounded off, at pixels (2 y x); only where there is something is looked."""
    rows, columns = (np.flatnonzero(mask.any(axis=axis)) for axis in (1, 0))
    low = np.array([rows[0], columns[0]]) - MARGIN_PX
    window = np.pad(mask[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1].astype(np.float32), MARGIN_PX)
    down, right = at_px
    inside = (down > low[0]) & (down < low[0] + window.shape[0] - 1)
    inside &= (right > low[1]) & (right < low[1] + window.shape[1] - 1)
    soft = ndimage.gaussian_filter(window, SOFT_PX, truncate=3.0)
    seen = np.zeros(inside.shape, dtype=np.float32)
    at = np.stack([down[inside] - np.float32(low[0]), right[inside] - np.float32(low[1])])
    seen[inside] = ndimage.map_coordinates(soft, at, order=1)
    return seen


def _sharpened(share: FloatMap) -> FloatMap:
    """Steeper between 0 and 1, the same at a half."""
    inside, outside = np.square(np.square(share)), np.square(np.square(1.0 - share))
    return np.asarray(inside / (inside + outside), dtype=np.float32)
