"""Scores put together from the folds: each case once, those with another artefact by every network."""

import numpy as np
import pytest

from myoqc.errors import InputError
from myoqc.train.attention_loss import Arm
from myoqc.train.crossval import Run
from myoqc.train.crossval_scores import RunScores
from myoqc.train.out_of_fold import attention_out_of_fold, out_of_fold

ARTEFACT = np.array([-1] * 10 + [3, 1])
"""Cases 10 and 11 have another artefact."""


def scores_of(fold, disturbed=(10, 11)):
    """Cases ``fold`` and ``fold`` + 5, in this order, and those with another artefact."""
    number = np.array([fold + 5, fold, *disturbed])
    n = len(number)
    share = (number[:, None] * 10 + fold) / 1000.0
    return RunScores(
        number=number,
        logits=np.zeros((n, 6), dtype=np.float32),
        probability=np.broadcast_to(share, (n, 6)),
        threshold=np.array([0.5, 0.6]) + fold / 100.0,
        attention=np.broadcast_to(share[..., None, None], (n, 6, 2, 2)).astype(np.float16),
        error=np.zeros((n, 6, 3), dtype=np.float32),
        artefacts=np.zeros((n, 5), dtype=np.float32),
        minutes=1.0,
    )


def runs(**changed):
    return {Run(Arm.NONE, 0, fold): scores_of(fold, changed.get(f"fold_{fold}", (10, 11))) for fold in range(5)}


def test_every_case_has_the_score_of_the_network_of_its_fold():
    found = out_of_fold(runs(), Arm.NONE, 0, ARTEFACT)
    assert found.number.tolist() == list(range(10))
    assert found.fold.tolist() == [0, 1, 2, 3, 4] * 2
    np.testing.assert_allclose(found.probability[:, 2], (found.number * 10 + found.fold) / 1000.0)
    np.testing.assert_allclose(found.threshold[7], [0.52, 0.62])


def test_a_case_with_another_artefact_has_a_score_from_every_network_that_may_score_it():
    found = out_of_fold(runs(fold_0=(11,)), Arm.NONE, 0, ARTEFACT)
    assert found.disturbed.tolist() == [10, 11]
    assert np.isnan(found.disturbed_probability[0, 0]).all()
    np.testing.assert_allclose(found.disturbed_probability[:, 1, 0], [0.110, 0.111, 0.112, 0.113, 0.114])


def test_attention_is_that_of_the_network_of_the_fold_and_of_the_first_that_scored_a_case_with_another_artefact():
    found = attention_out_of_fold(runs(fold_0=(11,)), Arm.NONE, 0, ARTEFACT)
    assert (found.number.tolist(), found.disturbed.tolist()) == (list(range(10)), [10, 11])
    np.testing.assert_allclose(found.maps[7, 0, 1, 1], 0.072, rtol=1e-3)
    np.testing.assert_allclose(found.disturbed_maps[:, 0, 0, 0], [0.101, 0.110], rtol=1e-3)


def test_a_fold_that_lacks_is_told():
    lacking = runs()
    del lacking[Run(Arm.NONE, 0, 2)]
    with pytest.raises(InputError, match=r"not every fold is scored.*5 of none, seed 0.*4"):
        out_of_fold(lacking, Arm.NONE, 0, ARTEFACT)


def test_a_case_that_no_network_scored_is_told():
    with pytest.raises(InputError, match="not every case is scored once"):
        out_of_fold(runs(), Arm.NONE, 0, np.concatenate([ARTEFACT, [-1]]))
