"""The page docs/segmenter.md, written from a run."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from myoqc.locate import Segmenter
from myoqc.train.segmenter_figures import Judged

COLUMNS = {
    "n": ("slices", "{:.0f}"),
    "found": ("found", "{:.1%}"),
    "dice_wall": ("Dice of the wall", "{:.3f}"),
    "dice_wall_5_percent": ("its 5 % worst", "{:.3f}"),
    "dice_cavity": ("of the cavity", "{:.3f}"),
    "dice_right": ("of the right cavity", "{:.3f}"),
    "segment_overlap": ("of segments", "{:.3f}"),
    "insertion_median_mm": ("insertions, median mm", "{:.2f}"),
    "insertion_95_percent_mm": ("95 % mm", "{:.1f}"),
    "insertions_found": ("insertions found", "{:.1%}"),
    "level_is_right": ("level right", "{:.1%}"),
}


def page(
    segmenter: Segmenter,
    heart: Mapping[str, Any],
    said: Sequence[tuple[str, str]],
    again: Sequence[Judged],
) -> str:
    """The whole page."""
    card = segmenter.card
    quality, trained = card["quality"], card["trained_on"]
    seconds = np.array([case.seconds for case in again])
    return f"""# How the heart is found

A U-Net [Ronneberger2015] sees eight channels of a slice on pixels of 1.875 mm: the first inversion's images (five,
from the shortest to the longest time), their mean, T1 and R². It gives for each pixel whether it is left cavity,
left wall or right cavity, a spot at each insertion of the right ventricle, and the level. `src/myoqc/locate` makes
smooth outlines of it and refuses what can't be a left ventricle in a short axis. The outlines belong to where the
heart lies in most of the first inversion's images, on which readers draw them; the network sees each of these, so
that it can tell which moved. Written
by `python benchmarks/segmenter.py OUT COHORT --real DIR --page docs/segmenter.md`; the
[card](../src/myoqc/locate/weights/segmenter.json) that comes with the weights says what they were made of.

Made by: `{card["made_by"]}`. **All training data are simulated**: {trained["slices"]["trained"]} slices of
{trained["subjects"]["trained"]} subjects, of whom {len(trained["real_subjects"]["trained"])} are real
anatomies in simulated scans.

## SIMULATED, subjects set aside

{trained["subjects"]["tested"]} subjects that were not trained on, {len(trained["real_subjects"]["tested"])}
of them real anatomies. Where no heart was found, overlaps count as 0.

{_table(card["figures_on_simulated_images"])}

Overlap of segments and errors of insertions are those of slices that cut the right ventricle.
{_time(seconds)}

Quality: the network promises an overlap, which a line through the validated cases turns into the quality that
is told (slope {quality["slope"]}, intercept {quality["intercept"]}). Its rank correlation with the true
overlap, in the subjects set aside, is {quality["rank_correlation_with_overlap"]}. Below {quality["least"]}
outlines are not used, below {quality["doubtful"]} they are cautioned against; both bounds were set
beforehand.

![Best, middle and worst simulated cases](segmenter-simulated.png)

*SIMULATED. The best, the middle and the worst by Dice of the wall, of every fifth case set aside; drawn hearts
above, real anatomies below. White: true; coloured: found.*

## Measured images

The real T1 map of a heart (`heart-t1map`: one T1-weighted image in place of all, T1, no R²): Dice of the cavity
{heart["cavity"]:.3f}, of the wall {heart["wall"]:.3f}{_refused(heart)}.

![The real heart](segmenter-real.png)

## Against the goals

Set before the network was made.

{_goals(card["figures_on_simulated_images"], heart)}

## Nothing there, nothing scored

| images | answer |
| --- | --- |
{chr(10).join(f"| {name} | {answer} |" for name, answer in said)}

The kidneys and the vials were looked at while the training was made: examples without a heart were added to it because
an earlier network took a kidney for one. They show that it holds, not how it fares with organs that nobody tried.

## Limits

{chr(10).join(f"- {limit}" for limit in card["limits"])}
"""


GOALS = (
    ("all", "dice_wall", "Dice of the wall", 0.88, "at least"),
    ("all", "dice_cavity", "Dice of the cavity", 0.93, "at least"),
    ("all", "insertion_median_mm", "insertions, median mm", 2.5, "at most"),
    ("all", "segment_overlap", "overlap of segments", 0.80, "at least"),
    ("real anatomies", "dice_wall", "Dice of the wall", 0.80, "at least"),
    ("real anatomies", "dice_cavity", "Dice of the cavity", 0.90, "at least"),
)
MEASURED_GOALS = (("cavity", 0.85), ("wall", 0.70))


def _goals(kinds: Mapping[str, Mapping[str, float | None]], heart: Mapping[str, Any]) -> str:
    lines = ["| of | figure | goal | reached |", "| --- | --- | ---: | ---: |"]
    for kind, name, title, goal, bound in GOALS:
        value = float(kinds[kind][name] or 0.0)
        met = value >= goal if bound == "at least" else value <= goal
        lines.append(f"| SIMULATED, {kind} | {title} | {bound} {goal:g} | {value:.3g}{'' if met else ', **missed**'} |")
    for name, goal in MEASURED_GOALS:
        missed = "" if heart[name] >= goal else ", **missed**"
        lines.append(f"| the measured heart | Dice of the {name} | at least {goal:g} | {heart[name]:.3g}{missed} |")
    return "\n".join(lines)


def _table(kinds: Mapping[str, Mapping[str, float | None]]) -> str:
    lines = ["| | " + " | ".join(title for title, _ in COLUMNS.values()) + " |", "| --- |" + " ---: |" * len(COLUMNS)]
    for kind, values in kinds.items():
        shown = (_shown(form, values[name]) for name, (_, form) in COLUMNS.items())
        lines.append(f"| {kind} | " + " | ".join(shown) + " |")
    return "\n".join(lines)


def _shown(form: str, value: float | None) -> str:
    return "–" if value is None else form.format(value)


def _time(seconds: np.ndarray) -> str:
    return f"Time for a slice, one thread: median {np.median(seconds):.2f} s, longest {seconds.max():.2f} s."


def _refused(row: Mapping[str, Any]) -> str:
    if row["refused"] is None:
        return ""
    return f". A single image in place of a series, which `check` refuses as it should: {row['refused']}"
