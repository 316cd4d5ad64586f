"""The outlines that a study was judged by: written beside its results, and told where a hand drew none."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from myoqc.acquire import Entry, Problem, SliceContours, write_contours, write_label_mask
from myoqc.pipeline import LEVEL_FOUND
from myoqc.records import Assessment, Contours, Level

CONTOURS, MASK = "contours.json", "ventricle.nii.gz"


def write_outlines(slices: Sequence[tuple[Assessment, Path]], study: Path, *, keep: Path | None) -> None:
    """Write the contours of a study's slices as JSON, which ``--contours`` takes, and as a mask into each folder.

    The slices are those from before insertions were inferred: what is written counts as given when it is used again, so
    only what was drawn or found is, and a level only where the images or the user said it. The mask holds 1 in the
    cavity of the left ventricle and 2 in its wall. The file ``keep``, the user's own, is never written over. Raises
    OutputError where a file can't be written.
    """
    outlined = []
    for assessment, folder in slices:
        acquisition, contours = assessment.acquisition, assessment.contours
        if contours is not None:
            write_label_mask(contours, acquisition.grid, folder / MASK)
            outlined.append(_named(contours, assessment))
    path = study / CONTOURS
    if outlined and not (keep is not None and path.exists() and path.samefile(keep)):
        write_contours(outlined, path)


def found_instead(slices: Iterable[tuple[Entry, Assessment]], contours: Path | None) -> list[Problem]:
    """A note on each slice that the user's file of contours leaves out, and whose outlines were found instead."""
    if contours is None:
        return []
    return [
        Problem(
            str(contours), f"{contours}: no contours of {entry.label}, so they were found automatically.", lost=False
        )
        for entry, assessment in slices
        if assessment.found is not None
    ]


def _named(contours: Contours, assessment: Assessment) -> SliceContours:
    acquisition, key = assessment.acquisition, assessment.acquisition.key
    said = key.level is not Level.UNKNOWN and all(caution.code != LEVEL_FOUND for caution in assessment.cautions)
    return SliceContours(
        contours,
        slice_uid=None if key.slice_uid == "unknown" else key.slice_uid,
        series_number=acquisition.source.series_number,
        level=key.level if said else None,
    )
