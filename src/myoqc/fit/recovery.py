"""One recovery curve a pixel, by variable projection.

For a fixed T1* the curve S = A − B·exp(−TI/T1*) is linear in A and B, so that fitting it is a search in one dimension:
for the largest gain q²/s, where q is the projection of the signal onto the basis curve and s its square. A grid of T1*
finds the two best polarities and where to begin; Newton steps on log gain over log T1*, kept inside a bracket, end it
[GolubPereyra1973]. Arrays are (n p): n samples of p pixels.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

GRID_POINTS = 32
LONGEST_MS = 12_000.0
SMALL_STEP = 2e-4
"""A Newton step of log T1* below this ends the search: the error that it leaves is about its square."""
MOST_STEPS = 50
EDGE = 1e-3
"""A top this close to either end of the grid, in log T1*, lies outside."""
BLOCK_PX = 4096
"""Pixels at a time: what a block needs stays in the processor's second cache."""


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

    @classmethod
    def over(cls, times_ms: FloatArray, shortest_ms: float, *, free_start: bool = True) -> "Basis":
        """The basis for T1* from ``shortest_ms`` to 12 s."""
        log_grid = np.linspace(np.log(shortest_ms), np.log(LONGEST_MS), GRID_POINTS)
        return cls(np.asarray(times_ms, dtype=np.float64), free_start, log_grid)

    @property
    def step(self) -> float:
        """Spacing of the grid."""
        return float(self.log_grid[1] - self.log_grid[0])

    def curves(self, log_t1_star: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """The curve and its first two derivatives by log T1*, each (n p), for log T1* (p)."""
        ratio = self.times_ms[:, None] * np.exp(-log_t1_star)
        curve = np.exp(-ratio)
        first = ratio * curve
        second = first * (ratio - 1.0)
        if self.free_start:
            return centred(curve), centred(first), centred(second)
        return 1.0 - curve, -first, -second

    @property
    def templates(self) -> FloatArray:
        """(n g) curves of the grid with unit norm, turned so that a recovery projects positively."""
        curve = self.curves(self.log_grid)[0] * (-1.0 if self.free_start else 1.0)
        return np.asarray(curve / np.sqrt(dot(curve, curve)))


class Recovery(NamedTuple):
    """Fitted curves of p pixels, each (p)."""

    t1_star_ms: FloatArray
    """NaN = no optimum inside the range, or no recovery."""
    residual: FloatArray
    """Sum of squared residuals."""
    polarity: NDArray[np.intp]
    """Which row of the signs was taken."""


def centred(values: FloatArray) -> FloatArray:
    """``values`` (n p) less their mean over n."""
    return np.asarray(values - values.mean(axis=0))


def dot(one: FloatArray, other: FloatArray) -> FloatArray:
    """(p) sum over n of the product of two arrays (n p)."""
    return np.asarray((one * other).sum(axis=0))


def fit_recovery(basis: Basis, magnitude: FloatArray, signs: FloatArray) -> Recovery:
    """The best curve of each pixel over all T1* and polarities: the best polarity of the grid is refined, and the
    second where it might still win. Where the best lies at an end of the range, there is none.

    ``magnitude`` (n p) with n in the order of ``basis.times_ms``; ``signs`` (k n): the polarities to try, each a row of
    −1 and +1. A signed signal goes in as ``magnitude`` with one row of +1.
    """
    scoring = np.concatenate([basis.templates.T * sign for sign in signs]).astype(np.float32)
    total = _power(magnitude, signs, free_start=basis.free_start)
    projection = (scoring @ magnitude.astype(np.float32)).reshape(len(signs), GRID_POINTS, -1)
    peak, start, gain, doubt = _tops(basis, projection)
    left_over = total - gain
    pixels = np.arange(magnitude.shape[1])
    first = left_over.argmin(axis=0)
    t1_star_ms, refined = _refine(basis, magnitude * signs[first].T, peak[first, pixels], start[first, pixels])
    residual = total[first, pixels] - refined
    if len(signs) > 1:
        left_over[first, pixels] = np.inf
        second = left_over.argmin(axis=0)
        rivals = np.flatnonzero(left_over[second, pixels] - doubt[second, pixels] < residual)
        at = second[rivals], rivals
        t1_rival_ms, refined = _refine(basis, magnitude[:, rivals] * signs[at[0]].T, peak[at], start[at])
        wins = total[at] - refined < residual[rivals]
        taken = rivals[wins]
        t1_star_ms[taken], residual[taken] = t1_rival_ms[wins], (total[at] - refined)[wins]
        first[taken] = second[taken]
    return Recovery(t1_star_ms, residual, first)


def _power(magnitude: FloatArray, signs: FloatArray, *, free_start: bool) -> FloatArray:
    """(k p) what a curve can explain at most: the sum of squares, about the mean where A is free."""
    total = np.broadcast_to(dot(magnitude, magnitude), (len(signs), magnitude.shape[1]))
    return total - (signs @ magnitude) ** 2 / len(magnitude) if free_start else total.copy()


def _tops(basis: Basis, projection: NDArray[np.float32]) -> tuple[NDArray[np.intp], FloatArray, FloatArray, FloatArray]:
    """Per polarity and pixel (k p): the grid's peak, log T1* and gain at the top of the parabola through it, and by how
    much that gain may be wrong."""
    peak = projection.argmax(axis=1)
    inner = np.clip(peak, 1, GRID_POINTS - 2)
    left, middle, right = (
        np.take_along_axis(projection, (inner + step)[:, None], axis=1)[:, 0].astype(np.float64) for step in (-1, 0, 1)
    )
    bend = np.minimum(left - 2 * middle + right, -1e-12)
    shift = np.clip((left - right) / (2 * bend), -1.0, 1.0)
    top = np.maximum(middle - (left - right) * shift / 4, 0.0)
    doubt = 2 * top * np.abs(top - middle) + 1e-5 * top**2
    return peak, basis.log_grid[inner] + shift * basis.step, top**2, doubt


def _refine(
    basis: Basis, signal: FloatArray, peak: NDArray[np.intp], start: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """T1* (p) at the top of the gain beside the grid's ``peak``, NaN at either end of the range, and the gain (p)."""
    if basis.free_start:
        signal = centred(signal)
    low = basis.log_grid[np.maximum(peak - 1, 0)]
    high = basis.log_grid[np.minimum(peak + 1, GRID_POINTS - 1)]
    log_t1_star, active = np.clip(start, low, high), np.arange(len(start))
    for _ in range(MOST_STEPS):
        point, below, above = log_t1_star[active], low[active], high[active]
        slope, bend = _slope_and_bend(basis, signal[:, active], point)
        below, above = np.where(slope > 0, point, below), np.where(slope > 0, above, point)
        newton = point - slope / np.where(bend < 0, bend, np.nan)
        inside = (newton >= below) & (newton <= above)
        moved = np.where(inside, newton, (below + above) / 2)
        log_t1_star[active], low[active], high[active] = moved, below, above
        at_edge = (above < basis.log_grid[0] + EDGE) | (below > basis.log_grid[-1] - EDGE)
        active = active[~at_edge & ((np.abs(moved - point) > SMALL_STEP) | (~inside & (above - below > 1e-9)))]
        if not len(active):
            break
    curve = basis.curves(log_t1_star)[0]
    q = dot(signal, curve)
    recovers = q < 0 if basis.free_start else q > 0
    inside = (log_t1_star > basis.log_grid[0] + EDGE) & (log_t1_star < basis.log_grid[-1] - EDGE)
    gain = np.where(recovers, q**2 / dot(curve, curve), 0.0)
    return np.where(recovers & inside, np.exp(log_t1_star), np.nan), gain


def _slope_and_bend(basis: Basis, signal: FloatArray, log_t1_star: FloatArray) -> tuple[FloatArray, FloatArray]:
    """First and second derivative of half the log gain by log T1*, each (p)."""
    curve, first, second = basis.curves(log_t1_star)
    q, dq, ddq = dot(signal, curve), dot(signal, first), dot(signal, second)
    s, ds = dot(curve, curve), dot(curve, first)
    dds = dot(first, first) + dot(curve, second)
    with np.errstate(divide="ignore", invalid="ignore"):
        slope = dq / q - ds / s
        bend = ddq / q - (dq / q) ** 2 - dds / s + 2 * (ds / s) ** 2
    return slope, bend
