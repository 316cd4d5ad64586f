"""From what was drawn to what a scanner gives: the acquisition of a simulated slice, its contours, and the truth."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from myoqc.records import Acquisition, Contours, Origin, Segments, Source
from myoqc.simulate.case import SimulatedCase
from myoqc.simulate.imaging.coils import sensitivity
from myoqc.simulate.imaging.fold_over import apply_fold_over
from myoqc.simulate.imaging.ghosts import apply_ghosts
from myoqc.simulate.imaging.habits import habit_named
from myoqc.simulate.imaging.kspace import scan
from myoqc.simulate.imaging.phase import apply_phase
from myoqc.simulate.imaging.sampling import noise_gain
from myoqc.simulate.right_cavity import right_cavity
from myoqc.simulate.scene import Canvas, Scene
from myoqc.simulate.truth import Truth, motion_truth
from myoqc.simulate.views import objects, view, walls

FloatArray = NDArray[np.float64]
FloatMap = NDArray[np.float32]
BoolArray = NDArray[np.bool_]
ComplexStack = NDArray[np.complex64]

MYOCARDIUM_AT_END = 250.0
"""Mean magnitude of the myocardium in the image with the longest inversion time; the arbitrary unit of the images."""


@dataclass(frozen=True, slots=True, eq=False)
class Simulation:
    """What a simulated case gives: the acquisition with its contours, and the truth about it."""

    case: SimulatedCase
    acquisition: Acquisition
    contours: Contours
    right_ventricle: BoolArray
    """(y x) its cavity; empty where the slice lies below it."""
    truth: Truth
    still: Acquisition
    """The same slice without motion and noise, the heart where the contours lie."""


def simulate(case: SimulatedCase) -> Simulation:
    """Images, contours and truth of a case; the same case gives the same bytes."""
    seen, contours = view(case), _contours(case.scene)
    wall, rest_wall = walls(seen)
    images, still = (_received(case, each) for each in objects(case, seen))
    scale = MYOCARDIUM_AT_END / _myocardium(still, rest_wall, case.timing.ti_ms)
    noise_sd = MYOCARDIUM_AT_END / case.sampling.snr
    through_mm = (seen.depth_mm - seen.rest_depth_mm).mean(axis=(1, 2))
    segments = Segments.from_contours(contours, case.grid)
    return Simulation(
        case=case,
        acquisition=_acquisition(case, _scanned(case, images * scale, noise_sd)),
        contours=contours,
        right_ventricle=right_cavity(case.scene),
        truth=motion_truth(wall, rest_wall, segments, seen.fields_mm, through_mm, case.canvas),
        still=_acquisition(case, _scanned(case, still * scale, 0.0)),
    )


def _contours(scene: Scene) -> Contours:
    """What an operator draws around the heart where it lies in most images."""
    return Contours(
        endo_px=scene.canvas.px(scene.endo_mm),
        epi_px=scene.canvas.px(scene.epi_mm),
        rv_insertion_px=scene.canvas.px(scene.anterior_mm),
        rv_inferior_px=scene.canvas.px(scene.inferior_mm),
        origin=Origin.PHANTOM,
    )


def _received(case: SimulatedCase, seen: ComplexStack) -> ComplexStack:
    """What the coils receive of the objects (t y x), with what comes from elsewhere in the body."""
    received = seen * sensitivity(case.coil, case.canvas) * _gain(case.beat_gain, case.canvas)
    if case.ghosts is not None:
        received = apply_ghosts(case.ghosts, received, case.scene)
    if case.fold_over is not None:
        received = apply_fold_over(case.fold_over, received, case.scene)
    return received


def _gain(beat_gain: FloatArray, canvas: Canvas) -> FloatMap:
    """(t y x) what differs from beat to beat and no model of recovery explains."""
    everywhere, per_down, per_right = beat_gain.astype(np.float32).T[:, :, None, None]
    down, right = (np.asarray(canvas.axis_mm(axis) / 100.0, dtype=np.float32) for axis in (0, 1))
    return np.asarray(1.0 + everywhere + per_down * down[:, None] + per_right * right)


def _myocardium(objects: ComplexStack, wall: FloatMap, ti_ms: FloatArray) -> float:
    """Mean magnitude of the myocardium in the image with the longest inversion time."""
    last = int(np.argmax(ti_ms))
    return float(np.abs(objects[last][wall > 0.99]).mean())


def _scanned(case: SimulatedCase, received: ComplexStack, noise_sd: float) -> ComplexStack:
    rng = np.random.default_rng(case.noise_seed)
    gain = noise_gain(case.sampling, case.coil, case.canvas)
    images = scan(rng, received, case.sampling, case.canvas, noise_sd=noise_sd, noise_gain=gain)
    return apply_phase(case.phase, images, case.canvas)


def _acquisition(case: SimulatedCase, images: ComplexStack) -> Acquisition:
    timing, patient = case.timing, case.plan.patient
    return Acquisition(
        images=np.abs(images),
        ti_ms=timing.ti_ms,
        schedule=timing.schedule,
        grid=case.grid,
        key=case.key,
        phase_rad=np.angle(images) if habit_named(patient.habit).keeps_phase else None,
        trigger_ms=np.full(len(images), timing.trigger_ms),
        rr_ms=float(timing.rr_ms.mean()),
        field_t=patient.field_t,
        source=Source(study_label="simulated", series_label=f"{timing.schedule.name}, {case.key.level.value}"),
    )
