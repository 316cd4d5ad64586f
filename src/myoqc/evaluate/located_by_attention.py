"""Where the six segments lie, told by a network's attention alone.

The paper proposes it and leaves it open [Zhang2020]. Each map that speaks gives one point, the middle of what lies
above half of its peak. The points of a heart lie on a ring, 60° apart in the order of the segments, so that three that
agree tell centre, radius, turn and way round; points that do not agree with most of the others are left out, by trying
all subsets, where [Fischler1981] draws some. The ring is as wide as the patches above half of the peaks make it: too
wide where attention is blurred. Segments whose maps are silent, or stray, are where the geometry puts them
[Cerqueira2002].

Pixels are those of a crop, (160 160) of 0.9375 mm.
"""

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import ndimage

from myoqc.aha import Segment, segment_of
from myoqc.errors import InputError
from myoqc.records import CROP_MM, CROP_PX, N_SEGMENTS
from myoqc.records.arrays import frozen

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
ComplexArray = NDArray[np.complex128]

PX_MM = CROP_MM / CROP_PX
LEAST_AGREEING = 3
"""Points that tell a ring and its way round."""
ONE_ASTRAY_IN = 3
"""Of so many points one may lie elsewhere."""
MOST_AWAY = 0.3
"""How far a point may lie from where the ring has it, against the distance of its neighbours: the radius."""
RADIUS_MM = (12.0, 42.0)
"""Of the middle of the wall, from small hearts in systole to dilated ones."""
CHORD = np.sinc(1.0 / 6.0)
"""The middle of an arc of 60° lies nearer to the centre than the arc, by this factor."""
MOST_WIDE = 0.9
"""Of the ring against its radius; what is wider was blurred."""


@dataclass(frozen=True, slots=True, eq=False)
class LocatedSegments:
    """What six maps say about where the segments lie; ``masks`` is None where they don't, and ``reason`` says why."""

    points_px: FloatArray
    """(6 2) middle of what each map points at; NaN where it is silent."""
    masks: BoolArray | None = None
    """(6 160 160)"""
    agreeing: tuple[Segment, ...] = ()
    """Those whose points the ring was laid through."""
    centre_px: FloatArray | None = None
    """(2) of the ventricle."""
    radius_mm: float = float("nan")
    """Of the middle of the wall."""
    width_mm: float = float("nan")
    reason: str = ""

    def __post_init__(self) -> None:
        side = f"{CROP_PX} {CROP_PX}"
        for name, axes, dtype in (
            ("points_px", f"{N_SEGMENTS} 2", np.float64),
            ("masks", f"{N_SEGMENTS} {side}", bool),
            ("centre_px", "2", np.float64),
        ):
            if getattr(self, name) is not None:
                object.__setattr__(self, name, frozen(getattr(self, name), dtype, axes, f"the location's {name}"))


@dataclass(frozen=True, slots=True)
class _Ring:
    """Points lie at centre + spoke · exp(± i · 60° · place), where a complex number is column + i · row, in pixels."""

    centre: complex
    spoke: complex
    sense: int
    """+1 clockwise on the screen."""
    agreeing: tuple[int, ...]
    misfit_px: float
    """Root mean square."""

    @property
    def radius_px(self) -> float:
        return abs(self.spoke) / CHORD


def locate_by_attention(maps: ArrayLike) -> LocatedSegments:
    """The segments that six ``maps`` (6 h w) of one case, in the order of :class:`~myoqc.aha.Segment`, point at.

    Raises GeometryError for other axes, and InputError for maps with negative or missing values.
    """
    attention = frozen(maps, np.float64, f"{N_SEGMENTS} h w", "the maps")
    if not (np.isfinite(attention).all() and (attention >= 0.0).all()):
        raise InputError("the maps are not of attention", expected="numbers of 0 and above, all finite")
    patches = [_patch(each) for each in attention]
    points_px = np.array([_middle_px(patch) for patch in patches])
    speaking = tuple(np.flatnonzero(np.isfinite(points_px[:, 0])).tolist())
    if len(speaking) < LEAST_AGREEING:
        return LocatedSegments(points_px, reason=f"{len(speaking)} of the six maps point anywhere")
    ring = _ring(points_px, speaking)
    if ring is None:
        return LocatedSegments(points_px, reason="the maps do not point at the places of a ring")
    return _located(points_px, patches, ring)


def _patch(attention: FloatArray) -> FloatArray:
    """(160 160) what of one map (h w) lies above half of its peak, together with the peak; 0 elsewhere."""
    if not attention.any():
        return np.zeros((CROP_PX, CROP_PX))
    zoom = np.array([CROP_PX, CROP_PX]) / attention.shape
    fine = ndimage.zoom(attention, zoom, order=1, mode="nearest", grid_mode=True)
    parts, _ = ndimage.label(fine >= fine.max() / 2.0)
    return np.where(parts == parts.flat[fine.argmax()], fine, 0.0)


def _middle_px(patch: FloatArray) -> FloatArray:
    """(2) NaN where the patch is empty."""
    return np.array(ndimage.center_of_mass(patch)) if patch.any() else np.full(2, np.nan)


def _px(place: complex) -> FloatArray:
    return np.array([place.imag, place.real])


def _ring(points_px: FloatArray, speaking: tuple[int, ...]) -> _Ring | None:
    """The ring that most points agree on, and of these the one that they agree on best."""
    least = max(LEAST_AGREEING, len(speaking) - len(speaking) // ONE_ASTRAY_IN)
    for n_agreeing in range(len(speaking), least - 1, -1):
        rings = [
            ring
            for agreeing in combinations(speaking, n_agreeing)
            for sense in (1, -1)
            if (ring := _ring_through(points_px, agreeing, sense)) is not None
        ]
        if rings:
            return min(rings, key=lambda ring: ring.misfit_px)
    return None


def _ring_through(points_px: FloatArray, agreeing: tuple[int, ...], sense: int) -> _Ring | None:
    """Least squares; None where a point is too far off, or the ring is not that of a heart."""
    segments = np.array(agreeing)
    points = points_px[segments, 1] + 1j * points_px[segments, 0]
    places = np.exp(1j * sense * np.radians(60.0) * segments)
    from_middle = places - places.mean()
    spoke = complex((from_middle.conj() * points).sum() / (np.abs(from_middle) ** 2).sum())
    centre = complex(points.mean() - spoke * places.mean())
    away_px = np.abs(points - centre - spoke * places)
    ring = _Ring(centre, spoke, sense, agreeing, float(np.sqrt((away_px**2).mean())))
    is_of_heart = RADIUS_MM[0] <= ring.radius_px * PX_MM <= RADIUS_MM[1]
    return ring if is_of_heart and away_px.max() <= MOST_AWAY * ring.radius_px else None


def _located(points_px: FloatArray, patches: list[FloatArray], ring: _Ring) -> LocatedSegments:
    area_px2 = np.mean([np.count_nonzero(patches[segment]) for segment in ring.agreeing])
    width_px = min(float(area_px2) / (np.radians(60.0) * ring.radius_px), MOST_WIDE * ring.radius_px)
    return LocatedSegments(
        points_px=points_px,
        masks=_ring_masks(ring, width_px),
        agreeing=tuple(Segment(segment) for segment in ring.agreeing),
        centre_px=_px(ring.centre),
        radius_mm=ring.radius_px * PX_MM,
        width_mm=width_px * PX_MM,
    )


def _ring_masks(ring: _Ring, width_px: float) -> BoolArray:
    """(6 160 160) six sectors of 60° of a ring; the septum begins 30° before the middle of the anteroseptal segment."""
    insertion_px, inferior_px = (
        _px(ring.centre + ring.spoke * np.exp(1j * ring.sense * np.radians(turn_deg))) for turn_deg in (30.0, 150.0)
    )
    centre_px = _px(ring.centre)
    pixels = np.moveaxis(np.indices((CROP_PX, CROP_PX), dtype=np.float64), 0, -1)
    number = segment_of(
        pixels,
        centre_px=centre_px,
        rv_insertion_px=insertion_px,
        rv_inferior_px=inferior_px,
        normal=None,
        spacing_mm=np.ones(2),
    )
    off_px = np.abs(np.hypot(*np.moveaxis(pixels - centre_px, -1, 0)) - ring.radius_px)
    return np.asarray((number == np.arange(N_SEGMENTS)[:, None, None]) & (off_px <= width_px / 2.0))
