"""Chance on the examples of a batch: geometry and intensity, so strong that a real scanner lies within it.

``strength`` scales what is drawn: 1 = as the constants here say. The share of examples without a heart stays.
"""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from myoqc.locate.channels import CHANNELS

SIZE_PX = (96, 96)
"""(v u) of an augmented example: 180 mm hold any heart, and twice as many are seen in a time as of whole chests."""
TURN_DEG = 35.0
LOG_SCALE, SHEAR, SHIFT_PX = 0.25, 0.1, 16.0
BEND_PX = 2.5
"""Standard deviation of a smooth displacement that changes shapes."""
BEND_NODES = (5, 6)
AWAY = 0.18
"""Share of examples that show another corner of the body, larger and turned anyhow: the heart is cut, or not there."""
AWAY_PART, AWAY_SCALE = (0.28, 0.42), (0.35, 0.65)
"""Where the middle of such a corner lies, over the size of the image, and its size against what it is shown as."""
EMPTY = 0.12
"""Share of examples that no body gave: patches of anything, noise, vials, and rings that are no heart."""
LOG_GAIN, LOG_GAMMA, SHADE = 0.2, 0.25, 0.35
MOST_NOISE, BLURRED = 0.07, 0.25
LOG_T1, LOG_R2 = 0.12, 0.5
NO_T1, NO_R2, ONE_IMAGE = 0.08, 0.1, 0.1
"""Shares of examples without T1, without R², and with a single image in place of all."""
N_CHANNELS, N_IMAGES, T1, R2 = len(CHANNELS), CHANNELS.index("t1"), CHANNELS.index("t1"), CHANNELS.index("r2")
"""How many channels there are, how many of them are images; which are maps."""
MOST_THINGS, RINGS = 8, 0.6
"""In an example without a body; share of them that are rings."""
MOST_PATCHES, PATCH_NODES = 12, (7, 8)


@dataclass(frozen=True, slots=True, eq=False)
class Warp:
    """Where each pixel of the augmented examples comes from: (b v u 2), as ``grid_sample`` takes it."""

    grid: Tensor


def draw_warp(chance: torch.Generator, n: int, shape: tuple[int, int], strength: float = 1.0) -> Warp:
    """Turn, scale, shear, shift and bend about the middle of examples of ``shape``."""
    turn = torch.deg2rad(_uniform(chance, n) * TURN_DEG * strength)
    scale = torch.exp(_uniform(chance, n, 2) * LOG_SCALE * strength)
    shear, shift = _uniform(chance, n) * SHEAR * strength, _uniform(chance, n, 2) * SHIFT_PX
    away = torch.rand(n, generator=chance) < AWAY
    part = _within(chance, AWAY_PART, n, 2) * torch.sign(_uniform(chance, n, 2))
    shift = torch.where(away[:, None], part * torch.tensor(shape), shift)
    scale = torch.where(away[:, None], _within(chance, AWAY_SCALE, n, 1), scale)
    turn = torch.where(away, torch.pi * _uniform(chance, n), turn)
    cosine, sine = torch.cos(turn), torch.sin(turn)
    matrix = torch.stack([torch.stack([cosine, -sine + shear], -1), torch.stack([sine, cosine], -1)], -2)
    rows, columns = (torch.arange(length) - (length - 1) / 2 for length in SIZE_PX)
    points = torch.stack(torch.meshgrid(rows, columns, indexing="ij"), dim=-1)
    source = torch.einsum("vui,bij,bj->bvuj", points, matrix, scale) + shift[:, None, None]
    bend = BEND_PX * strength * torch.randn((n, 2, *BEND_NODES), generator=chance)
    source = source + functional.interpolate(bend, SIZE_PX, mode="bicubic").movedim(1, -1)
    half = torch.tensor(shape) / 2
    return Warp((source / half).flip(-1))


def apply_warp(warp: Warp, values: Tensor) -> Tensor:
    """``values`` (b c v u) on the pixels of the augmented examples; 0 from outside."""
    return functional.grid_sample(values, warp.grid, align_corners=False)


def with_other_intensities(chance: torch.Generator, channels: Tensor, strength: float = 1.0) -> Tensor:
    """Channels (b 8 v u) as other scanners, coils, sequences and contrast doses might give them."""
    images = _shaded(chance, channels[:, :N_IMAGES], strength)
    n = len(channels)
    one = torch.randint(N_IMAGES, (n,), generator=chance)
    single = (torch.rand(n, generator=chance) < ONE_IMAGE * strength)[:, None, None, None]
    images = torch.where(single, images[torch.arange(n), one][:, None].expand_as(images), images)
    t1 = channels[:, T1] * torch.exp(LOG_T1 * strength * torch.randn((n, 1, 1), generator=chance))
    r2 = channels[:, R2] ** torch.exp(LOG_R2 * strength * torch.randn((n, 1, 1), generator=chance))
    t1 = t1 * (torch.rand((n, 1, 1), generator=chance) >= NO_T1 * strength)
    r2 = r2 * (torch.rand((n, 1, 1), generator=chance) >= NO_R2 * strength)
    return torch.cat([images, t1[:, None], r2[:, None]], dim=1).clamp(0.0, 2.0)


def _shaded(chance: torch.Generator, images: Tensor, strength: float) -> Tensor:
    """Images (b 6 v u) with another gain, gradation, shading, sharpness and noise."""
    n, shape = len(images), images.shape[-2:]
    nodes = SHADE * strength * torch.randn((n, 1, 3, 3), generator=chance)
    shading = torch.exp(functional.interpolate(nodes, shape, mode="bicubic", align_corners=True))
    gain = torch.exp(LOG_GAIN * strength * torch.randn((n, images.shape[1], 1, 1), generator=chance))
    gamma = torch.exp(LOG_GAMMA * strength * torch.randn((n, 1, 1, 1), generator=chance))
    blurred = functional.avg_pool2d(images, 3, stride=1, padding=1)
    share = torch.rand((n, 1, 1, 1), generator=chance) * (
        torch.rand((n, 1, 1, 1), generator=chance) < BLURRED * strength
    )
    images = (images + share * (blurred - images)).clamp(min=0.0) ** gamma * gain * shading
    noise_sd = MOST_NOISE * strength * torch.rand((n, 1, 1, 1), generator=chance) ** 2
    noise = noise_sd * torch.randn((2, *images.shape), generator=chance)
    return torch.hypot(images + noise[0], noise[1])


def draw_empty(chance: torch.Generator, n: int) -> Tensor:
    """Channels (n 8 v u) of what holds no heart: patches of even content, noise, and things that lie in it."""
    empty = torch.stack([_patches(chance) for _ in range(n)])
    noise_sd = torch.rand((n, N_CHANNELS, 1, 1), generator=chance) ** 2
    empty = (empty + noise_sd * torch.rand((n, N_CHANNELS, *SIZE_PX), generator=chance)).clamp(0.0, 2.0)
    for channels in empty:
        for _ in range(int(torch.randint(MOST_THINGS + 1, (1,), generator=chance))):
            _lay_thing(chance, channels)
    return empty


def _patches(chance: torch.Generator) -> Tensor:
    """(8 v u) an image cut into patches along smooth lines, each of even content; one patch alone may fill it."""
    n_kinds = int(torch.randint(1, MOST_PATCHES + 1, (1,), generator=chance))
    nodes = torch.randn((1, n_kinds, *PATCH_NODES), generator=chance)
    kind = functional.interpolate(nodes, SIZE_PX, mode="bicubic", align_corners=True)[0].argmax(dim=0)
    content = 1.3 * torch.rand((N_CHANNELS, n_kinds), generator=chance) ** 1.5
    return content[:, kind]


def _lay_thing(chance: torch.Generator, channels: Tensor) -> None:
    """Lay a vial, or a ring with something else inside (a kidney, a vessel, bowel), into channels (8 v u)."""
    rows, columns = torch.arange(SIZE_PX[0])[:, None], torch.arange(SIZE_PX[1])[None]
    middle = torch.rand(2, generator=chance) * torch.tensor(SIZE_PX)
    cosine, sine = torch.cos(turn := torch.pi * torch.rand(1, generator=chance)), torch.sin(turn)
    down, right = rows - middle[0], columns - middle[1]
    long_px = 4.0 + 18.0 * torch.rand(1, generator=chance)
    oblong = 1.0 + torch.rand(1, generator=chance)
    away = torch.hypot(cosine * down + sine * right, oblong * (cosine * right - sine * down)) / long_px
    content = 1.5 * torch.rand((2, N_CHANNELS, 1, 1), generator=chance) ** 0.7
    texture = 0.15 * torch.rand((N_CHANNELS, *SIZE_PX), generator=chance)
    inner = float(torch.rand(1, generator=chance)) * (torch.rand(1, generator=chance) < RINGS)
    channels[:] = torch.where(away < 1.0, content[0] + texture, channels)
    channels[:] = torch.where(away < inner, content[1] + texture, channels)


def _uniform(chance: torch.Generator, *shape: int) -> Tensor:
    return 2.0 * torch.rand(shape, generator=chance) - 1.0


def _within(chance: torch.Generator, bounds: tuple[float, float], *shape: int) -> Tensor:
    return bounds[0] + (bounds[1] - bounds[0]) * torch.rand(shape, generator=chance)
