"""Real anatomies that a cohort's patients are given, read once a process."""

import hashlib
from collections.abc import Mapping
from functools import cache
from itertools import groupby
from pathlib import Path

import numpy as np

from myoqc.acquire import read_anatomies
from myoqc.records import LabelledImage

Subjects = Mapping[str, tuple[LabelledImage, ...]]
"""Name → the images of one subject."""


@cache
def read_subjects(folder: Path) -> Subjects:
    """The subjects in a folder; raises ReadError where there is none."""
    images = sorted(read_anatomies(folder).images, key=lambda image: image.subject)
    return {subject: tuple(group) for subject, group in groupby(images, key=lambda image: image.subject)}


def digest_of_subjects(subjects: Subjects) -> str:
    """SHA-256 over everything in the images that a case could be made from."""
    total = hashlib.sha256()
    for image in (image for images in subjects.values() for image in images):
        total.update(f"{image.subject} {image.level.value} {image.frame} {image.spacing_mm!r}".encode())
        for array in (image.image, image.cavity, image.outer, image.rv, image.t1_ms):
            total.update(
                b"none" if array is None else f"{array.shape}".encode() + np.ascontiguousarray(array).tobytes()
            )
    return total.hexdigest()
