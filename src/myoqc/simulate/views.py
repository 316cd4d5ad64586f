"""What lies in the slice of a case in every image, before it is scanned: the subject cut at its depth and displaced."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from myoqc.simulate.case import SimulatedCase, as_triggered
from myoqc.simulate.compose import compose
from myoqc.simulate.imaging.off_resonance import off_resonance_hz
from myoqc.simulate.levels import blend, cuts_mm, depths_mm
from myoqc.simulate.motion.field import displacement_fields, through_plane_mm
from myoqc.simulate.motion.warp import warp, warp_shares
from myoqc.simulate.physics.readout import USUAL_READOUT
from myoqc.simulate.physics.table import signal_table
from myoqc.simulate.physics.timing import Timing
from myoqc.simulate.scene import Scene
from myoqc.simulate.subject import cut

FloatArray = NDArray[np.float64]
FloatMap = NDArray[np.float32]
ComplexStack = NDArray[np.complex64]


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """Where everything lies in each image of a case, and the subject at all levels that its images show."""

    fields_mm: FloatMap
    """(t 2 y x) displacement: what is at x − u(x) at rest lies at x."""
    depth_mm: FloatArray
    """(t 1 1), or (t y x) of an oblique slice: how much nearer to the apex than planned the slice cuts."""
    rest_depth_mm: FloatArray
    """(1 1 1), or (1 y x) of an oblique slice: the same at rest."""
    scenes: tuple[Scene, ...]
    """(cut) the subject at rest, at rising depths."""
    cut_mm: FloatArray
    """(cut) these depths."""
    off_resonance_hz: FloatMap
    """(y x) at the planned level; taken for all."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "scenes", tuple(self.scenes))


def view(case: SimulatedCase) -> View:
    """The subject cut at the levels that its images show, and where everything goes."""
    canvas, middle_mm = case.canvas, case.scene.endo_mm.mean(axis=0)
    depth_mm = depths_mm(through_plane_mm(case.course, case.grid), case.tilt_mm_per_mm, middle_mm, canvas)
    rest_depth_mm = depths_mm(np.zeros(1), case.tilt_mm_per_mm, middle_mm, canvas)
    cut_mm = cuts_mm(depth_mm, rest_depth_mm)
    return View(
        fields_mm=displacement_fields(case.course, case.scene, case.grid),
        depth_mm=depth_mm,
        rest_depth_mm=rest_depth_mm,
        scenes=tuple(
            cut(case.subject, case.position_mm, canvas, towards_apex_mm=float(depth)) if depth else case.scene
            for depth in cut_mm
        ),
        cut_mm=cut_mm,
        off_resonance_hz=off_resonance_hz(case.off_resonance, case.scene),
    )


def walls(seen: View) -> tuple[FloatMap, FloatMap]:
    """Share of each pixel that lies in the wall of the left ventricle: in the images (t y x), and at rest (y x)."""
    cuts = [scene.wall for scene in seen.scenes]
    at_depth = blend(cuts, seen.cut_mm, seen.depth_mm)
    at_rest = blend(cuts, seen.cut_mm, seen.rest_depth_mm)
    return warp_shares(at_depth, seen.fields_mm, seen.scenes[0].canvas), at_rest[0]


def objects(case: SimulatedCase, seen: View) -> tuple[ComplexStack, ComplexStack]:
    """Complex signal (t y x) of what lies in the slice, to a coil of even sensitivity: as it moves, and at rest."""
    held = _cuts(case, seen, case.timing)
    moving = _cuts(case, seen, as_triggered(case)) if case.course.mistriggered.any() else held
    at_depth: ComplexStack = blend(moving, seen.cut_mm, seen.depth_mm)
    at_rest: ComplexStack = blend(held, seen.cut_mm, np.repeat(seen.rest_depth_mm, len(at_depth), axis=0))
    return warp(at_depth, seen.fields_mm, case.canvas), at_rest


def _cuts(case: SimulatedCase, seen: View, timing: Timing) -> list[ComplexStack]:
    table = signal_table(case.tissues, timing, USUAL_READOUT, flip_scale=case.flip_scale, inflow=case.inflow)
    return [compose(scene, table, seen.off_resonance_hz) for scene in seen.scenes]
