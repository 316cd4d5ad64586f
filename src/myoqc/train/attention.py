"""Where a network looks: Grad-CAM [Selvaraju2017] and saliency [Simonyan2013], as the paper uses them [Zhang2020].

b cases, c feature maps of h × w cells, s scores, v × u pixels. Nothing here leaves a hook in a network, or a gradient
in its parameters.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor


def grad_cam(features: Tensor, weight: Tensor) -> Tensor:
    """Maps (b s h w) of ``features`` (b c h w), where scores are their means over space through ``weight`` (s c).

    The slope of such a score is weight / (h · w) in every cell, so that this closed form is exact and needs no backward
    pass; slopes flow to the features and to the weight. Without its ReLU a map adds up to the score without its bias.
    """
    cells = features.shape[-2] * features.shape[-1]
    return torch.einsum("bchw,sc->bshw", features, weight).relu() / cells


def grad_cam_by_autograd(scores: Tensor, features: Tensor, create_graph: bool = False) -> Tensor:
    """Maps (b s …) of ``scores`` (b s) at ``features`` (b c …) of any layer that they were computed from.

    ``create_graph`` keeps the way to the weights' own slopes, as a loss of the maps needs it. Cases must not touch one
    another between this layer and the scores, as they do in a batch norm that is being trained. The graph is kept.
    """
    space = tuple(range(2, features.ndim))
    maps = []
    for score in scores.unbind(dim=1):
        (slope,) = torch.autograd.grad(score.sum(), features, retain_graph=True, create_graph=create_graph)
        maps.append(torch.einsum("bc,bc...->b...", slope.mean(dim=space), features).relu())
    return torch.stack(maps, dim=1)


@dataclass(frozen=True, slots=True, eq=False)
class Saliency:
    """How much a score would change with each pixel of what the network sees."""

    streams: Mapping[str, Tensor]
    """Name of an input → (b v u)."""
    total: Tensor
    """(b v u) their sum."""


def saliency(network: Callable[..., Tensor], inputs: Mapping[str, Tensor], segment: int) -> Saliency:
    """Size of the slope of the score of ``segment`` with respect to each pixel of ``inputs`` [Simonyan2013].

    ``network`` takes the inputs by name, images (b v u) or stacks of them (b t v u), and gives scores (b s); what else
    it needs is bound beforehand (``functools.partial``). It must be in evaluation mode, so that cases do not touch one
    another. Where [Zhang2020] says that maps are 'summarised pixelwise' and does not say whether signs are kept, sizes
    are added: motion shows in differences between images, whose slopes have opposite signs and would cancel. The images
    of a stack are added likewise, where [Simonyan2013] takes the largest channel of a colour.
    """
    seen = {name: values.detach().clone().requires_grad_() for name, values in inputs.items()}
    with torch.enable_grad():
        score = network(**seen)[:, segment].sum()
        slopes = torch.autograd.grad(score, list(seen.values()))
    streams = {name: _size_of(slope) for name, slope in zip(seen, slopes, strict=True)}
    return Saliency(streams, torch.stack(list(streams.values())).sum(dim=0))


def _size_of(slope: Tensor) -> Tensor:
    """(b v u) of slopes (b v u) or (b t v u)."""
    return slope.abs().flatten(1, -3).sum(dim=1) if slope.ndim > 3 else slope.abs()
