"""Dark bands put where they are wanted: gas whose field reaches the frequency of a band at a given point."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from myoqc.records.arrays import frozen
from myoqc.simulate.physics.tissues import Tissue
from myoqc.simulate.scene import Canvas, Scene

FloatArray = NDArray[np.float64]
FloatMap = NDArray[np.float32]

BAND_HZ = 192.0
"""Off-resonance of the first dark band, 1/(2 TR), at a TR of 2.6 ms."""
N_PLACES = 8
"""A band beside the heart is seen best at one of so many places."""
DARK = (Tissue.LUNG, Tissue.GAS, Tissue.BONE)
"""No band is seen in these."""


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """What makes a dark band around itself: the field falls off with distance from its middle."""

    centre_mm: FloatArray
    """(2)"""
    band_mm: FloatArray
    """(2) the point of the band that is nearest to the heart."""
    length: float
    """How much longer than wide the band's ellipse is, across the line from its middle to that point."""
    band_hz: float
    """Frequency at that point: that of the first dark band on one side of resonance or on the other."""

    def __post_init__(self) -> None:
        for name in ("centre_mm", "band_mm"):
            object.__setattr__(self, name, frozen(getattr(self, name), np.float64, "2", f"the band's {name}"))


def draw_beside(rng: np.random.Generator, scene: Scene) -> Source:
    """A small source below or beside the left ventricle, its band 8 to 18 mm outside the wall, where it can be seen."""
    radius_mm = rng.uniform(10.0, 20.0)
    outside_mm = max(rng.uniform(8.0, 16.0), 0.9 * radius_mm)
    length, band_hz = rng.uniform(1.0, 1.8), _draw_band_hz(rng)
    places = [
        _source(scene, direction_deg, outside_mm, radius_mm, length, band_hz)
        for direction_deg in rng.uniform(20.0, 150.0, N_PLACES)
    ]
    seen = scene.shares.sum(axis=0) - sum(scene.shares[tissue] for tissue in DARK)
    return max(places, key=lambda source: _at(seen, scene.canvas, source.band_mm, source.centre_mm))


def draw_across(rng: np.random.Generator, scene: Scene) -> Source:
    """A large source below or beside the heart, its band through wall and cavity of the left ventricle."""
    width_mm = 2.0 * float(np.linalg.norm(scene.epi_mm - _middle(scene), axis=1).mean())
    inside_mm, radius_mm = rng.uniform(0.1, 0.6) * width_mm, rng.uniform(40.0, 80.0)
    direction_deg, length = rng.uniform(0.0, 150.0), rng.uniform(1.0, 2.0)
    return _source(scene, direction_deg, -inside_mm, radius_mm, length, _draw_band_hz(rng))


def _draw_band_hz(rng: np.random.Generator) -> float:
    return BAND_HZ * float(rng.choice([-1.0, 1.0]))


def _source(
    scene: Scene, direction_deg: float, outside_mm: float, radius_mm: float, length: float, band_hz: float
) -> Source:
    """A source whose band crosses the ray from the ventricle in ``direction_deg`` (0 right, 90 down)."""
    direction = np.array([np.sin(np.radians(direction_deg)), np.cos(np.radians(direction_deg))])
    wall_mm = float(np.max(np.sum((scene.epi_mm - _middle(scene)) * direction, axis=1)))
    band_mm = _middle(scene) + (wall_mm + outside_mm) * direction
    return Source(band_mm + radius_mm * direction, band_mm, length, band_hz)


def _middle(scene: Scene) -> FloatArray:
    return np.asarray(scene.epi_mm.mean(axis=0))


def _at(image: FloatMap, canvas: Canvas, *points_mm: FloatArray) -> float:
    """Sum of an image (y x) over the pixels nearest to points (2); those outside count as the border."""
    px = np.rint(canvas.px(np.stack(points_mm))).astype(np.intp).clip(0, np.array(canvas.shape) - 1)
    return float(image[px[:, 0], px[:, 1]].sum())


def band_hz(source: Source, frequency_hz: FloatMap, canvas: Canvas) -> FloatMap:
    """Field (y x) to add to ``frequency_hz`` (y x), so that the point of the band comes to the band's frequency.

    2.8 times as strong in the middle of the source as at its band, and beyond falling with the cube of the distance.
    """
    missing_hz = source.band_hz - _at(frequency_hz, canvas, source.band_mm)
    radius_mm = float(np.hypot(*(source.band_mm - source.centre_mm)))
    down, across = (source.band_mm - source.centre_mm) / radius_mm**2
    y = np.asarray(canvas.axis_mm(0) - source.centre_mm[0], dtype=np.float32)[:, None]
    x = np.asarray(canvas.axis_mm(1) - source.centre_mm[1], dtype=np.float32)
    towards = np.float32(down) * y + np.float32(across) * x
    aside = np.float32(across / source.length) * y - np.float32(down / source.length) * x
    return np.asarray(np.float32(missing_hz) * (np.float32(2.0) / (1.0 + towards**2 + aside**2)) ** np.float32(1.5))
