"""What moves with what, and how strongly: the parts of a slice, blurred so that they glide past each other."""

import numpy as np
import scipy.ndimage
from numpy.typing import NDArray

from myoqc.records.grid import Grid
from myoqc.simulate.motion.cardiac import Ring, at_angle, polar
from myoqc.simulate.motion.course import Course
from myoqc.simulate.motion.nodes import Nodes
from myoqc.simulate.scene import Part, Scene

FloatArray = NDArray[np.float64]
ANTERIOR = (0.0, -1.0, 0.0)
"""LPS"""
LUNG_SHARE = 0.5
"""The lung between heart and chest wall goes half-way between the two."""


def in_plane_mm(way_mm: FloatArray, grid: Grid) -> FloatArray:
    """(… 2) down and to the right of the image, of ways (… 3) in patient coordinates."""
    axes = np.stack([grid.column_direction, grid.row_direction])
    return np.asarray(np.einsum("...c,ac->...a", way_mm, axes))


def part_ways_mm(course: Course, scene: Scene, grid: Grid, nodes: Nodes, ring: Ring) -> FloatArray:
    """Where each part would take the tissue at each node: (t part 2 y x) in mm."""
    ways = np.empty((course.n_images, len(Part), 2, *nodes.shape))
    y, x = nodes.y_mm[:, None], nodes.x_mm[None, :]
    abdomen = in_plane_mm(course.abdomen_mm, grid)[..., None, None]
    ways[:, Part.ABDOMEN] = abdomen
    ways[:, Part.HEART] = in_plane_mm(course.heart_mm, grid)[..., None, None] + _turn_mm(course.turn_deg, ring, y, x)
    ways[:, Part.STOMACH] = abdomen + course.stomach_mm[..., None, None] + _growth_mm(course, scene, nodes)
    ways[:, Part.CHEST] = in_plane_mm(course.chest_mm, grid)[..., None, None] + _rise_mm(course, grid, y, x)
    ways[:, Part.LUNG] = LUNG_SHARE * (ways[:, Part.HEART] + ways[:, Part.CHEST])
    return ways


def _turn_mm(turn_deg: FloatArray, ring: Ring, y: FloatArray, x: FloatArray) -> FloatArray:
    """(t 2 y x) of a turn about the left ventricle."""
    down, right = y - ring.centre_mm[0], x - ring.centre_mm[1]
    angle = np.radians(turn_deg)[:, None, None]
    sine, less = np.sin(angle), np.cos(angle) - 1.0
    return np.stack([less * down + sine * right, less * right - sine * down], axis=1)


def _growth_mm(course: Course, scene: Scene, nodes: Nodes) -> FloatArray:
    """(t 2 y x) of the stomach's growth about its middle."""
    share = nodes.sampled(scene.parts[Part.STOMACH])
    total = max(float(share.sum()), 1e-6)
    away = [axis - float((share * axis).sum()) / total for axis in (nodes.y_mm[:, None], nodes.x_mm[None, :])]
    growth = course.stomach_growth[:, None, None]
    return np.stack(np.broadcast_arrays(growth * away[0], growth * away[1]), axis=1)


def _rise_mm(course: Course, grid: Grid, y: FloatArray, x: FloatArray) -> FloatArray:
    """(t 2 y x) of the chest wall, from nothing at its back to all at its front."""
    forward = in_plane_mm(np.array(ANTERIOR), grid)
    height = forward[0] * y + forward[1] * x
    front = (height - height.min()) / np.ptp(height) if np.ptp(height) > 0.0 else np.zeros_like(height)
    return np.asarray(course.chest_rise_mm[:, None, None, None] * forward[:, None, None] * front)


def part_weights(scene: Scene, nodes: Nodes, ring: Ring, width_mm: float) -> FloatArray:
    """Share (part y x) of each part's way at each node; they sum to 1.

    ``width_mm`` is the standard deviation of the blur across which parts glide. The heart's share is 1 in the
    whole wall of the left ventricle, the chest wall's in all of itself that is not too near for that: what lies between
    them gives way. Air outside the body goes with the chest wall.
    """
    shares = np.stack([nodes.sampled(part) for part in scene.parts])
    shares[Part.CHEST] += np.maximum(1.0 - shares.sum(axis=0), 0.0)
    from_wall_mm, from_chest_mm = _distances_mm(shares, nodes, ring)
    for part, distance_mm in ((Part.CHEST, from_chest_mm), (Part.HEART, from_wall_mm)):
        shares *= distance_mm > width_mm
        shares[part] += distance_mm <= width_mm
    sigma = width_mm / nodes.step_mm
    weights = np.stack([scipy.ndimage.gaussian_filter(share, sigma, mode="nearest", truncate=3.0) for share in shares])
    weights /= weights.sum(axis=0)
    for part, distance_mm in ((Part.CHEST, from_chest_mm), (Part.HEART, from_wall_mm)):
        core = np.clip(1.0 - distance_mm / (2.0 * width_mm), 0.0, 1.0)
        weights *= 1.0 - core
        weights[part] += core
    return np.asarray(weights)


def _distances_mm(shares: FloatArray, nodes: Nodes, ring: Ring) -> tuple[FloatArray, FloatArray]:
    """How far each node (y x) lies from the left ventricle's wall and its next nodes, and from the chest wall."""
    radius, angle = polar(nodes.y_mm[:, None], nodes.x_mm[None, :], ring.centre_mm)
    from_wall_mm = radius - at_angle(ring.epi_mm, angle) - nodes.step_mm
    elsewhere = shares[Part.CHEST] < 0.5
    if elsewhere.all():
        return from_wall_mm, np.full(nodes.shape, np.inf)
    return from_wall_mm, np.asarray(scipy.ndimage.distance_transform_edt(elsewhere, sampling=nodes.step_mm))
