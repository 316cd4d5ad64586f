import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from myoqc.errors import ContourError
from myoqc.polygons import area_outside_px2, area_px2, centroid_px, closed, fill, trace

SQUARE = np.array([[2.0, 3.0], [2.0, 9.0], [8.0, 9.0], [8.0, 3.0]])


def circle(radius, centre=(20.0, 25.0), n=360):
    angles = np.linspace(0, 2 * np.pi, n, endpoint=False)
    return np.array(centre) + radius * np.stack([np.sin(angles), np.cos(angles)], axis=1)


def test_areas_and_centres_are_those_of_the_figures():
    assert area_px2(SQUARE) == pytest.approx(36.0)
    assert area_px2(circle(10.0)) == pytest.approx(np.pi * 100.0, rel=1e-3)
    assert centroid_px(SQUARE) == pytest.approx([5.0, 6.0])


def test_the_area_outside_is_what_sticks_out():
    assert area_outside_px2(SQUARE, SQUARE) == 0.0
    assert area_outside_px2(SQUARE + np.array([3.0, 0.0]), SQUARE) == pytest.approx(18.0)


def test_a_pixel_is_filled_where_its_centre_lies_inside():
    mask = fill(np.array([[1.5, 1.5], [1.5, 4.5], [3.4, 4.5], [3.4, 1.5]]), (6, 7))
    assert np.argwhere(mask).tolist() == [[row, column] for row in (2, 3) for column in (2, 3, 4)]


def test_a_polygon_beyond_the_image_fills_what_is_inside():
    mask = fill(circle(50.0), (40, 50))
    assert mask.all()
    assert not fill(SQUARE + 100.0, (40, 50)).any()


@settings(max_examples=40, deadline=None)
@given(
    centre=st.tuples(st.floats(8, 30), st.floats(8, 40)),
    radii=st.tuples(st.floats(2, 15), st.floats(2, 15)),
    turn=st.floats(0, np.pi),
)
def test_the_outline_of_a_mask_fills_to_the_same_mask(centre, radii, turn):
    rows, columns = np.mgrid[:40, :50]
    y, x = rows - centre[0], columns - centre[1]
    u, v = x * np.cos(turn) + y * np.sin(turn), y * np.cos(turn) - x * np.sin(turn)
    mask = (u / radii[0]) ** 2 + (v / radii[1]) ** 2 <= 1
    assert np.array_equal(fill(trace(mask), mask.shape), mask)


def test_the_largest_part_of_a_mask_is_traced():
    mask = np.zeros((20, 20), dtype=bool)
    mask[2:4, 2:4] = True
    mask[8:15, 8:16] = True
    assert np.argwhere(fill(trace(mask), mask.shape)).min() == 8


def test_repeated_points_and_a_repeated_first_point_are_dropped():
    repeated = np.vstack([SQUARE[:1], SQUARE, SQUARE[:1]])
    assert np.array_equal(np.sort(closed(repeated, "it"), axis=0), np.sort(SQUARE, axis=0))


@pytest.mark.parametrize(
    ("points", "words"),
    [
        ([[1, 2], [3, 4]], "too few points"),
        ([[1, 1]] * 9, "too few points"),
        ([1, 2, 3], "not a list of points"),
        ([[1, 2, 3]] * 5, "not a list of points"),
        ([[0, 0], [0, 9], [9, np.nan]], "not numbers"),
        ([[0, 0], [9, 9], [0, 9], [9, 0]], "crosses itself"),
        ([[0, 0], [0, 0.5], [0.5, 0]], "holds no area"),
        (circle(10.0)[:200], "is open"),
    ],
)
def test_unsound_outlines_are_refused_with_the_reason(points, words):
    with pytest.raises(ContourError, match=f"the outline.* {words}|the outline {words}"):
        closed(points, "the outline")


def test_an_empty_mask_has_no_outline():
    with pytest.raises(ContourError, match="mask is empty"):
        trace(np.zeros((5, 5), dtype=bool))


@pytest.mark.parametrize(
    ("points", "words"),
    [
        ([[1, 2], [3]], "is not a list of points; expected"),
        ([["a", "b"]] * 3, "is not a list of numbers; found type <U1"),
    ],
)
def test_ragged_lists_and_text_are_no_outline(points, words):
    with pytest.raises(ContourError, match=f"the outline {words}"):
        closed(points, "the outline")
