"""What lies in the slice of a case in every image, before it is scanned: the subject cut at its depth and displaced."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from myoqc.simulate.case import SimulatedCase
from myoqc.simulate.compose import compose
from myoqc.simulate.imaging.off_resonance import off_resonance_hz
from myoqc.simulate.levels import blend, cuts_mm, depths_mm
from myoqc.simulate.motion.course import Course
from myoqc.simulate.motion.field import displacement_fields, through_plane_mm
from myoqc.simulate.motion.warp import warp, warp_shares
from myoqc.simulate.physics.readout import Readout
from myoqc.simulate.physics.table import signal_table
from myoqc.simulate.physics.timing import Timing
from myoqc.simulate.scene import Scene
from myoqc.simulate.subject import cut

FloatArray = NDArray[np.float64]
FloatMap = NDArray[np.float32]
ComplexStack = NDArray[np.complex64]

READOUT = Readout()


@dataclass(frozen=True, slots=True, eq=False)
class Path:
    """Where everything lies in each image of one course."""

    fields_mm: FloatMap
    """(t 2 y x) displacement: what is at x − u(x) at rest lies at x."""
    depth_mm: FloatArray
    """(t 1 1), or (t y x) of an oblique slice: how much nearer to the apex than planned the slice cuts."""


@dataclass(frozen=True, slots=True, eq=False)
class Cuts:
    """The subject at rest at all levels that its images show."""

    scenes: tuple[Scene, ...]
    depth_mm: FloatArray
    """(cut) towards the apex, from the planned level."""
    off_resonance_hz: FloatMap
    """(y x) at the planned level; taken for all."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "scenes", tuple(self.scenes))


def path(case: SimulatedCase, course: Course) -> Path:
    """The way of everything in ``course``."""
    through_mm = through_plane_mm(course, case.grid)
    middle_mm = case.scene.endo_mm.mean(axis=0)
    return Path(
        displacement_fields(course, case.scene, case.grid),
        depths_mm(through_mm, case.tilt_mm_per_mm, middle_mm, case.canvas),
    )


def cuts(case: SimulatedCase, *paths: Path) -> Cuts:
    """The levels that the images of ``paths`` need."""
    depth_mm = cuts_mm(*(path.depth_mm for path in paths))
    scenes = [
        cut(case.subject, case.position_mm, case.canvas, towards_apex_mm=float(depth)) if depth else case.scene
        for depth in depth_mm
    ]
    return Cuts(tuple(scenes), depth_mm, off_resonance_hz(case.off_resonance, case.scene))


def walls(cuts: Cuts, path: Path) -> FloatMap:
    """Share (t y x) of each pixel that lies in the wall of the left ventricle."""
    at_rest = blend([scene.wall for scene in cuts.scenes], cuts.depth_mm, path.depth_mm)
    return warp_shares(at_rest, path.fields_mm, cuts.scenes[0].canvas)


def objects(case: SimulatedCase, cuts: Cuts, path: Path, timing: Timing) -> ComplexStack:
    """Complex signal (t y x) of what lies in the slice, as a coil of even sensitivity would receive it."""
    table = signal_table(case.tissues, timing, READOUT, flip_scale=case.flip_scale, inflow=case.inflow)
    at_rest = [compose(scene, table, cuts.off_resonance_hz) for scene in cuts.scenes]
    return warp(blend(at_rest, cuts.depth_mm, path.depth_mm), path.fields_mm, case.canvas)
