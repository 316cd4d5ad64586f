"""How good an answer is, as numbers: statistics only, of arrays that others made."""

from myoqc.evaluate.auc import auc, auc_difference, resampled_auc, resampled_auc_difference
from myoqc.evaluate.bootstrap import Interval, Resamples, Statistic, draw_resamples, interval, of_rows
from myoqc.evaluate.distance import OutlineDistance, insertion_error_deg, insertion_error_mm, outline_distance
from myoqc.evaluate.overlap import dice, segment_overlap, soft_dice
from myoqc.evaluate.segments import by_image, by_segment
from myoqc.evaluate.shares import resampled_difference, resampled_share

__all__ = [
    "Interval",
    "OutlineDistance",
    "Resamples",
    "Statistic",
    "auc",
    "auc_difference",
    "by_image",
    "by_segment",
    "dice",
    "draw_resamples",
    "insertion_error_deg",
    "insertion_error_mm",
    "interval",
    "of_rows",
    "outline_distance",
    "resampled_auc",
    "resampled_auc_difference",
    "resampled_difference",
    "resampled_share",
    "segment_overlap",
    "soft_dice",
]
