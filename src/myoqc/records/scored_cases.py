"""Scores of segments beside what is known of them: what an evaluation is made of, whoever scored."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from myoqc.errors import GeometryError, InputError
from myoqc.records.arrays import frozen
from myoqc.records.heart import N_SEGMENTS

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
MINUS = " − "
"""Between the names of two scorers: the difference of the first and the second."""


@dataclass(frozen=True, slots=True, eq=False)
class ScoredCases:
    """Scored slices, the case, with all six segments each; by any number of scorers, against any number of references.

    Raises GeometryError where not everything is of the same slices, InputError for labels other than 0 and 1, where
    nobody scored or nothing is known, and for pairs of others than the scorers.
    """

    case: tuple[str, ...]
    """(n) name of the slice."""
    patient: tuple[str, ...]
    """(n)"""
    scores: Mapping[str, FloatArray]
    """Scorer → (n 6) rises with suspicion of motion; in the order of :class:`~myoqc.aha.Segment`. The first is the one
    in question."""
    labels: Mapping[str, BoolArray]
    """Reference → (n 6) whether it says motion; references are never mixed."""
    strata: Mapping[str, tuple[str, ...]]
    """Column → (n) kind of each slice."""
    compared: tuple[tuple[str, str], ...] = ()
    """Scorers whose scores of the same segments are compared: the first of a pair less the second."""
    simulated: BoolArray | None = None
    """(n) which slices are called simulated; None where nothing is said."""
    unused: tuple[str, ...] = ()
    """Columns of the file that were not looked at."""

    def __post_init__(self) -> None:
        for name, dtype in (("scores", np.float64), ("labels", bool)):
            arrays = {key: _of_segments(each, dtype, key) for key, each in getattr(self, name).items()}
            object.__setattr__(self, name, MappingProxyType(arrays))
        if self.simulated is not None:
            object.__setattr__(self, "simulated", frozen(self.simulated, bool, "n", "the cases' simulated"))
        object.__setattr__(self, "strata", MappingProxyType(dict(self.strata)))
        self._check_lengths()
        self._check_names()

    def __reduce__(self) -> tuple[Any, ...]:
        # Read-only mappings can't be sent to other processes as they are.
        values = (getattr(self, field.name) for field in fields(self))
        return ScoredCases, tuple(dict(each) if isinstance(each, MappingProxyType) else each for each in values)

    def _check_lengths(self) -> None:
        others = (self.patient, *self.scores.values(), *self.labels.values(), self.simulated, *self.strata.values())
        lengths = {len(each) for each in others if each is not None}
        if lengths != {len(self.case)}:
            raise GeometryError("not the same slices", expected=len(self.case), found=sorted(lengths))

    def _check_names(self) -> None:
        for what, there in (("scorer", self.scores), ("reference", self.labels)):
            if not there:
                raise InputError(f"cases without a {what}", expected="one or more", found=0)
        for pair in self.compared:
            if not set(pair) <= set(self.scores) or pair[0] == pair[1]:
                raise InputError("no two scorers to compare", expected=f"two of {', '.join(self.scores)}", found=pair)
        twice = set(self.scores) & set(self.differences)
        if twice:
            raise InputError("a scorer has the name of a difference", expected="another name", found=twice.pop())

    @property
    def differences(self) -> dict[str, tuple[str, str]]:
        """Name of each difference → the scorers that are compared."""
        return {MINUS.join(pair): pair for pair in self.compared}


def _of_segments(values: ArrayLike, dtype: DTypeLike, name: str) -> NDArray[Any]:
    return frozen(values, dtype, f"n {N_SEGMENTS}", f"the cases' {name}")
