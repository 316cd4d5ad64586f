"""The network that scores six segments for motion: three streams, a residual network, one linear layer [Zhang2020].

Shapes at line ends: b slices, t images, d depth, c channels, v rows, u columns, k statistics. Blocks as in [He2016].
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from myoqc.aha import Segment
from myoqc.score.apparent_motion import COARSE
from myoqc.score.segment_statistics import N_STATISTICS
from myoqc.simulate.labels import Artefact

ARTEFACTS = tuple(kind for kind in Artefact if kind is not Artefact.NONE)
"""What the logits of artefacts stand for, in their order."""
ERROR_UNIT = 0.1
"""Errors of T1 leave the network in tenths of the T1 of the wall: a way that brings blood in makes T1 wrong by a share
of it, and its weights stay near one."""
HIDDEN = 64  # values between what is known and what it adds to an answer
GROUP = 8  # channels that one group normalisation holds together


@dataclass(frozen=True, slots=True)
class Preset:
    """Everything that decides a network, apart from its weights."""

    widths: tuple[int, ...]
    """Channels of each stage; the streams have those of the first."""
    blocks: tuple[int, ...]
    """Residual blocks of each stage."""
    strides: tuple[int, ...]
    """Stride of each stage's first block."""
    first_stride: int
    """Stride of the streams within the image."""
    volumetric: int
    """So many stages are 3D, fewer than there are; then depth is folded, and the rest is 2D."""
    maps: Literal["slices", "apart"]
    """T1 and R² are two more slices of the stack, whose depth is strided too and folded by its mean; or they pass 2D
    blocks of their own, beside a stack whose depth is not strided and is folded by its mean and its maximum."""
    norm: Literal["batch", "group"]
    apparent: bool
    """Whether maps of apparent motion have a stream of their own, beside those of T1 and R²."""
    times: bool
    """Whether each image comes with its inversion time, as a second channel."""
    n_statistics: int
    """Numbers about each located segment that may move its score."""
    extra_outputs: bool
    """Whether errors of T1 and other artefacts are given as well."""


PAPER = Preset(
    widths=(64, 128, 256, 512),  # of the original 34-layer network: the layer table is in an appendix that we lack
    blocks=(3, 4, 6, 3),  # the same
    strides=(1, 2, 2, 2),  # the same; its max pooling is left out, as the text tells of strides alone
    first_stride=1,
    volumetric=3,  # depth goes 9, 5, 3 and is then taken for exhausted: stage 4 is 2D, on the mean of these three
    maps="slices",
    norm="batch",
    apparent=False,
    times=False,
    n_statistics=0,
    extra_outputs=False,
)
"""The published network [Zhang2020]."""

COMPACT = Preset(
    widths=(16, 32, 64, 128),
    blocks=(1, 1, 1, 1),
    strides=(2, 1, 2, 1),
    first_stride=2,
    volumetric=1,
    maps="apart",
    norm="group",
    apparent=True,
    times=True,
    n_statistics=N_STATISTICS,
    extra_outputs=True,
)
"""The same idea at a size for two CPU cores: images 1.875 mm a pixel in the streams, 7.5 mm a cell of the final map."""

PRESETS: Mapping[str, Preset] = MappingProxyType({"paper": PAPER, "compact": COMPACT})


class Outputs(NamedTuple):
    """What the network says of b slices; what its preset lacks is None."""

    motion: Tensor
    """(b 6) logits of motion, by ``Segment``."""
    by_maps: Tensor
    """(b 6) the part of them that comes from ``features``; Grad-CAM shows where from."""
    error: Tensor | None
    """(b 6 3) quantiles at 5, 50 and 95 % of the error of T1 by motion and noise, in units of ``ERROR_UNIT``."""
    artefacts: Tensor | None
    """(b 5) logits, by ``ARTEFACTS``."""
    features: Tensor
    """(b c v u) the maps of which ``motion`` reads the mean."""


class ScorerNetwork(nn.Module):
    """Images, maps, inversion times and statistics of b slices → ``Outputs``."""

    def __init__(self, preset: Preset) -> None:
        super().__init__()
        self.preset = preset
        width, stride, depth = preset.widths[0], preset.first_stride, preset.volumetric
        self.image_stream = _layer(preset, 1 + preset.times, width, (1, stride, stride))
        self.t1_stream, self.r2_stream = (_layer(preset, 1, width, (stride, stride)) for _ in range(2))
        if preset.apparent:
            self.apparent_stream = _layer(preset, 2, width, (stride // COARSE,) * 2)
        self.volumetric = _stages(preset, range(depth), width, n_axes=3)
        if preset.maps == "apart":
            self.maps = _stages(preset, range(depth), (2 + preset.apparent) * width, n_axes=2)
        folded = preset.widths[depth - 1] * (3 if preset.maps == "apart" else 1)
        self.planar = _stages(preset, range(depth, len(preset.widths)), folded, n_axes=2)
        self._add_heads(preset)

    def _add_heads(self, preset: Preset) -> None:
        width = preset.widths[-1]
        self.head = nn.Linear(width, len(Segment))
        if preset.extra_outputs:
            self.error_head = nn.Linear(width, 3 * len(Segment))
            known = width + 3 * preset.n_statistics
            self.artefact_head = nn.Sequential(nn.Linear(known, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, len(ARTEFACTS)))
        if preset.n_statistics:
            self.statistics_head = nn.Sequential(
                *(nn.Linear(preset.n_statistics, HIDDEN), nn.ReLU()),
                *(nn.Linear(HIDDEN, HIDDEN), nn.ReLU()),
                nn.Linear(HIDDEN, 1 + 3 * preset.extra_outputs),
            )

    def features(self, stack: Tensor, t1: Tensor, r2: Tensor, ti: Tensor, apparent: Tensor) -> Tensor:
        """The final maps (b c v u) of the inputs of ``forward``."""
        images = stack[:, None]  # b 1 t v u
        if self.preset.times:
            images = torch.cat([images, ti[:, None, :, None, None].expand_as(images)], dim=1)  # b 2 t v u
        images = self.image_stream(images)  # b c t v u
        maps = [self.t1_stream(t1[:, None]), self.r2_stream(r2[:, None])]  # b c v u each
        if self.preset.apparent:
            maps.append(self.apparent_stream(apparent))  # b c v u
        if self.preset.maps == "slices":
            fused = torch.cat([images, torch.stack(maps, dim=2)], dim=2)  # b c d v u, d = t + 2
            folded = self.volumetric(fused).mean(dim=2)  # b c v u
        else:
            deep, flat = self.volumetric(images), self.maps(torch.cat(maps, dim=1))  # b c t v u, b c v u
            folded = torch.cat([deep.mean(dim=2), deep.amax(dim=2), flat], dim=1)  # b 3c v u
        return self.planar(folded)  # type: ignore[no-any-return]  # b c v u

    def forward(
        self, stack: Tensor, t1: Tensor, r2: Tensor, ti: Tensor, apparent: Tensor, statistics: Tensor
    ) -> Outputs:
        """Outputs from ``stack`` (b t 160 160), ``t1``, ``r2`` (b 160 160), ``ti`` (b t), ``apparent`` (b 2 80 80) and
        ``statistics`` (b 6 k)."""
        features = self.features(stack, t1, r2, ti, apparent)  # b c v u
        pooled = features.mean(dim=(2, 3))  # b c
        motion = by_maps = self.head(pooled)  # b 6
        added = pooled.new_zeros(1, 1, 4)  # b 6 4
        if self.preset.n_statistics:
            added = self.statistics_head(statistics)
            motion = by_maps + added[..., 0]  # b 6
        if not self.preset.extra_outputs:
            return Outputs(motion, by_maps, None, None, features)
        error = self.error_head(pooled).unflatten(1, (len(Segment), 3)) + added[..., 1:]  # b 6 3
        summary = statistics.mean(dim=1), statistics.amax(dim=1), statistics.amin(dim=1)  # b k each
        artefacts = self.artefact_head(torch.cat([pooled, *summary], dim=1))  # b 5
        return Outputs(motion, by_maps, _quantiles(error), artefacts, features)


def _quantiles(error: Tensor) -> Tensor:
    """Ordered quantiles (b 6 3) of a median and two half-widths before they are made positive (b 6 3)."""
    median, below, above = error.unbind(dim=-1)  # b 6 each
    return torch.stack([median - functional.softplus(below), median, median + functional.softplus(above)], dim=-1)


class Block(nn.Module):
    """Two convolutions and a way round them; a stride, or other channels, take a convolution on that way as well."""

    def __init__(self, preset: Preset, n_in: int, n_out: int, stride: tuple[int, ...]) -> None:
        super().__init__()
        ones = (1,) * len(stride)
        self.path = nn.Sequential(_layer(preset, n_in, n_out, stride), _convolution(preset, n_out, n_out, ones))
        self.shortcut = (
            nn.Identity() if (n_in, stride) == (n_out, ones) else _convolution(preset, n_in, n_out, ones, kernel=1)
        )
        # What a stride does to a kernel of one pixel; given as a stride, torch 2.13 writes beyond its memory in the
        # backward pass on CPUs (2D, channels last, fewer than 16 of them).
        self.kept = (slice(None), slice(None), *(slice(None, None, step) for step in stride))

    def forward(self, inputs: Tensor) -> Tensor:
        """(b c ...) → (b c ...), shorter by the stride."""
        return functional.relu(self.shortcut(inputs[self.kept]) + self.path(inputs))


def _stages(preset: Preset, numbers: range, n_in: int, n_axes: int) -> nn.Sequential:
    blocks = []
    for number in numbers:
        width, stride = preset.widths[number], (preset.strides[number],) * n_axes
        if n_axes == 3 and preset.maps == "apart":
            stride = (1, *stride[1:])
        for _ in range(preset.blocks[number]):
            blocks.append(Block(preset, n_in, width, stride))
            n_in, stride = width, (1,) * n_axes
    return nn.Sequential(*blocks)


def _layer(preset: Preset, n_in: int, n_out: int, stride: tuple[int, ...]) -> nn.Sequential:
    return nn.Sequential(*_convolution(preset, n_in, n_out, stride), nn.ReLU(inplace=True))


def _convolution(preset: Preset, n_in: int, n_out: int, stride: tuple[int, ...], kernel: int = 3) -> nn.Sequential:
    """Convolution, 2D or 3D as the stride has two or three axes, and its normalisation."""
    volume = len(stride) == 3
    layer = nn.Conv3d if volume else nn.Conv2d
    convolution: nn.Module = layer(n_in, n_out, kernel, stride, padding=kernel // 2, bias=False)  # type: ignore[arg-type]
    # Work follows the layout of the weights: with channels last, training on CPUs is up to three times as fast.
    convolution.to(memory_format=torch.channels_last_3d if volume else torch.channels_last)  # type: ignore[call-overload]
    batch = nn.BatchNorm3d if volume else nn.BatchNorm2d
    norm = batch(n_out) if preset.norm == "batch" else nn.GroupNorm(n_out // GROUP, n_out)
    return nn.Sequential(convolution, norm)
