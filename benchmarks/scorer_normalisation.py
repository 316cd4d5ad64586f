"""Other ways to scale what a network sees, for the experiment that chose those of ``myoqc.score.inputs``.

Statistics of the segments stay as they are: they go past the maps, so that maps alone show what a scale does.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from myoqc.score.segment_statistics import MISFIT_MIDDLE, MISFIT_SPREAD
from myoqc.train.scorer_examples import ScorerExamples

R2_MIDDLE, R2_SPREAD = 0.98, 0.02
"""Of R² as it is, so that its numbers are of the size of others."""


def plain(examples: ScorerExamples) -> ScorerExamples:
    """T1 in s, R² as it is, and images against the brightest pixel of the crop."""
    wall = examples.segment > 0
    t1, r2, stack = examples.t1.copy(), examples.r2.copy(), examples.stack.copy()
    for one, wall_t1_ms in enumerate(examples.wall_t1_ms):
        fitted = examples.t1[one] != 0.0
        of_wall = examples.t1[one][wall[one] & fitted].astype(np.float32)
        usual_s = wall_t1_ms / 1000.0 / np.exp(np.median(of_wall)) if of_wall.size else 1.0
        t1[one] = np.where(fitted, np.nan_to_num(usual_s, nan=1.0) * np.exp(examples.t1[one].astype(np.float32)), 0.0)
        misfit = 10.0 ** (examples.r2[one].astype(np.float32) * MISFIT_SPREAD + MISFIT_MIDDLE)
        r2[one] = np.where(examples.r2[one] != 0.0, (1.0 - misfit - R2_MIDDLE) / R2_SPREAD, 0.0)
        stack[one] = examples.stack[one] / max(float(examples.stack[one].max()), 1e-3)
    return replace(examples, t1=_locked(t1), r2=_locked(r2), stack=_locked(stack))


def each_image(examples: ScorerExamples) -> ScorerExamples:
    """Every image by itself, with mean 0 and standard deviation 1 over the crop, as is usual for photographs."""
    stack = examples.stack.copy()
    for one, n_images in enumerate(examples.n_images):
        images = examples.stack[one, :n_images].astype(np.float32)
        spread = np.maximum(images.std(axis=(1, 2), keepdims=True), 1e-3)
        stack[one, :n_images] = (images - images.mean(axis=(1, 2), keepdims=True)) / spread
    return replace(examples, stack=_locked(stack))


def _locked(array: NDArray[np.float16]) -> NDArray[np.float16]:
    """The same array, which the record takes as it is."""
    array.flags.writeable = False
    return array


NORMALISATIONS: Mapping[str, Callable[[ScorerExamples], ScorerExamples]] = {
    "shipped": lambda examples: examples,
    "plain": plain,
    "each-image": each_image,
}
