"""Fold-over: the body beyond a field of view that is too small comes in from the other side."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from myoqc.simulate.scene import Part, Scene

ComplexStack = NDArray[np.complex64]

DEPTH_MM = (12.0, 45.0)
STRENGTH = (0.3, 1.0)
HEART_MM = 3.0
"""What folds in ends this far from the heart, at least."""
BODY_FROM = 0.1
"""The body begins where tissue fills this share of a row."""


@dataclass(frozen=True, slots=True)
class FoldOver:
    """What comes in at one border of the image, from the chest wall at the opposite one."""

    axis: int
    """Of phase encoding: 0 = y, 1 = x."""
    at_end: bool
    """True where it comes in at the end of the axis, False where at its beginning."""
    from_px: int
    """Where the body begins, counted from the opposite border."""
    depth_px: int
    """How far it comes in."""
    strength: float
    phase_rad: float
    """Against where it came from: it lay at another place in the field."""


def draw_fold_over(rng: np.random.Generator, scene: Scene, phase_axis: int) -> FoldOver:
    """On the border that leaves more room before the heart, as deep as 12 to 45 mm or the heart allow."""
    heart = (scene.parts[Part.HEART] > 0.0).any(axis=1 - phase_axis)
    body = scene.shares.sum(axis=0).mean(axis=1 - phase_axis) > BODY_FROM
    margin_px = int(np.ceil(HEART_MM / scene.canvas.spacing_mm))
    before, behind = int(np.argmax(heart)) - margin_px, int(np.argmax(heart[::-1])) - margin_px
    at_end = bool(behind >= before)
    wanted_px = round(rng.uniform(*DEPTH_MM) / scene.canvas.spacing_mm)
    return FoldOver(
        axis=phase_axis,
        at_end=at_end,
        from_px=int(np.argmax(body if at_end else body[::-1])),
        depth_px=max(0, min(wanted_px, max(before, behind))),
        strength=rng.uniform(*STRENGTH),
        phase_rad=rng.uniform(0.0, 2 * np.pi),
    )


def apply_fold_over(fold: FoldOver, objects: ComplexStack, scene: Scene) -> ComplexStack:
    """The objects (t y x, coil included) with the chest wall of one side once more at the other.

    The canvas ends where the scene ends, so the wall on the canvas stands for the arm, breast or back beyond it.
    """
    # Seen from the border at which it comes in: the last ``depth`` of the turned axis.
    turn = slice(None) if fold.at_end else slice(None, None, -1)
    folded = objects.copy()
    into, source, chest = (
        np.moveaxis(array, fold.axis - 2, -1)[..., turn] for array in (folded, objects, scene.parts[Part.CHEST])
    )
    strip = slice(fold.from_px, fold.from_px + fold.depth_px)
    weight = np.complex64(fold.strength * np.exp(1j * fold.phase_rad))
    n = into.shape[-1]
    into[..., n - fold.depth_px : n] += weight * source[..., strip] * chest[..., strip]
    return folded
