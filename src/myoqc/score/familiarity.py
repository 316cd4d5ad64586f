"""Whether a slice looks like those that a model was made with: the same sequence, and numbers in the same range.

A model answers for every input, also where its answer means nothing. Here it is told from what it was made with by its
sequence and by named numbers of each case (:func:`~myoqc.score.crop_features.features_of`), each by itself and all
together. A case that is refused gets a sentence that says why.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from myoqc.errors import InputError, NotScorableError, ReadError
from myoqc.records.arrays import frozen
from myoqc.score.crop_features import WORDS

FloatArray = NDArray[np.float64]
Features = Mapping[str, float]

ACCEPTED = 0.99
"""Share of the cases that the model was made with that are familiar."""
MARGIN = 0.10
"""By which part of a range a number may lie outside of it."""
SHRINKAGE = 0.10
"""Of correlations towards none, so that numbers that almost repeat one another do no harm [Friedman1989]."""
LEAST_CASES = 50
LEAST_NUMBERS = 2
COLUMNS = ("low", "high", "mean", "sd")
"""What a card holds of each number."""


@dataclass(frozen=True, slots=True, eq=False)
class Familiarity:
    """What a model was made with. Raises GeometryError and InputError for what does not fit together."""

    sequences: tuple[tuple[str, str], ...]
    """Names of schedule and fit."""
    names: tuple[str, ...]
    """(k) of the numbers."""
    low: FloatArray
    """(k) of each range."""
    high: FloatArray
    """(k)"""
    mean: FloatArray
    """(k)"""
    sd: FloatArray
    """(k)"""
    correlation: FloatArray
    """(k k) shrunk."""
    farthest: float
    """Largest familiar distance from the mean, in standard deviations."""

    def __post_init__(self) -> None:
        k = len(self.names)
        for name, axes in (("low", k), ("high", k), ("mean", k), ("sd", k), ("correlation", f"{k} {k}")):
            values = frozen(getattr(self, name), np.float64, str(axes), f"the {name} of familiar cases")
            if not np.isfinite(values).all():
                raise InputError(f"the {name} of familiar cases is not known", expected="numbers", found=values)
            object.__setattr__(self, name, values)
        if not (self.sequences and len(set(self.names)) == k >= LEAST_NUMBERS):
            raise InputError("familiar cases without a sequence, or without numbers of different names")
        if not ((self.low < self.high).all() and (self.sd > 0.0).all() and self.farthest > 0.0):
            raise InputError("no range of familiar cases", expected="low below high, and spread", found=self.names)
        if np.linalg.eigvalsh(self.correlation)[0] <= 0.0:
            raise InputError("the correlations of familiar cases contradict one another")

    @classmethod
    def from_card(cls, entry: Mapping[str, Any], file: str) -> "Familiarity":
        """What the card ``file`` says; raises ReadError for an entry that does not say it."""
        try:
            numbers = [entry["numbers"][name] for name in entry["names"]]
            low, high, mean, sd = (np.array([each[key] for each in numbers], float) for key in COLUMNS)
            return cls(
                sequences=tuple((str(each["schedule"]), str(each["method"])) for each in entry["sequences"]),
                names=tuple(entry["names"]),
                low=low,
                high=high,
                mean=mean,
                sd=sd,
                correlation=entry["correlation"],
                farthest=float(entry["farthest"]),
            )
        except (KeyError, TypeError, ValueError, InputError) as error:
            raise ReadError("the card does not say what is familiar", file=file, found=repr(error)) from error

    def to_card(self) -> dict[str, Any]:
        """What a card says about it."""
        columns = {key: getattr(self, key).tolist() for key in COLUMNS}
        return {
            "sequences": [{"schedule": schedule, "method": method} for schedule, method in self.sequences],
            "names": list(self.names),
            "numbers": {name: {key: column[i] for key, column in columns.items()} for i, name in enumerate(self.names)},
            "correlation": self.correlation.tolist(),
            "farthest": self.farthest,
        }


def fit_familiarity(
    sequences: Iterable[tuple[str, str]], cases: Sequence[Features], accepted: float = ACCEPTED
) -> Familiarity:
    """What is familiar, so that at least a share ``accepted`` of the ``cases`` is.

    Half of those that are given up are cut off by the ranges, which leave out equally many at either end of every
    number, half by the distance. Cases with a number that could not be measured are left out. Raises InputError where
    fewer than :data:`LEAST_CASES` remain, and for a number that does not vary.
    """
    names = tuple(cases[0]) if cases else ()
    values = np.array([[case.get(name, np.nan) for name in names] for case in cases]).reshape(len(cases), len(names))
    values = values[np.isfinite(values).all(axis=1)]
    if len(values) < LEAST_CASES or len(names) < LEAST_NUMBERS:
        raise InputError(
            "too little to say what is familiar",
            expected=f"{LEAST_CASES} or more cases with {LEAST_NUMBERS} or more numbers that could be measured",
            found=f"{len(values)} with {len(names)}",
        )
    given_up = (1.0 - accepted) / 2.0
    low, high = _ranges(values, given_up)
    if (low == high).any():
        raise InputError("a number that does not vary tells nothing", found=names[int(np.argmax(low == high))])
    mean, sd = values.mean(axis=0), values.std(axis=0)
    z = (values - mean) / sd
    correlation = (1.0 - SHRINKAGE) * np.einsum("ni,nj->ij", z, z) / len(z) + SHRINKAGE * np.eye(len(names))
    farthest = float(np.quantile(_distance(z, correlation), 1.0 - given_up, method="higher"))
    return Familiarity(tuple(sorted(set(sequences))), names, low, high, mean, sd, correlation, farthest)


def why_unfamiliar(known: Familiarity, schedule: str, method: str, features: Features) -> tuple[str, ...]:
    """A sentence for each reason why a case is unlike what the model was made with; none for a familiar one."""
    values = np.array([features.get(name, np.nan) for name in known.names])
    reasons = [] if (schedule, method) in known.sequences else [_of_sequence(known, schedule, method)]
    margin = MARGIN * (known.high - known.low)
    outside = ~((values >= known.low - margin) & (values <= known.high + margin))
    reasons += [_of_number(known, int(i), float(values[i])) for i in np.flatnonzero(outside)]
    z = (values - known.mean) / known.sd
    if not outside.any() and _distance(z[None], known.correlation)[0] > known.farthest:
        reasons.append(_of_distance(known, values, z))
    return tuple(reasons)


def check_familiar(known: Familiarity, schedule: str, method: str, features: Features) -> None:
    """Raise NotScorableError, with every reason, for a case that is unlike what the model was made with."""
    reasons = why_unfamiliar(known, schedule, method, features)
    if reasons:
        raise NotScorableError("; ".join(reasons))


def _ranges(values: FloatArray, given_up: float) -> tuple[FloatArray, FloatArray]:
    """Low and high (k) that leave out as many at each end of every number as makes ``given_up`` of the cases (n k)."""
    # For those who train: it takes longer to load than all the rest of a check.
    from scipy.stats import rankdata

    n_below = rankdata(values, method="min", axis=0) - 1
    n_above = len(values) - rankdata(values, method="max", axis=0)
    depth = np.minimum(n_below, n_above).min(axis=1)
    n_out = int(np.quantile(depth, given_up, method="lower"))
    ordered = np.sort(values, axis=0)
    return ordered[n_out], ordered[len(values) - 1 - n_out]


def _distance(z: FloatArray, correlation: FloatArray) -> FloatArray:
    """Mahalanobis distance (n) of standardised numbers (n k), over the root of their number."""
    squared = np.einsum("ni,ij,nj->n", z, np.linalg.inv(correlation), z)
    return np.asarray(np.sqrt(squared / z.shape[1]))


def _of_sequence(known: Familiarity, schedule: str, method: str) -> str:
    made_with = ", ".join(f"{each} by '{fit}'" for each, fit in known.sequences)
    this = f"{schedule or 'an unknown scheme'} by '{method or 'unknown'}'"
    return f"the sequence, {this}, is not one that the model was made with ({made_with})"


def _of_number(known: Familiarity, i: int, value: float) -> str:
    if not np.isfinite(value):
        return f"{_called(known.names[i])} could not be measured"
    side = "below" if value < known.low[i] else "above"
    made_with = f"{_shown(known.low[i])} to {_shown(known.high[i])}"
    return f"{_called(known.names[i])} {_shown(value)} is {side} what the model was made with ({made_with})"


def _of_distance(known: Familiarity, values: FloatArray, z: FloatArray) -> str:
    """Names the two numbers that add most to the distance."""
    part = z * np.einsum("ij,j->i", np.linalg.inv(known.correlation), z)
    most = np.argsort(-part, kind="stable")[:2]
    together = " and ".join(f"{_called(known.names[i])} {_shown(values[i])}" for i in most)
    return f"nothing that the model was made with had {together} together"


def _called(name: str) -> str:
    return WORDS.get(name, name.replace("_", " "))


def _shown(value: float) -> str:
    """Three digits that count."""
    return f"{float(f'{value:.3g}'):g}"
