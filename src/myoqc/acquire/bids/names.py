"""Which files belong to one acquisition, by their BIDS names; the index after ``inv-`` is the order of acquisition."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from myoqc.errors import ImageError, ReadError

NAME = re.compile(r"(?P<stem>.+?)_inv-(?P<inv>\d+)(?:_part-(?P<part>[0-9A-Za-z]+))?_IRT1\.nii(?:\.gz)?")
ONE_ACQUISITION = "Keep only images of one acquisition under one name."


@dataclass(frozen=True, slots=True)
class NamedFile:
    """What the name of a file says; ``stem`` is what all images of the acquisition share, ``inv`` their order."""

    path: Path
    stem: str
    inv: int
    is_phase: bool


def find_bids(folder: str | Path) -> list[tuple[Path, ...]]:
    """Groups of ``_IRT1`` files anywhere below ``folder``, each group one acquisition, in order of acquisition."""
    return group_bids(path for path in sorted(Path(folder).rglob("*_IRT1.nii*")) if path.is_file())


def group_bids(paths: Iterable[Path]) -> list[tuple[Path, ...]]:
    """The groups as :func:`find_bids` gives them, among files that were found already; others are passed over."""
    groups: dict[tuple[Path, str], list[Path]] = {}
    for path in paths:
        match = NAME.fullmatch(path.name)
        if match:
            groups.setdefault((path.parent, match["stem"]), []).append(path)
    return [tuple(sorted(group, key=lambda path: int(_match(path)["inv"]))) for group in groups.values()]


def parts(files: Sequence[str | Path]) -> tuple[list[NamedFile], list[NamedFile]]:
    """Magnitude and phase, each in order of acquisition.

    Raises ReadError for a name that is none and for an index that comes twice, ImageError without magnitude images.
    """
    if not files:
        raise ImageError("no files", expected="the images of one acquisition")
    described = sorted((_described(Path(file)) for file in files), key=lambda file: file.inv)
    magnitude = [file for file in described if not file.is_phase]
    phase = [file for file in described if file.is_phase]
    if not magnitude:
        raise ImageError(
            "no magnitude images", file=files[0], found="part-phase only", remedy="Add the images of part-mag."
        )
    for part in (magnitude, phase):
        _check_indices(part)
    return magnitude, phase


def _match(path: Path) -> re.Match[str]:
    match = NAME.fullmatch(path.name)
    if match is None:
        raise ReadError(
            "not the name of a BIDS inversion recovery image",
            file=path,
            expected="..._inv-<n>_IRT1.nii.gz",
            remedy="Rename the file.",
        )
    return match


def _described(path: Path) -> NamedFile:
    match = _match(path)
    if match["part"] not in (None, "mag", "phase"):
        raise ReadError(
            "only magnitude and phase can be used",
            file=path,
            expected="part-mag or part-phase",
            found=f"part-{match['part']}",
            remedy="Leave the file out.",
        )
    return NamedFile(path, match["stem"], int(match["inv"]), match["part"] == "phase")


def _check_indices(files: Sequence[NamedFile]) -> None:
    seen: dict[int, Path] = {}
    for file in files:
        if file.stem != files[0].stem:
            raise ReadError(
                "belongs to another acquisition",
                file=file.path,
                expected=files[0].stem,
                found=file.stem,
                remedy=ONE_ACQUISITION,
            )
        if file.inv in seen:
            raise ReadError(
                "the same image twice",
                file=file.path,
                found=f"inv-{file.inv} in {seen[file.inv].name} too",
                remedy="Remove one of the two.",
            )
        seen[file.inv] = file.path
