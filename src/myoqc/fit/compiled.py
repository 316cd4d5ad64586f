"""The steps of the fit compiled by numba (optional part 'fast'); the formulas are those of :mod:`myoqc.fit.plain`.

Pixels go through each step in blocks, side by side, so that one instruction works on several of them: arrays are
(n LANES), and the inner loops run over the pixels. Each number a pixel has a row of its own: of rows of one common
array the compiler fears that they overlap, and works on one pixel at a time. Curves with A = B go to NumPy.
"""

from math import factorial
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from myoqc.fit import plain
from myoqc.fit.curve import LONGEST_T1_MS, Curves
from myoqc.fit.recovery import EDGE, GRID_POINTS, MOST_STEPS, SMALL_STEP, Basis, Score

FloatArray = NDArray[np.float64]

LANES = 256
"""Pixels side by side: what they need fits the processor's second cache."""
NEWTON_STEPS = 2
"""Steps that all pixels take together; the few that have not settled by then go on alone, inside a bracket."""
LAST_RATIO = 44.0
"""exp(−44) is nothing beside 1."""
TAYLOR = tuple(1.0 / factorial(k) for k in range(15))
compiled: Any = njit(cache=True, error_model="numpy", fastmath={"reassoc", "contract", "arcp", "nsz", "afn"})


def score(basis: Basis, magnitude: FloatArray, signs: FloatArray) -> Score:
    """As :func:`myoqc.fit.plain.score`."""
    if not basis.free_start:
        return plain.score(basis, magnitude, signs)
    polarity = np.empty(magnitude.shape[1], np.intp)
    at_least = np.empty((len(signs), magnitude.shape[1]), np.float32)
    templates = np.ascontiguousarray(basis.templates, dtype=np.float32)
    turn = np.float32(np.cos(basis.half_angle)), np.float32(np.sin(basis.half_angle))
    _score_all(magnitude, signs, templates, turn, polarity, at_least)
    return Score(polarity, at_least)


def refine(basis: Basis, signal: FloatArray) -> tuple[FloatArray, FloatArray]:
    """As :func:`myoqc.fit.plain.refine`."""
    if not basis.free_start:
        return plain.refine(basis, signal)
    t1_star_ms, residual = np.empty(signal.shape[1]), np.empty(signal.shape[1])
    templates = np.ascontiguousarray(basis.templates, dtype=np.float32)
    grid = float(basis.log_grid[0]), basis.step
    _refine_all(signal, basis.times_ms, templates, grid, t1_star_ms, residual)
    return t1_star_ms, residual


def describe(basis: Basis, signal: FloatArray, t1_star_ms: FloatArray, *, look_locker: bool) -> Curves:
    """As :func:`myoqc.fit.plain.describe`."""
    if not basis.free_start:
        return plain.describe(basis, signal, t1_star_ms, look_locker=look_locker)
    result = np.full((7, signal.shape[1]), np.nan)
    _describe_all(signal, basis.times_ms, t1_star_ms, look_locker, result)
    t1_ms, t1_star_ms, a, b, chi, r2, t1_sd_ms = result
    samples = np.where(np.isnan(t1_ms), 0, len(signal)).astype(np.uint8)
    return Curves(t1_ms, t1_star_ms, a, b, chi, r2, t1_sd_ms, samples)


@compiled
def _fill(block, values, start):  # type: ignore[no-untyped-def]
    """Copy pixels from ``start`` on into ``block`` (n LANES); gives their number. What is left of a block stays."""
    m = min(LANES, values.shape[1] - start)
    for i in range(len(values)):
        for p in range(m):
            block[i, p] = values[i, start + p]
    return m


@compiled
def _score_all(magnitude, signs, templates, turn, polarity, at_least):  # type: ignore[no-untyped-def]
    """:func:`_score` of all pixels, block by block."""
    block = np.ones((len(magnitude), LANES), np.float32)
    for start in range(0, magnitude.shape[1], LANES):
        m = _fill(block, magnitude, start)
        chosen, least = _score(block, signs, templates, turn)
        for p in range(m):
            polarity[start + p] = chosen[p]
        for k in range(len(signs)):
            for p in range(m):
                at_least[k, start + p] = least[k, p]


@compiled
def _refine_all(signal, times_ms, templates, grid, t1_star_ms, residual):  # type: ignore[no-untyped-def]
    """:func:`_refine` of all pixels, block by block."""
    block = np.ones((len(signal), LANES))
    for start in range(0, signal.shape[1], LANES):
        m = _fill(block, signal, start)
        found_ms, left_over = _refine(block, times_ms, templates, grid)
        for p in range(m):
            t1_star_ms[start + p], residual[start + p] = found_ms[p], left_over[p]


@compiled
def _describe_all(signal, times_ms, t1_star_ms, look_locker, result):  # type: ignore[no-untyped-def]
    """:func:`_describe` of all pixels, block by block, into ``result`` (7 p)."""
    block, rate = np.ones((len(signal), LANES)), np.ones(LANES)
    for start in range(0, signal.shape[1], LANES):
        m = _fill(block, signal, start)
        for p in range(m):
            rate[p] = 1.0 / t1_star_ms[start + p]
        _describe(block, times_ms, rate, look_locker, result[:, start : start + m])


@compiled
def _row():  # type: ignore[no-untyped-def]
    """Room for one number a pixel."""
    return np.empty(LANES)


@compiled
def _score(signal, signs, templates, turn):  # type: ignore[no-untyped-def]
    """The polarity (LANES) that leaves least unexplained on the grid, and what the others leave at least (k LANES).

    From one polarity to the next only the samples whose sign changes are added again.
    """
    n = len(signal)
    cosine, sine = turn
    share, nothing = np.float32(1.0 / n), np.float32(0.0)
    polarity, at_least = np.zeros(LANES, np.intp), np.empty((len(signs), LANES), np.float32)
    projection = np.zeros((GRID_POINTS, LANES), np.float32)
    total, top, least = np.zeros(LANES, np.float32), np.zeros(LANES, np.float32), np.full(LANES, np.float32(np.inf))
    power = np.empty(LANES, np.float32)
    _dot(signal, signal, power)
    for k in range(len(signs)):
        for i in range(n):
            change = np.float32(signs[k, i] - (signs[k - 1, i] if k > 0 else 0.0))
            if change != 0:
                _add(signal[i], change, templates[i], projection)
                for p in range(LANES):
                    total[p] += change * signal[i, p]
        _highest(projection, top)
        for p in range(LANES):
            left = max(power[p] - total[p] * total[p] * share - top[p] * top[p], nothing)
            nearer = max(np.sqrt(left) * cosine - top[p] * sine, nothing)
            at_least[k, p] = nearer * nearer
            better = left < least[p]
            least[p] = left if better else least[p]
            polarity[p] = k if better else polarity[p]
    for p in range(LANES):
        at_least[polarity[p], p] = np.inf
    return polarity, at_least


@compiled
def _add(sample, change, template, projection):  # type: ignore[no-untyped-def]
    """Add ``change`` times one sample of each pixel to the projections on the grid."""
    for g in range(GRID_POINTS):
        weight = change * template[g]
        for p in range(LANES):
            projection[g, p] += weight * sample[p]


@compiled
def _highest(projection, top):  # type: ignore[no-untyped-def]
    """The highest projection of each pixel, 0 at least."""
    for p in range(LANES):
        top[p] = 0.0
    for g in range(GRID_POINTS):
        for p in range(LANES):
            top[p] = projection[g, p] if projection[g, p] > top[p] else top[p]


@compiled
def _refine(signal, times_ms, templates, grid):  # type: ignore[no-untyped-def]
    """T1* (LANES), NaN at either end of the range, and the squared residuals (LANES)."""
    n = len(signal)
    log_t1_star, low, high, moved, t1_star_ms = _row(), _row(), _row(), _row(), _row()
    residual, slope, bend, q, gain = _row(), _row(), _row(), _row(), _row()
    work = np.empty((n, LANES)), np.empty((n, LANES)), np.empty((n, LANES))
    _centre(signal)
    _dot(signal, signal, residual)
    _begin(signal, templates, grid, log_t1_star, low, high)
    for _ in range(NEWTON_STEPS):
        _evaluate(signal, times_ms, log_t1_star, work, slope, bend, q, gain)
        for p in range(LANES):
            new = log_t1_star[p] - slope[p] / min(bend[p], -1e-12)
            new = min(max(new, low[p]), high[p])
            moved[p] = abs(new - log_t1_star[p])
            log_t1_star[p] = new
    for p in range(LANES):
        if not (moved[p] <= SMALL_STEP and low[p] < log_t1_star[p] < high[p]):
            log_t1_star[p], q[p], gain[p] = _search(signal, p, times_ms, low[p], high[p], grid)
        recovers = q[p] < 0
        inside = grid[0] + EDGE < log_t1_star[p] < grid[0] + grid[1] * (GRID_POINTS - 1) - EDGE
        t1_star_ms[p] = np.exp(log_t1_star[p]) if recovers and inside else np.nan
        residual[p] -= gain[p] if recovers else 0.0
    return t1_star_ms, residual


@compiled
def _begin(signal, templates, grid, start, low, high):  # type: ignore[no-untyped-def]
    """Log T1* at the top of the parabola through the grid's peak, and the points to either side of the peak."""
    projection = np.zeros((GRID_POINTS, LANES), np.float32)
    samples = signal.astype(np.float32)
    for i in range(len(signal)):
        _add(samples[i], np.float32(1.0), templates[i], projection)
    top, peak = projection[0].copy(), np.zeros(LANES, np.float32)
    for g in range(GRID_POINTS):
        number = np.float32(g)
        for p in range(LANES):
            higher = projection[g, p] > top[p]
            top[p] = projection[g, p] if higher else top[p]
            peak[p] = number if higher else peak[p]
    for p in range(LANES):
        at = int(peak[p])
        inner = min(max(at, 1), GRID_POINTS - 2)
        before, middle, after = projection[inner - 1, p], projection[inner, p], projection[inner + 1, p]
        shift = (before - after) / (2.0 * min(before - 2.0 * middle + after, -1e-12))
        low[p] = grid[0] + grid[1] * max(at - 1, 0)
        high[p] = grid[0] + grid[1] * min(at + 1, GRID_POINTS - 1)
        start[p] = min(max(grid[0] + grid[1] * (inner + shift), low[p]), high[p])


@compiled
def _search(signal, p, times_ms, low, high, grid):  # type: ignore[no-untyped-def]
    """The top of one pixel's gain inside a bracket by Newton steps and halving: log T1*, q and gain there."""
    point, q, gain, going_on = 0.5 * (low + high), 0.0, 0.0, True
    for _ in range(MOST_STEPS):
        slope, bend, q, gain = _evaluate_one(signal, p, times_ms, point)
        if not going_on:
            break
        low, high = (point, high) if slope > 0 else (low, point)
        new = point - slope / min(bend, -1e-12)
        fits = bend < 0 and low <= new <= high
        moved = abs(new - point)
        point = new if fits else 0.5 * (low + high)
        at_end = high < grid[0] + EDGE or low > grid[0] + grid[1] * (GRID_POINTS - 1) - EDGE
        going_on = not (at_end or (fits and moved <= SMALL_STEP) or (not fits and high - low < 1e-9))
    return point, q, gain


@compiled
def _evaluate_one(signal, p, times_ms, log_t1_star):  # type: ignore[no-untyped-def]
    """As :func:`_evaluate`, of one pixel."""
    n, rate = len(signal), np.exp(-log_t1_star)
    q, dq, ddq, s, ds, dds, sum0, sum1, sum2 = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    for i in range(n):
        ratio = times_ms[i] * rate
        decay = np.exp(-ratio)
        first = ratio * decay
        second = first * (ratio - 1.0)
        q, dq, ddq = q + signal[i, p] * decay, dq + signal[i, p] * first, ddq + signal[i, p] * second
        s, ds, dds = s + decay**2, ds + decay * first, dds + first**2 + decay * second
        sum0, sum1, sum2 = sum0 + decay, sum1 + first, sum2 + second
    s, ds, dds = s - sum0**2 / n, ds - sum0 * sum1 / n, dds - (sum1**2 + sum0 * sum2) / n
    bend = ddq / q - (dq / q) ** 2 - dds / s + 2.0 * (ds / s) ** 2
    return dq / q - ds / s, bend, q, q**2 / s


@compiled
def _evaluate(signal, times_ms, log_t1_star, work, slope, bend, q, gain):  # type: ignore[no-untyped-def]
    """Slope and bend of half the log gain, q, and the gain, each (LANES)."""
    decay, first, second = work
    rate, dq, ddq, s, ds, own, dds = _row(), _row(), _row(), _row(), _row(), _row(), _row()
    for p in range(LANES):
        rate[p] = _exp_minus(log_t1_star[p])
    _curves(times_ms, rate, decay, first, second)
    _dot(signal, decay, q)
    _dot(signal, first, dq)
    _dot(signal, second, ddq)
    _centre(decay)
    _centre(first)
    _dot(decay, decay, s)
    _dot(decay, first, ds)
    _dot(first, first, own)
    _dot(decay, second, dds)
    for p in range(LANES):
        by_q, by_s = 1.0 / q[p], 1.0 / s[p]
        slope[p] = dq[p] * by_q - ds[p] * by_s
        bend[p] = ddq[p] * by_q - (dq[p] * by_q) ** 2 - (own[p] + dds[p]) * by_s + 2.0 * (ds[p] * by_s) ** 2
        gain[p] = q[p] * q[p] * by_s


@compiled
def _curves(times_ms, rate, decay, first, second):  # type: ignore[no-untyped-def]
    """exp(−TI/T1*) for 1/T1* (LANES) and its first two derivatives by log T1*, each (n LANES)."""
    for i in range(len(times_ms)):
        time_ms = times_ms[i]
        for p in range(LANES):
            ratio = time_ms * rate[p]
            value = _exp_minus(ratio)
            decay[i, p] = value
            first[i, p] = ratio * value
            second[i, p] = ratio * value * (ratio - 1.0)


@compiled
def _exp_minus(ratio):  # type: ignore[no-untyped-def]
    """exp(−ratio) for ratio ≥ 0 without branch or call: Taylor's series of exp(−ratio/64), squared six times."""
    z = (ratio if ratio < LAST_RATIO else LAST_RATIO) * (-1.0 / 64.0)
    series = TAYLOR[14]
    for k in range(13, -1, -1):
        series = series * z + TAYLOR[k]
    for _ in range(6):
        series *= series
    return series


@compiled
def _dot(one, other, total):  # type: ignore[no-untyped-def]
    """Sum over n of the product (LANES)."""
    for p in range(LANES):
        total[p] = one[0, p] * other[0, p]
    for i in range(1, len(one)):
        for p in range(LANES):
            total[p] += one[i, p] * other[i, p]


@compiled
def _mean(values):  # type: ignore[no-untyped-def]
    """Mean over n (LANES)."""
    mean = np.zeros(LANES)
    for i in range(len(values)):
        for p in range(LANES):
            mean[p] += values[i, p]
    for p in range(LANES):
        mean[p] /= len(values)
    return mean


@compiled
def _centre(values):  # type: ignore[no-untyped-def]
    """Take the mean over n off, in place."""
    mean = _mean(values)
    for i in range(len(values)):
        for p in range(LANES):
            values[i, p] -= mean[p]


@compiled
def _describe(signal, times_ms, rate, look_locker, result):  # type: ignore[no-untyped-def]
    """Into ``result`` (7 m): T1, T1*, A, B, χ, R² and the standard deviation of T1; untouched without a curve."""
    n, m = len(signal), result.shape[1]
    decay, first, second = np.empty((n, LANES)), np.empty((n, LANES)), np.empty((n, LANES))
    q, s, lean, own = _row(), _row(), _row(), _row()
    _curves(times_ms, rate, decay, first, second)
    mean0, mean1, mean = _mean(decay), _mean(first), _mean(signal)
    _centre(decay)
    _centre(first)
    _dot(signal, decay, q)
    _dot(decay, decay, s)
    _dot(first, decay, lean)
    _dot(first, first, own)
    for p in range(m):
        t1_star = 1.0 / rate[p]
        b = -q[p] / s[p]
        a = mean[p] + b * mean0[p]
        t1 = t1_star * (b / a - 1.0) if look_locker else t1_star
        if not (0.0 < t1 < LONGEST_T1_MS and a > 0.0):
            continue
        tilt = lean[p] / s[p]
        own_norm = own[p] - tilt * lean[p]
        spread = t1_star**2 / (b**2 * own_norm)
        if look_locker:
            by_a, by_b = -t1_star * b / a**2, t1_star / a
            along = by_b + by_a * mean0[p]
            across = tilt * along - by_a * mean1[p] - t1 / b
            spread = by_a**2 / n + along**2 / s[p] + across**2 / own_norm
        r2, left_over = _quality(signal, decay, p, mean[p], b)
        result[0, p], result[1, p], result[2, p], result[3, p] = t1, t1_star, a, b
        result[4, p], result[5, p], result[6, p] = (
            np.sqrt(left_over / (n - 1)),
            r2,
            np.sqrt(left_over / (n - 3) * spread),
        )


@compiled
def _quality(signal, decay, p, mean, b):  # type: ignore[no-untyped-def]
    """Squared Pearson correlation of |fit| and |signal|, and the sum of squared residuals."""
    n = len(signal)
    x1, y1, xx, yy, xy, left_over = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    for i in range(n):
        fitted = mean - b * decay[i, p]
        left_over += (signal[i, p] - fitted) ** 2
        x, y = abs(fitted), abs(signal[i, p])
        x1, y1 = x1 + x, y1 + y
        xx, yy, xy = xx + x * x, yy + y * y, xy + x * y
    return (xy - x1 * y1 / n) ** 2 / ((xx - x1 * x1 / n) * (yy - y1 * y1 / n)), left_over
