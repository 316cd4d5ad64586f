"""What the parts of the network say alone: its maps, and trees on what its head is told of the true segments."""

from contextlib import nullcontext
from importlib.resources import as_file
from pathlib import Path

from scorer_slices import Judged, maps_alone

from myoqc.score.network_scorer import NetworkScorer, shipped_folder
from myoqc.train.boosted_trees import ALL_STATISTICS, WITHOUT_MOTION, grown_trees
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
    for name, chosen in (("trees on R² and T1", WITHOUT_MOTION), ("trees on all statistics", ALL_STATISTICS)):
        logits = grown_trees(trained.statistics[..., chosen], trained.motion)
        judged.scores[name] = logits(judged.slices.statistics[..., chosen])
