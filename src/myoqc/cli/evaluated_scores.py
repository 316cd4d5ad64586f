"""The work of ``myoqc evaluate scores``, with its progress bar, what it writes and what it prints."""

from pathlib import Path

import numpy as np
from rich.markup import escape

from myoqc.acquire.naming import naming
from myoqc.acquire.score_table import read_scores
from myoqc.cli.console import console, note, progress
from myoqc.cli.sheets import print_sheets
from myoqc.evaluate.bootstrap import Resamples
from myoqc.evaluate.scored import Figure, answer, curves, draw_maps, questions, with_holm
from myoqc.records.scored_cases import ScoredCases
from myoqc.report.scored_files import write_evaluation
from myoqc.report.scored_tables import LEGEND, cautions, sheets, what_was_read


def evaluate_with_progress(file: Path, out: Path | None, n_resamples: int, seed: int, threshold: float) -> None:
    """Read the table, measure, print, and write where a folder is given."""
    cases = read_scores(file)
    with naming(file):
        drawn = draw_maps(np.random.default_rng(seed), cases, n_resamples)
    figures = _measured(cases, drawn, threshold)
    _print(cases, figures, threshold)
    if out is not None:
        choices = {"resamples": n_resamples, "seed": seed, "threshold": threshold}
        write_evaluation(out, cases, figures, curves(cases, drawn), choices)
        console.print(f"All figures and the curves in {escape(str(out))}", soft_wrap=True)


def _measured(cases: ScoredCases, drawn: Resamples, threshold: float) -> list[Figure]:
    asked = questions(cases, drawn, threshold)
    with progress() as bars:
        return with_holm([answer(each) for each in bars.track(asked, description="Measuring")])


def _print(cases: ScoredCases, figures: list[Figure], threshold: float) -> None:
    for line in what_was_read(cases):
        console.print(escape(line))
    for line in cautions(cases, figures):
        note(line)
    print_sheets(sheets(cases, figures))
    console.print()
    console.print(f"{LEGEND} A case is called from a score of {threshold:g} on.")
