"""A cross-validation from a cohort to the scores of all its cases, two trainings or more at a time."""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from shutil import rmtree
from typing import Any

from myoqc.cohort import Cohort
from myoqc.cohort.workers import in_processes
from myoqc.train.attention_loss import Arm
from myoqc.train.crossval import Run, parts_of, runs
from myoqc.train.crossval_scores import RunScores, read_scores
from myoqc.train.crossval_training import EXAMPLES, TRAININGS, Plan, scores_file, told_file, train_run
from myoqc.train.devices import default_workers, gpus
from myoqc.train.fitting import Watch, claim
from myoqc.train.kept_examples import keep_examples, kept_examples
from myoqc.train.on_ray import on_ray
from myoqc.train.scorer_examples import ScorerExamples, scorable_numbers
from myoqc.train.scorer_reading import read_slices
from myoqc.train.scorer_training import ScorerRecipe

LOOK_EVERY_S = 1.0
Progress = Callable[[float, int], None]
"""Told how many trainings are done, with parts of those at work, and how many there are."""


def cross_validate(
    cohort: Cohort,
    folder: Path,
    recipe: ScorerRecipe,
    *,
    arms: Sequence[Arm],
    n_seeds: int,
    seed: int,
    workers: int | None,
    watch: Watch,
    progress: Progress,
    address: str | None = None,
) -> tuple[ScorerExamples, Mapping[Run, RunScores]]:
    """Train what is not trained yet in ``folder``, ``workers`` at a time; the scores of every run.

    ``workers`` are as many as there is room for if not given; with an ``address`` they are those of a Ray cluster. The
    number of a case in the scores is that of an example. Raises InputError for too few subjects, OutputError where the
    folder holds another cross-validation, and what reading, training and :func:`~myoqc.train.on_ray.on_ray` raise.
    """
    folder = folder.resolve()
    plan = Plan(recipe, seed, cohort.about["sha256"])
    claim(folder, plan.as_json())
    _sweep(folder)
    examples = _examples(cohort, folder, plan, watch)
    parts_of(examples, 0, seed)  # too few subjects are told before the long work
    wanted = runs(arms, n_seeds)
    lacking = [run for run in wanted if not scores_file(folder, run).exists()]
    with _told(folder, wanted, progress):
        for _ in _trained([(folder, plan, run) for run in lacking], workers, address):
            pass
    return examples, {run: read_scores(scores_file(folder, run)) for run in wanted}


def forget(folder: Path) -> None:
    """Remove what only a run that goes on needs: examples and trainings."""
    for name in (EXAMPLES, TRAININGS):
        rmtree(folder / name, ignore_errors=True)


def _trained(tasks: Sequence[tuple[Path, Plan, Run]], workers: int | None, address: str | None) -> Iterator[Any]:
    if address is not None:
        return on_ray(train_run, tasks, workers, address)
    return in_processes(train_run, tasks, workers or default_workers(), gpus())


def _sweep(folder: Path) -> None:
    """Remove what was half written when the command was killed."""
    for half in (*folder.glob("*.partial*"), *folder.glob("*/*.partial*")):
        if half.is_dir():
            rmtree(half)
        else:
            half.unlink()


def _examples(cohort: Cohort, folder: Path, plan: Plan, watch: Watch) -> ScorerExamples:
    known = kept_examples(folder / EXAMPLES, plan.cohort)
    if known is None:
        numbers = scorable_numbers(cohort, frozenset(cohort.subjects.tolist()))
        known = read_slices(cohort, numbers, watch, "Reading slices")
        keep_examples(known, folder / EXAMPLES, plan.cohort)
    return known


@contextmanager
def _told(folder: Path, wanted: Sequence[Run], progress: Progress) -> Iterator[None]:
    """Tell how far the runs are while others work."""
    stopped = threading.Event()

    def look() -> None:
        while not stopped.wait(LOOK_EVERY_S):
            progress(sum(_share_done(folder, run) for run in wanted), len(wanted))

    looking = threading.Thread(target=look, daemon=True)
    looking.start()
    try:
        yield
    finally:
        stopped.set()
        looking.join()
        progress(sum(_share_done(folder, run) for run in wanted), len(wanted))


def _share_done(folder: Path, run: Run) -> float:
    if scores_file(folder, run).exists():
        return 1.0
    try:
        done, of_all = told_file(folder, run).read_text(encoding="utf-8").split()
        return int(done) / max(int(of_all), 1)
    except (OSError, ValueError):
        return 0.0
