"""ShMOLLI's conditional rule: how many of the seven images a pixel's T1 allows [Piechnik2010].

Images after the second and third inversion begin from a magnetisation that has recovered only where T1 is short, so
that they may be used only there.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from myoqc.fit.curve import Curves

FloatArray = NDArray[np.float64]
IndexArray = NDArray[np.intp]

SHORT = 0.4
"""A T1 below this share of the heartbeat has recovered when the next inversion comes."""


FIVE, SIX, SEVEN = np.array([0, 3, 4, 5, 6]), np.array([0, 1, 3, 4, 5, 6]), np.arange(7)
"""Samples by rising inversion time: of the first inversion alone, with the second, with the third."""


def mean_rr_ms(times_ms: FloatArray) -> float:
    """Mean heartbeat from the sorted inversion times (7): the first inversion is sampled once a beat."""
    return float((times_ms[6] - times_ms[0]) / 4)


def conditional(times_ms: FloatArray, n_pixels: int, fit: Callable[[IndexArray, IndexArray, bool], Curves]) -> Curves:
    """The curves that the rule chooses for each of ``n_pixels`` pixels.

    ``times_ms`` (7) rising; ``fit(pixels, samples, first_negative)`` fits some samples of some pixels, the first of
    them negative whatever its phase says. The published text compares the seven-sample fit with the five-sample one;
    the scanner compares it with the six-sample one, and so do we.
    """
    rr_ms = mean_rr_ms(times_ms)
    everywhere = np.arange(n_pixels)
    five, six = fit(everywhere, FIVE, True), fit(everywhere, SIX, False)
    t1_ms = np.nan_to_num(five.t1_ms, nan=0.0)
    chi = np.nan_to_num(five.chi, nan=np.inf)
    maybe_short = (t1_ms <= rr_ms) | (six.samples == 0) | (six.t1_ms <= SHORT * rr_ms)
    use_six = np.flatnonzero(maybe_short & (six.chi * six.t1_ms < chi * rr_ms))
    chosen = five.put(six.at(use_six), use_six)
    pixels = np.flatnonzero(maybe_short)
    seven = fit(pixels, SEVEN, False)
    below_rr = np.nan_to_num(chosen.t1_ms[pixels], nan=0.0) < rr_ms
    use_seven = below_rr & (seven.chi * seven.t1_ms < six.chi[pixels] * SHORT * rr_ms)
    return chosen.put(seven.at(use_seven), pixels[use_seven])
