"""How good an answer is, as numbers: statistics only, of arrays that others made."""

from myoqc.evaluate.agreement import Agreement, agreement, resampled_ac1, resampled_agreement, resampled_kappa
from myoqc.evaluate.attention import (
    LocationError,
    ceiling,
    location_error,
    pointing,
    relative_share,
    share_inside,
)
from myoqc.evaluate.auc import auc, auc_difference, resampled_auc, resampled_auc_difference
from myoqc.evaluate.average_precision import average_precision, resampled_average_precision
from myoqc.evaluate.bca import bca_interval
from myoqc.evaluate.bootstrap import Interval, Resamples, Statistic, draw_resamples, interval, of_rows
from myoqc.evaluate.calibration import (
    BrierScore,
    ReliabilityCurve,
    brier_score,
    chance_calibration_error,
    expected_calibration_error,
    reliability_curve,
)
from myoqc.evaluate.clustered_delong import clustered_delong, clustered_delong_difference
from myoqc.evaluate.decision_curve import DecisionCurve, decision_curve, resampled_net_benefit
from myoqc.evaluate.delong import Area, AreaDifference, delong, delong_difference, unpaired_difference
from myoqc.evaluate.distance import OutlineDistance, insertion_error_deg, insertion_error_mm, outline_distance
from myoqc.evaluate.folds import FoldAgreement, FoldShares, Spread, fold_agreement, network_agreement, spread
from myoqc.evaluate.holm import holm
from myoqc.evaluate.intervals import IntervalFigures, errors_cut_by_abstaining, interval_figures, pinball_loss
from myoqc.evaluate.located_by_attention import LocatedSegments, locate_by_attention
from myoqc.evaluate.mcnemar import McNemarTest, clustered_mcnemar, mcnemar
from myoqc.evaluate.overlap import dice, segment_overlap, soft_dice
from myoqc.evaluate.rereading import Rereading, draw_rereading, every_map, only_disputed, resampled_over
from myoqc.evaluate.segments import by_image, by_segment
from myoqc.evaluate.selection_effect import Rescored, SelectionEffect, selection_effect
from myoqc.evaluate.sensitivity import (
    resampled_sensitivity_at_specificity,
    sensitivity_at_specificity,
    threshold_at_specificity,
)
from myoqc.evaluate.shares import resampled_difference, resampled_ratio, resampled_share
from myoqc.evaluate.three_readers import MACHINE, OPERATOR, SECOND, PairAgreement, ThreeReaders, three_readers
from myoqc.evaluate.two_readers import Coefficient
from myoqc.evaluate.who_is_right import MOVING, STILL, Compared, Rightness, who_is_right
from myoqc.evaluate.within_maps import auc_of_each_map, auc_within_maps, resampled_within_maps

__all__ = [
    "MACHINE",
    "MOVING",
    "OPERATOR",
    "SECOND",
    "STILL",
    "Agreement",
    "Area",
    "AreaDifference",
    "BrierScore",
    "Coefficient",
    "Compared",
    "DecisionCurve",
    "FoldAgreement",
    "FoldShares",
    "Interval",
    "IntervalFigures",
    "LocatedSegments",
    "LocationError",
    "McNemarTest",
    "OutlineDistance",
    "PairAgreement",
    "ReliabilityCurve",
    "Rereading",
    "Resamples",
    "Rescored",
    "Rightness",
    "SelectionEffect",
    "Spread",
    "Statistic",
    "ThreeReaders",
    "agreement",
    "auc",
    "auc_difference",
    "auc_of_each_map",
    "auc_within_maps",
    "average_precision",
    "bca_interval",
    "brier_score",
    "by_image",
    "by_segment",
    "ceiling",
    "chance_calibration_error",
    "clustered_delong",
    "clustered_delong_difference",
    "clustered_mcnemar",
    "decision_curve",
    "delong",
    "delong_difference",
    "dice",
    "draw_rereading",
    "draw_resamples",
    "errors_cut_by_abstaining",
    "every_map",
    "expected_calibration_error",
    "fold_agreement",
    "holm",
    "insertion_error_deg",
    "insertion_error_mm",
    "interval",
    "interval_figures",
    "locate_by_attention",
    "location_error",
    "mcnemar",
    "network_agreement",
    "of_rows",
    "only_disputed",
    "outline_distance",
    "pinball_loss",
    "pointing",
    "relative_share",
    "reliability_curve",
    "resampled_ac1",
    "resampled_agreement",
    "resampled_auc",
    "resampled_auc_difference",
    "resampled_average_precision",
    "resampled_difference",
    "resampled_kappa",
    "resampled_net_benefit",
    "resampled_over",
    "resampled_ratio",
    "resampled_sensitivity_at_specificity",
    "resampled_share",
    "resampled_within_maps",
    "segment_overlap",
    "selection_effect",
    "sensitivity_at_specificity",
    "share_inside",
    "soft_dice",
    "spread",
    "three_readers",
    "threshold_at_specificity",
    "unpaired_difference",
    "who_is_right",
]
