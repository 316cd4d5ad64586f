"""The AHA bullseye [Cerqueira2002]: basal 1–6 outside, mid 7–12, apical 13–16 inside; anterior on top, septum left."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from myoqc.aha import AnySegment, Level, scheme_at
from myoqc.report.pictures import Scale
from myoqc.report.words import segment_mark

Radii = Mapping[Level, tuple[float, float]]
"""Inner and outer radius of each ring, in units of the drawing (outermost = 100)."""
WITHOUT_APEX: Radii = {Level.BASAL: (65.0, 100.0), Level.MID: (30.0, 65.0)}
WITH_APEX: Radii = {Level.BASAL: (69.0, 100.0), Level.MID: (38.0, 69.0), Level.APICAL: (7.0, 38.0)}
SINGLE_RING = (48.0, 100.0)
NAMES_RADIUS = 108.0
_FRONT_OR_BACK = re.compile(r"(?<=ero)(?=[sl])")


@dataclass(frozen=True, slots=True)
class Ring:
    """The values of one slice, in the order of ``kinds``; None = no value."""

    level: Level
    kinds: Sequence[AnySegment]
    values: Sequence[float | None]
    texts: Sequence[str]
    suspect: Sequence[bool | None]


@dataclass(frozen=True, slots=True)
class Cell:
    """One segment of the drawing."""

    path: str
    fill: str
    ink: str
    x: float
    y: float
    mark: str
    text: str
    title: str
    suspect: bool


@dataclass(frozen=True, slots=True)
class Name:
    """The name of a segment, outside the rings; one or two lines."""

    x: float
    y: float
    anchor: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Bullseye:
    """A drawing: cells with motion come last, so that their borders lie on top."""

    title: str
    slices: str
    scale: Scale
    cells: tuple[Cell, ...]
    names: tuple[Name, ...]


def bullseye(title: str, slices: str, scale: Scale, rings: Sequence[Ring]) -> Bullseye:
    """Draw the rings of one heart; a basal or mid ring that is not given stays empty, an unknown level stands alone."""
    places = _places(rings)
    cells = [cell for ring, radii in places for cell in _cells(ring, radii, scale)]
    outermost, _ = places[0]
    return Bullseye(title, slices, scale, tuple(sorted(cells, key=lambda cell: cell.suspect)), _names(outermost.kinds))


def _places(rings: Sequence[Ring]) -> list[tuple[Ring, tuple[float, float]]]:
    """Each ring with its radii, from the outermost inwards."""
    by_level = {ring.level: ring for ring in rings}
    radii = WITH_APEX if Level.APICAL in by_level else WITHOUT_APEX
    if not by_level.keys() & radii.keys():
        return [(ring, SINGLE_RING) for ring in rings]
    return [(by_level.get(level, _empty(level)), span) for level, span in radii.items()]


def _empty(level: Level) -> Ring:
    kinds: tuple[AnySegment, ...] = tuple(scheme_at(level))
    return Ring(level, kinds, [None] * len(kinds), [""] * len(kinds), [None] * len(kinds))


def width_deg(segment: AnySegment) -> float:
    """The angle that a segment spans: 60° of six, 90° of four."""
    return 360.0 / len(type(segment))


def angle_deg(segment: AnySegment) -> float:
    """Where the middle of a segment lies: 0 = top, against the clock positive."""
    return width_deg(segment) * segment


def at(radius: float, turned_deg: float) -> tuple[float, float]:
    """The point (x right, y down) at a radius, turned from the top against the clock."""
    turned = math.radians(turned_deg)
    return -radius * math.sin(turned), -radius * math.cos(turned)


def _cells(ring: Ring, radii: tuple[float, float], scale: Scale) -> list[Cell]:
    return [_cell(segment, ring, radii, scale) for segment in ring.kinds]


def _cell(segment: AnySegment, ring: Ring, radii: tuple[float, float], scale: Scale) -> Cell:
    value = ring.values[segment]
    red, green, blue = (240, 242, 245) if value is None else scale.rgb(value)
    x, y = at(sum(radii) / 2, angle_deg(segment))
    mark = segment_mark(segment, ring.level)
    return Cell(
        path=_sector(segment, *radii),
        fill=f"rgb({red},{green},{blue})",
        ink="#6b7686" if value is None else ink((red, green, blue)),
        x=x,
        y=y,
        mark=mark,
        text=ring.texts[segment],
        title=f"{segment.word}: {ring.texts[segment] or 'no value'}",
        suspect=bool(ring.suspect[segment]),
    )


def ink(fill: tuple[int, int, int]) -> str:
    """White or nearly black, whichever stands out more from a fill (0–255 each): WCAG's relative luminance."""
    linear = [
        ((share + 0.055) / 1.055) ** 2.4 if share > 0.04045 else share / 12.92 for share in (c / 255 for c in fill)
    ]
    luminance = sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
    return "#ffffff" if luminance < 0.179 else "#17202b"


def _sector(segment: AnySegment, inner: float, outer: float) -> str:
    half = width_deg(segment) / 2
    start, end = angle_deg(segment) - half, angle_deg(segment) + half
    corners = [at(outer, start), at(outer, end), at(inner, end), at(inner, start)]
    a, b, c, d = (f"{x:.2f} {y:.2f}" for x, y in corners)
    return f"M{a}A{outer} {outer} 0 0 0 {b}L{c}A{inner} {inner} 0 0 1 {d}Z"


def _names(kinds: Sequence[AnySegment]) -> tuple[Name, ...]:
    names = []
    for segment in kinds:
        x, y = at(NAMES_RADIUS, angle_deg(segment))
        anchor = "middle" if abs(x) < 1.0 else "end" if x < 0 else "start"
        names.append(Name(x, y, anchor, tuple(_FRONT_OR_BACK.sub("-\n", segment.word).split("\n"))))
    return tuple(names)
