"""People who read maps, simulated: who marks what moved, now and then sees what did not, tires and lapses.

How often the operator of [Zhang2020] was right is not in the paper, but follows from it. Operator and machine disagreed
in 8.3 % of the segments and 8.5 % of the maps (Table 1); a validator reread the 21 % of maps with any disagreement
(Figure 8). Of two scores that differ exactly one is the validator's. So, with the agreements a of operator and machine,
v_o of validator and operator, v_m of validator and machine, the operator was contradicted alone in the share
x = (1 − a + v_m − v_o) / 2 of what was reread:

- Segments (means of the six rows): a = 52.6 %, v_o = 66.6 %, v_m = 68.9 %. The validator gave 52 % of the disputes to
  the machine, and contradicted both in 16 % of the segments in which they agreed. If those 16 % are the validator's own
  errors, and as many are among the disputes, 54 % of the disputes were the operator's fault: 4.5 % of all segments.
  With the validator taken for truth it is 7.0 %.
- Maps: a = 47.1 %, v_o = 61.2 %, v_m = 83.0 %. The validator gave 71 % of the disputes to the machine: 6.0 % of all
  maps by Table 1, and 8.1 % by Figure 8 with the validator taken for truth.

So the operator plausibly agrees with the truth in 93.0 to 95.5 % of segments and in 92 to 94 % of maps. That maps are
wrong about as often as segments says that errors come by the map: a moving one waved through, a still one marked as a
whole. If about as many maps moved as the 321 that were marked, misses and false alarms balance, and the operator found
three of four moving maps. :data:`OPERATOR` is tuned to these figures.

To tune a reader to another cohort: ``lapse_fresh`` and ``lapse_tired`` set how many moving maps are missed, ``guess``
and the two pulls how many still ones are marked, ``threshold``, ``blur`` and ``mood`` what happens near the threshold,
``weber`` and ``halo`` which segments of a moving map are missed or marked with the others, and so how many it has.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

from myoqc.errors import GeometryError, InputError
from myoqc.records.arrays import frozen
from myoqc.records.heart import N_SEGMENTS
from myoqc.simulate.labels import POSITIVE_FROM

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

FAR_SIDE = 0.7
"""What a feigned motion amounts to on the far side of the heart, as a share of that on the near side."""


@dataclass(frozen=True, slots=True)
class Reader:
    """How one person reads; contamination is that of :mod:`myoqc.simulate.labels`, the share of other tissue."""

    name: str
    threshold: float
    """Contamination that is marked in half of the readings."""
    blur: float
    """Standard deviation, in contamination, of what is seen of one segment where nothing moves."""
    weber: float
    """What comes on top of it, as a share of what is there (Weber's law): how freely moving segments are told apart."""
    mood: float
    """The same, common to the six segments of a map: a map is judged strictly or mildly as a whole."""
    halo: float
    """How far a segment is taken for its worse neighbour: 0 = judged by itself, 1 = like the neighbour."""
    distractor_pull: float
    """Mean contamination that a distractor feigns."""
    artefact_pull: float
    """Mean contamination that another artefact feigns."""
    lapse_fresh: float
    """Share of maps that are answered without attention [Wichmann2001], at the beginning of a session."""
    lapse_tired: float
    """The same of a tired reader [Krupinski2010]; on the way there it rises in proportion to the maps read."""
    tired_after: int
    """Number of maps after which a reader tires no further."""
    guess: float
    """Share of the maps answered without attention that are marked, all six segments; the others are waved through."""
    session_maps: tuple[int, int]
    """Fewest and most maps read in one session."""


OPERATOR = Reader(
    name="operator",
    threshold=POSITIVE_FROM,
    blur=0.02,
    weber=0.35,
    mood=0.03,
    halo=0.4,
    distractor_pull=0.042,
    artefact_pull=0.05,
    lapse_fresh=0.12,
    lapse_tired=0.36,
    tired_after=80,
    guess=0.07,
    session_maps=(60, 120),
)
"""Reads thousands of maps: whose scores a network learns from."""

SECOND_READER = Reader(
    name="second reader",
    threshold=POSITIVE_FROM,
    blur=0.02,
    weber=0.2,
    mood=0.02,
    halo=0.25,
    distractor_pull=0.03,
    artefact_pull=0.03,
    lapse_fresh=0.01,
    lapse_tired=0.03,
    tired_after=60,
    guess=0.1,
    session_maps=(30, 60),
)
"""Reads with more care; sees neither the operator's scores nor a machine's, and so leans towards neither."""


def draw_order(rng: np.random.Generator, reader: Reader, n_maps: int) -> NDArray[np.int64]:
    """Position (n), from 0, of each map within the session in which it is read; one session follows the other."""
    fewest, most = reader.session_maps
    lengths = rng.integers(fewest, most + 1, n_maps // fewest + 1)
    return np.concatenate([np.arange(length) for length in lengths])[:n_maps]


def draw_scores(
    rng: np.random.Generator,
    reader: Reader,
    *,
    contamination: ArrayLike,
    artefact: ArrayLike,
    distractor: ArrayLike,
    order: ArrayLike,
) -> BoolArray:
    """Which segments (n 6) of each map a reader marks as moved.

    ``contamination`` (n 6) is each segment's worst over the images; ``artefact`` (n) and ``distractor`` (n) say whether
    the map has another artefact and whether something beside the heart looks like motion; ``order`` (n) is that of
    :func:`draw_order`. The scores of a map do not depend on the other maps. Raises GeometryError for axes that do not
    fit, and InputError for values that are not what they should be.
    """
    share = frozen(contamination, np.float64, f"n {N_SEGMENTS}", "the contamination")
    if not ((share >= 0.0) & (share <= 1.0)).all():
        raise InputError("contamination is a share of pixels", expected="0 to 1 in every segment")
    other = _one_a_map(artefact, bool, share, "the artefacts")
    beside = _one_a_map(distractor, bool, share, "the distractors")
    position = _one_a_map(order, np.uint32, share, "the order of reading")

    chance = rng.random((len(share), N_SEGMENTS + 5))
    mood, strength, side, attention, answer = chance[:, N_SEGMENTS:].T
    # Most distractors deceive nobody and a few deceive much, hence an exponential distribution.
    pull = -np.log1p(-strength) * (reader.distractor_pull * beside + reader.artefact_pull * other)
    seen = _with_halo(share, reader.halo) + pull[:, None] * _from_side(side)
    unsure = np.hypot(reader.blur, reader.weber * share)
    noise = unsure * ndtri(chance[:, :N_SEGMENTS]) + reader.mood * ndtri(mood)[:, None]
    lapsed = attention < _lapse(reader, position)
    return np.asarray(np.where(lapsed[:, None], (answer < reader.guess)[:, None], seen + noise >= reader.threshold))


def _one_a_map(values: ArrayLike, dtype: type, share: FloatArray, name: str) -> NDArray[Any]:
    """``values`` as an array (n) with as many rows as ``share``."""
    array = frozen(values, dtype, "n", name)
    if len(array) != len(share):
        raise GeometryError(f"{name}: not one value a map", expected=len(share), found=len(array))
    return array


def _with_halo(share: FloatArray, halo: float) -> FloatArray:
    """Contamination (n 6) as it seems beside that of the two neighbours in the ring."""
    neighbour = np.maximum(np.roll(share, 1, axis=1), np.roll(share, -1, axis=1))
    return np.asarray(share + halo * np.maximum(neighbour - share, 0.0))


def _from_side(side: FloatArray) -> FloatArray:
    """Weight (n 6) of what comes from one side of the heart; ``side`` (n) goes once round the ring from 0 to 1."""
    apart = np.abs(np.arange(N_SEGMENTS) - np.floor(N_SEGMENTS * side)[:, None])
    steps = np.minimum(apart, N_SEGMENTS - apart)
    return np.asarray(1.0 - (1.0 - FAR_SIDE) * steps / (N_SEGMENTS // 2))


def _lapse(reader: Reader, position: NDArray[Any]) -> FloatArray:
    """Chance (n) that a map is answered without attention."""
    tired = np.minimum(position / reader.tired_after, 1.0)
    return np.asarray(reader.lapse_fresh + (reader.lapse_tired - reader.lapse_fresh) * tired)
