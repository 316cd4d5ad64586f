"""From what was drawn to what a scanner gives: the acquisition of a simulated slice, its contours, and the truth."""

from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from myoqc.records import Acquisition, Contours, Origin, Segments, Source
from myoqc.simulate.case import CANVAS, SimulatedCase
from myoqc.simulate.drawn.layers import Anatomy, Drawing, Part, Poses, drawing, fractions, wall_share
from myoqc.simulate.drawn.outline import Pose, moved
from myoqc.simulate.drawn.texture import apply_texture
from myoqc.simulate.imaging.scan import scan, sensitivity
from myoqc.simulate.motion.breath import apply_breath, reference
from myoqc.simulate.physics.signal import signals
from myoqc.simulate.physics.tissues import Tissue, tissues_at
from myoqc.simulate.truth import Truth, truth

FloatArray = NDArray[np.float64]
FloatMap = NDArray[np.float32]

MYOCARDIUM_AT_END = 250.0
"""Mean magnitude of the myocardium in the image with the longest inversion time; the arbitrary unit of the images."""
PART_OF = MappingProxyType(
    {
        Tissue.MYOCARDIUM: (Part.HEART, 0.05),
        Tissue.SCAR: (Part.HEART, 0.05),
        Tissue.BLOOD: (Part.HEART, 0.09),
        Tissue.FAT: (Part.CHEST, 0.15),
        Tissue.MUSCLE: (Part.CHEST, 0.15),
        Tissue.LIVER: (Part.ABDOMEN, 0.08),
        Tissue.SPLEEN: (Part.ABDOMEN, 0.08),
        Tissue.LUNG: (Part.MEDIASTINUM, 0.5),
        Tissue.STOMACH_FLUID: (Part.ABDOMEN, 0.25),
        Tissue.BONE: (Part.CHEST, 0.2),
        Tissue.GAS: (Part.ABDOMEN, 0.0),
    }
)
"""Tissue → the part whose texture it has, and the relative strength of that texture."""


@dataclass(frozen=True, slots=True, eq=False)
class Simulation:
    """What a simulated case gives: the acquisition with its contours, and the truth about it."""

    case: SimulatedCase
    acquisition: Acquisition
    contours: Contours
    truth: Truth


def simulate(case: SimulatedCase) -> Simulation:
    """Images, contours and truth of a case; the same case gives the same bytes."""
    drawn = drawing(case.anatomy, CANVAS)
    poses = apply_breath(case.breath, case.anatomy, case.grid)
    first_inversion = case.timing.group == 0
    at = apply_breath(reference(case.breath, first_inversion), case.anatomy, case.grid)[0][Part.HEART]
    contours = _contours(case.anatomy, at)
    images = _images(case, drawn, poses)
    acquisition = Acquisition(
        images=np.abs(images),
        ti_ms=case.timing.ti_ms,
        schedule=case.timing.schedule,
        grid=case.grid,
        key=case.key,
        phase_rad=np.angle(images),
        trigger_ms=np.full(len(images), case.timing.trigger_ms),
        rr_ms=float(case.timing.rr_ms.mean()),
        field_t=case.field_t,
        source=Source(study_label="simulated", series_label=f"{case.timing.schedule.name}, {case.key.level.value}"),
    )
    segments = Segments.from_contours(contours, case.grid)
    return Simulation(case, acquisition, contours, truth(drawn, segments, poses, at, first_inversion))


def _contours(anatomy: Anatomy, pose: Pose) -> Contours:
    anterior, inferior = anatomy.insertions_mm
    return Contours(
        endo_px=CANVAS.px(moved(anatomy.endo, pose).points_mm),
        epi_px=CANVAS.px(moved(anatomy.epi, pose).points_mm),
        rv_insertion_px=CANVAS.px(pose.apply(anterior)),
        rv_inferior_px=CANVAS.px(pose.apply(inferior)),
        origin=Origin.PHANTOM,
    )


def _images(case: SimulatedCase, drawn: Drawing, poses: tuple[Poses, ...]) -> NDArray[np.complex64]:
    """Complex images (t y x) in the unit that puts the myocardium at ``MYOCARDIUM_AT_END``."""
    last = int(np.argmax(case.timing.ti_ms))
    strength = tissue_signals(case)
    plain = np.stack([_object(case, drawn, pose, strength[:, t], case.beat_gain[t]) for t, pose in enumerate(poses)])
    objects = np.asarray(plain * sensitivity(case.coil, CANVAS), dtype=np.complex64)
    wall = wall_share(drawn, poses[last][Part.HEART]) > 0.99
    objects *= np.float32(MYOCARDIUM_AT_END / np.abs(objects[last][wall]).mean())
    return scan(np.random.default_rng(case.noise_seed), objects, MYOCARDIUM_AT_END / case.snr)


def _object(case: SimulatedCase, drawn: Drawing, poses: Poses, strength: FloatArray, beat_gain: FloatArray) -> FloatMap:
    """Signed signal (y x) of what lies in the slice, for tissues of signal ``strength`` (tissue)."""
    shares = fractions(drawn, poses)
    patches = apply_texture(case.anatomy.patches, CANVAS, poses[Part.HEART])
    altered = shares[Tissue.MYOCARDIUM] * np.clip(case.anatomy.altered_share * (1.0 + patches), 0.0, 1.0)
    shares[Tissue.SCAR] = altered
    shares[Tissue.MYOCARDIUM] -= altered
    textures = {
        part: apply_texture(texture, CANVAS, poses[part])
        for part, texture in zip(Part, case.anatomy.textures, strict=True)
    }
    image = np.zeros(CANVAS.shape, dtype=np.float32)
    for tissue, (part, contrast) in PART_OF.items():
        image += np.float32(strength[tissue]) * shares[tissue] * (1.0 + np.float32(contrast) * textures[part])
    return image * _gain(beat_gain)


def _gain(coefficients: FloatArray) -> FloatMap:
    down, across = CANVAS.axis_mm(0)[:, None] / 100.0, CANVAS.axis_mm(1) / 100.0
    gain = 1.0 + coefficients[0] + coefficients[1] * down + coefficients[2] * across
    return np.asarray(gain, dtype=np.float32)


def tissue_signals(case: SimulatedCase) -> FloatArray:
    """Signed signal (tissue t) of this patient's tissues, density included."""
    table = tissues_at(case.field_t)
    rows = [table[tissue] for tissue in Tissue]
    t1_ms = np.array([row.t1_ms for row in rows]) * case.t1_factor
    sign = np.array([-1.0 if row.opposed else 1.0 for row in rows])
    density = np.array([row.density for row in rows])
    t2_ms = np.array([row.t2_ms for row in rows])
    return np.asarray((sign * density)[:, None] * signals(t1_ms, t2_ms, case.timing))
