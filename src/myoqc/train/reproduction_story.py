"""What a reproduction found, told part by part beside the paper: SIMULATED all of it [Zhang2020]."""

from collections.abc import Iterator, Sequence

import numpy as np

from myoqc.evaluate import Rightness
from myoqc.evaluate.scored import EVERYTHING, IMAGES, SEGMENTS, Figure
from myoqc.evaluate.selection_effect import DISPUTED
from myoqc.evaluate.who_is_right import MOVING, STILL
from myoqc.records.scored_cases import MINUS
from myoqc.report.figures_in_words import percent, points_interval
from myoqc.report.readers_tables import figure_8, figure_8_by_design, right, right_by_stratum, selection
from myoqc.report.reproduced_pictures import table_1_picture, three_readers_picture
from myoqc.report.reproduced_tables import other_artefacts, table_1
from myoqc.report.scored_pictures import pictures
from myoqc.report.scored_tables import LEGEND, cell, sheets
from myoqc.report.sheet import Sheet
from myoqc.report.story import Drawing, Part
from myoqc.train.attention_pictures import attention_picture, clean_cases, disturbed_cases, maps_of, segments_picture
from myoqc.train.crossval_cases import OPERATOR, TRUTH
from myoqc.train.crossval_labels import CORRECTED
from myoqc.train.reproduction import REREAD, Scored
from myoqc.train.reproduction_figures import CALLED_FROM, Measured, Reproduced

AUC, AGREEMENT = "AUC", "agreement"
TITLE = "SIMULATED: motion in T1 maps, cross-validated"


def lead(scored: Scored, found: Reproduced) -> list[str]:
    """The sentences for someone who reads no further."""
    clean = found.clean.cases
    n_maps, n_patients = len(clean.case), len(set(clean.patient))
    opening = (
        f"{n_maps} simulated maps of {n_patients} subjects, and {_n_disturbed(found)} more with another artefact, each "
        f"scored by networks that have not learnt from its subject; learnt from the labels of the {scored.wanted.labels}. "
        f"In brackets, intervals of 95 % by subject."
    )
    return [opening, *_of_differences(scored, found.clean), *_of_rightness(scored, found.rightness[scored.first])]


def parts(scored: Scored, found: Reproduced) -> list[Part]:
    """Every part of the story, with its tables and pictures."""
    told = [_scores(found.clean), _folds(found), *_attention(scored, found), *_elsewhere(found)]
    told += [_three_readers(scored, found), _who_is_right(scored, found), _selection(scored, found)]
    told += [*_corrected(found), *_outlines(scored, found), *_seeds(found), _work(scored)]
    return told


def _n_disturbed(found: Reproduced) -> int:
    return 0 if found.disturbed is None else len(found.disturbed.cases.case)


def _of_differences(scored: Scored, clean: Measured) -> Iterator[str]:
    for name in clean.cases.differences:
        said = [f"{cell(_figure(clean, TRUTH, name, unit), signed=True)} over {unit}" for unit in (SEGMENTS, IMAGES)]
        yield f"AUC against the truth, {name}: {', '.join(said)}."


def _figure(measured: Measured, reference: str, scorer: str, unit: str, measure: str = AUC) -> Figure:
    wanted = (reference, scorer, EVERYTHING, unit, measure)
    return next(
        each
        for each in measured.figures
        if (each.reference, each.scorer, each.stratum, each.unit, each.measure) == wanted
    )


def _of_rightness(scored: Scored, found: Sequence[Rightness]) -> Iterator[str]:
    for each in found:
        if each.stratum == EVERYTHING and each.measures:
            compared = each.measures[AGREEMENT]
            yield (
                f"Who is right, by the truth ({each.unit}): {scored.first} {percent(compared.machine.value)}, the operator "
                f"{percent(compared.operator.value)}; difference in points {points_interval(compared.difference)}."
            )


def _scores(clean: Measured) -> Part:
    drawn = pictures(clean.curves)
    captions = {
        "roc": "ROC curves (the paper's Fig. 6), with a band of 95 % by subject for the scorer in question.",
        "reliability": "Of cases with a score, the share that has motion.",
        "decision": "Net benefit of acting on a score.",
    }
    return Part(
        "scores",
        "How well motion is told",
        (
            f"Scores are probabilities calibrated on the validated fold; a segment is called from {CALLED_FROM:g} on, so no "
            "threshold is chosen on tested cases. Figures against the operator and against the truth are never mixed.",
            LEGEND,
        ),
        {_slug(each.title): each for each in sheets(clean.cases, clean.figures)},
        tuple(Drawing(name, text, drawn[f"{name}.png"], drawn[f"{name}.svg"]) for name, text in captions.items()),
    )


def _folds(found: Reproduced) -> Part:
    return Part(
        "table-1",
        "Agreement in each fold, beside the paper's Table 1",
        (
            "Mean ± standard deviation over the five folds. 'Always clean' is not a column here: its agreement stands in "
            "the tables above. The paper's columns stand in the table against the operator, its reference.",
        ),
        {f"table-1-{reference}": table_1(each, reference) for reference, each in found.folds.items()},
        tuple(
            _drawing(table_1_picture(each, reference), f"Agreement and AUC by fold, against the {reference}.")
            for reference, each in found.folds.items()
        ),
    )


def _attention(scored: Scored, found: Reproduced) -> list[Part]:
    rows = tuple(
        (
            each.cases,
            each.measure,
            each.arm,
            f"{each.found.value:.3f} ({each.found.low:.3f} to {each.found.high:.3f})",
            "–"
            if each.against_first is None
            else f"{each.against_first.value:+.3f} ({each.against_first.low:+.3f} to {each.against_first.high:+.3f})",
            str(each.n_maps),
            str(each.n_silent),
        )
        for each in found.attention
    )
    head = ("maps", "measure", "arm", "mean", "less the first arm", "maps that speak", "silent")
    cases = {"figure-5": clean_cases(scored.examples), "figure-7": disturbed_cases(scored.examples)}
    drawings = []
    for name, chosen in cases.items():
        if chosen:
            maps = {arm: maps_of(each, list(chosen.values())) for arm, each in scored.attention.items()}
            drawings.append(
                _drawing(
                    {f"{name}.{kind}": of for kind, of in attention_picture(scored.examples, chosen, maps).items()},
                    f"As the paper's {name.replace('figure-', 'Fig. ')}: last image, T1 and R², then where the networks of "
                    "each arm look for the segments that moved (white), out of fold. Slices are chosen by a rule: "
                    f"{'the first with a distractor' if name == 'figure-5' else 'the first of each kind of artefact'}.",
                )
            )
    first = next(iter(cases["figure-5"].values()), None)
    if first is not None:
        maps = {arm: maps_of(each, [first])[0] for arm, each in scored.attention.items()}
        picture = {f"segments.{kind}": of for kind, of in segments_picture(scored.examples, first, maps).items()}
        drawings.append(_drawing(picture, "The first of these slices, segment by segment; * = moved."))
    return [
        Part(
            "attention",
            "Where the networks look (Fig. 5 and 7)",
            (
                "Grad-CAM of the segment that is scored. Maps that are 0 everywhere are silent and left out of the means, "
                "so means of two arms are of different maps: see how many are silent. A peak inside the segment is easily "
                "had; the share of attention inside, over the most that the coarse maps allow, tells the arms apart.",
            ),
            {"attention": Sheet("SIMULATED: attention, out of fold", head, rows)},
            tuple(drawings),
        )
    ]


def _elsewhere(found: Reproduced) -> list[Part]:
    if found.disturbed is None:
        return []
    tables = {f"other-artefacts-{name}": other_artefacts(each, name) for name, each in found.networks.items()}
    tables |= {f"disturbed-{_slug(s.title)}": s for s in sheets(found.disturbed.cases, found.disturbed.figures)}
    return [
        Part(
            "other-artefacts",
            "Maps with another artefact",
            (
                "Nobody learns from them. Agreement is the mean ± standard deviation over the networks of the five folds, "
                "each of which scores all of them whose subject it does not know; the other tables are of the mean of "
                "these networks' probabilities.",
            ),
            tables,
        )
    ]


def _three_readers(scored: Scored, found: Reproduced) -> Part:
    disputed = found.three[DISPUTED]
    return Part(
        "three-readers",
        "Operator, machine and a second reader (Fig. 8)",
        (
            f"The machine is '{scored.first}'. {disputed.n_disputed} of {disputed.n_maps} maps are disputed: operator and "
            "machine differ in a segment or more. The paper had these, and no others, read again. A fifth of the agreed maps, "
            "mixed in blind and weighted for all of them, speaks for the whole.",
        ),
        {
            "figure-8": figure_8(disputed, scored.first),
            "figure-8-by-design": figure_8_by_design(found.three, scored.first),
        },
        (
            _drawing(
                three_readers_picture(disputed, scored.first),
                "Who agrees with whom in disputed maps; marks: the paper.",
            ),
        ),
    )


def _who_is_right(scored: Scored, found: Reproduced) -> Part:
    right_of = found.rightness[scored.first]
    tables = {"right": right(right_of, EVERYTHING, scored.first)}
    tables |= {f"right-{_slug(name)}": right(right_of, name, scored.first) for name in (MOVING, STILL)}
    tables["right-by-kind"] = right_by_stratum(right_of, scored.first)
    others = [name for name in found.rightness if name != scored.first]
    tables |= {f"right-{_slug(name)}": right(found.rightness[name], EVERYTHING, name) for name in others}
    return Part(
        "who-is-right",
        "Who is right?",
        (
            "The paper says that the machine exceeds the operator whose labels it learnt from. Here the truth is known: both "
            "are held against it, on the same maps. The truth is that of the simulation, which decides by displacement.",
        ),
        tables,
    )


def _selection(scored: Scored, found: Reproduced) -> Part:
    return Part(
        "selection",
        "What rereading only disagreements does",
        (
            "By how much the machine agrees more with a reference than the operator does is, over all maps, the difference "
            "in disputed maps times their share: rereading only these keeps its sign and inflates its size. What is lost is "
            "how good each of the two is, and every error that both make alike.",
        ),
        {f"selection-{_slug(name)}": selection(each, name, scored.first) for name, each in found.selection.items()},
    )


def _corrected(found: Reproduced) -> list[Part]:
    name = next((name for name in found.clean.cases.differences if name.startswith(CORRECTED + MINUS)), None)
    if name is None:
        return []
    head = ("against", "unit", "measure", CORRECTED, name)
    rows = tuple(
        (
            each.reference,
            each.unit,
            each.measure,
            cell(_figure(found.clean, each.reference, CORRECTED, each.unit, each.measure)),
            cell(each, signed=True),
        )
        for each in found.clean.figures
        if each.scorer == name and each.unit in (SEGMENTS, IMAGES, "within maps")
    )
    return [
        Part(
            "corrected",
            "Learning again from corrected labels",
            (
                f"The {REREAD:.0%} of the maps whose labels are the most suspicious by out-of-fold scores were read again by "
                "the second reader, and networks learnt once more from what the labels are now. The operator's labels that "
                "they are held against are the old ones.",
            ),
            {"corrected": Sheet("SIMULATED: what corrected labels gain", head, rows)},
        )
    ]


def _outlines(scored: Scored, found: Reproduced) -> list[Part]:
    if found.outlines is None:
        return []
    return [
        Part(
            "outlines",
            "Automatic outlines in place of true ones",
            (
                "Trained on → tested on. The paper replaced outlines in training and found no significant difference. "
                f"In {len(scored.not_found)} of {len(scored.examples)} slices no segments were found; they are not in these "
                "tables. Differences are paired; one that its interval does not part from 0 is not shown to be one.",
            ),
            {f"outlines-{_slug(each.title)}": each for each in sheets(found.outlines.cases, found.outlines.figures)},
        )
    ]


def _seeds(found: Reproduced) -> list[Part]:
    n_seeds = max(len(values) for of in found.seeds.values() for values in of.values())
    if n_seeds < 2:
        return []
    head = ("AUC against the truth", "arm", "mean ± sd", *(f"seed {seed}" for seed in range(n_seeds)))
    rows = tuple(
        (unit, arm, f"{np.mean(values):.3f} ± {np.std(values, ddof=1):.3f}", *(f"{value:.3f}" for value in values))
        for unit, of in found.seeds.items()
        for arm, values in of.items()
        if len(values) == n_seeds
    )
    sentence = "A difference between arms that is smaller than their spread over seeds is none."
    return [Part("seeds", "Several seeds", (sentence,), {"seeds": Sheet("SIMULATED: seeds", head, rows)})]


def _work(scored: Scored) -> Part:
    rows = tuple((name, f"{minutes:.1f}") for name, minutes in scored.minutes.items())
    recipe = scored.wanted.recipe
    return Part(
        "work",
        "What was trained",
        (
            f"{len(rows)} trainings of the preset '{recipe.preset}', {recipe.schedule.epochs} epochs at most; "
            f"{sum(scored.minutes.values()):.0f} minutes in all, side by side where there was room. A training that was "
            "stopped tells only its last part.",
        ),
        {"minutes": Sheet("Minutes of each training", ("training", "minutes"), rows)},
    )


def _drawing(files: dict[str, bytes], caption: str) -> Drawing:
    name = next(iter(files)).rsplit(".", 1)[0]
    return Drawing(name, caption, files[f"{name}.png"], files[f"{name}.svg"])


def _slug(title: str) -> str:
    """As the name of a file."""
    words = "".join(each if each.isalnum() and each.isascii() else " " for each in title.lower()).split()
    return "-".join(words)
