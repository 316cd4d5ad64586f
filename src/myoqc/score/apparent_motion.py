"""How far tissue seems to have moved in each image, judged by the images that the recovery of its pixels would give.

One recovery a pixel is fitted through all images, those included that ShMOLLI's own fit leaves out, and corrected by
what tissue of the same T1 does elsewhere in the slice. Where tissue has moved, an image differs from the expected one
as the expected one differs from itself moved a little: the way that explains most of the difference about a pixel, by
least squares, is its apparent way [LucasKanade1981]. The expected images are those of [Xue2012], who register to them;
here one step is made and nothing is moved. Because the fit goes through the moved images too, ways come out shorter
than they are, and because brightness is compared, ways along an edge are not seen.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from myoqc.records import CROP_MM, CROP_PX
from myoqc.records.arrays import frozen

FloatMap = NDArray[np.float32]

COARSE = 2
"""Pixels of the crop along each side of one pixel here: scanners' pixels are hardly finer."""
APPARENT_PX = CROP_PX // COARSE
PIXEL_MM = CROP_MM / APPARENT_PX
T1_STAR_S = np.geomspace(0.08, 3.0, 48)
"""A grid as coarse as this changes the expected images by less than noise does."""
LEAST_DECAY = 1e-3
"""Between images of (nearly) one inversion time nothing recovers."""
LEAST_END, T1_RANGE_S = 1e-3, (0.1, 3.5)
"""A recovery that ends at nothing, or has a T1 beyond these, is taken for one at the edge: it only decides a group."""
N_TISSUES, LEAST_PIXELS, LEAST_BRIGHT = 16, 12, 0.1
"""Pixels are taken together in so many groups of equal T1; darker ones say nothing."""
WINDOW_PX = 2.4
"""Standard deviation of the window in which the way is looked for: 4.5 mm, half a wall."""
LEAST_GRADIENT = 4e-4
"""Added to the squared gradient, where 1 is bright: without edges the way is 0 and not anything."""
LONGEST_PX = 6.0
"""Of a single step; the comparison holds for small ways only."""


@dataclass(frozen=True, slots=True, eq=False)
class ApparentMotion:
    """Of every image, on pixels of 1.875 mm."""

    way_mm: FloatMap
    """(t 2 80 80) down and right, against the median over the images."""
    residual: FloatMap
    """(t 80 80) what the image differs by from the expected one; 1 = bright near the heart."""

    def __post_init__(self) -> None:
        side = f"{APPARENT_PX} {APPARENT_PX}"
        for name, axes in (("way_mm", f"t 2 {side}"), ("residual", f"t {side}")):
            object.__setattr__(self, name, frozen(getattr(self, name), np.float32, axes, f"the apparent {name}"))


def apparent_motion(stack: FloatMap, ti_s: NDArray[np.floating]) -> ApparentMotion:
    """Ways and residuals of a ``stack`` (t 160 160) of magnitudes, 1 = bright, at inversion times ``ti_s`` (t) > 0."""
    coarse = coarser(stack)
    shape, magnitude = coarse.shape, coarse.reshape(len(coarse), -1)
    fitted = recoveries(magnitude, np.asarray(ti_s, dtype=np.float64))
    expected = fitted.signal + as_like_tissue(fitted)
    residual = (fitted.measured - expected).reshape(shape)
    expected = np.abs(expected).reshape(shape)
    way_px = _ways_px(expected, coarse - expected)
    way_px -= np.median(way_px, axis=0)
    return ApparentMotion(way_px * np.float32(PIXEL_MM), residual)


def coarser(maps: NDArray[np.floating]) -> FloatMap:
    """Means (… 80 80) of ``maps`` (… 160 160) over the pixels that lie in each coarse one."""
    shape = (*maps.shape[:-2], APPARENT_PX, COARSE, APPARENT_PX, COARSE)
    return np.asarray(maps.reshape(shape).mean(axis=(-3, -1)), dtype=np.float32)


class Recoveries(NamedTuple):
    """The best recovery of each of n pixels."""

    signal: FloatMap
    """(t n) with its sign."""
    measured: FloatMap
    """(t n) magnitudes with the signs that fit best."""
    log_t1: FloatMap
    """(n) logarithm of T1 in s."""


def recoveries(magnitude: FloatMap, ti_s: NDArray[np.float64]) -> Recoveries:
    """The best recoveries through ``magnitude`` (t n) at inversion times ``ti_s`` (t).

    A recovery is A − B·exp(−TI/T1*) with T1* from a grid; signs are tried as of a signal that crosses 0 once, so all
    images of shorter inversion time than one of them are turned. Where no rising recovery fits, it is the mean.
    """
    decay = np.exp(-ti_s / T1_STAR_S[:, None]).astype(np.float32)  # g t
    middle = decay.mean(axis=1)
    norm = np.maximum(np.linalg.norm(decay - middle[:, None], axis=1), LEAST_DECAY)
    unit = (decay - middle[:, None]) / norm[:, None]
    least = np.full(magnitude.shape[1], np.inf, dtype=np.float32)
    signal, measured, log_t1 = np.zeros_like(magnitude), magnitude.copy(), np.zeros_like(least)
    sign = np.ones((len(ti_s), 1), dtype=np.float32)
    for turned in [None, *np.argsort(ti_s, kind="stable")[:-1]]:
        if turned is not None:
            sign[turned] = -1.0
        signed = sign * magnitude
        mean = signed.mean(axis=0)
        rise = np.minimum(unit @ (signed - mean), 0.0)  # g n; B > 0
        best = rise.argmin(axis=0)
        gain = np.take_along_axis(rise, best[None], axis=0)[0]
        left = ((signed - mean) ** 2).sum(axis=0) - gain**2
        better = left < least
        least[better] = left[better]
        signal[:, better] = (mean + gain * unit[best].T)[:, better]
        measured[:, better] = signed[:, better]
        log_t1[better] = _log_t1(mean, -gain / norm[best], middle[best], T1_STAR_S[best])[better]
    return Recoveries(signal, measured, log_t1)


def _log_t1(mean: FloatMap, fall: FloatMap, middle: FloatMap, t1_star_s: NDArray[np.float64]) -> FloatMap:
    """log T1 by the correction for the readout, T1*·(B/A − 1), where B is ``fall``; all (n)."""
    end = np.maximum(mean + fall * middle, LEAST_END)
    return np.asarray(np.log(np.clip(t1_star_s * (fall / end - 1.0), *T1_RANGE_S)), dtype=np.float32)


def as_like_tissue(fitted: Recoveries) -> FloatMap:
    """(t n) what must be added to the recoveries so that most tissue of the same T1 has no residual.

    No scheme recovers fully before it inverts again, and no inversion is whole: images differ from one recovery by a
    share of the brightness that T1 alone decides, ShMOLLI's last two by as much as motion does. Moved tissue is the
    smaller part of any T1, so that the median does not see it.
    """
    bright = np.abs(fitted.signal).max(axis=0)
    seen = np.flatnonzero(bright > LEAST_BRIGHT)
    if len(seen) < N_TISSUES * LEAST_PIXELS:
        return np.zeros_like(fitted.signal)
    groups = np.array_split(seen[np.argsort(fitted.log_t1[seen], kind="stable")], N_TISSUES)
    share = (fitted.measured - fitted.signal) / np.maximum(bright, LEAST_BRIGHT)
    log_t1 = np.array([np.median(fitted.log_t1[group]) for group in groups])
    usual = np.array([np.median(share[:, group], axis=1) for group in groups])  # groups t
    return np.stack([np.interp(fitted.log_t1, log_t1, each) * bright for each in usual.T]).astype(np.float32)


def _ways_px(expected: FloatMap, difference: FloatMap) -> FloatMap:
    """(t 2 v u) the ways d that make difference + d · gradient of ``expected`` least about each pixel; all (t v u)."""
    down, right = np.gradient(expected, axis=(1, 2))
    products = (down * down, down * right, right * right, -down * difference, -right * difference)
    dd, dr, rr, d, r = (ndimage.gaussian_filter(each, (0.0, WINDOW_PX, WINDOW_PX), truncate=3.0) for each in products)
    dd, rr = dd + LEAST_GRADIENT, rr + LEAST_GRADIENT
    determinant = dd * rr - dr * dr
    ways = np.stack([(rr * d - dr * r) / determinant, (dd * r - dr * d) / determinant], axis=1)
    return np.asarray(ways.clip(-LONGEST_PX, LONGEST_PX), dtype=np.float32)
