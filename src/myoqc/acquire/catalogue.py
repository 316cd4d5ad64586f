"""Finds out what a file, a folder or an archive holds, from headers alone; pixels are read when an entry is loaded."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from warnings import warn

from myoqc.acquire.companions import Plan, plans
from myoqc.acquire.duplicates import without_duplicates
from myoqc.acquire.files import Box, opened
from myoqc.acquire.found import Catalogue, Entry, SeriesFound
from myoqc.acquire.headers import Header
from myoqc.acquire.instances import read_headers
from myoqc.acquire.load import check, files_of, load
from myoqc.acquire.other_formats import find_others
from myoqc.acquire.problems import Problem
from myoqc.acquire.slices import Role, Slice, understand
from myoqc.errors import InputError, ReadError
from myoqc.records import Acquisition

Progress = Callable[[int, int], None]
"""Called with the number of files done and their total."""
MOST_REASONS = 5


def scan(path: str | Path, progress: Progress | None = None) -> Catalogue:
    """What the DICOM file, the folder with all below it, or the zip archive holds, from headers alone.

    NumPy archives and BIDS images in it are found as well. A file that can't be used becomes a problem and never stops
    the rest. Raises ReadError only where nothing is there or the archive can't be opened.
    """
    root = Path(path)
    with opened(root) as box:
        read, damaged = _headers(box, progress or _silent)
        headers, doubled = without_duplicates(box, read)
        other_entries, other_series, packed = find_others(box, root)
    slices = understand(headers)
    entries = [_entry(plan, root) for plan in plans(slices)]
    return Catalogue(
        entries=(*entries, *other_entries),
        series=(*_series(slices), *other_series),
        problems=(*box.problems, *damaged, *doubled, *packed),
    )


def read_dicom(path: str | Path) -> list[Acquisition]:
    """All acquisitions at a path, in the order of :func:`scan`.

    What can't be used is left out with a UserWarning that names the file. Raises ReadError where nothing can be used.
    """
    catalogue = scan(path)
    acquisitions, reasons = [], [problem.message for problem in catalogue.problems]
    for entry in catalogue.entries:
        try:
            acquisitions.append(entry.load())
        except InputError as error:
            reasons.append(str(error))
    if not acquisitions:
        raise _nothing(path, catalogue, reasons)
    for reason in reasons:
        warn(reason, UserWarning, stacklevel=2)
    return acquisitions


def _silent(done: int, total: int) -> None:
    """Progress that nobody watches."""


def _headers(box: Box, progress: Progress) -> tuple[list[Header], list[Problem]]:
    headers: list[Header] = []
    problems = []
    for done, file in enumerate(box.files, start=1):
        try:
            with box.open(file) as stream:
                found = read_headers(stream, file)
            headers += found
            problems += _defects(found)
        except InputError as error:
            problems.append(Problem.of(error, file.name))
        progress(done, len(box.files))
    return headers, problems


def _defects(found: Sequence[Header]) -> list[Problem]:
    if not (found and found[0].defect and found[0].is_grey_mr):
        return []
    file = found[0].file.name
    return [Problem.of(ReadError(found[0].defect, remedy="Copy or export the file again."), file)]


def _entry(plan: Plan, root: Path) -> Entry:
    first = plan.images.first
    label = _series_label(first)
    if plan.same_series > 1 and first.position_mm:
        label += " at " + ", ".join(f"{value:.1f}" for value in first.position_mm) + " mm"
    return Entry(
        label=label,
        study_uid=first.study_uid,
        study_label=first.study_label,
        patient=first.patient,
        files=files_of(plan),
        load=partial(load, plan, root, f"{root} {label}"),
    )


def _series_label(header: Header) -> str:
    number = "without number" if header.series_number is None else str(header.series_number)
    return f"series {number} {header.description}".rstrip()


def _series(slices: Sequence[Slice]) -> tuple[SeriesFound, ...]:
    """One line per series and role, in order of study and series number."""
    groups = defaultdict(list)
    for found in slices:
        groups[found.first.study_uid, found.first.series_uid, found.role].append(found)
    lines = [_line(group) for group in groups.values()]
    return tuple(sorted(lines, key=lambda line: (line.study_label, line.number is None, line.number or 0)))


def _line(group: Sequence[Slice]) -> SeriesFound:
    first = group[0].first
    reasons = list(dict.fromkeys(found.why for found in group))
    told = [_times(found) for found in group]
    objections = list(dict.fromkeys(objection for _, objection in told if objection))
    return SeriesFound(
        study_label=first.study_label,
        number=first.series_number,
        description=first.description,
        n_images=sum(len(found.images) for found in group),
        role=group[0].role,
        why="; ".join([*reasons[:MOST_REASONS], *objections[:MOST_REASONS]]),
        ti_source=next((source for source, _ in told if source), ""),
    )


def _times(found: Slice) -> tuple[str, str]:
    """The source of the inversion times of T1-weighted images, and what stands against using them."""
    if found.role not in (Role.MAGNITUDE, Role.MOTION_CORRECTED):
        return "", ""
    try:
        return check(found)[0].attribute, ""
    except InputError as error:
        return "", f"can't be used: {error}"


def _nothing(path: str | Path, catalogue: Catalogue, reasons: Sequence[str]) -> ReadError:
    shown = [*reasons[:MOST_REASONS]] + [f"and {len(reasons) - MOST_REASONS} more"] * (len(reasons) > MOST_REASONS)
    n_images = sum(series.n_images for series in catalogue.series)
    seen = f"{n_images} other images in {len(catalogue.series)} series" if n_images else "no DICOM image"
    return ReadError(
        "no T1-mapping images that can be used",
        file=path,
        expected="five or more images of a slice with different inversion times",
        found="; ".join(shown).rstrip(".") if shown else seen,
        remedy="'myoqc check FOLDER --list' shows how each series was understood.",
    )
