"""Finds out what a file, a folder or an archive holds, from headers alone; pixels are read when an entry is loaded."""

from collections.abc import Sequence
from pathlib import Path
from warnings import warn

from myoqc.acquire.dicom import find_dicom
from myoqc.acquire.files import opened
from myoqc.acquire.found import Catalogue, Progress
from myoqc.acquire.other_formats import find_others
from myoqc.errors import InputError, ReadError
from myoqc.records import Acquisition

MOST_REASONS = 5


def scan(path: str | Path, progress: Progress | None = None) -> Catalogue:
    """What the DICOM file, the folder with all below it, or the zip archive holds, from headers alone.

    NumPy archives and BIDS images in it are found as well. A file that can't be used becomes a problem and never stops
    the rest. Raises ReadError only where nothing is there or the archive can't be opened.
    """
    root = Path(path)
    with opened(root) as box:
        found = [find_dicom(box, root, progress or _silent), find_others(box, root)]
        problems = box.problems
    return Catalogue(
        entries=tuple(entry for part in found for entry in part.entries),
        series=tuple(series for part in found for series in part.series),
        problems=(*problems, *(problem for part in found for problem in part.problems)),
    )


def read_dicom(path: str | Path) -> list[Acquisition]:
    """All acquisitions at a path, in the order of :func:`scan`.

    What can't be used is left out with a UserWarning that names the file; notes on what cost nothing are in the
    catalogue only. Raises ReadError where nothing can be used.
    """
    catalogue = scan(path)
    acquisitions, reasons = [], [problem.message for problem in catalogue.lost]
    for entry in catalogue.entries:
        try:
            acquisitions.append(entry.load())
        except InputError as error:
            reasons.append(str(error))
    if not acquisitions:
        raise nothing_usable(path, catalogue, reasons)
    for reason in dict.fromkeys(reasons):
        warn(reason, UserWarning, stacklevel=2)
    return acquisitions


def _silent(done: int, total: int) -> None:
    """Progress that nobody watches."""


def nothing_usable(path: str | Path, catalogue: Catalogue, reasons: Sequence[str] = ()) -> ReadError:
    """The error that there is nothing to check at ``path``, with the first reasons or else with what was seen."""
    shown = [*reasons[:MOST_REASONS]] + [f"and {len(reasons) - MOST_REASONS} more"] * (len(reasons) > MOST_REASONS)
    return ReadError(
        "no T1-mapping images that can be used",
        file=path,
        expected="five or more images of a slice with different inversion times",
        found="; ".join(shown).rstrip(".") if shown else _seen(catalogue),
        remedy="'myoqc check FOLDER --list' shows how each series was understood.",
    )


def _seen(catalogue: Catalogue) -> str:
    if catalogue.entries:
        return f"slices of such images: {len(catalogue.entries)}, of which none can be used"
    n_images = sum(series.n_images for series in catalogue.series)
    return f"{n_images} other images in {len(catalogue.series)} series" if n_images else "no image"
