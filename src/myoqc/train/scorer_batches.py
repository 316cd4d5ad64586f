"""Batches of the scorer's examples: all slices of one have as many images; chance moves, shades and disturbs them.

Chance is drawn on the processor, whatever the device of a batch: so it is the same everywhere.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional
from torch.utils.data import Sampler

from myoqc.records import CROP_PX
from myoqc.records.heart import N_SEGMENTS
from myoqc.score.apparent_motion import COARSE
from myoqc.train.scorer_examples import ScorerExamples
from myoqc.train.scorer_network import ARTEFACTS, ERROR_UNIT

MOST_ERROR = 20.0
"""Errors of T1 beyond this many units count as this large: the few pixels that hold them decide nothing."""


@dataclass(frozen=True, slots=True)
class Chance:
    """How far a crop is moved and its intensities changed, at most; drawn uniformly, both ways, unless said."""

    turn_deg: float = 5.0
    shift_px: float = 10.0
    log_scale: float = 0.0
    """Of the logarithm of the size."""
    shade: float = 0.0
    """Standard deviation of the logarithm of a smooth shading of the images, as of another coil."""
    noise: float = 0.0
    """Most noise added to the images, where 1 is bright; little of it is likelier than much."""
    log_gamma: float = 0.0
    """Of the logarithm of the power that the images are raised to."""


PUBLISHED = Chance()
"""Rotation by ±5° and translation by ±10 pixels [Zhang2020]."""


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Slices as the network and its losses take them."""

    stack: Tensor
    """(b t 160 160)"""
    t1: Tensor
    """(b 160 160)"""
    r2: Tensor
    """(b 160 160)"""
    ti: Tensor
    """(b t)"""
    apparent: Tensor
    """(b 2 80 80)"""
    statistics: Tensor
    """(b 6 k)"""
    masks: Tensor
    """(b 6 160 160) 0 to 1"""
    labels: Tensor
    """(b 6) 1 = motion."""
    error: Tensor
    """(b 6) error of T1 in units of the network, NaN where it is not known."""
    artefacts: Tensor
    """(b 5) 1 = there."""
    subjects: Tensor
    """(b) numbers that tell subjects apart."""

    def to(self, device: torch.device) -> "Batch":
        """The same on another device."""
        return Batch(*(getattr(self, field.name).to(device) for field in fields(self)))


class BatchesByImages(Sampler[list[int]]):
    """Numbers of slices with as many images, in an order that the seed and the epoch alone decide.

    Of several devices each has its share of the batches; where they do not come out even, the first come twice.
    """

    def __init__(self, n_images: NDArray[np.int64], batch: int, seed: int, rank: int = 0, n_ranks: int = 1) -> None:
        self.n_images, self.batch, self.seed, self.epoch = n_images, batch, seed, 0
        self.rank, self.n_ranks = rank, n_ranks

    def set_epoch(self, epoch: int) -> None:
        """Called by Lightning before each epoch."""
        self.epoch = epoch

    def __len__(self) -> int:
        n_batches = sum(-(-int(count) // self.batch) for count in np.unique_counts(self.n_images).counts)
        return -(-n_batches // self.n_ranks)

    def __iter__(self) -> Iterator[list[int]]:
        # The order is drawn when the first batch is asked for: where a training goes on, Lightning makes the iterator
        # before it says which epoch it is.
        rng = np.random.default_rng((self.seed, self.epoch))
        batches = []
        for n_images in np.unique(self.n_images):
            order = rng.permutation(np.flatnonzero(self.n_images == n_images))
            batches += [order[start : start + self.batch].tolist() for start in range(0, len(order), self.batch)]
        mixed = [batches[number] for number in rng.permutation(len(batches))]
        for place in range(len(self)):
            yield mixed[(place * self.n_ranks + self.rank) % len(mixed)]


def plain_batch(examples: ScorerExamples, numbers: list[int], labels: NDArray[np.bool_]) -> Batch:
    """The slices ``numbers``, all with as many images, with ``labels`` (n 6) of all examples."""
    which = np.asarray(numbers)
    n_images = int(examples.n_images[which[0]])
    numbered = torch.arange(1, N_SEGMENTS + 1)[:, None, None]
    kinds = torch.from_numpy(examples.artefact[which])
    _, subjects = np.unique(examples.subject[which], return_inverse=True)
    return Batch(
        stack=torch.from_numpy(examples.stack[which, :n_images]).float(),
        t1=torch.from_numpy(examples.t1[which]).float(),
        r2=torch.from_numpy(examples.r2[which]).float(),
        ti=torch.from_numpy(examples.ti[which, :n_images]),
        apparent=torch.from_numpy(examples.apparent[which]).float(),
        statistics=torch.from_numpy(examples.statistics[which]),
        masks=(torch.from_numpy(examples.segment[which])[:, None] == numbered).float(),
        labels=torch.from_numpy(labels[which]).float(),
        error=(torch.from_numpy(examples.error[which]) / ERROR_UNIT).clamp(-MOST_ERROR, MOST_ERROR),
        artefacts=functional.one_hot(kinds + 1, len(ARTEFACTS) + 1)[:, 1:].float(),
        subjects=torch.from_numpy(subjects),
    )


def moved(generator: torch.Generator, batch: Batch, chance: Chance) -> Batch:
    """The same slices with their masks elsewhere, and images as of another scanner."""
    batch = warped(batch, draw_places(generator, len(batch.stack), chance))
    return replace(batch, stack=_other_intensities(generator, batch.stack, chance))


def draw_places(generator: torch.Generator, n: int, chance: Chance) -> Tensor:
    """(n 160 160 2) where each pixel is taken from, as ``grid_sample`` counts: turned and scaled about the middle."""
    turn = torch.deg2rad(chance.turn_deg * _uniform(generator, n))
    scale = torch.exp(chance.log_scale * _uniform(generator, n))
    shift = chance.shift_px * _uniform(generator, n, 2) * 2.0 / CROP_PX
    cosine, sine = scale * turn.cos(), scale * turn.sin()
    matrix = torch.stack([cosine, -sine, shift[:, 0], sine, cosine, shift[:, 1]], dim=-1).reshape(n, 2, 3)
    return functional.affine_grid(matrix, [n, 1, CROP_PX, CROP_PX], align_corners=False)


def warped(batch: Batch, places: Tensor) -> Batch:
    """Images, maps and masks taken from ``places`` (b 160 160 2); beyond the crop its border goes on, without masks.

    Statistics stay: they are of the tissue, wherever it lies.
    """
    places = places.to(batch.stack.device)
    n_images = batch.stack.shape[1]
    seen = torch.cat([batch.stack, batch.t1[:, None], batch.r2[:, None]], dim=1)
    seen = functional.grid_sample(seen, places, padding_mode="border", align_corners=False)
    masks = functional.grid_sample(batch.masks, places, align_corners=False)
    coarser = functional.avg_pool2d(places.movedim(-1, 1), COARSE).movedim(1, -1)
    apparent = functional.grid_sample(batch.apparent, coarser, padding_mode="border", align_corners=False)
    maps = {"t1": seen[:, n_images], "r2": seen[:, n_images + 1], "apparent": apparent}
    return replace(batch, stack=seen[:, :n_images], masks=masks, **maps)


def _other_intensities(generator: torch.Generator, stack: Tensor, chance: Chance) -> Tensor:
    """Stacks (b t v u) as with another coil, gradation and noise; the same for all images of a slice but the noise."""
    n = len(stack)
    if chance.log_gamma:
        power = torch.exp(chance.log_gamma * _uniform(generator, n, 1, 1, 1))
        stack = stack.clamp(min=0.0) ** power.to(stack.device)
    if chance.shade:
        nodes = chance.shade * torch.randn((n, 1, 3, 3), generator=generator)
        shade = functional.interpolate(nodes.to(stack.device), stack.shape[-2:], mode="bicubic", align_corners=True)
        stack = stack * torch.exp(shade)
    if chance.noise:
        sd = chance.noise * torch.rand((n, 1, 1, 1), generator=generator) ** 2
        noise = (sd * torch.randn((2, *stack.shape), generator=generator)).to(stack.device)
        stack = torch.hypot(stack + noise[0], noise[1])
    return stack


def _uniform(generator: torch.Generator, *shape: int) -> Tensor:
    return 2.0 * torch.rand(shape, generator=generator) - 1.0
