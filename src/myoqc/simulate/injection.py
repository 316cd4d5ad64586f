"""Motion put into the images of a real series whose heart is still: training data from a centre's own clean scans.

The signal is the scanner's, noise and all; only the way of the tissue is simulated. A series shows one level, so the
heart moves within the slice, and the part of its way that leads through the slice is left out.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from myoqc.records import Acquisition, Contours, Segments
from myoqc.simulate.labels import Distractor, Motion
from myoqc.simulate.motion.course import Course, draw_course, from_reference, reference_images
from myoqc.simulate.motion.field import displacement_fields
from myoqc.simulate.motion.warp import warp, warp_shares
from myoqc.simulate.physics.timing import Timing, timing
from myoqc.simulate.real import scene_of_series
from myoqc.simulate.truth import Truth, motion_truth

FloatArray = NDArray[np.float64]

USUAL_RR_MS = 900.0
PAUSES_S = 10.0
"""Longest that all pauses of a scheme take, in seconds: enough heartbeats for any."""


@dataclass(frozen=True, slots=True, eq=False)
class Injection:
    """A real series with motion that is known."""

    acquisition: Acquisition
    course: Course
    """Against the images as they were; of the heart's way, only what lies in the slice was applied."""
    truth: Truth


def inject(
    rng: np.random.Generator,
    acquisition: Acquisition,
    contours: Contours,
    *,
    motion: Motion,
    distractor: Distractor = Distractor.NONE,
    size_mm: float | None = None,
) -> Injection:
    """Move the tissue of a still series within its images; ``size_mm`` is the heart's way, drawn where None.

    ``contours`` belong to the series as it is. What the heart did in life is taken for no motion. Raises GeometryError
    for a series without orientation, with pixels that are not square or seen from the base, ContourError for outlines
    that hold no pixels.
    """
    scene = scene_of_series(acquisition, contours)
    at = _timing(acquisition)
    drawn = draw_course(rng, at, motion=motion, distractor=distractor, size_mm=size_mm)
    course = from_reference(drawn, reference_images(at))
    fields_mm = displacement_fields(course, scene, acquisition.grid)
    seen = warp(_complex(acquisition), fields_mm, scene.canvas)
    walls = warp_shares(np.repeat(scene.wall[None], len(seen), axis=0), fields_mm, scene.canvas)
    segments = Segments.from_contours(contours, acquisition.grid)
    truth = motion_truth(walls, scene.wall, segments, fields_mm, np.zeros(len(seen)), scene.canvas)
    phase_rad = None if acquisition.phase_rad is None else np.angle(seen)
    return Injection(replace(acquisition, images=np.abs(seen), phase_rad=phase_rad), course, truth)


def _complex(acquisition: Acquisition) -> NDArray[np.complex64]:
    magnitude = np.nan_to_num(acquisition.images)
    phase_rad = np.zeros_like(magnitude) if acquisition.phase_rad is None else np.nan_to_num(acquisition.phase_rad)
    return np.asarray(magnitude * np.exp(1j * phase_rad), dtype=np.complex64)


def _timing(acquisition: Acquisition) -> Timing:
    """Even heartbeats of the series' scheme; the images in the order of their acquisition."""
    rr_ms = acquisition.rr_ms or USUAL_RR_MS
    n_beats = acquisition.schedule.n_images + int(np.ceil(PAUSES_S * 1000.0 / rr_ms))
    return timing(acquisition.schedule, np.full(n_beats, rr_ms))
