"""What the stability experiment found, as tables for people and as text for files."""

import json
from collections.abc import Mapping
from dataclasses import asdict, fields

from myoqc.report.sheet import Sheet
from myoqc.report.sheet_files import as_markdown
from myoqc.train.make_stability import Result
from myoqc.train.stability import BY_HAND, CELLS, Cell
from myoqc.train.stability_figures import ALL, MINUS, NEVER, PAIRED, UNITS, Figure
from myoqc.train.stability_measuring import Outlines

MEASURES = {
    "auc": "AUC",
    "agreement": "agreement",
    "sensitivity": "sensitivity",
    "specificity": "specificity",
    "scored": "scored",
}
OUTLINES = {
    "n": "slices",
    "found": "found",
    "dice_wall": "Dice wall",
    "dice_cavity": "Dice cavity",
    "segment_overlap": "segments",
    "insertion_median_mm": "insertions, mm",
}
LABELS = {"truth": "the truth", "operator": "the operator's labels"}
MOST_LOST = 0.01
"""AUC that automatic outlines may cost, set before anything was measured."""
END_TO_END = Cell(Outlines.TRUE, Outlines.AUTOMATIC)
RETRAINED = Cell(Outlines.AUTOMATIC, Outlines.TRUE)
LEGEND = (
    "'true → automatic' was trained by true outlines and is given automatic ones. Only segments that are scored in "
    "every one of the four ways are compared, 'less' is paired, and intervals are of 95 %, from drawing subjects. "
    "'Every slice' counts what is not scored as wrong. The level of a slice is taken as known, as where images say it: "
    "what a wrong one costs is not among these figures."
)
Key = tuple[str, str, str, str, str]
Found = Mapping[Key, Figure]


def document(result: Result) -> str:
    """Everything as JSON."""
    parts = {name: getattr(result, name) for name in ("about", "counts", "outlines")}
    content = {"simulated": True, **parts, "figures": [asdict(each) for each in result.figures]}
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def table(result: Result) -> str:
    """A line for each figure, with tabs between its columns."""
    names = [field.name for field in fields(Figure)]
    rows = [[str(getattr(each, name)) for name in names] for each in result.figures]
    return "".join("\t".join(("simulated", *row)) + "\n" for row in (names, *rows))


def page(result: Result) -> str:
    """The page as Markdown."""
    parts = ["# SIMULATED: motion scores by true and by automatic outlines", what_was_done(result)]
    parts += ["\n".join(f"- {line}" for line in verdicts(result)), LEGEND]
    parts += [as_markdown(each) for each in (*sheets(result), outlines(result))]
    return "\n\n".join(parts) + "\n"


def what_was_done(result: Result) -> str:
    """How many slices of whom, what was left out and why."""
    about, counts = result.about, result.counts
    missing = "; ".join(f"{number} × {reason}" for reason, number in counts["not_found"].items()) or "none"
    return (
        f"{counts['slices']} simulated basal and mid slices of {counts['subjects']} subjects; {_learnt(result)}. "
        f"Automatic segments in {counts['found']} of them, {counts['insertion_inferred']} with an insertion taken over "
        f"from another slice. Not found: {missing}. {counts['segments_compared']} segments are compared, "
        f"{counts['segments_not_compared']} of slices with automatic segments are not, because too few of their pixels "
        f"were fitted. Scorer: {about['scorer']}, trained on {LABELS[about['trained_on']]}, in {about['folds']} folds "
        "by subject."
    )


def _learnt(result: Result) -> str:
    segmenter = result.about["segmenter"]
    if not segmenter["says_what_it_learnt_from"]:
        return f"whether the segmenter '{segmenter['name']}' has learnt from them its card does not say"
    number = result.counts["slices_known_to_the_segmenter"]
    return f"{number} more were left out, whose hearts the segmenter '{segmenter['name']}' has learnt from"


def verdicts(result: Result) -> list[str]:
    """What the experiment was made to tell, one sentence for each unit and question; against the truth."""
    found = _by_key(result)
    lines = []
    for unit in UNITS:
        lost = found[PAIRED, "truth", unit, _less(END_TO_END), "auc"]
        kept = "met" if lost.value >= -MOST_LOST else "NOT met"
        sure = "lies" if lost.low >= -MOST_LOST else "does not lie"
        lines.append(
            f"End to end, {unit}s: automatic instead of true outlines change the AUC by {_cell(lost)} where all four "
            f"ways give a score, and {_shares_scored(found)}; a loss of at most {MOST_LOST} is {kept}, and the whole "
            f"interval {sure} within it."
        )
        other = found[PAIRED, "truth", unit, _less(RETRAINED), "auc"]
        differs = "no difference is shown" if other.low <= 0.0 <= other.high else "there is a difference"
        lines.append(
            f"Training by automatic instead of true outlines changes the AUC over {unit}s, by true outlines, "
            f"by {_cell(other)}: {differs}."
        )
    return lines


def sheets(result: Result, *, brief: bool = False) -> list[Sheet]:
    """A table for each judge and unit; ``brief`` leaves out the intervals of all but the AUC."""
    found = _by_key(result)
    judges = dict.fromkeys(each.judge for each in result.figures)
    return [_sheet(found, judge, unit, brief) for judge in judges for unit in UNITS]


def outlines(result: Result) -> Sheet:
    """How well the automatic outlines lie."""
    rows = [(kind, *(_short(of[name]) for name in OUTLINES)) for kind, of in result.outlines.items()]
    return Sheet("SIMULATED: the automatic outlines", ("", *OUTLINES.values()), tuple(rows))


def _sheet(found: Found, judge: str, unit: str, brief: bool) -> Sheet:
    rows = []
    for label, over, what in _lines():
        cells = [_cell(found.get((over, judge, unit, what, measure)), brief) for measure in MEASURES]
        rows.append((label, *cells))
    return Sheet(f"SIMULATED, against the {judge}: {unit}s", ("", *MEASURES.values()), tuple(rows))


def _lines() -> list[tuple[str, str, str]]:
    """Label, over what, and of what, for each line of a table."""
    lines = []
    for cell in CELLS:
        lines.append((str(cell), PAIRED, str(cell)))
        if cell != BY_HAND:
            lines.append((f"  less {BY_HAND}", PAIRED, _less(cell)))
        lines.append(("  every slice", ALL, str(cell)))
    return [*lines, (NEVER, PAIRED, NEVER)]


def _by_key(result: Result) -> dict[Key, Figure]:
    return {(each.over, each.judge, each.unit, each.what, each.measure): each for each in result.figures}


def _shares_scored(found: Found) -> str:
    """The AUC knows nothing of slices that automatic outlines leave without a score."""
    true, automatic = (found[ALL, "truth", "image", str(cell), "scored"].value for cell in (BY_HAND, END_TO_END))
    return f"{automatic:.1%} of the slices are scored by automatic outlines, {true:.1%} by true ones"


def _less(cell: Cell) -> str:
    return f"{cell}{MINUS}{BY_HAND}"


def _cell(figure: Figure | None, brief: bool = False) -> str:
    if figure is None:
        return "–"
    form = "{:+.3f}" if MINUS in figure.what else "{:.3f}"
    if brief and figure.measure != "auc":
        return form.format(figure.value)
    return f"{form} ({form} to {form})".format(figure.value, figure.low, figure.high)


def _short(value: float | None) -> str:
    return "–" if value is None else f"{value:.3g}"
