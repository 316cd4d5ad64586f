import numpy as np
import pytest

from myoqc.errors import ContourError, GeometryError
from myoqc.evaluate import insertion_error_deg, insertion_error_mm, outline_distance

ONE_MM = (1.0, 1.0)
SQUARE = np.array([[10.0, 10.0], [10.0, 20.0], [20.0, 20.0], [20.0, 10.0]])


def circle(radius, centre=(50.0, 60.0), n=720):
    angles = np.linspace(0.0, 2.0 * np.pi, n, endpoint=False)
    return np.array(centre) + radius * np.stack([np.sin(angles), np.cos(angles)], axis=1)


def test_an_outline_is_nowhere_away_from_itself():
    found = outline_distance(SQUARE, SQUARE, ONE_MM)
    assert found.mean_mm == pytest.approx(0.0, abs=1e-12)
    assert found.hausdorff_95_mm == pytest.approx(0.0, abs=1e-12)


def test_circles_about_one_centre_are_as_far_apart_as_their_radii():
    found = outline_distance(circle(20.0), circle(23.0), ONE_MM)
    assert found.mean_mm == pytest.approx(3.0, abs=1e-3)
    assert found.hausdorff_95_mm == pytest.approx(3.0, abs=1e-3)


def test_a_square_moved_along_its_side_is_as_far_away_as_worked_out_by_hand():
    # Of its sides, moved by 2: the one in front is 2 away along all of its 10, the one behind min(2, way to a corner),
    # together 16, and the others 1 in the mean along 2 each. (20 + 16 + 2 + 2) / 40 = 1; 40 % of all places are 2 away.
    found = outline_distance(SQUARE, SQUARE + np.array([2.0, 0.0]), ONE_MM)
    assert found.mean_mm == pytest.approx(1.0, abs=0.01)
    assert found.hausdorff_95_mm == pytest.approx(2.0)


def test_the_hausdorff_distance_leaves_out_a_twentieth_of_the_outline():
    def with_spike(length):
        return np.insert(circle(20.0), 360, [50.0, 60.0 - 20.0 - length], axis=0)

    # There and back a spike of 2 is 3 % of the outline, and one of 20 is 24 %.
    assert outline_distance(with_spike(2.0), circle(20.0), ONE_MM).hausdorff_95_mm < 0.1
    assert 10.0 < outline_distance(with_spike(20.0), circle(20.0), ONE_MM).hausdorff_95_mm < 20.0


def test_distances_do_not_depend_on_which_outline_comes_first():
    a, b = circle(20.0), circle(17.0, centre=(53.0, 58.0))
    assert outline_distance(a, b, (1.2, 1.5)) == outline_distance(b, a, (1.2, 1.5))


def test_distances_are_measured_in_mm():
    a, b = circle(20.0), circle(17.0, centre=(53.0, 58.0))
    spacing = np.array([1.25, 2.0])
    by_pixels, by_mm = outline_distance(a, b, spacing), outline_distance(a * spacing, b * spacing, ONE_MM)
    assert by_pixels.mean_mm == pytest.approx(by_mm.mean_mm)
    assert by_pixels.hausdorff_95_mm == pytest.approx(by_mm.hausdorff_95_mm)


def test_points_added_on_the_outline_change_nothing():
    one_side = np.linspace(SQUARE[0], SQUARE[1], 50, endpoint=False)
    few = outline_distance(SQUARE, circle(6.0, centre=(15.0, 15.0)), ONE_MM)
    many = outline_distance(np.vstack([one_side, SQUARE[1:]]), circle(6.0, centre=(15.0, 15.0)), ONE_MM)
    assert many.mean_mm == pytest.approx(few.mean_mm)
    assert many.hausdorff_95_mm == pytest.approx(few.hausdorff_95_mm)


def test_an_insertion_point_is_missed_by_the_way_in_mm():
    assert insertion_error_mm([10.0, 12.0], [13.0, 14.0], (1.0, 2.0)) == pytest.approx(5.0)


@pytest.mark.parametrize("turn_deg", [0.0, 12.5, 90.0, 170.0])
@pytest.mark.parametrize("start_deg", [0.0, 100.0, 175.0, 300.0])
def test_an_insertion_point_turned_about_the_centre_is_missed_by_that_angle(start_deg, turn_deg):
    centre, spacing = np.array([50.0, 60.0]), np.array([1.2, 1.8])

    def at(angle_deg, radius_mm):
        angle = np.radians(angle_deg)
        return centre + radius_mm * np.array([np.sin(angle), np.cos(angle)]) / spacing

    true, found = at(start_deg, 30.0), at(start_deg + turn_deg, 24.0)
    assert insertion_error_deg(found, true, centre, spacing) == pytest.approx(turn_deg)
    assert insertion_error_deg(true, found, centre, spacing) == pytest.approx(turn_deg)


def test_a_point_in_the_centre_has_no_angle():
    with pytest.raises(ContourError, match="the point found lies in the centre of the cavity"):
        insertion_error_deg([5.0, 5.0], [9.0, 5.0], [5.0, 5.0], ONE_MM)


def test_an_outline_that_crosses_itself_is_refused():
    with pytest.raises(ContourError, match="the second outline crosses itself"):
        outline_distance(SQUARE, SQUARE[[0, 2, 1, 3]], ONE_MM)


@pytest.mark.parametrize("point", [[1.0, np.nan], ["a", "b"]])
def test_a_point_without_numbers_is_refused(point):
    with pytest.raises(ContourError, match="the true point"):
        insertion_error_mm([1.0, 2.0], point, ONE_MM)


@pytest.mark.parametrize("spacing", [(0.0, 1.0), (1.0, np.inf), 1.0])
def test_a_spacing_that_is_none_is_refused(spacing):
    with pytest.raises(GeometryError, match="spacing"):
        outline_distance(SQUARE, SQUARE, spacing)
