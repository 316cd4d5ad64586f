"""Shares and differences of resamples, and the two units in which scores are judged: answers worked out by hand."""

import numpy as np
import pytest

from myoqc.errors import GeometryError, InputError
from myoqc.evaluate import by_image, by_segment, resampled_difference, resampled_ratio, resampled_share
from myoqc.evaluate.bootstrap import value_of

RIGHT, AMONG = [1, 0, 1, 1], [1, 1, 1, 0]


def test_a_share_counts_only_the_cases_that_are_asked_for():
    assert value_of(resampled_share(RIGHT, AMONG)) == 2 / 3


def test_a_case_that_is_drawn_twice_counts_twice_and_a_resample_without_any_has_no_share():
    shares = resampled_share(RIGHT, AMONG).of(np.array([[0, 2, 1, 5], [0, 0, 0, 3]]))
    np.testing.assert_array_equal(shares, [1 / 3, np.nan])


def test_a_difference_is_taken_within_each_resample():
    first, second = resampled_share(RIGHT, AMONG), resampled_share(RIGHT, [1, 1, 1, 1])
    times = np.array([[1, 1, 1, 1], [0, 1, 1, 2]])
    np.testing.assert_array_equal(resampled_difference(first, second).of(times), [2 / 3 - 3 / 4, 1 / 2 - 3 / 4])


def test_what_does_not_fit_together_is_refused():
    with pytest.raises(GeometryError, match="not the same cases; expected 3; found 4"):
        resampled_share(RIGHT, [1, 1, 1])
    with pytest.raises(InputError, match="only 0 and 1"):
        resampled_share([0.5, 1.0], [1, 1])
    with pytest.raises(GeometryError, match="statistics of other cases"):
        resampled_difference(resampled_share([1], [1]), resampled_share([1, 1], [1, 1]))


def test_an_image_has_the_highest_score_of_its_scored_segments_and_moves_where_any_does():
    value = np.array([[0.1, np.nan, 0.7], [np.nan, np.nan, np.nan]])
    motion = np.array([[False, True, False], [False, False, False]])
    score, moves = by_image(value, motion)
    np.testing.assert_array_equal(score, [0.7, np.nan])
    assert moves.tolist() == [True, False]
    assert [len(each) for each in by_segment(value, motion)] == [6, 6]


def test_a_ratio_counts_what_a_case_holds_several_of():
    found = resampled_ratio([1.0, 4.0, 0.0], [2.0, 4.0, 0.0])
    np.testing.assert_allclose(found.of(np.array([[1, 1, 1], [2, 0, 1], [0, 0, 3]])), [5 / 6, 0.5, np.nan])


def test_a_ratio_of_other_cases_is_refused():
    with pytest.raises(GeometryError, match="not the same cases; expected 2; found 1"):
        resampled_ratio([1.0], [1.0, 2.0])
