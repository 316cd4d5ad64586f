"""Outlines as JSON: ``{"format": "myoqc-contours", "version": 1, "slices": [{"endo_px": [[row, column], ...]}]}``."""

import json
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from myoqc.acquire.contours.slice_contours import SliceContours
from myoqc.acquire.json_file import read_json_object
from myoqc.acquire.naming import naming, not_written
from myoqc.aha import Level
from myoqc.errors import ContourError, ReadError
from myoqc.records import Contours, Origin

FORMAT, VERSION = "myoqc-contours", 1
EXAMPLE = '{"format": "myoqc-contours", "version": 1, "slices": [{"endo_px": [[row, column], ...], "epi_px": ...}]}'
REMEDY = "Draw the outline again, or correct this slice in the file."
OUTLINES = ("endo_px", "epi_px")
POINTS = ("rv_insertion_px", "rv_inferior_px")
FIELDS = (*OUTLINES, *POINTS, "slice_uid", "series_number", "level", "origin")


def read_contours_json(path: Path, most_bytes: int) -> list[SliceContours]:
    """The slices of a contour file of ours; raises ReadError or ContourError, naming the slice."""
    content = read_json_object(path, most_bytes)
    with naming(path, remedy=f"Write the file with myoqc.acquire.write_contours, or as {EXAMPLE}."):
        return [_slice(number, fields, path) for number, fields in enumerate(_slices(content), start=1)]


def _slices(content: Mapping[str, Any]) -> list[Any]:
    if content.get("format") != FORMAT or content.get("version") != VERSION:
        raise ReadError(
            "not a contour file of this version",
            expected=f'"format": "{FORMAT}", "version": {VERSION}',
            found=f"{content.get('format')!r:.40}, {content.get('version')!r:.40}",
        )
    slices = content.get("slices")
    if not isinstance(slices, list) or not slices:
        raise ReadError("no slices", expected="a list with an entry for each slice", found=f"{slices!r:.40}")
    return slices


def write_contours(slices: Sequence[SliceContours], path: str | Path) -> None:
    """Write a contour file of ours, with every digit.

    Raises OutputError where it can't be written, ContourError for contours that are not in the pixels of a slice yet.
    """
    content = {"format": FORMAT, "version": VERSION, "slices": [_fields(each) for each in slices]}
    try:
        Path(path).write_text(json.dumps(content) + "\n", encoding="utf-8")
    except OSError as error:
        raise not_written(path, error) from error


def _fields(slice_contours: SliceContours) -> dict[str, Any]:
    contours, level = slice_contours.contours, slice_contours.level
    if slice_contours.canvas is not None:
        raise ContourError(
            "these contours are not in the pixels of a slice",
            remedy="Bring them there with myoqc.contours_for, and write what it gives.",
        )
    points = {name: getattr(contours, name) for name in (*OUTLINES, *POINTS)}
    fields = {
        "slice_uid": slice_contours.slice_uid,
        "series_number": slice_contours.series_number,
        "level": None if level is None else level.value,
        "origin": contours.origin.value,
        **{name: None if value is None else value.tolist() for name, value in points.items()},
    }
    return {name: value for name, value in fields.items() if value is not None}


def _slice(number: int, fields: object, path: Path) -> SliceContours:
    with naming(path, f"slice {number}", remedy=REMEDY):
        if not isinstance(fields, dict):
            raise ReadError("not an object", expected="{...}", found=type(fields).__name__)
        unknown = [name for name in fields if name not in FIELDS]
        if unknown:
            raise ReadError("unknown fields", expected=", ".join(FIELDS), found=", ".join(unknown)[:80])
        missing = [name for name in OUTLINES if fields.get(name) is None]
        if missing:
            raise ContourError("an outline is missing", expected=", ".join(OUTLINES), found=f"no {', '.join(missing)}")
        level = _choice(fields, "level", [level.value for level in Level])
        contours = Contours(
            endo_px=_points(fields["endo_px"], "endo_px"),
            epi_px=_points(fields["epi_px"], "epi_px"),
            rv_insertion_px=_point(fields, "rv_insertion_px"),
            rv_inferior_px=_point(fields, "rv_inferior_px"),
            origin=Origin(_choice(fields, "origin", [origin.value for origin in Origin]) or Origin.MANUAL.value),
        )
        return SliceContours(
            contours,
            slice_uid=_typed(fields, "slice_uid", str, "text"),
            series_number=_typed(fields, "series_number", int, "a whole number"),
            level=None if level is None else Level(level),
        )


def _points(value: object, name: str) -> NDArray[np.float64]:
    if not isinstance(value, list) or not all(_is_pair(each) for each in value):
        raise ContourError(f"{name} is not a list of points", expected="[[row, column], ...]", found=f"{value!r:.60}")
    return np.array(value, dtype=np.float64)


def _point(fields: Mapping[str, Any], name: str) -> NDArray[np.float64] | None:
    value = fields.get(name)
    return None if value is None else _points([value], name)[0]


def _is_pair(value: object) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(_is_number(each) for each in value)


def _is_number(value: object) -> bool:
    # A whole number of hundreds of digits would not fit a float.
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e300


def _choice(fields: Mapping[str, Any], name: str, known: Collection[str]) -> str | None:
    value = fields.get(name)
    if value is not None and value not in known:
        raise ReadError(f"unknown {name}", expected=f"one of {', '.join(known)}", found=f"{value!r:.40}")
    return value


def _typed(fields: Mapping[str, Any], name: str, kind: type, what: str) -> Any:
    value = fields.get(name)
    if value is not None and (not isinstance(value, kind) or isinstance(value, bool)):
        raise ReadError(f"{name} has the wrong type", expected=what, found=f"{value!r:.40}")
    return value
