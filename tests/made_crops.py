"""Crops made of noise, or of nothing but one value, with six blocks for segments."""

from dataclasses import replace

import numpy as np

from myoqc.records import CROP_PX, Crop, Placement
from segment_blocks import segment_blocks

TI_MS = [100.0, 180.0, 260.0, 1000.0, 2000.0]
MASKS = segment_blocks() == np.arange(1, 7)[:, None, None]


def a_crop(seed=0, **fields):
    """Noise, with six blocks for segments."""
    rng = np.random.default_rng(seed)
    side = (CROP_PX, CROP_PX)
    return replace(
        Crop(
            irw=rng.uniform(10.0, 200.0, (len(TI_MS), *side)).astype(np.float32),
            t1_ms=rng.uniform(900.0, 1800.0, side).astype(np.float32),
            r2=rng.uniform(0.9, 0.999, side).astype(np.float32),
            ti_ms=np.array(TI_MS),
            placement=Placement(np.array([100.0, 100.0])),
            masks=MASKS,
        ),
        **fields,
    )


def an_even_crop(**fields):
    """Everything alike everywhere."""
    side = (CROP_PX, CROP_PX)
    even = {"irw": np.full((len(TI_MS), *side), 50.0), "t1_ms": np.full(side, 1000.0), "r2": np.full(side, 0.99)}
    return a_crop(**{name: values.astype(np.float32) for name, values in even.items()} | fields)


def changed(values, where, to):
    """A copy with other values."""
    copy = values.copy()
    copy[where] = to
    return copy
