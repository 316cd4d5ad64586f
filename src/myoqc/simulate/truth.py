"""What is true about motion in each segment, known because it was simulated; never judged by R².

docs/labels.md explains for people what is measured here.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from myoqc.records.arrays import frozen
from myoqc.records.heart import N_SEGMENTS, Segments
from myoqc.simulate.labels import has_motion
from myoqc.simulate.motion.warp import moved_points
from myoqc.simulate.scene import Canvas

FloatArray = NDArray[np.float64]
FloatMap = NDArray[np.float32]
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Truth:
    """Motion of each segment in each image, against the position at which the contours were drawn."""

    contamination: FloatArray
    """(t 6) share of the segment's pixels that hold other tissue than wall, above what they hold at the reference."""
    displacement_mm: FloatArray
    """(t 6) how far the segment's own myocardium lies from where it was at the reference, in all three directions."""

    def __post_init__(self) -> None:
        for name in ("contamination", "displacement_mm"):
            object.__setattr__(self, name, frozen(getattr(self, name), np.float64, f"t {N_SEGMENTS}", name))

    @property
    def motion(self) -> BoolArray:
        """(6) which segments have motion in any image."""
        return has_motion(self.contamination)

    @property
    def any_motion(self) -> bool:
        """The label of the whole image: whether any segment has motion in any image."""
        return bool(self.motion.any())

    @property
    def worst_image(self) -> NDArray[np.intp]:
        """(6) number (from 0) of the image in which each segment holds most of other tissue."""
        return np.asarray(self.contamination.argmax(axis=0))

    def motion_in(self, images: ArrayLike) -> BoolArray:
        """(6) which segments have motion in one of ``images``: truth values (t), or (t 6) where segments differ."""
        return has_motion(self.contamination, images)


def motion_truth(
    wall: FloatMap,
    reference_wall: FloatMap,
    segments: Segments,
    fields_mm: FloatMap,
    through_mm: ArrayLike,
    canvas: Canvas,
) -> Truth:
    """Compare each image with the reference, over the pixels that each segment has there.

    ``wall`` (t y x) and ``reference_wall`` (y x) are the shares of each pixel that lie in the wall; ``fields_mm``
    (t 2 y x) are displacements from the reference, as of
    :func:`~myoqc.simulate.motion.field.displacement_fields`; ``through_mm`` (t) is how much nearer to the apex the
    slice cuts the heart than at the reference. An empty segment has neither contamination nor displacement.
    """
    pixels = np.argwhere(segments.myocardium)
    of = segments.masks[:, pixels[:, 0], pixels[:, 1]].astype(np.float64)
    of /= np.maximum(of.sum(axis=1, keepdims=True), 1.0)
    lost = reference_wall[*pixels.T] - wall[:, *pixels.T]
    contamination = np.maximum(np.einsum("tn,sn->ts", lost, of), 0.0)
    way_mm = _ways_mm(pixels, fields_mm, canvas)
    distance_mm = np.hypot(way_mm, np.asarray(through_mm, dtype=np.float64)[:, None])
    return Truth(contamination, np.einsum("tn,sn->ts", distance_mm, of))


def _ways_mm(pixels: NDArray[np.intp], fields_mm: FloatMap, canvas: Canvas) -> FloatArray:
    """How far (t n), within the slice, the tissue goes that lies in ``pixels`` (n 2) at the reference."""
    rest_mm = np.stack([canvas.axis_mm(axis)[pixels[:, axis]] for axis in (0, 1)], axis=-1)
    ways_mm = [moved_points(rest_mm, field_mm, canvas) - rest_mm for field_mm in fields_mm]
    return np.asarray(np.linalg.norm(ways_mm, axis=-1))
