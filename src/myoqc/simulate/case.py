"""One simulated slice: everything that chance decides about it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from myoqc.aha import BASE_TO_APEX
from myoqc.records import CaseKey, Grid, LabelledImage
from myoqc.records.arrays import frozen
from myoqc.simulate.imaging.coils import Coil, draw_coil
from myoqc.simulate.imaging.fold_over import FoldOver, draw_fold_over
from myoqc.simulate.imaging.ghosts import Ghosts, draw_ghosts
from myoqc.simulate.imaging.habits import habit_named
from myoqc.simulate.imaging.off_resonance import OffResonance, draw_off_resonance
from myoqc.simulate.imaging.phase import Phase, draw_phase
from myoqc.simulate.imaging.sampling import Sampling, draw_sampling
from myoqc.simulate.labels import Artefact, Distractor
from myoqc.simulate.motion.course import Course, draw_course, from_reference, reference_images
from myoqc.simulate.physics.mistrigger import apply_mistrigger
from myoqc.simulate.physics.readout import draw_flip_scale
from myoqc.simulate.physics.timing import Timing, draw_mean_rr_ms, draw_timing
from myoqc.simulate.physics.values import TissueValues, draw_tissues
from myoqc.simulate.plan import CasePlan, case_rng, patient_rng
from myoqc.simulate.scene import Canvas, Scene
from myoqc.simulate.subject import Subject, cut, draw_subject

FloatArray = NDArray[np.float64]

ROW_DIRECTION = frozen([0.664, 0.748, 0.0], np.float64, "3", "ROW_DIRECTION")
"""To the patient's left and back: the usual short axis, seen from the apex."""
MIDDLE_MM = frozen([45.0, -25.0, 0.0], np.float64, "3", "MIDDLE_MM")
"""Where the middle of a heart's long axis usually lies in the scanner."""
HALF_LENGTH_MM = 45.0
BEAT_GAIN = (0.002, 0.008)
"""Standard deviation of the signal from beat to beat that no model of recovery explains: contraction, flow."""
INFLOW = (0.0, 0.5)
"""Share of the blood that is new in the slice at every readout."""
OBLIQUE_MM_PER_MM = (0.25, 0.7)
"""Slope of a badly planned slice against the short axis: 14 to 35°."""
SYSTOLE_BEFORE = 0.3
"""End of systole before the planned readout, over the mean RR interval."""


@dataclass(frozen=True, slots=True, eq=False)
class SimulatedCase:
    """Everything that was drawn for one slice: enough to make its images again to the bit."""

    plan: CasePlan
    grid: Grid
    canvas: Canvas
    subject: Subject
    position_mm: float
    """Of the slice along the long axis of the heart, from the base."""
    scene: Scene
    """The slice at rest: where the heart is when contours are drawn."""
    tilt_mm_per_mm: FloatArray
    """(2) slope of the slice, towards the apex, downwards and to the right."""
    tissues: TissueValues
    flip_scale: float
    inflow: float
    timing: Timing
    """As it should have been; what was mistriggered stands in the course."""
    course: Course
    coil: Coil
    off_resonance: OffResonance
    sampling: Sampling
    phase: Phase
    beat_gain: FloatArray
    """(t 3) relative change of the signal: everywhere, per 100 mm down, per 100 mm to the right."""
    ghosts: Ghosts | None
    fold_over: FoldOver | None
    noise_seed: int

    def __post_init__(self) -> None:
        object.__setattr__(self, "tilt_mm_per_mm", frozen(self.tilt_mm_per_mm, np.float64, "2", "tilt_mm_per_mm"))
        object.__setattr__(self, "beat_gain", frozen(self.beat_gain, np.float64, "t 3", "beat_gain"))

    @property
    def key(self) -> CaseKey:
        """Who and which slice."""
        patient, level = self.plan.patient.name, self.plan.level
        return CaseKey(patient=patient, study="simulated", slice_uid=f"{patient}-{level.value}", level=level)


def draw_case(plan: CasePlan, images: Sequence[LabelledImage] = ()) -> SimulatedCase:
    """Draw the slice that ``plan`` asks for; ``images`` are those of the subject whose real anatomy it names.

    What belongs to the patient comes from the patient's seed, so that slices of one patient belong together. Raises
    InputError for a real anatomy without images, an unknown habit, and a field strength without tissue values.
    """
    rng, own, field_t = patient_rng(plan), case_rng(plan), plan.patient.field_t
    tissues = draw_tissues(rng, field_t, contrast_mmol_l=plan.patient.contrast_mmol_l)
    flip_scale, inflow, mean_rr_ms = draw_flip_scale(rng, field_t), rng.uniform(*INFLOW), draw_mean_rr_ms(rng)
    habit = habit_named(plan.patient.habit)
    directions = _draw_directions(rng)
    subject, position_mm = draw_subject(rng, own, plan, images)
    scene = cut(subject, position_mm, habit.canvas)
    coil = draw_coil(rng, scene, field_t)
    timing = draw_timing(own, plan.patient.schedule, mean_rr_ms)
    n_images = len(timing.readout_ms)
    sampling = draw_sampling(own, habit, scene, low_snr=plan.artefact is Artefact.LOW_SNR)
    return SimulatedCase(
        plan=plan,
        grid=_grid(directions, position_mm, habit.canvas),
        canvas=habit.canvas,
        subject=subject,
        position_mm=position_mm,
        scene=scene,
        tilt_mm_per_mm=_draw_tilt(own, plan.artefact),
        tissues=tissues,
        flip_scale=flip_scale,
        inflow=inflow,
        timing=timing,
        course=_draw_course(own, timing, plan),
        coil=coil,
        off_resonance=draw_off_resonance(
            own,
            scene,
            field_t,
            band=plan.distractor is Distractor.BAND,
            across_heart=plan.artefact is Artefact.OFF_RESONANCE,
        ),
        sampling=sampling,
        phase=draw_phase(own, scene, n_images, errors=plan.artefact is Artefact.PHASE),
        beat_gain=own.uniform(*BEAT_GAIN) * own.standard_normal((n_images, 3)),
        ghosts=draw_ghosts(own, n_images, sampling.phase_axis) if plan.distractor is Distractor.GHOST else None,
        fold_over=draw_fold_over(own, scene, sampling.phase_axis) if plan.distractor is Distractor.FOLD_OVER else None,
        noise_seed=int(own.integers(2**63)),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Directions:
    """How the slices of one patient stand in the scanner."""

    row: FloatArray
    column: FloatArray
    middle_mm: FloatArray


def _draw_directions(rng: np.random.Generator) -> _Directions:
    """A short axis as it is planned on a scanner: near the usual direction, turned by some degrees about every axis."""
    turn = Rotation.from_rotvec(rng.normal(0.0, 6.0, 3), degrees=True)
    normal = -BASE_TO_APEX / np.linalg.norm(BASE_TO_APEX)
    row = ROW_DIRECTION - (ROW_DIRECTION @ normal) * normal
    row /= np.linalg.norm(row)
    return _Directions(turn.apply(row), turn.apply(np.cross(normal, row)), rng.normal(MIDDLE_MM, 10.0))


def _grid(directions: _Directions, position_mm: float, canvas: Canvas) -> Grid:
    to_apex = -np.cross(directions.row, directions.column)
    centre_mm = directions.middle_mm + (position_mm - HALF_LENGTH_MM) * to_apex
    half_mm = (np.array(canvas.shape) - 1) / 2 * canvas.spacing_mm
    origin_mm = centre_mm - half_mm[0] * directions.column - half_mm[1] * directions.row
    return Grid(canvas.shape, np.full(2, canvas.spacing_mm), origin_mm, directions.row, directions.column)


def _draw_course(rng: np.random.Generator, timing: Timing, plan: CasePlan) -> Course:
    course = draw_course(rng, timing, motion=plan.motion, distractor=plan.distractor, artefact=plan.artefact)
    return from_reference(course, reference_images(timing))


def _draw_tilt(rng: np.random.Generator, artefact: Artefact) -> FloatArray:
    """(2) of a slice that was planned badly; 0 of every other."""
    slope, direction = rng.uniform(*OBLIQUE_MM_PER_MM), rng.uniform(0.0, 2 * np.pi)
    return slope * np.array([np.sin(direction), np.cos(direction)]) * (artefact is Artefact.PLANNING)


def as_triggered(case: SimulatedCase) -> Timing:
    """The timing with the images that were triggered wrongly: read in the cardiac phase that the course says."""
    timing = case.timing
    for image in np.flatnonzero(case.course.mistriggered):
        delay_ms = -SYSTOLE_BEFORE * timing.rr_ms.mean() * case.course.contraction[image]
        timing = apply_mistrigger(timing, int(image), float(delay_ms))
    return timing
