"""What the segmentation found in a slice."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from myoqc.aha import Level
from myoqc.errors import ContourError, InputError
from myoqc.records.arrays import frozen
from myoqc.records.heart import Contours

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class FoundHeart:
    """The left ventricle in one slice, found without a hand, with how sure that is.

    Raises InputError for probabilities and a quality that are not between 0 and 1, GeometryError for other axes.
    """

    contours: Contours
    """An insertion of the right ventricle is None where the slice does not show it."""
    right_px: FloatArray | None
    """(n 2) outline of the right ventricle's cavity; None where the slice does not cut it."""
    level_probability: FloatArray
    """(3) basal, mid, apical."""
    quality: float
    """Overlap (Dice) of the wall with what a careful hand would draw, as far as the segmenter can tell: 0 to 1."""
    model_name: str = ""
    model_digest: str = ""
    """SHA-256 of the weights that found it."""

    def __post_init__(self) -> None:
        probability = frozen(self.level_probability, np.float64, "3", "the probabilities of the level")
        object.__setattr__(self, "level_probability", probability)
        if self.right_px is not None:
            right = frozen(self.right_px, np.float64, "n 2", "the outline of the right ventricle", ContourError)
            object.__setattr__(self, "right_px", right)
        if not 0.0 <= self.quality <= 1.0 or not ((probability >= 0.0) & (probability <= 1.0)).all():
            raise InputError("not a probability", expected="0 to 1", found=[self.quality, *probability.tolist()])

    @property
    def level(self) -> Level:
        """The likeliest level."""
        return (Level.BASAL, Level.MID, Level.APICAL)[int(self.level_probability.argmax())]
