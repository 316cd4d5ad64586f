"""What the segmenter learns from: the channels of a cohort's cases with what is true in each pixel."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from myoqc import polygons
from myoqc.cohort import Cohort, CohortCase
from myoqc.locate.channels import CHANNELS, Channels, channels
from myoqc.locate.outputs import LEVEL_ORDER
from myoqc.locate.sampling import centres_px
from myoqc.records.arrays import frozen

WINDOW_PX = (144, 176)
"""(v u) the part about the middle of the image that is learnt from: 270 × 330 mm."""
FINER = 4
"""Points per pixel and axis on which the share of a pixel inside an outline is counted."""
SHARES = ("cavity", "wall", "right cavity")


@dataclass(frozen=True, slots=True, eq=False)
class Examples:
    """Cases as the network reads them, n of them."""

    channels: NDArray[np.float16]
    """(n 8 144 176) as :data:`~myoqc.locate.channels.CHANNELS`."""
    shares: NDArray[np.uint8]
    """(n 3 144 176) share of each pixel in left cavity, left wall and right cavity, in 255ths."""
    insertions: NDArray[np.float32]
    """(n 2 2) anterior and inferior insertion of the right ventricle, in pixels of the window."""
    shown: NDArray[np.bool_]
    """(n) whether the slice cuts the right ventricle, so that the insertions can be seen."""
    level: NDArray[np.int64]
    """(n) number in :data:`~myoqc.locate.outputs.LEVEL_ORDER`."""

    def __post_init__(self) -> None:
        window = "{} {}".format(*WINDOW_PX)
        for name, dtype, axes in (
            ("channels", np.float16, f"n {len(CHANNELS)} {window}"),
            ("shares", np.uint8, f"n {len(SHARES)} {window}"),
            ("insertions", np.float32, "n 2 2"),
            ("shown", bool, "n"),
            ("level", np.int64, "n"),
        ):
            object.__setattr__(self, name, frozen(getattr(self, name), dtype, axes, name))

    def __len__(self) -> int:
        return len(self.level)


def examples(cohort: Cohort, numbers: Iterable[int]) -> Examples:
    """The cases ``numbers`` of a cohort, in this order; a progress bar may watch them go by."""
    cases = [_example(cohort.case(number)) for number in numbers]
    return Examples(*(np.stack(values) for values in zip(*cases, strict=True)))


def _example(case: CohortCase) -> tuple[NDArray[np.generic] | np.generic, ...]:
    seen = channels(case.acquisition, case.maps)
    corner = (np.array(seen.values.shape[1:], dtype=np.int64) - WINDOW_PX) // 2
    points = np.array([case.contours.rv_insertion_px, case.contours.rv_inferior_px])
    return (
        _window(seen.values, corner).astype(np.float16),
        np.rint(255.0 * _window(_shares(case, seen), corner)).astype(np.uint8),
        (seen.from_image(points) - corner).astype(np.float32),
        case.right_ventricle.any(),
        np.int64(LEVEL_ORDER.index(case.acquisition.key.level)),
    )


def _window(values: NDArray[np.float32], corner: NDArray[Any]) -> NDArray[np.float32]:
    """The window of channels (n v u) whose pixel (0, 0) lies at ``corner``; 0 where they do not reach."""
    window = np.zeros((len(values), *WINDOW_PX), dtype=np.float32)
    low, high = np.maximum(corner, 0), np.minimum(corner + WINDOW_PX, values.shape[1:])
    rows, columns = (slice(*pair) for pair in zip(low - corner, high - corner, strict=True))
    window[:, rows, columns] = values[:, low[0] : high[0], low[1] : high[1]]
    return window


def _shares(case: CohortCase, seen: Channels) -> NDArray[np.float32]:
    """(3 v u) share of each pixel of the channels in left cavity, left wall and right cavity."""
    shape = (seen.values.shape[1], seen.values.shape[2])
    cavity, left = (_inside(outline, seen, shape) for outline in (case.contours.endo_px, case.contours.epi_px))
    right = _covered(case.right_ventricle, seen, shape)
    return np.stack([cavity, np.maximum(left - cavity, 0.0), right * (1.0 - left)])


def _inside(outline_px: NDArray[np.float64], seen: Channels, shape: tuple[int, int]) -> NDArray[np.float32]:
    fine = (seen.from_image(outline_px) + 0.5) * FINER - 0.5
    return _block_means(polygons.fill(fine, (shape[0] * FINER, shape[1] * FINER)))


def _covered(mask: NDArray[np.bool_], seen: Channels, shape: tuple[int, int]) -> NDArray[np.float32]:
    points = np.rint(seen.to_image(centres_px(shape, FINER))).astype(np.intp)
    inside = ((points >= 0) & (points < mask.shape)).all(axis=-1)
    rows, columns = np.clip(points, 0, np.array(mask.shape) - 1).transpose(2, 0, 1)
    return _block_means(mask[rows, columns] & inside)


def _block_means(fine: NDArray[np.bool_]) -> NDArray[np.float32]:
    rows, columns = (length // FINER for length in fine.shape)
    return np.asarray(fine.reshape(rows, FINER, columns, FINER).mean(axis=(1, 3)), dtype=np.float32)
