"""What the parts of the network say alone: its maps, and trees on what its head is told of the true segments."""

from contextlib import nullcontext
from importlib.resources import as_file
from pathlib import Path

import numpy as np
from scorer_slices import Judged, maps_alone
from sklearn.ensemble import HistGradientBoostingClassifier

from myoqc.score.network_scorer import NetworkScorer, shipped_folder
from myoqc.score.segment_statistics import MOTION_NAMES, NAMES
from myoqc.train.scorer_examples import ScorerExamples
from myoqc.train.scorer_export import read_scorer_weights
from myoqc.train.scorer_network import PRESETS, ScorerNetwork


def add_maps_alone(judged: Judged, scorer: NetworkScorer, folder: Path | None) -> None:
    """Scores without what the statistics add; the weights lie in a folder, or are the shipped ones."""
    network = ScorerNetwork(PRESETS[scorer.network.card["recipe"]["preset"]])
    with as_file(shipped_folder()) if folder is None else nullcontext(folder) as place:
        read_scorer_weights(network, place)
    judged.scores["maps alone"] = maps_alone(network, judged.slices)


def add_trees(judged: Judged, trained: ScorerExamples) -> None:
    """Two more scorers, learnt from the truth."""
    plain = np.array([name not in MOTION_NAMES and "residual" not in name for name in NAMES])
    for name, chosen in (("trees on R² and T1", plain), ("trees on all statistics", np.ones(len(NAMES), dtype=bool))):
        trees = HistGradientBoostingClassifier(max_depth=4, max_iter=150, learning_rate=0.06, random_state=0)
        trees.fit(trained.statistics[..., chosen].reshape(-1, chosen.sum()), trained.motion.ravel())
        given = judged.slices.statistics[..., chosen].reshape(-1, chosen.sum())
        judged.scores[name] = trees.predict_proba(given)[:, 1].reshape(-1, judged.slices.statistics.shape[1])
