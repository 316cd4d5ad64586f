"""The stability experiment from a cohort to its figures: measured, scored by folds, compared."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from myoqc import __version__
from myoqc.cohort import Cohort
from myoqc.train.automatic_segments import SCORED_LEVELS
from myoqc.train.segmenter_figures import figures as figures_of_outlines
from myoqc.train.stability import CELLS, N_FOLDS, Cell, Scored, draw_folds, held_out, paired
from myoqc.train.stability_figures import N_RESAMPLES, Figure, figures
from myoqc.train.stability_r2_rule import r2_rule_trainer
from myoqc.train.stability_record import Progress, measure, segmenter_in
from myoqc.train.stability_slices import Slices, slices_of, unseen_cases

SCORER = "R² rule, for each scheme by itself"


@dataclass(frozen=True, slots=True)
class Choices:
    """Everything that decides the figures, together with the cohort, the segmenter and the version."""

    trained_on: str = "truth"
    """Whose labels the scorer learns from: 'truth' or 'operator'."""
    seed: int = 0
    """Of the folds and of the subjects that are drawn for intervals."""


@dataclass(frozen=True, slots=True, eq=False)
class Result:
    """SIMULATED. What the experiment found, the same to the bit whatever the number of workers."""

    about: Mapping[str, Any]
    """What was compared, and how."""
    counts: Mapping[str, Any]
    """Slices, subjects and segments, and why some were left out."""
    figures: tuple[Figure, ...]
    outlines: Mapping[str, Mapping[str, float | None]]
    """Kind of case → figure → how well the automatic outlines lie."""


def make_stability(
    cohort: Cohort, folder: Path, weights: Path | None, choices: Choices, *, workers: int, progress: Progress
) -> Result:
    """Measure the cohort in ``folder``, or go on there, and compare scores by true and by automatic outlines.

    ``weights`` is the folder of a segmenter, None = the shipped one. Raises InputError for too few subjects and for
    labels that are all the same, and what :func:`~myoqc.train.stability_record.measure` raises.
    """
    segmenter = segmenter_in(weights)
    cases = unseen_cases(cohort, segmenter.card)
    draw_folds(np.random.default_rng(choices.seed), cohort.subjects[cases])  # too few are told before the long work
    slices = slices_of(cohort, measure(cohort, cases, folder, weights, workers=workers, progress=progress))
    answers = _answers(slices, choices)
    about = {
        "scorer": SCORER,
        "trained_on": choices.trained_on,
        "folds": N_FOLDS,
        "seed": choices.seed,
        "resamples": N_RESAMPLES,
        "myoqc": __version__,
        "cohort": {"made_of": cohort.about["made_of"], "sha256": cohort.about["sha256"]},
        "segmenter": {
            "name": segmenter.name,
            "sha256": segmenter.digest,
            "says_what_it_learnt_from": "trained_on" in segmenter.card,
        },
    }
    return Result(
        about=about,
        counts=_counts(cohort, cases, slices, answers),
        figures=tuple(figures(answers, slices.labels, slices.subject, choices.seed)),
        outlines=_outlines(slices),
    )


def _answers(slices: Slices, choices: Choices) -> dict[Cell, Scored]:
    folds = draw_folds(np.random.default_rng(choices.seed), slices.subject)
    train = r2_rule_trainer(slices.schedule, slices.statistics)
    return held_out(train, slices.labels[choices.trained_on], slices.found, folds)


def _counts(cohort: Cohort, cases: Sequence[int], slices: Slices, answers: Mapping[Cell, Scored]) -> dict[str, Any]:
    known = set(cases)
    levels = {level.value for level in SCORED_LEVELS}
    seen = [n for n, row in enumerate(cohort.rows) if row["level"] in levels and n not in known]
    common = paired(answers)[CELLS[0]].scored
    reasons = Counter(each.why_not for each in slices.measured if each.why_not)
    return {
        "slices": len(slices.measured),
        "subjects": len(np.unique(slices.subject)),
        "slices_known_to_the_segmenter": len(seen),
        "found": int(slices.found.sum()),
        "not_found": dict(sorted(reasons.items())),
        "insertion_inferred": sum(each.inferred for each in slices.measured),
        "segments_compared": int(common.sum()),
        "segments_not_compared": int(common[slices.found].size - common.sum()),
    }


def _outlines(slices: Slices) -> dict[str, dict[str, float | None]]:
    kinds = figures_of_outlines([each.judged for each in slices.measured])
    # The time that finding took differs from run to run.
    return {kind: {name: value for name, value in of.items() if name != "seconds"} for kind, of in kinds.items()}
