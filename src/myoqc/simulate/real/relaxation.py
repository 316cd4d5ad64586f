"""What a T1 map tells about the tissues of a real image."""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from myoqc.simulate.physics.tissues import Tissue, tissues_at
from myoqc.simulate.real.labels import Labels

FloatMap = NDArray[np.float32]
BoolArray = NDArray[np.bool_]

BETWEEN_FIELDS_MS = 1130.0
"""Native myocardium shows a shorter T1 at 1.5 T, a longer one at 3 T."""
TOLD_BY_T1 = (Tissue.FAT, Tissue.LIVER, Tissue.MUSCLE, Tissue.SPLEEN, Tissue.BLOOD)


def paint_by_t1(labels: Labels, t1_ms: FloatMap, wall: BoolArray) -> None:
    """Give what lies around the heart the tissue with the nearest T1; its part stays.

    The map and the table need not agree on the whole: both are held against the myocardium. Lung, bone, gas and what
    the map does not know stay as they are.
    """
    t1_ms, scale, table = _against_table(t1_ms, wall)
    known = np.isfinite(t1_ms) & np.isin(labels.tissue, TOLD_BY_T1)
    of_tissue_ms = scale * np.array([table[tissue] for tissue in TOLD_BY_T1])
    nearest = np.abs(t1_ms[known][:, None] - of_tissue_ms).argmin(axis=1)
    labels.tissue[known] = np.array(TOLD_BY_T1, dtype=np.int8)[nearest]


def altered_share(t1_ms: FloatMap, wall: BoolArray) -> FloatMap:
    """Share (y x) of altered myocardium that, mixed with sound one, has the T1 of the map; 0 to 1, 0 where unknown.

    T1 of a mixture is taken as the mean by shares, which holds for tissues so alike. Nothing shorter than sound
    myocardium and nothing longer than altered one can be made so.
    """
    t1_ms, scale, table = _against_table(t1_ms, wall)
    sound_ms, altered_ms = scale * table[Tissue.MYOCARDIUM], scale * table[Tissue.SCAR]
    share = np.clip((t1_ms - sound_ms) / (altered_ms - sound_ms), 0.0, 1.0)
    return np.where(wall & np.isfinite(share), share, 0.0).astype(np.float32)


def _against_table(t1_ms: FloatMap, wall: BoolArray) -> tuple[FloatMap, float, dict[Tissue, float]]:
    """The map without its single outliers, the factor from the table to the map, and the table of T1 in ms."""
    smooth = ndimage.median_filter(np.nan_to_num(t1_ms, nan=0.0), 3)
    wall_ms = float(np.nanmedian(t1_ms[wall]))
    values = tissues_at(1.5 if wall_ms < BETWEEN_FIELDS_MS else 3.0)
    table = {tissue: value.t1_ms for tissue, value in values.items()}
    return np.where(smooth > 0, smooth, np.float32(np.nan)), wall_ms / table[Tissue.MYOCARDIUM], table
