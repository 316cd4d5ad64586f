"""Baselines on the folds of a cross-validation: on the networks' own parts, calibrated, and blind to what they test."""

from dataclasses import replace

import numpy as np
import pytest

from few_examples import made_examples
from myoqc.evaluate import auc
from myoqc.score.segment_statistics import MOTION_NAMES, N_STATISTICS, NAMES
from myoqc.train.boosted_trees import ALL_STATISTICS, WITHOUT_MOTION
from myoqc.train.crossval import parts_of
from myoqc.train.crossval_baselines import Baseline, baseline_scores, baselines_out_of_fold
from myoqc.train.scorer_figures import LOWEST_R2

N = 60
LONGEST_WAY = NAMES.index("way, longest")


def cases(**fields):
    """30 subjects; the operator's motion shows a little in R², more in apparent motion, and not at all in T1."""
    rng = np.random.default_rng(3)
    operator = rng.random((N, 6)) < 0.3
    statistics = rng.normal(size=(N, 6, N_STATISTICS)).astype(np.float32)
    statistics[..., LOWEST_R2] += operator
    statistics[..., LONGEST_WAY] += 4.0 * operator
    artefact = np.where(np.arange(N) >= 54, 2, -1)
    given = {"operator": operator, "motion": ~operator, "statistics": statistics, "artefact": artefact} | fields
    return few_rows(given)


def few_rows(given):
    """The maps and images are of no account here, and 60 of them would take long to draw."""
    few = made_examples((5,) * 2)
    rows = np.zeros(N, dtype=np.intp)
    plain = {name: getattr(few, name)[rows] for name in few.__dataclass_fields__ if name not in given}
    subject = np.array([f"S{number // 2}" for number in range(N)])
    return type(few)(**plain | {"subject": subject} | given)


@pytest.fixture(scope="module")
def examples():
    return cases()


@pytest.fixture(scope="module")
def found(examples):
    return baselines_out_of_fold(examples, 0, "operator")


def area(scores, labels):
    return auc(scores.probability.ravel(), labels[scores.number].ravel())


def test_every_case_is_scored_once_in_the_fold_in_which_the_networks_are_tested_on_it(found, examples):
    for scores in found.values():
        assert scores.number.tolist() == list(range(54))
        assert scores.disturbed.tolist() == list(range(54, N))
        for fold in range(5):
            np.testing.assert_array_equal(scores.number[scores.fold == fold], parts_of(examples, fold, 0).tested)


def test_what_sees_more_of_the_motion_tells_it_better(found, examples):
    lowest, trees, with_motion = (area(found[each], examples.operator) for each in Baseline)
    assert 0.65 < lowest < 0.85
    assert trees > 0.6
    assert with_motion > 0.95


def test_scores_are_probabilities_of_the_labels_that_were_learnt_from(found, examples):
    for scores in found.values():
        assert ((scores.probability >= 0.0) & (scores.probability <= 1.0)).all()
        assert scores.probability.mean() == pytest.approx(examples.operator[:54].mean(), abs=0.06)
        assert (scores.threshold[:, 0] <= scores.threshold[:, 1]).all()
    agreed = (found[Baseline.TREES_WITH_MOTION].probability >= 0.5) == examples.operator[:54]
    assert agreed.mean() > 0.9


def test_labels_of_truth_are_learnt_from_where_they_are_wanted(examples):
    parts = parts_of(examples, 1, 0)
    by_operator, by_truth = (
        baseline_scores(Baseline.TREES_WITH_MOTION, examples, parts, labels) for labels in ("operator", "truth")
    )
    assert auc(by_operator.probability.ravel(), examples.operator[by_operator.number].ravel()) > 0.9
    assert auc(by_truth.probability.ravel(), examples.operator[by_truth.number].ravel()) < 0.1


@pytest.mark.parametrize("baseline", Baseline)
def test_labels_of_the_tested_cases_are_not_known(baseline, examples):
    parts = parts_of(examples, 2, 0)
    other = examples.operator.copy()
    other[np.concatenate([parts.tested, parts.disturbed])] ^= True
    before, after = (
        baseline_scores(baseline, each, parts, "operator") for each in (examples, replace(examples, operator=other))
    )
    np.testing.assert_array_equal(before.probability, after.probability)
    np.testing.assert_array_equal(before.threshold, after.threshold)


def test_r2_that_tells_nothing_gives_every_segment_the_share_with_motion(examples):
    same = cases(statistics=np.zeros_like(examples.statistics))
    parts = parts_of(same, 0, 0)
    scores = baseline_scores(Baseline.LOWEST_R2, same, parts, "operator")
    np.testing.assert_allclose(scores.probability, same.operator[parts.trained].mean())
    assert np.isnan(scores.threshold).all()


def test_a_case_with_another_artefact_has_no_score_where_its_subject_is_known():
    """Case 54 is of subject 27 with 55; here 55 has no other artefact, and is known in four folds."""
    mixed = cases(artefact=np.where((np.arange(N) >= 54) & (np.arange(N) != 55), 2, -1))
    scores = baselines_out_of_fold(mixed, 0, "operator")[Baseline.LOWEST_R2]
    unknown = np.isnan(scores.disturbed_probability).all(axis=-1)
    assert unknown[:, scores.disturbed.tolist().index(54)].sum() == 4
    assert not unknown[:, scores.disturbed.tolist().index(56)].any()


def test_plain_trees_are_told_nothing_of_apparent_motion():
    names = [name for name, chosen in zip(NAMES, WITHOUT_MOTION, strict=True) if chosen]
    assert not set(names) & set(MOTION_NAMES)
    assert not [name for name in names if "residual" in name or "way" in name]
    assert ALL_STATISTICS.all()
