"""Probability of motion for each segment; every scorer stands behind the same interface."""

from myoqc.score.r2_rule import R2Rule, default_scorer
from myoqc.score.scorer import Scorer

__all__ = ["R2Rule", "Scorer", "default_scorer"]
