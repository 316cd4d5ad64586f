"""How often what occurs in a cohort, beside the cohort of [Zhang2020]."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from myoqc.simulate.labels import Artefact

PAPER = {
    "maps": 2568,
    "maps_with_motion": 321,
    "share_of_maps": 0.125,
    "segments_with_motion": 1536,
    "share_of_segments": 0.100,
    "segments_a_positive_map": 4.8,
    "share_at_1_5_t": 0.73,
}
"""[Zhang2020]; maps with other artefacts are a set of their own."""


def prevalence(motion: NDArray[np.bool_], rows: Sequence[dict[str, Any]]) -> dict[str, float]:
    """The same numbers as :data:`PAPER`, of labels ``motion`` (n 6), over the maps without another artefact."""
    ordinary = np.array([row["artefact"] == Artefact.NONE.value for row in rows])
    field_t = np.array([row["field_t"] for row in rows])[ordinary]
    motion = motion[ordinary]
    maps, positive, segments = len(motion), int(motion.any(axis=1).sum()), int(motion.sum())
    return {
        "maps": maps,
        "maps_with_motion": positive,
        "share_of_maps": positive / max(maps, 1),
        "segments_with_motion": segments,
        "share_of_segments": segments / max(motion.size, 1),
        "segments_a_positive_map": segments / max(positive, 1),
        "share_at_1_5_t": float((field_t == 1.5).sum()) / max(maps, 1),
    }
