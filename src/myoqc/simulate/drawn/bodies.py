"""Many small irregular bodies, such as vessels, bowel or papillary muscles, and how a slice cuts them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from myoqc.records.arrays import frozen

FloatArray = NDArray[np.float64]

N_ANGLES = 32
LEAST_SHARE = 0.02


@dataclass(frozen=True, slots=True, eq=False)
class Bodies:
    """Bodies (n) that are ellipsoids but for their waves; positions are (z, y, x) in mm, z towards the apex."""

    middle_mm: FloatArray
    """(n 3)"""
    semi_axes_mm: FloatArray
    """(n 3) along z, and the two in the slice, before it is tilted along x and y."""
    tilt_deg: FloatArray
    """(n) clockwise on the screen."""
    slope: FloatArray
    """(n 2) how far the body goes along y and x for each mm towards the apex."""
    waves: FloatArray
    """(n k 2) cosine and sine parts, relative to the radius, of waves from 2 per turn on."""

    def __post_init__(self) -> None:
        n = len(self.middle_mm)
        for name, axes in (
            ("middle_mm", f"{n} 3"),
            ("semi_axes_mm", f"{n} 3"),
            ("tilt_deg", f"{n}"),
            ("slope", f"{n} 2"),
            ("waves", f"{n} k 2"),
        ):
            object.__setattr__(self, name, frozen(getattr(self, name), np.float64, axes, name))


def draw_bodies(
    rng: np.random.Generator,
    middle_mm: ArrayLike,
    semi_axes_mm: ArrayLike,
    *,
    tilt_deg: ArrayLike | None = None,
    slope: ArrayLike | None = None,
    roughness: float = 0.08,
) -> Bodies:
    """Bodies at ``middle_mm`` (n 3) of ``semi_axes_mm`` (n 3), tilted anyhow and upright where nothing else is said."""
    middle = np.asarray(middle_mm, dtype=np.float64).reshape(-1, 3)
    n = len(middle)
    tilt = rng.uniform(0.0, 180.0, n)
    waves = rng.normal(0.0, roughness, (n, 4, 2)) / np.sqrt(np.arange(1, 5))[:, None]
    return Bodies(
        middle,
        np.broadcast_to(np.asarray(semi_axes_mm, dtype=np.float64), (n, 3)),
        tilt if tilt_deg is None else np.broadcast_to(np.asarray(tilt_deg, dtype=np.float64), (n,)),
        np.zeros((n, 2)) if slope is None else np.asarray(slope, dtype=np.float64),
        waves,
    )


def cut(bodies: Bodies, position_mm: float, grown_mm: float = 0.0) -> FloatArray:
    """Outlines (m points 2), clockwise, of the bodies that a slice at ``position_mm`` meets, grown by ``grown_mm``."""
    along = (position_mm - bodies.middle_mm[:, 0]) / bodies.semi_axes_mm[:, 0]
    share2 = 1.0 - along**2
    met = share2 > LEAST_SHARE**2
    size = bodies.semi_axes_mm[met, 1:] * np.sqrt(share2[met])[:, None] + grown_mm
    met_still = (size > 0.0).all(axis=1)
    at = np.flatnonzero(met)[met_still]
    return _outlines(bodies, at, np.maximum(size[met_still], 1e-3), position_mm)


def _outlines(bodies: Bodies, at: NDArray[np.intp], size_mm: FloatArray, position_mm: float) -> FloatArray:
    angle = np.arange(N_ANGLES) * (2 * np.pi / N_ANGLES)
    order = np.arange(2, 2 + bodies.waves.shape[1])
    turned = np.multiply.outer(order, angle)
    scale = 1.0 + np.einsum("nk,ka->na", bodies.waves[at, :, 0], np.cos(turned))
    scale = np.maximum(scale + np.einsum("nk,ka->na", bodies.waves[at, :, 1], np.sin(turned)), 0.2)
    x, y = scale * size_mm[:, :1] * np.cos(angle), scale * size_mm[:, 1:] * np.sin(angle)
    tilt = np.radians(bodies.tilt_deg[at])[:, None]
    centre = bodies.middle_mm[at, 1:] + bodies.slope[at] * (position_mm - bodies.middle_mm[at, :1])
    turned_y, turned_x = np.cos(tilt) * y + np.sin(tilt) * x, np.cos(tilt) * x - np.sin(tilt) * y
    return np.asarray(centre[:, None] + np.stack([turned_y, turned_x], axis=-1))
