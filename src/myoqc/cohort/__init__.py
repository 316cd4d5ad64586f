"""Whole cohorts of simulated cases: made by several processes, fitted as users fit, stored, and read again.

What needs the store is imported when it is first used, so that whoever makes a single case does not wait for it.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from myoqc.cohort.case import CohortCase
from myoqc.cohort.harm import Harm
from myoqc.cohort.make import make_case
from myoqc.cohort.scanned import scanned

if TYPE_CHECKING:
    from myoqc.cohort.build import Request, make_cohort
    from myoqc.cohort.read import Cohort

__all__ = ["Cohort", "CohortCase", "Harm", "Request", "make_case", "make_cohort", "scanned"]

_STORE = {"Cohort": "read", "Request": "build", "make_cohort": "build"}


def __getattr__(name: str) -> Any:
    if name not in _STORE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_STORE[name]}"), name)
