"""The scorer with saliency in place of Grad-CAM: it needs slopes, and so torch, which scoring does not."""

from contextlib import nullcontext
from dataclasses import dataclass, replace
from importlib.resources import as_file
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from myoqc.records import AttentionMaps, Crop, Scores
from myoqc.records.heart import N_SEGMENTS
from myoqc.score import NetworkScorer, default_scorer, read_scorer
from myoqc.score.inputs import Inputs, inputs_of
from myoqc.score.network_scorer import shipped_folder
from myoqc.train.attention import saliency
from myoqc.train.scorer_export import read_scorer_weights
from myoqc.train.scorer_network import PRESETS, ScorerNetwork

INPUTS = ("stack", "t1", "r2", "ti", "apparent", "statistics")
STREAMS = ("stack", "t1", "r2")
"""Inputs whose saliency is added up, as published [Zhang2020]; it leaves out what is not of the crop's size."""


@dataclass(frozen=True, slots=True, eq=False)
class SaliencyScorer:
    """Scores as those of ``scorer``, with the saliency of ``network``, the same one in torch."""

    scorer: NetworkScorer
    network: ScorerNetwork

    @property
    def name(self) -> str:
        """What people call it."""
        return self.scorer.name

    @property
    def digest(self) -> str:
        """SHA-256 of the weights."""
        return self.scorer.digest

    @property
    def turned(self) -> bool:
        """Whether crops are to be turned."""
        return self.scorer.turned

    def score(self, crop: Crop) -> Scores:
        """As :meth:`NetworkScorer.score`, whose errors it raises."""
        scores = self.scorer.score(crop)
        maps = saliency_maps(self.network, inputs_of(crop))
        return replace(scores, attention=AttentionMaps(maps, "saliency", crop.placement))


def with_saliency(folder: Path | None) -> SaliencyScorer:
    """The scorer in a folder, or the shipped one; raises ReadError where there are no weights of its network."""
    scorer = default_scorer() if folder is None else read_scorer(folder)
    network = ScorerNetwork(PRESETS[scorer.network.card["recipe"]["preset"]])
    with as_file(shipped_folder()) if folder is None else nullcontext(folder) as place:
        read_scorer_weights(network, place)
    return SaliencyScorer(scorer, network)


def saliency_maps(network: ScorerNetwork, seen: Inputs) -> NDArray[np.float32]:
    """(6 160 160) of one slice, added up over :data:`STREAMS`."""
    given = {name: torch.from_numpy(getattr(seen, name).copy())[None] for name in INPUTS}
    others = {name: values for name, values in given.items() if name not in STREAMS}

    def motion(**streams: Tensor) -> Tensor:
        return network(**streams, **others).motion  # type: ignore[no-any-return]

    streams = {name: given[name] for name in STREAMS}
    maps = [saliency(motion, streams, segment).total[0].numpy() for segment in range(N_SEGMENTS)]
    return np.stack(maps)
