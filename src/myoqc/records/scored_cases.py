"""Scores of segments beside what is known of them: what an evaluation is made of, whoever scored."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from myoqc.errors import GeometryError
from myoqc.records.arrays import frozen
from myoqc.records.heart import N_SEGMENTS

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class ScoredCases:
    """Scored slices, the case, with all six segments each.

    Raises GeometryError where not everything is of the same slices, InputError for labels other than 0 and 1.
    """

    case: tuple[str, ...]
    """(n) name of the slice."""
    patient: tuple[str, ...]
    """(n)"""
    score: FloatArray
    """(n 6) rises with suspicion of motion; in the order of :class:`~myoqc.aha.Segment`."""
    label: BoolArray
    """(n 6) whether the reference says motion."""
    second: FloatArray | None
    """(n 6) of another scorer of the same segments."""
    truth: BoolArray | None
    """(n 6) of another reference, never mixed with the first."""
    strata: Mapping[str, tuple[str, ...]]
    """Column → (n) kind of each slice."""
    simulated: BoolArray | None = None
    """(n) which slices are called simulated; None where nothing is said."""
    unused: tuple[str, ...] = ()
    """Columns of the file that were not looked at."""

    def __post_init__(self) -> None:
        segments = f"n {N_SEGMENTS}"
        for name, dtype, axes in (
            ("score", np.float64, segments),
            ("label", bool, segments),
            ("second", np.float64, segments),
            ("truth", bool, segments),
            ("simulated", bool, "n"),
        ):
            if getattr(self, name) is not None:
                object.__setattr__(self, name, frozen(getattr(self, name), dtype, axes, f"the cases' {name}"))
        object.__setattr__(self, "strata", MappingProxyType(dict(self.strata)))
        others = (self.patient, self.score, self.label, self.second, self.truth, self.simulated, *self.strata.values())
        lengths = {len(each) for each in others if each is not None}
        if lengths != {len(self.case)}:
            raise GeometryError("not the same slices", expected=len(self.case), found=sorted(lengths))

    @property
    def references(self) -> dict[str, BoolArray]:
        """What scores are measured against, each by itself."""
        return {"label": self.label} | ({} if self.truth is None else {"truth": self.truth})

    @property
    def scorers(self) -> dict[str, FloatArray]:
        """Whose scores are measured."""
        return {"score": self.score} | ({} if self.second is None else {"second": self.second})
