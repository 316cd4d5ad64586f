"""What is true about motion in each segment, known because it was simulated; never judged by R²."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from myoqc.records.arrays import frozen
from myoqc.records.heart import N_SEGMENTS, Segments
from myoqc.simulate.drawn.layers import Drawing, Part, Poses, wall_share
from myoqc.simulate.drawn.outline import Pose

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

POSITIVE_FROM = 0.20
"""A segment has motion where this share of its pixels, or more, holds other tissue in an image."""


@dataclass(frozen=True, slots=True, eq=False)
class Truth:
    """Motion of each segment in each image, against the position at which the contours were drawn."""

    contamination: FloatArray
    """(t 6) share of the segment's pixels that hold other tissue than wall, above what they hold at the reference."""
    displacement_mm: FloatArray
    """(t 6) how far the segment's own myocardium lies from where it was at the reference, within the slice."""
    first_inversion: BoolArray
    """(t) the images that follow the first inversion: those that ShMOLLI's fit always uses."""

    def __post_init__(self) -> None:
        for name, dtype, axes in (
            ("contamination", np.float64, f"t {N_SEGMENTS}"),
            ("displacement_mm", np.float64, f"t {N_SEGMENTS}"),
            ("first_inversion", bool, "t"),
        ):
            object.__setattr__(self, name, frozen(getattr(self, name), dtype, axes, name))

    @property
    def motion(self) -> BoolArray:
        """(6) which segments have motion in any image."""
        return np.asarray((self.contamination >= POSITIVE_FROM).any(axis=0))

    @property
    def motion_in_first_inversion(self) -> BoolArray:
        """(6) which segments have motion in an image that the fit always uses."""
        return np.asarray((self.contamination[self.first_inversion] >= POSITIVE_FROM).any(axis=0))


def truth(
    drawing: Drawing, segments: Segments, poses: tuple[Poses, ...], reference: Pose, first_inversion: BoolArray
) -> Truth:
    """Compare the wall in each image with the wall at ``reference``, over the pixels of each segment there."""
    at_reference = wall_share(drawing, reference)
    contamination = np.zeros((len(poses), N_SEGMENTS))
    displacement_mm = np.zeros((len(poses), N_SEGMENTS))
    for t, pose in enumerate(poses):
        lost = at_reference - wall_share(drawing, pose[Part.HEART])
        for number, mask in enumerate(segments.masks):
            contamination[t, number] = max(float(lost[mask].mean()), 0.0) if mask.any() else 0.0
            displacement_mm[t, number] = _way_mm(drawing, mask, reference, pose[Part.HEART]) if mask.any() else 0.0
    return Truth(contamination, displacement_mm, first_inversion)


def _way_mm(drawing: Drawing, mask: BoolArray, before: Pose, after: Pose) -> float:
    """How far the tissue in the middle of ``mask`` goes between two poses."""
    rows, columns = np.nonzero(mask)
    y, x = drawing.canvas.axis_mm(0), drawing.canvas.axis_mm(1)
    middle = np.array([y[rows].mean(), x[columns].mean()])
    return float(np.linalg.norm(after.apply(before.undo(middle)) - middle))
