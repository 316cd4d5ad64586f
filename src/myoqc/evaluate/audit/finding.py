"""How well a list of suspicious maps finds the labels that are wrong; needs the truth, which no list was made with."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from myoqc.errors import InputError
from myoqc.evaluate.auc import auc
from myoqc.evaluate.audit.suspicion import BoolArray, FloatArray, Suspicion, most_suspicious, n_reread
from myoqc.evaluate.bootstrap import Resamples
from myoqc.evaluate.clustered_delong import clustered_delong
from myoqc.evaluate.scored.figure import Estimate, by_resampling
from myoqc.evaluate.shares import resampled_share
from myoqc.records.heart import N_SEGMENTS

SHARES = (0.05, 0.10, 0.20)
"""Of the maps, that a reader might re-read."""
AUC = "AUC"
CHANCE, BEST = "chance", "at best"
"""Maps in any order, and in that of how much is wrong in them: with few re-read not everything can be found."""
SEGMENTS, MAPS = "segments", "maps"
UNITS = (SEGMENTS, MAPS)


@dataclass(frozen=True, slots=True)
class AuditFigure:
    """How well wrong labels, or maps with any, are found."""

    by: str
    """The method of the list, 'chance' or 'at best'."""
    unit: str
    """'segments' (labels), or 'maps' (with one wrong label or more)."""
    measure: str
    """'AUC', or which share of those that are wrong is found."""
    n_wrong: int
    n: int
    value: float
    low: float
    high: float
    interval: str
    """How the interval of 95 % by patient was made; the list itself is taken as it is. Empty = none."""


@dataclass(frozen=True, slots=True, eq=False)
class FoundCurve:
    """Which share of what is wrong is found by re-reading the most suspicious maps."""

    by: str
    unit: str
    reread: FloatArray
    """(101) share of the maps, 0 to 1."""
    found: FloatArray
    """(101)"""


def found_at(share: float) -> str:
    """The name of the measure."""
    return f"found in the first {share:.0%}"


def asked(suspicions: Sequence[Suspicion], wrong: BoolArray, drawn: Resamples) -> list[Callable[[], AuditFigure]]:
    """All figures, each to be had by a call: of every list, of chance, and of a perfect list.

    ``wrong`` (n 6) are the labels that are; ``drawn`` are patients of the n maps. A call raises InputError where
    nothing or everything is wrong.
    """
    return [*_of_lists(suspicions, wrong, drawn), *_of_limits(wrong)]


def found_curve(suspicion: Suspicion, wrong: BoolArray, unit: str) -> FoundCurve:
    """In steps of 1 % of the maps; raises InputError where nothing is wrong."""
    reread = np.arange(101) / 100.0
    in_order = np.concatenate([[0], np.cumsum(_counted(wrong, unit)[suspicion.order])])
    if not in_order[-1]:
        raise InputError("no label is wrong, so that none can be found")
    number = np.round(reread * len(wrong)).astype(np.intp)
    return FoundCurve(suspicion.by, unit, reread, in_order[number] / in_order[-1])


def _of_lists(
    suspicions: Sequence[Suspicion], wrong: BoolArray, drawn: Resamples
) -> Iterator[Callable[[], AuditFigure]]:
    for unit in UNITS:
        for suspicion in suspicions:
            yield partial(_area, suspicion, wrong, drawn, unit)
            for share in SHARES:
                yield partial(_found, suspicion, wrong, drawn, unit, share)


def _of_limits(wrong: BoolArray) -> Iterator[Callable[[], AuditFigure]]:
    for unit in UNITS:
        to_find = np.sort(_counted(wrong, unit))[::-1]
        yield partial(_figure, CHANCE, wrong, unit, AUC, Estimate(0.5))
        yield partial(_figure, BEST, wrong, unit, AUC, Estimate(1.0))
        for share in SHARES:
            number = n_reread(share, len(wrong))
            best = float(to_find[:number].sum() / max(to_find.sum(), 1))
            yield partial(_figure, CHANCE, wrong, unit, found_at(share), Estimate(number / len(wrong)))
            yield partial(_figure, BEST, wrong, unit, found_at(share), Estimate(best))


def _area(suspicion: Suspicion, wrong: BoolArray, drawn: Resamples, unit: str) -> AuditFigure:
    value = suspicion.map if unit == MAPS else suspicion.segment.ravel()
    sought, owner = _wrong(wrong, unit), _owner(drawn, unit)
    try:
        found = clustered_delong(value, sought, owner)
        estimate = Estimate(found.value, found.low, found.high, "clustered DeLong")
    except InputError:
        estimate = Estimate(auc(value, sought))
    return _figure(suspicion.by, wrong, unit, AUC, estimate)


def _found(suspicion: Suspicion, wrong: BoolArray, drawn: Resamples, unit: str, share: float) -> AuditFigure:
    reread = most_suspicious(suspicion, share)
    seen = reread if unit == MAPS else reread.repeat(N_SEGMENTS)
    of = Resamples(times=drawn.times, subject=_owner(drawn, unit))
    estimate = by_resampling(resampled_share(seen, _wrong(wrong, unit)), of)
    return _figure(suspicion.by, wrong, unit, found_at(share), estimate)


def _figure(by: str, wrong: BoolArray, unit: str, measure: str, estimate: Estimate) -> AuditFigure:
    of_unit, told = _wrong(wrong, unit), asdict(estimate)
    del told["p_value"]
    return AuditFigure(by, unit, measure, int(of_unit.sum()), len(of_unit), **told)


def _wrong(wrong: BoolArray, unit: str) -> BoolArray:
    return np.asarray(wrong.any(axis=1) if unit == MAPS else wrong.ravel())


def _counted(wrong: BoolArray, unit: str) -> NDArray[np.int64]:
    """(n) how many there are to find in each map."""
    return np.asarray((wrong.any(axis=1) if unit == MAPS else wrong.sum(axis=1)), dtype=np.int64)


def _owner(drawn: Resamples, unit: str) -> NDArray[np.intp]:
    return drawn.subject if unit == MAPS else drawn.subject.repeat(N_SEGMENTS)
