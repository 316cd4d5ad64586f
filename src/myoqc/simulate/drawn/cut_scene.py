"""The slice of a drawn patient at any position along the long axis, as shares of tissues in pixels."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from myoqc.simulate.drawn.altered import altered_shares
from myoqc.simulate.drawn.fill import Fill, Outlines
from myoqc.simulate.drawn.fills import inside_trunk, of_heart, wall_of_trunk
from myoqc.simulate.drawn.grain import field_on
from myoqc.simulate.drawn.heart_slice import HeartSlice, heart_slice
from myoqc.simulate.drawn.patient import Patient
from myoqc.simulate.drawn.raster import Window, covered
from myoqc.simulate.drawn.softness import coarser, resampled, softened
from myoqc.simulate.drawn.trunk import inside
from myoqc.simulate.physics.tissues import Tissue
from myoqc.simulate.scene import Canvas, Part, Scene

FloatArray = NDArray[np.float64]
FloatMap = NDArray[np.float32]

CONTRAST: Mapping[Tissue, tuple[float, float]] = MappingProxyType(
    {
        Tissue.MYOCARDIUM: (0.035, 0.03),
        Tissue.SCAR: (0.04, 0.04),
        Tissue.BLOOD: (0.035, 0.05),
        Tissue.FAT: (0.05, 0.07),
        Tissue.MUSCLE: (0.07, 0.08),
        Tissue.LIVER: (0.05, 0.03),
        Tissue.SPLEEN: (0.05, 0.04),
        Tissue.LUNG: (0.40, 0.30),
        Tissue.STOMACH_FLUID: (0.14, 0.18),
        Tissue.BONE: (0.20, 0.12),
        Tissue.GAS: (0.0, 0.0),
        Tissue.OEDEMA: (0.04, 0.04),
        Tissue.GLAND: (0.18, 0.12),
    }
)
"""Relative standard deviation of each tissue's signal: of its fine and of its coarse texture."""
LEAST_TEXTURE = 0.05
LEAST_BESIDE = 1e-3
"""Deeper inside the heart nothing of what lies behind is known, or shown."""


def scene(patient: Patient, position_mm: float, canvas: Canvas) -> Scene:
    """The slice ``position_mm`` from the base towards the apex; the same arguments give the same bytes."""
    heart = heart_slice(patient.lv, patient.rv, patient.wrapping, position_mm)
    shares, parts = _painted(patient, heart, position_mm, canvas)
    endo, epi, *insertions = (
        on_canvas(patient, points) for points in (heart.endo.points_mm, heart.epi.points_mm, *heart.insertions_mm)
    )
    wall = np.zeros(canvas.shape, dtype=np.float32)
    window, share = covered([epi, endo[::-1]], canvas)
    wall[window] = share
    _alter(shares, wall, patient, heart, position_mm, canvas)
    return Scene(
        canvas=canvas,
        shares=_locked(shares),
        texture=_locked(_texture(shares, patient, position_mm, canvas)),
        parts=_locked(parts),
        wall=_locked(wall),
        endo_mm=endo,
        epi_mm=epi,
        anterior_mm=insertions[0],
        inferior_mm=insertions[1],
    )


def on_canvas(patient: Patient, points_mm: FloatArray) -> FloatArray:
    """Points (… 2) of the patient's frame where they lie on the canvas."""
    angle = np.radians(patient.turn_deg)
    y, x = points_mm[..., 0], points_mm[..., 1]
    turned = np.stack([np.cos(angle) * y + np.sin(angle) * x, np.cos(angle) * x - np.sin(angle) * y], axis=-1)
    return np.asarray(turned + patient.shift_mm)


def off_canvas(patient: Patient, points_mm: FloatArray) -> FloatArray:
    """Points (… 2) of the canvas in the patient's frame."""
    angle = np.radians(patient.turn_deg)
    y, x = np.moveaxis(points_mm - patient.shift_mm, -1, 0)
    return np.stack([np.cos(angle) * y - np.sin(angle) * x, np.cos(angle) * x + np.sin(angle) * y], axis=-1)


def _painted(patient: Patient, heart: HeartSlice, position_mm: float, canvas: Canvas) -> tuple[FloatMap, FloatMap]:
    """Share of each tissue and of each part: the ventricles, before all else with its softer borders."""
    behind = _blank(coarser(canvas))
    beside = _beside(patient, heart, behind.canvas)
    behind.left[...] = beside
    _paint(patient, wall_of_trunk(patient, position_mm), behind)
    trunk = (inside(patient.trunk, position_mm).points_mm,)
    behind.left[...] *= _on_whole(*_covered(patient, trunk, behind.canvas), behind.canvas)
    _paint(patient, inside_trunk(patient, heart, position_mm), behind)
    front = _blank(canvas)
    _paint(patient, of_heart(heart), front)
    ramps = softened(np.concatenate([behind.planes, beside[None]]), patient.softness, behind.canvas, position_mm)
    *planes, whole = resampled(ramps, behind.canvas, canvas)
    gain = front.left / np.maximum(whole, LEAST_BESIDE)
    for plane, painted in zip(planes, front.planes, strict=True):
        painted += gain * plane
    return front.planes[: len(Tissue)], front.planes[len(Tissue) :]


def _beside(patient: Patient, heart: HeartSlice, canvas: Canvas) -> FloatMap:
    """Share (y x) of each pixel that neither ventricle covers."""
    left, right = (
        _on_whole(*_covered(patient, (points,), canvas), canvas) for points in (heart.epi.points_mm, heart.rv)
    )
    return np.asarray((1.0 - left) * (1.0 - right))


@dataclass(frozen=True, slots=True, eq=False)
class _Painting:
    """What is painted on, layer by layer; the arrays are written to."""

    canvas: Canvas
    planes: FloatMap
    """(tissue + part, y x)"""
    left: FloatMap
    """(y x) share of each pixel that nothing has taken."""


def _blank(canvas: Canvas) -> _Painting:
    planes = np.zeros((len(Tissue) + len(Part), *canvas.shape), dtype=np.float32)
    return _Painting(canvas, planes, np.ones(canvas.shape, dtype=np.float32))


def _paint(patient: Patient, layers: tuple[Fill, ...], painting: _Painting) -> None:
    """Each layer takes what those before it left over."""
    canvas, known = painting.canvas, dict[int, FloatMap]()
    for layer in layers:
        window, taken = _covered(patient, layer.outlines, canvas)
        if not taken.size:
            continue
        for border in layer.within:
            if id(border) not in known:
                known[id(border)] = _on_whole(*_covered(patient, border, canvas), canvas)
            taken = taken * known[id(border)][window]
        left = painting.left[window]
        taken = np.maximum(taken - (1.0 - left), 0.0) if layer.around else np.float32(layer.share) * taken * left
        painting.planes[layer.tissue][window] += taken
        painting.planes[len(Tissue) + layer.part][window] += taken
        painting.left[window] = np.maximum(left - taken, 0.0)


def _covered(patient: Patient, outlines: Outlines, canvas: Canvas) -> tuple[Window, FloatMap]:
    return covered([on_canvas(patient, outline) for outline in outlines], canvas)


def _on_whole(window: Window, share: FloatMap, canvas: Canvas) -> FloatMap:
    whole = np.zeros(canvas.shape, dtype=np.float32)
    whole[window] = share
    return whole


def _alter(
    shares: FloatMap, wall: FloatMap, patient: Patient, heart: HeartSlice, position_mm: float, canvas: Canvas
) -> None:
    """Turn part of the wall's myocardium into scar and oedema, in place."""
    row, column = np.nonzero(wall)
    points = off_canvas(patient, np.stack([canvas.axis_mm(0)[row], canvas.axis_mm(1)[column]], axis=-1))
    scar, oedema = altered_shares(patient.altered, heart.endo, heart.epi, heart.insertions_deg, points, position_mm)
    muscle = shares[Tissue.MYOCARDIUM, row, column]
    of_wall = np.minimum(wall[row, column], muscle)
    shares[Tissue.SCAR, row, column] = of_wall * scar
    shares[Tissue.OEDEMA, row, column] = of_wall * oedema
    shares[Tissue.MYOCARDIUM, row, column] = muscle - of_wall + of_wall * np.clip(1.0 - scar - oedema, 0.0, 1.0)


def _texture(shares: FloatMap, patient: Patient, position_mm: float, canvas: Canvas) -> FloatMap:
    contrast = np.array([CONTRAST[tissue] for tissue in Tissue], dtype=np.float32).T
    contrast[:, [Tissue.MYOCARDIUM, Tissue.SCAR, Tissue.OEDEMA]] *= np.float32(patient.wall_contrast)
    contrast[:, Tissue.BLOOD] *= np.float32(patient.blood_contrast)
    fine, coarse = (np.einsum("t,tyx->yx", weight, shares) for weight in contrast)
    texture = 1.0 + fine * field_on(patient.fine, canvas, position_mm)
    texture += coarse * field_on(patient.coarse, canvas, position_mm)
    return np.asarray(np.maximum(texture, np.float32(LEAST_TEXTURE)))


def _locked(array: FloatMap) -> FloatMap:
    """The array itself, read-only, so that the record needs no copy of it."""
    array.flags.writeable = False
    return array
