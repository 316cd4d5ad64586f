"""Draws what lies around a heart in a short-axis slice: chest wall, lung, aorta, liver, stomach, spleen."""

from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from myoqc.aha import Level
from myoqc.simulate.drawn.heart import Heart, Phenotype, draw_heart, shape_of
from myoqc.simulate.drawn.layers import Anatomy, Layer, Part, layers_of
from myoqc.simulate.drawn.outline import Outline, ellipse
from myoqc.simulate.drawn.texture import draw_texture
from myoqc.simulate.physics.tissues import Tissue

FloatArray = NDArray[np.float64]

MOST_ALTERED = MappingProxyType({Phenotype.NORMAL: 0.1, Phenotype.SEPTAL: 0.5, Phenotype.CONCENTRIC: 0.5})
"""Largest mean share of altered tissue in the myocardium, by phenotype."""
WAVELENGTH_MM = MappingProxyType(
    {Part.HEART: (6.0, 40.0), Part.ABDOMEN: (6.0, 60.0), Part.MEDIASTINUM: (5.0, 40.0), Part.CHEST: (8.0, 60.0)}
)
"""Shortest and longest wave in the texture of each part."""


@dataclass(frozen=True, slots=True)
class _Extent:
    """Where the heart ends, in mm."""

    left: float
    bottom: float
    centre: FloatArray


def draw_anatomy(rng: np.random.Generator, level: Level) -> Anatomy:
    """A heart in its thorax, seen as on a scanner: the right ventricle and the breast bone left, the liver below."""
    heart = draw_heart(rng, level)
    extent = _extent(heart)
    thorax = _draw_thorax(rng, extent)
    dome_mm = extent.bottom + rng.uniform(1.0, 6.0)
    return Anatomy(
        level=level,
        layers=(
            *heart.layers,
            *_draw_aorta(rng, extent),
            *_draw_abdomen(rng, dome_mm, extent.centre[1]),
            *_draw_lung(rng, thorax, extent),
            *_draw_chest_wall(rng, thorax),
        ),
        thorax=thorax,
        endo=heart.endo,
        epi=heart.epi,
        rv=heart.rv,
        textures=tuple(draw_texture(rng, WAVELENGTH_MM[part]) for part in Part),
        patches=draw_texture(rng, (15.0, 60.0)),
        altered_share=rng.uniform(0.0, MOST_ALTERED[heart.phenotype]),
        taper_per_mm=shape_of(level).taper_per_mm,
    )


def _extent(heart: Heart) -> _Extent:
    points = np.concatenate([heart.epi.points_mm, heart.rv.points_mm])
    return _Extent(float(points[:, 1].min()), float(points[:, 0].max()), heart.endo.centre_mm)


def _draw_thorax(rng: np.random.Generator, extent: _Extent) -> Outline:
    left = extent.left - rng.uniform(4.0, 12.0)
    right = extent.centre[1] + rng.uniform(90.0, 108.0)
    height = rng.uniform(95.0, 115.0)
    waviness = rng.normal(0.0, 0.01, (3, 2))
    centre = [extent.centre[0] + rng.uniform(-8.0, 12.0), (left + right) / 2]
    return ellipse(centre, ((right - left) / 2, height), rng.uniform(-12.0, 5.0), waviness)


def _draw_aorta(rng: np.random.Generator, extent: _Extent) -> tuple[Layer, ...]:
    """The descending aorta: blood, behind and beside the left ventricle."""
    centre = extent.centre + rng.normal([52.0, 72.0], 5.0)
    aorta = ellipse(centre, (rng.uniform(9.0, 12.0), rng.uniform(9.0, 12.0)))
    return (Layer(Tissue.BLOOD, Part.MEDIASTINUM, aorta), Layer(Tissue.MUSCLE, Part.MEDIASTINUM, aorta.grown(1.5)))


def _draw_abdomen(rng: np.random.Generator, dome_mm: float, middle_mm: float) -> tuple[Layer, ...]:
    """Stomach, liver and spleen in fat below the dome of the diaphragm, from the front to the back."""
    stomach = ellipse(
        [dome_mm + rng.uniform(26.0, 36.0), middle_mm + rng.uniform(25.0, 45.0)],
        (rng.uniform(22.0, 32.0), rng.uniform(18.0, 24.0)),
        rng.uniform(-20.0, 20.0),
        rng.normal(0.0, 0.04, (3, 2)),
    )
    inside = stomach.grown(-rng.uniform(2.5, 4.0))
    gas = ellipse(inside.centre_mm + rng.uniform([-9.0, -8.0], [-5.0, 2.0]), (rng.uniform(7, 14), rng.uniform(5, 9)))
    liver = ellipse(
        [dome_mm + 62.0, middle_mm - rng.uniform(40.0, 55.0)],
        (rng.uniform(68.0, 82.0), 59.0),
        rng.uniform(-6.0, 6.0),
        rng.normal(0.0, 0.012, (2, 2)),
    )
    spleen = ellipse([dome_mm + 50.0, middle_mm + 88.0], (rng.uniform(18.0, 26.0), 34.0), rng.uniform(-25.0, 10.0))
    diaphragm = ellipse([dome_mm + 82.0, middle_mm + 8.0], (135.0, 82.0), rng.uniform(-5.0, 5.0))
    return (
        Layer(Tissue.GAS, Part.ABDOMEN, gas),
        Layer(Tissue.STOMACH_FLUID, Part.ABDOMEN, inside),
        Layer(Tissue.MUSCLE, Part.ABDOMEN, stomach),
        *layers_of(Tissue.BLOOD, Part.ABDOMEN, _draw_vessels(rng, liver, 10, (0.8, 2.5))),
        Layer(Tissue.LIVER, Part.ABDOMEN, liver),
        Layer(Tissue.SPLEEN, Part.ABDOMEN, spleen),
        Layer(Tissue.FAT, Part.ABDOMEN, diaphragm.grown(-1.5)),
        Layer(Tissue.MUSCLE, Part.ABDOMEN, diaphragm),
    )


def _draw_vessels(rng: np.random.Generator, organ: Outline, n: int, size_mm: tuple[float, float]) -> list[Outline]:
    """Vessels cut at any angle, scattered over the organ."""
    vessels = []
    for angle, reach in zip(rng.uniform(0.0, 360.0, n), np.sqrt(rng.uniform(0.02, 0.8, n)), strict=True):
        direction = np.array([np.sin(np.radians(angle)), np.cos(np.radians(angle))])
        radius = np.interp(angle, organ.angle_deg, organ.radius_mm, period=360.0)
        width = rng.uniform(*size_mm)
        axes = (width * rng.uniform(1.0, 3.0), width)
        vessels.append(ellipse(organ.centre_mm + reach * radius * direction, axes, rng.uniform(0.0, 180.0)))
    return vessels


def _draw_lung(rng: np.random.Generator, thorax: Outline, extent: _Extent) -> tuple[Layer, ...]:
    """Lung with vessels, and the fat of the mediastinum between the heart and the breast bone."""
    fat_centre = np.array([extent.centre[0] - rng.uniform(0.0, 25.0), extent.left + rng.uniform(0.0, 10.0)])
    axes_mm = (rng.uniform(14.0, 24.0), rng.uniform(40.0, 60.0))
    fat = ellipse(fat_centre, axes_mm, rng.uniform(0.0, 25.0), rng.normal(0.0, 0.06, (3, 2)))
    beside_heart = ellipse(extent.centre + np.array([-15.0, 60.0]), (45.0, 60.0))
    return (
        Layer(Tissue.FAT, Part.MEDIASTINUM, fat),
        *layers_of(Tissue.BLOOD, Part.MEDIASTINUM, _draw_vessels(rng, beside_heart, 16, (0.6, 1.8))),
        Layer(Tissue.LUNG, Part.MEDIASTINUM, thorax),
    )


def _draw_chest_wall(rng: np.random.Generator, thorax: Outline) -> tuple[Layer, ...]:
    """Ribs in muscle under fat; fat is thickest in front."""
    muscle_mm = rng.uniform(10.0, 16.0)
    muscle = thorax.grown(muscle_mm)
    in_front = 0.5 + 0.5 * np.cos(np.radians(thorax.angle_deg - 200.0))
    fat = muscle.grown(rng.uniform(4.0, 9.0) + rng.uniform(5.0, 20.0) * in_front)
    return (
        *layers_of(Tissue.BONE, Part.CHEST, _draw_ribs(rng, thorax.grown(0.5 * muscle_mm), 0.32 * muscle_mm)),
        Layer(Tissue.MUSCLE, Part.CHEST, muscle),
        Layer(Tissue.FAT, Part.CHEST, fat),
    )


def _draw_ribs(rng: np.random.Generator, along: Outline, half_width_mm: float) -> list[Outline]:
    points = along.points_mm
    numbers = np.arange(rng.integers(0, 10), len(points), rng.integers(11, 16))
    tangents = np.roll(points, -1, axis=0) - points
    tilts = np.degrees(np.arctan2(tangents[:, 0], tangents[:, 1]))
    return [ellipse(points[n], (half_width_mm * rng.uniform(1.3, 2.2), half_width_mm), tilts[n]) for n in numbers]
