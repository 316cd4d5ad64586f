"""Where the scorer looked, on the pixels of the image."""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from myoqc.aha import Segment
from myoqc.locate import put_back
from myoqc.records import CROP_PX, Assessment

TITLES = {"grad-cam": "Grad-CAM: where it looked", "saliency": "Saliency: what changes it"}
"""By the method of the maps."""
MOST_PERCENT = {"grad-cam": 100.0, "saliency": 99.5}
"""What is shown as most: saliency is so sharp that a few pixels would leave all others dark."""


def attention_map(assessment: Assessment) -> NDArray[np.float32] | None:
    """(y x) what the scores of :func:`shown_segments` were drawn from, as a share of its most; NaN beyond the crop.

    None where the scorer says nothing of it.
    """
    scores = assessment.scores
    if scores is None or scores.attention is None:
        return None
    attention = scores.attention
    together = attention.maps[list(shown_segments(assessment))].sum(axis=0).astype(np.float64)
    zoom = CROP_PX / np.array(together.shape)
    fine = ndimage.zoom(together, zoom, order=1, mode="nearest", grid_mode=True)
    most = np.percentile(fine, MOST_PERCENT[attention.method])
    shares = np.minimum(fine / most, 1.0) if most > 0.0 else np.zeros_like(fine)
    return put_back(shares, attention.placement, assessment.acquisition.grid)


def shown_segments(assessment: Assessment) -> tuple[Segment, ...]:
    """The segments with motion; where there are none, the one that is most suspect; none where none was scored."""
    scores = assessment.scores
    if scores is None or np.isnan(scores.probability).all():
        return ()
    moved = tuple(Segment(int(number)) for number in np.flatnonzero(scores.motion))
    return moved or (Segment(int(np.nanargmax(scores.probability))),)
