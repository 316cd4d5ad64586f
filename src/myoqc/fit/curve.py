"""What a fitted curve says of each pixel."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

LONGEST_T1_MS = 6000.0
"""No tissue or fluid of the body has a longer T1 at 3 T: such a curve is noise, and the pixel counts as not fitted."""
R2_DEFINITION = "squared Pearson correlation of |fit| and |signal| over the samples used (the scanner's)"


@dataclass(frozen=True, slots=True, eq=False)
class Curves:
    """Curves of p pixels; all (p). NaN = no curve."""

    t1_ms: FloatArray
    t1_star_ms: FloatArray
    a: FloatArray
    b: FloatArray
    chi: FloatArray
    """√(sum of squared residuals / (n − 1))."""
    r2: FloatArray
    """See :data:`R2_DEFINITION`."""
    t1_sd_ms: FloatArray
    """Standard deviation of T1 from residuals and covariance [Kellman2013]."""
    samples: NDArray[np.uint8]
    """Number of samples used; 0 = no curve."""

    @classmethod
    def joined(cls, parts: Sequence["Curves"]) -> "Curves":
        """The pixels of all ``parts``, one after the other."""
        return cls(*(np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(cls)))

    def scaled(self, factor: float) -> "Curves":
        """The curves of a signal that is ``factor`` times as strong."""
        return replace(self, a=self.a * factor, b=self.b * factor, chi=self.chi * factor)

    def put(self, other: "Curves", pixels: NDArray[np.intp]) -> "Curves":
        """These curves, with ``other`` at the ``pixels`` (of the length of ``other``)."""
        columns = {}
        for field in fields(self):
            column = getattr(self, field.name).copy()
            column[pixels] = getattr(other, field.name)
            columns[field.name] = column
        return Curves(**columns)

    def at(self, chosen: NDArray[np.bool_] | NDArray[np.intp]) -> "Curves":
        """The curves of some of the pixels."""
        return Curves(**{field.name: getattr(self, field.name)[chosen] for field in fields(self)})
