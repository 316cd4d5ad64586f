"""What it does to a comparison of operator and machine that only the maps on which they differ are reread.

Whom a reference (a second reader, or the truth) sides with is not distorted by it. Where operator and machine say the
same they are right or wrong together, so every segment and every image in which one has the better of the other lies in
a disputed map. By how much the machine's agreement with the reference exceeds the operator's is, over all maps, the
same difference in disputed maps times their share of the maps: an identity, not an estimate. Sign and order stay, and
so does McNemar's test; only the size is other, about five times larger where a fifth of the maps is disputed.

What is distorted is how good each of the two is. Of a disputed segment one is wrong by any reference, so where such
segments are gathered the two together fall short of what they are over all maps; how far, and which of them more, can't
be told from there. Of images not even the direction is sure: two may call the same image by other segments. And errors
that both make alike are seen only where they share a map with a dispute: all others stay out of sight, as in what
laboratories call discrepant analysis [Lipman1998]. To take the unread maps for right flatters both, and neither's
sensitivity can be had. A random part of the agreed maps, weighted for the others, gives agreements over all maps
without that error [Begg1983].

What no choice of maps mends is a second reader who errs as one of the two does: where operator and second reader are
wrong together, it counts against the machine. That shows where the difference by the second reader and that by the
truth are not the same. And a real second reader who knows that maps are disputed may read them otherwise; blinding
needs the agreed maps too. A simulated one read all maps alike, so that this part of the effect is none here.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from myoqc.evaluate.bootstrap import Resamples
from myoqc.evaluate.calls import by_unit, calls_of, estimated
from myoqc.evaluate.rereading import Rereading, every_map, only_disputed, resampled_over
from myoqc.evaluate.scored.figure import Estimate
from myoqc.evaluate.shares import resampled_difference, resampled_ratio

BoolArray = NDArray[np.bool_]

DISPUTED, MIXED, EVERY = "disagreements only", "agreed maps mixed in, weighted", "all maps"


@dataclass(frozen=True, slots=True)
class Rescored:
    """Operator and machine against a reference, by one choice of maps that are read; intervals are by patient."""

    design: str
    """:data:`DISPUTED`, :data:`MIXED` or :data:`EVERY`."""
    n_read: int
    machine: Estimate
    """Share of agreement with the reference."""
    operator: Estimate
    difference: Estimate
    """Machine − operator, paired."""
    both_wrong: Estimate
    """Share in which both contradict the reference, which then sides with neither."""


@dataclass(frozen=True, slots=True)
class SelectionEffect:
    """The same comparison by three choices of maps, in one unit."""

    unit: str
    """'segments' or 'images'."""
    n_maps: int
    designs: tuple[Rescored, ...]
    unseen: Estimate
    """Of all units in which both contradict the reference, the share in maps that are not disputed."""


def selection_effect(
    operator: ArrayLike, machine: ArrayLike, reference: ArrayLike, mixed: Rereading, resamples: Resamples
) -> list[SelectionEffect]:
    """The effect on segments and on images, of calls (n 6); ``mixed`` says which agreed maps were mixed in.

    The reference must have all maps, since the last design reads all. Raises GeometryError for what is not of the same
    maps, and InputError for anything but 0 and 1.
    """
    raters = {"the operator": operator, "the machine": machine, "the reference": reference}
    by_units = [by_unit(calls) for calls in calls_of(raters)]
    designs = {DISPUTED: only_disputed(operator, machine), MIXED: mixed, EVERY: every_map(operator, machine)}
    found = []
    for unit in by_units[0]:
        person, network, answer = (each[unit] for each in by_units)
        right = network == answer, person == answer
        rescored = tuple(_rescored(name, *right, of, resamples) for name, of in designs.items())
        found.append(SelectionEffect(unit, len(answer), rescored, _unseen(*right, designs[DISPUTED], resamples)))
    return found


def _rescored(
    design: str, machine: BoolArray, operator: BoolArray, rereading: Rereading, resamples: Resamples
) -> Rescored:
    """From which calls (n u) of the two are right."""
    shares = [resampled_over(right.mean(axis=1), rereading) for right in (machine, operator)]
    neither = resampled_over((~machine & ~operator).mean(axis=1), rereading)
    asked = (*shares, resampled_difference(*shares), neither)
    return Rescored(design, rereading.n_read, *(estimated(each, resamples) for each in asked))


def _unseen(machine: BoolArray, operator: BoolArray, rereading: Rereading, resamples: Resamples) -> Estimate:
    n_wrong = (~machine & ~operator).sum(axis=1)
    return estimated(resampled_ratio(n_wrong * ~rereading.disputed, n_wrong), resamples)
