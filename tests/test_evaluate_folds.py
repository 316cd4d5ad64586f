import numpy as np
import pytest

from myoqc.errors import GeometryError, InputError
from myoqc.evaluate import auc, fold_agreement, network_agreement, spread

CLEAN = np.zeros(6, dtype=bool)
ONE, OTHER = np.eye(6, dtype=bool)[:2]
LEVEL = ("basal", "mid", "basal", "basal")
FOLD = (0, 0, 1, 1)


def of(called, reference, level=LEVEL, fold=FOLD):
    return fold_agreement(called, np.asarray(called, dtype=float), reference, level, fold)


def test_a_small_answer_can_be_worked_out_by_hand():
    # In fold 0 one map is called in the wrong segment, so two segments are wrong and the image is right.
    found = of([OTHER, CLEAN, ONE, CLEAN], [ONE, CLEAN, ONE, OTHER])
    np.testing.assert_allclose(found.everything.segments, [10 / 12, 11 / 12])
    np.testing.assert_allclose(found.everything.image, [1.0, 0.5])
    np.testing.assert_allclose(found.everything.segment[:, :3], [[0.5, 0.5, 1.0], [1.0, 0.5, 1.0]])
    np.testing.assert_allclose(found.basal.segments, [4 / 6, 11 / 12])
    np.testing.assert_array_equal(found.basal.n_maps, [1, 2])


def test_a_fold_without_maps_of_a_level_has_no_value_there_and_the_mean_is_of_the_others():
    found = of([OTHER, CLEAN, ONE, CLEAN], [ONE, CLEAN, ONE, OTHER])
    np.testing.assert_array_equal(found.mid.image, [1.0, np.nan])
    np.testing.assert_array_equal(found.mid.n_maps, [1, 0])
    over = spread(found.mid.image)
    assert (over.mean, over.n_folds) == (1.0, 1)
    assert np.isnan(over.sd)


def test_the_spread_is_that_of_a_sample():
    found = spread([0.90, 0.92, np.nan, 0.94])
    assert (found.mean, found.sd, found.n_folds) == (pytest.approx(0.92), pytest.approx(0.02), 3)
    assert np.isnan(spread([np.nan]).mean)


def test_one_who_is_always_right_agrees_everywhere_and_one_who_never_calls_agrees_where_nothing_moved():
    truth = np.array([ONE, CLEAN, OTHER, CLEAN])
    right, never = of(truth, truth), of(np.zeros((4, 6)), truth)
    assert {float(each) for each in (*right.everything.segment.ravel(), *right.auc_segments)} == {1.0}
    assert right.pooled_auc_images == 1.0
    np.testing.assert_allclose(never.everything.segments, [11 / 12, 11 / 12])
    np.testing.assert_allclose(never.everything.image, [0.5, 0.5])
    assert never.pooled_auc_segments == never.auc_images[0] == 0.5


def test_areas_are_of_each_fold_and_of_all_together():
    rng = np.random.default_rng(3)
    truth, score, fold = rng.random((60, 6)) < 0.3, rng.random((60, 6)), np.arange(60) % 3
    found = fold_agreement(score >= 0.5, score, truth, ["mid"] * 60, fold)
    assert found.auc_segments[1] == auc(score[fold == 1].ravel(), truth[fold == 1].ravel())
    assert found.auc_images[2] == auc(score[fold == 2].max(axis=1), truth[fold == 2].any(axis=1))
    assert found.pooled_auc_segments == auc(score.ravel(), truth.ravel())


def test_a_fold_in_which_nothing_moved_has_no_area():
    found = of([ONE, CLEAN, CLEAN, CLEAN], [ONE, CLEAN, CLEAN, CLEAN])
    np.testing.assert_array_equal(found.auc_segments, [1.0, np.nan])
    assert found.pooled_auc_segments == 1.0


def test_folds_may_have_any_names():
    reference = [ONE, CLEAN, ONE, OTHER]
    numbers, words = of(reference[::-1], reference), of(reference[::-1], reference, fold=list("aabb"))
    np.testing.assert_array_equal(numbers.everything.segment, words.everything.segment)


def test_each_network_is_judged_by_the_maps_that_it_may_score():
    called = np.array([[OTHER, CLEAN, ONE], [ONE, ONE, ONE]], dtype=float)
    called[0, 2], called[1, 0] = np.nan, np.nan
    found = network_agreement(called, [ONE, CLEAN, ONE])
    np.testing.assert_array_equal(found.n_maps, [2, 2])
    np.testing.assert_allclose(found.segments, [10 / 12, 11 / 12])
    np.testing.assert_allclose(found.image, [1.0, 0.5])


def test_a_network_that_may_score_nothing_says_so():
    found = network_agreement(np.full((5, 3, 6), np.nan), [ONE, CLEAN, ONE])
    assert np.isnan(found.segment).all()
    np.testing.assert_array_equal(found.n_maps, np.zeros(5))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"level": ["mid"]}, "not one level a map; expected 4"),
        ({"fold": [[0, 0, 1, 1]]}, "not one fold a map"),
        ({"reference": [ONE]}, "calls of other maps; expected 4"),
        ({"score": np.zeros((4, 4))}, "the scores has the wrong shape"),
    ],
)
def test_what_is_of_other_maps_is_refused(change, message):
    given = {"called": [ONE] * 4, "score": np.zeros((4, 6)), "reference": [ONE] * 4, "level": LEVEL, "fold": FOLD}
    with pytest.raises(GeometryError, match=message):
        fold_agreement(**given | change)


def test_what_is_no_call_is_refused():
    with pytest.raises(InputError, match="not calls; expected 0, 1, or NaN where not scored"):
        network_agreement(np.full((5, 1, 6), 0.5), [ONE])
    with pytest.raises(InputError, match="no map to compare"):
        fold_agreement(*[np.zeros((0, 6))] * 3, [], [])
