"""What a slice of a patient holds, from the front to the back: outlines, and the tissue and part of each."""

import numpy as np
from numpy.typing import NDArray

from myoqc.simulate.drawn import trunk as wall
from myoqc.simulate.drawn.abdomen_fills import of_abdomen
from myoqc.simulate.drawn.bodies import cut
from myoqc.simulate.drawn.fat import mediastinum
from myoqc.simulate.drawn.fill import Fill, Outlines
from myoqc.simulate.drawn.heart_slice import HeartSlice
from myoqc.simulate.drawn.lungs import Chest
from myoqc.simulate.drawn.outline import Outline
from myoqc.simulate.drawn.patient import Patient
from myoqc.simulate.physics.tissues import Tissue
from myoqc.simulate.scene import Part

FloatArray = NDArray[np.float64]

TRABECULATED = 0.75
"""Share of muscle among the trabeculae; the rest is blood."""
LAYERS = (
    (Tissue.FAT, 0.6),
    (Tissue.MUSCLE, 1.0),
    (Tissue.FAT, 0.6),
    (Tissue.MUSCLE, 1.0),
    (Tissue.FAT, 1.0),
    (Tissue.MUSCLE, 0.6),
)
"""Tissue of each layer of the trunk's wall from the inside out, and its share: fibrous tissue gives no signal."""


def wall_of_trunk(patient: Patient, position_mm: float) -> tuple[Fill, ...]:
    """Spine, ribs and all that lies on them; what comes first hides what comes later."""
    return *_spine(patient, position_mm), *_wall(patient, position_mm)


def inside_trunk(patient: Patient, heart: HeartSlice, position_mm: float) -> tuple[Fill, ...]:
    """What wraps the heart, and what else the wall of the trunk encloses, likewise."""
    return (
        Fill(Tissue.FAT, Part.HEART, (heart.epicardial.points_mm,), around=True),
        Fill(Tissue.BONE, Part.HEART, (heart.pericardium.points_mm,), around=True),
        Fill(Tissue.FAT, Part.LUNG, (heart.coat.points_mm,), around=True),
        *of_abdomen(patient.abdomen, heart.coat, patient.trunk.front_deg, position_mm),
        *_mediastinum(patient, heart, position_mm),
        *_behind(patient.chest, position_mm),
        *_lung(patient, position_mm),
    )


def of_heart(heart: HeartSlice) -> tuple[Fill, ...]:
    """Both ventricles."""

    def fill(tissue: Tissue, outline: FloatArray, *within: FloatArray, share: float = 1.0) -> Fill:
        return Fill(tissue, Part.HEART, (outline,), tuple((border,) for border in within), share)

    endo = heart.endo.points_mm
    return (
        fill(Tissue.MYOCARDIUM, heart.papillary, endo, share=0.9),
        fill(Tissue.BLOOD, heart.blood.points_mm),
        fill(Tissue.MYOCARDIUM, endo, share=TRABECULATED),
        fill(Tissue.BLOOD, endo),
        fill(Tissue.MYOCARDIUM, heart.epi.points_mm),
        fill(Tissue.MYOCARDIUM, heart.rv_inside, heart.rv_blood, share=TRABECULATED),
        fill(Tissue.BLOOD, heart.rv_blood),
        fill(Tissue.MYOCARDIUM, heart.rv),
    )


def _wall(patient: Patient, position_mm: float) -> tuple[Fill, ...]:
    """Rings around what lies inside the ribs, which they hide nothing of."""
    borders = wall.layers(patient.trunk, position_mm)
    rings = tuple(
        Fill(tissue, Part.CHEST, _ring(outer, inner), share=share)
        for (tissue, share), inner, outer in zip(LAYERS, borders, borders[1:], strict=False)
    )
    strands = patient.strands
    in_fat, in_muscle = (_ring(borders[at + 1], borders[at]) for at in (wall.FAT_FROM, wall.MUSCLE_FROM))
    marrow, bone = (
        wall.rib_outlines(patient.trunk, borders[1], borders[2], position_mm, scale) for scale in (0.78, 1.0)
    )
    return (
        Fill(Tissue.FAT, Part.CHEST, (marrow,), share=0.5),
        Fill(Tissue.BONE, Part.CHEST, (bone,)),
        Fill(Tissue.GLAND, Part.CHEST, (cut(strands.gland, position_mm),), (in_fat,)),
        Fill(Tissue.MUSCLE, Part.CHEST, (cut(strands.in_fat, position_mm),), (in_fat,), 0.7),
        Fill(Tissue.FAT, Part.CHEST, (cut(strands.in_muscle, position_mm),), (in_muscle,), 0.8),
        *rings,
    )


def _ring(outer: Outline, inner: Outline) -> Outlines:
    return outer.points_mm, inner.points_mm[::-1]


def _mediastinum(patient: Patient, heart: HeartSlice, position_mm: float) -> tuple[Fill, ...]:
    """Fat between the pericardium and the front of the chest."""
    fat = mediastinum(patient.wrapping, heart.coat, position_mm).points_mm
    return (
        Fill(Tissue.MUSCLE, Part.LUNG, (cut(patient.chest.strands, position_mm),), ((fat,),), 0.8),
        Fill(Tissue.FAT, Part.LUNG, (fat,)),
    )


def _behind(chest: Chest, position_mm: float) -> tuple[Fill, ...]:
    """Aorta and oesophagus in their fat."""
    return tuple(
        Fill(tissue, Part.LUNG, (cut(bodies, position_mm, grown_mm),))
        for tissue, bodies, grown_mm in (
            (Tissue.BLOOD, chest.aorta, 0.0),
            (Tissue.MUSCLE, chest.aorta, chest.aorta_wall_mm),
            (Tissue.GAS, chest.oesophagus, -3.5),
            (Tissue.MUSCLE, chest.oesophagus, 0.0),
            (Tissue.FAT, chest.oesophagus, 2.5),
            (Tissue.FAT, chest.aorta, 4.0),
        )
    )


def _spine(patient: Patient, position_mm: float) -> tuple[Fill, ...]:
    chest, skin = patient.chest, (wall.layers(patient.trunk, position_mm)[-2].points_mm,)
    return tuple(
        Fill(tissue, Part.CHEST, (cut(bodies, position_mm, grown_mm),), (skin,), share)
        for tissue, bodies, grown_mm, share in (
            (Tissue.STOMACH_FLUID, chest.canal, 0.0, 0.7),
            (Tissue.FAT, chest.vertebra, -1.5, 0.35),
            (Tissue.BONE, chest.vertebra, 0.0, 1.0),
            (Tissue.BONE, chest.canal, 3.5, 1.0),
            (Tissue.MUSCLE, chest.beside_spine, 0.0, 1.0),
        )
    )


def _lung(patient: Patient, position_mm: float) -> tuple[Fill, ...]:
    whole: Outlines = (wall.inside(patient.trunk, position_mm).points_mm,)
    return (
        Fill(Tissue.GAS, Part.LUNG, (cut(patient.chest.airways, position_mm, -1.2),)),
        Fill(Tissue.BLOOD, Part.LUNG, (cut(patient.chest.vessels, position_mm),)),
        Fill(Tissue.BLOOD, Part.LUNG, whole, share=patient.chest.perfused),
        Fill(Tissue.LUNG, Part.LUNG, whole),
    )
