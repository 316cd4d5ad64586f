"""What a slice is painted with: outlines, and the tissue and the part of each."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from myoqc.simulate.physics.tissues import Tissue
from myoqc.simulate.scene import Part

FloatArray = NDArray[np.float64]
Outlines = tuple[FloatArray, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Fill:
    """Outlines (… n 2) in mm in the patient's frame, filled with one tissue."""

    tissue: Tissue
    part: Part
    outlines: Outlines
    within: tuple[Outlines, ...] = ()
    """Nothing lies outside of any of these."""
    share: float = 1.0
    """Of what the outlines hold; the rest stays free for what lies behind."""
    around: bool = False
    """True where the outlines also hold what lies before them in the same pixels, and only the rest is this tissue."""
