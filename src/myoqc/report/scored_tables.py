"""What an evaluation of scores found, as tables for people."""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from myoqc.aha import Segment
from myoqc.evaluate.scored import ALWAYS_CLEAN, EVERYTHING, IMAGES, SEGMENTS, TOO_FEW, WITHIN, Figure
from myoqc.records.heart import N_SEGMENTS
from myoqc.records.scored_cases import ScoredCases
from myoqc.report.sheet import Sheet

NONE = "–"
LEGEND = (
    "In brackets, intervals of 95 % by patient: for AUC by DeLong's method for clusters, else by drawing patients. "
    "An image has the highest score of its six segments; 'within maps' compares those of a map with one another. "
    "p: of no difference, paired; those of the six segments are adjusted for each other (Holm)."
)
FEW_PATIENTS = 30
"""With motion or without: below it the intervals of AUCs are rough."""
Key = tuple[str, str, str, str, str]
Found = Mapping[Key, Figure]


def what_was_read(cases: ScoredCases) -> list[str]:
    """How much of what, and how much of it moved; what the file says of simulation, if it says anything."""
    n_maps, n_patients = len(cases.case), len(set(cases.patient))
    lines = [f"{n_maps} slices with {n_maps * N_SEGMENTS} segments, of {n_patients} patients."]
    for name, motion in cases.labels.items():
        lines.append(
            f"Motion, says {name}: in {motion.mean():.1%} of segments, {motion.any(axis=1).mean():.1%} of images."
        )
    if cases.simulated is not None:
        lines.append(f"Simulated, says the file: {int(cases.simulated.sum())} of {n_maps} slices.")
    return lines


def cautions(cases: ScoredCases, figures: Sequence[Figure]) -> list[str]:
    """What makes the figures less sure than they look, why some are missing, and what was left aside."""
    lines = []
    for name, motion in cases.labels.items():
        for kind, of_kind in (("with", motion), ("without", ~motion)):
            patients = {cases.patient[place] for place in np.flatnonzero(of_kind.any(axis=1))}
            if len(patients) < FEW_PATIENTS:
                few = f"segments {kind} motion in {len(patients)} of {len(set(cases.patient))} patients"
                lines.append(f"{name}: {few}; intervals are rough below some {FEW_PATIENTS}.")
    lines += [f"No value: {why}." for why in _different(each.note for each in figures if _needs_a_reason(each))]
    if cases.unused:
        lines.append(f"Columns that were not used: {', '.join(cases.unused)}.")
    return lines


class _Told(NamedTuple):
    """The figures that tables are made of, and whose they are."""

    found: Found
    scorers: tuple[str, ...]
    differences: tuple[str, ...]
    baseline: tuple[str, ...]

    def cell(self, key: Key, *, brief: bool = False) -> str:
        return cell(self.found.get(key), signed=key[1] in self.differences, brief=brief)


def sheets(cases: ScoredCases, figures: Sequence[Figure]) -> list[Sheet]:
    """Tables of segments, images, each segment, and strata; those of each reference together.

    Differences have columns beside the scorers or, where they are several, tables of their own. There is no table of
    what was not asked.
    """
    found = {(each.reference, each.scorer, each.stratum, each.unit, each.measure): each for each in figures}
    asked = {each.scorer for each in figures}
    names = (tuple(cases.scores), tuple(cases.differences), (ALWAYS_CLEAN,))
    told = _Told(found, *(tuple(name for name in of_kind if name in asked) for of_kind in names))
    strata = [each for each in _different(each.stratum for each in figures) if each != EVERYTHING]
    made: list[Sheet] = []
    for reference in _different(each.reference for each in figures):
        made += [_overall(told, reference, unit, *columns) for unit in (SEGMENTS, IMAGES) for columns in _columns(told)]
        made += [_by_segment(told, reference, scorer) for scorer in told.scorers + told.differences]
        if strata:
            made += [_by_stratum(told, reference, scorer, strata) for scorer in told.scorers + told.baseline]
    return [each for each in made if each.rows]


def _columns(told: _Told) -> list[tuple[str, tuple[str, ...]]]:
    """What the tables of all cases add to their titles, and their columns."""
    if len(told.differences) < 2:
        return [("", told.scorers + told.differences + told.baseline)]
    return [("", told.scorers + told.baseline), (", differences", told.differences)]


def _overall(told: _Told, reference: str, unit: str, what: str, scorers: Sequence[str]) -> Sheet:
    """A row for each measure, a column for each scorer."""
    asked = [key for key in told.found if key[:3:2] == (reference, EVERYTHING) and key[1] in scorers]
    measures = [(unit, name) for name in _different(key[4] for key in asked if key[3] == unit)]
    if unit == SEGMENTS and any(key[3] == WITHIN for key in asked):
        measures.insert(1, (WITHIN, "AUC"))
    rows = [
        (
            f"{name} {WITHIN}" if of == WITHIN else name,
            *(told.cell((reference, scorer, EVERYTHING, of, name)) for scorer in scorers),
        )
        for of, name in measures
    ]
    counted = [_counted(told.found[key]) for key in asked if key[3] == unit][:1]
    return Sheet(f"Against {reference}: {unit}{what}{''.join(counted)}", ("", *scorers), tuple(rows))


def _by_segment(told: _Told, reference: str, scorer: str) -> Sheet:
    measures = _different(key[4] for key in told.found if key[1] == scorer and key[3] == Segment.ANTERIOR.word)
    rows = []
    for segment in Segment if measures else ():
        keys = ((reference, scorer, EVERYTHING, segment.word, name) for name in measures)
        rows.append((segment.word, *(told.cell(key, brief=key[4] != "AUC") for key in keys)))
    return Sheet(f"Against {reference}, {scorer}: each segment", ("", *measures), tuple(rows))


def _by_stratum(told: _Told, reference: str, scorer: str, strata: Sequence[str]) -> Sheet:
    columns = [(SEGMENTS, "AUC"), (WITHIN, "AUC"), (IMAGES, "AUC")]
    columns += [(SEGMENTS, name) for name in ("agreement", "sensitivity", "specificity")]
    if scorer == ALWAYS_CLEAN:
        columns = [(SEGMENTS, "agreement"), (IMAGES, "agreement")]
    rows = [
        (stratum, *(told.cell((reference, scorer, stratum, *column), brief=True) for column in columns))
        for stratum in strata
    ]
    head = ("", *(f"{name} {unit if unit == WITHIN else 'of ' + unit}" for unit, name in columns))
    return Sheet(f"Against {reference}, {scorer}: each kind of slice", head, tuple(rows))


def cell(figure: Figure | None, *, signed: bool = False, brief: bool = False) -> str:
    """A figure in a few words; ``signed`` as differences are; ``brief`` leaves out the interval."""
    if figure is None:
        return NONE
    if math.isnan(figure.value):
        return TOO_FEW if figure.note.startswith(TOO_FEW) else NONE
    form = "{:+.3f}" if signed else "{:.3f}"
    text = form.format(figure.value)
    if not brief and not math.isnan(figure.low) and figure.low < figure.high:
        text += f" ({form} to {form})".format(figure.low, figure.high)
    p_value = figure.p_value if math.isnan(figure.p_holm) else figure.p_holm
    return text if math.isnan(p_value) else f"{text} {_p_value(p_value)}"


def _p_value(p_value: float) -> str:
    return "p<.001" if p_value < 0.001 else f"p={p_value:.3f}".replace("0.", ".")


def _needs_a_reason(figure: Figure) -> bool:
    return bool(figure.note) and not figure.note.startswith(TOO_FEW)


def _counted(of_any: Figure) -> str:
    return f", {of_any.n_with} with motion, {of_any.n_without} without"


def _different(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))
