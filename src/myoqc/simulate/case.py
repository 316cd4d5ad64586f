"""One simulated slice: everything that chance decides about it."""

from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from myoqc.aha import BASE_TO_APEX
from myoqc.records import CaseKey, Grid, Level
from myoqc.records.arrays import frozen
from myoqc.schedules import SHMOLLI, Schedule
from myoqc.simulate.drawn.layers import Anatomy
from myoqc.simulate.drawn.thorax import draw_anatomy
from myoqc.simulate.imaging.scan import Coil, draw_coil
from myoqc.simulate.motion.breath import Breath, Motion, draw_breath, motion_named
from myoqc.simulate.physics.timing import Timing, draw_timing
from myoqc.simulate.physics.tissues import Tissue, tissues_at
from myoqc.simulate.scene import Canvas

FloatArray = NDArray[np.float64]

CANVAS = Canvas((240, 320), 0.9375)
ROW_DIRECTION = frozen([0.664, 0.748, 0.0], np.float64, "3", "ROW_DIRECTION")
"""To the patient's left and back: the usual short axis, seen from the apex."""
LEVEL_OFFSET_MM = MappingProxyType({Level.MID: 0.0, Level.BASAL: 20.0})
"""How far a slice lies from the mid-ventricular one, towards the base."""
SNR_RANGE = (45.0, 110.0)
BEAT_GAIN = (0.002, 0.008)
"""Standard deviation of the signal from beat to beat that no model of recovery explains: contraction, flow."""
T1_SPREAD = MappingProxyType({1.5: 0.026, 3.0: 0.05})
"""Relative standard deviation of T1 from patient to patient [Piechnik2013] [Piechnik2010]."""


@dataclass(frozen=True, slots=True, eq=False)
class SimulatedCase:
    """Everything that was drawn for one slice: enough to make its images again to the bit."""

    key: CaseKey
    field_t: float
    grid: Grid
    anatomy: Anatomy
    timing: Timing
    t1_factor: FloatArray
    """(tissue) this patient's T1 over the table's."""
    coil: Coil
    snr: float
    """Myocardium in the image with the longest inversion time over the noise of one channel."""
    beat_gain: FloatArray
    """(t 3) relative change of the signal: everywhere, per 100 mm down, per 100 mm to the right."""
    breath: Breath
    noise_seed: tuple[int, int]

    def __post_init__(self) -> None:
        object.__setattr__(self, "t1_factor", frozen(self.t1_factor, np.float64, str(len(Tissue)), "t1_factor"))
        object.__setattr__(self, "beat_gain", frozen(self.beat_gain, np.float64, "t 3", "beat_gain"))


def draw_case(
    rng: np.random.Generator,
    *,
    schedule: Schedule = SHMOLLI,
    field_t: float = 1.5,
    level: Level = Level.MID,
    motion: Motion | str = Motion.STILL,
    patient: str = "simulated",
) -> SimulatedCase:
    """Draw one slice; ``motion`` is 'still', 'drift' or 'step'.

    Equal states of ``rng`` give the same patient at every level and with every motion, so that slices of one patient
    belong together. Raises InputError for a level, a field strength or a kind of motion that can't be simulated, and
    InversionTimeError for a scheme without inversion.
    """
    anatomy = draw_anatomy(rng, level)
    grid = draw_grid(rng, level)
    timing = draw_timing(rng, schedule)
    n_images = len(timing.readout_ms)
    gain_sd = rng.uniform(*BEAT_GAIN)
    return SimulatedCase(
        key=CaseKey(patient=patient, study="simulated", slice_uid=f"{patient}-{level.value}", level=level),
        field_t=field_t,
        grid=grid,
        anatomy=anatomy,
        timing=timing,
        t1_factor=_draw_t1_factor(rng, field_t),
        coil=draw_coil(rng, anatomy.thorax),
        snr=float(np.exp(rng.uniform(*np.log(SNR_RANGE)))),
        beat_gain=gain_sd * rng.standard_normal((n_images, 3)),
        noise_seed=(int(rng.integers(2**32)), list(Level).index(level)),
        breath=draw_breath(rng, motion_named(motion) if isinstance(motion, str) else motion, timing),
    )


def draw_grid(rng: np.random.Generator, level: Level) -> Grid:
    """A short axis as it is planned on a scanner: near the usual direction, turned by some degrees about every axis."""
    turn = Rotation.from_rotvec(rng.normal(0.0, 6.0, 3), degrees=True)
    middle_mm = rng.normal([45.0, -25.0, 0.0], 10.0)
    normal = -BASE_TO_APEX / np.linalg.norm(BASE_TO_APEX)
    row = ROW_DIRECTION - (ROW_DIRECTION @ normal) * normal
    row = row / np.linalg.norm(row)
    row, column = turn.apply(row), turn.apply(np.cross(normal, row))
    centre_mm = middle_mm + LEVEL_OFFSET_MM[level] * np.cross(row, column)
    half_mm = (np.array(CANVAS.shape) - 1) / 2 * CANVAS.spacing_mm
    origin = centre_mm - half_mm[0] * column - half_mm[1] * row
    return Grid(CANVAS.shape, np.full(2, CANVAS.spacing_mm), origin, row, column)


def _draw_t1_factor(rng: np.random.Generator, field_t: float) -> FloatArray:
    tissues_at(field_t)
    factor = 1.0 + T1_SPREAD[field_t] * rng.standard_normal(len(Tissue))
    factor[Tissue.SCAR] = factor[Tissue.MYOCARDIUM]
    return np.asarray(factor)
