"""The join of simulator and fit: from the plan of a case to the case, as it is stored."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from myoqc.cohort.case import CohortCase
from myoqc.cohort.drawn import plain
from myoqc.cohort.harm import harm
from myoqc.cohort.scanned import STORE_PHASE_STEPS, scanned
from myoqc.fit import fit_maps
from myoqc.records import LabelledImage, ParameterMap, Segments
from myoqc.simulate import CasePlan, draw_case, simulate

DRAWN = (
    *("plan", "position_mm", "tilt_mm_per_mm", "tissues", "flip_scale", "inflow", "timing", "course", "coil"),
    *("off_resonance", "sampling", "phase", "beat_gain", "ghosts", "fold_over", "noise_seed"),
)
"""What is told of everything that was drawn; the anatomy comes again from the plan."""
MOST = 0.5
"""Share of a segment's fitted pixels from which an image counts as used."""


def make_case(
    plan: CasePlan, images: Sequence[LabelledImage] = (), *, phase_steps: int = STORE_PHASE_STEPS
) -> CohortCase:
    """Simulate one slice, fit it as users do, and compare it with itself without motion and noise.

    ``images`` are those of the subject whose real anatomy the plan asks for. The slice is fitted as it will be stored,
    with so many steps of phase in a turn, so that whoever fits the stored images gets the same maps.
    """
    simulation = simulate(draw_case(plan, images))
    acquisition = scanned(simulation.acquisition, phase_steps)
    segments = Segments.from_contours(simulation.contours, acquisition.grid)
    maps = fit_maps(acquisition)
    return CohortCase(
        acquisition=acquisition,
        maps=maps,
        contours=simulation.contours,
        segments=segments,
        right_ventricle=simulation.right_ventricle,
        truth=simulation.truth,
        used=images_used(maps, segments, len(acquisition.images)),
        harm=harm(maps, simulation.still, segments),
        subject=plan.patient.subject,
        distractor=plan.distractor,
        artefact=plan.artefact,
        drawn={name: plain(getattr(simulation.case, name)) for name in DRAWN},
    )


def images_used(maps: ParameterMap, segments: Segments, n_images: int) -> NDArray[np.bool_]:
    """(t 6) whether the fit used an image, the first so many in order of acquisition, in half of the pixels or more."""
    samples = np.zeros(maps.t1_ms.shape) if maps.samples_used is None else maps.samples_used
    used = np.zeros((n_images, len(segments.masks)), dtype=bool)
    for number, mask in enumerate(segments.masks):
        fitted = samples[mask & (samples > 0)]
        used[:, number] = (fitted[:, None] > np.arange(n_images)).sum(axis=0) >= MOST * max(len(fitted), 1)
    return used
