"""Whole cohorts of simulated cases: made by several processes, fitted as users fit, stored, and read again."""

from myoqc.cohort.build import Request, make_cohort
from myoqc.cohort.case import CohortCase
from myoqc.cohort.harm import Harm
from myoqc.cohort.make import make_case
from myoqc.cohort.read import Cohort
from myoqc.cohort.scanned import scanned

__all__ = ["Cohort", "CohortCase", "Harm", "Request", "make_case", "make_cohort", "scanned"]
