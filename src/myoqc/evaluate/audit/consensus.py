"""What several raters together say of each segment, and how often each of them errs, without knowing the truth.

The model of [Dawid1979]: a segment moves or not, and each rater marks it with a probability that depends on this alone.
Two raters leave open who errs; three settle it. Where one of the three is a machine that has learnt from another, their
errors are no longer independent, and both look better than they are.
"""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from myoqc.errors import InputError
from myoqc.records.arrays import frozen
from myoqc.records.heart import N_SEGMENTS

if TYPE_CHECKING:
    import pandas as pd

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

LEAST_RATERS = 3
MOST_STEPS, LEAST_GAIN = 200, 1e-9
"""Of the log-likelihood a mark; crowd-kit's own stops after two steps."""
FINEST = 6
"""Digits of the consensus that count."""


@dataclass(frozen=True, slots=True)
class Rater:
    """How often one rater is thought to be right."""

    name: str
    sensitivity: float
    """Share of the moving segments that it marks."""
    specificity: float
    """Share of the still segments that it does not mark."""


@dataclass(frozen=True, slots=True, eq=False)
class Consensus:
    """What the raters together say."""

    probability: FloatArray
    """(n 6) of motion."""
    raters: tuple[Rater, ...]

    def __post_init__(self) -> None:
        object.__setattr__(
            self, "probability", frozen(self.probability, np.float64, f"n {N_SEGMENTS}", "the consensus")
        )


def consensus(marks: Mapping[str, BoolArray]) -> Consensus:
    """The estimate from what each rater marks (n 6); needs the optional part 'audit'.

    Raises InputError for fewer than three raters, and where nobody marks anything or everybody everything.
    """
    if len(marks) < LEAST_RATERS:
        raise InputError("too few raters to tell who errs", expected=f"{LEAST_RATERS} or more", found=len(marks))
    if len({bool(value) for each in marks.values() for value in np.unique(each)}) < 2:
        raise InputError("nothing to agree on: all marks are the same", expected="marked and unmarked segments")
    from crowdkit.aggregation import DawidSkene

    model = DawidSkene(n_iter=MOST_STEPS, tol=LEAST_GAIN)
    with warnings.catch_warnings():
        # crowd-kit 1.4 asks pandas for what its third version still does and announces to give up.
        warnings.simplefilter("ignore", DeprecationWarning)
        model.fit(_table(marks))
    errors: Any = model.errors_
    probability: Any = model.probas_
    shape = next(iter(marks.values())).shape
    raters = tuple(Rater(name, float(errors.loc[(name, 1), 1]), float(errors.loc[(name, 0), 0])) for name in marks)
    return Consensus(probability[1].sort_index().to_numpy().reshape(shape), raters)


def told_apart(probability: FloatArray, score: FloatArray) -> FloatArray:
    """A consensus (n 6) in which equal values are ordered by a score (n 6): marks of yes and no leave few different."""
    coarse = np.round(probability, FINEST)
    return np.asarray((1.0 - 10.0**-FINEST) * coarse + 10.0**-FINEST * score)


def _table(marks: Mapping[str, BoolArray]) -> "pd.DataFrame":
    """A row for each segment and rater."""
    import pandas as pd

    tables = [
        pd.DataFrame({"task": np.arange(each.size), "worker": name, "label": each.ravel().astype(np.int64)})
        for name, each in marks.items()
    ]
    return pd.concat(tables, ignore_index=True)
