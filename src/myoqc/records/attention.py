"""Where a scorer looked."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from myoqc.records.arrays import frozen
from myoqc.records.heart import N_SEGMENTS, Placement


@dataclass(frozen=True, slots=True, eq=False)
class AttentionMaps:
    """What each of the six scores was drawn from, over the crop that the scorer saw."""

    maps: NDArray[np.float32]
    """(6 h w) evidence of motion, 0 or more, in cells that divide the crop evenly."""
    method: str
    """How they were made: ``grad-cam`` or ``saliency``."""
    placement: Placement
    """Where the crop lies in the image."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "maps", frozen(self.maps, np.float32, f"{N_SEGMENTS} h w", "the attention maps"))
