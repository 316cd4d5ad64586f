"""Acquisitions as NumPy archives: ``images`` and ``ti_ms`` are enough, the other keys are those of the records."""

import math
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from myoqc.acquire.naming import naming, not_written
from myoqc.aha import Level
from myoqc.errors import GeometryError, ReadError
from myoqc.records import Acquisition, CaseKey, Grid, Source
from myoqc.schedules import Preparation, Schedule

REQUIRED = ("images", "ti_ms")
PIXELS = ("images", "phase_rad")
DIRECTIONS = ("origin_mm", "row_direction", "column_direction")
NUMBERS = (*REQUIRED, "phase_rad", "trigger_ms", "rr_ms", "field_t", "spacing_mm", *DIRECTIONS)
SCHEDULE = ("schedule_samples", "schedule_pauses")
COUNTS = (*SCHEDULE, "series_number")
TEXTS = ("patient", "study", "slice_uid", "level", "schedule", "schedule_preparation", "schedule_pause_unit")
SOURCE_TEXTS = ("study_label", "series_label", "manufacturer", "ti_attribute")
KNOWN = (*NUMBERS, *COUNTS, *TEXTS, *SOURCE_TEXTS, "motion_corrected", "oriented")
REMEDY = "Write the archive again; myoqc.acquire.write_npz says which keys there are."
MOST_BYTES = 2**28
"""Most that the arrays of one file may take in memory together: 256 MiB, 30 images of 1,000 × 1,000 with phase."""

Content = Mapping[str, NDArray[Any]]


@dataclass(frozen=True, slots=True)
class _Declared:
    """What the header of an array says about it."""

    shape: tuple[int, ...]
    dtype: np.dtype[Any]

    @property
    def n_bytes(self) -> int:
        return math.prod(self.shape) * self.dtype.itemsize

    def ones(self) -> NDArray[Any]:
        """An array like it that takes no memory."""
        one = np.ones((), self.dtype)
        # A record copies what could still be changed.
        one.flags.writeable = False
        return np.broadcast_to(one, self.shape)


def read_npz(path: str | Path) -> Acquisition:
    """The acquisition in a NumPy archive.

    ``images`` (t y x) and ``ti_ms`` (t) must be there; ``spacing_mm`` (one number or two), ``schedule`` (a name) and
    all else that :func:`write_npz` writes may be. Without directions, or with ``oriented`` false, nothing is known of
    how the slice lies in the patient. Nothing is unpickled. Raises ReadError for a file that is damaged, too large or
    without the two arrays, and the errors of the records.
    """
    path = Path(path)
    with naming(path, remedy=REMEDY):
        return _acquisition(_arrays(path), path)


def check_npz(path: str | Path) -> None:
    """Raise what :func:`read_npz` would raise, as far as all but the pixels tells; these are not read."""
    path = Path(path)
    with naming(path, remedy=REMEDY):
        _acquisition(_arrays(path, with_pixels=False), path)


def write_npz(acquisition: Acquisition, path: str | Path) -> None:
    """Write the acquisition so that :func:`read_npz` gives it back; the scanner's own map and cautions are left out.

    Raises OutputError where the file can't be written.
    """
    grid, key, schedule, source = acquisition.grid, acquisition.key, acquisition.schedule, acquisition.source
    optional = {
        "phase_rad": acquisition.phase_rad,
        "trigger_ms": acquisition.trigger_ms,
        "rr_ms": acquisition.rr_ms,
        "field_t": acquisition.field_t,
        "series_number": source.series_number,
    }
    content: dict[str, Any] = {
        "images": acquisition.images,
        "ti_ms": acquisition.ti_ms,
        "spacing_mm": grid.spacing_mm,
        **{name: getattr(grid, name) for name in DIRECTIONS},
        "oriented": grid.oriented,
        "patient": key.patient,
        "study": key.study,
        "slice_uid": key.slice_uid,
        "level": key.level.value,
        "schedule": schedule.name,
        "schedule_preparation": schedule.preparation.value,
        "schedule_samples": np.array(schedule.samples, dtype=np.int64),
        "schedule_pauses": np.array(schedule.pauses, dtype=np.int64),
        "schedule_pause_unit": schedule.pause_unit,
        **{name: getattr(source, name) for name in SOURCE_TEXTS},
        "motion_corrected": source.motion_corrected,
        **{name: value for name, value in optional.items() if value is not None},
    }
    try:
        with Path(path).open("wb") as file:
            np.savez_compressed(file, **content)
    except OSError as error:
        raise not_written(path, error) from error


def _arrays(path: Path, *, with_pixels: bool = True) -> dict[str, NDArray[Any]]:
    """The arrays with known names, none of them loaded before the sizes that all declare were added up.

    Without pixels, arrays of ones that take no memory stand for the images.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            names = {name: f"{name}.npy" for name in KNOWN if f"{name}.npy" in archive.namelist()}
            if not set(REQUIRED) <= set(names):
                found = ", ".join(Path(name).stem for name in archive.namelist()[:20]) or "nothing"
                raise ReadError("arrays are missing", file=path, expected=f"keys {', '.join(REQUIRED)}", found=found)
            declared = {name: _declared(archive, member, path) for name, member in names.items()}
            _check_size(declared.values(), path)
            stand_ins = () if with_pixels else PIXELS
            return {
                name: declared[name].ones() if name in stand_ins else _loaded(archive, member)
                for name, member in names.items()
            }
    except OSError as error:
        raise ReadError("can't be opened", file=path, found=error.strerror or error) from error
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, RuntimeError) as error:
        raise ReadError("not a NumPy archive (.npz), or damaged", file=path, found=error) from error


def _declared(archive: zipfile.ZipFile, member: str, path: Path) -> "_Declared":
    name, file_bytes = Path(member).stem, archive.getinfo(member).file_size
    with archive.open(member) as file:
        version = npy.read_magic(file)
        header = npy.read_array_header_1_0(file) if version == (1, 0) else npy.read_array_header_2_0(file)
    declared = _Declared(tuple(int(length) for length in header[0]), header[2])
    if declared.dtype.kind not in "fiubU":
        raise ReadError(f"{name!r} holds neither numbers nor text", file=path, found=f"type {declared.dtype}")
    if declared.n_bytes > file_bytes:
        raise ReadError(
            f"{name!r} is cut off", file=path, expected=f"{declared.n_bytes} bytes", found=f"{file_bytes} bytes"
        )
    return declared


def _check_size(arrays: Iterable["_Declared"], path: Path) -> None:
    n_bytes = sum(array.n_bytes for array in arrays)
    if n_bytes > MOST_BYTES:
        raise ReadError(
            "too large to be one acquisition",
            file=path,
            expected=f"at most {MOST_BYTES / 2**20:g} MiB",
            found=f"{n_bytes / 2**20:,.0f} MiB declared",
        )


def _loaded(archive: zipfile.ZipFile, member: str) -> NDArray[Any]:
    with archive.open(member) as file:
        return np.asarray(npy.read_array(file, allow_pickle=False))


def _acquisition(content: Content, path: Path) -> Acquisition:
    _check_contents(content)
    n_images = len(np.atleast_1d(content["ti_ms"]))
    return Acquisition.from_arrays(
        content["images"],
        content["ti_ms"],
        phase_rad=content.get("phase_rad"),
        schedule=_schedule(content),
        spacing_mm=content.get("spacing_mm", np.array(1.0)).ravel(),
        grid=_grid(content),
        field_t=_number(content, "field_t"),
        rr_ms=_number(content, "rr_ms"),
        key=_key(content),
        trigger_ms=content.get("trigger_ms"),
        source=_source(content, path, n_images),
    )


def _check_contents(content: Content) -> None:
    for names, kinds, what in ((NUMBERS, "fiu", "numbers"), (COUNTS, "iu", "whole numbers")):
        for name in names:
            if name in content and content[name].dtype.kind not in kinds:
                raise ReadError(f"{name!r} does not hold {what}", found=f"type {content[name].dtype}")
    if content["images"].ndim != 3:
        raise GeometryError("'images' has the wrong shape", expected="axes (t y x)", found=content["images"].shape)
    if "spacing_mm" in content and content["spacing_mm"].size not in (1, 2):
        raise GeometryError(
            "'spacing_mm' is not a pixel spacing", expected="1 or 2 numbers", found=content["spacing_mm"]
        )


def _grid(content: Content) -> Grid | None:
    given = [name for name in DIRECTIONS if name in content]
    if not given:
        return None
    if len(given) < len(DIRECTIONS) or "spacing_mm" not in content:
        raise GeometryError(
            "the orientation is incomplete",
            expected=f"keys spacing_mm, {', '.join(DIRECTIONS)}, or none of the last three",
            found=", ".join(name for name in ("spacing_mm", *DIRECTIONS) if name in content),
        )
    rows, columns = content["images"].shape[-2:]
    origin_mm, row, column = (content[name] for name in DIRECTIONS)
    oriented = bool(np.all(content.get("oriented", np.array(True))))
    return Grid((rows, columns), content["spacing_mm"], origin_mm, row, column, oriented)


def _schedule(content: Content) -> Schedule | str | None:
    name = _text(content, "schedule")
    if name is None or "schedule_samples" not in content:
        return name
    samples, pauses = (tuple(int(n) for n in content.get(key, np.array([])).ravel()) for key in SCHEDULE)
    saturation = _text(content, "schedule_preparation") == Preparation.SATURATION.value
    preparation = Preparation.SATURATION if saturation else Preparation.INVERSION
    return Schedule(name, preparation, samples, pauses, _text(content, "schedule_pause_unit") or "beats")


def _key(content: Content) -> CaseKey:
    words = {name: _text(content, name) or "unknown" for name in ("patient", "study", "slice_uid", "level")}
    if words["level"] not in {level.value for level in Level}:
        raise ReadError("unknown level", expected=", ".join(level.value for level in Level), found=words["level"])
    return CaseKey(words["patient"], words["study"], words["slice_uid"], Level(words["level"]))


def _source(content: Content, path: Path, n_images: int) -> Source:
    attributes = tuple(str(word) for word in np.atleast_1d(content.get("ti_attribute", np.array([]))))
    number = _number(content, "series_number")
    return Source(
        files=(str(path),),
        ti_attribute=attributes if len(attributes) == n_images else ("npz: ti_ms",) * n_images,
        study_label=_text(content, "study_label") or "",
        series_label=_text(content, "series_label") or path.stem,
        series_number=None if number is None else int(number),
        manufacturer=_text(content, "manufacturer") or "",
        motion_corrected=bool(np.any(content.get("motion_corrected", np.array(False)))),
    )


def _text(content: Content, name: str) -> str | None:
    return str(content[name].ravel()[0]) if name in content and content[name].size else None


def _number(content: Content, name: str) -> float | None:
    return float(content[name].ravel()[0]) if name in content and content[name].size else None
