"""Labels that are audited, with what is known of the same segments beside them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from myoqc.errors import GeometryError
from myoqc.records.arrays import frozen
from myoqc.records.heart import N_SEGMENTS

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

CALLED_FROM = 0.5
"""Score from which on the machine calls a segment."""


@dataclass(frozen=True, slots=True, eq=False)
class AuditedLabels:
    """Of n maps, in one order. Raises GeometryError where not everything is of the same maps."""

    case: tuple[str, ...]
    """(n)"""
    patient: tuple[str, ...]
    """(n) whose maps are drawn together for intervals."""
    label: BoolArray
    """(n 6) segments that the reader marks, whose labels are audited."""
    score: FloatArray
    """(n 6) probability of motion by a model that has not learnt from the patient."""
    second: BoolArray
    """(n 6) segments that another reader marks: what re-reading gives."""
    truth: BoolArray
    """(n 6) segments that move; what measures the audit, and never enters it."""

    def __post_init__(self) -> None:
        for name, dtype in (("label", bool), ("score", np.float64), ("second", bool), ("truth", bool)):
            array = frozen(getattr(self, name), dtype, f"n {N_SEGMENTS}", f"the audited {name}")
            object.__setattr__(self, name, array)
        lengths = {len(each) for each in (self.patient, self.label, self.score, self.second, self.truth)}
        if lengths != {len(self.case)}:
            raise GeometryError("not the same maps", expected=len(self.case), found=sorted(lengths))

    @property
    def wrong(self) -> BoolArray:
        """(n 6) labels that are not true."""
        return np.asarray(self.label != self.truth)

    @property
    def called(self) -> BoolArray:
        """(n 6) segments that the machine calls."""
        return np.asarray(self.score >= CALLED_FROM)
