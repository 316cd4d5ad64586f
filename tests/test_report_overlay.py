"""What is drawn over the pictures, and which part of the image they show."""

import re
from dataclasses import replace

import numpy as np
import pytest
import shapely

import assessments as made
from myoqc import polygons
from myoqc.aha import Level, Segment
from myoqc.records import Assessment, Grid, Segments
from myoqc.report.frames import heart, whole, xy_mm
from myoqc.report.overlay import borders_px, overlay, sectors_px

SCORED = made.scored(Level.MID, (Segment.INFERIOR, Segment.INFEROLATERAL))
CENTRE_MM = xy_mm(made.CENTRE_PX, SCORED.acquisition.grid)


def points(path: str) -> np.ndarray:
    """(n 2) x, y of SVG path data made of straight lines."""
    return np.array([float(number) for number in re.findall(r"-?[\d.]+", path)]).reshape(-1, 2)


def angle_deg(xy: np.ndarray) -> float:
    """From the centre of the heart, clockwise on the screen, 0 to 360."""
    offset = np.asarray(xy) - CENTRE_MM
    return float(np.degrees(np.arctan2(offset[1], offset[0]))) % 360.0


def test_the_first_pixel_has_its_centre_half_a_pixel_from_the_corner() -> None:
    grid = Grid.plain((4, 4), (2.0, 3.0))
    np.testing.assert_allclose(xy_mm([[0, 0], [1, 2]], grid), [[1.5, 1.0], [7.5, 3.0]])


def test_outlines_are_the_contours_in_mm() -> None:
    epi, endo = (points(path) for path in overlay(SCORED).outlines)
    np.testing.assert_allclose(np.linalg.norm(epi - CENTRE_MM, axis=1), made.EPI_MM, atol=0.01)
    np.testing.assert_allclose(np.linalg.norm(endo - CENTRE_MM, axis=1), made.ENDO_MM, atol=0.01)


def test_six_borders_stand_at_60_degrees_from_the_anterior_insertion() -> None:
    angles = [angle_deg(points(path).mean(axis=0)) for path in overlay(SCORED).borders]
    np.testing.assert_allclose(sorted(angles), [45, 105, 165, 225, 285, 345], atol=4.0)


def test_an_apical_slice_has_four_borders_and_the_numbers_13_to_16() -> None:
    drawn = overlay(made.apical())
    angles = [angle_deg(points(path).mean(axis=0)) for path in drawn.borders]
    np.testing.assert_allclose(sorted(angles), [30, 120, 210, 300], atol=4.0)
    assert [label.text for label in drawn.labels] == ["13", "14", "15", "16"]


def test_a_border_reaches_from_outline_to_outline() -> None:
    for path in overlay(SCORED).borders:
        radii = np.linalg.norm(points(path) - CENTRE_MM, axis=1)
        np.testing.assert_allclose(sorted(radii), [made.ENDO_MM, made.EPI_MM], atol=0.2)


def test_only_segments_with_motion_are_framed() -> None:
    frames = overlay(SCORED).suspects
    middles = [angle_deg(np.array(shapely.Polygon(points(path)).centroid.coords[0])) for path in frames]
    np.testing.assert_allclose(middles, [75.0, 15.0], atol=3.0)


def test_a_framed_segment_has_the_area_of_its_pixels() -> None:
    area_mm2 = shapely.Polygon(points(overlay(SCORED).suspects[0])).area
    pixels_mm2 = SCORED.segments.masks[Segment.INFERIOR].sum() * np.prod(made.SPACING_MM)
    assert area_mm2 == pytest.approx(pixels_mm2, rel=0.05)


def test_masks_that_are_no_sectors_are_framed_by_their_own_pixels() -> None:
    labels = np.zeros((30, 30), dtype=int)
    labels[5:25, 5:25] = 1
    labels[10:12, 10:12] = 4
    segments = Segments.from_labels(labels)
    wall = shapely.Polygon(polygons.trace(segments.myocardium))
    wanted = [False, False, False, True, False, False]
    (outline,) = sectors_px(segments, wanted, borders_px(segments), wall)
    np.testing.assert_allclose(outline, polygons.trace(segments.masks[3]))


def test_an_abstention_frames_nothing() -> None:
    assert overlay(replace(SCORED, abstained="too noisy")).suspects == ()


def test_numbers_stand_outside_the_wall_beside_their_segments() -> None:
    labels = overlay(SCORED).labels
    assert [label.text for label in labels] == ["7", "8", "9", "10", "11", "12"]
    assert [label.suspect for label in labels] == [False, False, False, True, True, False]
    for label, expected_deg in zip(labels, (255, 195, 135, 75, 15, 315), strict=True):
        assert angle_deg(np.array([label.x, label.y])) == pytest.approx(expected_deg, abs=3.0)
        assert np.hypot(*(np.array([label.x, label.y]) - CENTRE_MM)) > made.EPI_MM + 5.0


def test_insertion_points_are_marked() -> None:
    anterior, inferior = overlay(SCORED).insertions
    assert (anterior.text, inferior.text) == ("anterior", "inferior")
    assert angle_deg(np.array([anterior.x, anterior.y])) == pytest.approx(225.0, abs=0.1)
    assert angle_deg(np.array([inferior.x, inferior.y])) == pytest.approx(135.0, abs=0.1)


def test_without_contours_the_outlines_are_those_of_the_masks() -> None:
    epi, endo = (points(path) for path in overlay(replace(SCORED, contours=None)).outlines)
    assert shapely.Polygon(epi).area == pytest.approx(np.pi * made.EPI_MM**2, rel=0.02)
    assert shapely.Polygon(endo).area == pytest.approx(np.pi * made.ENDO_MM**2, rel=0.02)


def test_contours_without_segments_are_still_drawn() -> None:
    drawn = overlay(replace(SCORED, segments=None, summaries=(), scores=None))
    assert len(drawn.outlines) == 2
    assert (drawn.borders, drawn.suspects, drawn.labels) == ((), (), ())


def test_outlines_that_no_hand_drew_are_marked_as_such() -> None:
    assert overlay(made.found()).automatic
    assert not overlay(SCORED).automatic
    assert not overlay(replace(SCORED, contours=None)).automatic


def test_the_right_ventricle_is_drawn_where_it_was_found() -> None:
    found = made.found()
    np.testing.assert_allclose(
        points(overlay(found).right), xy_mm(found.found.right_px, found.acquisition.grid), atol=0.01
    )
    assert overlay(replace(found, segments=None, summaries=(), scores=None)).right == overlay(found).right
    assert overlay(replace(found, found=replace(found.found, right_px=None))).right is None
    assert overlay(SCORED).right is None


def test_nothing_is_drawn_where_nobody_said_where_the_heart_is() -> None:
    drawn = overlay(made.unscored())
    assert (drawn.outlines, drawn.borders, drawn.labels, drawn.insertions) == ((), (), (), ())


def test_the_frame_is_150_mm_about_the_heart() -> None:
    x, y, width, height = heart(SCORED).box_mm
    assert (width, height) == pytest.approx((150.0, 150.0), abs=1.0)
    np.testing.assert_allclose((x + width / 2, y + height / 2), CENTRE_MM, atol=1.5)


def located_at(row: float, column: float, *, radius_px: float = 10.0) -> Assessment:
    """A heart somewhere in the image, by masks alone."""
    rows, columns = np.mgrid[: made.SHAPE[0], : made.SHAPE[1]]
    mask = np.hypot(rows - row, columns - column) < radius_px
    return replace(SCORED, contours=None, segments=Segments.from_labels(mask.astype(int)))


def test_a_heart_at_the_edge_moves_the_frame_into_the_image() -> None:
    frame = heart(located_at(12, 150))
    assert frame.rows[0] == 0
    assert frame.columns[1] == made.SHAPE[1]
    assert frame.box_mm[2:] == pytest.approx((150.0, 150.0), abs=1.0)


def test_a_large_heart_gets_a_larger_frame() -> None:
    assert heart(located_at(64, 80, radius_px=50)).box_mm[3] == pytest.approx(made.SHAPE[0] * 1.5, abs=1.0)


def test_an_image_smaller_than_the_frame_is_shown_whole() -> None:
    small = replace(SCORED.acquisition, grid=Grid.plain(made.SHAPE, 0.5))
    frame = heart(replace(SCORED, acquisition=small))
    assert (frame.rows, frame.columns) == ((0, made.SHAPE[0]), (0, made.SHAPE[1]))


def test_without_a_heart_there_is_only_the_whole_image() -> None:
    assert heart(made.unscored()) is None
    assert whole(SCORED.acquisition.grid).box_mm == pytest.approx((0, 0, 160 * 1.4, 128 * 1.5))
