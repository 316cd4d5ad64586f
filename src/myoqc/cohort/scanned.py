"""An acquisition in the numbers that a scanner stores: whole numbers of 12 bits, steps of phase, tenths of ms."""

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from myoqc.records import Acquisition

BRIGHTEST = 4095
"""The largest number of 12 bits."""
DICOM_PHASE_STEPS, STORE_PHASE_STEPS = 4096, 256
"""Steps in a turn of 2π: of a scanner's phase images, and of a cohort's, where one byte has to do."""


def scanned(acquisition: Acquisition, phase_steps: int = DICOM_PHASE_STEPS) -> Acquisition:
    """The same acquisition as it comes back from storage; numbers that are stored as they are do not change.

    Magnitudes become whole numbers from 0 to 4095, inversion times tenths of ms, and the phase steps of
    2π / ``phase_steps`` from −π on, below π.
    """
    phase_rad = acquisition.phase_rad
    return replace(
        acquisition,
        images=np.clip(np.rint(np.nan_to_num(acquisition.images)), 0, BRIGHTEST),
        ti_ms=np.round(acquisition.ti_ms, 1),
        phase_rad=None if phase_rad is None else phase_of(phase_code(phase_rad, phase_steps), phase_steps),
    )


def phase_code(phase_rad: NDArray[np.float32], steps: int) -> NDArray[np.int16]:
    """Whole steps from −steps/2 to steps/2 − 1; π is −π, and a phase that is not known counts as 0."""
    half = steps // 2
    code = np.rint(np.nan_to_num(phase_rad) * np.float32(half / np.pi)).astype(np.int16)
    return np.asarray((code + half) % steps - half, dtype=np.int16)


def phase_of(code: NDArray[Any], steps: int) -> NDArray[np.float32]:
    """The phase in radians of whole steps."""
    # Single precision as in a DICOM reader: the last bit decides the polarity where two phases lie exactly π/2 apart.
    return np.asarray(code.astype(np.float32) * np.float32(2 * np.pi / steps))
