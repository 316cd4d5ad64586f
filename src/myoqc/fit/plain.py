"""The steps of the fit in NumPy: the engine that is always there, and the reference for the compiled one."""

import numpy as np
from numpy.typing import NDArray

from myoqc.fit.curve import LONGEST_T1_MS, Curves
from myoqc.fit.recovery import EDGE, GRID_POINTS, MOST_STEPS, SMALL_STEP, Basis, Score, centred, curves, dot

FloatArray = NDArray[np.float64]


def score(basis: Basis, magnitude: FloatArray, signs: FloatArray) -> Score:
    """As :class:`myoqc.fit.recovery.Engine` says.

    The bound: a curve between two points of the grid is turned by at most ``half_angle`` against one of them, so that
    it comes at most by that angle nearer to the signal.
    """
    rows = np.concatenate([basis.templates.T * sign for sign in signs]).astype(np.float32)
    projection = (rows @ magnitude.astype(np.float32)).reshape(len(signs), GRID_POINTS, -1)
    explained = np.maximum(projection.max(axis=1), np.float32(0)).astype(np.float64)
    power = dot(magnitude, magnitude) - ((signs @ magnitude) ** 2 / len(magnitude) if basis.free_start else 0.0)
    at_grid = np.maximum(power - explained**2, 0.0)
    nearer = np.sqrt(at_grid) * np.cos(basis.half_angle) - explained * np.sin(basis.half_angle)
    polarity, at_least = at_grid.argmin(axis=0), np.maximum(nearer, 0.0) ** 2
    at_least[polarity, np.arange(len(polarity))] = np.inf
    return Score(polarity, at_least)


def refine(basis: Basis, signal: FloatArray) -> tuple[FloatArray, FloatArray]:
    """As :class:`myoqc.fit.recovery.Engine` says: Newton steps on log gain, kept inside a bracket about the peak."""
    if basis.free_start:
        signal = centred(signal)
    log_t1_star, low, high = _begin(basis, signal)
    active = np.arange(signal.shape[1])
    for _ in range(MOST_STEPS):
        point, below, above = log_t1_star[active], low[active], high[active]
        slope, bend = _slope_and_bend(basis, signal[:, active], point)
        below, above = np.where(slope > 0, point, below), np.where(slope > 0, above, point)
        newton = point - slope / np.where(bend < 0, bend, np.nan)
        fits = (newton >= below) & (newton <= above)
        moved = np.where(fits, newton, (below + above) / 2)
        log_t1_star[active], low[active], high[active] = moved, below, above
        at_end = (above < basis.log_grid[0] + EDGE) | (below > basis.log_grid[-1] - EDGE)
        active = active[~at_end & ((np.abs(moved - point) > SMALL_STEP) | (~fits & (above - below > 1e-9)))]
        if not len(active):
            break
    curve = curves(basis.times_ms, log_t1_star, free_start=basis.free_start)[0]
    q = dot(signal, curve)
    recovers = q < 0 if basis.free_start else q > 0
    residual = dot(signal, signal) - np.where(recovers, q**2 / dot(curve, curve), 0.0)
    return np.where(recovers & basis.inside(log_t1_star), np.exp(log_t1_star), np.nan), residual


def _begin(basis: Basis, signal: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Log T1* at the top of the parabola through the grid's peak, and the points to either side of the peak."""
    projection = basis.templates.T.astype(np.float32) @ signal.astype(np.float32)
    peak = projection.argmax(axis=0)
    inner = np.clip(peak, 1, GRID_POINTS - 2)
    pixels = np.arange(len(peak))
    left, middle, right = (projection[inner + step, pixels].astype(np.float64) for step in (-1, 0, 1))
    shift = (left - right) / (2 * np.minimum(left - 2 * middle + right, -1e-12))
    low = basis.log_grid[np.maximum(peak - 1, 0)]
    high = basis.log_grid[np.minimum(peak + 1, GRID_POINTS - 1)]
    return np.clip(basis.log_grid[inner] + shift * basis.step, low, high), low, high


def _slope_and_bend(basis: Basis, signal: FloatArray, log_t1_star: FloatArray) -> tuple[FloatArray, FloatArray]:
    """First and second derivative of half the log gain by log T1*, each (p)."""
    curve, first, second = curves(basis.times_ms, log_t1_star, free_start=basis.free_start)
    q, dq, ddq = dot(signal, curve), dot(signal, first), dot(signal, second)
    s, ds = dot(curve, curve), dot(curve, first)
    dds = dot(first, first) + dot(curve, second)
    with np.errstate(divide="ignore", invalid="ignore"):
        slope = dq / q - ds / s
        bend = ddq / q - (dq / q) ** 2 - dds / s + 2 * (ds / s) ** 2
    return slope, bend


def describe(basis: Basis, signal: FloatArray, t1_star_ms: FloatArray, *, look_locker: bool) -> Curves:
    """As :class:`myoqc.fit.recovery.Engine` says; a curve without positive A and a possible T1 is none."""
    n = len(signal)
    with np.errstate(all="ignore"):
        curve, first, _ = curves(basis.times_ms, np.log(t1_star_ms), free_start=basis.free_start)
        decay = np.exp(-basis.times_ms[:, None] / t1_star_ms)
        multiple = dot(signal, curve) / dot(curve, curve)
        a, b = multiple, multiple
        if basis.free_start:
            a, b = signal.mean(axis=0) - multiple * decay.mean(axis=0), -multiple
        t1_ms = t1_star_ms * (b / a - 1.0) if look_locker else t1_star_ms
        fitted = a - b * decay
        left_over = dot(fitted - signal, fitted - signal)
        r2 = _squared_correlation(np.abs(fitted), np.abs(signal))
        spread = _t1_variance(basis, curve, first, decay, t1_star_ms, a, b, look_locker=look_locker)
        t1_sd_ms = np.sqrt(left_over / (n - (3 if basis.free_start else 2)) * spread)
    good = (t1_ms > 0) & (t1_ms < LONGEST_T1_MS) & (a > 0)
    columns = (t1_ms, t1_star_ms, a, b, np.sqrt(left_over / (n - 1)), r2, t1_sd_ms)
    t1_ms, t1_star_ms, a, b, chi, r2, t1_sd_ms = (np.where(good, column, np.nan) for column in columns)
    return Curves(t1_ms, t1_star_ms, a, b, chi, r2, t1_sd_ms, np.where(good, n, 0).astype(np.uint8))


def _squared_correlation(one: FloatArray, other: FloatArray) -> FloatArray:
    """(p) squared Pearson correlation of the columns of two arrays (n p)."""
    x, y = centred(one), centred(other)
    return np.asarray(dot(x, y) ** 2 / (dot(x, x) * dot(y, y)))


def _t1_variance(
    basis: Basis,
    curve: FloatArray,
    first: FloatArray,
    decay: FloatArray,
    t1_star_ms: FloatArray,
    a: FloatArray,
    b: FloatArray,
    *,
    look_locker: bool,
) -> FloatArray:
    """(p) variance of T1 per unit variance of the signal: gᵀ(JᵀJ)⁻¹g, covariances included [Kellman2013].

    The three columns of J are made perpendicular (constant, decay, its derivative), which inverts JᵀJ by hand.
    """
    norm = dot(curve, curve)
    lean = dot(first, curve) / norm
    perpendicular = first - lean * curve
    own = dot(perpendicular, perpendicular)
    if not look_locker:
        return np.asarray(t1_star_ms**2 / (b**2 * own))
    mean_first = (decay * basis.times_ms[:, None] / t1_star_ms).mean(axis=0)
    by_a, by_b = -t1_star_ms * b / a**2, t1_star_ms / a
    along = by_b + by_a * decay.mean(axis=0)
    across = lean * along - by_a * mean_first - t1_star_ms * (b / a - 1.0) / b
    return np.asarray(by_a**2 / len(curve) + along**2 / norm + across**2 / own)
