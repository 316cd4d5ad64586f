"""What lies below the diaphragm."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from myoqc.simulate.drawn.bodies import Bodies, cut, draw_bodies
from myoqc.simulate.drawn.diaphragm import ACROSS_MM, Diaphragm, draw_diaphragm, height_mm
from myoqc.simulate.drawn.liver import Liver, draw_liver
from myoqc.simulate.drawn.stomach import Stomach, draw_stomach

FloatArray = NDArray[np.float64]
Range = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Place:
    """Where an organ lies and how large it is, in mm: y from the diaphragm above, x from the middle of the heart."""

    y: Range
    x: Range
    long: Range
    wide: Range
    """Semi-axes."""
    tilt_deg: Range
    """Mean and standard deviation, clockwise on the screen."""


STOMACH = Place((14.0, 32.0), (0.0, 55.0), (26.0, 52.0), (14.0, 29.0), (0.0, 20.0))
SPLEEN = Place((22.0, 48.0), (68.0, 96.0), (28.0, 46.0), (12.0, 22.0), (75.0, 30.0))
KIDNEY = Place((78.0, 110.0), (30.0, 80.0), (26.0, 34.0), (18.0, 24.0), (70.0, 40.0))
N_STRANDS = 80


@dataclass(frozen=True, slots=True, eq=False)
class Abdomen:
    """Positions in mm from the origin of the diaphragm: z towards the apex, y down, x to the right."""

    diaphragm: Diaphragm
    liver: Liver
    stomach: Stomach
    spleen: Bodies
    kidney: Bodies
    bowel: Bodies
    """Loops full of fluid and food."""
    gassy_bowel: Bodies
    bowel_wall_mm: float
    strands: Bodies
    """Vessels in the fat."""


def draw_abdomen(rng: np.random.Generator, front_deg: float) -> Abdomen:
    """An abdomen of a trunk whose front lies in the direction ``front_deg``."""
    return Abdomen(
        diaphragm=draw_diaphragm(rng, front_deg),
        liver=draw_liver(rng),
        stomach=draw_stomach(rng, _draw_organ(rng, STOMACH)),
        spleen=_draw_organ(rng, SPLEEN),
        kidney=_draw_organ(rng, KIDNEY),
        bowel=_draw_bowel(rng),
        gassy_bowel=_draw_bowel(rng),
        bowel_wall_mm=rng.uniform(1.5, 3.0),
        strands=_draw_strands(rng),
    )


def _draw_organ(rng: np.random.Generator, place: Place) -> Bodies:
    """One body that every slice of the heart may cut."""
    middle = [rng.uniform(20.0, 80.0), rng.uniform(*place.y), rng.uniform(*place.x)]
    semi_axes = [rng.uniform(55.0, 110.0), rng.uniform(*place.long), rng.uniform(*place.wide)]
    tilt_deg, slope = rng.normal(*place.tilt_deg), rng.normal(0.0, 0.12, (1, 2))
    return draw_bodies(rng, [middle], semi_axes, tilt_deg=tilt_deg, slope=slope, roughness=rng.uniform(0.03, 0.1))


def _draw_bowel(rng: np.random.Generator) -> Bodies:
    n = int(rng.integers(3, 10))
    at = np.column_stack([rng.uniform(0.0, 90.0, n), rng.uniform(44.0, 120.0, n), rng.uniform(-80.0, 95.0, n)])
    size = rng.uniform(8.0, 17.0, n)
    semi_axes = np.column_stack([rng.uniform(25.0, 70.0, n), size * rng.uniform(1.0, 2.4, n), size])
    return draw_bodies(rng, at, semi_axes, slope=rng.normal(0.0, 0.3, (n, 2)), roughness=0.14)


def _draw_strands(rng: np.random.Generator) -> Bodies:
    n = N_STRANDS
    at = np.column_stack([rng.uniform(-10.0, 100.0, n), rng.uniform(12.0, 120.0, n), rng.uniform(-90.0, 100.0, n)])
    width = rng.uniform(0.5, 1.9, n)
    semi_axes = np.column_stack([rng.uniform(6.0, 30.0, n), width * rng.uniform(1.0, 7.0, n), width])
    return draw_bodies(rng, at, semi_axes, slope=rng.normal(0.0, 0.4, (n, 2)), roughness=0.15)


def hung(diaphragm: Diaphragm, bodies: Bodies, position_mm: float, grown_mm: float = 0.0) -> FloatArray:
    """Outlines (m points 2) of bodies whose y counts from the diaphragm above them."""
    outlines = cut(bodies, position_mm, grown_mm)
    height = np.interp(outlines[..., 1].mean(axis=-1), ACROSS_MM, height_mm(diaphragm, position_mm))
    return np.asarray(outlines + np.stack([height, np.zeros_like(height)], axis=-1)[:, None])
