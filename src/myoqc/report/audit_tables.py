"""What an audit of labels found, as tables for people; measured on simulated readers, and said so."""

import math
from collections.abc import Mapping

from myoqc.evaluate.audit import AUC, SHARES, UNITS, AuditFigure, AuditResult, Errors, found_at
from myoqc.report.sheet import Sheet

NONE = "–"
LEGEND = (
    "In brackets, intervals of 95 % by patient: for AUC by DeLong's method for clusters, else by drawing patients, the "
    "list taken as it is. 'Chance' is what re-reading as many maps in any order would find, 'at best' what it would in "
    "the order of how much is wrong. Of segments, |label − score| is what cleanlab takes, too; they differ in how a "
    "map is ranked by its six."
)


def sheets(result: AuditResult) -> list[Sheet]:
    """How well the list finds errors, which errors there are, what re-reading mends, and who is right how often."""
    return [_finding(result), _kinds(result), _rereading(result), _raters(result)]


def _finding(result: AuditResult) -> Sheet:
    found = {(each.by, each.unit, each.measure): each for each in result.figures}
    methods = tuple(dict.fromkeys(each.by for each in result.figures))
    rows = []
    for unit in UNITS:
        for measure in (AUC, *map(found_at, SHARES)):
            rows.append((f"{unit}: {measure}", *(_cell(found[method, unit, measure]) for method in methods)))
    wrong = {unit: next(each for each in result.figures if each.unit == unit) for unit in UNITS}
    counted = ", ".join(f"{each.n_wrong} of {each.n} {unit}" for unit, each in wrong.items())
    return Sheet(f"SIMULATED: finding what is wrong, {counted}", ("", *methods), tuple(rows))


def _kinds(result: AuditResult) -> Sheet:
    rows = tuple(
        (kind.name, str(kind.n_maps), str(kind.n_labels), *(_share(value) for value in kind.found))
        for kind in result.kinds
    )
    head = ("", "maps", "wrong labels", *(f"in first {share:.0%}" for share in SHARES))
    return Sheet(
        f"SIMULATED: how the labels err, and which share of the maps is found by {result.ranking.by}", head, rows
    )


def _rereading(result: AuditResult) -> Sheet:
    again, n_maps = result.rereading, len(result.labels.case)
    n_labels = result.labels.label.size
    rows = (
        ("before", _count(again.before.segments, n_labels), _count(again.before.maps, n_maps)),
        ("after", _count(again.after.segments, n_labels), _count(again.after.maps, n_maps)),
        ("mended", _mended(again.before, again.after, "segments"), _mended(again.before, again.after, "maps")),
    )
    title = (
        f"SIMULATED: the first {again.share:.0%} re-read by the second reader, {again.n_changed} labels changed in "
        f"{again.n_maps_changed} of {int(again.reread.sum())} maps"
    )
    return Sheet(title, ("", "wrong labels", "maps with any"), rows)


def _raters(result: AuditResult) -> Sheet:
    guessed: Mapping[str, tuple[float, float]] = {
        each.name: (each.sensitivity, each.specificity) for each in result.raters
    }
    rows = tuple(
        (name, *map(_share, (known.sensitivity, known.specificity)), *map(_share, guessed[name] if guessed else ()))
        for name, known in result.known.items()
    )
    head = ("", "sensitivity", "specificity")
    thought = ("sensitivity, Dawid–Skene", "specificity, Dawid–Skene") if guessed else ()
    return Sheet("SIMULATED: how often who is right about a segment", (*head, *thought), rows)


def _cell(figure: AuditFigure) -> str:
    text = f"{figure.value:.3f}"
    return text if math.isnan(figure.low) else f"{text} ({figure.low:.3f} to {figure.high:.3f})"


def _share(value: float) -> str:
    return NONE if math.isnan(value) else f"{value:.3f}"


def _count(number: int, of_all: int) -> str:
    return f"{number} of {of_all} ({number / of_all:.1%})"


def _mended(before: Errors, after: Errors, unit: str) -> str:
    first, then = getattr(before, unit), getattr(after, unit)
    return f"{first - then} ({(first - then) / first:.0%})" if first else NONE
