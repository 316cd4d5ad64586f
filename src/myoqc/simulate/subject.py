"""Whose heart a slice shows: a drawn patient, or a real anatomy on its canvas; both can be cut at any level."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

import numpy as np

from myoqc.aha import Level
from myoqc.errors import InputError
from myoqc.records import LabelledImage
from myoqc.simulate import drawn, real
from myoqc.simulate.plan import CasePlan
from myoqc.simulate.scene import Canvas, Scene

USUAL_MM = MappingProxyType({Level.BASAL: 20.0, Level.APICAL: 70.0})
MID_MM = 45.0
"""Position along the long axis, from the base, given to the slices of a real heart, whose length nobody measured."""


@dataclass(frozen=True, slots=True, eq=False)
class RealHeart:
    """One slice of a real heart, with its place on the canvas."""

    anatomy: real.RealAnatomy
    placement: real.ScenePlacement


Subject = drawn.Patient | RealHeart


def draw_subject(
    rng: np.random.Generator, own: np.random.Generator, plan: CasePlan, images: Sequence[LabelledImage]
) -> tuple[Subject, float]:
    """The subject of a plan, and how many mm its slice lies from the base towards the apex.

    ``rng`` draws what the slices of a patient have in common, ``own`` what is this slice's own. A real subject gives
    one of its ``images`` of the plan's level if it has one. Raises InputError where a real anatomy has no images.
    """
    if plan.patient.anatomy is None:
        patient = drawn.draw_patient(rng, phenotype=plan.patient.phenotype)
        return patient, drawn.draw_position(own, patient, plan.level)
    if not images:
        raise InputError(
            f"no image of {plan.patient.anatomy!r}, whose anatomy the plan asks for",
            remedy="Give the folder of anatomies that the plan was drawn with.",
        )
    placement, position_mm = real.draw_placement(rng), USUAL_MM.get(plan.level, MID_MM)
    fitting = [image for image in images if image.level is plan.level] or images
    return RealHeart(_prepared(fitting[int(own.integers(len(fitting)))]), placement), position_mm


@lru_cache(maxsize=256)
def _prepared(image: LabelledImage) -> real.RealAnatomy:
    return real.prepare(image)


def cut(subject: Subject, position_mm: float, canvas: Canvas, *, towards_apex_mm: float = 0.0) -> Scene:
    """The slice at rest, ``towards_apex_mm`` nearer to the apex than ``position_mm``."""
    if isinstance(subject, RealHeart):
        return real.scene(subject.anatomy, canvas, subject.placement, towards_apex_mm=towards_apex_mm)
    return drawn.scene(subject, position_mm + towards_apex_mm, canvas)
