"""Ghosts of pulsating blood: weaker copies along phase encoding, another strength in each image, the heart still."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from myoqc.simulate.physics.tissues import Tissue
from myoqc.simulate.scene import Part, Scene

ComplexStack = NDArray[np.complex64]
FloatMap = NDArray[np.float32]

STRENGTH = (0.1, 0.4)
"""Ghost over its source, in the image where it is strongest."""
CHEST = (0.0, 0.3)
"""How far the chest wall takes part, against blood."""
SHIFT = (0.22, 0.45)
"""Distance of a copy from its source over the field of view."""
SPARED_MM = 4.0
"""Width of the border over which ghosts fade towards the heart."""


@dataclass(frozen=True, slots=True, eq=False)
class Ghosts:
    """Where the copies of one slice lie, and how strong they are in each image."""

    axis: int
    """Of phase encoding: 0 = y, 1 = x."""
    shift: float
    """Distance of a copy over the field of view; one lies on either side."""
    strength: ComplexStack
    """(t) the copy over its source; the other side has the opposite phase."""
    chest: float
    """How far the chest wall takes part, against blood."""

    def __post_init__(self) -> None:
        strength = np.array(self.strength, dtype=np.complex64)
        strength.flags.writeable = False
        object.__setattr__(self, "strength", strength)


def draw_ghosts(rng: np.random.Generator, n_images: int, phase_axis: int) -> Ghosts:
    """Copies a quarter to nearly half a field of view away; some images have hardly any.

    At half a field of view the two copies would fall on each other and cancel.
    """
    strongest = rng.uniform(*STRENGTH)
    size = rng.uniform(0.0, 1.0, n_images)
    size[rng.integers(n_images)] = 1.0
    turn = np.exp(1j * rng.uniform(0.0, 2 * np.pi, n_images))
    return Ghosts(phase_axis, rng.uniform(*SHIFT), strongest * size * turn, rng.uniform(*CHEST))


def apply_ghosts(ghosts: Ghosts, objects: ComplexStack, scene: Scene) -> ComplexStack:
    """The objects (t y x, coil included) with the ghosts of their blood and chest wall.

    No ghost lies on the heart, which real ones do not spare: here they are to distract, not to spoil the myocardium.
    """
    pulsating = scene.shares[Tissue.BLOOD] + np.float32(ghosts.chest) * scene.parts[Part.CHEST]
    width_px = SPARED_MM / scene.canvas.spacing_mm
    spared = np.minimum(4.0 * gaussian_filter(scene.parts[Part.HEART], width_px), 1.0)
    source = objects * (ghosts.strength[:, None, None] * pulsating)
    way_px = round(ghosts.shift * scene.canvas.shape[ghosts.axis])
    copies = _moved(source, way_px, ghosts.axis + 1) - _moved(source, -way_px, ghosts.axis + 1)
    return np.asarray(objects + (1.0 - spared) * copies)


def _moved(stack: ComplexStack, by_px: int, axis: int) -> ComplexStack:
    """The stack moved along an axis; what leaves on one side comes in on the other, as in k-space."""
    return np.asarray(np.roll(stack, by_px, axis=axis))
