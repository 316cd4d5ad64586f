"""The same fit as :mod:`myoqc.fit.recovery` and :mod:`myoqc.fit.curve`, compiled (optional part 'fast').

Blocks of pixels go through each step side by side, so that one instruction works on several of them: score every
polarity and grid point, refine the best polarity by Newton steps and the second where it might win, describe the curve.
Arrays are (n LANES). Only curves with free A and B are compiled; others go to NumPy.
"""

from math import factorial
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from myoqc.fit import curve
from myoqc.fit.curve import LONGEST_T1_MS, Curves
from myoqc.fit.recovery import EDGE, GRID_POINTS, MOST_STEPS, SMALL_STEP, Basis

FloatArray = NDArray[np.float64]

LANES = 256
"""Pixels side by side: what they need fits the processor's second cache."""
NEWTON_STEPS = 2
"""Steps that all pixels take together; the few that have not settled by then go on alone, inside a bracket."""
BETWEEN_POINTS = 0.05
"""The gain between two points of the grid exceeds that at the better one by less than this share."""
LAST_RATIO = 44.0
"""exp(−44) is nothing beside 1."""
TAYLOR = tuple(1.0 / factorial(k) for k in range(15))
compiled: Any = njit(cache=True, error_model="numpy", fastmath={"reassoc", "contract", "arcp", "nsz", "afn"})


def fit_curves(basis: Basis, magnitude: FloatArray, signs: FloatArray, *, look_locker: bool) -> Curves:
    """As :func:`myoqc.fit.curve.fit_curves`, compiled."""
    if not basis.free_start:
        return curve.fit_curves(basis, magnitude, signs, look_locker=look_locker)
    n_samples, n_pixels = magnitude.shape
    times_ms, grid = basis.times_ms, (float(basis.log_grid[0]), basis.step)
    templates = np.ascontiguousarray(basis.templates, dtype=np.float32)
    block, signal, *work = np.ones((5, n_samples, LANES))
    left_over, peaks = np.empty((2, len(signs), LANES), np.float32)
    polarity = np.empty(LANES, np.intp)
    log_t1_star, residual = np.empty((2, LANES))
    result = np.full((7, n_pixels), np.nan)
    for start in range(0, n_pixels, LANES):
        m = min(LANES, n_pixels - start)
        block[:, :m] = magnitude[:, start : start + m]
        _score(block, signs, templates, left_over, peaks)
        _take_best(block, signs, left_over, signal, polarity)
        _refine(signal, times_ms, templates, grid, peaks, polarity, tuple(work), log_t1_star, residual)
        if len(signs) > 1:
            _try_second(block, signs, times_ms, templates, grid, left_over, peaks, polarity, log_t1_star, residual)
        np.multiply(signs[polarity].T, block, out=signal)
        _describe(signal, times_ms, log_t1_star, look_locker, tuple(work), result[:, start : start + m])
    t1_ms, t1_star_ms, a, b, chi, r2, t1_sd_ms = result
    samples = np.where(np.isnan(t1_ms), 0, n_samples).astype(np.uint8)
    return Curves(t1_ms, t1_star_ms, a, b, chi, r2, t1_sd_ms, samples)


@compiled
def _score(block, signs, templates, left_over, peaks):  # type: ignore[no-untyped-def]
    """What each polarity leaves unexplained at its best grid point, and which point that is, each (k LANES).

    From one polarity to the next only the samples whose sign changes are added again.
    """
    signal = block.astype(np.float32)
    projection = np.zeros((GRID_POINTS, LANES), np.float32)
    power, total = np.zeros((2, LANES), np.float32)
    _dot(signal, signal, power)
    for k in range(len(signs)):
        for i in range(len(signal)):
            change = np.float32(signs[k, i] - (signs[k - 1, i] if k > 0 else 0.0))
            if change != 0:
                _add(signal[i], change, templates[i], projection, total)
        _highest(projection, left_over[k], peaks[k])
        for p in range(LANES):
            left_over[k, p] = power[p] - total[p] ** 2 / np.float32(len(signal)) - left_over[k, p] ** 2


@compiled
def _add(sample, change, template, projection, total):  # type: ignore[no-untyped-def]
    """Add ``change`` times one sample of each pixel to the projections on the grid and to the sum of the samples."""
    for p in range(LANES):
        total[p] += change * sample[p]
    for g in range(GRID_POINTS):
        weight = change * template[g]
        for p in range(LANES):
            projection[g, p] += weight * sample[p]


@compiled
def _highest(projection, top, peak):  # type: ignore[no-untyped-def]
    """The highest projection of each pixel, 0 at least, and its number on the grid."""
    for p in range(LANES):
        top[p], peak[p] = np.float32(0), np.float32(0)
    for g in range(GRID_POINTS):
        number = np.float32(g)
        for p in range(LANES):
            higher = projection[g, p] > top[p]
            top[p] = projection[g, p] if higher else top[p]
            peak[p] = number if higher else peak[p]


@compiled
def _take_best(block, signs, left_over, signal, polarity):  # type: ignore[no-untyped-def]
    """Take the best polarity off the list: its number, and its signal about the mean."""
    least = left_over[0].copy()
    polarity[:] = 0
    for k in range(1, len(signs)):
        for p in range(LANES):
            better = left_over[k, p] < least[p]
            least[p] = left_over[k, p] if better else least[p]
            polarity[p] = k if better else polarity[p]
    for p in range(LANES):
        left_over[polarity[p], p] = np.inf
    for i in range(len(block)):
        for p in range(LANES):
            signal[i, p] = signs[polarity[p], i] * block[i, p]
    _centre(signal)


@compiled
def _refine(signal, times_ms, templates, grid, peaks, polarity, work, log_t1_star, residual):  # type: ignore[no-untyped-def]
    """Log T1* at the top of the gain, NaN where there is none, and what is left unexplained there."""
    low, high, moved, slope, bend, q, gain, power = np.empty((8, LANES))
    for p in range(LANES):
        log_t1_star[p], low[p], high[p], _, _ = _begin(signal, p, templates, int(peaks[polarity[p], p]), grid)
    for _ in range(NEWTON_STEPS):
        _evaluate(signal, times_ms, log_t1_star, work, slope, bend, q, gain)
        for p in range(LANES):
            new = log_t1_star[p] - slope[p] / min(bend[p], -1e-12)
            new = min(max(new, low[p]), high[p])
            moved[p] = abs(new - log_t1_star[p])
            log_t1_star[p] = new
    _dot(signal, signal, power)
    for p in range(LANES):
        if not (moved[p] <= SMALL_STEP and low[p] < log_t1_star[p] < high[p]):
            log_t1_star[p], q[p], gain[p] = _search(signal, p, times_ms, low[p], high[p], grid)
        recovers = q[p] < 0
        residual[p] = power[p] - gain[p] if recovers else power[p]
        log_t1_star[p] = log_t1_star[p] if recovers and _inside(log_t1_star[p], grid) else np.nan


@compiled
def _try_second(block, signs, times_ms, templates, grid, left_over, peaks, polarity, log_t1_star, residual):  # type: ignore[no-untyped-def]
    """Put the second polarity in place of the first where it leaves less unexplained.

    Its top is searched only where the parabola through the grid's peak says that it might suffice.
    """
    signal = np.empty(block.shape)
    rival = np.empty(LANES, np.intp)
    power = np.empty(LANES)
    listed = left_over.copy()
    _take_best(block, signs, left_over, signal, rival)
    _dot(signal, signal, power)
    for p in range(LANES):
        gain = power[p] - listed[rival[p], p]
        if power[p] - gain * (1.0 + BETWEEN_POINTS) >= residual[p]:
            continue
        _, low, high, at, top = _begin(signal, p, templates, int(peaks[rival[p], p]), grid)
        if power[p] - top**2 - 2.0 * top * abs(top - at) - 1e-5 * top**2 < residual[p]:
            log_top, q_top, gain_top = _search(signal, p, times_ms, low, high, grid)
            if q_top < 0 and power[p] - gain_top < residual[p]:
                log_t1_star[p] = log_top if _inside(log_top, grid) else np.nan
                residual[p], polarity[p] = power[p] - gain_top, rival[p]


@compiled
def _begin(signal, p, templates, peak, grid):  # type: ignore[no-untyped-def]
    """Log T1* at the top of the parabola through the grid's peak, the bracket, and the projection at peak and top."""
    middle = min(max(peak, 1), GRID_POINTS - 2)
    before, at, after = 0.0, 0.0, 0.0
    for i in range(len(signal)):
        before += templates[i, middle - 1] * signal[i, p]
        at += templates[i, middle] * signal[i, p]
        after += templates[i, middle + 1] * signal[i, p]
    shift = (before - after) / (2.0 * min(before - 2.0 * at + after, -1e-12))
    low = grid[0] + grid[1] * max(peak - 1, 0)
    high = grid[0] + grid[1] * min(peak + 1, GRID_POINTS - 1)
    log_top = min(max(grid[0] + grid[1] * (middle + shift), low), high)
    return log_top, low, high, at, max(at - (before - after) * shift / 4.0, 0.0)


@compiled
def _search(signal, p, times_ms, low, high, grid):  # type: ignore[no-untyped-def]
    """The top of one pixel's gain inside a bracket by Newton steps and halving: log T1*, q and gain."""
    n = len(signal)
    point, q, gain = 0.5 * (low + high), 0.0, 0.0
    for _ in range(MOST_STEPS):
        rate = np.exp(-point)
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
        gain = q**2 / s
        slope = dq / q - ds / s
        bend = ddq / q - (dq / q) ** 2 - dds / s + 2.0 * (ds / s) ** 2
        low, high = (point, high) if slope > 0 else (low, point)
        new = point - slope / min(bend, -1e-12)
        inside = bend < 0 and low <= new <= high
        moved = abs(new - point)
        point = new if inside else 0.5 * (low + high)
        outside = high < grid[0] + EDGE or low > grid[0] + grid[1] * (GRID_POINTS - 1) - EDGE
        if outside or (inside and moved <= SMALL_STEP) or (not inside and high - low < 1e-9):
            break
    return point, q, gain


@compiled
def _inside(log_t1_star, grid):  # type: ignore[no-untyped-def]
    return grid[0] + EDGE < log_t1_star < grid[0] + grid[1] * (GRID_POINTS - 1) - EDGE


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
def _curves(times_ms, log_t1_star, decay, first, second):  # type: ignore[no-untyped-def]
    """The curve and its two derivatives by log T1*, each (n LANES)."""
    rate = np.empty(LANES)
    for p in range(LANES):
        rate[p] = _exp_minus(log_t1_star[p])
    for i in range(len(times_ms)):
        time_ms = times_ms[i]
        for p in range(LANES):
            ratio = time_ms * rate[p]
            value = _exp_minus(ratio)
            decay[i, p] = value
            first[i, p] = ratio * value
            second[i, p] = ratio * value * (ratio - 1.0)


@compiled
def _dot(one, other, out):  # type: ignore[no-untyped-def]
    """Sum over n of the product."""
    for p in range(LANES):
        out[p] = one[0, p] * other[0, p]
    for i in range(1, len(one)):
        for p in range(LANES):
            out[p] += one[i, p] * other[i, p]


@compiled
def _centre(values):  # type: ignore[no-untyped-def]
    """Take the mean over n off, in place."""
    n = len(values)
    mean = np.zeros(LANES)
    for i in range(n):
        for p in range(LANES):
            mean[p] += values[i, p]
    for i in range(n):
        for p in range(LANES):
            values[i, p] -= mean[p] / n


@compiled
def _evaluate(signal, times_ms, log_t1_star, work, slope, bend, q, gain):  # type: ignore[no-untyped-def]
    """Slope and bend of half the log gain, q, and the gain."""
    decay, first, second = work
    dq, ddq, s, ds, dds, own = np.empty((6, LANES))
    _curves(times_ms, log_t1_star, decay, first, second)
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
def _describe(signal, times_ms, log_t1_star, look_locker, work, result):  # type: ignore[no-untyped-def]
    """As :func:`myoqc.fit.curve._describe`: T1, T1*, A, B, χ, R² and the standard deviation of T1 of each pixel."""
    decay, first, second = work
    n, m = len(signal), result.shape[1]
    mean0, mean1, mean, q, s, lean, own = np.zeros((7, LANES))
    _curves(times_ms, log_t1_star, decay, first, second)
    for i in range(n):
        for p in range(LANES):
            mean0[p] += decay[i, p] / n
            mean1[p] += first[i, p] / n
            mean[p] += signal[i, p] / n
    _centre(decay)
    _centre(first)
    _dot(signal, decay, q)
    _dot(decay, decay, s)
    _dot(first, decay, lean)
    _dot(first, first, own)
    for p in range(m):
        t1_star = np.exp(log_t1_star[p])
        b = -q[p] / s[p]
        a = mean[p] + b * mean0[p]
        t1 = t1_star * (b / a - 1.0) if look_locker else t1_star
        if not (0.0 < t1 < LONGEST_T1_MS and a > 0.0):
            continue
        tilt = lean[p] / s[p]
        across_norm = own[p] - tilt * lean[p]
        if look_locker:
            by_a, by_b = -t1_star * b / a**2, t1_star / a
            along = by_b + by_a * mean0[p]
            across = tilt * along - by_a * mean1[p] - t1 / b
            spread = by_a**2 / n + along**2 / s[p] + across**2 / across_norm
        else:
            spread = t1_star**2 / (b**2 * across_norm)
        r2, left = _quality(signal, decay, p, mean[p], b)
        result[0, p], result[1, p], result[2, p], result[3, p] = t1, t1_star, a, b
        result[4, p] = np.sqrt(left / (n - 1))
        result[5, p] = r2
        result[6, p] = np.sqrt(left / (n - 3) * spread)


@compiled
def _quality(signal, decay, p, mean, b):  # type: ignore[no-untyped-def]
    """Squared Pearson correlation of |fit| and |signal|, and the sum of squared residuals."""
    n = len(signal)
    x1, y1, xx, yy, xy, left = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    for i in range(n):
        fitted = mean - b * decay[i, p]
        left += (signal[i, p] - fitted) ** 2
        x, y = abs(fitted), abs(signal[i, p])
        x1, y1 = x1 + x, y1 + y
        xx, yy, xy = xx + x * x, yy + y * y, xy + x * y
    return (xy - x1 * y1 / n) ** 2 / ((xx - x1 * x1 / n) * (yy - y1 * y1 / n)), left
