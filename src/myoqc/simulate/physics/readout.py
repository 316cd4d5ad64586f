"""What a single-shot bSSFP train does to the magnetisation: a Bloch simulation, pulse by pulse."""

from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike, NDArray

from myoqc.errors import InputError

FloatArray = NDArray[np.float64]
ComplexArray = NDArray[np.complex128]

FLIP_SCALE = MappingProxyType({1.5: (0.97, 0.04), 3.0: (0.85, 0.10)})
"""Mean and standard deviation, over patients, of the flip angle in the heart over the one asked for: at 3 T as measured
with and without local shimming of B1 [Krishnamurthy2013], at 1.5 T plausible rather than measured."""


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
    def duration_ms(self) -> float:
        """From the first pulse to the end of the train."""
        return self.n_pulses * self.tr_ms

    @property
    def before_centre_ms(self) -> float:
        """From the first pulse to the echo in the centre of k-space."""
        return self.centre_pulse * self.tr_ms + self.te_ms

    @property
    def after_centre_ms(self) -> float:
        """From that echo to the end of the train."""
        return self.duration_ms - self.before_centre_ms

    @property
    def flips_rad(self) -> FloatArray:
        """(n_pulses) flip angles."""
        ramp = np.minimum((np.arange(self.n_pulses) + 0.5) / max(self.n_ramp, 1), 1.0)
        return np.asarray(np.radians(self.flip_deg) * ramp)

    @property
    def period_hz(self) -> float:
        """Off-resonance after which the magnetisation repeats; dark bands lie at the odd halves of it."""
        return 1000.0 / self.tr_ms


USUAL_READOUT = Readout()
"""As in the headers of a ShMOLLI series: 35°, TE 1.07 ms."""


@dataclass(frozen=True, slots=True, eq=False)
class Response:
    """What a readout does to Mz, and what it sees (tissue …): both are affine in the Mz that it meets."""

    signal_gain: ComplexArray
    signal_offset: ComplexArray
    mz_gain: FloatArray
    mz_offset: FloatArray


def readout_response(
    t1_ms: ArrayLike,
    t2_ms: ArrayLike,
    readout: Readout,
    *,
    off_resonance_hz: ArrayLike = 0.0,
    flip_scale: float = 1.0,
) -> Response:
    """Transient response of tissues to a bSSFP train whose RF phase alternates by 180°.

    T1, T2 and off-resonance are broadcast against one another. ``flip_scale`` multiplies the flip angles: the error of
    B1. The slice profile is flat, nothing flows during the train, and what is left across the field after it counts as
    spoiled when the next heartbeat comes. A magnetisation that starts at 0 and recovers gives the offsets, one that
    starts at 1 and does not recover gives the gains.
    """
    t1, t2, off_hz = np.broadcast_arrays(*(np.asarray(v, dtype=np.float64) for v in (t1_ms, t2_ms, off_resonance_hz)))
    e1, echo_decay = np.exp(-readout.tr_ms / t1), np.exp(-readout.te_ms / t2)
    # The frame turns with the RF phase, so the transverse part changes its sign from pulse to pulse.
    until_next = -np.exp(-readout.tr_ms / t2 + 2j * np.pi * off_hz * readout.tr_ms / 1000.0)
    regrown = np.stack([1.0 - e1, np.zeros_like(e1)])
    mz = np.stack([np.zeros_like(e1), np.ones_like(e1)])
    mxy = np.zeros(mz.shape, dtype=np.complex128)
    echo = mxy
    for number, flip in enumerate(flip_scale * readout.flips_rad):
        tipped = np.cos(flip) * mxy.real + np.sin(flip) * mz
        mz = np.cos(flip) * mz - np.sin(flip) * mxy.real
        mxy.real = tipped
        if number == readout.centre_pulse:
            echo = mxy * echo_decay * np.exp(2j * np.pi * off_hz * readout.te_ms / 1000.0)
        mxy *= until_next
        mz = mz * e1 + regrown
    return Response(signal_gain=echo[1], signal_offset=echo[0], mz_gain=mz[1], mz_offset=mz[0])


def draw_flip_scale(rng: np.random.Generator, field_t: float) -> float:
    """Flip angle in one patient's heart over the one asked for; raises InputError for a field that is not known."""
    if field_t not in FLIP_SCALE:
        raise InputError(
            "no error of B1 for this field strength",
            expected=" or ".join(f"{known:g} T" for known in FLIP_SCALE),
            found=f"{field_t:g} T",
        )
    mean, spread = FLIP_SCALE[field_t]
    return float(mean + spread * np.clip(rng.standard_normal(), -2.0, 2.0))
