"""What a simulated slice can be labelled with, and from where on: the one place where labels are defined.

docs/labels.md explains them for people.
"""

from enum import Enum
from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from myoqc.errors import InputError

BoolArray = NDArray[np.bool_]

POSITIVE_FROM = 0.20
"""A segment has motion where this share of its pixels, or more, holds other tissue in an image; R² has no say."""

KindT = TypeVar("KindT", bound=Enum)


class Motion(Enum):
    """What the patient does while the images are taken: the heart is not where it was."""

    STILL = "still"
    """The breath is held; what no heart is spared remains: jitter from beat to beat, slipping by under a millimetre."""
    DRIFT = "drift"
    """The diaphragm slips all the time."""
    RELEASE = "release"
    """The breath escapes at once, within a second."""
    OSCILLATION = "oscillation"
    """The patient breathes all the time."""
    LATE_BREATH = "late-breath"
    """Still at first; breathing begins before the last images."""
    SHIFT = "shift"
    """The patient moves on the table: everything goes, the chest wall as well."""


class Distractor(Enum):
    """What looks like motion of the heart and is none."""

    NONE = "none"
    """Nothing of the kind."""
    STOMACH = "stomach"
    """Stomach and bowel move and change their width by themselves."""
    DIAPHRAGM = "diaphragm"
    """Diaphragm, liver, spleen and stomach move; the heart does not."""
    GHOST = "ghost"
    """Pulsating blood leaves ghosts along the phase-encoding direction."""
    BAND = "band"
    """A dark band of off-resonance lies beside the heart."""
    FOLD_OVER = "fold-over"
    """The body beyond the field of view folds into the image."""


class Artefact(Enum):
    """What else can spoil a map, without a breath."""

    NONE = "none"
    """Nothing else is wrong."""
    MISTRIGGERING = "mistriggering"
    """One or two images are taken in another cardiac phase, and so at another time."""
    OFF_RESONANCE = "off-resonance"
    """The field is so uneven over the heart that a band, or a wrong T1, lies in its wall."""
    PHASE = "phase"
    """The phase is wrong in some images, so that the signal takes the wrong sign."""
    PLANNING = "planning"
    """The slice is oblique to the short axis, so that its pixels hold wall and cavity both."""
    LOW_SNR = "low-snr"
    """The noise is strong enough to spoil the fit."""


def named(kinds: type[KindT], name: str) -> KindT:
    """The member of ``kinds`` (Motion, Distractor, Artefact) called ``name``; raises InputError for an unknown one."""
    try:
        return kinds(name)
    except ValueError as error:
        known = ", ".join(str(kind.value) for kind in kinds)
        raise InputError(f"unknown {kinds.__name__.lower()} {name!r}", expected=f"one of {known}") from error


def has_motion(contamination: ArrayLike, images: ArrayLike | None = None) -> BoolArray:
    """(segment) whether ``contamination`` (t segment) reaches ``POSITIVE_FROM`` in any image, or in any of ``images``.

    ``images`` tells by truth values which count, (t) for all segments alike or (t segment).
    """
    share = np.asarray(contamination, dtype=np.float64)
    reached = share >= POSITIVE_FROM
    if images is not None:
        counted = np.asarray(images, dtype=bool)
        reached &= counted[:, None] if counted.ndim == 1 else counted
    return np.asarray(reached.any(axis=0))
