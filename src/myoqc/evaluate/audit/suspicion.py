"""How much labels are in doubt, by what somebody else says of the same segments [Northcutt2021].

cleanlab's self-confidence of a label is the probability of what the label says; suspicion is 1 less that. Over the six
labels of a map cleanlab takes a moving average from the most to the least likely one, in which the least likely weighs
80 %, the next 16 %, and so on.

Both were chosen on simulated readers, of another cohort than any that is reported, and on made-up machines whose AUC
against the truth was 0.86 to 0.995. This average found maps with wrong labels with an AUC of 0.94 to 0.99: within 0.01
of the least likely label alone, with which the first tenth of the maps held up to 5 in 100 fewer of the wrong labels,
and above the plain mean (0.92 to 0.98). Subtracting the classes' confident thresholds beforehand made it worse (0.81 to
0.98): marks are rare, and a mark against the score is a likelier error than these thresholds make of it. It did find
more wrong labels in the first tenth by good machines, and fewer by poor ones.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from myoqc.records.arrays import frozen
from myoqc.records.heart import N_SEGMENTS

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

CLEANLAB, DIFFERENCE, DAWID_SKENE = "cleanlab", "|label − score|", "Dawid–Skene"
IN_QUESTION_FROM = 0.5
"""Suspicion from which on the other answer is the likelier one."""


@dataclass(frozen=True, slots=True, eq=False)
class Suspicion:
    """Of n maps and their labels, from 0 to 1; where all are equally suspect the order of the table decides."""

    by: str
    """The method's name."""
    probability: FloatArray
    """(n 6) of motion, which the labels were held against."""
    segment: FloatArray
    """(n 6)"""
    map: FloatArray
    """(n)"""

    def __post_init__(self) -> None:
        for name, axes in (("probability", f"n {N_SEGMENTS}"), ("segment", f"n {N_SEGMENTS}"), ("map", "n")):
            object.__setattr__(self, name, frozen(getattr(self, name), np.float64, axes, f"the suspicion's {name}"))

    @property
    def order(self) -> NDArray[np.intp]:
        """(n) the maps, the most suspicious one first."""
        return np.argsort(-self.map, kind="stable")

    @property
    def in_question(self) -> BoolArray:
        """(n 6) labels of which the opposite is likelier; of a map without any, the most suspicious one."""
        return np.asarray(self.segment >= np.minimum(IN_QUESTION_FROM, self.segment.max(axis=1, keepdims=True)))


def by_cleanlab(label: BoolArray, probability: FloatArray, by: str = CLEANLAB) -> Suspicion:
    """Suspicion of labels (n 6), of which one or more is a mark, by a probability of motion (n 6).

    Needs the optional part 'audit'.
    """
    from cleanlab.multilabel_classification.rank import get_label_quality_scores, get_label_quality_scores_per_class

    marked = [np.flatnonzero(row).tolist() for row in label]
    of_labels = get_label_quality_scores_per_class(marked, probability, method="self_confidence")
    of_maps = get_label_quality_scores(marked, probability, method="self_confidence")
    return Suspicion(by, probability, 1.0 - of_labels, 1.0 - of_maps)


def by_difference(label: BoolArray, score: FloatArray) -> Suspicion:
    """The naive rival: how far each label (n 6) lies from its score (n 6), and the mean of the six for a map.

    Of segments it is cleanlab's self-confidence by another name; what differs is the map.
    """
    apart = np.abs(label - score)
    return Suspicion(DIFFERENCE, score, apart, apart.mean(axis=1))


def most_suspicious(suspicion: Suspicion, share: float) -> BoolArray:
    """(n) the most suspicious ``share`` of the maps, one or more."""
    chosen = np.zeros(len(suspicion.map), dtype=bool)
    chosen[suspicion.order[: n_reread(share, len(chosen))]] = True
    return chosen


def n_reread(share: float, n_maps: int) -> int:
    """How many maps a share is, one or more."""
    return max(1, round(share * n_maps))
