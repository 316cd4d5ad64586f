"""The cardiac phase: how full the heart is in each image, and where contraction takes its tissue."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from myoqc.records.arrays import frozen
from myoqc.simulate.physics.timing import Timing
from myoqc.simulate.scene import Scene

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

PHASE_JITTER = (0.005, 0.025)
"""Standard deviation of the contraction from image to image, at an even heartbeat."""
FILLING_PER_RR = (0.2, 0.6)
"""How much fuller the heart is after a longer interval: the trigger delay is fixed, the phase is not."""
MISTRIGGERED = (0.3, 1.0)
"""Contraction in an image of another cardiac phase."""
TWIST_SD_DEG = 4.0
"""Turn of a slice at the end of systole: one way at the base, the other at the apex."""
SYSTOLIC_LOSS = 0.55
"""Share of the cavity's area that the end of systole takes."""
REACH_MM = 30.0
"""Beyond the wall the heart's own contraction fades, half of it within a third of this distance, and ends."""
N_ANGLES = 180


def draw_contraction(rng: np.random.Generator, timing: Timing) -> FloatArray:
    """Contraction (t) that no heart is spared: the phase wanders by itself and with the RR interval before."""
    wander = rng.uniform(*PHASE_JITTER) * rng.standard_normal(len(timing.readout_ms))
    longer = intervals_before_ms(timing) / timing.rr_ms.mean() - 1.0
    return np.asarray(np.clip(wander - rng.uniform(*FILLING_PER_RR) * longer, -0.15, 0.15))


def intervals_before_ms(timing: Timing) -> FloatArray:
    """(t) RR interval that ends with the heartbeat of each image; the mean for the first heartbeat."""
    beat_at_ms = np.concatenate([[0.0], np.cumsum(timing.rr_ms)])
    elapsed_ms = timing.readout_ms - timing.readout_ms.min()
    beat = np.abs(elapsed_ms[:, None] - beat_at_ms).argmin(axis=1)
    return np.asarray(np.concatenate([[timing.rr_ms.mean()], timing.rr_ms])[beat])


def draw_mistriggered(rng: np.random.Generator, reference: BoolArray) -> tuple[BoolArray, FloatArray]:
    """Which images (t) are taken in another cardiac phase, and the contraction (t) that they would show.

    One or two, but fewer than half of the images (t) of the ``reference``: contours are drawn on the others.
    """
    order, wanted = rng.permutation(len(reference)), rng.integers(1, 3)
    mistriggered = np.zeros(len(reference), dtype=bool)
    mistriggered[order[: min(int(wanted), (int(reference.sum()) - 1) // 2)]] = True
    return mistriggered, rng.uniform(*MISTRIGGERED, len(reference))


def draw_twist_deg(rng: np.random.Generator) -> float:
    """Turn of this slice's left ventricle at the end of systole, clockwise on the screen."""
    return float(rng.normal(0.0, TWIST_SD_DEG))


@dataclass(frozen=True, slots=True, eq=False)
class Ring:
    """The left ventricle at rest in polar coordinates about the centre of its cavity."""

    centre_mm: FloatArray
    """(2)"""
    endo_mm: FloatArray
    """(angles) radius of the cavity, at equal steps of angle clockwise from the direction of x."""
    epi_mm: FloatArray
    """(angles) outer radius of the wall."""

    def __post_init__(self) -> None:
        for name, axes in (("centre_mm", "2"), ("endo_mm", str(N_ANGLES)), ("epi_mm", str(N_ANGLES))):
            object.__setattr__(self, name, frozen(getattr(self, name), np.float64, axes, name))

    @property
    def systole_mm2(self) -> float:
        """What r² of the wall's tissue loses until the end of systole; no cavity closes."""
        return float(min(SYSTOLIC_LOSS * np.mean(self.endo_mm**2), 0.8 * np.min(self.endo_mm**2)))


def ring_of(scene: Scene) -> Ring:
    """The left ventricle of a slice."""
    middle = shapely.Polygon(scene.endo_mm).centroid
    centre_mm = np.array([middle.x, middle.y])
    return Ring(centre_mm, _radii_mm(scene.endo_mm, centre_mm), _radii_mm(scene.epi_mm, centre_mm))


def _radii_mm(outline_mm: FloatArray, centre_mm: FloatArray) -> FloatArray:
    radius, angle = polar(outline_mm[:, 0], outline_mm[:, 1], centre_mm)
    return np.asarray(np.interp(np.arange(N_ANGLES) * (2 * np.pi / N_ANGLES), angle, radius, period=2 * np.pi))


def polar(y_mm: FloatArray, x_mm: FloatArray, centre_mm: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Distance in mm from the centre, and angle in radians clockwise on the screen from the direction of x."""
    down, right = y_mm - centre_mm[0], x_mm - centre_mm[1]
    return np.hypot(down, right), np.arctan2(down, right)


def at_angle(radii_mm: FloatArray, angle_rad: FloatArray) -> FloatArray:
    """Radius at any angle, of radii (angles) at equal steps."""
    step = np.mod(angle_rad, 2 * np.pi) * (len(radii_mm) / (2 * np.pi))
    before = step.astype(np.intp)
    share = step - before
    around = np.concatenate([radii_mm, radii_mm[:2]])
    return np.asarray(around[before] * (1.0 - share) + around[before + 1] * share)


def uncontracted(
    ring: Ring, y_mm: FloatArray, x_mm: FloatArray, contraction: float, twist_deg: float
) -> tuple[FloatArray, FloatArray]:
    """Where at rest the tissue was that lies at (y, x) when the left ventricle is contracted and twisted.

    In the wall r² differs by the same amount everywhere, so that every piece of it keeps its area, the inner border
    goes further than the outer one and the wall thickens. The cavity shrinks evenly; outside the wall both fade away.
    """
    radius, angle = polar(y_mm, x_mm, ring.centre_mm)
    lost_mm2 = contraction * ring.systole_mm2
    endo_now, epi_now = (np.sqrt(border_mm**2 - lost_mm2) for border_mm in (ring.endo_mm, ring.epi_mm))
    angle = angle - np.radians(twist_deg) * _fading(radius - at_angle(epi_now, angle))
    inside = np.minimum(radius / at_angle(endo_now, angle), 1.0)
    at_rest = np.sqrt(radius**2 + lost_mm2 * inside**2 * _fading(radius - at_angle(epi_now, angle)))
    return ring.centre_mm[0] + at_rest * np.sin(angle), ring.centre_mm[1] + at_rest * np.cos(angle)


def _fading(outside_mm: FloatArray) -> FloatArray:
    """1 in the wall and the cavity, falling to 0 at ``REACH_MM`` outside the wall."""
    return np.asarray((1.0 - np.clip(outside_mm / REACH_MM, 0.0, 1.0)) ** 2)
