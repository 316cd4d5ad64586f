"""What a fitted curve says: T1, A and B, how well it explains the samples, and how sure it is."""

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from myoqc.fit.recovery import BLOCK_PX, Basis, Recovery, centred, dot, fit_recovery

FloatArray = NDArray[np.float64]

LONGEST_T1_MS = 6000.0
"""No tissue or fluid of the body has a longer T1 at 3 T: such a curve is noise, and the pixel counts as not fitted."""
R2_DEFINITION = "squared Pearson correlation of |fit| and |signal| over the samples used (the scanner's)"


@dataclass(frozen=True, slots=True, eq=False)
class Curves:
    """Curves of p pixels; all (p). NaN = no curve."""

    t1_ms: FloatArray
    t1_star_ms: FloatArray
    a: FloatArray
    b: FloatArray
    chi: FloatArray
    """√(sum of squared residuals / (n − 1))."""
    r2: FloatArray
    t1_sd_ms: FloatArray
    samples: NDArray[np.uint8]
    """Number of samples used; 0 = no curve."""

    def put(self, other: "Curves", pixels: NDArray[np.intp]) -> "Curves":
        """These curves, with ``other`` at the ``pixels`` (of the length of ``other``)."""
        columns = {}
        for field in fields(self):
            column = getattr(self, field.name).copy()
            column[pixels] = getattr(other, field.name)
            columns[field.name] = column
        return Curves(**columns)

    def at(self, chosen: NDArray[np.bool_] | NDArray[np.intp]) -> "Curves":
        """The curves of some of the pixels."""
        return Curves(**{field.name: getattr(self, field.name)[chosen] for field in fields(self)})


def fit_curves(basis: Basis, magnitude: FloatArray, signs: FloatArray, *, look_locker: bool) -> Curves:
    """The best curves of ``magnitude`` (n p) over T1* and the polarities ``signs`` (k n), in NumPy.

    ``look_locker`` True: T1 = T1*·(B/A − 1), the correction for the readout [DeichmannHaase1992]; False: T1 = T1*.
    """
    blocks = []
    for start in range(0, max(magnitude.shape[1], 1), BLOCK_PX):
        block = magnitude[:, start : start + BLOCK_PX]
        recovery = fit_recovery(basis, block, signs)
        blocks.append(_describe(basis, block * signs[recovery.polarity].T, recovery, look_locker=look_locker))
    return Curves(*(np.concatenate([getattr(block, f.name) for block in blocks]) for f in fields(Curves)))


def _describe(basis: Basis, signal: FloatArray, recovery: Recovery, *, look_locker: bool) -> Curves:
    """Curves of ``signal`` (n p, signed) at the fitted T1*; a curve without positive A and a possible T1 is none."""
    t1_star = recovery.t1_star_ms
    with np.errstate(all="ignore"):
        curve, first, _ = basis.curves(np.log(t1_star))
        a, b = _amplitudes(basis, signal, t1_star, curve)
        t1 = t1_star * (b / a - 1.0) if look_locker else t1_star
        good = (t1 > 0) & (t1 < LONGEST_T1_MS) & (a > 0)
        n = len(signal)
        chi = np.sqrt(np.maximum(recovery.residual, 0.0) / (n - 1))
        fitted = a - b * np.exp(-basis.times_ms[:, None] / t1_star)
        r2 = squared_correlation(np.abs(fitted), np.abs(signal))
        variance = np.maximum(recovery.residual, 0.0) / (n - (3 if basis.free_start else 2))
        t1_sd = np.sqrt(variance * _t1_variance(basis, curve, first, t1_star, a, b, look_locker=look_locker))
    t1, t1_star, a, b, chi, r2, t1_sd = (np.where(good, x, np.nan) for x in (t1, t1_star, a, b, chi, r2, t1_sd))
    return Curves(t1, t1_star, a, b, chi, r2, t1_sd, np.where(good, n, 0).astype(np.uint8))


def squared_correlation(one: FloatArray, other: FloatArray) -> FloatArray:
    """(p) squared Pearson correlation of the columns of two arrays (n p)."""
    x, y = centred(one), centred(other)
    cross = dot(x, y)
    return np.asarray(cross**2 / (dot(x, x) * dot(y, y)))


def _amplitudes(
    basis: Basis, signal: FloatArray, t1_star: FloatArray, curve: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """A and B (p) for given T1*, in closed form."""
    norm = dot(curve, curve)
    multiple = dot(signal, curve) / norm
    if not basis.free_start:
        return multiple, multiple
    mean_decay = np.exp(-basis.times_ms[:, None] / t1_star).mean(axis=0)
    return signal.mean(axis=0) - multiple * mean_decay, -multiple


def _t1_variance(
    basis: Basis,
    curve: FloatArray,
    first: FloatArray,
    t1_star: FloatArray,
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
        return np.asarray(t1_star**2 / (b**2 * own))
    decay = np.exp(-basis.times_ms[:, None] / t1_star)
    mean_decay = decay.mean(axis=0)
    mean_first = (decay * basis.times_ms[:, None] / t1_star).mean(axis=0)
    by_a, by_b, by_log_t1_star = -t1_star * b / a**2, t1_star / a, t1_star * (b / a - 1.0)
    along = by_b + by_a * mean_decay
    across = lean * along - by_a * mean_first - by_log_t1_star / b
    return np.asarray(by_a**2 / len(basis.times_ms) + along**2 / norm + across**2 / own)
