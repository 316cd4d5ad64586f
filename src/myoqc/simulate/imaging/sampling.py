"""How k-space is sampled, how finely, and with how much noise."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from myoqc.errors import InputError
from myoqc.records.arrays import frozen
from myoqc.simulate.imaging.coils import Coil, evening
from myoqc.simulate.imaging.habits import Habit
from myoqc.simulate.scene import Canvas, Scene

FloatArray = NDArray[np.float64]
FloatMap = NDArray[np.float32]

SNR = (62.0, 0.3)
"""Median over patients, and standard deviation of its logarithm. Real hearts have an SNR of 33 to 52, and an R² near
0.998, which with the scanner's R² of magnitudes needs about 70: this lies between, so that both come out near."""
SNR_RANGE = (20.0, 140.0)
LOW_SNR = (5.0, 12.0)
ANY_SNR_SHARE = 0.25
"""Share of cases whose signal-to-noise ratio is drawn from the whole range, so that a model meets all of it."""


@dataclass(frozen=True, slots=True, eq=False)
class Sampling:
    """What is measured of k-space, and the noise that comes with it."""

    acquired_mm: float
    """Size of a pixel of the full symmetric k-space."""
    reach: FloatArray
    """(2 2) how far the samples reach before and behind the centre along y and x: 1 = to the end, 0 = not at all."""
    taper: float
    """Share of each end over which a filter falls to 0 as a cosine: 0 none, 1 a Hann window."""
    phase_axis: int
    """Axis of phase encoding: 0 = y, 1 = x."""
    snr: float
    """Myocardium in the image with the longest inversion time over the noise of one channel."""
    g_factor: float
    """Largest noise of parallel imaging over that of full sampling."""
    g_centre_mm: FloatArray
    """(2) where that is."""
    g_width_mm: FloatArray
    """(2) how far it extends along y and x, as standard deviations of a bell."""

    def __post_init__(self) -> None:
        for name, axes in (("reach", "2 2"), ("g_centre_mm", "2"), ("g_width_mm", "2")):
            object.__setattr__(self, name, frozen(getattr(self, name), np.float64, axes, f"the sampling's {name}"))
        if not (self.acquired_mm > 0.0 and ((self.reach > 0.0) & (self.reach <= 1.0)).all() and 0 <= self.taper <= 1):
            raise InputError(
                "not a way to sample k-space",
                expected="acquired_mm above 0, reach above 0 and at most 1, taper from 0 to 1",
                found=f"{self.acquired_mm:g}, {self.reach.tolist()}, {self.taper:g}",
            )


def draw_sampling(rng: np.random.Generator, habit: Habit, scene: Scene, *, low_snr: bool = False) -> Sampling:
    """One scan as the habit has it; ``low_snr`` for the artefact of that name."""
    phase_axis = int(rng.random() >= habit.phase_down_share)
    partial = rng.permutation([1.0, habit.partial_fourier])
    echo = rng.permutation([1.0, habit.partial_echo])
    log_range = np.log(LOW_SNR if low_snr else SNR_RANGE)
    anywhere = float(np.exp(rng.uniform(*log_range)))
    usual = float(np.clip(SNR[0] * np.exp(rng.normal(0.0, SNR[1])), *SNR_RANGE))
    return Sampling(
        acquired_mm=rng.uniform(*habit.acquired_mm),
        reach=np.stack([partial, echo] if phase_axis == 0 else [echo, partial]),
        taper=rng.uniform(*habit.taper),
        phase_axis=phase_axis,
        snr=anywhere if low_snr or rng.random() < ANY_SNR_SHARE else usual,
        g_factor=1.0 + (habit.acceleration - 1.0) * rng.uniform(0.1, 0.6),
        g_centre_mm=scene.epi_mm.mean(axis=0) + rng.normal(0.0, 20.0, 2),
        g_width_mm=rng.uniform(35.0, 70.0, 2),
    )


def noise_gain(sampling: Sampling, coil: Coil, canvas: Canvas) -> FloatMap:
    """(y x) noise over that at the heart: parallel imaging has most deep in the body [Pruessmann1999].

    Where the scanner evened out the shading, it evened it into the noise.
    """
    down, across = (_bell(sampling, axis, canvas.axis_mm(axis)) for axis in (0, 1))
    added = sampling.g_factor - 1.0
    at_heart = 1.0 + added * np.prod([_bell(sampling, axis, coil.heart_mm[axis]) for axis in (0, 1)])
    g_factor = np.asarray((1.0 + added * down[:, None] * across) / at_heart, dtype=np.float32)
    return g_factor * evening(coil, canvas)


def _bell(sampling: Sampling, axis: int, position_mm: ArrayLike) -> FloatArray:
    offset_mm = np.asarray(position_mm) - sampling.g_centre_mm[axis]
    return np.asarray(np.exp(-0.5 * (offset_mm / sampling.g_width_mm[axis]) ** 2))
