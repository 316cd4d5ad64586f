"""What moves beside a heart that may be still: stomach and bowel by themselves, the diaphragm alone."""

import numpy as np
from numpy.typing import NDArray

from myoqc.simulate.labels import Motion
from myoqc.simulate.motion.breath_course import draw_curve, draw_tidal_mm, seconds
from myoqc.simulate.physics.timing import Timing

FloatArray = NDArray[np.float64]

PERISTALSIS_S = (4.0, 20.0)
"""Period of a contraction wave: 5 s in the bowel, 20 s in the stomach."""
ACTIVE_MM, QUIET_MM = (3.0, 10.0), (0.0, 0.6)
"""How far stomach and bowel go by themselves: where they distract, and in everybody."""
ACTIVE_GROWTH, QUIET_GROWTH = (0.05, 0.25), (0.0, 0.02)
"""How much their width changes."""
DIAPHRAGM_MM = (3.0, 15.0)
"""How far the abdomen goes under a heart that stays."""
DIAPHRAGM_KINDS = (Motion.DRIFT, Motion.RELEASE, Motion.OSCILLATION, Motion.LATE_BREATH)


def draw_stomach(rng: np.random.Generator, timing: Timing, *, active: bool) -> tuple[FloatArray, FloatArray]:
    """Own way (t 2) of stomach and bowel in the image, in mm, and relative growth (t) of their width.

    Waves of peristalsis move and squeeze them; quiet ones draw the same numbers as active ones.
    """
    elapsed_s = seconds(timing)
    periods_s, phases = rng.uniform(*PERISTALSIS_S, 3), rng.uniform(0.0, 2 * np.pi, 3)
    waves = np.sin(2 * np.pi * elapsed_s[:, None] / periods_s + phases)
    angle, share = rng.uniform(0.0, 2 * np.pi), rng.uniform(size=2)
    size_mm = np.interp(share[0], [0.0, 1.0], ACTIVE_MM if active else QUIET_MM)
    growth = np.interp(share[1], [0.0, 1.0], ACTIVE_GROWTH if active else QUIET_GROWTH)
    way_mm = size_mm / 2 * waves[:, :2] * np.array([np.sin(angle), np.cos(angle)])
    return np.asarray(way_mm), np.asarray(growth * waves[:, 2])


def draw_abdomen_mm(rng: np.random.Generator, timing: Timing, *, active: bool) -> FloatArray:
    """Way (t 3) of diaphragm and abdomen that the heart doesn't follow, LPS; nothing unless ``active``."""
    way = draw_tidal_mm(rng) * rng.choice([-1.0, 1.0])
    kind = DIAPHRAGM_KINDS[rng.integers(len(DIAPHRAGM_KINDS))]
    size_mm = rng.uniform(*DIAPHRAGM_MM)
    curve_rng = np.random.default_rng(rng.integers(2**63))
    if not active:
        return np.zeros((len(timing.readout_ms), 3))
    curve = draw_curve(curve_rng, kind, seconds(timing))
    return np.asarray(size_mm * curve[:, None] * way / np.linalg.norm(way))
