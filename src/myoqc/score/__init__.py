"""Probability of motion for each segment; every scorer stands behind the same interface."""

from myoqc.score.network_scorer import NetworkScorer, default_scorer, read_scorer
from myoqc.score.r2_rule import R2Rule, plain_rule
from myoqc.score.scorer import Scorer

__all__ = ["NetworkScorer", "R2Rule", "Scorer", "default_scorer", "plain_rule", "read_scorer"]
