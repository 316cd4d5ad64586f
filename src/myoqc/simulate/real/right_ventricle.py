"""Where the right ventricle lies: from its marks, or from the image where nobody marked it."""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from myoqc import polygons
from myoqc.records import LabelledImage

FloatArray = NDArray[np.float64]
FloatMap = NDArray[np.float32]
BoolArray = NDArray[np.bool_]

N_ANGLES = 180
USUAL_SEPTUM_DEG = 190.0
"""Direction from the cavity's centre to the septum on the screen, clockwise from the right: slightly above the left."""
BRIGHT = 0.62
"""Blood of the right ventricle against that of the left, shading taken away: at least."""
ACROSS_MM = np.arange(1.0, 32.0, 1.0)
"""Where the image is looked at, outwards from the outer wall of the left ventricle."""


def right_ventricle(labelled: LabelledImage, unshaded: FloatMap) -> BoolArray:
    """Cavity (y x) of the right ventricle.

    Without marks: what is as bright as blood beside the wall of the left ventricle, on the side where it is thickest
    over a wide arc, inside an ellipse as large as right ventricles are; where that is next to nothing, the crescent of
    the ellipse itself.
    """
    if labelled.rv is not None:
        return np.asarray(labelled.rv & ~labelled.outer)
    centre_px, radius_px = _size(labelled.outer)
    septum_deg = _septum_deg(labelled, unshaded, centre_px)
    inside = _crescent(labelled, centre_px, radius_px, septum_deg)
    bright = inside & (ndimage.gaussian_filter(unshaded, 0.7) > BRIGHT)
    step = max(round(2.0 / labelled.spacing_mm), 1)
    whole = ndimage.binary_opening(bright, iterations=step)
    whole = _largest(whole)
    whole = ndimage.binary_closing(np.pad(whole, 12), iterations=3 * step)[12:-12, 12:-12]
    whole = np.asarray(ndimage.binary_fill_holes(whole & inside))
    return whole if whole.sum() > 0.12 * labelled.outer.sum() else np.asarray(inside)


def _size(outer: BoolArray) -> tuple[FloatArray, float]:
    return np.argwhere(outer).mean(axis=0), float(np.sqrt(outer.sum() / np.pi))


def _septum_deg(labelled: LabelledImage, unshaded: FloatMap, centre_px: FloatArray) -> float:
    """Direction in which most bright tissue lies on the wall; where in doubt, the usual one."""
    angles_deg = np.arange(N_ANGLES) * (360.0 / N_ANGLES)
    direction = np.stack([np.sin(np.radians(angles_deg)), np.cos(np.radians(angles_deg))], axis=1)
    start_px = _reach_px(labelled.outer, centre_px, direction)
    along_px = start_px[:, None] + ACROSS_MM / labelled.spacing_mm
    at_px = centre_px + along_px[..., None] * direction[:, None]
    seen = ndimage.map_coordinates(ndimage.gaussian_filter(unshaded, 1.0), at_px.reshape(-1, 2).T, order=1)
    bright = (seen.reshape(along_px.shape) > BRIGHT) & (seen.reshape(along_px.shape) < 2.0)
    thickness = _first_run(bright)
    arc = ndimage.uniform_filter1d(np.minimum(thickness, 22.0), N_ANGLES // 4, mode="wrap")
    usual = np.exp(0.9 * np.cos(np.radians(angles_deg - USUAL_SEPTUM_DEG)))
    return float(angles_deg[np.argmax(arc * usual)])


def _reach_px(mask: BoolArray, centre_px: FloatArray, direction: FloatArray) -> FloatArray:
    """How far the mask reaches from its centre in each direction (n 2)."""
    steps = np.arange(0.0, max(mask.shape), 0.5)
    at_px = np.rint(centre_px + steps[None, :, None] * direction[:, None]).astype(int)
    at_px = np.clip(at_px, 0, np.array(mask.shape) - 1)
    return np.asarray(steps[np.argmin(mask[at_px[..., 0], at_px[..., 1]], axis=1)])


def _first_run(bright: BoolArray) -> FloatArray:
    """Length of the first run of bright points from the wall outwards, which may begin within 5 mm."""
    begin = np.argmax(bright[:, :6], axis=1)
    after = np.cumsum(~bright & (np.arange(bright.shape[1]) >= begin[:, None]), axis=1)
    return np.where(bright[:, :6].any(axis=1), (bright & (after == 0)).sum(axis=1), 0.0)


def _crescent(labelled: LabelledImage, centre_px: FloatArray, radius_px: float, septum_deg: float) -> BoolArray:
    """The ellipse in which a right ventricle of a heart of this size lies, without the left ventricle."""
    angle = np.radians(septum_deg)
    towards, beside = np.array([np.sin(angle), np.cos(angle)]), np.array([np.cos(angle), -np.sin(angle)])
    offset = np.moveaxis(np.indices(labelled.outer.shape), 0, -1) - centre_px - 0.95 * radius_px * towards
    away = np.hypot(
        np.einsum("yxa,a->yx", offset, towards) / (1.25 * radius_px),
        np.einsum("yxa,a->yx", offset, beside) / (1.45 * radius_px),
    )
    gap = ndimage.binary_dilation(labelled.outer)
    return np.asarray((away < 1.0) & ~gap)


def _largest(mask: BoolArray) -> BoolArray:
    labels, n_found = ndimage.label(mask)
    if not n_found:
        return mask
    return np.asarray(labels == 1 + int(np.argmax(np.bincount(labels.ravel())[1:])))


def insertions_px(labelled: LabelledImage, rv: BoolArray) -> tuple[FloatArray, FloatArray]:
    """Anterior and inferior insertion point (2): the ends of the arc of the outer wall that faces the right ventricle.

    Seen from the apex the septum is passed against the clock from the anterior to the inferior one [Cerqueira2002].
    """
    outline_px = polygons.trace(labelled.outer)
    centre_px = polygons.centroid_px(outline_px)
    away_px = ndimage.distance_transform_edt(~rv)
    angles_deg = np.arange(360.0)
    direction = np.stack([np.sin(np.radians(angles_deg)), np.cos(np.radians(angles_deg))], axis=1)
    rim_px = centre_px + _reach_px(labelled.outer, centre_px, direction)[:, None] * direction
    near = ndimage.map_coordinates(away_px, rim_px.T, order=1, mode="nearest") * labelled.spacing_mm < 4.0
    if not near.any():
        towards_px = np.argwhere(rv).mean(axis=0) - centre_px
        near = np.cos(np.radians(angles_deg) - np.arctan2(*towards_px)) > np.cos(np.radians(50.0))
    first, last = _longest_arc(near)
    return rim_px[last], rim_px[first]


def _longest_arc(near: BoolArray) -> tuple[int, int]:
    """First and last degree of the longest run, gaps up to 20° closed, with 40° at least and 200° at most."""
    closed = ndimage.binary_closing(np.tile(near, 3), iterations=10)
    labels, n_found = ndimage.label(closed)
    lengths = np.bincount(labels, minlength=n_found + 1)[1:]
    run = np.flatnonzero(labels == 1 + int(np.argmax(lengths)))
    middle, half = int(run.mean()), int(np.clip(len(run), 40, 200)) // 2
    return (middle - half) % 360, (middle + half) % 360
