"""The answer in plain words."""

from dataclasses import replace

import numpy as np
import pytest

import assessments as made
from myoqc.aha import ApicalSegment, Level, Segment
from myoqc.records import Assessment, Origin
from myoqc.report import headline, summary_lines
from myoqc.report.words import (
    Verdict,
    listed,
    outlines_sentence,
    segment_mark,
    study_headline,
    study_verdict,
    verdict,
)


@pytest.fixture(scope="module")
def clear() -> Assessment:
    return made.scored(Level.BASAL)


@pytest.fixture(scope="module")
def moved() -> Assessment:
    return made.scored(Level.MID, (Segment.INFERIOR, Segment.INFEROLATERAL))


@pytest.fixture(scope="module")
def unscored() -> Assessment:
    return made.unscored()


def with_scores(assessment: Assessment, motion: tuple[Segment, ...], lacking: tuple[Segment, ...] = ()) -> Assessment:
    return replace(assessment, scores=made.scores(motion, lacking))


def test_motion_is_placed_in_its_segments(moved: Assessment) -> None:
    assert headline(moved) == "Mid slice: motion likely in the inferior and inferolateral segments."


def test_one_segment_is_named_in_the_singular(clear: Assessment) -> None:
    assert headline(with_scores(clear, (Segment.ANTERIOR,))) == "Basal slice: motion likely in the anterior segment."


def test_motion_everywhere_is_not_listed_word_by_word(clear: Assessment) -> None:
    assert headline(with_scores(clear, tuple(Segment))) == "Basal slice: motion likely in all six segments."


def test_a_slice_without_motion_says_so(clear: Assessment) -> None:
    assert headline(clear) == "Basal slice: no motion found."


def test_a_segment_that_could_not_be_scored_is_not_passed_over_in_silence(clear: Assessment) -> None:
    partly = with_scores(clear, (), (Segment.INFEROSEPTAL, Segment.ANTERIOR))
    assert headline(partly) == (
        "Basal slice: no motion found; the anterior and inferoseptal segments could not be scored."
    )


def test_without_contours_the_reason_follows(unscored: Assessment) -> None:
    assert headline(unscored) == "Slice not scored: no contours."
    assert verdict(unscored) is Verdict.UNSCORED


def test_a_scorer_that_abstains_is_believed_over_its_numbers(moved: Assessment) -> None:
    abstained = replace(moved, abstained="the images are too noisy.")
    assert headline(abstained) == "Mid slice not scored: the images are too noisy."


def test_probabilities_that_are_all_missing_mean_not_scored(clear: Assessment) -> None:
    assert headline(with_scores(clear, (), tuple(Segment))) == "Basal slice not scored: no segment has a usable value."


def test_a_slice_that_nobody_scored_needs_no_reason(unscored: Assessment) -> None:
    assert headline(replace(unscored, abstained=None)) == "Slice not scored."


def test_slices_of_one_name_are_numbered(clear: Assessment, unscored: Assessment) -> None:
    assert summary_lines([unscored, clear, unscored]) == [
        "Slice 1 not scored: no contours.",
        "Basal slice: no motion found.",
        "Slice 2 not scored: no contours.",
    ]


def test_a_study_is_answered_in_one_sentence(clear: Assessment, moved: Assessment, unscored: Assessment) -> None:
    assert study_headline([]) == "Nothing could be checked."
    assert study_headline([clear]) == "Basal slice: no motion found."
    assert study_headline([clear, clear]) == "No motion found in any of the 2 slices."
    assert study_headline([clear, moved]) == "Motion likely in 1 of 2 slices."
    assert study_headline([clear, moved, unscored]) == "Motion likely in 1 of 3 slices; 1 not scored."
    assert study_headline([clear, unscored]) == "No motion found in 1 of 2 slices; 1 not scored."
    assert study_headline([unscored, unscored]) == "None of the 2 slices was scored: no contours."
    other = replace(unscored, abstained="too noisy")
    assert study_headline([unscored, other]) == "None of the 2 slices was scored."


def test_a_study_is_clear_only_where_every_slice_was_scored(
    clear: Assessment, moved: Assessment, unscored: Assessment
) -> None:
    assert study_verdict([clear, clear]) is Verdict.CLEAR
    assert study_verdict([clear, unscored]) is Verdict.UNSCORED
    assert study_verdict([unscored, moved]) is Verdict.MOTION
    assert study_verdict([]) is Verdict.UNSCORED


def test_segments_have_aha_numbers_where_the_level_gives_them() -> None:
    assert [segment_mark(segment, Level.MID) for segment in Segment] == ["7", "8", "9", "10", "11", "12"]
    assert [segment_mark(segment, Level.APICAL) for segment in Segment] == ["A", "AS", "IS", "I", "IL", "AL"]
    assert [segment_mark(segment, Level.APICAL) for segment in ApicalSegment] == ["13", "14", "15", "16"]
    assert [segment_mark(segment, Level.UNKNOWN) for segment in ApicalSegment] == ["A", "S", "I", "L"]


def test_words_are_listed_as_people_list_them() -> None:
    assert [listed(words) for words in (["a"], ["a", "b"], ["a", "b", "c"])] == ["a", "a and b", "a, b and c"]


def test_a_probability_at_the_threshold_is_motion(clear: Assessment) -> None:
    probability = np.full(6, 0.1)
    probability[Segment.ANTERIOR] = made.THRESHOLD
    scores = replace(made.scores(), probability=probability)
    assert verdict(replace(clear, scores=scores)) is Verdict.MOTION


def test_who_says_where_the_heart_is_is_told(clear: Assessment, unscored: Assessment) -> None:
    assert outlines_sentence(made.found()) == "Outlines found automatically (expected overlap 0.91)."
    assert outlines_sentence(clear) == "Outlines given."
    again = replace(clear, contours=made.ring_contours(origin=Origin.AUTOMATIC))
    assert outlines_sentence(again) == "Outlines given, once found automatically."
    assert outlines_sentence(replace(clear, contours=None)) == "Segments given."
    assert outlines_sentence(unscored) == ""
