"""Shares, coefficients and their spread as words in a table."""

import math
from collections.abc import Callable

from myoqc.evaluate import Spread
from myoqc.evaluate.scored.figure import Estimate

NONE = "–"
"""Of what has no value."""


def percent(share: float) -> str:
    """``91.7 %``."""
    return NONE if math.isnan(share) else f"{share:.1%}".replace("%", " %")


def percent_spread(found: Spread, n_folds: int) -> str:
    """``91.7 ± 0.4 %``; says of how many folds where not all ``n_folds`` have a value."""
    return _of_folds(f"{found.mean:.1%}".rstrip("%"), f" ± {found.sd:.1%}".rstrip("%"), " %", found, n_folds)


def number_spread(found: Spread, n_folds: int) -> str:
    """``0.897 ± 0.012``, as :func:`percent_spread`."""
    return _of_folds(f"{found.mean:.3f}", f" ± {found.sd:.3f}", "", found, n_folds)


def percent_interval(found: Estimate) -> str:
    """``83.0 % (80.1 to 85.6)``, or the value alone where it has no interval."""
    if math.isnan(found.value):
        return NONE
    return percent(found.value) + _between(found, lambda value: f"{100.0 * value:.1f}")


def points_interval(found: Estimate) -> str:
    """A difference of two shares, in percentage points: ``+4.6 (+3.2 to +6.1)``."""
    return NONE if math.isnan(found.value) else _points(found.value) + _between(found, _points)


def number_interval(found: Estimate, *, signed: bool = False) -> str:
    """``0.612 (0.580 to 0.644)``; a difference is ``signed``."""
    form = _signed if signed else "{:.3f}".format
    return NONE if math.isnan(found.value) else form(found.value) + _between(found, form)


def p_value(p: float) -> str:
    """``p < 0.001``, ``p = 0.043``."""
    return "p < 0.001" if p < 0.001 else f"p = {p:.3f}"


def _of_folds(mean: str, sd: str, unit: str, found: Spread, n_folds: int) -> str:
    if math.isnan(found.mean):
        return NONE
    told = mean + ("" if math.isnan(found.sd) else sd) + unit
    return told if found.n_folds == n_folds else f"{told} ({found.n_folds} of {n_folds} folds)"


def _between(found: Estimate, form: Callable[[float], str]) -> str:
    return f" ({form(found.low)} to {form(found.high)})" if found.low < found.high else ""


def _points(share: float) -> str:
    return f"{100.0 * share:+.1f}".replace("-", "−")


def _signed(value: float) -> str:
    return f"{value:+.3f}".replace("-", "−")
