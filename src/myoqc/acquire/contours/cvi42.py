"""Outlines from the XML workspaces of cvi42 (Circle Cardiovascular Imaging), ``.cvi42wsx``.

The format is not published. What is expected here is what public readers of such files agree on (ukbb_cardiac's
``data/parse_cvi42_xml.py``, Hess's ``ExtractCMR42Contours``)::

    <Hash:item Hash:key="workspace">                              names and nesting above do not matter
      ... <Hash:item Hash:key="ImageStates">
        <Hash:item Hash:key="1.2.840...">                         SOP Instance UID of an image
          <Hash:item Hash:key="Contours">
            <Hash:item Hash:key="saendocardialContour">
              <Hash:item Hash:key="Points">                       QPolygon: whole numbers
                <List:item><Point:x>412</Point:x><Point:y>388</Point:y></List:item> ...
              <Hash:item Hash:key="SubpixelResolution">4</...>    steps in a pixel

A point is x / resolution, y / resolution: column and row. That whole numbers of it are centres of pixels is what those
readers take for granted; nobody says so, and half a pixel of doubt remains. This reader was tested on made files only.

A workspace comes from outside: it is read as a stream of at most :data:`MOST_DEPTH` levels and never held as a tree. A
document type, and with it every entity, internal or external, is refused where it begins.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree.ElementTree import ParseError, XMLParser

import numpy as np
from numpy.typing import NDArray

from myoqc.acquire.contours.slice_contours import SliceContours
from myoqc.acquire.naming import naming
from myoqc.errors import ContourError, ReadError
from myoqc.records import Contours

FloatArray = NDArray[np.float64]

ENDO, EPI = "saendocardialContour", "saepicardialContour"
ANTERIOR, INFERIOR = "sacardialRefPoint", "sacardialInferiorRefPoint"
WANTED = (ENDO, EPI, ANTERIOR, INFERIOR)
MOST_DEPTH = 64
MOST_TEXT = 64
"""Characters that a number may have."""
CHUNK_BYTES = 2**20
"""Old versions of expat look through an unfinished tag again with every chunk: a huge one must not come in many."""
EXPORT = "Export it in cvi42 again, as 'Cvi42 XML Workspace (*.cvi42wsx)'."
REDRAW = "Draw it again in cvi42, or export a workspace of the T1 images only."


def read_cvi42(path: Path) -> list[SliceContours]:
    """Outlines of the images of a workspace that have both an endocardial and an epicardial one, named by image.

    ``slice_uid`` is the SOP Instance UID of the image; the reference points of cvi42 become the insertions of the right
    ventricle. Raises ReadError for what is no such workspace, ContourError where an outline is unsound or none is
    there.
    """
    with naming(path, remedy=EXPORT):
        images = _images(path)
    slices = []
    for uid, drawn in images.items():
        if drawn.keys() >= {ENDO, EPI}:
            with naming(path, f"image {uid}", remedy=REDRAW):
                slices.append(SliceContours(_contours(drawn), slice_uid=uid))
    if not slices:
        counts = [sum(name in drawn for drawn in images.values()) for name in (ENDO, EPI)]
        raise ContourError(
            "no image with both outlines of the left ventricle",
            file=path,
            expected=f"{ENDO} and {EPI} in one image",
            found=f"{counts[0]} image(s) with the former, {counts[1]} with the latter",
            remedy="Draw both in the T1 images, or in the T1 map, and export the workspace again.",
        )
    return slices


def _contours(drawn: dict[str, FloatArray]) -> Contours:
    def point_px(name: str) -> FloatArray | None:
        return drawn[name].mean(axis=0) if name in drawn else None

    return Contours(drawn[ENDO], drawn[EPI], point_px(ANTERIOR), point_px(INFERIOR))


@dataclass(slots=True)
class _Outline:
    """One entry of 'Contours' while it is read."""

    points: list[tuple[float, float]] = field(default_factory=list)
    """y, x in steps."""
    point: dict[str, float] = field(default_factory=dict)
    """What has been read of the next one, by axis."""
    resolution: float = math.nan
    """Steps in a pixel."""

    def take_point(self) -> None:
        """Add the point that has been read. Raises ReadError where it lacks a coordinate."""
        if self.point.keys() != {"x", "y"}:
            raise ReadError("a point lacks a coordinate", expected="x and y", found=" ".join(self.point) or "neither")
        self.points.append((self.point["y"], self.point["x"]))

    def points_px(self) -> FloatArray:
        """(n 2) row, column. Raises ReadError where the steps can't be told."""
        if not (math.isfinite(self.resolution) and self.resolution > 0):
            raise ReadError("SubpixelResolution is missing or unusable", expected="steps in a pixel")
        return np.array(self.points) / self.resolution


def _images(path: Path) -> dict[str, dict[str, FloatArray]]:
    """By image and name: points (n 2) as row, column."""
    target = _Workspace()
    parser = XMLParser(target=target)
    try:
        for chunk in _chunks(path):
            parser.feed(chunk)
        parser.close()
    except (ParseError, ValueError) as error:
        raise ReadError("not an XML workspace of cvi42, or cut off", found=error) from error
    if not target.has_states:
        raise ReadError("no workspace of cvi42", expected="XML with an item 'ImageStates'")
    return target.images


def _chunks(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as stream:
            while chunk := stream.read(CHUNK_BYTES):
                yield chunk
    except OSError as error:
        raise ReadError("can't be read", found=error.strerror or error) from error


class _Workspace:
    """Receives the events of the XML parser and keeps the wanted outlines."""

    def __init__(self) -> None:
        self.images: dict[str, dict[str, FloatArray]] = {}
        self.has_states = False
        self._keys: list[str] = []
        self._text = ""
        self._outline = _Outline()

    def doctype(self, name: str, public: str | None, system: str | None) -> None:
        """Refuse it before any entity is declared."""
        raise ReadError("declares a document type, which a workspace does not", expected="no DOCTYPE and no entities")

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Go one level down."""
        if len(self._keys) >= MOST_DEPTH:
            raise ReadError("nested too deep", expected=f"at most {MOST_DEPTH} levels")
        key = next((value for name, value in attributes.items() if _local(name) == "key"), "")
        self._keys.append(key or _local(tag))
        self._text = ""
        if self._keys[-2:-1] == ["Contours"]:
            self._outline = _Outline()
        if self._keys[-2:-1] == ["Points"]:
            self._outline.point = {}

    def data(self, text: str) -> None:
        """Keep text as long as it may be a number."""
        self._text += text[: MOST_TEXT - len(self._text)]

    def end(self, tag: str) -> None:
        """Take what has become complete, and go one level up."""
        match self._keys:
            case [*_, "Contours", name, "Points", _, ("x" | "y") as axis] if name in WANTED:
                self._outline.point[axis] = _number(self._text, axis)
            case [*_, "Contours", name, "Points", _] if name in WANTED:
                self._outline.take_point()
            case [*_, "Contours", name, "SubpixelResolution"] if name in WANTED:
                self._outline.resolution = _number(self._text, "SubpixelResolution")
            case [*_, "ImageStates", uid, "Contours", name] if name in WANTED and self._outline.points:
                self.images.setdefault(uid, {})[name] = self._outline.points_px()
            case [*_, "ImageStates"]:
                self.has_states = True
        self._keys.pop()
        self._text = ""

    def close(self) -> None:
        """Nothing is left to be done."""


def _local(name: str) -> str:
    """Without its namespace."""
    return name.rpartition("}")[2]


def _number(text: str, name: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise ReadError(f"{name} is not a number", expected="a number", found=f"{text!r:.40}") from error
