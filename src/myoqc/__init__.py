"""myoqc finds motion artefacts in cardiac T1 maps and says in which part of the heart muscle they are.

The public names are those in ``__all__``; each is imported when it is first used: ``import myoqc`` costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from myoqc.acquire import contours_for, read_contours, read_dicom
    from myoqc.errors import MyoqcError
    from myoqc.fit import fit_maps
    from myoqc.pipeline import check
    from myoqc.records import Acquisition, Assessment, Contours, Grid, ParameterMap, Scores, Segments

__version__ = "0.1.0"

_HOME = {
    "Acquisition": "myoqc.records",
    "Assessment": "myoqc.records",
    "Contours": "myoqc.records",
    "Grid": "myoqc.records",
    "MyoqcError": "myoqc.errors",
    "ParameterMap": "myoqc.records",
    "Scores": "myoqc.records",
    "Segments": "myoqc.records",
    "check": "myoqc.pipeline",
    "contours_for": "myoqc.acquire",
    "fit_maps": "myoqc.fit",
    "read_contours": "myoqc.acquire",
    "read_dicom": "myoqc.acquire",
}

__all__ = [
    "Acquisition",
    "Assessment",
    "Contours",
    "Grid",
    "MyoqcError",
    "ParameterMap",
    "Scores",
    "Segments",
    "check",
    "contours_for",
    "fit_maps",
    "read_contours",
    "read_dicom",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'myoqc' has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
