"""What a slice of a patient holds, from the front to the back: outlines, and the tissue and part of each."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from myoqc.simulate.drawn import abdomen as below
from myoqc.simulate.drawn import trunk as wall
from myoqc.simulate.drawn.bodies import Bodies, cut
from myoqc.simulate.drawn.heart_slice import HeartSlice
from myoqc.simulate.drawn.lungs import Chest
from myoqc.simulate.drawn.outline import Outline
from myoqc.simulate.drawn.patient import Patient
from myoqc.simulate.physics.tissues import Tissue
from myoqc.simulate.scene import Part

FloatArray = NDArray[np.float64]
Outlines = tuple[FloatArray, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Fill:
    """Outlines (… n 2) in mm in the patient's frame, filled with one tissue."""

    tissue: Tissue
    part: Part
    outlines: Outlines
    within: Outlines | None = None
    """Nothing lies outside of these."""
    share: float = 1.0
    """Of what the outlines hold; the rest stays free for what lies behind."""


def fills(patient: Patient, heart: HeartSlice, position_mm: float) -> tuple[Fill, ...]:
    """Everything in the slice; what comes first hides what comes later."""
    return (
        *_heart(heart),
        *_trunk(patient, position_mm),
        Fill(Tissue.FAT, Part.LUNG, (heart.coat.points_mm,)),
        *_back(patient.chest, position_mm),
        *_abdomen(patient, heart, position_mm),
        *_lung(patient, position_mm),
    )


def _heart(heart: HeartSlice) -> tuple[Fill, ...]:
    def fill(tissue: Tissue, *outlines: FloatArray, within: FloatArray | None = None) -> Fill:
        return Fill(tissue, Part.HEART, outlines, None if within is None else (within,))

    endo = heart.endo.points_mm
    return (
        fill(Tissue.MYOCARDIUM, heart.papillary, within=endo),
        fill(Tissue.BLOOD, heart.blood.points_mm),
        fill(Tissue.MYOCARDIUM, heart.epi.points_mm),
        fill(Tissue.MYOCARDIUM, heart.rv_inside, within=heart.rv_blood),
        fill(Tissue.BLOOD, heart.rv_blood),
        fill(Tissue.MYOCARDIUM, heart.rv),
        fill(Tissue.FAT, heart.epicardial.points_mm),
        fill(Tissue.BONE, heart.pericardium.points_mm),
    )


def _trunk(patient: Patient, position_mm: float) -> tuple[Fill, ...]:
    """Rings around what lies inside the ribs, which they hide nothing of."""
    borders = wall.layers(patient.trunk, position_mm)
    tissues = (Tissue.FAT, Tissue.MUSCLE, Tissue.FAT, Tissue.MUSCLE, Tissue.FAT, Tissue.MUSCLE)
    rings = tuple(
        Fill(tissue, Part.CHEST, _ring(outer, inner))
        for tissue, inner, outer in zip(tissues, borders, borders[1:], strict=False)
    )
    marrow, bone = (wall.rib_outlines(patient.trunk, borders[1], position_mm, scale) for scale in (0.62, 1.0))
    return (
        Fill(Tissue.FAT, Part.CHEST, (marrow,), share=0.5),
        Fill(Tissue.BONE, Part.CHEST, (bone,)),
        Fill(Tissue.GLAND, Part.CHEST, (cut(patient.gland, position_mm),), _ring(borders[5], borders[4])),
        *rings,
    )


def _ring(outer: Outline, inner: Outline) -> Outlines:
    return outer.points_mm, inner.points_mm[::-1]


def _back(chest: Chest, position_mm: float) -> tuple[Fill, ...]:
    def fill(tissue: Tissue, part: Part, bodies: Bodies, grown_mm: float = 0.0, share: float = 1.0) -> Fill:
        return Fill(tissue, part, (cut(bodies, position_mm, grown_mm),), share=share)

    return (
        fill(Tissue.BLOOD, Part.LUNG, chest.aorta),
        fill(Tissue.MUSCLE, Part.LUNG, chest.aorta, chest.aorta_wall_mm),
        fill(Tissue.GAS, Part.LUNG, chest.oesophagus, -3.5),
        fill(Tissue.MUSCLE, Part.LUNG, chest.oesophagus),
        fill(Tissue.FAT, Part.LUNG, chest.oesophagus, 2.0),
        fill(Tissue.STOMACH_FLUID, Part.CHEST, chest.canal, share=0.7),
        fill(Tissue.FAT, Part.CHEST, chest.vertebra, -1.5, 0.35),
        fill(Tissue.BONE, Part.CHEST, chest.vertebra),
        fill(Tissue.BONE, Part.CHEST, chest.canal, 3.5),
        fill(Tissue.MUSCLE, Part.CHEST, chest.beside_spine),
    )


def _abdomen(patient: Patient, heart: HeartSlice, position_mm: float) -> tuple[Fill, ...]:
    organs = patient.abdomen
    top = below.top_below(heart.coat, organs)
    under = (below.dome(organs, top, position_mm, organs.diaphragm_mm),)

    def fill(
        tissue: Tissue, outlines: FloatArray, part: Part = Part.ABDOMEN, within: Outlines = under, share: float = 1.0
    ) -> Fill:
        return Fill(tissue, part, (outlines,), within, share)

    def body(tissue: Tissue, bodies: Bodies, grown_mm: float = 0.0, part: Part = Part.ABDOMEN) -> Fill:
        return fill(tissue, cut(bodies, position_mm, grown_mm) + top, part)

    liver = below.liver(organs, top, position_mm)
    return (
        fill(Tissue.BLOOD, cut(organs.vessels, position_mm) + top, within=(liver,), share=0.8),
        fill(Tissue.LIVER, liver),
        *_stomach(patient, top, position_mm, under),
        body(Tissue.SPLEEN, organs.spleen),
        body(Tissue.FAT, organs.kidney, -13.0),
        body(Tissue.SPLEEN, organs.kidney),
        *_bowel(patient, top, position_mm, under),
        body(Tissue.MUSCLE, organs.strands),
        fill(Tissue.FAT, under[0]),
        fill(Tissue.MUSCLE, below.dome(organs, top, position_mm), within=(below.dome(organs, top, position_mm),)),
    )


def _stomach(patient: Patient, top_mm: FloatArray, position_mm: float, under: Outlines) -> tuple[Fill, ...]:
    organs = patient.abdomen
    cuts = cut(organs.stomach, position_mm) + top_mm
    if not len(cuts):
        return ()
    outline = cuts[0]
    inside = below.folded(organs, outline, position_mm)
    gas = below.gas_above(organs, outline, patient.trunk.front_deg)
    food = cut(organs.food, position_mm) + top_mm
    return tuple(
        Fill(tissue, Part.STOMACH, (shape,), within)
        for tissue, shape, within in (
            (Tissue.GAS, gas, (inside,)),
            (Tissue.MUSCLE, food, (inside,)),
            (Tissue.STOMACH_FLUID, inside, under),
            (Tissue.MUSCLE, outline, under),
        )
    )


def _bowel(patient: Patient, top_mm: FloatArray, position_mm: float, under: Outlines) -> tuple[Fill, ...]:
    organs = patient.abdomen
    loops = (organs.bowel, organs.gassy_bowel)
    full, gassy = (cut(loop, position_mm, -organs.bowel_wall_mm) + top_mm for loop in loops)
    outer = np.concatenate([cut(loop, position_mm) + top_mm for loop in loops])
    return tuple(
        Fill(tissue, Part.STOMACH, (shape,), under, share)
        for tissue, shape, share in (
            (Tissue.GAS, gassy, 1.0),
            (Tissue.STOMACH_FLUID, full, 0.6),
            (Tissue.MUSCLE, outer, 1.0),
        )
    )


def _lung(patient: Patient, position_mm: float) -> tuple[Fill, ...]:
    inside = (wall.inside(patient.trunk, position_mm).points_mm,)
    return (
        Fill(Tissue.GAS, Part.LUNG, (cut(patient.chest.airways, position_mm, -1.2),), inside),
        Fill(Tissue.BLOOD, Part.LUNG, (cut(patient.chest.vessels, position_mm),), inside),
        Fill(Tissue.LUNG, Part.LUNG, inside),
    )
