"""A cross-validation from a cohort to the scores of all its cases, two trainings or more at a time."""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from shutil import rmtree
from typing import Any

from myoqc.cohort.workers import in_processes
from myoqc.train.attention_loss import Arm
from myoqc.train.crossval import Run, check_parts, runs
from myoqc.train.crossval_material import Material
from myoqc.train.crossval_scores import RunScores, read_scores
from myoqc.train.crossval_training import EXAMPLES, SCORES, Plan, scores_file, told_file, train_run
from myoqc.train.devices import default_workers, gpus
from myoqc.train.fitting import Watch, claim
from myoqc.train.kept_examples import keep_examples, kept_examples
from myoqc.train.on_ray import on_ray
from myoqc.train.scorer_examples import ScorerExamples
from myoqc.train.scorer_reading import read_slices
from myoqc.train.stability import N_FOLDS

LOOK_EVERY_S = 1.0
Progress = Callable[[float, int], None]
"""Told how many trainings are done, with parts of those at work, and how many there are."""


@dataclass(frozen=True, slots=True)
class Work:
    """By whom the work is done and who is told of it; nothing of this changes what is found."""

    workers: int | None
    """Trainings at a time; as many as there is room for if not given."""
    watch: Watch
    progress: Progress
    address: str | None = None
    """Of a Ray cluster whose machines share the folder."""


def cross_validate(
    material: Material, folder: Path, plan: Plan, arms: Sequence[Arm], n_seeds: int, work: Work
) -> tuple[ScorerExamples, Mapping[Run, RunScores]]:
    """Train what is not trained yet in ``folder``; the examples, and the scores of every run.

    The number of a case in the scores is that of an example. Raises InputError for too few subjects, OutputError where
    the folder holds another cross-validation, and what reading, training and :func:`~myoqc.train.on_ray.on_ray` raise.
    """
    claim(folder, plan.as_json())
    examples = _examples(material, folder, plan, work.watch)
    return examples, train_all(folder, plan, examples, runs(arms, n_seeds), work)


def train_all(
    folder: Path, plan: Plan, examples: ScorerExamples, wanted: Sequence[Run], work: Work
) -> Mapping[Run, RunScores]:
    """Train those of the ``wanted`` runs that have no scores yet, on the examples that lie in ``folder``.

    Raises InputError for too few subjects, and what training raises.
    """
    folder = folder.resolve()
    _sweep(folder)
    for fold in range(N_FOLDS):
        check_parts(plan.parts(examples, fold))  # too few subjects are told before the long work
    lacking = [run for run in wanted if not scores_file(folder, run).exists()]
    with _told(folder, wanted, work.progress):
        for _ in _trained([(folder, plan, run) for run in lacking], work):
            pass
    return {run: read_scores(scores_file(folder, run)) for run in wanted}


def _trained(tasks: Sequence[tuple[Path, Plan, Run]], work: Work) -> Iterator[Any]:
    if work.address is not None:
        return on_ray(train_run, tasks, work.workers, work.address)
    return in_processes(train_run, tasks, work.workers or default_workers(), gpus())


def _sweep(folder: Path) -> None:
    """Remove what was half written when the command was killed."""
    for half in folder.glob(f"{EXAMPLES}.*.partial"):
        rmtree(half)
    for half in (folder / SCORES).glob("*.partial.npz"):
        half.unlink()


def _examples(material: Material, folder: Path, plan: Plan, watch: Watch) -> ScorerExamples:
    known = kept_examples(folder / EXAMPLES, plan.cohort)
    if known is None:
        known = read_slices(material.cohort, material.number, watch, "Reading slices")
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
