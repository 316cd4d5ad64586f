"""From the course of an acquisition to one displacement field per image: smooth, and nowhere folded."""

import numpy as np
import scipy.ndimage
from numpy.typing import NDArray

from myoqc.aha import BASE_TO_APEX
from myoqc.records.grid import Grid
from myoqc.simulate.motion.cardiac import REACH_MM, Ring, ring_of, uncontracted
from myoqc.simulate.motion.course import Course
from myoqc.simulate.motion.nodes import Nodes
from myoqc.simulate.motion.parts import part_ways_mm, part_weights
from myoqc.simulate.motion.warp import CLOSE_MM, DAMPING, MOST_STEPS
from myoqc.simulate.scene import Canvas, Scene

FloatArray = NDArray[np.float64]
FloatMap = NDArray[np.float32]

WIDTHS_MM = (3.0, 4.0, 5.5, 7.5, 10.0, 14.0, 20.0)
"""Across which parts glide past each other: the narrowest that folds nowhere is taken."""
LEAST_AREA = 0.3
"""No tissue is squeezed to less than this share of its area by what moves beside it."""


def displacement_fields(course: Course, scene: Scene, grid: Grid) -> FloatMap:
    """Displacement u (t 2 y x) in mm, down and to the right: at x of image t lies what was at x − u(x) at rest.

    Each part goes its own way; between parts the way changes smoothly. The wall of the left ventricle goes exactly the
    heart's way, turned, contracted and twisted.
    """
    nodes, ring = Nodes(scene.canvas), ring_of(scene)
    ways = part_ways_mm(course, scene, grid, nodes, ring)
    for width_mm in WIDTHS_MM:
        forward = np.einsum("tpcyx,pyx->tcyx", ways, part_weights(scene, nodes, ring, width_mm))
        if least_area(forward, nodes.step_mm) >= LEAST_AREA:
            break
    fields = nodes.spread(np.stack([_undone(way, nodes.step_mm) for way in forward]))
    window = _near(ring, float(np.abs(fields).max()), scene.canvas)
    for u, contraction, twist_deg in zip(fields[:, :, *window], course.contraction, course.twist_deg, strict=True):
        u += _contraction_mm(ring, u, _positions_mm(window, scene.canvas), float(contraction), float(twist_deg))
    return fields


def _near(ring: Ring, moved_mm: float, canvas: Canvas) -> tuple[slice, slice]:
    """Rows and columns within reach of the heart's contraction, wherever it has moved."""
    reach_mm = float(ring.epi_mm.max()) + REACH_MM + moved_mm
    low, high = canvas.px(ring.centre_mm - reach_mm), canvas.px(ring.centre_mm + reach_mm)
    rows, columns = (slice(max(int(a), 0), max(int(b) + 2, 0)) for a, b in zip(low, high, strict=True))
    return rows, columns


def _positions_mm(window: tuple[slice, slice], canvas: Canvas) -> tuple[FloatArray, FloatArray]:
    return canvas.axis_mm(0)[window[0], None], canvas.axis_mm(1)[None, window[1]]


def _contraction_mm(
    ring: Ring, moved_mm: FloatMap, at_mm: tuple[FloatArray, FloatArray], contraction: float, twist_deg: float
) -> FloatArray:
    """What contraction and twist add (2 y x) to the displacement of a heart that has moved as a whole."""
    whole = at_mm[0] - moved_mm[0], at_mm[1] - moved_mm[1]
    rest = uncontracted(ring, *whole, contraction, twist_deg)
    return np.stack([whole[0] - rest[0], whole[1] - rest[1]])


def least_area(forward_mm: FloatArray, step_mm: float) -> float:
    """Smallest area, over that at rest, to which the displacements (t 2 y x) of tissue at rest bring a piece of it."""
    dy_dy, dy_dx = np.gradient(forward_mm[:, 0], step_mm, axis=(1, 2))
    dx_dy, dx_dx = np.gradient(forward_mm[:, 1], step_mm, axis=(1, 2))
    return float(np.min((1.0 + dy_dy) * (1.0 + dx_dx) - dy_dx * dx_dy))


def _undone(way_mm: FloatArray, step_mm: float) -> FloatArray:
    """The displacement (2 y x) that has brought each node what lies there, from where tissue at rest goes (2 y x)."""
    index = np.indices(way_mm.shape[1:], dtype=np.float64)
    back = way_mm.copy()
    for _ in range(MOST_STEPS):
        at = index - back / step_mm
        missing = [scipy.ndimage.map_coordinates(part, at, order=1, mode="nearest") for part in way_mm] - back
        back += DAMPING * missing
        if np.abs(missing).max() < CLOSE_MM:
            break
    return back


def through_plane_mm(course: Course, grid: Grid) -> FloatArray:
    """(t) how much nearer to the apex the level of the heart is that lies in the slice than the planned one.

    The slice stays and the heart goes: when the heart moves towards its apex, the slice shows a level nearer to the
    base, and the number is negative.
    """
    to_apex = grid.normal * np.sign(np.dot(grid.normal, BASE_TO_APEX))
    return np.asarray(-np.einsum("tc,c->t", course.heart_mm, to_apex))
