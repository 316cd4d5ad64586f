"""Signal of an inversion-recovery single-shot bSSFP scheme, beat by beat, on resonance.

The magnetisation is followed through inversions that are not perfect, free recovery, and readout trains that themselves
drive it: nothing here knows the equation that a fit uses. Before a scheme begins the magnetisation is in equilibrium;
between heartbeats what is left of the transverse part is taken as spoiled.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from myoqc.errors import InputError
from myoqc.simulate.physics.timing import Timing

FloatArray = NDArray[np.float64]

INVERSION_EFFICIENCY = 0.96
"""Mz after an adiabatic inversion over −Mz before it [Kellman2014b]."""


@dataclass(frozen=True, slots=True)
class Readout:
    """A single-shot bSSFP train: flip angles rise linearly over ``n_ramp`` pulses and then stay."""

    flip_deg: float = 35.0
    tr_ms: float = 2.6
    te_ms: float = 1.07
    n_ramp: int = 5
    n_pulses: int = 70
    centre_pulse: int = 29
    """Number (from 0) of the pulse whose echo is the centre of k-space."""

    @property
    def before_centre_ms(self) -> float:
        """From the first pulse to the echo in the centre of k-space."""
        return self.centre_pulse * self.tr_ms + self.te_ms

    @property
    def after_centre_ms(self) -> float:
        """From that echo to the end of the train."""
        return self.n_pulses * self.tr_ms - self.before_centre_ms

    @property
    def flips_rad(self) -> FloatArray:
        """(n_pulses) flip angles."""
        ramp = np.minimum((np.arange(self.n_pulses) + 0.5) / max(self.n_ramp, 1), 1.0)
        return np.asarray(np.radians(self.flip_deg) * ramp)


@dataclass(frozen=True, slots=True, eq=False)
class Response:
    """What a readout does to Mz (tissue), and what it sees: both are affine in the Mz that it meets."""

    signal_gain: FloatArray
    signal_offset: FloatArray
    mz_gain: FloatArray
    mz_offset: FloatArray


def readout_response(t1_ms: ArrayLike, t2_ms: ArrayLike, readout: Readout) -> Response:
    """Transient response of tissues (n) to a bSSFP train on resonance, RF phase alternating by 180°.

    Two magnetisations that start at Mz = 0 and Mz = 1 are followed pulse by pulse; the affine map follows from both.
    """
    e1 = np.exp(-readout.tr_ms / np.asarray(t1_ms, dtype=np.float64))
    e2 = np.exp(-readout.tr_ms / np.asarray(t2_ms, dtype=np.float64))
    mz = np.stack([np.zeros_like(e1), np.ones_like(e1)])
    mxy = np.zeros_like(mz)
    signal = np.zeros_like(mz)
    for number, flip in enumerate(readout.flips_rad):
        mxy, mz = np.cos(flip) * mxy + np.sin(flip) * mz, np.cos(flip) * mz - np.sin(flip) * mxy
        if number == readout.centre_pulse:
            signal = mxy * np.exp(-readout.te_ms / np.asarray(t2_ms, dtype=np.float64))
        # The frame turns with the RF phase, so the transverse part changes its sign from pulse to pulse.
        mxy, mz = -mxy * e2, mz * e1 + (1.0 - e1)
    return Response(signal[1] - signal[0], signal[0], mz[1] - mz[0], mz[0])


def signals(
    t1_ms: ArrayLike,
    t2_ms: ArrayLike,
    timing: Timing,
    *,
    efficiency: float = INVERSION_EFFICIENCY,
    readout: Readout = Readout(),
) -> FloatArray:
    """Signed signal (n t) of tissues (n) with unit density, at the centre of k-space of each image.

    Raises InputError where a readout would begin before its inversion, or either before the readout before has ended.
    """
    t1 = np.asarray(t1_ms, dtype=np.float64)
    response = readout_response(t1, t2_ms, readout)
    mz, clock_ms, group = np.ones_like(t1), -np.inf, -1
    seen = []
    for at_ms, inversion in zip(timing.readout_ms, timing.group, strict=True):
        if inversion != group:
            group = inversion
            mz = -efficiency * _recovered(mz, timing.inversion_ms[group] - clock_ms, t1)
            clock_ms = timing.inversion_ms[group]
        mz = _recovered(mz, at_ms - readout.before_centre_ms - clock_ms, t1)
        seen.append(response.signal_offset + response.signal_gain * mz)
        mz = response.mz_offset + response.mz_gain * mz
        clock_ms = at_ms + readout.after_centre_ms
    return np.stack(seen, axis=-1)


def _recovered(mz: FloatArray, for_ms: float, t1_ms: FloatArray) -> FloatArray:
    if for_ms < 0.0:
        raise InputError(
            "a readout would begin before its inversion, or either before the readout before has ended",
            found=f"{-for_ms:g} ms too early",
            remedy="Choose longer inversion times, longer heartbeats or a shorter readout.",
        )
    return np.asarray(1.0 + (mz - 1.0) * np.exp(-for_ms / t1_ms))
