"""One case of a cohort: a simulated slice with its maps, and all that is known about it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from myoqc.cohort.harm import Harm
from myoqc.errors import ContourError
from myoqc.records import Acquisition, Contours, ParameterMap, Segments
from myoqc.records.arrays import frozen
from myoqc.records.heart import N_SEGMENTS
from myoqc.simulate.labels import Artefact, Distractor
from myoqc.simulate.truth import Truth


@dataclass(frozen=True, slots=True, eq=False)
class CohortCase:
    """SIMULATED. The same whether it was made just now or read from a store, but for the steps of stored numbers."""

    acquisition: Acquisition
    """As a scanner stores it; the phase in steps of 2π/256."""
    maps: ParameterMap
    """T1 and R² by :func:`myoqc.fit.fit_maps`."""
    contours: Contours
    segments: Segments
    right_ventricle: NDArray[np.bool_]
    """(y x) its cavity; empty where the slice lies below it."""
    truth: Truth
    used: NDArray[np.bool_]
    """(t 6) images that the fit used in half of a segment's pixels or more: ShMOLLI's last two not always."""
    harm: Harm
    subject: str
    """Whose anatomy it is: cases of one subject never stand in two folds, whatever patient they were given to."""
    distractor: Distractor
    artefact: Artefact
    drawn: Mapping[str, Any]
    """All that was drawn for it, as plain JSON."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "used", frozen(self.used, bool, f"t {N_SEGMENTS}", "used"))
        right = frozen(self.right_ventricle, bool, "y x", "the right ventricle", ContourError)
        object.__setattr__(self, "right_ventricle", right)
