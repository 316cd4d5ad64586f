"""The page that travels with a cohort: what it is, how it was made, what it is not for [Gebru2021]."""

from collections.abc import Mapping
from typing import Any

from myoqc.cohort.layout import ARRAYS, READINGS
from myoqc.cohort.prevalence import PAPER
from myoqc.simulate.labels import POSITIVE_FROM

WORDS = {
    "maps": ("maps", "{:.0f}"),
    "maps_with_motion": ("maps with motion", "{:.0f}"),
    "share_of_maps": ("share of the maps", "{:.1%}"),
    "segments_with_motion": ("segments with motion", "{:.0f}"),
    "share_of_segments": ("share of the segments", "{:.1%}"),
    "segments_a_positive_map": ("segments with motion in a map with motion", "{:.1f}"),
    "share_at_1_5_t": ("share at 1.5 T", "{:.0%}"),
}


def datasheet(about: Mapping[str, Any]) -> str:
    """The page as Markdown."""
    parts = (_what(about), _prevalence(about), _made(about), _arrays(), _use())
    return "\n\n".join(parts) + "\n"


def _what(about: Mapping[str, Any]) -> str:
    counts = about["counts"]
    listed = "\n".join(
        f"- {title}: {', '.join(f'{name} {number}' for name, number in counts[key].items())}"
        for key, title in (
            ("levels", "Level"),
            ("fields_t", "Field strength in T"),
            ("schedules", "Scheme"),
            ("artefacts", "Other artefact"),
            ("distractors", "Distractor"),
        )
    )
    return f"""# SIMULATED cohort of cardiac T1 maps

Every image in this folder is simulated. No patient was scanned for it, and nothing in it may be taken for a finding.
For research only: not a medical device.

{counts["cases"]} slices of {counts["patients"]} simulated patients with the anatomy of {counts["subjects"]} subjects.

{listed}"""


def _prevalence(about: Mapping[str, Any]) -> str:
    title, *rows = (f"| {' | '.join(cells)} |" for cells in prevalence_rows(about))
    return "\n".join(("## How often what occurs", "", title, "| --- |" + " ---: |" * 4, *rows))


def prevalence_rows(about: Mapping[str, Any]) -> list[tuple[str, ...]]:
    """The table of how often what occurs, the title first: of the paper, in truth, by the two readers."""
    columns = [PAPER, *(about["prevalence"][name] for name in ("truth", "operator", "second_reader"))]
    rows: list[tuple[str, ...]] = [
        ("maps without another artefact", "[Zhang2020]", "truth", "operator", "second reader")
    ]
    rows += [(words, *(form.format(column[key]) for column in columns)) for key, (words, form) in WORDS.items()]
    return rows


def _made(about: Mapping[str, Any]) -> str:
    lines = "\n".join(f"- {name}: {value}" for name, value in about["made_of"].items())
    digests = "\n".join(f"- {name}: `{value}`" for name, value in about["sha256"].items())
    return f"""## How it was made

By `myoqc simulate cohort`. These options and versions give the same arrays and the same table again, to the bit,
whatever the number of workers:

{lines}

SHA-256, of the arrays (of the list of the cases' own digests) and of `cases.jsonl`:

{digests}

A segment moves, in truth, where {POSITIVE_FROM:.0%} of its pixels or more hold other tissue than at rest in an image;
R² has no say. T1 and R² were fitted by `myoqc.fit_maps` to the images as they are stored. The readers err: their marks
are labels as a person would give them, not the truth."""


def _arrays() -> str:
    lines = [
        f"| {a.name} | {' '.join(('case', a.axes)).strip()} | {a.unit} | {a.meaning} |" for a in (*ARRAYS, *READINGS)
    ]
    table = "\n".join(("| array | axes | unit | meaning |", "| --- | --- | --- | --- |", *lines))
    return f"""## What is where

`cases.jsonl` has a line for each case with all that was drawn for it. The arrays are Zarr (format 3); whole numbers
count the unit that is named:

{table}"""


def _use() -> str:
    return """## Use

Read with `myoqc.cohort.Cohort.open(folder)`. Divide by `subject`, never by case: slices of one subject are alike.
What a model learns here it has learnt from a simulator: measure it on real scans before believing it."""
