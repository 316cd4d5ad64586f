"""From what was drawn to what a scanner gives: the acquisition of a simulated slice, its contours, and the truth."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from myoqc.records import Acquisition, Contours, Origin, Segments, Source
from myoqc.simulate.case import SimulatedCase, as_triggered
from myoqc.simulate.imaging.coils import sensitivity
from myoqc.simulate.imaging.fold_over import apply_fold_over
from myoqc.simulate.imaging.ghosts import apply_ghosts
from myoqc.simulate.imaging.habits import habit_named
from myoqc.simulate.imaging.kspace import scan
from myoqc.simulate.imaging.phase import apply_phase
from myoqc.simulate.imaging.sampling import noise_gain
from myoqc.simulate.motion.course import held_course, reference_images
from myoqc.simulate.motion.warp import moved_points
from myoqc.simulate.scene import Canvas, Scene
from myoqc.simulate.truth import Truth, motion_truth
from myoqc.simulate.views import cuts, objects, path, walls

FloatArray = NDArray[np.float64]
FloatMap = NDArray[np.float32]
ComplexStack = NDArray[np.complex64]

MYOCARDIUM_AT_END = 250.0
"""Mean magnitude of the myocardium in the image with the longest inversion time; the arbitrary unit of the images."""


@dataclass(frozen=True, slots=True, eq=False)
class Simulation:
    """What a simulated case gives: the acquisition with its contours, and the truth about it."""

    case: SimulatedCase
    acquisition: Acquisition
    contours: Contours
    truth: Truth
    still: Acquisition
    """The same slice without motion and noise, the heart where the contours lie."""


def simulate(case: SimulatedCase) -> Simulation:
    """Images, contours and truth of a case; the same case gives the same bytes."""
    moving = path(case, case.course)
    held = path(case, held_course(case.course, reference_images(case.timing)))
    levels = cuts(case, moving, held)
    wall, held_wall = walls(levels, moving), walls(levels, held)
    contours = _contours(case.scene, held.fields_mm[0])
    images = _received(case, objects(case, levels, moving, as_triggered(case)))
    still = _received(case, objects(case, levels, held, case.timing))
    scale = MYOCARDIUM_AT_END / _myocardium(still, held_wall, case.timing.ti_ms)
    noise_sd = MYOCARDIUM_AT_END / case.sampling.snr
    return Simulation(
        case=case,
        acquisition=_acquisition(case, _scanned(case, images * scale, noise_sd)),
        contours=contours,
        truth=motion_truth(
            wall,
            held_wall[0],
            Segments.from_contours(contours, case.grid),
            moving.fields_mm,
            held.fields_mm[0],
            (moving.depth_mm - held.depth_mm).mean(axis=(1, 2)),
            case.canvas,
        ),
        still=_acquisition(case, _scanned(case, still * scale, 0.0)),
    )


def _contours(scene: Scene, field_mm: FloatMap) -> Contours:
    """What an operator draws around the heart where it lies in most images."""
    canvas = scene.canvas
    anterior, inferior = moved_points(np.stack([scene.anterior_mm, scene.inferior_mm]), field_mm, canvas)
    return Contours(
        endo_px=canvas.px(moved_points(scene.endo_mm, field_mm, canvas)),
        epi_px=canvas.px(moved_points(scene.epi_mm, field_mm, canvas)),
        rv_insertion_px=canvas.px(anterior),
        rv_inferior_px=canvas.px(inferior),
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


def _gain(coefficients: FloatArray, canvas: Canvas) -> FloatMap:
    """(t y x)"""
    everywhere, per_down, per_right = (coefficients.T / np.array([[1.0], [100.0], [100.0]])).astype(np.float32)[
        :, :, None, None
    ]
    down, across = (canvas.axis_mm(axis).astype(np.float32) for axis in (0, 1))
    return np.asarray(1.0 + everywhere + per_down * down[:, None] + per_right * across)


def _myocardium(objects: ComplexStack, wall: FloatMap, ti_ms: FloatArray) -> float:
    """Mean magnitude of the myocardium in the image with the longest inversion time."""
    last = int(np.argmax(ti_ms))
    return float(np.abs(objects[last][wall[last] > 0.99]).mean())


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
