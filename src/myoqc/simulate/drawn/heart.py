"""Draws the heart: left ventricle with its wall, papillary muscles and trabeculae, right ventricle, epicardial fat."""

from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from myoqc.aha import Level, turn_deg
from myoqc.errors import InputError
from myoqc.simulate.drawn.layers import Layer, Part, layers_of
from myoqc.simulate.drawn.outline import Outline, ellipse
from myoqc.simulate.physics.tissues import Tissue

FloatArray = NDArray[np.float64]


class Phenotype(Enum):
    """How the wall is thickened."""

    NORMAL = "normal"
    SEPTAL = "septal"
    CONCENTRIC = "concentric"


PHENOTYPE_SHARES = MappingProxyType({Phenotype.NORMAL: 0.3, Phenotype.SEPTAL: 0.5, Phenotype.CONCENTRIC: 0.2})


@dataclass(frozen=True, slots=True)
class LevelShape:
    """How a level differs from the mid-ventricular one."""

    cavity_scale: float
    rv_scale: float
    papillary_scale: float
    taper_per_mm: float


LEVELS = MappingProxyType({Level.BASAL: LevelShape(1.1, 1.08, 0.4, 0.002), Level.MID: LevelShape(1.0, 1.0, 1.0, 0.006)})


@dataclass(frozen=True, slots=True, eq=False)
class Heart:
    """The drawn heart, from the front to the back, with its outlines."""

    phenotype: Phenotype
    layers: tuple[Layer, ...]
    endo: Outline
    epi: Outline
    rv: Outline


def shape_of(level: Level) -> LevelShape:
    """What is particular to ``level``; raises InputError for a level that has no six segments."""
    if level not in LEVELS:
        raise InputError(
            "this level can't be simulated", expected=" or ".join(known.value for known in LEVELS), found=level.value
        )
    return LEVELS[level]


def draw_heart(rng: np.random.Generator, level: Level) -> Heart:
    """A heart about the middle of the image; every level draws the same numbers, so that levels belong together."""
    shape = shape_of(level)
    phenotype = list(PHENOTYPE_SHARES)[rng.choice(len(PHENOTYPE_SHARES), p=list(PHENOTYPE_SHARES.values()))]
    centre = rng.normal([-6.0, 6.0], [6.0, 6.0])
    septum_deg = rng.normal(185.0, 10.0)
    cavity_mm = rng.normal(22.0 if phenotype is Phenotype.NORMAL else 20.0, 2.0) * shape.cavity_scale
    endo = ellipse(centre, (cavity_mm, cavity_mm * rng.uniform(0.92, 1.08)), 0.0, _waviness(rng, 3, 0.013))
    epi = endo.grown(_draw_wall_mm(rng, phenotype, septum_deg, endo))
    rv = _draw_right_ventricle(rng, epi, septum_deg, shape.rv_scale)
    layers = (
        *layers_of(Tissue.MYOCARDIUM, Part.HEART, _draw_papillary_muscles(rng, endo, septum_deg, shape)),
        Layer(Tissue.BLOOD, Part.HEART, endo),
        Layer(Tissue.MYOCARDIUM, Part.HEART, epi),
        *layers_of(Tissue.MYOCARDIUM, Part.HEART, _draw_trabeculae(rng, rv)),
        Layer(Tissue.BLOOD, Part.HEART, rv.grown(-rng.uniform(2.0, 3.5))),
        Layer(Tissue.MYOCARDIUM, Part.HEART, rv),
        *_draw_epicardial_fat(rng, epi, rv),
    )
    return Heart(phenotype, layers, endo, epi, rv)


def _waviness(rng: np.random.Generator, n: int, size: float) -> FloatArray:
    return rng.normal(0.0, size, (n, 2))


def _draw_wall_mm(rng: np.random.Generator, phenotype: Phenotype, septum_deg: float, endo: Outline) -> FloatArray:
    """Thickness (angles) in mm: 6–11 normal, 15 and more where hypertrophic."""
    even_mm = rng.uniform(11.0, 16.0) if phenotype is Phenotype.CONCENTRIC else rng.uniform(6.5, 9.5)
    bulge_mm = rng.uniform(5.0, 13.0) if phenotype is Phenotype.SEPTAL else rng.uniform(0.0, 1.5)
    peak_deg = septum_deg + rng.normal(10.0, 15.0)
    from_septum = np.array([turn_deg(peak_deg, angle) for angle in endo.angle_deg])
    bulge = bulge_mm * np.exp(-0.5 * (from_septum / rng.uniform(35.0, 60.0)) ** 2)
    ripple = 1.0 + 0.05 * np.cos(np.radians(3.0 * endo.angle_deg + rng.uniform(0.0, 360.0)))
    return np.asarray(even_mm * ripple + bulge)


def _draw_right_ventricle(rng: np.random.Generator, epi: Outline, septum_deg: float, scale: float) -> Outline:
    septal_mm = float(np.interp(septum_deg, epi.angle_deg, epi.radius_mm, period=360.0))
    height_mm = float(np.mean(epi.radius_mm)) * rng.uniform(1.12, 1.25) * scale
    width_mm = height_mm * rng.uniform(0.68, 0.85)
    towards = np.array([np.sin(np.radians(septum_deg)), np.cos(np.radians(septum_deg))])
    centre = epi.centre_mm + towards * (septal_mm + rng.uniform(-3.0, 3.0))
    return ellipse(centre, (width_mm, height_mm), septum_deg - 180.0, _waviness(rng, 2, 0.025))


def _draw_papillary_muscles(
    rng: np.random.Generator, endo: Outline, septum_deg: float, shape: LevelShape
) -> list[Outline]:
    """Posteromedial and anterolateral, with smaller trabeculae along the free wall."""
    angles = septum_deg + np.concatenate(
        [np.array([-75.0, 140.0]) + rng.normal(0.0, 10.0, 2), rng.uniform(-110.0, 190.0, 5)]
    )
    outward = np.concatenate([rng.uniform(0.6, 0.7, 2), rng.uniform(0.88, 0.98, 5)])
    sizes = np.concatenate([rng.uniform(3.0, 5.0, 2), rng.uniform(1.0, 2.2, 5)]) * shape.papillary_scale
    return [_blob(rng, endo, angle, reach, size) for angle, reach, size in zip(angles, outward, sizes, strict=True)]


def _draw_trabeculae(rng: np.random.Generator, rv: Outline) -> list[Outline]:
    return [_blob(rng, rv, rng.uniform(0.0, 360.0), rng.uniform(0.6, 0.9), rng.uniform(1.0, 2.5)) for _ in range(7)]


def _blob(rng: np.random.Generator, around: Outline, angle_deg: float, reach: float, size_mm: float) -> Outline:
    """A small ellipse at a share ``reach`` of the way from the centre of ``around`` to its border."""
    radius_mm = np.interp(angle_deg, around.angle_deg, around.radius_mm, period=360.0)
    direction = np.array([np.sin(np.radians(angle_deg)), np.cos(np.radians(angle_deg))])
    axes = (size_mm * rng.uniform(1.0, 1.5), size_mm)
    return ellipse(around.centre_mm + reach * radius_mm * direction, axes, angle_deg)


def _draw_epicardial_fat(rng: np.random.Generator, epi: Outline, rv: Outline) -> tuple[Layer, ...]:
    """A rim of varying thickness, thicker about the right ventricle."""
    angle = np.radians(epi.angle_deg)
    uneven = np.clip(np.cos(angle - rng.uniform(0, 2 * np.pi)) + 0.4 * np.cos(3 * angle + rng.uniform(0, 6)), 0, None)
    rims = (epi.grown(rng.uniform(0.5, 3.0) * uneven), rv.grown(rng.uniform(0.5, 2.0) + rng.uniform(1.0, 5.0) * uneven))
    return layers_of(Tissue.FAT, Part.HEART, rims)
