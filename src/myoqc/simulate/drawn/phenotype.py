"""How a wall may be thickened, and the ranges that each kind of heart is drawn from."""

from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType


class Phenotype(Enum):
    """How the wall of the left ventricle is thickened."""

    NORMAL = "normal"
    MILD = "mild"
    SEPTAL = "septal"
    CONCENTRIC = "concentric"
    APICAL = "apical"


@dataclass(frozen=True, slots=True)
class Thickening:
    """Ranges of one phenotype; lengths in mm at the mid-ventricular level."""

    share: float
    """Of the cohort."""
    cavity_mm: tuple[float, float]
    """Mean radius of the cavity."""
    even_mm: tuple[float, float]
    """Thickness of the wall where it is thinnest."""
    bulge_mm: tuple[float, float]
    """What the thickest place has more."""
    growth: tuple[float, float]
    """Relative change of the thickness from the mid-ventricular level to the apex."""
    scar: tuple[float, float]
    """How much of the places where scar may be holds it."""
    oedema: tuple[float, float]


THICKENING = MappingProxyType(
    {
        Phenotype.NORMAL: Thickening(0.27, (17.0, 28.0), (4.7, 7.3), (0.0, 0.7), (-0.3, 0.0), (0.0, 0.1), (0.0, 0.1)),
        Phenotype.MILD: Thickening(0.18, (16.0, 26.0), (6.5, 9.5), (2.0, 4.5), (-0.3, 0.1), (0.0, 0.5), (0.0, 0.2)),
        Phenotype.SEPTAL: Thickening(
            0.35, (14.0, 24.0), (6.5, 11.0), (10.0, 19.0), (-0.3, 0.1), (0.0, 1.0), (0.0, 0.4)
        ),
        Phenotype.CONCENTRIC: Thickening(
            0.12, (12.0, 21.0), (12.5, 19.0), (0.0, 4.0), (-0.3, 0.1), (0.0, 0.8), (0.0, 0.4)
        ),
        Phenotype.APICAL: Thickening(0.08, (15.0, 24.0), (7.0, 10.0), (0.0, 2.5), (0.7, 1.5), (0.0, 0.9), (0.0, 0.4)),
    }
)
