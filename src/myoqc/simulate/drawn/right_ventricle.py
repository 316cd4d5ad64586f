"""The right ventricle: a thin wall from one insertion on the left ventricle round to the other."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline

from myoqc.records.arrays import frozen
from myoqc.simulate.drawn.bodies import Bodies, draw_bodies
from myoqc.simulate.drawn.left_ventricle import LeftVentricle, share_of_length
from myoqc.simulate.drawn.outline import Outline
from myoqc.simulate.drawn.waves import Waves, draw_waves, ripple

FloatArray = NDArray[np.float64]

N_POINTS = 160
FULL_WIDTH_MM = 12.0
"""A narrower ventricle has a smoother free wall."""
WIDTH_MM = (10.0, 48.0)
"""From the septum to the free wall near the base: a crescent to a dilated ventricle."""
WALL_MM = (1.8, 3.6)
HALF_SEPTUM_DEG = (48.0, 72.0)
"""From the middle of the septum to each insertion."""
ENDS_AT = (0.78, 1.02)
"""Share of the left ventricle's length at which the right one ends."""


@dataclass(frozen=True, slots=True, eq=False)
class RightVentricle:
    """Lengths in mm; the free wall is a curve through corners between the two insertions."""

    width_mm: float
    wall_mm: float
    ends_at: float
    half_septum_deg: FloatArray
    """(2) from the middle of the septum to the anterior and to the inferior insertion."""
    corners: FloatArray
    """(4 2) share of the way from the anterior to the inferior insertion, and share of the width."""
    outflow: float
    """How much further the anterior corner goes near the base, as a share of the width."""
    undulation: Waves
    trabecula_mm: float
    trabeculae: Waves
    inside: Bodies
    """Moderator band, papillary muscles, loose trabeculae; about the middle of the cavity."""

    def __post_init__(self) -> None:
        for name, axes in (("half_septum_deg", "2"), ("corners", "4 2")):
            object.__setattr__(self, name, frozen(getattr(self, name), np.float64, axes, name))


def draw_right_ventricle(rng: np.random.Generator, length_mm: float) -> RightVentricle:
    """A ventricle beside a left one of ``length_mm``."""
    width = rng.uniform(*WIDTH_MM)
    corners = [
        [rng.uniform(-0.12, 0.06), rng.uniform(0.42, 0.62)],
        [rng.uniform(0.12, 0.3), rng.uniform(0.85, 1.0)],
        [rng.uniform(0.5, 0.68), rng.uniform(0.92, 1.08)],
        [rng.uniform(0.9, 1.06), rng.uniform(0.48, 0.68)],
    ]
    return RightVentricle(
        width_mm=width,
        wall_mm=rng.uniform(*WALL_MM),
        ends_at=rng.uniform(*ENDS_AT),
        half_septum_deg=rng.uniform(*HALF_SEPTUM_DEG, 2),
        corners=np.array(corners),
        outflow=rng.uniform(0.0, 0.45),
        undulation=draw_waves(rng, (1, 6), rng.uniform(0.6, 2.0)),
        trabecula_mm=rng.uniform(1.0, 4.0),
        trabeculae=draw_waves(rng, (4, 18), 1.0, 0.03),
        inside=_draw_inside(rng, width, length_mm),
    )


def _draw_inside(rng: np.random.Generator, width_mm: float, length_mm: float) -> Bodies:
    n = int(rng.integers(4, 12))
    at = rng.normal(0.0, 1.0, (n, 2)) * [11.0, 0.3 * width_mm]
    z = rng.uniform(0.15, 0.85, n) * length_mm
    across = rng.uniform(0.7, 2.0, n)
    along = across * rng.uniform(1.0, 5.0, n)
    semi_axes = np.stack([rng.uniform(6.0, 22.0, n), along, across], axis=1)
    return draw_bodies(rng, np.column_stack([z, at]), semi_axes, slope=rng.normal(0.0, 0.25, (n, 2)), roughness=0.15)


def insertions_deg(rv: RightVentricle, lv: LeftVentricle, position_mm: float) -> tuple[float, float]:
    """Directions from the left ventricle's centre of the anterior and the inferior insertion, or where they would be.

    The septum narrows towards the apex.
    """
    share = share_of_length(lv, position_mm)
    narrowed = 1.0 - 0.45 * np.clip((share - 0.45) / 0.55, 0.0, 1.0) ** 1.5
    anterior, inferior = rv.half_septum_deg * narrowed
    return lv.septum_deg + float(anterior), lv.septum_deg - float(inferior)


def free_wall(rv: RightVentricle, lv: LeftVentricle, epi: Outline, position_mm: float) -> FloatArray:
    """Outer border (points 2) of the free wall, from the inferior insertion round to the anterior one: clockwise."""
    anterior, inferior = (epi.point_mm(angle) for angle in insertions_deg(rv, lv, position_mm))
    chord = inferior - anterior
    outward = np.array([chord[1], -chord[0]]) / np.hypot(*chord)
    sagitta = float((epi.point_mm(lv.septum_deg) - anterior) @ outward)
    along, out_mm = _bow(rv, share_of_length(lv, position_mm), float(np.hypot(*chord)), sagitta, position_mm)
    return np.asarray((anterior + np.outer(along, chord) + np.outer(out_mm, outward))[::-1])


def _bow(
    rv: RightVentricle, share: float, chord_mm: float, sagitta_mm: float, position_mm: float
) -> tuple[FloatArray, FloatArray]:
    """Share of the way (points) along the chord between the insertions, and distance from it in mm."""
    width = rv.width_mm * _profile(share / rv.ends_at)
    along, out = rv.corners.T
    out_mm = out * max(sagitta_mm + width, 0.5 * sagitta_mm)
    out_mm[:2] += rv.outflow * width * max(0.45 - share, 0.0) * np.array([1.0, 0.6])
    knots = np.column_stack([np.r_[0.0, along, 1.0] * chord_mm, np.r_[0.0, out_mm, 0.0]])
    way = np.r_[0.0, np.cumsum(np.hypot(*np.diff(knots, axis=0).T))]
    share_of_way = np.linspace(0.0, 1.0, N_POINTS)
    curve = CubicSpline(way / way[-1], knots)(share_of_way)
    fade = np.sin(np.pi * share_of_way) * np.clip(width / FULL_WIDTH_MM, 0.0, 1.0)
    return curve[:, 0] / chord_mm, curve[:, 1] + fade * ripple(rv.undulation, 360.0 * share_of_way, position_mm)


def _profile(share: float) -> float:
    """Relative width: full at the base, 0 at a share of 1 of its length, less than nothing beyond."""
    return float(1.05 - 0.35 * share - 0.7 * max(share, 0.0) ** 3)


def cavity(rv: RightVentricle, wall: FloatArray, centre_mm: FloatArray, position_mm: float) -> FloatArray:
    """Outline (points 2), clockwise, of the blood inside the free wall; it closes through the left ventricle."""
    way = np.gradient(wall, axis=0)
    inward = np.stack([way[:, 1], -way[:, 0]], axis=1) / np.hypot(*way.T)[:, None]
    angle_deg = np.linspace(0.0, 360.0, len(wall))
    rough = np.clip(ripple(rv.trabeculae, angle_deg, position_mm) + 0.4, 0.0, None)
    inner = wall + (rv.wall_mm + rv.trabecula_mm * rough)[:, None] * inward
    return np.concatenate([inner, centre_mm[None]])


def whole(wall: FloatArray, centre_mm: FloatArray) -> FloatArray:
    """Outline (points 2), clockwise, of wall and cavity; it closes through the left ventricle."""
    return np.concatenate([wall, centre_mm[None]])
