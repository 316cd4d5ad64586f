"""Which slices of a cohort a cross-validation is of."""

from types import SimpleNamespace

import numpy as np
import pytest

from myoqc.errors import InputError
from myoqc.train.crossval_material import all_slices, few_slices

LEVELS = ("basal", "mid", "apical")


def simulated(n_subjects=8, levels=LEVELS):
    """Three slices a patient; of every second one the operator marks the mid slice."""
    rows = [
        {"patient": f"P{subject}", "subject": f"S{subject}", "level": level, "artefact": "none", "operator": [0] * 6}
        for subject in range(n_subjects)
        for level in levels
    ]
    marked = np.zeros((len(rows), 6), dtype=bool)
    marked[1::6, 2] = True
    for row, marks in zip(rows, marked, strict=True):
        row["operator"] = marks.astype(int).tolist()
    rows[-2]["artefact"] = "phase"
    return SimpleNamespace(
        folder="cohort",
        rows=rows,
        subjects=np.array([row["subject"] for row in rows]),
        operator=marked,
        second_reader=~marked,
        about={"sha256": {"arrays": "a", "table": "t"}},
    )


def test_every_basal_and_mid_slice_is_taken_in_the_order_of_the_cohort():
    material = all_slices(simulated(2))
    assert material.number == (0, 1, 3, 4)
    assert [row["level"] for row in material.rows] == ["basal", "mid", "basal", "mid"]
    assert material.patients == [[0, 1], [3, 4]]
    assert material.made_of == {"arrays": "a", "table": "t"}


def test_the_second_reader_speaks_of_the_same_slices():
    cohort = simulated(2)
    np.testing.assert_array_equal(all_slices(cohort).second_reader, ~cohort.operator[[0, 1, 3, 4]])


def test_a_trial_has_subjects_of_every_kind_and_a_digest_of_its_own():
    cohort = simulated()
    few = few_slices(cohort, 2)
    assert {row["subject"] for row in few.rows} == {"S0", "S2", "S1", "S3", "S7"}
    assert cohort.operator[list(few.number)].any(axis=1).sum() == 2
    assert few.made_of["cases"] != few_slices(cohort, 1).made_of["cases"]
    assert {**few.made_of, "cases": ""} == {**all_slices(cohort).made_of, "cases": ""}


def test_a_cohort_of_apical_slices_alone_is_refused():
    with pytest.raises(InputError, match="no basal or mid slice"):
        all_slices(simulated(levels=("apical",)))
