"""Where the right ventricle lies: from its marks, or from the image where nobody marked it."""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from myoqc.records import LabelledImage

FloatArray = NDArray[np.float64]
FloatMap = NDArray[np.float32]
BoolArray = NDArray[np.bool_]

N_ANGLES = 180
USUAL_SEPTUM_DEG = 190.0
"""Direction from the cavity's centre to the septum on the screen, clockwise from the right: slightly above the left."""
BRIGHT = 0.62
"""Blood of the right ventricle against that of the left, shading taken away: at least."""
TOO_BRIGHT = 2.0
"""Fat under a coil."""
LINE = 0.22
"""How much darker than both its sides, against blood, a thin line is that parts two tissues."""
THICK_MM = 22.0
TOUCHING_MM = 6.0
"""Blood that fills the right ventricle comes that near to the outer wall of the left one."""
CLOSED_MM = 4.0
ROUNDS = 2
LEAST_RV_MM2 = 100.0
FACING_MM = 5.0
USUAL_ARC_DEG, ARC_DEG, GAP_DEG = 120.0, (50, 170), 30
ACROSS_MM = np.arange(1.0, 32.0, 1.0)
"""Where the image is looked at, outwards from the outer wall of the left ventricle."""


def septum_deg(labelled: LabelledImage, unshaded: FloatMap) -> float:
    """Direction on the screen from the left ventricle to the right one, clockwise from the right.

    Without marks: where most bright tissue lies on the wall; the usual direction weighs in.
    """
    if labelled.rv is not None:
        return _direction_deg(labelled.outer, labelled.rv)
    centre_px = _centre_px(labelled.outer)
    angles_deg = np.linspace(0.0, 360.0, N_ANGLES, endpoint=False)
    direction = _directions(angles_deg)
    start_px = _reach_px(labelled.outer, centre_px, direction)
    along_px = start_px[:, None] + ACROSS_MM / labelled.spacing_mm
    at_px = centre_px + along_px[..., None] * direction[:, None]
    seen = ndimage.map_coordinates(ndimage.gaussian_filter(unshaded, 1.0), at_px.reshape(-1, 2).T, order=1)
    bright = (seen.reshape(along_px.shape) > BRIGHT) & (seen.reshape(along_px.shape) < TOO_BRIGHT)
    arc = ndimage.uniform_filter1d(np.minimum(_first_run(bright), THICK_MM), N_ANGLES // 4, mode="wrap")
    usual = np.exp(0.9 * np.cos(np.radians(angles_deg - USUAL_SEPTUM_DEG)))
    return float(angles_deg[np.argmax(arc * usual)])


def right_ventricle(labelled: LabelledImage, unshaded: FloatMap, towards_deg: float) -> BoolArray:
    """Cavity (y x) of the right ventricle; empty where none can be told.

    Without marks: what is as bright as blood and lies on the wall of the left ventricle ``towards_deg``, inside an
    ellipse as large as right ventricles are. The dark line about fat, where its signal and that of water cancel, and
    the thin wall of the ventricle keep it apart from the fat on it.
    """
    if labelled.rv is not None:
        return np.asarray(labelled.rv & ~labelled.outer)
    line = ndimage.grey_closing(unshaded, 5) - unshaded > LINE
    bright = (unshaded > BRIGHT) & ~line
    touching = ndimage.distance_transform_edt(~labelled.outer, sampling=labelled.spacing_mm) < TOUCHING_MM
    # What is found first, where the direction is only about right, tells the direction.
    for _ in range(ROUNDS):
        inside = _crescent(labelled, towards_deg)
        core = _largest_on(ndimage.binary_opening(bright & inside), touching)
        if core.sum() * labelled.spacing_mm**2 < LEAST_RV_MM2:
            return np.zeros_like(inside)
        towards_deg = _direction_deg(labelled.outer, core)
    step = max(round(CLOSED_MM / labelled.spacing_mm), 1)
    closed = ndimage.binary_closing(np.pad(core, 3 * step), iterations=step)[3 * step : -3 * step, 3 * step : -3 * step]
    return np.asarray(ndimage.binary_fill_holes(closed & inside))


def _largest_on(mask: BoolArray, there: BoolArray) -> BoolArray:
    """The connected part of a mask that has most of its pixels ``there``."""
    found, n_found = ndimage.label(mask)
    shared = np.bincount(found[there], minlength=n_found + 1)
    shared[0] = 0
    return np.asarray((found == np.argmax(shared)) & (found > 0))


def _direction_deg(here: BoolArray, there: BoolArray) -> float:
    """Direction on the screen from one mask to another."""
    down, right = _centre_px(there) - _centre_px(here)
    return float(np.degrees(np.arctan2(down, right)))


def _centre_px(mask: BoolArray) -> FloatArray:
    return np.asarray(np.argwhere(mask).mean(axis=0))


def _directions(angles_deg: FloatArray) -> FloatArray:
    """Unit vectors (n 2): down, right."""
    return np.stack([np.sin(np.radians(angles_deg)), np.cos(np.radians(angles_deg))], axis=1)


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


def _crescent(labelled: LabelledImage, towards_deg: float) -> BoolArray:
    """The ellipse in which the right ventricle of a heart of this size lies, without the left ventricle."""
    centre_px, radius_px = _centre_px(labelled.outer), float(np.sqrt(labelled.outer.sum() / np.pi))
    towards, beside = _directions(np.array([towards_deg, towards_deg + 90.0]))
    offset = np.moveaxis(np.indices(labelled.outer.shape), 0, -1) - centre_px - 0.95 * radius_px * towards
    away = np.hypot(
        np.einsum("yxa,a->yx", offset, towards) / (1.25 * radius_px),
        np.einsum("yxa,a->yx", offset, beside) / (1.45 * radius_px),
    )
    return np.asarray((away < 1.0) & ~ndimage.binary_dilation(labelled.outer))


def ends_of_septum_px(labelled: LabelledImage, rv: BoolArray, towards_deg: float) -> tuple[FloatArray, FloatArray]:
    """Anterior and inferior insertion point (2): the ends of the arc of the outer wall that faces the right ventricle.

    Where none was found the arc is as long as it usually is, ``towards_deg``. Seen from the apex the septum is passed
    against the clock from the anterior to the inferior one [Cerqueira2002].
    """
    angles_deg = np.arange(360.0)
    direction = _directions(angles_deg)
    centre_px = _centre_px(labelled.outer)
    rim_px = centre_px + _reach_px(labelled.outer, centre_px, direction)[:, None] * direction
    near = np.cos(np.radians(angles_deg - towards_deg)) > np.cos(np.radians(USUAL_ARC_DEG / 2))
    if rv.any():
        away_mm = ndimage.distance_transform_edt(~rv, sampling=labelled.spacing_mm)
        facing = ndimage.map_coordinates(away_mm, rim_px.T, order=1, mode="nearest") < FACING_MM
        near = facing if facing.any() else near
    first, last = _longest_arc(near)
    return rim_px[last], rim_px[first]


def _longest_arc(near: BoolArray) -> tuple[int, int]:
    """First and last degree of the longest run, small gaps closed, made as long as septa are."""
    closed = ndimage.binary_closing(np.tile(near, 3), iterations=GAP_DEG // 2)
    found, n_found = ndimage.label(closed)
    run = np.flatnonzero(found == 1 + np.argmax(np.bincount(found, minlength=n_found + 1)[1:]))
    middle, half = int(run.mean()), int(np.clip(len(run), *ARC_DEG)) // 2
    return (middle - half) % 360, (middle + half) % 360
