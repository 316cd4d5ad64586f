"""Real images of hearts with marked ventricles, from folders of NumPy archives: what real scenes are made from.

Four layouts are told apart by their keys. One image a file, for anybody's own data, seen from the apex as scanners show
it: ``image``, ``endo`` (cavity) and ``epi`` (cavity and wall), all (y x); may be there: ``rv`` (y x), ``t1_ms`` (y x),
``spacing_mm``, ``level``, ``subject``. A stack of the Sunnybrook Cardiac Data [Radau2009]: ``image``, ``lv_endo``,
``lv_epi``, all (slice y x), ``spacing_mm``, ``frame_number``. A stack with labels 1 left cavity, 2 left wall, 4 right
cavity: ``image``, ``label``, both (slice y x) or (slice frame y x). With ``slice_step_mm`` beside them the rows of a
stack run upwards, as in NIfTI, and are turned over.
"""

import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import mannwhitneyu

from myoqc.acquire.files import MOST_FILE_BYTES, opened
from myoqc.acquire.naming import naming
from myoqc.acquire.problems import Problem
from myoqc.aha import Level
from myoqc.errors import ContourError, GeometryError, InputError, ReadError
from myoqc.records import LabelledImage
from myoqc.records.heart import MOST_CROSSING

ASSUMED_SPACING_MM = 1.33
"""Where an archive does not tell: pixels of cine images are 1.29 to 1.37 mm in those of Sunnybrook that do."""
ASSUMED_MAP_SPACING_MM = 1.1
"""Where an archive with a T1 map does not tell; makes the one heart that is known large, but not too large."""
CAVITY, WALL, RIGHT = 1, 2, 4
LEAST_CAVITY_MM2 = 300.0
"""A smaller cavity is the apex, where a wall cut at a slant has no two outlines."""
LEAST_BRIGHTER = 0.7
"""Probability that a pixel of the cavity is brighter than one of the wall [Hanley1982], where marks lie on a heart."""
REMEDY = "The keys of an archive are listed in the module myoqc.acquire.anatomies."

Content = Mapping[str, NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Anatomies:
    """The usable images of a folder, and why others were left out."""

    images: tuple[LabelledImage, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Stack:
    """Slices (slice frame y x) of one subject, in whatever order they came."""

    image: NDArray[Any]
    cavity: NDArray[np.bool_]
    outer: NDArray[np.bool_]
    rv: NDArray[np.bool_] | None
    frames: NDArray[Any]
    """(slice frame)"""
    rough: tuple[int, int]
    """How many slices next to the base and next to the apex are marked too roughly to be used."""


def read_anatomies(path: str | Path) -> Anatomies:
    """The labelled images in an archive, or in all archives of a folder and below it, in the order of their names.

    What can't be used is left out with its reason: a slice without left ventricle, one whose marks touch the border of
    the image, the apex, a damaged file. An assumed pixel spacing is told as a note. Raises ReadError where nothing is
    there or no image is usable.
    """
    images: list[LabelledImage] = []
    problems: list[Problem] = []
    with opened(Path(path)) as box:
        problems.extend(box.problems)
        for file in (file for file in box.files if file.suffix == ".npz" and file.member is None):
            try:
                content = _content(file.path)
                images.extend(_images(content, file.path, problems))
            except InputError as error:
                problems.append(Problem.of(error, file.name))
    if not images:
        raise ReadError(
            "no usable anatomy",
            file=path,
            expected="NumPy archives (.npz) with an image and the masks of the left ventricle",
            found=problems[0].message if problems else "none",
            remedy=REMEDY,
        )
    return Anatomies(tuple(images), tuple(problems))


def _content(path: Path) -> dict[str, NDArray[Any]]:
    with naming(path, remedy=REMEDY):
        try:
            with zipfile.ZipFile(path) as archive:
                n_bytes = sum(member.file_size for member in archive.infolist())
            if n_bytes > MOST_FILE_BYTES:
                raise ReadError("too large for one subject", found=f"{n_bytes / 2**20:,.0f} MiB")
            with np.load(path, allow_pickle=False) as archive:
                return {name: archive[name] for name in archive.files}
        except (OSError, zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError) as error:
            raise ReadError("not a NumPy archive (.npz), or damaged", found=error) from error


def _images(content: Content, path: Path, problems: list[Problem]) -> Iterator[LabelledImage]:
    with naming(path, remedy=REMEDY):
        if {"image", "endo", "epi"} <= set(content):
            yield _single(content, path, _spacing_mm(content, path, problems))
        else:
            stack = _stack(content)
            yield from _usable(stack, path, _spacing_mm(content, path, problems), problems)


def _spacing_mm(content: Content, path: Path, problems: list[Problem]) -> float:
    given = np.asarray(content.get("spacing_mm", np.nan))
    if given.dtype.kind not in "fiu" or (given.size > 1 and np.ptp(given) > 0.001 * np.max(given)):
        raise GeometryError("'spacing_mm' is not the side of a square pixel", found=given)
    if given.size and np.isfinite(given.flat[0]):
        return float(given.flat[0])
    assumed_mm = ASSUMED_MAP_SPACING_MM if "t1_ms" in content else ASSUMED_SPACING_MM
    note = f"{path}: pixel spacing unknown, {assumed_mm:g} mm assumed."
    problems.append(Problem(str(path), note, lost=False))
    return assumed_mm


def _single(content: Content, path: Path, spacing_mm: float) -> LabelledImage:
    word = _text(content, "level", Level.UNKNOWN.value)
    if word not in {level.value for level in Level}:
        raise ReadError("unknown level", expected=", ".join(level.value for level in Level), found=word)
    outer = content["epi"]
    if _touches_border(outer.astype(bool)):
        raise ContourError("the left ventricle touches the border of the image")
    t1_ms = content.get("t1_ms")
    return LabelledImage(
        image=content["image"],
        cavity=content["endo"],
        outer=outer,
        rv=content.get("rv"),
        t1_ms=None if t1_ms is None else np.where(t1_ms > 0, t1_ms, np.nan),
        spacing_mm=spacing_mm,
        subject=_text(content, "subject", path.stem),
        level=Level(word),
        source=str(path),
    )


def _text(content: Content, name: str, default: str) -> str:
    return str(content[name].ravel()[0]) if name in content and content[name].size else default


def _stack(content: Content) -> _Stack:
    """The stack in one of the layouts that are known."""
    keys = set(content)
    if {"image", "lv_endo", "lv_epi"} <= keys:
        image, cavity, outer = (content[name][:, None] for name in ("image", "lv_endo", "lv_epi"))
        frames = content.get("frame_number", np.arange(len(image)))[:, None]
        return _checked(_Stack(image, cavity.astype(bool), outer.astype(bool), None, frames, (1, 1)))
    if {"image", "label"} <= keys:
        image, label = (_with_frames(content[name]) for name in ("image", "label"))
        rough = (2, 1) if "slice_step_mm" in keys else (0, 1)
        if "slice_step_mm" in keys:
            image, label = image[..., ::-1, :], label[..., ::-1, :]
        cavity = label == CAVITY
        frames = np.broadcast_to(content.get("frames", np.arange(image.shape[1])), image.shape[:2])
        return _checked(_Stack(image, cavity, cavity | (label == WALL), label == RIGHT, frames, rough))
    raise ReadError("not a layout that is known", expected="keys image, endo, epi", found=", ".join(sorted(keys))[:80])


def _with_frames(stack: NDArray[Any]) -> NDArray[Any]:
    return stack if stack.ndim == 4 else stack[:, None]


def _checked(stack: _Stack) -> _Stack:
    if stack.image.ndim != 4 or not stack.image.shape == stack.cavity.shape == stack.outer.shape:
        raise GeometryError("image and masks differ in shape", expected=stack.image.shape, found=stack.outer.shape)
    return stack


def _usable(stack: _Stack, path: Path, spacing_mm: float, problems: list[Problem]) -> Iterator[LabelledImage]:
    levels = _levels(stack)
    for number, frame in np.ndindex(*stack.image.shape[:2]):
        name = f"slice {number + 1}, frame {stack.frames[number, frame]}"
        reason = _unusable(stack, number, frame, levels, spacing_mm)
        if reason is not None:
            problems.append(Problem(str(path), f"{path}: {name}: left out, {reason}."))
            continue
        rv = None if stack.rv is None or not stack.rv[number, frame].any() else stack.rv[number, frame]
        yield LabelledImage(
            image=stack.image[number, frame],
            cavity=stack.cavity[number, frame],
            outer=stack.outer[number, frame] | stack.cavity[number, frame],
            rv=rv,
            spacing_mm=spacing_mm,
            subject=f"{path.parent.name}/{path.stem}",
            level=levels[number],
            frame=int(stack.frames[number, frame]),
            source=f"{path}, {name}",
        )


def _unusable(stack: _Stack, number: int, frame: int, levels: Mapping[int, Level], spacing_mm: float) -> str | None:
    """Why a slice can't be used; None where it can."""
    cavity, outer = stack.cavity[number, frame], stack.outer[number, frame]
    if not (outer & ~cavity).any() or not cavity.any():
        return "no left ventricle is marked"
    if number not in levels:
        return "next to the base or the apex the marks are rough"
    if (cavity & ~outer).sum() > MOST_CROSSING * cavity.sum():
        return "the cavity leaves the outer wall"
    if _touches_border(outer) or (stack.rv is not None and _touches_border(stack.rv[number, frame])):
        return "the marks touch the border of the image"
    return _improbable(stack.image[number, frame], cavity, outer, spacing_mm)


def _improbable(
    image: NDArray[Any], cavity: NDArray[np.bool_], outer: NDArray[np.bool_], spacing_mm: float
) -> str | None:
    """Why a slice with sound masks can't be what it says."""
    if cavity.sum() * spacing_mm**2 < LEAST_CAVITY_MM2:
        return "the cavity is that of the apex"
    blood, wall = image[cavity], image[outer & ~cavity]
    if mannwhitneyu(blood, wall).statistic < LEAST_BRIGHTER * len(blood) * len(wall):
        return "the cavity is no brighter than the wall, so the marks do not lie on the heart"
    return None


def _levels(stack: _Stack) -> dict[int, Level]:
    """Level of the slices between the rough ones: thirds from the base to the apex, where the cavity is smallest."""
    areas = stack.cavity.sum(axis=(1, 2, 3))
    marked = np.flatnonzero(areas)
    if len(marked) and areas[marked[: len(marked) // 2]].sum() < areas[marked[(len(marked) + 1) // 2 :]].sum():
        marked = marked[::-1]
    thirds = {
        int(number): (Level.BASAL, Level.MID, Level.APICAL)[3 * place // len(marked)]
        for place, number in enumerate(marked)
    }
    at_base, at_apex = stack.rough
    return {int(number): thirds[int(number)] for number in marked[at_base : len(marked) - at_apex]}


def _touches_border(mask: NDArray[np.bool_]) -> bool:
    return bool(mask[[0, -1]].any() or mask[:, [0, -1]].any())
