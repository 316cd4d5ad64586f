"""Which outlines of a file of contours a slice gets."""

from dataclasses import dataclass, field, replace
from pathlib import Path

from myoqc.acquire import Kind, Problem, SliceContours, contours_for, kind_of, read_contours
from myoqc.errors import InputError
from myoqc.records import Acquisition, Caution, Level

WHOLE_STUDY = (Kind.WORKSPACE, Kind.SEGMENTATION, Kind.STRUCTURES)
"""Kinds of files that may well hold contours of other images than those for T1 mapping."""
NO_SLICE = "belongs to no slice that could be checked. Correct its name, or mend the slice."


@dataclass(frozen=True, slots=True, eq=False)
class Outlines:
    """The contours that the user gave, and which of them were asked for."""

    path: Path | None
    kind: Kind | None
    candidates: tuple[SliceContours, ...]
    only_slice: bool
    """The run has one slice: contours that name none are meant for it."""
    used: set[int] = field(default_factory=set)

    def of(self, acquisition: Acquisition) -> SliceContours | None:
        """The contours of a slice, None where there are none; raises InputError where they do not suit it."""
        if self.path is None:
            return None
        if self.kind is Kind.MASK:
            return contours_for(acquisition, read_contours(self.path, acquisition.grid))
        try:
            found = contours_for(acquisition, self.candidates, only_slice=self.only_slice)
        except InputError:
            self._take(None)
            raise
        if found is not None:
            self._take(found)
        return found

    def _take(self, found: SliceContours | None) -> None:
        """Note what was asked for: of a file about a whole study, one slice is enough."""
        if self.kind in WHOLE_STUDY:
            self.used.update(range(len(self.candidates)))
        self.used.update(number for number, each in enumerate(self.candidates) if each is found)

    def unused(self) -> list[Problem]:
        """One problem for each entry of the file that belongs to no slice, for a whole study only if all do."""
        named = [
            each
            for number, each in enumerate(self.candidates)
            if number not in self.used and (each.canvas or each.slice_uid or each.series_number is not None)
        ]
        if self.path is None or self.kind is Kind.MASK or not named:
            return []
        if self.kind in WHOLE_STUDY:
            return [Problem(str(self.path), f"{self.path}: {_none_of(named)}")]
        return [Problem(str(self.path), f"{self.path}: {_name(each)} {NO_SLICE}") for each in named]


def outlines_in(path: Path | None, n_slices: int) -> Outlines:
    """The contours in the file at ``path``, for a run of ``n_slices``.

    The file is read once, but a label mask again for each slice, on whose pixels its outlines are wanted. Raises
    InputError for a file that can't be used.
    """
    if path is None:
        return Outlines(None, None, (), only_slice=n_slices == 1)
    return Outlines(path, kind_of(path), tuple(read_contours(path)), only_slice=n_slices == 1)


def at_level(acquisition: Acquisition, level: Level) -> Acquisition:
    """The contours know the level best; where the images call it another, a caution says so."""
    said = acquisition.key.level
    cautions = acquisition.cautions
    if said not in (Level.UNKNOWN, level):
        text = f"The images are called {said.value}, their contours {level.value}: the contours were believed."
        cautions = (*cautions, Caution("level-contradicted", text))
    return replace(acquisition, key=replace(acquisition.key, level=level), cautions=cautions)


def _name(contours: SliceContours) -> str:
    if contours.slice_uid is not None:
        return f"the entry with slice_uid {contours.slice_uid!r}"
    return f"the entry with series_number {contours.series_number}"


def _none_of(contours: list[SliceContours]) -> str:
    meant = "lies in" if contours[0].canvas is not None else "was drawn in an image of"
    return (
        f"none of its contours, of {len(contours)} slice(s) or image(s), {meant} a slice that could be checked. "
        "Check that it belongs to this study, or draw them on its T1 images."
    )
