"""What the two simulated readers say about a cohort, read case after case in sessions."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from myoqc.simulate.labels import Artefact, Distractor
from myoqc.simulate.readers import OPERATOR, SECOND_READER, draw_order, draw_scores

READERS = {"operator": OPERATOR, "second_reader": SECOND_READER}
STREAM = 0x5EAD
"""Tells the random numbers of the readers from those of the cases, which begin with the same seed."""


def read_cohort(
    seed: int, contamination: Sequence[NDArray[np.float64]], rows: Sequence[dict[str, Any]]
) -> dict[str, NDArray[np.bool_]]:
    """Which segments (n 6) each reader marks; ``contamination`` (t 6) of every case, ``rows`` of the table."""
    worst = np.array([shares.max(axis=0) for shares in contamination])
    artefact = np.array([row["artefact"] != Artefact.NONE.value for row in rows])
    distractor = np.array([row["distractor"] != Distractor.NONE.value for row in rows])
    marked = {}
    for number, (name, reader) in enumerate(READERS.items()):
        rng = np.random.default_rng((seed, STREAM, number))
        order = draw_order(rng, reader, len(rows))
        marked[name] = draw_scores(
            rng, reader, contamination=worst, artefact=artefact, distractor=distractor, order=order
        )
    return marked
