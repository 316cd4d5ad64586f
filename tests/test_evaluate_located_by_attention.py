"""Segments located from blurred maps of segments whose place is known."""

import numpy as np
import pytest
from scipy import ndimage

from myoqc.aha import Segment, segment_of
from myoqc.errors import GeometryError, InputError
from myoqc.evaluate import dice, locate_by_attention, location_error
from myoqc.evaluate.located_by_attention import PX_MM


@pytest.fixture
def rng():
    return np.random.default_rng(4)


def heart(centre_px=(77.0, 84.0), radius_mm=27.0, width_mm=9.0, turn_deg=-120.0, sense=1):
    """Six masks; the anterior insertion lies at ``turn_deg`` clockwise from the right."""
    turns = np.radians([turn_deg, turn_deg + sense * 120.0])
    insertion_px, inferior_px = centre_px + 20.0 * np.stack([np.sin(turns), np.cos(turns)], axis=-1)
    pixels = np.moveaxis(np.indices((160, 160), dtype=float), 0, -1)
    number = segment_of(
        pixels,
        centre_px=np.array(centre_px),
        rv_insertion_px=insertion_px,
        rv_inferior_px=inferior_px,
        normal=None,
        spacing_mm=np.ones(2),
    )
    away_mm = np.hypot(*np.moveaxis(pixels - centre_px, -1, 0)) * PX_MM
    return (number == np.arange(6)[:, None, None]) & (np.abs(away_mm - radius_mm) <= width_mm / 2)


def attention(masks, cells=20, blur_cells=0.5):
    size = 160 // cells
    shares = masks.reshape(6, cells, size, cells, size).mean(axis=(2, 4))
    return ndimage.gaussian_filter(shares, (0.0, blur_cells, blur_cells))


def spot(row, column):
    rows, columns = np.indices((20, 20))
    return np.exp(-((rows - row) ** 2 + (columns - column) ** 2) / 3.0)


def test_maps_of_the_segments_themselves_tell_where_they_are():
    located = locate_by_attention(attention(heart()))
    assert located.agreeing == tuple(Segment)
    np.testing.assert_allclose(located.centre_px, (77.0, 84.0), atol=0.5)
    assert located.radius_mm == pytest.approx(27.0, abs=1.0)
    assert located.width_mm == pytest.approx(9.0, abs=2.5)
    assert located.reason == ""


@pytest.mark.parametrize("cells", [10, 20, 40])
@pytest.mark.parametrize("sense", [1, -1])
def test_any_heart_is_found_at_any_resolution_whichever_way_round_it_is_shown(cells, sense, rng):
    for turn_deg in range(-180, 180, 45):
        radius_mm = rng.uniform(20.0, 34.0)
        true = heart(80.0 + rng.uniform(-10.0, 10.0, 2), radius_mm, rng.uniform(7.0, 12.0), turn_deg, sense)
        error = location_error(locate_by_attention(attention(true, cells, blur_cells=0.3)), true)
        assert error.centroid_mm.max() < 3.5
        assert error.dice.min() > (0.8 if cells > 10 else 0.6)
        assert error.order_kept is True


def test_located_segments_are_six_disjoint_sectors_of_equal_size():
    masks = locate_by_attention(attention(heart())).masks
    assert masks.shape == (6, 160, 160)
    assert masks.sum(axis=0).max() == 1
    areas = masks.sum(axis=(1, 2))
    assert areas.max() < 1.1 * areas.min()


def test_turning_the_maps_by_one_segment_turns_the_answer_by_one():
    maps = attention(heart())
    one, turned = locate_by_attention(maps).masks, locate_by_attention(np.roll(maps, 1, axis=0)).masks
    assert dice(np.roll(one, 1, axis=0), turned).min() > 0.98


def test_how_high_the_maps_are_does_not_matter():
    maps = attention(heart())
    heights = np.array([1e-6, 1.0, 30.0, 2.0, 1e3, 0.1])[:, None, None]
    np.testing.assert_allclose(
        locate_by_attention(heights * maps).centre_px, locate_by_attention(maps).centre_px, atol=1e-6
    )


@pytest.mark.parametrize("silent", [(3,), (0, 1), (0, 2, 4), (3, 4, 5)], ids=str)
def test_segments_whose_maps_are_silent_are_put_where_the_others_leave_them(silent):
    true = heart()
    maps = attention(true)
    maps[list(silent)] = 0.0
    located = locate_by_attention(maps)
    assert located.agreeing == tuple(segment for segment in Segment if segment not in silent)
    assert np.isnan(located.points_px[list(silent)]).all()
    error = location_error(located, true)
    assert error.centroid_mm.max() < 2.0
    assert error.dice.min() > 0.8
    assert error.order_kept is True


def test_maps_that_point_at_something_else_are_left_out():
    true = heart()
    maps = attention(true)
    maps[1], maps[4] = spot(18, 18), spot(1, 2)
    located = locate_by_attention(maps)
    assert located.agreeing == (0, 2, 3, 5)
    error = location_error(located, true)
    assert error.centroid_mm.max() < 2.0
    assert error.order_kept is False


def test_a_weak_background_does_not_draw_the_points_away(rng):
    true = heart()
    maps = attention(true) + 0.1 * rng.random((6, 20, 20))
    assert location_error(locate_by_attention(maps), true).centroid_mm.max() < 2.0


def test_a_second_lower_peak_does_not_draw_the_point_away():
    true = heart()
    maps = attention(true)
    maps[2] += 0.8 * maps[2].max() * spot(2, 17)
    assert location_error(locate_by_attention(maps), true).centroid_mm.max() < 2.0


def test_blurred_attention_makes_the_ring_wider_but_leaves_the_cavity_open():
    sharp, blurred = (locate_by_attention(attention(heart(), blur_cells=blur)) for blur in (0.3, 2.0))
    assert sharp.width_mm < blurred.width_mm <= 0.9 * blurred.radius_mm
    assert not blurred.masks[:, 77, 84].any()


def refusals():
    full = attention(heart())
    two = full.copy()
    two[2:] = 0.0
    spread = np.stack([spot(*place) for place in [(2, 2), (17, 3), (3, 16), (10, 9), (18, 18), (2, 9)]])
    return {
        "silent": (np.zeros((6, 20, 20)), "0 of the six maps point anywhere"),
        "two": (two, "2 of the six maps point anywhere"),
        "same place": (np.stack([spot(9, 12)] * 6), "do not point at the places of a ring"),
        "even": (np.ones((6, 20, 20)), "do not point at the places of a ring"),
        "out of order": (full[[0, 3, 5, 1, 4, 2]], "do not point at the places of a ring"),
        "all over": (spread, "do not point at the places of a ring"),
        "too large": (attention(heart((80.0, 80.0), radius_mm=55.0)), "do not point at the places of a ring"),
    }


@pytest.mark.parametrize("name", refusals())
def test_maps_that_do_not_say_where_the_segments_are_locate_none(name):
    maps, reason = refusals()[name]
    located = locate_by_attention(maps)
    assert located.masks is None
    assert located.centre_px is None
    assert located.agreeing == ()
    assert reason in located.reason


def test_what_was_not_located_has_no_error():
    error = location_error(locate_by_attention(np.zeros((6, 20, 20))), heart())
    assert np.isnan(error.centroid_mm).all()
    assert np.isnan(error.dice).all()
    assert error.order_kept is None


def test_the_order_is_judged_even_where_nothing_was_located():
    maps = attention(heart())[[0, 3, 5, 1, 4, 2]]
    error = location_error(locate_by_attention(maps), heart())
    assert np.isnan(error.dice).all()
    assert error.order_kept is False


def test_random_places_are_seldom_taken_for_a_heart(rng):
    taken = [
        locate_by_attention(np.stack([spot(*rng.uniform(0.0, 20.0, 2)) for _ in range(6)])).masks is not None
        for _ in range(100)
    ]
    assert np.mean(taken) <= 0.03


def test_an_error_in_place_is_measured_in_millimetres():
    located, moved = locate_by_attention(attention(heart())), np.roll(heart(), (8, -6), axis=(1, 2))
    np.testing.assert_allclose(location_error(located, moved).centroid_mm, 10.0 * PX_MM, atol=1.5)


@pytest.mark.parametrize(
    ("maps", "error", "match"),
    [
        (np.ones((5, 20, 20)), GeometryError, "the maps has the wrong shape.*6 h w"),
        (np.ones((2, 6, 20, 20)), GeometryError, "the maps has the wrong shape"),
        (-np.ones((6, 20, 20)), InputError, "the maps are not of attention"),
        (np.full((6, 20, 20), np.nan), InputError, "the maps are not of attention"),
    ],
)
def test_what_is_no_set_of_six_maps_is_refused(maps, error, match):
    with pytest.raises(error, match=match):
        locate_by_attention(maps)


def test_true_masks_of_another_size_are_refused():
    with pytest.raises(GeometryError, match="the true masks has the wrong shape"):
        location_error(locate_by_attention(attention(heart())), np.zeros((6, 20, 20), dtype=bool))
