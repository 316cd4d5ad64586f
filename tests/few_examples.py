"""Examples for a scorer that need no simulation: noise, in which T1 tells segments apart and R² those that move."""

from dataclasses import replace

import numpy as np

from myoqc.records import CROP_PX
from myoqc.score.apparent_motion import APPARENT_PX
from myoqc.score.segment_statistics import N_STATISTICS
from myoqc.train.scorer_examples import FEATURES, MOST_IMAGES, ScorerExamples
from myoqc.train.scorer_network import COMPACT, PAPER
from segment_blocks import segment_blocks

TINY = replace(COMPACT, widths=(8, 8, 8, 8), strides=(1, 1, 1, 1), first_stride=8)
"""Maps of 20 × 20 cells, as the preset that it stands for."""
TINY_PAPER = replace(PAPER, widths=(2, 2, 4, 4), blocks=(1, 1, 1, 1), first_stride=8)
TWO_BATCHES = (5, 5, 5, 7, 7, 7)
"""Numbers of images: two batches of up to four slices."""


def made_examples(n_images=TWO_BATCHES, seed=0, **fields):
    """As many slices as there are numbers of images; ``fields`` take the place of what is drawn."""
    rng, n = np.random.default_rng(seed), len(n_images)
    motion = rng.random((n, 6)) < 0.4
    segment = np.broadcast_to(segment_blocks(), (n, CROP_PX, CROP_PX))
    moves = np.take_along_axis(np.pad(motion, ((0, 0), (1, 0))), segment.reshape(n, -1).astype(int), axis=1)
    noise = rng.normal(size=(n, 2, CROP_PX, CROP_PX)) / 4
    there = np.arange(MOST_IMAGES) < np.array(n_images)[:, None]
    return ScorerExamples(
        **{
            "stack": rng.random((n, MOST_IMAGES, CROP_PX, CROP_PX)).astype(np.float16) * there[..., None, None],
            "n_images": np.array(n_images),
            "t1": (noise[:, 0] + segment / 2.0 - 2.0).astype(np.float16),
            "r2": (noise[:, 1] + 2.0 * moves.reshape(segment.shape)).astype(np.float16),
            "ti": np.where(there, rng.normal(size=(n, MOST_IMAGES)), 0.0).astype(np.float32),
            "apparent": rng.random((n, 2, APPARENT_PX, APPARENT_PX)).astype(np.float16),
            "statistics": rng.normal(size=(n, 6, N_STATISTICS)).astype(np.float32),
            "segment": segment,
            "motion": motion,
            "operator": motion,
            "error_ms": np.where(motion, 150.0, np.nan).astype(np.float32),
            "artefact": np.arange(n) % 6 - 1,
            "way_mm": motion.any(axis=1).astype(np.float32),
            "distractor": np.array(["none"] * n),
            "subject": np.array([f"S{number // 2}" for number in range(n)]),
            "sequence": np.array([("ShMOLLI", "shmolli")] * n),
            "features": rng.normal(1000.0, 1.0, (n, len(FEATURES))),
        }
        | fields
    )
