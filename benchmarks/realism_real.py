"""Real slices to compare with, read from the folder that ``--real`` names; nothing of it belongs to this repository.

``anatomies/``: cine frames with contours, one inner slice of each subject. ``heart-t1map/``: one T1-weighted MOLLI
image with its T1 map. ``kidney-molli/``: inversion-recovery images of kidneys. What is absent is left out.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import numpy as np
from realism_measures import Ventricle

from myoqc.acquire import read_anatomies
from myoqc.errors import ContourError
from myoqc.records import Acquisition, Grid, LabelledImage
from myoqc.schedules import by_name
from myoqc.simulate.real import prepare

CINE, HEART, KIDNEY = "cine", "T1-weighted heart", "kidney"
CROPPED_TO_THE_HEART = "autofd"
"""Its images end beside the heart: nothing of the chest wall is left."""


@dataclass(frozen=True, slots=True, eq=False)
class RealSlice:
    """One real image with its left ventricle."""

    labelled: LabelledImage
    ventricle: Ventricle
    """The right ventricle's side as marked, or as inferred from the bright blood beside the wall."""

    @property
    def cropped(self) -> bool:
        """Whether the image ends beside the heart."""
        return CROPPED_TO_THE_HEART in self.labelled.source


Real = dict[str, list[RealSlice]]
"""Kind → its slices."""


def read_real(folder: Path | None) -> Real:
    """What there is of real slices with a left ventricle."""
    if folder is None:
        return {}
    found: Real = {}
    for kind, name in ((CINE, "anatomies"), (HEART, "heart-t1map")):
        if (folder / name).is_dir():
            found[kind] = _one_each(read_anatomies(folder / name).images)
    return found


def _one_each(images: Iterable[LabelledImage]) -> list[RealSlice]:
    """The middle one of each subject's images, where the insertions of the right ventricle can be found."""
    slices = []
    for _, group in groupby(images, key=lambda image: image.subject):
        members = list(group)
        image = members[len(members) // 2]
        try:
            septum_deg = prepare(image).septum_deg
        except ContourError:
            continue
        slices.append(
            RealSlice(image, Ventricle(image.cavity, image.outer & ~image.cavity, image.spacing_mm, septum_deg))
        )
    return slices


def read_kidney(folder: Path | None) -> Acquisition | None:
    """The first of the two slices through the kidneys, by inversion time; no heart in it."""
    file = None if folder is None else folder / "kidney-molli" / "kidney.npz"
    if file is None or not file.exists():
        return None
    with np.load(file, allow_pickle=False) as stored:
        # Stored as signed numbers, though the scanner's were not.
        images = np.moveaxis(stored["array"][:, :, 0].view(np.uint16), -1, 0).astype(np.float32)
        times_ms, spacing_mm = stored["TI"], stored["pixel_spacing"]
    return Acquisition(images, times_ms, by_name("MOLLI", len(times_ms)), Grid.plain(images.shape[1:], spacing_mm))
