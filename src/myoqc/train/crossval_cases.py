"""The cases of a cross-validation as an evaluation takes them: who says what of them, and which kinds there are."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from myoqc.records.scored_cases import ScoredCases
from myoqc.train.crossval_material import Material
from myoqc.train.scorer_examples import ScorerExamples

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
OPERATOR, TRUTH = "operator", "truth"
"""References, never mixed."""
STEPS_MM = {"still": 1.0, "1 to 3 mm": 3.0, "3 to 6 mm": 6.0, "over 6 mm": np.inf}
"""How far the wall goes at most: kind → below."""


def scored_cases(
    material: Material,
    examples: ScorerExamples,
    numbers: NDArray[np.int64],
    scores: Mapping[str, FloatArray],
    compared: Sequence[tuple[str, str]],
) -> ScoredCases:
    """Examples ``numbers`` (n) with the ``scores`` (n 6) of each scorer, against operator and truth.

    Patients are the subjects by whom folds are divided.
    """
    rows = material.rows
    return ScoredCases(
        case=tuple(str(rows[number]["slice_uid"]) for number in numbers),
        patient=tuple(examples.subject[numbers].tolist()),
        scores=scores,
        labels={OPERATOR: examples.operator[numbers], TRUTH: examples.motion[numbers]},
        strata={name: tuple(of) for name, of in kinds_of(material, examples, numbers).items() if len(set(of)) > 1},
        compared=tuple(compared),
        simulated=np.ones(len(numbers), dtype=bool),
    )


def kinds_of(material: Material, examples: ScorerExamples, numbers: NDArray[np.int64]) -> dict[str, list[str]]:
    """Column → kind of each slice: field strength, level, phenotype, severity of motion, and what else disturbs."""
    every = material.rows
    rows = [every[number] for number in numbers]
    return {
        "field": [f"{row['field_t']:g} T" for row in rows],
        "level": [str(row["level"]) for row in rows],
        "phenotype": [str(row["drawn"]["plan"]["patient"]["phenotype"]) for row in rows],
        "severity": [_severity(float(way)) for way in examples.way_mm[numbers]],
        "artefact": [str(row["artefact"]) for row in rows],
        "distractor": [str(row["distractor"]) for row in rows],
    }


def _severity(way_mm: float) -> str:
    return next(name for name, below in STEPS_MM.items() if way_mm < below)
