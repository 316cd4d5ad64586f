"""Where the scorer looked, as the report shows it: in its place on the image, for the segments that matter."""

from dataclasses import replace

import numpy as np
import pytest

import assessments as made
from myoqc.aha import Segment
from myoqc.records import AttentionMaps, Placement
from myoqc.report import write_study_report
from myoqc.report.attention import TITLES, attention_map, shown_segments

CELL_MM = 7.5


def with_attention(assessment, maps, angle_deg=0.0, method="grad-cam"):
    placement = Placement(assessment.segments.centre_px, angle_deg)
    scores = replace(assessment.scores, attention=AttentionMaps(maps, method, placement))
    return replace(assessment, scores=scores)


def peaks(**at):
    """(6 20 20) one cell for each segment that is named, at (row, column)."""
    maps = np.zeros((6, 20, 20), dtype=np.float32)
    for name, (row, column) in at.items():
        maps[Segment[name.upper()], row, column] = 3.0
    return maps


def peak_mm(assessment):
    """(2) where the map is highest, down and right from the middle of the ventricle."""
    values = attention_map(assessment)
    place = np.argwhere(values >= 0.95 * np.nanmax(values)).mean(axis=0)
    return (place - assessment.segments.centre_px) * assessment.acquisition.grid.spacing_mm


@pytest.mark.parametrize(("row", "column"), [(6, 10), (13, 4)])
def test_a_cell_is_shown_where_it_lies_in_the_image(row, column):
    shown = with_attention(made.scored(motion=(Segment.INFERIOR,)), peaks(inferior=(row, column)))
    expected_mm = (np.array([row, column]) - 9.5) * CELL_MM
    np.testing.assert_allclose(peak_mm(shown), expected_mm, atol=1.5)
    assert np.nanmax(attention_map(shown)) == pytest.approx(1.0, abs=0.1)


def test_the_turn_of_the_crop_is_undone():
    shown = with_attention(made.scored(motion=(Segment.INFERIOR,)), peaks(inferior=(4, 9)), angle_deg=90.0)
    down_mm, right_mm = peak_mm(shown)
    assert abs(down_mm) < 6.0
    assert abs(right_mm) == pytest.approx(5.5 * CELL_MM, abs=2.0)


def test_maps_of_still_segments_are_not_shown_where_others_moved():
    plain = made.scored(motion=(Segment.INFERIOR, Segment.ANTERIOR))
    shown = with_attention(plain, peaks(anteroseptal=(2, 2)))
    assert set(shown_segments(shown)) == {Segment.INFERIOR, Segment.ANTERIOR}
    assert np.nanmax(attention_map(shown)) == 0.0


def test_of_a_still_slice_the_most_suspect_segment_is_shown():
    plain = made.scored()
    assert shown_segments(plain) == (Segment(int(np.argmax(plain.scores.probability))),)


def test_where_nothing_was_scored_nothing_is_shown():
    assert shown_segments(made.scored(unscored=tuple(Segment))) == ()
    assert shown_segments(made.apical()) == ()


def test_a_scorer_that_does_not_tell_where_it_looked_has_no_picture():
    assert attention_map(made.scored()) is None


@pytest.mark.parametrize("method", TITLES)
def test_the_report_shows_it_and_says_of_which_segments_it_is(tmp_path, method):
    shown = with_attention(made.scored(motion=(Segment.INFERIOR,)), peaks(inferior=(12, 9)), method=method)
    write_study_report([shown], tmp_path / "report.html", title="S")
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert TITLES[method] in text
    assert "inferior: with motion" in text


def test_a_report_of_a_scorer_that_does_not_tell_has_no_empty_panel(tmp_path):
    write_study_report([made.scored()], tmp_path / "report.html", title="S")
    assert not any(title in (tmp_path / "report.html").read_text(encoding="utf-8") for title in TITLES.values())
