"""One number of an evaluation, with everything that says what it is of."""

from dataclasses import dataclass

from myoqc.errors import InputError
from myoqc.evaluate.bca import bca_interval
from myoqc.evaluate.bootstrap import Resamples, Statistic, interval

NAN = float("nan")
ALWAYS_CLEAN = "always clean"
"""The baseline: one who gives every segment the score 0."""
EVERYTHING = "all"
"""The stratum of all cases."""
TOO_FEW = "too few"
"""How the note begins of a figure that a stratum has too few slices for."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value with its interval of 95 %, where there is one, and how that was made."""

    value: float
    low: float = NAN
    high: float = NAN
    interval: str = ""
    """'clustered DeLong', 'BCa', 'percentile', or empty for none."""
    p_value: float = NAN
    """Two-sided, of no difference; NaN where nothing is tested."""


@dataclass(frozen=True, slots=True)
class Figure:
    """An estimate, of whom, against what, over which cases; NaN where there is none, and then a note."""

    reference: str
    """Its name, such as 'label' or 'truth'."""
    scorer: str
    """Its name, that of a difference, such as 'score − second', or 'always clean'."""
    stratum: str
    """'all', or the column and its value: 'level basal'."""
    unit: str
    """'segments', 'images', 'within maps', or the name of a segment."""
    measure: str
    n_with: int
    """Units that have motion, says the reference; within maps, maps that can be judged."""
    n_without: int
    value: float = NAN
    low: float = NAN
    high: float = NAN
    interval: str = ""
    p_value: float = NAN
    p_holm: float = NAN
    """The p-value, adjusted for the six segments that are tested beside one another."""
    note: str = ""
    """Why there is no value."""


def by_resampling(statistic: Statistic, resamples: Resamples) -> Estimate:
    """The statistic with its BCa interval, or the percentile interval where all resamples lie to one side of the value.

    Raises what :func:`~myoqc.evaluate.interval` raises.
    """
    try:
        found, kind = bca_interval(statistic, resamples), "BCa"
    except InputError:
        found, kind = interval(statistic, resamples), "percentile"
    return Estimate(found.value, found.low, found.high, kind)
