"""A small case whose images follow a curve exactly, made without the simulator."""

import numpy as np

from hearts import SHMOLLI_TI_MS, acquisition, ring, short_axis
from myoqc.cohort import CohortCase, Harm, scanned
from myoqc.fit import fit_maps
from myoqc.records import Acquisition, Segments
from myoqc.simulate.labels import Artefact, Distractor
from myoqc.simulate.truth import Truth

T1_MS = 1000.0
DRAWN = {"snr": 40.0, "rr_ms": [900.0, 910.5]}


def recovery(t1_ms=T1_MS, grid=None):
    """ShMOLLI images, with their phase, of T1* = ``t1_ms`` / 1.2 (number or (y x)): S = 600 − 1320·exp(−TI/T1*)."""
    grid = grid or short_axis()
    times = np.array(SHMOLLI_TI_MS)[:, None, None]
    signal = 600.0 - 1320.0 * np.exp(-times * 1.2 / np.broadcast_to(t1_ms, grid.shape))
    base = acquisition(grid)
    return Acquisition.from_arrays(
        np.abs(signal),
        SHMOLLI_TI_MS,
        phase_rad=np.where(signal < 0, -np.pi, 0.0),
        grid=grid,
        key=base.key,
        field_t=base.field_t,
        rr_ms=base.rr_ms,
        trigger_ms=base.trigger_ms,
        source=base.source,
    )


def small_case(contamination=0.0, patient_number=7, t1_ms=T1_MS):
    taken = scanned(recovery(t1_ms), 256)
    contours = ring()
    n_images = len(taken.images)
    shares = np.zeros((n_images, 6))
    shares[2, 3] = contamination
    return CohortCase(
        acquisition=taken,
        maps=fit_maps(taken, engine="numpy"),
        contours=contours,
        segments=Segments.from_contours(contours, taken.grid),
        right_ventricle=np.eye(*taken.grid.shape, 2),
        truth=Truth(shares, 10.0 * shares),
        used=np.ones((n_images, 6)),
        harm=Harm(np.linspace(-3.0, 40.0, 6), np.array([0.0, 0.1, 0.2, 0.3, 0.4, np.nan])),
        subject=f"S{patient_number}",
        distractor=Distractor.STOMACH,
        artefact=Artefact.NONE,
        drawn=DRAWN,
    )
