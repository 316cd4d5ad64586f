"""Labels that were corrected take the place of the operator's, and networks learn once more [Zhang2020], §4.3."""

import os
from collections.abc import Mapping
from dataclasses import fields, replace
from hashlib import sha256
from pathlib import Path
from shutil import copyfile, rmtree
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray

from myoqc.cohort.files import not_written, one_line
from myoqc.train.crossval import Run
from myoqc.train.crossval_scores import RunScores
from myoqc.train.crossval_training import EXAMPLES, Plan
from myoqc.train.fitting import claim
from myoqc.train.kept_examples import WHAT, kept_before, kept_examples
from myoqc.train.make_crossval import Work, train_all
from myoqc.train.scorer_examples import ScorerExamples

CORRECTED = "corrected"
"""Name of the folder inside that of the cross-validation by the operator's labels."""
LABELS = "operator"
"""Field of the examples that is learnt from."""


def learn_again(
    folder: Path,
    plan: Plan,
    wanted: list[Run],
    labels: NDArray[np.bool_],
    work: Work,
) -> Mapping[Run, RunScores]:
    """Train the ``wanted`` runs on other ``labels`` (n 6), beside the cross-validation in ``folder`` with its ``plan``.

    Raises ReadError where its examples are gone, OutputError where other labels were learnt from before, and what
    training raises.
    """
    place = folder / CORRECTED
    made_of = dict(plan.cohort) | {"labels": sha256(np.packbits(labels).tobytes()).hexdigest()}
    corrected = replace(plan, cohort=made_of)
    claim(place, corrected.as_json())
    examples = kept_examples(place / EXAMPLES, made_of) or _relabelled(folder, plan, place, made_of, labels)
    return train_all(place, corrected, examples, wanted, work)


def _relabelled(
    folder: Path, plan: Plan, place: Path, made_of: Mapping[str, str], labels: NDArray[np.bool_]
) -> ScorerExamples:
    """The same examples with other labels; all else is the same files, which are gigabytes."""
    kept_before(folder / EXAMPLES, plan.cohort)
    aside = place / f"{EXAMPLES}.{uuid4().hex[:8]}.partial"
    try:
        aside.mkdir(parents=True)
        for field in fields(ScorerExamples):
            if field.name != LABELS:
                _linked(folder / EXAMPLES / f"{field.name}.npy", aside / f"{field.name}.npy")
        np.save(aside / f"{LABELS}.npy", labels)
        (aside / WHAT).write_text(one_line(made_of), encoding="utf-8")
        rmtree(place / EXAMPLES, ignore_errors=True)
        aside.replace(place / EXAMPLES)
    except OSError as error:
        raise not_written(place / EXAMPLES, error) from error
    return kept_before(place / EXAMPLES, made_of)


def _linked(source: Path, to: Path) -> None:
    """The same file under another name, or a copy where the disk does not know such names."""
    try:
        os.link(source, to)
    except OSError:
        copyfile(source, to)
