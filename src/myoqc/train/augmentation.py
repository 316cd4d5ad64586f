"""Chance on the examples of a batch: geometry and intensity, so strong that a real scanner lies within it."""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

SIZE_PX = (128, 144)
"""(v u) of an augmented example."""
TURN_DEG = 35.0
LOG_SCALE, SHEAR, SHIFT_PX = 0.25, 0.1, 22.0
BEND_PX = 2.5
"""Standard deviation of a smooth displacement that changes shapes."""
BEND_NODES = (5, 6)
AWAY = 0.08
"""Share of examples that are shifted so far that the heart leaves the image, partly or altogether."""
EMPTY = 0.06
"""Share of examples in which there is no body at all: noise, or vials."""
LOG_GAIN, LOG_GAMMA, SHADE = 0.2, 0.25, 0.35
MOST_NOISE, BLURRED = 0.07, 0.25
LOG_T1, LOG_R2 = 0.12, 0.5
NO_T1, NO_R2, ONE_IMAGE = 0.12, 0.15, 0.15
"""Shares of examples without T1, without R², and with a single image in place of three."""
N_IMAGES, T1, R2 = 3, 3, 4
"""How many of the channels are images; which are maps."""
MOST_VIALS = 12


@dataclass(frozen=True, slots=True, eq=False)
class Warp:
    """Where each pixel of the augmented examples comes from: (b v u 2), as ``grid_sample`` takes it."""

    grid: Tensor


def draw_warp(chance: torch.Generator, n: int, shape: tuple[int, int]) -> Warp:
    """Turn, scale, shear, shift and bend about the middle of examples of ``shape``."""
    turn = torch.deg2rad(_uniform(chance, n) * TURN_DEG)
    scale = torch.exp(_uniform(chance, n, 2) * LOG_SCALE)
    shear, shift = _uniform(chance, n) * SHEAR, _uniform(chance, n, 2) * SHIFT_PX
    away = torch.rand(n, generator=chance) < AWAY
    far = 0.45 * torch.tensor(SIZE_PX) * torch.sign(_uniform(chance, n, 2))
    shift = torch.where(away[:, None], far + shift, shift)
    cosine, sine = torch.cos(turn), torch.sin(turn)
    matrix = torch.stack([torch.stack([cosine, -sine + shear], -1), torch.stack([sine, cosine], -1)], -2)
    rows, columns = (torch.arange(length) - (length - 1) / 2 for length in SIZE_PX)
    points = torch.stack(torch.meshgrid(rows, columns, indexing="ij"), dim=-1)
    source = torch.einsum("vui,bij,bj->bvuj", points, matrix, scale) + shift[:, None, None]
    bend = BEND_PX * torch.randn((n, 2, *BEND_NODES), generator=chance)
    source = source + functional.interpolate(bend, SIZE_PX, mode="bicubic").movedim(1, -1)
    half = torch.tensor(shape) / 2
    return Warp((source / half).flip(-1))


def apply_warp(warp: Warp, values: Tensor) -> Tensor:
    """``values`` (b c v u) on the pixels of the augmented examples; 0 from outside."""
    return functional.grid_sample(values, warp.grid, align_corners=False)


def with_other_intensities(chance: torch.Generator, channels: Tensor) -> Tensor:
    """Channels (b 5 v u) as other scanners, coils, sequences and contrast doses might give them."""
    images = _shaded(chance, channels[:, :N_IMAGES])
    n = len(channels)
    one = torch.randint(N_IMAGES, (n,), generator=chance)
    single = (torch.rand(n, generator=chance) < ONE_IMAGE)[:, None, None, None]
    images = torch.where(single, images[torch.arange(n), one][:, None].expand_as(images), images)
    t1 = channels[:, T1] * torch.exp(LOG_T1 * torch.randn((n, 1, 1), generator=chance))
    r2 = channels[:, R2] ** torch.exp(LOG_R2 * torch.randn((n, 1, 1), generator=chance))
    t1 = t1 * (torch.rand((n, 1, 1), generator=chance) >= NO_T1)
    r2 = r2 * (torch.rand((n, 1, 1), generator=chance) >= NO_R2)
    return torch.cat([images, t1[:, None], r2[:, None]], dim=1).clamp(0.0, 2.0)


def _shaded(chance: torch.Generator, images: Tensor) -> Tensor:
    """Images (b 3 v u) with another gain, gradation, shading, sharpness and noise."""
    n, shape = len(images), images.shape[-2:]
    nodes = SHADE * torch.randn((n, 1, 3, 3), generator=chance)
    shading = torch.exp(functional.interpolate(nodes, shape, mode="bicubic", align_corners=True))
    gain = torch.exp(LOG_GAIN * torch.randn((n, images.shape[1], 1, 1), generator=chance))
    gamma = torch.exp(LOG_GAMMA * torch.randn((n, 1, 1, 1), generator=chance))
    blurred = functional.avg_pool2d(images, 3, stride=1, padding=1)
    share = torch.rand((n, 1, 1, 1), generator=chance) * (torch.rand((n, 1, 1, 1), generator=chance) < BLURRED)
    images = (images + share * (blurred - images)).clamp(min=0.0) ** gamma * gain * shading
    noise_sd = MOST_NOISE * torch.rand((n, 1, 1, 1), generator=chance) ** 2
    noise = noise_sd * torch.randn((2, *images.shape), generator=chance)
    return torch.hypot(images + noise[0], noise[1])


def draw_empty(chance: torch.Generator, n: int) -> Tensor:
    """Channels (n 5 v u) of what holds no heart: noise alone, or vials of even content in it."""
    rows, columns = torch.arange(SIZE_PX[0])[:, None], torch.arange(SIZE_PX[1])[None]
    noise = torch.rand((n, 5, 1, 1), generator=chance) * torch.rand((n, 5, *SIZE_PX), generator=chance)
    for number in range(n):
        for _ in range(int(torch.randint(MOST_VIALS + 1, (1,), generator=chance))):
            centre = torch.rand(2, generator=chance) * torch.tensor(SIZE_PX)
            radius = 4.0 + 16.0 * torch.rand(1, generator=chance)
            disc = torch.hypot(rows - centre[0], columns - centre[1]) < radius
            content = 1.5 * torch.rand((5, 1, 1), generator=chance) ** 0.7
            noise[number] = torch.where(disc, content + 0.05 * noise[number], noise[number])
    return noise


def _uniform(chance: torch.Generator, *shape: int) -> Tensor:
    return 2.0 * torch.rand(shape, generator=chance) - 1.0
