"""Boosted trees on plain numbers of each segment: what a network has to be better than."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier
from threadpoolctl import threadpool_limits

from myoqc.score.segment_statistics import MOTION_NAMES, NAMES

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
Statistics = NDArray[np.float32]

ALL_STATISTICS: BoolArray = np.ones(len(NAMES), dtype=bool)
WITHOUT_MOTION: BoolArray = np.array([name not in MOTION_NAMES and "residual" not in name for name in NAMES])
"""(k) the statistics of R² and T1, which know nothing of apparent motion."""


def grown_trees(statistics: Statistics, labels: BoolArray) -> Callable[[Statistics], FloatArray]:
    """What trees say that learnt from ``statistics`` (n 6 k) and ``labels`` (n 6): others (… k) → logits (…).

    The same for the same statistics on any machine: one thread, and nothing drawn, since no segment is set aside.
    """
    trees = HistGradientBoostingClassifier(
        max_depth=4, max_iter=150, learning_rate=0.06, early_stopping=False, random_state=0
    )
    with threadpool_limits(1, user_api="openmp"):
        trees.fit(statistics.reshape(-1, statistics.shape[-1]), labels.ravel())

    def logits(given: Statistics) -> FloatArray:
        with threadpool_limits(1, user_api="openmp"):
            said = trees.decision_function(given.reshape(-1, given.shape[-1]))
        return np.asarray(said, dtype=np.float64).reshape(given.shape[:-1])

    return logits
