"""Receive coils: a flexible array on the chest beside the right ventricle, another one under the back."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from myoqc.records.arrays import frozen
from myoqc.simulate.scene import Canvas, Scene

FloatArray = NDArray[np.float64]
FloatMap = NDArray[np.float32]
ComplexMap = NDArray[np.complex64]

NEAR_DEG = np.array([-50.0, -25.0, 0.0, 25.0, 50.0])
"""Where the elements of the array on the chest lie, seen from the left ventricle, about the direction of the right."""
FAR_DEG = np.array([150.0, 180.0, 210.0])
"""Where those under the back lie."""
DEPTH_PER_MM = (0.001, 0.006)
"""Relative fall of the even part of the sensitivity with the distance from the chest."""
PRESCAN_SHARE = 0.35
"""Share of cases in which the scanner evens out a part of the shading."""


@dataclass(frozen=True, slots=True, eq=False)
class Coil:
    """What decides how bright and of which phase each place is."""

    elements_mm: FloatArray
    """(n 2)"""
    reach_mm: FloatArray
    """(n) depth at which an element still has 0.35 of its sensitivity at the surface: the radius of its loop."""
    weight: FloatArray
    """(n) sensitivity of each element at its own place, in units of the even part."""
    heart_mm: FloatArray
    """(2) where the sensitivity is 1."""
    depth_per_mm: FloatArray
    """(2) relative fall of the even part with each mm down and to the right: deep tissue takes some of the signal."""
    evenness: float
    """How far the shading is evened out: 0 not at all, 1 altogether."""
    phase_rad: FloatArray
    """(6) everywhere, per 100 mm down, to the right, and of the three products of these."""

    def __post_init__(self) -> None:
        for name, axes in (
            ("elements_mm", "n 2"),
            ("reach_mm", "n"),
            ("weight", "n"),
            ("heart_mm", "2"),
            ("depth_per_mm", "2"),
            ("phase_rad", "6"),
        ):
            object.__setattr__(self, name, frozen(getattr(self, name), np.float64, axes, f"the coil's {name}"))


def draw_coil(rng: np.random.Generator, scene: Scene, field_t: float) -> Coil:
    """Small loops close to the skin, on the side of the right ventricle and opposite; phase varies more at 3 T."""
    heart_mm = scene.endo_mm.mean(axis=0)
    to_rv_mm = (scene.anterior_mm + scene.inferior_mm) / 2 - heart_mm
    middle_deg = np.degrees(np.arctan2(*to_rv_mm)) + rng.normal(0.0, 12.0)
    angle_deg = middle_deg + np.concatenate([NEAR_DEG, FAR_DEG])
    angle_deg += rng.normal(0.0, 4.0, len(angle_deg))
    direction = np.stack([np.sin(np.radians(angle_deg)), np.cos(np.radians(angle_deg))], axis=-1)
    n_near = len(NEAR_DEG)
    gap_mm = np.concatenate([rng.uniform(4.0, 18.0, n_near), rng.uniform(10.0, 30.0, len(FAR_DEG))])
    strength = rng.uniform(1.5, 5.0) * np.where(np.arange(len(angle_deg)) < n_near, 1.0, rng.uniform(0.2, 0.5))
    return Coil(
        elements_mm=heart_mm + (_skin_mm(scene, heart_mm, direction) + gap_mm)[:, None] * direction,
        reach_mm=np.concatenate([rng.uniform(24.0, 40.0, n_near), rng.uniform(45.0, 70.0, len(FAR_DEG))]),
        weight=strength * np.exp(rng.normal(0.0, 0.2, len(angle_deg))),
        heart_mm=heart_mm,
        depth_per_mm=-rng.uniform(*DEPTH_PER_MM) * to_rv_mm / np.hypot(*to_rv_mm),
        evenness=rng.uniform(0.2, 0.7) if rng.random() < PRESCAN_SHARE else 0.0,
        phase_rad=rng.normal(0.0, np.array([2.0, 0.5, 0.5, 0.3, 0.3, 0.3]) * np.sqrt(field_t / 1.5)),
    )


def _skin_mm(scene: Scene, from_mm: FloatArray, direction: FloatArray) -> FloatArray:
    """Distances (n) of the last tissue on the canvas from a point, along directions (n 2)."""
    body = scene.shares.sum(axis=0) > 0.5
    way_mm = np.arange(0.0, np.hypot(*scene.canvas.shape) * scene.canvas.spacing_mm, 2.0)
    px = np.rint(scene.canvas.px(from_mm + way_mm[:, None] * direction[:, None])).astype(np.intp)
    on_canvas = ((px >= 0) & (px < scene.canvas.shape)).all(axis=-1)
    row, column = np.moveaxis(px.clip(0, np.array(scene.canvas.shape) - 1), -1, 0)
    return np.asarray((way_mm * (on_canvas & body[row, column])).max(axis=1))


def sensitivity(coil: Coil, canvas: Canvas) -> ComplexMap:
    """Complex sensitivity (y x) of all elements together, 1 in magnitude at the heart.

    The root of the sum of squares over an even part and loops that fall off as on their axis, 1/(1 + (r/a)²)^1.5
    [Roemer1990]; the smooth phase is what adaptive combination leaves.
    """
    magnitude = _received(coil, canvas) ** np.float32(1.0 - coil.evenness)
    y, x = (np.asarray(canvas.axis_mm(axis) / 100.0, dtype=np.float32) for axis in (0, 1))
    p = coil.phase_rad.astype(np.float32)
    phase = (p[0] + p[1] * y + p[3] * y**2)[:, None] + (p[2] * x + p[4] * x**2) + p[5] * y[:, None] * x
    return np.asarray(magnitude * np.exp(1j * phase), dtype=np.complex64)


def evening(coil: Coil, canvas: Canvas) -> FloatMap:
    """(y x) factor of signal and noise by which the scanner evened out the shading, 1 at the heart."""
    return np.asarray(_received(coil, canvas) ** np.float32(-coil.evenness))


def _received(coil: Coil, canvas: Canvas) -> FloatMap:
    """(y x) magnitude before anything is evened out, 1 at the heart."""
    down, across = (
        np.exp(np.asarray(-2.0 * coil.depth_per_mm[n] * (canvas.axis_mm(n) - coil.heart_mm[n]), dtype=np.float32))
        for n in (0, 1)
    )
    power = down[:, None] * across
    at_heart = 1.0
    for element_mm, reach_mm, weight in zip(coil.elements_mm, coil.reach_mm, coil.weight, strict=True):
        y = np.asarray(((canvas.axis_mm(0) - element_mm[0]) / reach_mm) ** 2, dtype=np.float32)
        x = np.asarray(((canvas.axis_mm(1) - element_mm[1]) / reach_mm) ** 2, dtype=np.float32)
        distance2 = (1.0 + y)[:, None] + x
        power += np.float32(weight**2) / (distance2 * distance2 * distance2)
        at_heart += weight**2 / (1.0 + np.sum((coil.heart_mm - element_mm) ** 2) / reach_mm**2) ** 3
    return np.asarray(np.sqrt(power / np.float32(at_heart)))
