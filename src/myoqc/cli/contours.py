"""Which outlines of a file of contours a slice gets."""

from dataclasses import dataclass, field
from pathlib import Path

from myoqc.acquire import Problem, SliceContours, contours_for, read_contours
from myoqc.records import Acquisition

NO_SLICE = "belongs to no slice that could be checked. Correct its name, or mend the slice."


@dataclass(frozen=True, slots=True, eq=False)
class Outlines:
    """The contours that the user gave, and which of them were asked for."""

    path: Path | None
    candidates: tuple[SliceContours, ...]
    only_slice: bool
    """The run has one slice: contours that name none are meant for it."""
    used: set[int] = field(default_factory=set)

    def of(self, acquisition: Acquisition) -> SliceContours | None:
        """The contours of a slice, None where there are none; raises InputError where they do not suit it."""
        if self.path is None:
            return None
        if _is_mask(self.path):
            return contours_for(acquisition, read_contours(self.path, acquisition.grid))
        found = contours_for(acquisition, self.candidates, only_slice=self.only_slice)
        self.used.update(number for number, each in enumerate(self.candidates) if each is found)
        return found

    def unused(self) -> list[Problem]:
        """One problem for each entry of the file that belongs to no slice that could be checked."""
        if self.path is None or _is_mask(self.path):
            return []
        return [
            Problem(str(self.path), f"{self.path}: {_name(each)} {NO_SLICE}")
            for number, each in enumerate(self.candidates)
            if number not in self.used and (each.slice_uid or each.series_number is not None)
        ]


def outlines_in(path: Path | None, n_slices: int) -> Outlines:
    """The contours in the file at ``path``, for a run of ``n_slices``.

    The file is read once, but a label mask again for each slice, on whose pixels its outlines are wanted. Raises
    InputError for a file that can't be used.
    """
    candidates = () if path is None else tuple(read_contours(path))
    return Outlines(path, candidates, only_slice=n_slices == 1)


def _is_mask(path: Path) -> bool:
    return path.name.lower().endswith((".nii", ".nii.gz"))


def _name(contours: SliceContours) -> str:
    if contours.slice_uid is not None:
        return f"the entry with slice_uid {contours.slice_uid!r}"
    return f"the entry with series_number {contours.series_number}"
