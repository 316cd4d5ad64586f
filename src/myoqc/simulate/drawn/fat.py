"""What wraps both ventricles: epicardial fat that fills their grooves, the pericardium, and the fat outside it."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from myoqc.simulate.drawn.left_ventricle import ANGLE_DEG
from myoqc.simulate.drawn.outline import Outline
from myoqc.simulate.drawn.waves import Waves, draw_waves, ripple

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Wrapping:
    """Thicknesses in mm about the middle of both ventricles."""

    epicardial_mm: float
    epicardial: Waves
    pericardium_mm: float
    """Fibrous tissue and what chemical shift makes of it: a dark line."""
    outer_mm: float
    outer: Waves
    outer_deg: float
    """Where the outer fat is thickest: in front of the right ventricle, above or below."""


def draw_wrapping(rng: np.random.Generator, septum_deg: float) -> Wrapping:
    """From next to no fat to a heart in a thick coat of it."""
    return Wrapping(
        epicardial_mm=rng.uniform(0.3, 3.5),
        epicardial=draw_waves(rng, (1, 7), rng.uniform(0.5, 1.0)),
        pericardium_mm=rng.uniform(0.7, 1.5),
        outer_mm=rng.uniform(2.0, 17.0),
        outer=draw_waves(rng, (1, 9), rng.uniform(0.4, 0.8)),
        outer_deg=septum_deg + rng.normal(10.0, 45.0),
    )


def envelope(points_mm: FloatArray) -> Outline:
    """The tightest convex outline around points (n 2): it spans the grooves between the ventricles."""
    hull = shapely.MultiPoint(points_mm).convex_hull
    centre = np.array([hull.centroid.x, hull.centroid.y])
    border = hull.exterior
    even = shapely.line_interpolate_point(border, np.linspace(0.0, border.length, 4 * len(ANGLE_DEG), endpoint=False))
    away = shapely.get_coordinates(even) - centre
    angle = np.degrees(np.arctan2(away[:, 0], away[:, 1]))
    order = np.argsort(angle)
    radius = np.interp(ANGLE_DEG, angle[order], np.hypot(*away.T)[order], period=360.0)
    return Outline(centre, radius)


def wrapped(wrapping: Wrapping, heart: Outline, position_mm: float) -> tuple[Outline, Outline, Outline]:
    """Outer borders of the epicardial fat, the pericardium and the fat outside it."""
    inner = np.clip(1.0 + ripple(wrapping.epicardial, ANGLE_DEG, position_mm), 0.1, None)
    epicardial = heart.grown(wrapping.epicardial_mm * inner)
    pericardium = epicardial.grown(wrapping.pericardium_mm)
    in_front = 0.5 + 0.5 * np.cos(np.radians(ANGLE_DEG - wrapping.outer_deg))
    outer = np.clip(0.3 + ripple(wrapping.outer, ANGLE_DEG, position_mm), 0.0, None)
    return epicardial, pericardium, pericardium.grown(0.2 + wrapping.outer_mm * (0.15 + in_front**2) * (0.3 + outer))
