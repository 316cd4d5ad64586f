"""What wraps both ventricles: epicardial fat that fills their grooves, the pericardium, and the fat outside it."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from myoqc.simulate.drawn.outline import ANGLE_DEG, Outline, turns_deg
from myoqc.simulate.drawn.waves import Waves, draw_waves, ripple

FloatArray = NDArray[np.float64]

EPICARDIAL_MM = (0.8, 8.0)
OUTER_MM = (0.8, 14.0)
"""Of the fat outside the pericardium, where it is thickest: next to none in many patients."""
PAD_MM = (4.0, 70.0)
"""How far the pad in front of the heart reaches towards the chest."""
BARE_HALF_WIDTH_DEG = (15.0, 140.0)
BARE_RAMP_DEG = 30.0
"""Over which the coat grows from nothing to its full thickness."""


@dataclass(frozen=True, slots=True)
class Bridge:
    """Fat that reaches from the heart's coat to the wall of the chest, broad at the heart."""

    reach_mm: float
    at_deg: float
    width_deg: float


@dataclass(frozen=True, slots=True, eq=False)
class Bare:
    """The stretch of the heart that borders on lung without fat between: most of the left ventricle's free wall."""

    at_deg: float
    half_width_deg: float
    patches: Waves
    """Fat all the same, or a gap in it."""


@dataclass(frozen=True, slots=True, eq=False)
class Wrapping:
    """Thicknesses in mm about the middle of both ventricles."""

    epicardial_mm: float
    epicardial: Waves
    pericardium_mm: float
    """Fibrous tissue and what chemical shift makes of it: a dark line."""
    outer_mm: float
    outer: Waves
    bare: Bare
    bridges: tuple[Bridge, ...]
    """To the front of the chest, and into the corner above the diaphragm."""
    outer_deg: float
    """Where the outer fat is thickest: in front of the right ventricle, above or below."""


def draw_wrapping(rng: np.random.Generator, septum_deg: float) -> Wrapping:
    """From next to no fat to a heart in a thick coat of it."""
    return Wrapping(
        epicardial_mm=float(np.exp(rng.uniform(*np.log(EPICARDIAL_MM)))),
        epicardial=draw_waves(rng, (1, 7), rng.uniform(0.6, 1.2)),
        pericardium_mm=rng.uniform(0.4, 1.3),
        outer_mm=float(np.exp(rng.uniform(*np.log(OUTER_MM)))),
        outer=draw_waves(rng, (1, 9), rng.uniform(0.4, 0.8)),
        bare=Bare(
            at_deg=septum_deg + 180.0 + rng.normal(0.0, 15.0),
            half_width_deg=rng.uniform(*BARE_HALF_WIDTH_DEG),
            patches=draw_waves(rng, (2, 9), rng.uniform(0.3, 0.8)),
        ),
        bridges=(
            Bridge(
                float(np.exp(rng.uniform(*np.log(PAD_MM)))), septum_deg + rng.normal(5.0, 18.0), rng.uniform(7.0, 22.0)
            ),
            Bridge(rng.uniform(5.0, 40.0), septum_deg - rng.uniform(30.0, 75.0), rng.uniform(9.0, 24.0)),
        ),
        outer_deg=septum_deg + rng.normal(10.0, 45.0),
    )


def envelope(points_mm: FloatArray) -> Outline:
    """The tightest convex outline around points (n 2): it spans the grooves between the ventricles."""
    hull = shapely.MultiPoint(points_mm).convex_hull
    centre = np.array([hull.centroid.x, hull.centroid.y])
    corners = shapely.get_coordinates(hull.exterior)
    way = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(corners, axis=0).T))])
    at = np.linspace(0.0, way[-1], 4 * len(ANGLE_DEG), endpoint=False)
    away = np.column_stack([np.interp(at, way, along) for along in corners.T]) - centre
    angle = np.degrees(np.arctan2(away[:, 0], away[:, 1]))
    order = np.argsort(angle)
    radius = np.interp(ANGLE_DEG, angle[order], np.hypot(*away.T)[order], period=360.0)
    return Outline(centre, radius)


def wrapped(wrapping: Wrapping, heart: Outline, position_mm: float) -> tuple[Outline, Outline, Outline]:
    """Outer borders of the epicardial fat, the pericardium and the fat outside it."""
    covers = _cover(wrapping.bare, position_mm)
    inner = covers * np.clip(0.5 + ripple(wrapping.epicardial, ANGLE_DEG, position_mm), 0.0, None)
    epicardial = heart.grown(wrapping.epicardial_mm * inner)
    pericardium = epicardial.grown(wrapping.pericardium_mm)
    in_front = 0.5 + 0.5 * np.cos(np.radians(ANGLE_DEG - wrapping.outer_deg))
    outer = np.clip(0.3 + ripple(wrapping.outer, ANGLE_DEG, position_mm), 0.0, None)
    outer_mm = covers * wrapping.outer_mm * (0.15 + in_front**2) * (0.3 + outer)
    return epicardial, pericardium, pericardium.grown(outer_mm)


def _cover(bare: Bare, position_mm: float) -> FloatArray:
    """Share (angles) of its thickness that the coat has in each direction."""
    beyond_deg = np.abs(turns_deg(ANGLE_DEG, bare.at_deg)) - bare.half_width_deg
    return np.clip(beyond_deg / BARE_RAMP_DEG + ripple(bare.patches, ANGLE_DEG, position_mm), 0.0, 1.0)


def mediastinum(wrapping: Wrapping, coat: Outline, position_mm: float) -> Outline:
    """Outer border of the fat between the coat and the wall of the chest, which may lie outside the latter."""
    total = np.zeros_like(ANGLE_DEG)
    for bridge in wrapping.bridges:
        total += bridge.reach_mm * np.exp(-0.5 * (turns_deg(ANGLE_DEG, bridge.at_deg) / bridge.width_deg) ** 2)
    return coat.grown(total * np.clip(1.0 + 0.5 * ripple(wrapping.outer, ANGLE_DEG, position_mm), 0.3, 1.7))
