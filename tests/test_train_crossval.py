"""Cross-validation: who is in which part, and that a case is scored by networks that know nobody of its subject."""

from dataclasses import replace

import numpy as np
import pytest

from few_examples import made_examples
from myoqc.errors import InputError
from myoqc.train.attention_loss import Arm
from myoqc.train.crossval import Run, check_parts, parts_of, runs
from myoqc.train.stability import N_FOLDS

N = 40


def examples(artefact=-1, subjects=20, n=N):
    return made_examples(
        (5,) * n, artefact=np.full(n, artefact), subject=np.array([f"S{number % subjects}" for number in range(n)])
    )


@pytest.fixture(scope="module")
def some():
    return examples()


def test_every_case_is_tested_once_and_nobody_is_in_two_parts(some):
    tested = []
    for fold in range(N_FOLDS):
        parts = parts_of(some, fold, 0)
        subjects = [set(some.subject[each]) for each in (parts.trained, parts.validated, parts.tested)]
        assert not subjects[0] & subjects[1] | subjects[0] & subjects[2] | subjects[1] & subjects[2]
        assert [len(each) for each in subjects] == [12, 4, 4]
        tested.extend(parts.tested.tolist())
    assert sorted(tested) == list(range(N))


def test_maps_with_another_artefact_are_scored_by_every_network_and_teach_none(some):
    artefact = np.where(np.arange(N) >= 36, 2, -1)
    subject = np.where(artefact >= 0, np.char.add("A", np.arange(N).astype(str)), some.subject)
    mixed = replace(some, artefact=artefact, subject=subject)
    for fold in range(N_FOLDS):
        parts = parts_of(mixed, fold, 0)
        assert parts.disturbed.tolist() == [36, 37, 38, 39]
        assert max(*parts.trained, *parts.validated, *parts.tested) < 36


def test_a_map_with_another_artefact_is_not_scored_by_a_network_that_knows_its_subject(some):
    mixed = replace(some, artefact=np.where(np.arange(N) == 7, 2, -1))
    scored = [7 in parts_of(mixed, fold, 0).disturbed for fold in range(N_FOLDS)]
    (fold,) = np.flatnonzero(scored)  # a network that was validated on its subject is tuned to it, too
    assert mixed.subject[7] in mixed.subject[parts_of(mixed, int(fold), 0).tested]


def test_a_fold_without_a_slice_to_learn_from_is_refused(some):
    check_parts(parts_of(some, 0, 0))
    with pytest.raises(InputError, match="no slice without another artefact to be trained"):
        check_parts(parts_of(replace(some, artefact=np.zeros(N, dtype=np.int64)), 0, 0))


def test_the_seed_deals_out_subjects_and_the_same_one_in_the_same_way(some):
    first, again, other = (parts_of(some, 1, seed).tested.tolist() for seed in (0, 0, 1))
    assert first == again != other


def test_too_few_subjects_are_refused():
    with pytest.raises(InputError, match="too few subjects"):
        parts_of(examples(subjects=9), 0, 0)


def test_arms_of_one_fold_are_trained_after_one_another_and_none_twice():
    found = runs([Arm.NONE, Arm.SUPERVISED, Arm.NONE], 2)
    assert len(found) == len(set(found)) == 2 * 2 * N_FOLDS
    assert found[:3] == [Run(Arm.NONE, 0, 0), Run(Arm.SUPERVISED, 0, 0), Run(Arm.NONE, 0, 1)]
    assert str(found[1]) == "supervised-seed-0-fold-0"
