"""How far operator, machine and a second reader agree, two by two: the paper's Figure 8 [Zhang2020].

The paper counts the maps on which operator and machine differ in at least one segment (21 %; in 79 % all six are
equal). What it calls agreement of a case is not defined there; of whole images it says 'labelled as motion if at least
one segment was scored as having motion artefact'. So here a case agrees if both call the image or neither does: two who
mark different segments of the same map agree. The stricter reading, all six segments equal, is given too; between
operator and machine it is 0 in disputed maps, and not the paper's 47.1 %, which rules it out for the paper's figure.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import ArrayLike, NDArray

from myoqc.evaluate.bootstrap import Resamples
from myoqc.evaluate.calls import by_unit, calls_of, estimated, share_equal
from myoqc.evaluate.rereading import Rereading, every_map, resampled_over
from myoqc.evaluate.scored.figure import Estimate
from myoqc.evaluate.scored.sample import IMAGES
from myoqc.records.heart import N_SEGMENTS

BoolArray = NDArray[np.bool_]

OPERATOR, MACHINE, SECOND = "operator", "machine", "second reader"
PAIRS = ((OPERATOR, MACHINE), (SECOND, OPERATOR), (SECOND, MACHINE))
"""In the order of the paper's columns."""


@dataclass(frozen=True, slots=True)
class PairAgreement:
    """Shares in which two agree, with intervals of 95 % by patient."""

    segment: tuple[Estimate, ...]
    """(6) of each segment."""
    segments: Estimate
    """Of all six together."""
    case: Estimate
    """Of whole images: any of the six is called, or none."""
    all_six: Estimate
    """Of maps whose six calls are all equal."""


@dataclass(frozen=True, slots=True, eq=False)
class ThreeReaders:
    """Agreement of three, two by two, over the disputed maps or, where others were mixed in, over all."""

    n_maps: int
    n_disputed: int
    n_read: int
    identical: Estimate
    """Share of all maps in which operator and machine call all six alike: the paper's 79 %."""
    pairs: Mapping[tuple[str, str], PairAgreement]
    """In the order of :data:`PAIRS`."""


def three_readers(
    operator: ArrayLike, machine: ArrayLike, second: ArrayLike, rereading: Rereading, resamples: Resamples
) -> ThreeReaders:
    """Agreement of the calls (n 6) of three, from the maps that the second reader was given.

    ``resamples`` are of the patients of the n maps. Shares are NaN where no map is disputed and none was mixed in.
    Raises GeometryError for what is not of the same maps, and InputError for anything but 0 and 1.
    """
    calls = calls_of({OPERATOR: operator, MACHINE: machine, SECOND: second})
    of = dict(zip((OPERATOR, MACHINE, SECOND), calls, strict=True))
    same = np.all(of[OPERATOR] == of[MACHINE], axis=1)
    return ThreeReaders(
        n_maps=len(same),
        n_disputed=int(rereading.disputed.sum()),
        n_read=rereading.n_read,
        identical=estimated(resampled_over(same, every_map(operator, machine)), resamples),
        pairs={(one, other): _pair(of[one], of[other], rereading, resamples) for one, other in PAIRS},
    )


def _pair(first: BoolArray, second: BoolArray, rereading: Rereading, resamples: Resamples) -> PairAgreement:
    share = partial(_estimated_over, rereading=rereading, resamples=resamples)
    return PairAgreement(
        segment=tuple(share(first[:, place] == second[:, place]) for place in range(N_SEGMENTS)),
        segments=share(share_equal(first, second)),
        case=share(share_equal(by_unit(first)[IMAGES], by_unit(second)[IMAGES])),
        all_six=share((first == second).all(axis=1)),
    )


def _estimated_over(values: ArrayLike, rereading: Rereading, resamples: Resamples) -> Estimate:
    return estimated(resampled_over(values, rereading), resamples)
