"""From the outputs of the segmenter to outlines: smooth, closed, with the insertions on the outer wall."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.special import expit, log_softmax, softmax

from myoqc import polygons
from myoqc.errors import ContourError
from myoqc.locate.channels import SPACING_MM
from myoqc.locate.outputs import INSERTIONS, LEVELS, TISSUES
from myoqc.records.arrays import frozen
from myoqc.records.heart import MOST_AWAY_MM

FloatArray = NDArray[np.float64]

N_HARMONICS = 5
"""Of an outline as a closed curve in the plane: the smallest bend that is kept is a fifth of its length."""
N_POINTS = 120
"""Of a smooth outline."""
LEAST_SPOT = 0.3
"""Height from which a spot marks an insertion. A spot in doubt is lower than the 1 that it is trained to."""
SEPTUM_PX, LEAST_RIGHT_PX = 4, 12
"""How far the right cavity may lie from what is taken for the left ventricle, and its least size: 7.5 mm, 42 mm²."""
SPOT_PX = 2
"""Pixels around the highest one that share in the place of an insertion."""


@dataclass(frozen=True, slots=True, eq=False)
class Shares:
    """Probabilities that the segmenter gives, in pixels of its channels."""

    cavity: FloatArray
    """(v u) left cavity, in the part of the image that holds the left ventricle; 0 elsewhere."""
    left: FloatArray
    """(v u) the same of left cavity or wall."""
    right: FloatArray
    """(v u) right cavity, in the part of the image beside the left ventricle; 0 elsewhere."""
    spots: FloatArray
    """(2 v u) anterior and inferior insertion."""
    level_probability: FloatArray
    """(3)"""
    elsewhere: float = 0.0
    """Sum of the probability of wall in other parts of the image, in pixels; 0 where nothing else looks like it."""

    def __post_init__(self) -> None:
        for name, axes in (
            ("cavity", "v u"),
            ("left", "v u"),
            ("right", "v u"),
            ("spots", "2 v u"),
            ("level_probability", "3"),
        ):
            object.__setattr__(self, name, frozen(getattr(self, name), np.float64, axes, name))

    @property
    def wall(self) -> FloatArray:
        """(v u) probability of the left wall."""
        return self.left - self.cavity

    @property
    def expected_dice(self) -> float:
        """The Dice of the likeliest wall that these probabilities promise, were they true.

        What looks like wall elsewhere counts against it: there is one left ventricle.
        """
        likeliest = self.wall > 0.5
        promised = self.wall.sum() + self.elsewhere + likeliest.sum()
        return float(2 * self.wall[likeliest].sum() / max(promised, 1e-9))


def shares(logits: NDArray[np.float32]) -> Shares | None:
    """The probabilities of outputs (9 v u); None where no pixel is likelier left ventricle than not.

    Of several parts of the image that look like a left ventricle the one with most of a cavity is taken.
    """
    _, cavity, wall, right = softmax(logits[TISSUES].astype(np.float64), axis=0)
    left = cavity + wall
    parts, n_parts = ndimage.label(left > 0.5)
    if not n_parts:
        return None
    held = ndimage.sum_labels(cavity, parts, np.arange(1, n_parts + 1))
    # A margin of one pixel keeps the slope on which the outline lies between two pixels.
    part = parts == 1 + int(np.argmax(held))
    inside = ndimage.binary_dilation(part, iterations=1)
    weight = left * inside
    levels = np.einsum("lvu,vu->l", log_softmax(logits[LEVELS].astype(np.float64), axis=0), weight) / weight.sum()
    spots = expit(logits[INSERTIONS].astype(np.float64))
    elsewhere = float(wall[~ndimage.binary_dilation(part, iterations=SEPTUM_PX)].sum())
    beside = _beside(right, inside)
    return Shares(cavity * inside, left * inside, beside, spots, softmax(levels), elsewhere)


def _beside(right: FloatArray, left: NDArray[np.bool_]) -> FloatArray:
    """The largest part of the right cavity (v u) that lies against the left ventricle; 0 elsewhere."""
    parts, n_parts = ndimage.label(right > 0.5)
    reached = np.unique(parts[ndimage.binary_dilation(left, iterations=SEPTUM_PX)])
    size_px = np.bincount(parts.ravel(), minlength=n_parts + 1)
    beside = [int(part) for part in reached if part and size_px[part] >= LEAST_RIGHT_PX]
    if not beside:
        return np.zeros_like(right)
    largest = max(beside, key=lambda part: int(size_px[part]))
    return np.asarray(right * ndimage.binary_dilation(parts == largest, iterations=1))


def outline(probability: FloatArray) -> FloatArray:
    """Smooth closed outline (120 2) of what is likelier inside than not; raises ContourError where nothing is."""
    return smooth(polygons.trace(probability))


def smooth(points: FloatArray) -> FloatArray:
    """A closed outline (n 2) as (120 2) evenly spaced points of its first harmonics."""
    closed = np.vstack([points, points[:1]])
    way = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(closed, axis=0), axis=1))])
    at = np.arange(4 * N_POINTS) * way[-1] / (4 * N_POINTS)
    even = np.interp(at, way, closed[:, 0]) + 1j * np.interp(at, way, closed[:, 1])
    spectrum = np.fft.fft(even) / len(even)
    order = np.fft.fftfreq(len(even), 1 / len(even))
    spectrum[np.abs(order) > N_HARMONICS] = 0.0
    curve = np.fft.ifft(np.concatenate([spectrum[: N_POINTS // 2], spectrum[-N_POINTS // 2 :]]) * N_POINTS)
    return np.stack([curve.real, curve.imag], axis=1)


def insertion(spot: FloatArray, outer: FloatArray) -> FloatArray | None:
    """(2) the point of the outline ``outer`` (n 2) nearest to the highest peak of a spot (v u).

    Peaks farther from the outline than an insertion may lie don't count; None where there is no other.
    """
    peaks = np.argwhere((spot == ndimage.maximum_filter(spot, size=3)) & (spot >= LEAST_SPOT))
    for row, column in sorted(peaks.tolist(), key=lambda at: -float(spot[at[0], at[1]])):
        middle = _middle(spot, row, column)
        nearest = polygons.nearest_px(outer, middle)
        if np.linalg.norm(nearest - middle) * SPACING_MM <= MOST_AWAY_MM:
            return nearest
    return None


def _middle(spot: FloatArray, row: int, column: int) -> FloatArray:
    """(2) where the peak of a spot lies, between the pixels around its highest."""
    rows, columns = (slice(max(at - SPOT_PX, 0), at + SPOT_PX + 1) for at in (row, column))
    # What all these pixels have would draw the centre of their mass to the middle one.
    above = spot[rows, columns] - spot[rows, columns].min() + np.finfo(np.float64).eps
    return np.asarray(np.array([rows.start, columns.start]) + ndimage.center_of_mass(above))


def right_outline(right: FloatArray) -> FloatArray | None:
    """(n 2) outline of the right cavity; None where there is none."""
    try:
        return polygons.trace(right)
    except ContourError:
        return None
