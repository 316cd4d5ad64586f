"""How good an answer is, as numbers: statistics only, of arrays that others made."""

from myoqc.evaluate.attention import ceiling, pointing, relative_share, share_inside
from myoqc.evaluate.auc import auc, auc_difference, resampled_auc, resampled_auc_difference
from myoqc.evaluate.bootstrap import Interval, Resamples, Statistic, draw_resamples, interval, of_rows
from myoqc.evaluate.distance import OutlineDistance, insertion_error_deg, insertion_error_mm, outline_distance
from myoqc.evaluate.located_by_attention import LocatedSegments, LocationError, locate_by_attention, location_error
from myoqc.evaluate.overlap import dice, segment_overlap, soft_dice
from myoqc.evaluate.segments import by_image, by_segment
from myoqc.evaluate.shares import resampled_difference, resampled_share

__all__ = [
    "Interval",
    "LocatedSegments",
    "LocationError",
    "OutlineDistance",
    "Resamples",
    "Statistic",
    "auc",
    "auc_difference",
    "by_image",
    "by_segment",
    "ceiling",
    "dice",
    "draw_resamples",
    "insertion_error_deg",
    "insertion_error_mm",
    "interval",
    "locate_by_attention",
    "location_error",
    "of_rows",
    "outline_distance",
    "pointing",
    "relative_share",
    "resampled_auc",
    "resampled_auc_difference",
    "resampled_difference",
    "resampled_share",
    "segment_overlap",
    "share_inside",
    "soft_dice",
]
