"""The trunk that a short axis cuts obliquely: ribs, breast bone, muscles, breast, fat and skin."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline

from myoqc.records.arrays import frozen
from myoqc.simulate.drawn.outline import ANGLE_DEG, Outline, towards, turns_deg
from myoqc.simulate.drawn.waves import Waves, draw_waves, ripple

FloatArray = NDArray[np.float64]

BEHIND_MM = (20.0, 34.0)
"""From the middle of the heart to the middle of the trunk."""
DEPTH_MM = (62.0, 92.0)
"""From the middle of the trunk to its back, inside the ribs."""
FRONT_DEG = (190.0, 236.0)
"""Direction of the front of the chest on the screen: left to upper left."""
LEAST_GAP_MM = 2.0
FAT_MM = (3.0, 22.0)
"""Under the skin, where there is least of it."""
BREAST_SHARE = 0.45
BREAST = 2
"""Number of the breast among the bulges of the fat."""
UNEVENNESS = (0.9, 0.2, 0.9, 0.4, 0.25)
"""Of each layer's thickness from the inside out: the fat on both sides of the ribs is broken in many places."""
SPINE_SEEN = 0.35
"""Share of patients in whom a short axis meets the spine."""
SPINE = 4
"""Number of its muscles among the bulges of the muscles."""
MUSCLE_FROM, FAT_FROM = 3, 4
"""Numbers of the inner borders of muscle and fat among the layers."""


@dataclass(frozen=True, slots=True)
class Bulge:
    """Something that makes a layer thicker in one direction."""

    thickness_mm: float
    at_deg: float
    """From the front, clockwise on the screen: 90 is towards the head."""
    width_deg: float


@dataclass(frozen=True, slots=True, eq=False)
class Trunk:
    """Lengths in mm; the front is the direction ``front_deg``, angles are counted from there."""

    centre_mm: FloatArray
    """(2) at the base."""
    drift: FloatArray
    """(2) how far the trunk goes along y and x for each mm towards the apex."""
    front_deg: float
    radius_mm: FloatArray
    """(8) inside the ribs, at steps of 45° from the front."""
    undulation: Waves
    pleura_mm: float
    ribs_mm: float
    breast_bone: Bulge
    """It and its cartilages are thicker than ribs."""
    between_mm: float
    muscle_mm: float
    muscles: tuple[Bulge, ...]
    """Pectoral muscle, latissimus, serratus, shoulder, and the muscles of the back where the spine is seen."""
    spine_deg: float
    """Direction of the spine, behind thick muscles, from the front."""
    fat_mm: float
    fat: tuple[Bulge, ...]
    """Front, back, and the breast where there is one."""
    skin_mm: float
    unevenness: tuple[Waves, ...]
    """Relative change of each layer's thickness from the inside out."""
    rib: FloatArray
    """(n 4) of each rib: degrees from the front, degrees per mm towards the apex, semi-axes along and across it."""

    def __post_init__(self) -> None:
        for name, axes in (("centre_mm", "2"), ("drift", "2"), ("radius_mm", "8"), ("rib", "n 4")):
            object.__setattr__(self, name, frozen(getattr(self, name), np.float64, axes, name))


def draw_trunk(rng: np.random.Generator, hearts: Sequence[tuple[float, Outline]]) -> Trunk:
    """A trunk with room for a heart whose coat has the outlines ``hearts`` at the positions that stand with them."""
    front_deg = rng.uniform(*FRONT_DEG)
    drift = -rng.uniform(0.0, 0.16) * towards(front_deg) + rng.normal(0.0, 0.05, 2)
    (position, middle), *_ = hearts
    behind, sideways = rng.uniform(*BEHIND_MM), rng.normal(0.0, 10.0)
    centre = middle.centre_mm - drift * position - behind * towards(front_deg) + sideways * towards(front_deg + 90.0)
    reach = max(((heart.points_mm - centre - drift * at_mm) @ towards(front_deg)).max() for at_mm, heart in hearts)
    spine_deg = 180.0 + rng.uniform(-10.0, 60.0)
    fat_mm = float(np.exp(rng.uniform(*np.log(FAT_MM))))
    return Trunk(
        centre_mm=centre,
        drift=drift,
        front_deg=front_deg,
        radius_mm=_draw_radius_mm(rng, float(reach)),
        undulation=draw_waves(rng, (3, 14), rng.uniform(0.006, 0.014)),
        pleura_mm=rng.uniform(0.4, 2.5),
        ribs_mm=rng.uniform(6.5, 11.0),
        breast_bone=Bulge(rng.uniform(2.0, 12.0), rng.normal(-5.0, 16.0), rng.uniform(10.0, 22.0)),
        between_mm=rng.uniform(0.4, 3.5),
        muscle_mm=rng.uniform(2.0, 6.0),
        muscles=_draw_muscles(rng, spine_deg),
        spine_deg=spine_deg,
        fat_mm=fat_mm,
        fat=_draw_fat(rng, fat_mm),
        skin_mm=rng.uniform(1.0, 2.0),
        unevenness=tuple(draw_waves(rng, (2, 11), size) for size in UNEVENNESS),
        rib=_draw_ribs(rng),
    )


def _draw_radius_mm(rng: np.random.Generator, heart_mm: float) -> FloatArray:
    """(8) from a trunk's middle, whose heart reaches ``heart_mm`` to the front; below it goes on beyond the image."""
    front = heart_mm + LEAST_GAP_MM + rng.uniform(0.0, 9.0)
    back = rng.uniform(*DEPTH_MM)
    stretch = rng.uniform([1.0, 1.08, 1.0, 1.0, 1.1, 1.75, 1.8, 1.2], [1.0, 1.25, 1.35, 1.2, 1.3, 2.2, 2.6, 1.6])
    return np.asarray(np.array([front, front, 100.0, back, back, back, 100.0, front]) * stretch)


def _draw_muscles(rng: np.random.Generator, spine_deg: float) -> tuple[Bulge, ...]:
    thick, at, width = rng.uniform(
        [(3.0, 30.0, 22.0), (2.0, 130.0, 20.0), (0.0, 200.0, 15.0), (0.0, 75.0, 14.0)],
        [(17.0, 75.0, 40.0), (15.0, 175.0, 38.0), (10.0, 300.0, 40.0), (35.0, 125.0, 26.0)],
    ).T
    seen = rng.uniform() < SPINE_SEEN
    back = Bulge(rng.uniform(22.0, 38.0) * seen, spine_deg, rng.uniform(14.0, 20.0))
    return *(Bulge(*map(float, row)) for row in zip(thick, at, width, strict=True)), back


def _draw_fat(rng: np.random.Generator, fat_mm: float) -> tuple[Bulge, ...]:
    has_breast, breast_mm = rng.uniform() < BREAST_SHARE, rng.uniform(14.0, 55.0)
    return (
        Bulge(fat_mm * rng.uniform(0.0, 1.6), rng.uniform(-40.0, 30.0), rng.uniform(30.0, 60.0)),
        Bulge(fat_mm * rng.uniform(0.0, 1.4), rng.uniform(140.0, 220.0), rng.uniform(25.0, 60.0)),
        Bulge(breast_mm * has_breast, rng.uniform(10.0, 65.0), rng.uniform(16.0, 30.0)),
    )


def _draw_ribs(rng: np.random.Generator) -> FloatArray:
    """Round the whole trunk; cartilages beside the breast bone lie closer together and are rounder."""
    at = np.cumsum(np.exp(rng.uniform(np.log(10.0), np.log(42.0), 34)))
    at = at[at < 345.0] + rng.uniform(-15.0, 5.0)
    long_mm = np.exp(rng.normal(np.log(8.5), 0.5, len(at)))
    near_front = np.minimum(at % 360.0, 360.0 - at % 360.0) < 40.0
    long_mm[near_front] *= 0.7
    return np.column_stack([at, rng.normal(0.0, 0.1, len(at)), long_mm, rng.uniform(0.22, 0.52, len(at))])


def inside(trunk: Trunk, position_mm: float) -> Outline:
    """The border inside the ribs, all outlines of the trunk being about the same centre."""
    knots = np.r_[trunk.radius_mm, trunk.radius_mm[:1]]
    angle = (ANGLE_DEG - trunk.front_deg) % 360.0
    radius = CubicSpline(np.arange(9) * 45.0, knots, bc_type="periodic")(angle)
    radius = radius * (1.0 + ripple(trunk.undulation, ANGLE_DEG, position_mm))
    return Outline(trunk.centre_mm + trunk.drift * position_mm, radius)


def layers(trunk: Trunk, position_mm: float) -> tuple[Outline, ...]:
    """Borders from the inside out: inside the ribs; outside pleura, ribs, the fat on them, muscle, fat, skin."""
    outlines = [inside(trunk, position_mm)]
    away_deg = ANGLE_DEG - trunk.front_deg
    muscle = trunk.muscle_mm + _thickness(trunk.muscles, away_deg)
    fat = trunk.fat_mm + _thickness(trunk.fat, away_deg)
    ribs = trunk.ribs_mm + _thickness((trunk.breast_bone,), away_deg)
    thickness = (trunk.pleura_mm, ribs, trunk.between_mm, muscle, fat)
    for layer_mm, waves in zip(thickness, trunk.unevenness, strict=True):
        relative = np.maximum(1.0 + ripple(waves, ANGLE_DEG, position_mm), 0.0)
        outlines.append(outlines[-1].grown(layer_mm * relative))
    return (*outlines, outlines[-1].grown(trunk.skin_mm))


def _thickness(bulges: Sequence[Bulge], away_deg: FloatArray) -> FloatArray:
    total = np.zeros_like(away_deg)
    for bulge in bulges:
        total += bulge.thickness_mm * np.exp(-0.5 * (turns_deg(away_deg, bulge.at_deg) / bulge.width_deg) ** 2)
    return total


def rib_outlines(trunk: Trunk, inner: Outline, outer: Outline, position_mm: float, scale: float = 1.0) -> FloatArray:
    """Outlines (n points 2), clockwise, of the ribs between two borders; ``scale`` is their size."""
    at_deg, along_mm, across = trunk.rib[:, 0] + trunk.rib[:, 1] * position_mm, trunk.rib[:, 2], trunk.rib[:, 3]
    at_deg = at_deg + trunk.front_deg
    turn = np.radians(np.arange(24) * -15.0)
    # A superellipse, bent with the wall: ribs are flat, not oval.
    flat = scale * (np.cos(turn) ** 4 + np.sin(turn) ** 4) ** -0.25
    low, high = (border.radius_at_mm(at_deg) for border in (inner, outer))
    angle_deg = at_deg[:, None] + np.degrees(np.outer(along_mm / low, flat * np.cos(turn)))
    low, high = (border.radius_at_mm(angle_deg) for border in (inner, outer))
    radius = 0.5 * (low + high) + (high - low) * np.multiply.outer(across, flat * np.sin(turn))
    return np.asarray(inner.centre_mm + radius[..., None] * towards(angle_deg))
