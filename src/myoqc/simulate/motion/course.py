"""The course of one acquisition: how far everything in the slice has gone when each image is taken."""

from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from myoqc.records.arrays import frozen
from myoqc.simulate.labels import Artefact, Distractor, Motion
from myoqc.simulate.motion.breath_course import draw_breathing
from myoqc.simulate.motion.cardiac import draw_contraction, draw_mistriggered, draw_twist_deg
from myoqc.simulate.motion.distractors import draw_abdomen_mm, draw_stomach
from myoqc.simulate.physics.timing import Timing

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

JITTER_MM = (0.05, 0.25)
"""Standard deviation from image to image that every heart has."""

WAYS = MappingProxyType(
    {
        "heart_mm": "3",
        "turn_deg": "",
        "contraction": "",
        "twist_deg": "",
        "abdomen_mm": "3",
        "stomach_mm": "2",
        "stomach_growth": "",
        "chest_mm": "3",
        "chest_rise_mm": "",
    }
)
"""Each quantity that a course follows → its axes beside that of the images."""


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """What has moved how far in each image, against where it was planned; (… 3) are patient coordinates (LPS)."""

    motion: Motion
    distractor: Distractor
    artefact: Artefact
    heart_mm: FloatArray
    """(t 3) the whole heart."""
    turn_deg: FloatArray
    """(t) turn of the heart about its left ventricle, clockwise on the screen."""
    contraction: FloatArray
    """(t) cardiac phase: 0 = diastole as planned, 1 = end of systole, below 0 = fuller than planned."""
    twist_deg: FloatArray
    """(t) turn of the left ventricle by its own contraction, clockwise on the screen."""
    abdomen_mm: FloatArray
    """(t 3) diaphragm, liver, spleen, and the stomach with them."""
    stomach_mm: FloatArray
    """(t 2) what stomach and bowel go beyond the abdomen: down and to the right of the image."""
    stomach_growth: FloatArray
    """(t) relative growth of the stomach's width."""
    chest_mm: FloatArray
    """(t 3) the whole chest wall."""
    chest_rise_mm: FloatArray
    """(t) how far the front of the chest wall rises beyond that; at the spine nothing does."""
    mistriggered: BoolArray
    """(t) the images that are taken in another cardiac phase."""

    def __post_init__(self) -> None:
        for name, width in WAYS.items():
            axes = f"{len(self.heart_mm)} {width}"
            object.__setattr__(self, name, frozen(getattr(self, name), np.float64, axes, name))
        object.__setattr__(self, "mistriggered", frozen(self.mistriggered, bool, f"{self.n_images}", "mistriggered"))

    @property
    def n_images(self) -> int:
        """Number of images."""
        return len(self.heart_mm)


def draw_course(
    rng: np.random.Generator,
    timing: Timing,
    *,
    motion: Motion = Motion.STILL,
    distractor: Distractor = Distractor.NONE,
    artefact: Artefact = Artefact.NONE,
    size_mm: float | None = None,
) -> Course:
    """Draw what moves during one acquisition.

    ``size_mm`` is how far the heart's position varies over the images by ``motion``, jitter apart; without it the size
    is drawn, from invisible to gross. Equal states of ``rng`` give the same jitter, bowel and twist whatever the kinds.
    """
    n_images = len(timing.readout_ms)
    jitter_mm = rng.uniform(*JITTER_MM) / np.sqrt(3.0) * rng.standard_normal((n_images, 3))
    twist_deg, contraction = draw_twist_deg(rng), draw_contraction(rng, timing)
    mistriggered, phase = draw_mistriggered(rng, reference_images(timing))
    stomach_mm, growth = draw_stomach(rng, timing, active=distractor is Distractor.STOMACH)
    abdomen_mm = draw_abdomen_mm(rng, timing, active=distractor is Distractor.DIAPHRAGM)
    breathing = draw_breathing(rng, motion, timing, size_mm)
    mistriggered &= artefact is Artefact.MISTRIGGERING
    contraction = np.where(mistriggered, phase, contraction)
    return Course(
        motion=motion,
        distractor=distractor,
        artefact=artefact,
        heart_mm=breathing.heart_mm + jitter_mm,
        turn_deg=breathing.turn_deg,
        contraction=contraction,
        twist_deg=twist_deg * contraction,
        abdomen_mm=breathing.abdomen_mm + abdomen_mm,
        stomach_mm=stomach_mm,
        stomach_growth=growth,
        chest_mm=breathing.chest_mm,
        chest_rise_mm=breathing.chest_rise_mm,
        mistriggered=mistriggered,
    )


def reference_images(timing: Timing) -> BoolArray:
    """(t) the images on which contours are drawn: those of the first inversion, or all where only one is."""
    first = timing.group == 0
    return np.asarray(first if first.sum() > 1 else np.ones_like(first))


def from_reference(course: Course, reference: BoolArray) -> Course:
    """The same course told from where contours are drawn: the median of every way over the ``reference`` (t) is 0."""
    ways: dict[str, Any] = {}
    for name in WAYS:
        way = getattr(course, name)
        ways[name] = way - np.median(way[reference], axis=0)
    return replace(course, **ways)
