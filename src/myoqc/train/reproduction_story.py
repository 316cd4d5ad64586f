"""What a reproduction found, told part by part beside the paper: SIMULATED all of it [Zhang2020]."""

from collections.abc import Iterator, Sequence

import numpy as np

from myoqc.evaluate import Rightness
from myoqc.evaluate.scored import ALWAYS_CLEAN, EVERYTHING, IMAGES, SEGMENTS, Figure
from myoqc.records.scored_cases import MINUS
from myoqc.report.figures_in_words import percent, points_interval
from myoqc.report.scored_tables import cell, sheets
from myoqc.report.sheet import Sheet
from myoqc.report.story import Part
from myoqc.train.crossval_cases import TRUTH
from myoqc.train.crossval_labels import CORRECTED
from myoqc.train.reproduction import REREAD, Scored
from myoqc.train.reproduction_figures import UNITS, Measured, Reproduced
from myoqc.train.reproduction_parts import (
    file_name,
    told_attention,
    told_disturbed,
    told_folds,
    told_kinds,
    told_scores,
)
from myoqc.train.reproduction_readers import told_rightness, told_selection, told_three_readers

AUC, AGREEMENT = "AUC", "agreement"
TITLE = "SIMULATED: motion in T1 maps, cross-validated"


def lead(scored: Scored, found: Reproduced) -> list[str]:
    """The sentences for someone who reads no further."""
    clean, wanted = found.clean, scored.wanted
    n_maps, n_patients = len(clean.cases.case), len(set(clean.cases.patient))
    n_others = 0 if found.disturbed is None else len(found.disturbed.cases.case)
    still = percent(_figure(clean, TRUTH, ALWAYS_CLEAN, SEGMENTS, AGREEMENT).value)
    trial = " A trial run: these figures mean nothing." if wanted.scale == "smoke" else ""
    opening = (
        f"{n_maps} simulated maps of {n_patients} subjects, and {n_others} more with another artefact, each scored by "
        f"networks that have not learnt from its subject. They learnt from the labels of the {wanted.labels}. Whoever "
        f"never finds motion is right in {still} of segments. In brackets, intervals of 95 % by subject.{trial}"
    )
    return [opening, *_of_differences(clean), *_of_rightness(scored, found.rightness[scored.first])]


def parts(scored: Scored, found: Reproduced) -> list[Part]:
    """Every part of the story, with its tables and pictures."""
    told = [told_scores(found.clean), told_folds(found), told_attention(scored, found), *told_disturbed(found)]
    told += [told_three_readers(scored, found), told_rightness(scored, found), told_selection(scored, found)]
    told += [*_corrected(found), *_outlines(scored, found), *_seeds(found), told_kinds(found.clean), _work(scored)]
    return told


def _of_differences(clean: Measured) -> Iterator[str]:
    for name in clean.cases.differences:
        said = [f"{cell(_figure(clean, TRUTH, name, unit), signed=True)} over {unit}" for unit in (SEGMENTS, IMAGES)]
        yield f"AUC against the truth, {name}: {', '.join(said)}."


def _figure(measured: Measured, reference: str, scorer: str, unit: str, measure: str = AUC) -> Figure:
    wanted = (reference, scorer, EVERYTHING, unit, measure)
    found = ((of.reference, of.scorer, of.stratum, of.unit, of.measure) for of in measured.figures)
    return measured.figures[list(found).index(wanted)]


def _of_rightness(scored: Scored, found: Sequence[Rightness]) -> Iterator[str]:
    for each in found:
        if each.stratum == EVERYTHING and each.measures:
            of = each.measures[AGREEMENT]
            shares = f"{scored.first} {percent(of.machine.value)}, the operator {percent(of.operator.value)}"
            difference = points_interval(of.difference)
            yield f"Right, by the truth, in {each.unit}: {shares}; difference in points {difference}."


def _corrected(found: Reproduced) -> list[Part]:
    cases = found.clean.cases
    names = [name for name in cases.differences if name.startswith(f"{CORRECTED}{MINUS}")]
    head = ("against", "unit", "measure", CORRECTED, *names)
    rows = tuple(
        (
            *(each.reference, each.unit, each.measure),
            cell(_figure(found.clean, each.reference, CORRECTED, each.unit, each.measure)),
            cell(each, signed=True),
        )
        for each in found.clean.figures
        if each.scorer in names and each.unit in UNITS
    )
    sentence = (
        f"The {REREAD:.0%} of the maps whose labels are the most suspicious by out-of-fold scores were read again by "
        "the second reader, and networks learnt once more from what the labels are now. They are held against the "
        "truth, and against the operator's labels as they were. Which labels are suspicious was judged by all folds "
        "together, so that labels of tested maps have a part in which labels of trained maps were read again; and what "
        "as many maps, drawn by chance, would gain by a second reading was not measured."
    )
    table = Sheet("SIMULATED: what corrected labels gain", head, rows)
    return [Part("corrected", "Learning again from corrected labels", (sentence,), {"corrected": table})] * bool(names)


def _outlines(scored: Scored, found: Reproduced) -> list[Part]:
    if found.outlines is None:
        return []
    sentence = (
        "Trained on → tested on. The paper replaced outlines in training and found no significant difference. In "
        f"{len(scored.not_found)} of {len(scored.examples)} slices no segments were found; they are not in these "
        "tables, and networks of automatic outlines did not learn from them. Differences are paired; "
        "one whose interval holds 0 is not shown to be one."
    )
    tables = {f"outlines-{file_name(of.title)}": of for of in sheets(found.outlines.cases, found.outlines.figures)}
    return [Part("outlines", "Automatic outlines in place of true ones", (sentence,), tables)]


def _seeds(found: Reproduced) -> list[Part]:
    n_seeds = max(len(values) for of in found.seeds.values() for values in of.values())
    head = ("AUC against the truth", "arm", "mean ± sd", *(f"seed {seed}" for seed in range(n_seeds)))
    rows = tuple(
        (unit, arm, f"{np.mean(values):.3f} ± {np.std(values, ddof=1):.3f}", *(f"{value:.3f}" for value in values))
        for unit, of in found.seeds.items()
        for arm, values in of.items()
        if len(values) == n_seeds > 1
    )
    sentence = "A difference between arms that is smaller than their spread over seeds is not shown to be one."
    return [Part("seeds", "Several seeds", (sentence,), {"seeds": Sheet("SIMULATED: seeds", head, rows)})] * bool(rows)


def _work(scored: Scored) -> Part:
    rows = tuple((name, f"{minutes:.1f}") for name, minutes in scored.minutes.items())
    recipe, total = scored.wanted.recipe, sum(scored.minutes.values())
    sentence = (
        f"{len(rows)} trainings of the preset '{recipe.preset}', {recipe.schedule.epochs} epochs at most; {total:.0f} "
        "minutes in all, side by side where there was room. A training that was stopped tells only its last part."
    )
    table = Sheet("Minutes of each training", ("training", "minutes"), rows)
    return Part("work", "What was trained", (sentence,), {"minutes": table})
