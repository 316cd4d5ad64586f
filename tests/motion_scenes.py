"""A slice made by hand for tests of motion: discs and half-planes whose every border is known."""

import numpy as np
from numpy.typing import NDArray

from myoqc.aha import BASE_TO_APEX
from myoqc.records import Grid
from myoqc.simulate.physics.tissues import Tissue
from myoqc.simulate.scene import Canvas, Part, Scene

CANVAS = Canvas((216, 256), 0.9375)
ENDO_MM, EPI_MM = 22.0, 31.0
CENTRE_MM = np.array([-8.0, 6.0])
DIAPHRAGM_MM = 42.0
"""Below this all is abdomen."""
STOMACH_AT_MM, STOMACH_MM = np.array([58.0, 25.0]), 14.0
CHEST_MM = 85.0
"""Farther from the middle of the image than this lies the chest wall."""
HEART_RADIUS_MM = 34.0

TO_APEX = BASE_TO_APEX / np.linalg.norm(BASE_TO_APEX)


def grid(canvas: Canvas = CANVAS) -> Grid:
    """A true short axis, seen from the apex: the normal points to the base."""
    row = np.array([0.664, 0.748, 0.0])
    row = row - np.dot(row, TO_APEX) * TO_APEX
    row /= np.linalg.norm(row)
    return Grid(canvas.shape, np.full(2, canvas.spacing_mm), np.zeros(3), row, np.cross(-TO_APEX, row))


def circle_mm(radius_mm: float, centre_mm: NDArray[np.float64] = CENTRE_MM) -> NDArray[np.float64]:
    """(360 2) points of a circle."""
    angle = np.radians(np.arange(360.0))
    return np.asarray(centre_mm + radius_mm * np.stack([np.sin(angle), np.cos(angle)], axis=-1))


def _inside(radius_mm: float, centre_mm: NDArray[np.float64]) -> NDArray[np.float64]:
    """(y x) share of each pixel inside a circle."""
    y, x = np.meshgrid(CANVAS.axis_mm(0), CANVAS.axis_mm(1), indexing="ij")
    distance = np.hypot(y - centre_mm[0], x - centre_mm[1])
    return np.clip(0.5 + (radius_mm - distance) / CANVAS.spacing_mm, 0.0, 1.0)


def _parts() -> NDArray[np.float64]:
    below = np.broadcast_to(CANVAS.axis_mm(0)[:, None] > DIAPHRAGM_MM, CANVAS.shape)
    parts, left = np.zeros((len(Part), *CANVAS.shape)), np.ones(CANVAS.shape)
    for part, share in (
        (Part.CHEST, 1.0 - _inside(CHEST_MM, np.zeros(2))),
        (Part.HEART, _inside(HEART_RADIUS_MM, CENTRE_MM)),
        (Part.STOMACH, _inside(STOMACH_MM, STOMACH_AT_MM)),
        (Part.ABDOMEN, below.astype(np.float64)),
        (Part.LUNG, np.ones(CANVAS.shape)),
    ):
        parts[part] = share * left
        left = left - parts[part]
    return parts


def scene() -> Scene:
    """A heart of two circles in a lung, above an abdomen with a round stomach, in a round chest wall."""
    parts = _parts()
    wall = _inside(EPI_MM, CENTRE_MM) - _inside(ENDO_MM, CENTRE_MM)
    shares = np.zeros((len(Tissue), *CANVAS.shape))
    shares[Tissue.MYOCARDIUM] = wall
    shares[Tissue.BLOOD] = _inside(ENDO_MM, CENTRE_MM)
    shares[Tissue.STOMACH_FLUID] = parts[Part.STOMACH]
    epi = circle_mm(EPI_MM)
    return Scene(
        canvas=CANVAS,
        shares=shares,
        texture=np.ones(CANVAS.shape),
        parts=parts,
        wall=wall,
        endo_mm=circle_mm(ENDO_MM),
        epi_mm=epi,
        anterior_mm=epi[240],
        inferior_mm=epi[120],
    )
