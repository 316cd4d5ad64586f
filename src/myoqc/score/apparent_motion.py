"""How far tissue seems to have moved in each image, judged by the images that the recovery of its pixels would give.

One recovery a pixel is fitted through all images, those included that ShMOLLI's own fit leaves out. Where tissue has
moved, an image differs from the expected one as the expected one differs from itself moved a little: the way that
explains most of the difference about a pixel, by least squares, is its apparent way [LucasKanade1981]. The expected
images are those of [Xue2012], who register to them; here one step is made and nothing is moved. Because the fit goes
through the moved images too, ways come out shorter than they are, and because brightness is compared, ways along an
edge are not seen.
"""

from dataclasses import dataclass

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
    expected, residual = expected_images(coarse.reshape(len(coarse), -1), np.asarray(ti_s, dtype=np.float64))
    expected, difference = expected.reshape(coarse.shape), coarse - expected.reshape(coarse.shape)
    way_px = _ways_px(expected, difference)
    way_px -= np.median(way_px, axis=0)
    return ApparentMotion(way_px * np.float32(PIXEL_MM), residual.reshape(coarse.shape))


def coarser(maps: NDArray[np.floating]) -> FloatMap:
    """Means (… 80 80) of ``maps`` (… 160 160) over the pixels that lie in each coarse one."""
    shape = (*maps.shape[:-2], APPARENT_PX, COARSE, APPARENT_PX, COARSE)
    return np.asarray(maps.reshape(shape).mean(axis=(-3, -1)), dtype=np.float32)


def expected_images(magnitude: FloatMap, ti_s: NDArray[np.float64]) -> tuple[FloatMap, FloatMap]:
    """Magnitudes (t n) of the best recoveries through ``magnitude`` (t n), and signed signal less recovery (t n).

    A recovery is A − B·exp(−TI/T1*) with T1* from a grid; signs are tried as of a signal that crosses 0 once, so all
    images of shorter inversion time than one of them are turned. Where no rising recovery fits, it is the mean.
    """
    decay = np.exp(-ti_s / T1_STAR_S[:, None]).astype(np.float32)  # g t
    centred = decay - decay.mean(axis=1, keepdims=True)
    unit = centred / np.maximum(np.linalg.norm(centred, axis=1, keepdims=True), LEAST_DECAY)
    least = np.full(magnitude.shape[1], np.inf, dtype=np.float32)
    recovery, signal = np.zeros_like(magnitude), magnitude.copy()
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
        recovery[:, better] = (mean + gain * unit[best].T)[:, better]
        signal[:, better] = signed[:, better]
    return np.abs(recovery), signal - recovery


def _ways_px(expected: FloatMap, difference: FloatMap) -> FloatMap:
    """(t 2 v u) the ways d that make difference + d · gradient of ``expected`` least about each pixel; all (t v u)."""
    down, right = np.gradient(expected, axis=(1, 2))
    products = (down * down, down * right, right * right, -down * difference, -right * difference)
    dd, dr, rr, d, r = (ndimage.gaussian_filter(each, (0.0, WINDOW_PX, WINDOW_PX), truncate=3.0) for each in products)
    dd, rr = dd + LEAST_GRADIENT, rr + LEAST_GRADIENT
    determinant = dd * rr - dr * dr
    ways = np.stack([(rr * d - dr * r) / determinant, (dd * r - dr * d) / determinant], axis=1)
    return np.asarray(ways.clip(-LONGEST_PX, LONGEST_PX), dtype=np.float32)
