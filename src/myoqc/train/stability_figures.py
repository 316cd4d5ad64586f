"""How good the scores by true and by automatic outlines are, and how far they differ, with intervals by subject."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from myoqc.evaluate import (
    Statistic,
    by_image,
    by_segment,
    draw_resamples,
    interval,
    resampled_auc,
    resampled_difference,
    resampled_share,
)
from myoqc.records.heart import N_SEGMENTS
from myoqc.train.stability import BY_HAND, CELLS, BoolArray, Cell, FloatArray, Scored, paired

Unit = Callable[[FloatArray, BoolArray], tuple[FloatArray, BoolArray]]

UNITS: Mapping[str, Unit] = {"segment": by_segment, "image": by_image}
PAIRED, ALL = "paired", "all"
"""Over the segments that are scored in every cell, and over all, where one that is not scored is never right."""
NEVER = "never any motion"
MINUS = " − "
N_RESAMPLES = 2000


@dataclass(frozen=True, slots=True)
class Figure:
    """A share, an AUC or a difference of two, with its 95 % interval from drawing subjects."""

    over: str
    """'paired' or 'all'."""
    judge: str
    """'truth' or 'operator'."""
    unit: str
    """'segment' or 'image'."""
    what: str
    """A cell, the difference of two, or the baseline."""
    measure: str
    """'auc', 'agreement', 'sensitivity', 'specificity' or 'scored'."""
    value: float
    low: float
    high: float


def figures(
    answers: Mapping[Cell, Scored],
    labels: Mapping[str, BoolArray],
    subject: NDArray[np.str_],
    seed: int,
    n_resamples: int = N_RESAMPLES,
) -> Iterator[Figure]:
    """All figures of the experiment, one after the other.

    ``labels`` (n 6) by judge, ``subject`` (n). Raises InputError where no segment of both kinds is scored.
    """
    for unit in UNITS:
        owner = subject.repeat(N_SEGMENTS) if unit == "segment" else subject
        resamples = draw_resamples(np.random.default_rng(seed), owner, n_resamples)
        for judge, motion in labels.items():
            for over, what, measure, statistic in _statistics(answers, motion, UNITS[unit]):
                found = interval(statistic, resamples)
                yield Figure(over, judge, unit, what, measure, found.value, found.low, found.high)


def n_figures(n_judges: int) -> int:
    """How many figures there will be."""
    n_paired, n_all = 4 * (2 * len(CELLS) - 1) + 1, 4 * len(CELLS)
    return len(UNITS) * n_judges * (n_paired + n_all)


def _statistics(
    answers: Mapping[Cell, Scored], motion: BoolArray, unit: Unit
) -> Iterator[tuple[str, str, str, Statistic]]:
    """Over what, of what, which measure, and the statistic."""
    fair = {cell: _paired(answer, motion, unit) for cell, answer in paired(answers).items()}
    for cell, measures in fair.items():
        yield from ((PAIRED, str(cell), measure, statistic) for measure, statistic in measures.items())
    for cell in (cell for cell in fair if cell != BY_HAND):
        for measure, statistic in fair[cell].items():
            yield PAIRED, f"{cell}{MINUS}{BY_HAND}", measure, resampled_difference(statistic, fair[BY_HAND][measure])
    yield PAIRED, NEVER, "agreement", _never(paired(answers)[BY_HAND], motion, unit)
    for cell, answer in answers.items():
        yield from ((ALL, str(cell), measure, statistic) for measure, statistic in _all(answer, motion, unit).items())


def _paired(answer: Scored, motion: BoolArray, unit: Unit) -> dict[str, Statistic]:
    known, right, positive = _judged(answer, motion, unit)
    score, _ = unit(answer.probability, motion)
    return {"auc": resampled_auc(score, positive)} | _shares(known, right, positive)


def _all(answer: Scored, motion: BoolArray, unit: Unit) -> dict[str, Statistic]:
    known, right, positive = _judged(answer, motion, unit)
    every = np.ones_like(known)
    return {"scored": resampled_share(known, every)} | _shares(every, right, positive)


def _never(answer: Scored, motion: BoolArray, unit: Unit) -> Statistic:
    known, _, positive = _judged(answer, motion, unit)
    return resampled_share(~positive, known)


def _shares(counted: BoolArray, right: BoolArray, positive: BoolArray) -> dict[str, Statistic]:
    return {
        "agreement": resampled_share(right, counted),
        "sensitivity": resampled_share(right, counted & positive),
        "specificity": resampled_share(right, counted & ~positive),
    }


def _judged(answer: Scored, motion: BoolArray, unit: Unit) -> tuple[BoolArray, BoolArray, BoolArray]:
    """Which units are scored, which are scored rightly, and which move."""
    said, positive = unit(np.where(answer.scored, answer.flagged, np.nan), motion)
    known = ~np.isnan(said)
    return known, known & ((said > 0) == positive), positive
