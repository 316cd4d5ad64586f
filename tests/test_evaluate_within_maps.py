"""AUC within maps: hand-made answers, laws, and the interval by patients."""

import numpy as np
import pytest

from myoqc.errors import GeometryError, InputError
from myoqc.evaluate import auc, by_image, draw_resamples, interval
from myoqc.evaluate.within_maps import auc_of_each_map, auc_within_maps, resampled_within_maps

MOTION = np.array([[1, 1, 0, 0, 0, 0], [1, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0], [1, 1, 1, 1, 1, 1]], dtype=bool)
SCORE = np.array([[9, 3, 5, 3, 1, 1], [2, 1, 1, 9, 9, 2], [1, 2, 3, 4, 5, 6], [1, 2, 3, 4, 5, 6]], dtype=float)


def test_each_map_by_hand() -> None:
    """Map 1: 4 of 4 pairs and 2½ of 4; map 2: 2½ of 5; the others have one kind only."""
    np.testing.assert_array_equal(auc_of_each_map(SCORE, MOTION), [6.5 / 8, 0.5, np.nan, np.nan])


def test_maps_count_alike_however_many_pairs_they_have() -> None:
    assert auc_within_maps(SCORE, MOTION) == (6.5 / 8 + 0.5) / 2


def test_a_segment_that_was_not_scored_makes_no_pair() -> None:
    score = SCORE.copy()
    score[0, 1], score[1, 0] = np.nan, np.nan
    np.testing.assert_array_equal(auc_of_each_map(score, MOTION), [1.0, np.nan, np.nan, np.nan])


def test_each_map_has_the_auc_of_its_six_segments() -> None:
    rng = np.random.default_rng(0)
    score, motion = rng.integers(0, 4, (50, 6)).astype(float), rng.random((50, 6)) < 0.5
    mixed = motion.any(axis=1) & ~motion.all(axis=1)
    expected = [auc(*case) for case in zip(score[mixed], motion[mixed], strict=True)]
    np.testing.assert_array_equal(auc_of_each_map(score, motion)[mixed], expected)


def test_what_is_the_same_in_a_whole_map_changes_nothing() -> None:
    """A score that only knows bad maps from good ones has a good AUC over segments and images, and ½ within maps."""
    rng = np.random.default_rng(1)
    motion = (rng.random((400, 1)) < 0.3) & (rng.random((400, 6)) < 0.7)
    of_map = motion.any(axis=1, keepdims=True) + np.zeros((1, 6))
    assert auc(of_map.ravel(), motion.ravel()) > 0.9
    assert auc(*by_image(of_map, motion)) == 1.0
    assert auc_within_maps(of_map, motion) == 0.5
    fine = rng.normal(size=(400, 6))
    np.testing.assert_array_equal(
        auc_of_each_map(np.round(fine, 2), motion), auc_of_each_map(np.round(fine, 2) + 64.0 * of_map, motion)
    )


def test_its_interval_draws_patients() -> None:
    """Two patients, whose maps have 1 and 0: their resamples have 1, ½ or 0."""
    motion = np.tile([True, False, False, False, False, False], (6, 1))
    score = np.where(np.arange(6)[:, None] < 3, motion, ~motion).astype(float)
    found = interval(resampled_within_maps(score, motion), draw_resamples(np.random.default_rng(2), list("aaabbb")))
    assert (found.value, found.low, found.high) == (0.5, 0.0, 1.0)


def test_a_resample_without_mixed_maps_has_no_value() -> None:
    times = np.array([[0, 0, 1, 3], [2, 0, 1, 1], [1, 3, 0, 0]])
    found = resampled_within_maps(SCORE, MOTION).of(times)
    np.testing.assert_allclose(found, [np.nan, 6.5 / 8, (6.5 / 8 + 1.5) / 4])


def test_maps_of_one_kind_alone_are_refused() -> None:
    with pytest.raises(InputError, match="no map has scored segments of both kinds"):
        auc_within_maps(SCORE[2:], MOTION[2:])


def test_scores_of_other_segments_are_refused() -> None:
    with pytest.raises(GeometryError, match=r"not one score a segment; expected \(4, 6\); found \(4, 5\)"):
        auc_of_each_map(SCORE[:, :5], MOTION)
