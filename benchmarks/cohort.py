"""Says of a simulated cohort how much moves in it, what its readers see, and how far R² alone finds it.

    myoqc simulate cohort COHORT && python benchmarks/cohort.py COHORT
    python benchmarks/cohort.py COHORT --page docs/cohort-figures.md      and write the page of figures

The R² baseline scores each segment by a statistic of its R², without calibration and without a threshold. All figures
are of simulated hearts; intervals are of 95 %, from drawing whole subjects with replacement.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from cohort_page import Section, page
from numpy.typing import NDArray
from r2_rule_measures import Cases, with_interval
from rich.console import Console
from rich.progress import track
from rich.table import Table
from scipy.stats import spearmanr

from myoqc.cohort import Cohort
from myoqc.cohort.prevalence import PAPER, prevalence
from myoqc.errors import InputError
from myoqc.evaluate import by_image, by_segment
from myoqc.locate import crop
from myoqc.records.heart import N_SEGMENTS
from myoqc.score.r2_rule import segment_statistics

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

STATISTICS = {"mean": "mean R²", "lowest_5_percent": "5th percentile of R²", "lowest": "lowest R²"}
console = Console()


@dataclass(frozen=True)
class Values:
    """What is measured of every case: (n) or (n 6)."""

    subject: NDArray[np.intp]  # (n)
    other_artefact: BoolArray  # (n)
    median_r2: FloatArray  # (n) of the myocardium
    misfit: dict[str, FloatArray]  # statistic -> (n 6), rising with suspicion; NaN: under half of the pixels fitted
    labels: dict[str, BoolArray]  # who says it -> (n 6)
    displacement_mm: FloatArray  # (n 6) largest over the images
    r2_drop: FloatArray  # (n 6)
    t1_error_ms: FloatArray  # (n 6)


def measured(cohort: Cohort) -> Values:
    misfit = {name: np.full((len(cohort), N_SEGMENTS), np.nan) for name in STATISTICS}
    median_r2 = np.full(len(cohort), np.nan)
    for number in track(range(len(cohort)), "R² of every case", console=console):
        case = cohort.case(number)
        seen = crop(case.acquisition, case.maps, case.segments.centre_px, segments=case.segments)
        for name, values in misfit.items():
            values[number] = segment_statistics(seen, name)
        r2 = np.asarray(case.maps.r2)[case.segments.myocardium]
        median_r2[number] = np.median(r2[np.isfinite(r2)]) if np.isfinite(r2).any() else np.nan
    return Values(
        subject=np.unique(cohort.subjects, return_inverse=True)[1],
        other_artefact=np.array([row["artefact"] != "none" for row in cohort.rows]),
        median_r2=median_r2,
        misfit=misfit,
        labels={"truth": cohort.motion, "operator": cohort.operator, "second reader": cohort.second_reader},
        displacement_mm=np.nanmax(cohort.arrays["displacement_mm"][:], axis=1),
        r2_drop=cohort.arrays["r2_drop"][:],
        t1_error_ms=cohort.arrays["t1_error_ms"][:],
    )


def prevalences(cohort: Cohort, values: Values) -> Section:
    columns = [PAPER, *(prevalence(labels, cohort.rows) for labels in values.labels.values())]
    head = ("", "paper (operator)", *values.labels)
    return Section(
        "How often what occurs",
        "Ordinary maps, beside [Zhang2020].",
        head,
        [
            (name.replace("1_5_t", "1.5 T").replace("_", " "), *(f"{column[name]:,.4g}" for column in columns))
            for name in PAPER
        ],
    )


def in_words(name: str) -> str:
    return name.replace("1_5_t", "1.5 T").replace("_", " ")


def readers(values: Values) -> Section:
    rows = []
    for of, of_artefact in (("ordinary", False), ("other artefact", True)):
        cases = values.other_artefact == of_artefact
        truth = values.labels["truth"][cases]
        for name in ("operator", "second reader"):
            seen = values.labels[name][cases]
            whole, truly = seen.any(axis=1), truth.any(axis=1)
            shares = ((seen == truth).mean(), (whole == truly).mean(), whole[truly].mean(), 1.0 - whole[~truly].mean())
            rows.append((of, name, *(f"{100.0 * share:.1f} %" for share in shares)))
    head = ("maps", "reader", "agreement, segments", "agreement, maps", "sensitivity, maps", "specificity, maps")
    return Section("The readers against the truth", "", head, rows)


def baseline(values: Values) -> Section:
    rows = []
    for of, of_artefact in (("ordinary", False), ("other artefact", True)):
        cases = values.other_artefact == of_artefact
        for judge in ("truth", "operator"):
            for name, words in STATISTICS.items():
                score, label = values.misfit[name][cases], values.labels[judge][cases]
                both = (_interval(of_what, score, label, values.subject[cases]) for of_what in (by_segment, by_image))
                rows.append((of, judge, words, *both))
    return Section(
        "How far R² alone finds it",
        f"AUC of a segment's R², and of the lowest of six for the map. Of all segments, "
        f"{np.isnan(values.misfit['mean']).mean():.2%} have under half of their pixels fitted; they are left out.",
        ("maps", "against", "statistic", "AUC, segments", "AUC, maps"),
        rows,
    )


def _interval(of_what: Cases, score: FloatArray, label: BoolArray, subject: NDArray[np.intp]) -> str:
    try:
        return "{:.3f} ({:.3f} to {:.3f})".format(*with_interval(of_what, score, label, subject))
    except InputError:  # a small cohort may have none that move
        return "–"


def harm(values: Values) -> Section:
    ordinary = ~values.other_artefact
    rows = []
    for words, chosen in (
        ("all segments", ordinary[:, None] & np.ones_like(values.labels["truth"])),
        ("segments with motion", ordinary[:, None] & values.labels["truth"]),
    ):
        known = chosen & np.isfinite(values.t1_error_ms) & np.isfinite(values.r2_drop)
        displacement, drop, error = (
            each[known] for each in (values.displacement_mm, values.r2_drop, np.abs(values.t1_error_ms))
        )
        pairs = ((displacement, drop), (displacement, error), (drop, error))
        sizes = (np.median(error), np.percentile(error, 95), np.median(drop))
        rows.append(
            (
                words,
                f"{known.sum():,}",
                *(f"{spearmanr(*pair).statistic:.2f}" for pair in pairs),
                f"{sizes[0]:.0f} / {sizes[1]:.0f} ms",
                f"{sizes[2]:.4f}",
            )
        )
    return Section(
        "What motion does to the maps",
        "Ordinary maps, segment by segment: Spearman correlations of the largest displacement, the drop of R² and the "
        "size of the T1 error against the same slice without motion and noise.",
        (
            "segments",
            "n",
            "displacement, R² drop",
            "displacement, |T1 error|",
            "R² drop, |T1 error|",
            "|T1 error|, median / 95 %",
            "R² drop, median",
        ),
        rows,
    )


def still_hearts(values: Values) -> Section:
    still = ~values.labels["truth"].any(axis=1) & ~values.other_artefact
    low, middle, high = np.nanpercentile(values.median_r2[still], [5, 50, 95])
    return Section(
        "Hearts that are still",
        "Real ones have a median R² near 0.998 in the myocardium.",
        ("maps", "median R², 5 %", "50 %", "95 %"),
        [(f"{still.sum():,}", f"{low:.4f}", f"{middle:.4f}", f"{high:.4f}")],
    )


def show(section: Section) -> None:
    table = Table(*section.head, title=f"{section.title} (simulated)", caption=section.words)
    for row in section.rows:
        table.add_row(*row)
    console.print(table)


def main(
    cohort: Annotated[Path, typer.Argument(help="Folder that 'myoqc simulate cohort' made.")],
    to: Annotated[Path | None, typer.Option("--page", help="Write the figures to this Markdown page.")] = None,
) -> None:
    opened = Cohort.open(cohort)
    values = measured(opened)
    sections = [prevalences(opened, values), readers(values), baseline(values), harm(values), still_hearts(values)]
    for section in sections:
        show(section)
    if to is not None:
        to.write_text(page(opened.about, sections), encoding="utf-8")
        console.print(f"written: {to}")


if __name__ == "__main__":
    typer.run(main)
