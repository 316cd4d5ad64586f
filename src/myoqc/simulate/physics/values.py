"""One patient's tissue values: how they differ from the table's, and what a contrast agent makes of them.

A part of each deviation is common to all tissues of a patient; scar and oedema follow the myocardium that they lie in.
"""

from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from myoqc.errors import InputError
from myoqc.records.arrays import frozen
from myoqc.simulate.physics.tissues import Tissue, tissues_at

FloatArray = NDArray[np.float64]

MYOCARDIUM_T1_SPREAD = MappingProxyType({1.5: 0.026, 3.0: 0.051})
"""Relative standard deviation over patients that gives the fit the published one [Piechnik2013] [Piechnik2010]."""
T1_SPREAD = MappingProxyType(
    {
        Tissue.SCAR: 0.04,
        Tissue.BLOOD: 0.05,
        Tissue.FAT: 0.06,
        Tissue.MUSCLE: 0.04,
        Tissue.LIVER: 0.09,
        Tissue.SPLEEN: 0.06,
        Tissue.LUNG: 0.14,
        Tissue.STOMACH_FLUID: 0.15,
        Tissue.BONE: 0.15,
        Tissue.GAS: 0.0,
        Tissue.OEDEMA: 0.04,
        Tissue.GLAND: 0.10,
    }
)
"""Relative standard deviation of T1 over patients; of scar and oedema, what comes on top of the myocardium's."""
T2_SPREAD, DENSITY_SPREAD, DISTRIBUTION_SPREAD = 0.055, 0.03, 0.08
SHARED = 0.3
"""Correlation between two tissues of one patient."""
MOST_SPREADS = 2.5

RELAXIVITY = MappingProxyType({1.5: 3.80, 3.0: 3.28})
"""T1 relaxivity of gadoteridol in plasma at 37 °C, in l/(mmol s) [Szomolanyi2019]."""
DISTRIBUTION = MappingProxyType(
    {
        Tissue.MYOCARDIUM: 0.26,
        Tissue.SCAR: 0.45,
        Tissue.BLOOD: 0.58,
        Tissue.FAT: 0.03,
        Tissue.MUSCLE: 0.15,
        Tissue.LIVER: 0.30,
        Tissue.SPLEEN: 0.32,
        Tissue.LUNG: 0.40,
        Tissue.STOMACH_FLUID: 0.0,
        Tissue.BONE: 0.10,
        Tissue.GAS: 0.0,
        Tissue.OEDEMA: 0.36,
        Tissue.GLAND: 0.20,
    }
)
"""Share of the volume in which the agent lies as it does in plasma: plasma itself and what is outside the cells."""
CONTRAST_MMOL_L = (0.7, 1.2)
"""In plasma, 10 to 20 minutes after the injection: the fit then shows 440 to 660 ms in the myocardium."""


@dataclass(frozen=True, slots=True, eq=False)
class TissueValues:
    """What decides the signal of each tissue of one patient, in the order of :class:`~.tissues.Tissue`."""

    t1_ms: FloatArray
    """(tissue)"""
    t2_ms: FloatArray
    """(tissue)"""
    density: FloatArray
    """(tissue) of protons, over blood's usual one."""
    field_t: float

    def __post_init__(self) -> None:
        for name in ("t1_ms", "t2_ms", "density"):
            object.__setattr__(self, name, frozen(getattr(self, name), np.float64, str(len(Tissue)), name))


def draw_tissues(rng: np.random.Generator, field_t: float, *, contrast_mmol_l: float = 0.0) -> TissueValues:
    """Tissue values of one patient, native or with a contrast agent at this concentration in plasma.

    Equal states of ``rng`` give the same patient at every concentration. The agent shortens T1 alone; a change of T2,
    of some per cent in the myocardium, is left out. Raises InputError for a field strength that is not known and for a
    negative concentration.
    """
    if not contrast_mmol_l >= 0.0:
        raise InputError("no concentration of a contrast agent", expected="0 or more mmol/l", found=contrast_mmol_l)
    table = tissues_at(field_t)
    rows = [table[tissue] for tissue in Tissue]
    native_ms = np.array([row.t1_ms for row in rows]) * _draw_t1_factor(rng, field_t)
    t2_ms = np.array([row.t2_ms for row in rows]) * _draw_factor(rng, np.full(len(Tissue), T2_SPREAD))
    density = np.array([row.density for row in rows]) * _draw_factor(rng, np.full(len(Tissue), DENSITY_SPREAD))
    distribution = np.array([DISTRIBUTION[tissue] for tissue in Tissue])
    distribution *= _draw_factor(rng, np.full(len(Tissue), DISTRIBUTION_SPREAD))
    rate = 1.0 / native_ms + RELAXIVITY[field_t] / 1000.0 * contrast_mmol_l * distribution
    return TissueValues(1.0 / rate, t2_ms, density, field_t)


def _draw_t1_factor(rng: np.random.Generator, field_t: float) -> FloatArray:
    spread = np.array([T1_SPREAD.get(tissue, MYOCARDIUM_T1_SPREAD[field_t]) for tissue in Tissue])
    factor = _draw_factor(rng, spread)
    factor[[Tissue.SCAR, Tissue.OEDEMA]] *= factor[Tissue.MYOCARDIUM]
    return factor


def _draw_factor(rng: np.random.Generator, spread: FloatArray) -> FloatArray:
    """(tissue) factors about 1, a part of whose deviation the tissues share."""
    own, common = rng.standard_normal(len(spread)), rng.standard_normal()
    deviation = np.sqrt(1.0 - SHARED) * own + np.sqrt(SHARED) * common
    return np.asarray(1.0 + spread * deviation.clip(-MOST_SPREADS, MOST_SPREADS))
