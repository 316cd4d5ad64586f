"""From made probabilities to outlines whose right answer is known."""

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit

from myoqc.aha import Level
from myoqc.errors import ContourError
from myoqc.locate.outlines import N_POINTS, insertion, outline, right_outline, shares, smooth
from myoqc.locate.outputs import INSERTIONS, LEVEL_ORDER, LEVELS, N_OUTPUTS
from myoqc.polygons import area_px2, centroid_px

SHAPE = (64, 80)
CENTRE = (30.3, 41.6)
ENDO_PX, EPI_PX = 9.0, 14.0
SHARP = 4.0
"""Slope of the logits at a border, per pixel."""


def away_from(centre):
    rows, columns = np.indices(SHAPE)
    return np.hypot(rows - centre[0], columns - centre[1])


def disc(centre=CENTRE, radius_px=ENDO_PX, sharp=SHARP):
    """Probability of a disc: a half on its border."""
    return expit(sharp * (radius_px - away_from(centre)))


def logits_of(*hearts, sharp=SHARP, right=None, spots=(), levels=(0.0, 0.0, 0.0)):
    """Outputs in which each of ``hearts`` (centre, radius of the cavity, of the wall) stands."""
    cavity, left = (
        np.max([disc(heart[0], heart[number], sharp) for heart in hearts], axis=0) if hearts else np.zeros(SHAPE)
        for number in (1, 2)
    )
    cavity = np.minimum(cavity, left)
    right = np.zeros(SHAPE) if right is None else right * (1.0 - left)
    tissues = np.stack([1.0 - left - right, cavity, left - cavity, right])
    outputs = np.full((N_OUTPUTS, *SHAPE), -8.0, dtype=np.float32)
    outputs[:4] = np.log(np.clip(tissues, 1e-6, 1.0))
    for number, place, height in spots:
        likely = height * np.exp(-(away_from(place) ** 2) / 2 / 2.7**2)
        outputs[INSERTIONS][number] = np.log(np.maximum(likely, 1e-6) / (1.0 - likely))
    outputs[LEVELS] = np.array(levels)[:, None, None]
    return outputs


def radii(points, centre=CENTRE):
    return np.linalg.norm(points - np.asarray(centre), axis=1)


def circle(radius_px=ENDO_PX, n=90, centre=CENTRE):
    angles = 2 * np.pi * np.arange(n) / n
    return np.asarray(centre) + radius_px * np.stack([np.sin(angles), np.cos(angles)], axis=1)


HEART = (CENTRE, ENDO_PX, EPI_PX)


def test_the_outlines_of_a_ring_have_its_radii():
    found = shares(logits_of(HEART))
    for probability, radius_px in ((found.cavity, ENDO_PX), (found.left, EPI_PX)):
        points = outline(probability)
        assert points.shape == (N_POINTS, 2)
        np.testing.assert_allclose(radii(points), radius_px, atol=0.2)


@given(st.floats(-12.0, 12.0), st.floats(-12.0, 12.0))
def test_a_shifted_disc_shifts_its_outline(down, along):
    points = outline(disc(CENTRE + np.array([down, along])))
    np.testing.assert_allclose(centroid_px(points), CENTRE + np.array([down, along]), atol=0.05)
    np.testing.assert_allclose(radii(points, centroid_px(points)), ENDO_PX, atol=0.2)


def test_an_outline_is_closed_sound_and_evenly_spaced():
    points = outline(disc())
    steps = np.linalg.norm(points - np.roll(points, 1, axis=0), axis=1)
    assert shapely.Polygon(points).is_valid
    np.testing.assert_allclose(steps, steps.mean(), rtol=0.05)


def test_an_outline_of_hard_pixels_has_no_steps():
    """A mask of whole pixels, as an uncertain network never gives, turns no sharper than its circle does."""
    points = outline((disc() > 0.5).astype(float))
    way = np.diff(np.vstack([points, points[:2]]), axis=0)
    turns_deg = np.degrees(np.diff(np.unwrap(np.arctan2(way[:, 0], way[:, 1]))))
    assert np.abs(turns_deg).max() < 5 * 360.0 / N_POINTS
    np.testing.assert_allclose(radii(points), ENDO_PX, atol=0.5)


def test_an_outline_of_nothing_is_refused():
    with pytest.raises(ContourError, match="the mask is empty"):
        outline(np.full(SHAPE, 0.4))


@given(st.floats(3.0, 60.0), st.integers(60, 400))
def test_smoothing_a_circle_leaves_the_circle(radius_px, n):
    points = smooth(circle(radius_px, n))
    assert points.shape == (N_POINTS, 2)
    # A polygon of n corners lies within its circle by this much.
    np.testing.assert_allclose(radii(points), radius_px, atol=radius_px * (1 - np.cos(np.pi / n)) + 1e-9)


def test_smoothing_leaves_an_ellipse():
    stretched = (circle(10.0, 300) - CENTRE) * [1.0, 1.4] + CENTRE
    away = np.linalg.norm((smooth(stretched) - CENTRE) / [1.0, 1.4], axis=1)
    np.testing.assert_allclose(away, 10.0, atol=0.03)


@given(st.integers(0, 89))
def test_where_an_outline_begins_does_not_matter(first):
    begun_elsewhere = shapely.Polygon(smooth(np.roll(circle(), first, axis=0)))
    assert begun_elsewhere.symmetric_difference(shapely.Polygon(smooth(circle()))).area < 0.1


def test_a_notch_of_a_pixel_is_smoothed_away():
    notched = circle(20.0, 120)
    notched[40] -= (notched[40] - CENTRE) / 20.0
    assert radii(notched).min() == pytest.approx(19.0)
    assert radii(smooth(notched)).min() > 19.75


def test_a_papillary_muscle_of_the_cavity_stays_out_of_its_outline_only_as_far_as_it_is_wide():
    cavity = disc(radius_px=20.0) * (1.0 - disc((CENTRE[0] - 20.0, CENTRE[1]), 5.0))
    assert area_px2(outline(cavity)) == pytest.approx((cavity > 0.5).sum(), rel=0.03)


def test_of_two_candidates_the_one_with_more_cavity_is_taken():
    stomach, heart = ((20.0, 16.0), 2.0, 12.0), ((38.0, 56.0), 7.0, 11.0)
    found = shares(logits_of(stomach, heart))
    np.testing.assert_allclose(centroid_px(outline(found.cavity)), heart[0], atol=0.1)
    np.testing.assert_allclose(centroid_px(outline(found.left)), heart[0], atol=0.1)
    assert not found.left[:, :30].any()


def test_nothing_likelier_than_not_is_nothing():
    assert shares(logits_of()) is None


@pytest.mark.parametrize(("background", "found"), [(np.log(2.1), False), (np.log(1.9), True)])
def test_cavity_and_wall_together_are_weighed_against_the_rest(background, found):
    outputs = np.zeros((N_OUTPUTS, *SHAPE), dtype=np.float32)
    outputs[0], outputs[3] = background, -50.0
    assert (shares(outputs) is not None) is found


def test_the_wall_is_what_is_left_without_cavity():
    found = shares(logits_of(HEART))
    away = away_from(CENTRE)
    ring = (away > ENDO_PX + 1) & (away < EPI_PX - 1)
    assert (found.wall[ring] > 0.95).all()
    assert (found.wall[(away < ENDO_PX - 1.5) | (away > EPI_PX + 1.5)] < 0.05).all()


def test_certain_probabilities_promise_a_dice_of_one_and_uncertain_ones_less():
    promised = [shares(logits_of(HEART, sharp=sharp)).expected_dice for sharp in (60.0, 4.0, 1.0, 0.5)]
    assert promised[0] == pytest.approx(1.0, abs=0.02)
    assert promised == sorted(promised, reverse=True)
    assert promised[-1] < 0.8


def test_the_promised_dice_of_a_wall_at_even_odds_is_worked_out_by_hand():
    outputs = np.full((N_OUTPUTS, *SHAPE), -50.0, dtype=np.float32)
    outputs[0] = 0.0
    outputs[:3, 20:30, 20:30] = np.log([[[0.2]], [[0.1]], [[0.7]]])
    # 100 pixels of 0.7: 2·70 / (70 + 100).
    assert shares(outputs).expected_dice == pytest.approx(140 / 170, rel=1e-6)


def test_without_a_likely_wall_nothing_is_promised():
    outputs = np.full((N_OUTPUTS, *SHAPE), -50.0, dtype=np.float32)
    outputs[0] = 0.0
    outputs[:2, 20:30, 20:30] = np.array([-50.0, 0.0])[:, None, None]
    assert shares(outputs).expected_dice == 0.0


@pytest.mark.parametrize("angle_deg", [-120.0, -37.0, 64.0, 178.0])
@pytest.mark.parametrize("off_px", [-2.0, 0.0, 3.0])
def test_an_insertion_lies_on_the_outer_wall_in_the_direction_of_its_spot(angle_deg, off_px):
    direction = np.array([np.sin(np.radians(angle_deg)), np.cos(np.radians(angle_deg))])
    spot = (CENTRE + (EPI_PX + off_px) * direction).tolist()
    found = shares(logits_of(HEART, spots=[(0, spot, 0.9)]))
    point = insertion(found.spots[0], outline(found.left))
    assert np.linalg.norm(point - (CENTRE + EPI_PX * direction)) < 0.25
    assert insertion(found.spots[1], outline(found.left)) is None


@pytest.mark.parametrize(("height", "seen"), [(0.25, False), (0.35, True)])
def test_a_low_spot_is_no_insertion(height, seen):
    spot = np.zeros(SHAPE)
    spot[16, 42] = height
    assert (insertion(spot, circle(EPI_PX)) is not None) is seen


@given(st.floats(-0.5, 0.5), st.floats(-0.5, 0.5))
def test_a_spot_is_placed_between_pixels(down, along):
    place = np.array([20.0 + down, 40.0 + along])
    spot = 0.9 * np.exp(-(away_from(place) ** 2) / 2 / 2.7**2)
    # An outline of two long edges through the place: the nearest point is the place itself, along the edges.
    outer = np.array([[20.0 + down, 0.0], [20.0 + down, 79.0], [21.0 + down, 79.0], [21.0 + down, 0.0]])
    assert abs(insertion(spot, outer)[1] - place[1]) < 0.25


def test_an_even_height_is_read_at_its_middle():
    outer = circle(9.0, centre=(10.0, 10.0))
    # The highest pixel is the first one, with two neighbours either way: their middle is (1, 1).
    np.testing.assert_allclose(insertion(np.full(SHAPE, 0.9), outer), (10.0 - 9.0 / 2**0.5,) * 2, atol=0.05)


@pytest.mark.parametrize(("away_px", "seen"), [(7.5, True), (8.5, False)])
def test_a_spot_far_from_the_wall_is_no_insertion_of_this_ventricle(away_px, seen):
    spot = 0.9 * np.exp(-(away_from((CENTRE[0], CENTRE[1] + EPI_PX + away_px)) ** 2) / 2 / 2.7**2)
    assert (insertion(spot, circle(EPI_PX)) is not None) is seen


def test_a_spot_at_the_border_of_the_image_is_read():
    spot = np.zeros(SHAPE)
    spot[0, 0] = 0.9
    np.testing.assert_allclose(
        insertion(spot, circle(EPI_PX, centre=(10.0, 10.0))), (10 - EPI_PX / 2**0.5,) * 2, atol=0.05
    )


def test_a_stronger_spot_elsewhere_does_not_hide_the_insertion():
    outer = outline(shares(logits_of(HEART)).left)
    place = (CENTRE[0] - EPI_PX, CENTRE[1])
    one = shares(logits_of(HEART, spots=[(0, place, 0.8)])).spots[0]
    two = np.maximum(one, shares(logits_of(HEART, spots=[(0, (4.0, 4.0), 0.9)])).spots[0])
    np.testing.assert_allclose(insertion(two, outer), insertion(one, outer), atol=1e-6)


def test_the_right_cavity_is_traced_where_there_is_one():
    middle = (30.0, 50.0 - EPI_PX - 10.0)
    found = shares(logits_of(((30.3, 50.0), ENDO_PX, EPI_PX), right=disc(middle, 8.0)))
    np.testing.assert_allclose(radii(right_outline(found.right), middle), 8.0, atol=0.2)
    assert right_outline(shares(logits_of(HEART)).right) is None


@pytest.mark.parametrize(("away_px", "radius_px"), [(14.0, 5.0), (2.5, 1.5)])
def test_what_looks_like_a_right_cavity_far_from_the_left_or_as_a_speck_is_none(away_px, radius_px):
    right = disc((30.0, 50.0 - EPI_PX - away_px), radius_px)
    found = shares(logits_of(((30.3, 50.0), ENDO_PX, EPI_PX), right=right))
    assert right_outline(found.right) is None


def test_what_looks_like_wall_elsewhere_counts_against_the_outlines():
    one = shares(logits_of(((30.3, 50.0), ENDO_PX, EPI_PX)))
    two = shares(logits_of(((30.3, 50.0), ENDO_PX, EPI_PX), ((30.3, 15.0), 3.0, 7.0)))
    assert one.elsewhere == pytest.approx(0.0, abs=0.5)
    assert two.expected_dice < one.expected_dice - 0.1


@pytest.mark.parametrize("number", range(3))
def test_the_level_is_the_one_with_the_highest_logit(number):
    levels = np.zeros(3)
    levels[number] = np.log(8.0)
    probability = shares(logits_of(HEART, levels=levels)).level_probability
    np.testing.assert_allclose(probability, np.where(np.arange(3) == number, 0.8, 0.1), rtol=1e-5)
    assert LEVEL_ORDER[int(probability.argmax())] is (Level.BASAL, Level.MID, Level.APICAL)[number]


def test_only_the_ventricle_has_a_say_in_its_level():
    outputs = logits_of(HEART, levels=(0.0, np.log(8.0), 0.0))
    outputs[LEVELS][:, away_from(CENTRE) > EPI_PX + 4.0] = np.array([9.0, 0.0, 0.0])[:, None]
    np.testing.assert_allclose(shares(outputs).level_probability, [0.1, 0.8, 0.1], atol=1e-3)
