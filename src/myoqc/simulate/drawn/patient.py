"""One drawn patient: everything that chance decides about heart and trunk, at all levels at once."""

from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from myoqc.aha import Level
from myoqc.errors import InputError
from myoqc.records.arrays import frozen
from myoqc.simulate.drawn.abdomen import Abdomen, draw_abdomen
from myoqc.simulate.drawn.altered import Altered, draw_altered
from myoqc.simulate.drawn.fat import Wrapping, draw_wrapping
from myoqc.simulate.drawn.grain import Grain, draw_grain
from myoqc.simulate.drawn.heart_slice import heart_slice
from myoqc.simulate.drawn.left_ventricle import MID, LeftVentricle, draw_left_ventricle
from myoqc.simulate.drawn.lungs import Chest, draw_chest
from myoqc.simulate.drawn.phenotype import THICKENING, Phenotype
from myoqc.simulate.drawn.right_ventricle import RightVentricle, draw_right_ventricle
from myoqc.simulate.drawn.strands import Strands, draw_strands
from myoqc.simulate.drawn.trunk import Trunk, draw_trunk

FloatArray = NDArray[np.float64]

LEVEL_SHARE = MappingProxyType({Level.BASAL: 0.22, Level.MID: MID, Level.APICAL: 0.76})
"""Where a slice is planned, as a share of the left ventricle's length from the base."""
PLANNING_SD_MM = 3.5
MOST_ASTRAY_MM = 8.0
SEPTUM_DEG = (186.0, 9.0)
"""Direction of the septum in the patient's own frame: mean and standard deviation."""
WALL_CONTRAST = (1.2, 3.4)
BLOOD_CONTRAST = (1.2, 3.8)
"""Chosen so that images of recovered signal vary inside the cavity as real ones do, by 10 to 22 %."""
TURN_SD_DEG = 9.0
"""Of the whole patient in the plane of the slice."""


@dataclass(frozen=True, slots=True, eq=False)
class Patient:
    """Shapes in mm in the patient's own frame: z from the base towards the apex, y down, x to the right."""

    phenotype: Phenotype
    shift_mm: FloatArray
    """(2) where the left ventricle's middle lies on the canvas at the mid-ventricular level."""
    turn_deg: float
    """Turn of everything about that point, clockwise on the screen."""
    lv: LeftVentricle
    rv: RightVentricle
    wrapping: Wrapping
    altered: Altered
    trunk: Trunk
    strands: Strands
    chest: Chest
    abdomen: Abdomen
    softness: Grain
    """Where borders stand oblique to the slice."""
    wall_contrast: float
    """Texture of the myocardium over the usual one: real walls are uneven to very different degrees."""
    blood_contrast: float
    """How uneven flow makes the signal of blood, against the usual texture of it."""
    fine: Grain
    coarse: Grain

    def __post_init__(self) -> None:
        object.__setattr__(self, "shift_mm", frozen(self.shift_mm, np.float64, "2", "shift_mm"))


def draw_patient(rng: np.random.Generator, *, phenotype: Phenotype | None = None) -> Patient:
    """A patient of a phenotype, or of any as often as the cohort has it; no level is drawn here.

    Equal states of ``rng`` give the same patient, so that slices of one patient belong together.
    """
    kinds = list(THICKENING)
    drawn = kinds[rng.choice(len(kinds), p=[ranges.share for ranges in THICKENING.values()])]
    phenotype = drawn if phenotype is None else phenotype
    septum_deg = rng.normal(*SEPTUM_DEG)
    turn_deg = rng.normal(0.0, TURN_SD_DEG)
    lv = draw_left_ventricle(rng, phenotype, septum_deg)
    rv = draw_right_ventricle(rng, lv.length_mm)
    wrapping = draw_wrapping(rng, septum_deg)
    coats = [
        (share * lv.length_mm, heart_slice(lv, rv, wrapping, share * lv.length_mm).coat)
        for share in (MID, LEVEL_SHARE[Level.BASAL], LEVEL_SHARE[Level.APICAL])
    ]
    trunk = draw_trunk(rng, coats)
    return Patient(
        phenotype=phenotype,
        shift_mm=rng.normal([-4.0, 8.0], [9.0, 9.0]),
        turn_deg=turn_deg,
        lv=lv,
        rv=rv,
        wrapping=wrapping,
        altered=draw_altered(rng, THICKENING[phenotype], septum_deg),
        trunk=trunk,
        strands=draw_strands(rng, trunk, MID * lv.length_mm),
        chest=draw_chest(rng, trunk),
        abdomen=draw_abdomen(rng, trunk.front_deg),
        softness=draw_grain(rng, (50.0, 160.0)),
        wall_contrast=rng.uniform(*WALL_CONTRAST),
        blood_contrast=rng.uniform(*BLOOD_CONTRAST),
        fine=draw_grain(rng, (3.5, 14.0), 48),
        coarse=draw_grain(rng, (14.0, 70.0)),
    )


def slice_position_mm(patient: Patient, level: Level) -> float:
    """Where a slice of ``level`` lies, in mm from the base towards the apex; raises InputError for an unknown level."""
    if level not in LEVEL_SHARE:
        raise InputError(
            "this level can't be simulated",
            expected=", ".join(known.value for known in LEVEL_SHARE),
            found=level.value,
        )
    return LEVEL_SHARE[level] * patient.lv.length_mm


def draw_position(rng: np.random.Generator, patient: Patient, level: Level) -> float:
    """Where a slice of ``level`` was planned: some mm from where it should be."""
    astray_mm = float(np.clip(rng.normal(0.0, PLANNING_SD_MM), -MOST_ASTRAY_MM, MOST_ASTRAY_MM))
    return slice_position_mm(patient, level) + astray_mm
