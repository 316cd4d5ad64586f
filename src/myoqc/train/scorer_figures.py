"""How good a scorer is on slices whose truth is known, beside the plain rule, over kinds of slices."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from myoqc import evaluate
from myoqc.errors import InputError
from myoqc.score.network import Answers
from myoqc.score.statistics import STATISTICS
from myoqc.train.attention_measures import looked_at
from myoqc.train.scorer_examples import ScorerExamples

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

LOWEST_R2 = list(STATISTICS).index("lowest_5_percent")
"""The statistic of a segment that stands for the plain rule."""
JUDGES = ("motion", "operator")
"""Fields of the examples whose labels scores are held against, never mixed."""

KINDS: Mapping[str, Callable[[ScorerExamples], BoolArray]] = {
    "all": lambda slices: np.ones(len(slices), dtype=bool),
    "drawn": lambda slices: ~is_real(slices),
    "real anatomies": lambda slices: is_real(slices),
    "no other artefact": lambda slices: slices.artefact < 0,
    "other artefact": lambda slices: slices.artefact >= 0,
}
"""Kinds of slices for which figures are given."""


def is_real(examples: ScorerExamples) -> BoolArray:
    """(n) whether the anatomy was not drawn: names of real subjects say from which collection they are."""
    return np.array(["/" in name for name in examples.subject.tolist()])


def scorer_figures(examples: ScorerExamples, answers: Answers, threshold: float) -> dict[str, dict[str, Any]]:
    """Figures of every kind of slices that there is, as plain JSON; ``threshold`` is of the logit."""
    figures = {}
    for name, is_one in KINDS.items():
        which = is_one(examples)
        if which.any():
            figures[name] = _figures(examples, answers, which, threshold)
    return figures


def _figures(examples: ScorerExamples, answers: Answers, which: BoolArray, threshold: float) -> dict[str, Any]:
    logits, motion = answers.logits[which].astype(np.float64), examples.motion[which]
    figures: dict[str, Any] = {"slices": int(which.sum()), "subjects": len(np.unique(examples.subject[which]))}
    scores = {"network": logits, "lowest R²": examples.statistics[which][..., LOWEST_R2].astype(np.float64)}
    for judge in JUDGES:
        labels = getattr(examples, judge)[which]
        for scorer, values in scores.items():
            figures[f"{scorer}, against {'truth' if judge == 'motion' else judge}"] = _areas(values, labels)
    still = ~motion.any(axis=1)
    figures["segments of still slices called moved"] = _share(logits[still] >= threshold)
    figures["still slices called moved"] = _share((logits[still] >= threshold).any(axis=1))
    figures["peak of attention in the segment"] = _pointing(examples, answers, which)
    figures |= _errors(_error_ms(examples, answers)[which], examples.error_ms[which], motion)
    return figures


def _areas(score: FloatArray, labels: BoolArray) -> dict[str, float | None]:
    return {
        "segment AUC": _or_none(lambda: evaluate.auc(*evaluate.by_segment(score, labels))),
        "image AUC": _or_none(lambda: evaluate.auc(*evaluate.by_image(score, labels))),
        "AUC within maps": _or_none(lambda: evaluate.auc_within_maps(score, labels)),
    }


def _pointing(examples: ScorerExamples, answers: Answers, which: BoolArray) -> float | None:
    """Of the segments that moved and that have any attention."""
    moved = which & examples.motion.any(axis=1)
    hits = looked_at(answers.attention[moved], examples.segment[moved]).peak[examples.motion[moved]]
    return _share(hits[np.isfinite(hits)])


def _error_ms(examples: ScorerExamples, answers: Answers) -> FloatArray:
    return answers.error.astype(np.float64) * examples.wall_t1_ms[:, None, None]


def _errors(quantiles_ms: FloatArray, true_ms: NDArray[np.float32], motion: BoolArray) -> dict[str, float | None]:
    """Of the error of T1, in segments that moved and whose error is known; and of calling it 0."""
    known = motion & np.isfinite(true_ms) & np.isfinite(quantiles_ms).all(axis=-1)
    if not known.any():
        return {}
    found = evaluate.interval_figures(quantiles_ms[known], true_ms[known].astype(np.float64))
    return {
        "mean absolute error of the error of T1, ms": round(found.mean_absolute_error, 2),
        "the same of calling it 0, ms": round(float(np.abs(true_ms[known]).mean()), 2),
        "its intervals that hold the truth": round(found.coverage, 4),
    }


def _share(values: ArrayLike) -> float | None:
    return round(float(np.asarray(values, dtype=np.float64).mean()), 4) if np.size(values) else None


def _or_none(figure: Callable[[], float]) -> float | None:
    try:
        return round(figure(), 4)
    except InputError:
        return None
