"""Which maps a second reader is given, and what can be said of all maps from those.

The paper had the maps reread in which operator and machine differ, and no others [Zhang2020]. The fair design mixes in
a random part of the maps in which they agree, unmarked: the reader can't know which is which, and all maps are spoken
for. Maps that were read stand for those that were not: over all maps, a mean is that of the disputed ones and that of
the drawn ones, weighted by how many are disputed and how many are not [Begg1983]. That is weighting each map that was
read by the inverse of its chance to be read.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from myoqc.errors import GeometryError, InputError
from myoqc.evaluate.bootstrap import Statistic, Times
from myoqc.evaluate.calls import calls_of
from myoqc.records.arrays import frozen

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

MIXED_IN = 0.2
"""Share of the maps in which operator and machine agree that is read too."""


@dataclass(frozen=True, slots=True, eq=False)
class Rereading:
    """Maps that are read again. Raises GeometryError for different lengths, InputError for a map that is both."""

    disputed: BoolArray
    """(n) operator and machine differ in at least one segment."""
    drawn: BoolArray
    """(n) of the others, those that were mixed in; where there are none, only disputed maps are spoken for."""

    def __post_init__(self) -> None:
        for name in ("disputed", "drawn"):
            object.__setattr__(self, name, frozen(getattr(self, name), bool, "n", f"the {name} maps"))
        if len(self.disputed) != len(self.drawn):
            raise GeometryError("not the same maps", expected=len(self.disputed), found=len(self.drawn))
        if (self.disputed & self.drawn).any():
            raise InputError("maps that are disputed and drawn", expected="drawn from the others alone")

    @property
    def n_read(self) -> int:
        """How many maps the second reader is given."""
        return int((self.disputed | self.drawn).sum())


def only_disputed(operator: ArrayLike, machine: ArrayLike) -> Rereading:
    """The paper's design: maps on which two raters (n 6) differ; raises what :func:`~.calls.calls_of` raises."""
    first, second = calls_of({"the operator": operator, "the machine": machine})
    return Rereading((first != second).any(axis=1), np.zeros(len(first), dtype=bool))


def every_map(operator: ArrayLike, machine: ArrayLike) -> Rereading:
    """All maps are read: what a design is measured by; raises what :func:`only_disputed` raises."""
    disputed = only_disputed(operator, machine).disputed
    return Rereading(disputed, ~disputed)


def draw_rereading(
    rng: np.random.Generator, operator: ArrayLike, machine: ArrayLike, share: float = MIXED_IN
) -> Rereading:
    """The disputed maps, and ``share`` of the others drawn without replacement, at least one.

    Raises what :func:`only_disputed` raises, and InputError for a share that is not above 0 and up to 1.
    """
    if not 0.0 < share <= 1.0:
        raise InputError("not a share to mix in", expected="above 0 and up to 1", found=share)
    disputed = only_disputed(operator, machine).disputed
    others = np.flatnonzero(~disputed)
    drawn = np.zeros(len(disputed), dtype=bool)
    if len(others):
        drawn[rng.choice(others, max(1, round(share * len(others))), replace=False)] = True
    return Rereading(disputed, drawn)


def resampled_over(values: ArrayLike, rereading: Rereading) -> Statistic:
    """Mean over all maps of ``values`` (n), of which only those of maps that were read are used.

    Over the disputed maps alone where none was mixed in. How many maps are disputed is counted anew in each resample,
    since it is known whatever was read; NaN in a resample with maps of a kind of which none was read. Raises
    GeometryError for values of other maps.
    """
    value = frozen(values, np.float64, "n", "the values")
    disputed, drawn = rereading.disputed, rereading.drawn
    if len(value) != len(disputed):
        raise GeometryError("not one value a map", expected=len(disputed), found=len(value))
    others = ~disputed if drawn.any() else np.zeros_like(disputed)

    def of(times: Times) -> FloatArray:
        parts = [(times[:, disputed], value[disputed], times[:, disputed].sum(axis=1))]
        parts += [(times[:, drawn], value[drawn], times[:, others].sum(axis=1))]
        total = sum(_stood_for(*part) for part in parts)
        n_maps = parts[0][2] + parts[1][2]
        return np.asarray(np.divide(total, n_maps, out=np.full(len(times), np.nan), where=n_maps > 0))

    return Statistic(n_cases=len(value), of=of)


def _stood_for(times: Times, value: FloatArray, n_maps: Times) -> FloatArray:
    """Sum over ``n_maps`` (r), were they like those of them that were read (r m); NaN where none of them was."""
    n_read = times.sum(axis=1)
    mean = np.divide(np.einsum("rm,m->r", times, value), n_read, out=np.full(len(times), np.nan), where=n_read > 0)
    return np.where(n_maps > 0, mean * n_maps, 0.0)
