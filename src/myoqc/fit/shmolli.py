"""ShMOLLI's conditional rule: how many of the seven images a pixel's T1 allows [Piechnik2010].

Images after the second and third inversion begin from a magnetisation that has recovered only where T1 is short, so
that they may be used only there.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from myoqc.fit.curve import Curves

FloatArray = NDArray[np.float64]
IndexArray = NDArray[np.intp]

SHORTEST_T1_STAR_MS = 20.0
BEATS_PER_SHORTEST = 5.0
"""A T1* below a fifth of a heartbeat shows in the first of the five samples only, which then tell nothing of it."""
SHORT = 0.4
"""A T1 below this share of the heartbeat has recovered when the next inversion comes."""


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """Which samples a fit uses, and what is known of them beforehand."""

    numbers: IndexArray
    """By rising inversion time."""
    shortest_ms: float
    """T1* below which nothing is looked for."""
    first_negative: bool = False
    """The first sample is negative whatever its phase says."""


def mean_rr_ms(times_ms: FloatArray) -> float:
    """Mean heartbeat from the sorted inversion times (7): the first inversion is sampled once a beat."""
    return float((times_ms[6] - times_ms[0]) / 4)


def conditional(times_ms: FloatArray, n_pixels: int, fit: Callable[[IndexArray, Samples], Curves]) -> Curves:
    """The curves that the rule chooses for each of ``n_pixels`` pixels.

    ``times_ms`` (7) rising; ``fit(pixels, samples)`` fits some samples of some pixels: those of the first inversion,
    then with the second, then with the third. Two departures from the published text: the seven-sample fit is compared
    with the six-sample one, as the scanner does; and the five-sample fit looks for no T1* of which four of its samples
    would know nothing, where any number would fit.
    """
    rr_ms = mean_rr_ms(times_ms)
    everywhere = np.arange(n_pixels)
    five = fit(everywhere, Samples(np.array([0, 3, 4, 5, 6]), rr_ms / BEATS_PER_SHORTEST, first_negative=True))
    six = fit(everywhere, Samples(np.array([0, 1, 3, 4, 5, 6]), SHORTEST_T1_STAR_MS))
    t1_ms = np.nan_to_num(five.t1_ms, nan=0.0)
    chi = np.nan_to_num(five.chi, nan=np.inf)
    maybe_short = (t1_ms <= rr_ms) | (six.samples == 0) | (six.t1_ms <= SHORT * rr_ms)
    use_six = np.flatnonzero(maybe_short & (six.chi * six.t1_ms < chi * rr_ms))
    chosen = five.put(six.at(use_six), use_six)
    pixels = np.flatnonzero(maybe_short)
    seven = fit(pixels, Samples(np.arange(7), SHORTEST_T1_STAR_MS))
    below_rr = np.nan_to_num(chosen.t1_ms[pixels], nan=0.0) < rr_ms
    use_seven = below_rr & (seven.chi * seven.t1_ms < six.chi[pixels] * SHORT * rr_ms)
    return chosen.put(seven.at(use_seven), pixels[use_seven])
