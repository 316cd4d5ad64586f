"""Signal of a T1-mapping scheme, heartbeat by heartbeat.

The magnetisation is followed through preparations that are not perfect, free recovery, and readout trains that
themselves drive it: nothing here knows the equation that a fit uses. Before a scheme begins the magnetisation is in
equilibrium. Recovery is exact for whatever heartbeats came, so that heart rate needs no table.
"""

from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike, NDArray

from myoqc.errors import InputError
from myoqc.schedules import Preparation
from myoqc.simulate.physics.readout import USUAL_READOUT, Readout, Response, readout_response
from myoqc.simulate.physics.timing import UNPREPARED, Timing

FloatArray = NDArray[np.float64]
ComplexArray = NDArray[np.complex128]

INVERSION_EFFICIENCY = 0.96
"""Mz after an adiabatic inversion over −Mz before it [Kellman2014b]; the same for all tissues."""
SATURATION_EFFICIENCY = 0.99
"""Share of Mz that a train of saturation pulses removes."""
KEPT = MappingProxyType(
    {Preparation.INVERSION: -INVERSION_EFFICIENCY, Preparation.SATURATION: 1.0 - SATURATION_EFFICIENCY}
)
"""Mz after a preparation over Mz before it."""


def complex_signals(
    t1_ms: ArrayLike,
    t2_ms: ArrayLike,
    timing: Timing,
    *,
    off_resonance_hz: ArrayLike = 0.0,
    flip_scale: float = 1.0,
    inflow: ArrayLike = 0.0,
    kept: float | None = None,
    readout: Readout = USUAL_READOUT,
) -> ComplexArray:
    """Complex signal (… t) of unit density at the centre of k-space of each image, in units of the equilibrium.

    T1, T2, off-resonance and ``inflow`` are broadcast to (…). ``inflow`` (0 to 1) is the share of a tissue in the slice
    that a heartbeat replaces by such as met every preparation, which is not selective, but no readout. ``kept`` is Mz
    after a preparation over Mz before it; None takes what the scheme's preparation leaves. Raises InputError where a
    readout would begin before its preparation, or either before the readout before has ended.
    """
    kept = KEPT[timing.schedule.preparation] if kept is None else kept
    t1, t2, off_hz, fresh = np.broadcast_arrays(t1_ms, t2_ms, off_resonance_hz, inflow)
    response = readout_response(t1, t2, readout, off_resonance_hz=off_hz, flip_scale=flip_scale)
    met = _met(response, t1, fresh, timing, readout, kept)
    return np.asarray(response.signal_offset[..., None] + response.signal_gain[..., None] * met)


def _met(
    response: Response, t1_ms: FloatArray, inflow: FloatArray, timing: Timing, readout: Readout, kept: float
) -> FloatArray:
    """Mz (… t) that each readout meets.

    Two magnetisations are followed, one that stays in the slice and one that no readout reaches. Both recover alike, so
    it does not matter when between two readouts the one flows in.
    """
    mz = np.ones((2, *t1_ms.shape))
    clock_ms, last_ms, group, seen = -np.inf, timing.readout_ms[0], UNPREPARED, []
    for at_ms, preparation in zip(timing.readout_ms, timing.group, strict=True):
        if preparation != group:
            group = preparation
            mz = kept * _recovered(mz, timing.preparation_ms[group] - clock_ms, t1_ms)
            clock_ms = timing.preparation_ms[group]
        mz = _recovered(mz, at_ms - readout.before_centre_ms - clock_ms, t1_ms)
        stayed = (1.0 - inflow) ** ((at_ms - last_ms) / timing.rr_ms.mean())
        met = mz[1] + stayed * (mz[0] - mz[1])
        seen.append(met)
        mz = np.stack([response.mz_offset + response.mz_gain * met, _recovered(mz[1], readout.duration_ms, t1_ms)])
        clock_ms, last_ms = at_ms + readout.after_centre_ms, at_ms
    return np.stack(seen, axis=-1)


def _recovered(mz: FloatArray, for_ms: float, t1_ms: FloatArray) -> FloatArray:
    if for_ms < 0.0:
        raise InputError(
            "a readout would begin before its preparation, or either before the readout before has ended",
            found=f"{-for_ms:g} ms too early",
            remedy="Choose longer inversion times, longer heartbeats or a shorter readout.",
        )
    return np.asarray(1.0 + (mz - 1.0) * np.exp(-for_ms / t1_ms))
