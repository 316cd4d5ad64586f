"""What a trained scorer says of examples, so that it can be calibrated and judged."""

import numpy as np
import torch
from numpy.typing import NDArray

from myoqc.score.network import Answers
from myoqc.train.attention import grad_cam
from myoqc.train.scorer_batches import plain_batch
from myoqc.train.scorer_examples import ScorerExamples
from myoqc.train.scorer_network import ERROR_UNIT, ScorerNetwork

AT_ONCE = 16


def answers_of(network: ScorerNetwork, examples: ScorerExamples) -> Answers:
    """Answers in the order of the examples; NaN for outputs that the preset lacks."""
    parts: list[tuple[NDArray[np.intp], list[NDArray[np.float32]]]] = []
    network.eval()
    for n_images in np.unique(examples.n_images):
        same = np.flatnonzero(examples.n_images == n_images)
        for start in range(0, len(same), AT_ONCE):
            which = same[start : start + AT_ONCE]
            parts.append((which, _answers(network, examples, which.tolist())))
    order = np.argsort(np.concatenate([which for which, _ in parts]))
    columns = zip(*(values for _, values in parts), strict=True)
    return Answers(*(np.concatenate(column)[order] for column in columns))


def _answers(network: ScorerNetwork, examples: ScorerExamples, numbers: list[int]) -> list[NDArray[np.float32]]:
    device = network.head.weight.device
    batch = plain_batch(examples, numbers, examples.motion).to(device)
    statistics = batch.statistics[..., : network.preset.n_statistics]
    with torch.no_grad():
        outputs = network(batch.stack, batch.t1, batch.r2, batch.ti, batch.apparent, statistics)
        attention = grad_cam(outputs.features, network.head.weight)
    n = len(numbers)
    missing = (
        torch.full((n, outputs.motion.shape[1], 3), torch.nan),
        torch.full((n, batch.artefacts.shape[1]), torch.nan),
    )
    error = missing[0] if outputs.error is None else ERROR_UNIT * outputs.error
    artefacts = missing[1] if outputs.artefacts is None else outputs.artefacts.sigmoid()
    return [values.float().cpu().numpy() for values in (outputs.motion, attention, error, artefacts)]
