"""One recovery curve a pixel, by variable projection and branch and bound.

For a fixed T1* the curve S = A − B·exp(−TI/T1*) is linear in A and B, so that fitting it is a search in one dimension:
for the largest gain q²/s, where q is the projection of the signal onto the basis curve and s its square
[GolubPereyra1973]. A grid of T1* is scored for every polarity; the best polarity is refined; then every other one that
could still do better between the points of the grid. Of each polarity the highest peak on the grid is refined; where
noise makes two of nearly the same height, the other may be the higher by a little. Arrays are (n p): n samples of p
pixels.
"""

from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from myoqc.fit.curve import Curves

FloatArray = NDArray[np.float64]

GRID_POINTS = 32
LONGEST_MS = 12_000.0
SMALL_STEP = 2e-4
"""A Newton step of log T1* below this ends the search: the error that it leaves is about its square."""
MOST_STEPS = 50
STEPS_PER_SHORTEST = 5.0
"""The second sample comes at most this many T1* after the first: later, e⁻⁵ is left, and it tells nothing of T1*."""
EDGE = 1e-3
"""A top this close to either end of the grid, in log T1*, lies outside."""
BLOCK_PX = 16384
"""Pixels at a time: what a block needs stays in the processor's cache."""


@dataclass(frozen=True, slots=True, eq=False)
class Basis:
    """The curve b(TI; T1*) whose multiple is fitted, and a grid of T1*.

    ``free_start`` True: exp(−TI/T1*) less its mean, which leaves A and B free; False: 1 − exp(−TI/T1*), with A = B.
    """

    times_ms: FloatArray
    """(n) rising."""
    free_start: bool
    log_grid: FloatArray
    """(g) log of T1* in ms, evenly spaced."""
    templates: FloatArray
    """(n g) curves of the grid with unit norm, turned so that a recovery projects positively."""
    half_angle: float
    """Largest angle between the curve of any T1* and that of the nearest point of the grid."""

    @classmethod
    def over(cls, times_ms: FloatArray, shortest_ms: float, *, free_start: bool = True) -> "Basis":
        """The basis for T1* from ``shortest_ms`` to 12 s; not from less than a fifth of the way to the second sample.

        A shorter T1* shows in the first sample alone: the others tell nothing of it, and any number would fit.
        """
        times_ms = np.asarray(times_ms, dtype=np.float64)
        if free_start:
            shortest_ms = max(shortest_ms, (times_ms[1] - times_ms[0]) / STEPS_PER_SHORTEST)
        fine = np.linspace(np.log(shortest_ms), np.log(LONGEST_MS), 2 * GRID_POINTS - 1)
        curve = curves(times_ms, fine, free_start=free_start)[0] * (-1.0 if free_start else 1.0)
        curve /= np.sqrt(dot(curve, curve))
        cosine = dot(curve[:, 1:], curve[:, :-1]).min()
        return cls(times_ms, free_start, fine[::2], curve[:, ::2], float(np.arccos(min(cosine, 1.0))))

    @property
    def step(self) -> float:
        """Spacing of the grid."""
        return float(self.log_grid[1] - self.log_grid[0])

    def inside(self, log_t1_star: FloatArray) -> NDArray[np.bool_]:
        """(p) which log T1* lie within the range, and not at its ends."""
        return np.asarray((log_t1_star > self.log_grid[0] + EDGE) & (log_t1_star < self.log_grid[-1] - EDGE))


class Score(NamedTuple):
    """How the polarities stand after the grid."""

    polarity: NDArray[np.intp]
    """(p) the one that leaves least unexplained at its best point."""
    at_least: NDArray[np.floating]
    """(k p) squared residual that no T1* between the points can undercut; ∞ for the polarity above."""


class Engine(Protocol):
    """The three steps that cost time; :mod:`myoqc.fit.plain` and :mod:`myoqc.fit.compiled` have them."""

    def score(self, basis: Basis, magnitude: FloatArray, signs: FloatArray) -> Score:
        """All polarities ``signs`` (k n) of ``magnitude`` (n p) on the grid."""

    def refine(self, basis: Basis, signal: FloatArray) -> tuple[FloatArray, FloatArray]:
        """T1* (p) of the best curve of ``signal`` (n p), NaN at either end of the range; squared residuals (p)."""

    def describe(self, basis: Basis, signal: FloatArray, t1_star_ms: FloatArray, *, look_locker: bool) -> Curves:
        """The curves of ``signal`` (n p) at the given T1* (p)."""


def fit_curves(engine: Engine, basis: Basis, magnitude: FloatArray, signs: FloatArray, *, look_locker: bool) -> Curves:
    """The best curve of each pixel over T1* and polarities; none where the best lies at an end of the range of T1*.

    ``magnitude`` (n p) with n in the order of ``basis.times_ms``; ``signs`` (k n): the polarities to try, each a row of
    −1 and +1. A signed signal goes in as ``magnitude`` with one row of +1. ``look_locker`` True: T1 = T1*·(B/A − 1),
    the correction for the readout [DeichmannHaase1992]; False: T1 = T1*.
    """
    blocks = []
    for start in range(0, max(magnitude.shape[1], 1), BLOCK_PX):
        block = np.ascontiguousarray(magnitude[:, start : start + BLOCK_PX])
        signal, t1_star_ms = _best(engine, basis, block, signs)
        blocks.append(engine.describe(basis, signal, t1_star_ms, look_locker=look_locker))
    return Curves.joined(blocks)


def _best(engine: Engine, basis: Basis, magnitude: FloatArray, signs: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The signal (n p) with the best polarity of each pixel, and T1* (p) of its best curve."""
    score = engine.score(basis, magnitude, signs)
    signal = magnitude * np.take(signs.T, score.polarity, axis=1)
    t1_star_ms, residual = engine.refine(basis, signal)
    row, pixel = np.nonzero(score.at_least < residual.astype(score.at_least.dtype))
    if len(pixel):
        rival = magnitude[:, pixel] * np.take(signs.T, row, axis=1)
        rival_ms, left_over = engine.refine(basis, rival)
        order = np.argsort(-left_over)
        order = order[left_over[order] < residual[pixel[order]]]
        taken = pixel[order]  # a pixel with several better rivals keeps what is written last: the best
        t1_star_ms[taken], signal[:, taken] = rival_ms[order], rival[:, order]
    return signal, t1_star_ms


def curves(
    times_ms: FloatArray, log_t1_star: FloatArray, *, free_start: bool
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """The basis curve and its first two derivatives by log T1*, each (n p), for log T1* (p)."""
    ratio = times_ms[:, None] * np.exp(-log_t1_star)
    curve = np.exp(-ratio)
    first = ratio * curve
    second = first * (ratio - 1.0)
    if free_start:
        return centred(curve), centred(first), centred(second)
    return 1.0 - curve, -first, -second


def centred(values: FloatArray) -> FloatArray:
    """``values`` (n p) less their mean over n."""
    return np.asarray(values - values.mean(axis=0))


def dot(one: FloatArray, other: FloatArray) -> FloatArray:
    """(p) sum over n of the product of two arrays (n p)."""
    return np.asarray(np.einsum("np,np->p", one, other))
