"""Relaxation times and proton densities of what lies in a thorax, at 1.5 T and 3 T.

The T1 of myocardium and blood are underlying ones: an inversion-recovery fit underestimates them. ShMOLLI shows 962 ms
(1.5 T) and 1166 ms (3 T) in the myocardium [Piechnik2013] [Piechnik2010], and fits show about 1535 and 1820 ms in blood
(PMC8734349); ``benchmarks/calibration.py`` holds the two together. Myocardial T2 from [Granitz2019], liver, spleen,
muscle and fat from [deBazelaire2004] at 3 T, their T1 divided by 1.21 at 1.5 T. Proton densities are relative to blood
and plausible rather than measured; that of the lung holds what its T2* of about 1 ms leaves at the echo.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from myoqc.errors import InputError

FloatArray = NDArray[np.float64]


class Tissue(IntEnum):
    """The tissues that the simulated thorax is made of; air has no signal and is the absence of all."""

    MYOCARDIUM = 0
    SCAR = 1
    BLOOD = 2
    FAT = 3
    MUSCLE = 4
    LIVER = 5
    SPLEEN = 6
    LUNG = 7
    STOMACH_FLUID = 8
    BONE = 9
    GAS = 10
    OEDEMA = 11
    GLAND = 12


@dataclass(frozen=True, slots=True)
class Relaxation:
    """What decides the signal of one tissue."""

    t1_ms: float
    t2_ms: float
    density: float
    spectrum: tuple[tuple[float, float], ...] = ((0.0, 1.0),)
    """Chemical shift of each line against water's, in ppm, and the share of the signal that it has."""


PROTON_MHZ_PER_T = 42.577
FAT = ((0.6, 0.047), (-0.5, 0.039), (-1.95, 0.006), (-2.6, 0.120), (-3.4, 0.700), (-3.8, 0.088))
"""Spectrum of human fat against water at 4.7 ppm; the largest line is that of methylene [Hamilton2011]."""
_LUNG = Relaxation(1390.0, 40.0, 0.05)
_GAS = Relaxation(1000.0, 50.0, 0.0)

_AT_1_5_T = {
    Tissue.MYOCARDIUM: Relaxation(1080.0, 55.8, 0.80),
    Tissue.SCAR: Relaxation(1200.0, 60.0, 0.82),
    Tissue.BLOOD: Relaxation(1610.0, 280.0, 0.95),
    Tissue.FAT: Relaxation(316.0, 68.0, 0.90, FAT),
    Tissue.MUSCLE: Relaxation(742.0, 29.0, 0.75),
    Tissue.LIVER: Relaxation(669.0, 34.0, 0.70),
    Tissue.SPLEEN: Relaxation(1098.0, 61.0, 0.80),
    Tissue.LUNG: _LUNG,
    Tissue.STOMACH_FLUID: Relaxation(3000.0, 1000.0, 0.90),
    Tissue.BONE: Relaxation(500.0, 40.0, 0.25),
    Tissue.GAS: _GAS,
    Tissue.OEDEMA: Relaxation(1200.0, 68.0, 0.85),
    Tissue.GLAND: Relaxation(1270.0, 54.0, 0.70),
}
_AT_3_T = {
    Tissue.MYOCARDIUM: Relaxation(1312.0, 51.6, 0.80),
    Tissue.SCAR: Relaxation(1460.0, 56.0, 0.82),
    Tissue.BLOOD: Relaxation(1915.0, 280.0, 0.95),
    Tissue.FAT: Relaxation(382.0, 68.0, 0.90, FAT),
    Tissue.MUSCLE: Relaxation(898.0, 29.0, 0.75),
    Tissue.LIVER: Relaxation(809.0, 34.0, 0.70),
    Tissue.SPLEEN: Relaxation(1328.0, 61.0, 0.80),
    Tissue.LUNG: _LUNG,
    Tissue.STOMACH_FLUID: Relaxation(3000.0, 1000.0, 0.90),
    Tissue.BONE: Relaxation(600.0, 40.0, 0.25),
    Tissue.GAS: _GAS,
    Tissue.OEDEMA: Relaxation(1460.0, 63.0, 0.85),
    Tissue.GLAND: Relaxation(1445.0, 54.0, 0.70),
}
TISSUES: Mapping[float, Mapping[Tissue, Relaxation]] = MappingProxyType(
    {1.5: MappingProxyType(_AT_1_5_T), 3.0: MappingProxyType(_AT_3_T)}
)
"""Field strength in tesla → tissue → its values."""


def tissues_at(field_t: float) -> Mapping[Tissue, Relaxation]:
    """The table for a field strength in tesla; raises InputError where there is none."""
    if field_t not in TISSUES:
        raise InputError(
            "no tissue values for this field strength",
            expected=" or ".join(f"{known:g} T" for known in TISSUES),
            found=f"{field_t:g} T",
        )
    return TISSUES[field_t]


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    """The lines in the spectra of all tissues; most tissues have one."""

    tissue: NDArray[np.intp]
    """(line) which tissue it belongs to."""
    shift_hz: FloatArray
    """(line) against water."""
    share: FloatArray
    """(line) of the tissue's signal."""


def lines_at(field_t: float) -> Lines:
    """The lines at a field strength in tesla; raises InputError where there are no tissue values."""
    table = tissues_at(field_t)
    rows = [(tissue, ppm, share) for tissue in Tissue for ppm, share in table[tissue].spectrum]
    tissue, ppm, share = zip(*rows, strict=True)
    return Lines(np.array(tissue), PROTON_MHZ_PER_T * field_t * np.array(ppm), np.array(share))
