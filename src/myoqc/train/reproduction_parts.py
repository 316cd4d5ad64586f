"""The parts of a reproduction's story that are of scorers: how well they tell, fold by fold, and where they look."""

import re
from collections.abc import Mapping

from myoqc.evaluate.audit import CALLED_FROM
from myoqc.report.reproduced_pictures import table_1_picture
from myoqc.report.reproduced_tables import other_artefacts, table_1
from myoqc.report.scored_pictures import STYLES, pictures
from myoqc.report.scored_tables import LEGEND, sheets
from myoqc.report.sheet import Sheet
from myoqc.report.story import Drawing, Part
from myoqc.train.attention_pictures import attention_picture, clean_cases, disturbed_cases, maps_of, segments_picture
from myoqc.train.crossval_attention import AttentionFigure
from myoqc.train.reproduction import Scored
from myoqc.train.reproduction_figures import Measured, Reproduced

COUNTS = r", \d+ with motion, \d+ without$"
"""What titles of tables say of how many cases there are."""
OF_PARTS = (": each segment", ": each kind of slice")
"""How titles of tables end that are of a part of the cases."""
CURVES = {
    "roc": "ROC curves (the paper's Fig. 6), with a band of 95 % by subject for the scorer in question.",
    "reliability": "Of cases with a score, the share that has motion.",
    "decision": "Net benefit of acting on a score.",
}
CHOSEN = {
    "figure-5": "the first in which two to four segments moved, those with a distractor before others",
    "figure-7": "the first with each artefact in which a segment moved",
}
"""Picture of attention → by which rule its slices are chosen."""


def told_scores(clean: Measured) -> Part:
    """How well motion is told, of all maps without another artefact."""
    drawn = pictures([each for each in clean.curves if each.scorer in list(clean.cases.scores)[: len(STYLES)]])
    return Part(
        "scores",
        "How well motion is told",
        (
            "Scores are probabilities, calibrated on the validated fold by the labels that were learnt from; those of "
            f"the lowest R² on the trained folds. A segment is called from {CALLED_FROM:g} on: no threshold is chosen "
            "on tested cases. Figures against operator and truth are never mixed.",
            LEGEND,
        ),
        _tables(clean, of_parts=False),
        tuple(Drawing(name, text, drawn[f"{name}.png"], drawn[f"{name}.svg"]) for name, text in CURVES.items()),
    )


def told_kinds(clean: Measured) -> Part:
    """The same of each segment, and of each kind of slice."""
    return Part(
        "kinds",
        "Each segment, and each kind of slice",
        (
            "Field strength, level, phenotype, how far the wall goes (severity), and what else disturbs. Where a kind "
            "has too few maps for a figure, it says so.",
        ),
        _tables(clean, of_parts=True),
    )


def told_folds(found: Reproduced) -> Part:
    """The paper's Table 1."""
    return Part(
        "table-1",
        "Agreement in each fold, beside the paper's Table 1",
        (
            "Mean ± standard deviation over the five folds; what 'always clean' has stands in the tables above. The "
            "paper's columns stand in the table against the operator, its reference.",
        ),
        {f"table-1-{reference}": table_1(each, reference) for reference, each in found.folds.items()},
        tuple(
            drawing(table_1_picture(each, reference), f"Agreement and AUC by fold, against the {reference}.")
            for reference, each in found.folds.items()
        ),
    )


def told_disturbed(found: Reproduced) -> list[Part]:
    """Maps with another artefact, if there are any."""
    if found.disturbed is None:
        return []
    tables = {f"other-artefacts-{name}": other_artefacts(each, name) for name, each in found.networks.items()}
    tables |= {f"disturbed-{name}": sheet for name, sheet in _tables(found.disturbed, of_parts=False).items()}
    kinds = _tables(found.disturbed, of_parts=True)
    tables |= {f"disturbed-{name}": sheet for name, sheet in kinds.items() if "kind-of-slice" in name}
    return [
        Part(
            "other-artefacts",
            "Maps with another artefact",
            (
                "Nobody learns from them. Agreement is the mean ± standard deviation over the networks of the five "
                "folds, each of which scores all maps whose subject it does not know; the other tables are of the mean "
                "of these networks' probabilities.",
            ),
            tables,
        )
    ]


def told_attention(scored: Scored, found: Reproduced) -> Part:
    """Where the networks of each arm look."""
    return Part(
        "attention",
        "Where the networks look (Fig. 5 and 7)",
        (
            "Grad-CAM of the segment that is scored. Maps that are 0 everywhere are silent and left out of the means, "
            "so means of two arms are of different maps: see how many are silent. A peak inside the segment is easily "
            "had; the share of attention inside, over the most that the coarse maps allow, tells the arms apart.",
        ),
        {"attention": _attention_table(found)},
        tuple(_attention_drawings(scored)),
    )


def _attention_table(found: Reproduced) -> Sheet:
    head = ("maps", "measure", "arm", "mean", "less the first arm", "maps that speak", "silent")
    return Sheet("SIMULATED: attention, out of fold", head, tuple(_attention_row(each) for each in found.attention))


def _attention_row(of: AttentionFigure) -> tuple[str, ...]:
    mean = f"{of.found.value:.3f} ({of.found.low:.3f} to {of.found.high:.3f})"
    less = "–"
    if of.against_first is not None:
        less = f"{of.against_first.value:+.3f} ({of.against_first.low:+.3f} to {of.against_first.high:+.3f})"
    return of.cases, of.measure, of.arm, mean, less, str(of.n_maps), str(of.n_silent)


def _attention_drawings(scored: Scored) -> list[Drawing]:
    cases = {"figure-5": clean_cases(scored.examples), "figure-7": disturbed_cases(scored.examples)}
    drawings = [_of_arms(scored, name, chosen) for name, chosen in cases.items() if chosen]
    for number in list(cases["figure-5"].values())[:1]:
        maps = {arm: maps_of(each, [number])[0] for arm, each in scored.attention.items()}
        picture = segments_picture(scored.examples, number, maps)
        caption = "The first of these slices, segment by segment; a star marks those that moved."
        drawings.append(Drawing("segments", caption, picture["png"], picture["svg"]))
    return drawings


def _of_arms(scored: Scored, name: str, chosen: Mapping[str, int]) -> Drawing:
    maps = {arm: maps_of(each, list(chosen.values())) for arm, each in scored.attention.items()}
    picture = attention_picture(scored.examples, chosen, maps)
    caption = (
        f"As the paper's {name.replace('figure-', 'Fig. ')}: last image, T1 and R², then where the networks of each "
        f"arm look for the segments that moved (white), out of fold. Slices are chosen by a rule: {CHOSEN[name]}."
    )
    return Drawing(name, caption, picture["png"], picture["svg"])


def drawing(files: Mapping[str, bytes], caption: str) -> Drawing:
    """Of the files of one picture, by their names."""
    name = next(iter(files)).rsplit(".", 1)[0]
    return Drawing(name, caption, files[f"{name}.png"], files[f"{name}.svg"])


def _tables(measured: Measured, *, of_parts: bool) -> dict[str, Sheet]:
    """Tables of all cases, or those of each segment and each kind of slice."""
    made = sheets(measured.cases, measured.figures)
    return {file_name(each.title): each for each in made if each.title.endswith(OF_PARTS) == of_parts}


def file_name(title: str) -> str:
    """A title as the name of a file, without how many cases there are."""
    plain = re.sub(COUNTS, "", title).lower().replace("²", "2")
    return "-".join("".join(each if each.isalnum() and each.isascii() else " " for each in plain).split())
