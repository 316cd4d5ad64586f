"""Scores that were written as a table are read again as they were."""

import numpy as np

from myoqc.acquire.score_table import read_scores
from myoqc.records.scored_cases import ScoredCases
from myoqc.report.score_table import score_table


def test_a_table_that_was_written_is_read_again_the_same(tmp_path):
    rng = np.random.default_rng(0)
    score, label, truth = rng.random((4, 6)), rng.random((4, 6)) < 0.5, rng.random((4, 6)) < 0.5
    cases = ScoredCases(
        case=("a", "b", "c, d", "e"),
        patient=("P1", "P1", "P2", "P3"),
        scores={"network": score, "trees": 1.0 - score},
        labels={"operator": label, "truth": truth},
        strata={"level": ("basal", "mid", "basal", "mid")},
        simulated=np.ones(4, dtype=bool),
    )
    path = tmp_path / "scores.csv"
    path.write_text(score_table(cases, "network", "operator", "truth", {"fold": [0, 0, 1, 2]}), encoding="utf-8")
    again = read_scores(path)
    assert again.case == cases.case
    assert again.patient == cases.patient
    np.testing.assert_array_equal(again.scores["score"], score)
    np.testing.assert_array_equal(again.labels["label"], label)
    np.testing.assert_array_equal(again.labels["truth"], truth)
    assert dict(again.strata) == {"fold": ("0", "0", "1", "2"), "level": ("basal", "mid", "basal", "mid")}
    assert again.simulated.all()
    assert not again.unused
