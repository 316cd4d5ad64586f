"""How long DeLong's variance takes, beside scikit-learn's area alone and the variance by its definition.

Run ``python benchmarks/delong.py``. Times are CPU seconds in one process on one thread, the best of several. The
definition compares every case of one kind with every case of the other, so it is given fewer scores. All must find the
same, or the command fails.
"""

from collections.abc import Callable
from typing import Annotated

import numpy as np
import typer
from machine_bounds import lone_process, timed
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table
from sklearn.metrics import roc_auc_score

from myoqc.evaluate import Area, clustered_delong, delong, delong_difference

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
Row = tuple[str, int, float, float]
"""What, scores, milliseconds, and how often the time of :func:`delong` on as many scores."""

PREVALENCE = 0.1
CASES_PER_PATIENT = 12
"""Six segments of two slices."""
SAME = 1e-12


def draw_scores(rng: np.random.Generator, n_scores: int) -> tuple[FloatArray, FloatArray, BoolArray]:
    """Two scores and the truth (n); scores have three digits, so that some are equal."""
    truth = rng.random(n_scores) < PREVALENCE
    first, second = (1.5 * truth + rng.standard_normal((2, n_scores))).round(3)
    return first, second, truth


def by_definition(score: FloatArray, truth: BoolArray) -> tuple[float, float]:
    """Area and variance from the comparison of all pairs."""
    with_it, without = score[truth][:, None], score[~truth]
    won = (with_it > without) + 0.5 * (with_it == without)
    of_positive, of_negative = won.mean(axis=1), won.mean(axis=0)
    variance = of_positive.var(ddof=1) / len(of_positive) + of_negative.var(ddof=1) / len(of_negative)
    return float(won.mean()), float(variance)


def best_ms(call: Callable[[], object], repeats: int) -> float:
    return min(timed(call)[0].cpu_ms for _ in range(repeats))


def measure(n_scores: int, n_few: int, repeats: int) -> list[Row]:
    """All rows; raises ValueError where answers differ."""
    rng = np.random.default_rng(0)
    first, second, truth = draw_scores(rng, n_scores)
    some, _, some_truth = draw_scores(rng, n_few)
    patient = np.arange(n_scores) // CASES_PER_PATIENT
    refuse_other(delong(first, truth), float(roc_auc_score(truth, first)), None)
    refuse_other(delong(some, some_truth), *by_definition(some, some_truth))
    calls: list[tuple[str, int, Callable[[], object]]] = [
        ("delong", n_scores, lambda: delong(first, truth)),
        ("delong_difference, paired", n_scores, lambda: delong_difference(first, second, truth)),
        ("clustered_delong", n_scores, lambda: clustered_delong(first, truth, patient)),
        ("scikit-learn's roc_auc_score: no variance", n_scores, lambda: roc_auc_score(truth, first)),
        ("delong", n_few, lambda: delong(some, some_truth)),
        ("the definition: all pairs", n_few, lambda: by_definition(some, some_truth)),
    ]
    times = [(name, n, best_ms(call, repeats)) for name, n, call in calls]
    unit = {n: ms for name, n, ms in times if name == "delong"}
    return [(name, n, ms, ms / unit[n]) for name, n, ms in times]


def refuse_other(found: Area, area: float, variance: float | None) -> None:
    apart = [abs(found.value - area), 0.0 if variance is None else abs(found.variance - variance)]
    if max(apart) > SAME:
        raise ValueError(f"answers differ by {max(apart):.1e}")


def main(
    scores: Annotated[int, typer.Option(min=100)] = 100_000,
    few: Annotated[int, typer.Option(min=100, help="Scores for the definition.")] = 10_000,
    repeats: Annotated[int, typer.Option(min=1)] = 7,
) -> None:
    """Measure and print one table."""
    with lone_process() as process:
        rows = process.submit(measure, scores, few, repeats).result()
    table = Table("", "scores", "ms", "times delong")
    for name, n_scores, ms, ratio in rows:
        table.add_row(name, f"{n_scores:,}", f"{ms:.2f}", f"{ratio:.2f}")
    Console().print(table)


if __name__ == "__main__":
    typer.run(main)
