"""A short-axis slice as layers of outlines, and the share of every tissue in every pixel, wherever the layers lie."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from myoqc.aha import Level
from myoqc.simulate.drawn.outline import Outline, Pose, coverage, distance_mm, moved
from myoqc.simulate.drawn.texture import Texture
from myoqc.simulate.physics.tissues import Tissue
from myoqc.simulate.scene import Canvas

FloatArray = NDArray[np.float64]
FloatMap = NDArray[np.float32]


class Part(Enum):
    """What moves together."""

    HEART = "heart"
    ABDOMEN = "abdomen"
    MEDIASTINUM = "mediastinum"
    CHEST = "chest"


STATIC_PARTS = (Part.MEDIASTINUM, Part.CHEST)
"""They stay where they are in every image."""


Poses = Mapping[Part, Pose]
AT_REST: Poses = MappingProxyType({part: Pose(np.zeros(2)) for part in Part})


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """One outline filled with one tissue."""

    tissue: Tissue
    part: Part
    outline: Outline


@dataclass(frozen=True, slots=True, eq=False)
class Anatomy:
    """One slice of one patient, at rest."""

    level: Level
    layers: tuple[Layer, ...]
    """From the front to the back: what comes first hides what comes later."""
    thorax: Outline
    """Inner border of the chest wall; all parts but the chest end there."""
    endo: Outline
    epi: Outline
    rv: Outline
    """Outer border of the right ventricle; the left one hides its part of it."""
    textures: tuple[Texture, ...]
    """One for each part, in the order of :class:`Part`."""
    patches: Texture
    """Where the myocardium is altered."""
    altered_share: float
    """Mean share of altered tissue in the myocardium."""
    taper_per_mm: float
    """Relative growth of the heart's radius in the slice for each mm that the heart moves towards its apex."""

    def __post_init__(self) -> None:
        for name in ("layers", "textures"):
            object.__setattr__(self, name, tuple(getattr(self, name)))

    @property
    def insertions_mm(self) -> tuple[FloatArray, FloatArray]:
        """Anterior and inferior insertion (2) of the right ventricle, where its outline crosses the left one's."""
        points = self.epi.points_mm
        distance = distance_mm(self.rv, points)
        following, after = np.roll(points, -1, axis=0), np.roll(distance, -1)
        share = (distance / np.where(distance == after, 1.0, distance - after))[:, None]
        crossing = points + share * (following - points)
        leaves, enters = (distance < 0) & (after >= 0), (distance >= 0) & (after < 0)
        return crossing[leaves][0], crossing[enters][0]


@dataclass(frozen=True, slots=True, eq=False)
class Drawing:
    """The layers of an anatomy on a canvas; those that never move are drawn once."""

    anatomy: Anatomy
    canvas: Canvas
    inside_thorax: FloatMap
    still: Mapping[int, tuple[tuple[slice, slice], FloatMap]]
    """Number of a layer → its window and coverage."""


def drawing(anatomy: Anatomy, canvas: Canvas) -> Drawing:
    """What is common to all images of a slice."""
    inside = np.zeros(canvas.shape, dtype=np.float32)
    window, share = coverage(anatomy.thorax, canvas)
    inside[window] = share
    still = {
        number: coverage(layer.outline, canvas)
        for number, layer in enumerate(anatomy.layers)
        if layer.part in STATIC_PARTS
    }
    return Drawing(anatomy, canvas, inside, still)


def fractions(drawing: Drawing, poses: Poses) -> FloatMap:
    """Share (tissue y x) of each tissue in each pixel, in the order of :class:`Tissue`; what is missing to 1 is air.

    From the front to the back each layer takes its coverage of what the layers before it left over.
    """
    shares = np.zeros((len(Tissue), *drawing.canvas.shape), dtype=np.float32)
    left = np.ones(drawing.canvas.shape, dtype=np.float32)
    for number, layer in enumerate(drawing.anatomy.layers):
        window, covered = drawing.still.get(number) or coverage(moved(layer.outline, poses[layer.part]), drawing.canvas)
        if layer.part is not Part.CHEST:
            covered = covered * drawing.inside_thorax[window]
        taken = left[window] * covered
        shares[layer.tissue][window] += taken
        left[window] -= taken
    return shares


def wall_share(drawing: Drawing, pose: Pose) -> FloatMap:
    """Share (y x) of each pixel that lies in the wall of the left ventricle, between its two outlines."""
    wall = np.zeros(drawing.canvas.shape, dtype=np.float32)
    for outline, sign in ((drawing.anatomy.epi, 1.0), (drawing.anatomy.endo, -1.0)):
        window, share = coverage(moved(outline, pose), drawing.canvas)
        wall[window] += np.float32(sign) * share
    return wall.clip(0.0, 1.0)


def layers_of(tissue: Tissue, part: Part, outlines: Iterable[Outline]) -> tuple[Layer, ...]:
    """One layer for each outline."""
    return tuple(Layer(tissue, part, outline) for outline in outlines)
