"""How good a scorer is on simulated slices of subjects it has not learnt from: tables in Markdown, with intervals.

    python benchmarks/scorer.py COHORT...                      the subjects set aside, by the scorer that is shipped
    python benchmarks/scorer.py COHORT... --scorer DIR         by one that ``myoqc train COHORT... --out DIR`` made
    python benchmarks/scorer.py COHORT --every                 all subjects of a cohort that was made of none it knows
    python benchmarks/scorer.py COHORT... --trees              beside its maps alone, and boosted trees

Everything is judged against the truth, but for the table against the operator. Intervals hold 95 % of resamples of
subjects. ``--trees`` needs torch and scikit-learn; the trees learn from the truth of the trained subjects.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from numpy.typing import NDArray
from scorer_slices import KINDS, STILL, Judged, answers, attention_of_moved, over_segments, read, still_hearts

from myoqc import evaluate
from myoqc.aha import Segment
from myoqc.cohort import Cohort
from myoqc.errors import InputError, MyoqcError
from myoqc.evaluate import Interval, Resamples, Statistic
from myoqc.evaluate.bootstrap import value_of
from myoqc.score import default_scorer, read_scorer
from myoqc.score.conformal import allowed, widened
from myoqc.score.network_scorer import NetworkScorer
from myoqc.train.scorer_examples import ScorerExamples

FloatArray = NDArray[np.float64]
AREAS: Mapping[str, Callable[[FloatArray, NDArray[np.bool_]], Statistic]] = {
    "segment": over_segments,
    "image": lambda score, truth: evaluate.resampled_auc(*evaluate.by_image(score, truth)),
    "within maps": evaluate.resampled_within_maps,
}
ABSTAINED = 0.10


def text(found: Interval, digits: int = 3) -> str:
    return f"{found.value:.{digits}f} ({found.low:.{digits}f} to {found.high:.{digits}f})"


def table(*rows: tuple[str, ...]) -> None:
    head, *body = rows
    for row in (head, ("---",) * len(head), *body):
        typer.echo(f"| {' | '.join(row)} |")
    typer.echo("")


def resamples_of(slices: ScorerExamples, which: NDArray[np.bool_]) -> Resamples | None:
    """None for a single subject, of which no interval can be told."""
    if len(np.unique(slices.subject[which])) < 2:
        return None
    return evaluate.draw_resamples(np.random.default_rng(0), slices.subject[which], 500)


def areas(judged: Judged, judge: str) -> None:
    """A row for each kind of slices and each scorer, and one for what the network is ahead by."""
    rows: list[tuple[str, ...]] = [("slices", "n (subjects)", "scorer", *AREAS)]
    for kind, is_one in KINDS.items():
        which = is_one(judged.slices)
        subjects = np.unique(judged.slices.subject[which])
        if not len(subjects):
            continue
        labels, resamples = getattr(judged.slices, judge)[which], resamples_of(judged.slices, which)
        size = f"{which.sum()} ({len(subjects)})"
        for name, scores in judged.scores.items():
            rows.append((kind, size, name, *_row(scores[which], None, labels, resamples)))
        for name in list(judged.scores)[1:]:
            first = judged.scores["network"][which]
            row = _row(first, judged.scores[name][which], labels, resamples)
            rows.append((kind, size, f"network − {name}", *row))
    table(*rows)


def _row(
    scores: FloatArray, other: FloatArray | None, labels: NDArray[np.bool_], resamples: Resamples | None
) -> tuple[str, ...]:
    cells = []
    for statistic in AREAS.values():
        try:
            found = statistic(scores, labels)
            if other is not None:
                found = evaluate.resampled_difference(found, statistic(other, labels))
            cells.append(f"{value_of(found):.3f}" if resamples is None else text(evaluate.interval(found, resamples)))
        except InputError:
            cells.append("–")
    return tuple(cells)


def false_alarms(judged: Judged, threshold: float) -> None:
    """Where no part of the wall went as far as a millimetre, at the threshold with 90 % specificity for segments."""
    rows = [("still hearts", "slices", "segments called moved", "slices with any")]
    for name, is_one in STILL.items():
        which = still_hearts(judged.slices) & is_one(judged.slices)
        called = judged.probability[which] >= threshold
        if which.any():
            rows.append((name, str(which.sum()), f"{called.mean():.1%}", f"{called.any(axis=1).mean():.1%}"))
    table(*rows)


def trust(judged: Judged, scorer: NetworkScorer) -> None:
    """Calibration, abstention, errors of T1, other artefacts."""
    slices, probability = judged.slices, judged.probability
    motion, said = slices.motion.ravel(), probability.ravel()
    found = said >= scorer.threshold
    sets = allowed(scorer.rule, probability)
    unsure = sets[..., 0] == sets[..., 1]
    wrong = (~sets[..., 0] & ~slices.motion) | (~sets[..., 1] & slices.motion)
    cut = evaluate.errors_cut_by_abstaining(np.abs(said - scorer.threshold), found != motion, ABSTAINED)
    even = evaluate.errors_cut_by_abstaining(np.abs(said - 0.5), (said >= 0.5) != motion, ABSTAINED)
    rows = [
        ("", "found"),
        ("expected calibration error (by chance)", _calibration(said, motion)),
        ("Brier score", f"{evaluate.brier_score(said, motion).score:.3f}"),
        ("sensitivity / specificity at the threshold", f"{found[motion].mean():.3f} / {1 - found[~motion].mean():.3f}"),
        (f"errors cut by abstaining on {ABSTAINED:.0%}, at the threshold / at 0.5", f"{cut:.0%} / {even:.0%}"),
        ("conformal sets: unsure segments / true answer not allowed", f"{unsure.mean():.1%} / {wrong.mean():.1%}"),
        *_errors(judged, scorer),
        *_artefacts(judged),
    ]
    table(*rows)


def _calibration(said: FloatArray, motion: NDArray[np.bool_]) -> str:
    error = evaluate.expected_calibration_error(said, motion)
    return f"{error:.3f} ({evaluate.chance_calibration_error(said):.3f})"


def _errors(judged: Judged, scorer: NetworkScorer) -> list[tuple[str, str]]:
    slices, rows = judged.slices, []
    wall_ms = slices.wall_t1_ms[:, None, None]
    quantiles_ms = wall_ms * widened(judged.answers.error.astype(np.float64), scorer.widening)
    for name, motion in (("with motion", slices.motion), ("without", ~slices.motion)):
        known = motion & np.isfinite(slices.error_ms)
        true_ms = slices.error_ms[known].astype(np.float64)
        figures = evaluate.interval_figures(quantiles_ms[known], true_ms)
        middle = np.median(np.abs(quantiles_ms[known][:, 1] - true_ms))
        rows += [
            (
                f"error of T1 {name}: mean (median) absolute error, ms",
                f"{figures.mean_absolute_error:.1f} ({middle:.1f})",
            ),
            ("the same of calling it 0", f"{np.abs(true_ms).mean():.1f} ({np.median(np.abs(true_ms)):.1f})"),
            ("its 90 % intervals hold, mean width in ms", f"{figures.coverage:.1%}, {figures.mean_width:.0f}"),
        ]
    return rows


def _artefacts(judged: Judged) -> list[tuple[str, str]]:
    kinds, found = judged.slices.artefact, []
    for number, name in enumerate(judged.artefact_names):
        if (kinds == number).any():
            found.append(
                (name, evaluate.auc(judged.answers.artefacts[:, number], kinds == number), (kinds == number).sum())
            )
    if not found:
        return []
    each = ", ".join(f"{name} {area:.3f} (n {n})" for name, area, n in found)
    return [("other artefacts, macro-AUC", f"{np.mean([area for _, area, _ in found]):.3f}: {each}")]


def attention(judged: Judged) -> None:
    """Where the maps of moved segments lie, and whether they tell where the segments are."""
    rows: list[tuple[str, ...]] = [
        ("attention", "peak in the segment", "share inside / ceiling", "located", "centroids, mm", "Dice")
    ]
    for kind in ("drawn", "real anatomies"):
        which = np.flatnonzero(KINDS[kind](judged.slices))
        if len(which):
            rows.append((kind, *_attention(judged, which)))
    table(*rows)


def _attention(judged: Judged, which: NDArray[np.intp]) -> tuple[str, ...]:
    numbers = np.arange(1, len(Segment) + 1)[:, None, None]
    errors = [
        evaluate.location_error(
            evaluate.locate_by_attention(judged.answers.attention[n]), judged.slices.segment[n] == numbers
        )
        for n in which
    ]
    away_mm = np.concatenate([each.centroid_mm for each in errors])
    overlap = np.concatenate([each.dice for each in errors])
    found = np.isfinite(away_mm)
    return (
        *attention_of_moved(judged.answers, judged.slices, which),
        f"{found.mean():.1%}",
        f"{np.median(away_mm[found]):.1f}" if found.any() else "–",
        f"{np.nanmean(overlap):.2f}" if found.any() else "–",
    )


def main(
    cohorts: Annotated[list[Path], typer.Argument()],
    scorer: Annotated[Path | None, typer.Option()] = None,
    every: Annotated[bool, typer.Option("--every", help="Judge all subjects, not those set aside.")] = False,
    trees: Annotated[bool, typer.Option("--trees", help="Beside what its parts say alone, and boosted trees.")] = False,
) -> None:
    """Print the tables."""
    try:
        judging = default_scorer() if scorer is None else read_scorer(scorer)
        opened = [Cohort.open(folder) for folder in cohorts]
        slices = read(opened, judging, "every" if every else "tested")
        judged = answers(judging, slices)
        if trees:
            from scorer_rivals import add_maps_alone, add_trees

            add_maps_alone(judged, judging, scorer)
            add_trees(judged, read(opened, judging, "trained"))
    except MyoqcError as error:
        typer.echo(f"scorer.py: {error}", err=True)
        raise typer.Exit(4) from None
    typer.echo(f"SIMULATED: {len(slices)} slices of {len(np.unique(slices.subject))} subjects; {judging.name}\n")
    typer.echo("Areas under the curve, against the truth:\n")
    areas(judged, "motion")
    typer.echo("Against the simulated operator:\n")
    areas(judged, "operator")
    false_alarms(judged, judging.threshold)
    trust(judged, judging)
    attention(judged)


if __name__ == "__main__":
    typer.run(main)
