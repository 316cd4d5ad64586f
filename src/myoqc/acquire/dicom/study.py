"""Finds the slices of a study among its DICOM files, from headers alone."""

from collections import defaultdict
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from myoqc.acquire.dicom.companions import Plan, plans
from myoqc.acquire.dicom.duplicates import without_duplicates
from myoqc.acquire.dicom.headers import Header
from myoqc.acquire.dicom.instances import read_headers
from myoqc.acquire.dicom.load import check, files_of, from_headers, load
from myoqc.acquire.dicom.pixels import is_too_large
from myoqc.acquire.dicom.slices import Slice, understand
from myoqc.acquire.files import COPY_AGAIN, Box
from myoqc.acquire.found import Catalogue, Entry, Progress, Role, SeriesFound, obstacle
from myoqc.acquire.problems import Problem
from myoqc.errors import InputError, ReadError

MOST_REASONS = 5


def find_dicom(box: Box, root: Path, progress: Progress) -> Catalogue:
    """The slices that the DICOM files at ``root`` make, how each series was understood, and what can't be used."""
    read, damaged = _headers(box, progress)
    headers, doubled = without_duplicates(box, read)
    slices = understand(headers)
    entries = tuple(_entry(plan, root) for plan in plans(slices))
    return Catalogue(entries, _series(slices), (*damaged, *doubled))


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
    """What is wrong with the pixels of a file; too many of them are told where its slice is refused."""
    if not (found and found[0].defect and found[0].is_grey_mr) or is_too_large(found[0]):
        return []
    file = found[0].file.name
    return [Problem.of(ReadError(found[0].defect, remedy=COPY_AGAIN), file)]


def _entry(plan: Plan, root: Path) -> Entry:
    first = plan.images.first
    label = _series_label(first)
    if plan.same_series > 1 and first.position_mm:
        label += " at " + ", ".join(f"{value:.1f}" for value in first.position_mm) + " mm"
    title = f"{root} {label}"
    return Entry(
        label=label,
        study_uid=first.study_uid,
        study_label=first.study_label,
        patient=first.patient,
        files=files_of(plan),
        load=partial(load, plan, root, title),
        obstacle=obstacle(partial(check, plan, title)),
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
    return SeriesFound(
        study_label=first.study_label,
        number=first.series_number,
        description=first.description,
        n_images=sum(len(found.images) for found in group),
        role=group[0].role,
        why="; ".join(reasons[:MOST_REASONS]),
        ti_source=next((source for source in map(_ti_source, group) if source), ""),
    )


def _ti_source(found: Slice) -> str:
    """The source of the inversion times of T1-weighted images; empty where they can't be used."""
    if found.role not in (Role.MAGNITUDE, Role.MOTION_CORRECTED):
        return ""
    try:
        return from_headers(found)[0].attribute
    except InputError:
        return ""
