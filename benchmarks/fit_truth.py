"""Synthetic images and the exact answer: the least-squares optimum of each pixel, found slowly and on its own.

No code is shared with myoqc. Arrays are (n p): n samples by rising inversion time of p pixels; T1 in ms, NaN = none.
"""

from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import elementwise

FloatArray = NDArray[np.float64]

RR_MS = 900.0
TIMES_MS = {
    "ShMOLLI": [100 + RR_MS * beat for beat in range(5)] + [180.0, 260.0],
    "MOLLI 5(3)3": [100 + RR_MS * beat for beat in range(5)] + [180 + RR_MS * beat for beat in range(3)],
}
T1_STAR_FROM_MS = {"shmolli": 20.0, "molli": 60.0, "signed": 60.0}
T1_STAR_TO_MS = 12_000.0
GRID_POINTS, BLOCK_PX = 1000, 2048


@dataclass(frozen=True, slots=True)
class Stack:
    """Synthetic magnitudes (n p) by rising inversion time, their times, and the signs that they had (n p)."""

    schedule: str
    shape: tuple[int, int]
    ti_ms: FloatArray
    magnitude: NDArray[np.float32]
    signs: FloatArray


@cache
def stack(schedule: str, shape: tuple[int, int]) -> Stack:
    """S = A − B·exp(−TI/T1*) with Rician noise: T1 200–2500 ms, A/σ 20–100, A 150–600, B/A 1.75–1.95."""
    chance = np.random.default_rng(20)
    t1_ms, snr, a, ratio = (
        chance.uniform(low, high, shape[0] * shape[1])
        for low, high in ((200, 2500), (20, 100), (150, 600), (1.75, 1.95))
    )
    ti_ms = np.sort(TIMES_MS[schedule])
    clean = a * (1 - ratio * np.exp(-ti_ms[:, None] * (ratio - 1) / t1_ms))
    noise = chance.standard_normal((2, *clean.shape)) * a / snr
    return Stack(schedule, shape, ti_ms, np.hypot(clean + noise[0], noise[1]).astype(np.float32), np.sign(clean))


def all_polarities(n_samples: int, fewest: int = 0) -> FloatArray:
    """(k n) signs: the first ``fewest`` to n − 1 samples negative."""
    return np.array([np.r_[-np.ones(k), np.ones(n_samples - k)] for k in range(fewest, n_samples)])


def optimum(schedule: str, shape: tuple[int, int], kind: str) -> FloatArray:
    """Converged T1 of every pixel: 'signed' with the true polarity, 'molli' with every one, or 'shmolli'."""
    data = stack(schedule, shape)
    magnitude = data.magnitude.astype(np.float64)
    if kind == "shmolli":
        return converged_shmolli(data.ti_ms, magnitude)
    if kind == "signed":
        one_sign = np.ones((1, len(data.ti_ms)))
        return converged(data.ti_ms, magnitude * data.signs, one_sign, T1_STAR_FROM_MS[kind])[0]
    return converged(data.ti_ms, magnitude, all_polarities(len(data.ti_ms)), T1_STAR_FROM_MS[kind])[0]


def converged(
    ti_ms: FloatArray, samples: FloatArray, signs: FloatArray, shortest_ms: float
) -> tuple[FloatArray, FloatArray]:
    """T1 and χ (p) of the least-squares optimum over all ``signs`` (k n) and T1* from ``shortest_ms`` to 12 s.

    For each polarity 1,000 values of T1* are tried and the root of the derivative of the sum of squares beside the best
    one is found to the last digit (no Newton, no second derivative); the sums of squares decide. No code is shared with
    myoqc. NaN where the best curve lies at the edge of the range or has no positive T1.
    """
    best_t1_ms = np.full(samples.shape[1], np.nan)
    least = np.full(samples.shape[1], np.inf)
    for sign in signs:
        for start in range(0, samples.shape[1], BLOCK_PX):
            block = slice(start, start + BLOCK_PX)
            t1_ms, squares = _optimum(ti_ms, samples[:, block] * sign[:, None], shortest_ms)
            better = squares < least[block]
            best_t1_ms[block] = np.where(better, t1_ms, best_t1_ms[block])
            least[block] = np.where(better, squares, least[block])
    return best_t1_ms, np.where(np.isnan(best_t1_ms), np.nan, np.sqrt(least / (len(ti_ms) - 1)))


def _optimum(ti_ms: FloatArray, signed: FloatArray, shortest_ms: float) -> tuple[FloatArray, FloatArray]:
    grid_ms = np.geomspace(shortest_ms, T1_STAR_TO_MS, GRID_POINTS)
    decay = np.exp(-ti_ms[:, None] / grid_ms)
    decay -= decay.mean(axis=0)
    nearest = (decay.T / np.linalg.norm(decay, axis=0)[:, None] @ signed).argmin(axis=0)
    below, above = grid_ms[np.maximum(nearest - 1, 0)], grid_ms[np.minimum(nearest + 1, GRID_POINTS - 1)]
    with np.errstate(all="ignore"):
        root = elementwise.find_root(
            lambda t1_star_ms, *values: _slope(ti_ms, np.stack(values), t1_star_ms), (below, above), args=tuple(signed)
        )
        t1_star_ms = np.where(root.success, root.x, np.nan)
        a, b, squares = _linear_part(ti_ms, signed, t1_star_ms)
        t1_ms = t1_star_ms * (b / a - 1)
    inside = np.isfinite(t1_ms) & (b > 0)
    _, b_at_grid, squares_at_grid = _linear_part(ti_ms, signed, grid_ms[nearest])
    at_edge = np.where(b_at_grid > 0, squares_at_grid, np.inf)
    return np.where(inside & (a > 0) & (t1_ms > 0), t1_ms, np.nan), np.where(inside, squares, at_edge)


def _linear_part(
    ti_ms: FloatArray, signed: FloatArray, t1_star_ms: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """A, B and the sum of squares for given T1*, by the normal equations of a straight line over exp(−TI/T1*)."""
    decay = np.exp(-ti_ms[:, None] / t1_star_ms)
    off = decay - decay.mean(axis=0)
    b = -(off * signed).sum(axis=0) / (off**2).sum(axis=0)
    a = signed.mean(axis=0) + b * decay.mean(axis=0)
    return a, b, ((signed - a + b * decay) ** 2).sum(axis=0)


def _slope(ti_ms: FloatArray, signed: FloatArray, t1_star_ms: FloatArray) -> FloatArray:
    """Derivative of the sum of squares by T1*, up to a positive factor; A and B follow T1*, so they add nothing."""
    a, b, _ = _linear_part(ti_ms, signed, t1_star_ms)
    decay = np.exp(-ti_ms[:, None] / t1_star_ms)
    return np.asarray(b * ((signed - a + b * decay) * ti_ms[:, None] * decay).sum(axis=0))


def converged_shmolli(ti_ms: FloatArray, magnitude: FloatArray) -> FloatArray:
    """T1 (p) by the conditional rule over converged fits of 5, 6 and 7 samples [Piechnik2010]."""
    five, six, seven = [0, 3, 4, 5, 6], [0, 1, 3, 4, 5, 6], list(range(7))
    rr_ms = float(np.mean([later - earlier for earlier, later in pairwise(ti_ms[five])]))

    def fit(samples: list[int], fewest: int) -> tuple[FloatArray, FloatArray]:
        signs = all_polarities(len(samples), fewest)
        return converged(ti_ms[samples], magnitude[samples], signs, T1_STAR_FROM_MS["shmolli"])

    (t1_5, chi_5), (t1_6, chi_6), (t1_7, chi_7) = fit(five, 1), fit(six, 0), fit(seven, 0)
    maybe_short = (t1_5 <= rr_ms) | (t1_6 <= 0.4 * rr_ms) | np.isnan(t1_6) | np.isnan(t1_5)
    take_six = maybe_short & (chi_6 * t1_6 < np.nan_to_num(chi_5, nan=np.inf) * rr_ms)
    t1_ms = np.where(take_six, t1_6, t1_5)
    take_seven = maybe_short & (chi_7 * t1_7 < chi_6 * 0.4 * rr_ms) & (np.nan_to_num(t1_ms, nan=0.0) < rr_ms)
    return np.where(take_seven, t1_7, t1_ms)
