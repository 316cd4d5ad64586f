"""What lies below the diaphragm: liver with its vessels, stomach, spleen, bowel, kidney, and the fat between them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from myoqc.records.arrays import frozen
from myoqc.simulate.drawn.bodies import Bodies, cut, draw_bodies
from myoqc.simulate.drawn.outline import Outline, towards
from myoqc.simulate.drawn.waves import Waves, draw_waves, ripple

FloatArray = NDArray[np.float64]

ACROSS_MM = np.linspace(-260.0, 260.0, 131)
ACROSS_MM.flags.writeable = False
BELOW_MM = 330.0
FAR_MM = 90.0


@dataclass(frozen=True, slots=True, eq=False)
class Abdomen:
    """Lengths in mm; positions are from the top of the diaphragm: z towards the apex, y down, x to the right."""

    gap_mm: float
    """From the lowest point of the heart's coat to the diaphragm."""
    tilt: float
    """How far the diaphragm falls per mm to the right."""
    top_mm: float
    """Where it is highest."""
    fall: FloatArray
    """(2) curvature per mm on the left and on the right of the top."""
    undulation: Waves
    diaphragm_mm: float
    liver_tip_mm: FloatArray
    """(2) how far the liver reaches to the right at the base, and how much farther for each mm towards the apex."""
    liver_slope: FloatArray
    """(2) its lower border: how much lower per mm to the left, and how blunt its tip is in mm."""
    liver_edge: Waves
    vessels: Bodies
    stomach: Bodies
    stomach_wall_mm: float
    folds: Waves
    level_mm: float
    """From the middle of the stomach to where fluid ends and gas begins, towards the front."""
    food: Bodies
    spleen: Bodies
    kidney: Bodies
    bowel: Bodies
    """Loops full of fluid and food."""
    gassy_bowel: Bodies
    bowel_wall_mm: float
    strands: Bodies
    """Vessels in the fat."""

    def __post_init__(self) -> None:
        for name in ("fall", "liver_tip_mm", "liver_slope"):
            object.__setattr__(self, name, frozen(getattr(self, name), np.float64, "2", name))


def draw_abdomen(rng: np.random.Generator, front_deg: float) -> Abdomen:
    """From a liver that fills the picture to one that hardly shows; a stomach that is full of fluid, food or gas."""
    return Abdomen(
        gap_mm=rng.uniform(-7.0, 3.0),
        tilt=0.005 * (front_deg - 210.0) + rng.normal(0.0, 0.1),
        top_mm=rng.uniform(-35.0, 40.0),
        fall=np.exp(rng.uniform(np.log([0.0003, 0.0006]), np.log([0.0025, 0.004]))),
        undulation=draw_waves(rng, (2, 9), rng.uniform(0.5, 2.0)),
        diaphragm_mm=rng.uniform(1.5, 4.0),
        liver_tip_mm=np.array([rng.normal(15.0, 32.0), rng.normal(0.0, 0.3)]),
        liver_slope=np.array([rng.uniform(0.2, 0.95), rng.uniform(4.0, 18.0)]),
        liver_edge=draw_waves(rng, (2, 9), rng.uniform(1.0, 4.0)),
        vessels=_draw_tree(rng),
        stomach=_draw_organ(rng, (14.0, 32.0), (0.0, 55.0), (26.0, 52.0), (14.0, 29.0), 20.0),
        stomach_wall_mm=rng.uniform(2.5, 5.5),
        folds=draw_waves(rng, (5, 22), rng.uniform(0.3, 1.4)),
        level_mm=rng.uniform(-14.0, 26.0),
        food=_draw_food(rng),
        spleen=_draw_organ(rng, (22.0, 48.0), (68.0, 96.0), (28.0, 46.0), (12.0, 22.0), 30.0, 75.0),
        kidney=_draw_organ(rng, (78.0, 110.0), (30.0, 80.0), (26.0, 34.0), (18.0, 24.0), 40.0, 70.0),
        bowel=_draw_bowel(rng),
        gassy_bowel=_draw_bowel(rng),
        bowel_wall_mm=rng.uniform(1.5, 3.0),
        strands=_draw_strands(rng),
    )


Range = tuple[float, float]


def _draw_organ(
    rng: np.random.Generator, y: Range, x: Range, long: Range, wide: Range, tilt_sd_deg: float, tilt_deg: float = 0.0
) -> Bodies:
    """One body that every slice of the heart may cut."""
    middle = [rng.uniform(20.0, 80.0), rng.uniform(*y), rng.uniform(*x)]
    semi_axes = [rng.uniform(55.0, 110.0), rng.uniform(*long), rng.uniform(*wide)]
    tilt = rng.normal(tilt_deg, tilt_sd_deg)
    return draw_bodies(
        rng, [middle], semi_axes, tilt_deg=tilt, slope=rng.normal(0.0, 0.12, (1, 2)), roughness=rng.uniform(0.03, 0.1)
    )


def _draw_tree(rng: np.random.Generator) -> Bodies:
    """Veins of the liver, of which a slice shows pieces: each begins where another ends, and is thinner."""
    roots = np.array([[rng.uniform(0.0, 60.0), rng.uniform(25.0, 60.0), rng.uniform(-70.0, -20.0)] for _ in range(3)])
    rows: list[tuple[FloatArray, FloatArray, float]] = []
    for root in roots:
        ends = [(root, rng.uniform(0.0, 360.0), rng.uniform(2.0, 4.2))]
        for _ in range(4):
            ends = [grown for end in ends for grown in _branches(rng, end, rows)]
    way = np.array([row[1] for row in rows])
    length = np.hypot(way[:, 1], way[:, 2])
    width = np.array([row[2] for row in rows])
    tilt = np.degrees(np.arctan2(way[:, 1], way[:, 2]))
    half = 0.5 * np.abs(way[:, 0]) + 2.5 * width + 2.0
    semi_axes = np.column_stack([half, 0.5 * length + width, width])
    slope = np.clip(way[:, 1:] / (way[:, :1] + np.where(way[:, :1] < 0, -6.0, 6.0)), -1.5, 1.5)
    middle = np.array([row[0] for row in rows])
    return draw_bodies(rng, middle, semi_axes, tilt_deg=tilt, slope=slope, roughness=0.06)


def _branches(
    rng: np.random.Generator,
    end: tuple[FloatArray, float, float],
    rows: list[tuple[FloatArray, FloatArray, float]],
) -> list[tuple[FloatArray, float, float]]:
    """Two vessels that go on from ``end`` (where, direction in degrees, half width), added to ``rows``."""
    start, direction_deg, width = end
    ends = []
    for turn in (rng.uniform(15.0, 50.0), rng.uniform(-50.0, -15.0)):
        angle = np.radians(direction_deg + turn)
        length = rng.uniform(9.0, 24.0)
        way = np.array([rng.normal(0.0, 9.0), length * np.sin(angle), length * np.cos(angle)])
        thinner = width * rng.uniform(0.6, 0.85)
        rows.append((start + 0.5 * way, way, 0.5 * (width + thinner) * 0.65))
        ends.append((start + way, float(np.degrees(angle)), thinner))
    return ends


def _draw_food(rng: np.random.Generator) -> Bodies:
    """Lumps in the stomach; many or none."""
    n = int(rng.integers(0, 18)) * int(rng.integers(0, 2))
    middle = np.column_stack([rng.uniform(-10.0, 100.0, n), rng.normal(22.0, 11.0, n), rng.normal(30.0, 20.0, n)])
    size = rng.uniform(2.0, 10.0, n)
    semi_axes = np.column_stack([rng.uniform(8.0, 30.0, n), size, size * rng.uniform(0.5, 1.0, n)])
    return draw_bodies(rng, middle, semi_axes, roughness=0.25)


def _draw_bowel(rng: np.random.Generator) -> Bodies:
    n = int(rng.integers(3, 10))
    at = np.column_stack([rng.uniform(0.0, 90.0, n), rng.uniform(44.0, 120.0, n), rng.uniform(-80.0, 95.0, n)])
    size = rng.uniform(8.0, 17.0, n)
    semi_axes = np.column_stack([rng.uniform(25.0, 70.0, n), size * rng.uniform(1.0, 2.4, n), size])
    return draw_bodies(rng, at, semi_axes, slope=rng.normal(0.0, 0.3, (n, 2)), roughness=0.14)


def _draw_strands(rng: np.random.Generator) -> Bodies:
    n = 80
    at = np.column_stack([rng.uniform(-10.0, 100.0, n), rng.uniform(12.0, 120.0, n), rng.uniform(-90.0, 100.0, n)])
    width = rng.uniform(0.5, 1.9, n)
    semi_axes = np.column_stack([rng.uniform(6.0, 30.0, n), width * rng.uniform(1.0, 7.0, n), width])
    return draw_bodies(rng, at, semi_axes, slope=rng.normal(0.0, 0.4, (n, 2)), roughness=0.15)


def dome(abdomen: Abdomen, top_mm: FloatArray, position_mm: float, below_mm: float = 0.0) -> FloatArray:
    """Outline (n 2), clockwise, of all that is more than ``below_mm`` below the diaphragm, whose top is ``top_mm``."""
    y = _height(abdomen, position_mm) + below_mm
    points = np.column_stack([y, ACROSS_MM])
    corners = np.array([[BELOW_MM, ACROSS_MM[-1]], [BELOW_MM, ACROSS_MM[0]]])
    return np.asarray(top_mm + np.concatenate([points, corners]))


def _height(abdomen: Abdomen, position_mm: float) -> FloatArray:
    """(n) how far the diaphragm lies below its top at ``ACROSS_MM``; a parabola that becomes a straight line."""
    away = ACROSS_MM - abdomen.top_mm
    bend = np.where(away < 0.0, abdomen.fall[0], abdomen.fall[1])
    fall = 60.0 * (np.sqrt(1.0 + bend * away**2 / 30.0) - 1.0)
    angle_deg = 180.0 + ACROSS_MM * (180.0 / 260.0)
    return np.asarray(fall + abdomen.tilt * away + ripple(abdomen.undulation, angle_deg, position_mm))


def liver(abdomen: Abdomen, top_mm: FloatArray, position_mm: float) -> FloatArray:
    """Outline (n 2), clockwise: a wedge under the diaphragm, thick on the left."""
    tip, farther = abdomen.liver_tip_mm
    slope, blunt = abdomen.liver_slope
    from_tip = tip + farther * position_mm - ACROSS_MM
    depth = slope * 0.5 * (from_tip + np.hypot(from_tip, blunt)) * (1.0 + 0.002 * from_tip)
    edge = ripple(abdomen.liver_edge, 180.0 + ACROSS_MM * (180.0 / 260.0), position_mm)
    upper = _height(abdomen, position_mm) + abdomen.diaphragm_mm
    lower = np.maximum(
        upper + np.where(from_tip > -2.0 * blunt, depth + edge * np.tanh(depth / 15.0) - 1.5, 0.0), upper
    )
    there = np.column_stack([upper, ACROSS_MM])
    back = np.column_stack([lower, ACROSS_MM])[::-1]
    return np.asarray(top_mm + np.concatenate([there, back]))


def folded(abdomen: Abdomen, outline: FloatArray, position_mm: float) -> FloatArray:
    """The inside of a stomach of ``outline`` (n 2): its wall is thrown into folds."""
    centre = outline.mean(axis=0)
    away = outline - centre
    radius = np.hypot(*away.T)
    depth = abdomen.stomach_wall_mm * (
        1.0 + np.clip(ripple(abdomen.folds, _turn_deg(len(away)), position_mm), 0.0, 2.5)
    )
    return np.asarray(centre + away * np.maximum(1.0 - depth / radius, 0.1)[:, None])


def hung(abdomen: Abdomen, bodies: Bodies, top_mm: FloatArray, position_mm: float, grown_mm: float = 0.0) -> FloatArray:
    """Outlines (m points 2) of bodies whose y counts from the diaphragm above them."""
    outlines = cut(bodies, position_mm, grown_mm)
    height = np.interp(outlines[..., 1].mean(axis=-1), ACROSS_MM, _height(abdomen, position_mm))
    return np.asarray(outlines + top_mm + np.stack([height, np.zeros_like(height)], axis=-1)[:, None])


def _turn_deg(n: int) -> FloatArray:
    return np.asarray(np.arange(n) * (360.0 / n))


def gas_above(abdomen: Abdomen, stomach: FloatArray, front_deg: float) -> FloatArray:
    """Half of the plane (4 2), clockwise, that lies above the fluid of a stomach when the patient lies on the back."""
    up = towards(front_deg)
    beside = np.array([up[1], -up[0]])
    level = stomach.mean(axis=0) + abdomen.level_mm * up
    return np.stack(
        [
            level - FAR_MM * beside,
            level + FAR_MM * (up - beside),
            level + FAR_MM * (up + beside),
            level + FAR_MM * beside,
        ]
    )


def top_below(heart: Outline, abdomen: Abdomen) -> FloatArray:
    """(2) top of the diaphragm under the heart's coat."""
    points = heart.points_mm
    return np.array([points[:, 0].max() + abdomen.gap_mm, heart.centre_mm[1]])
