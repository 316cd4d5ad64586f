"""Boosted trees as rivals of the network: on R² and T1 of the true segment, and on all that its head is given."""

import numpy as np
from scorer_slices import Judged
from sklearn.ensemble import HistGradientBoostingClassifier

from myoqc.score.segment_statistics import MOTION_NAMES, NAMES
from myoqc.train.scorer_examples import ScorerExamples


def add_trees(judged: Judged, trained: ScorerExamples) -> None:
    """Two more scorers, learnt from the truth."""
    plain = np.array([name not in MOTION_NAMES for name in NAMES])
    for name, chosen in (("trees on R² and T1", plain), ("trees on all statistics", np.ones(len(NAMES), dtype=bool))):
        trees = HistGradientBoostingClassifier(max_depth=4, max_iter=150, learning_rate=0.06, random_state=0)
        trees.fit(trained.statistics[..., chosen].reshape(-1, chosen.sum()), trained.motion.ravel())
        given = judged.slices.statistics[..., chosen].reshape(-1, chosen.sum())
        judged.scores[name] = trees.predict_proba(given)[:, 1].reshape(-1, judged.slices.statistics.shape[1])
