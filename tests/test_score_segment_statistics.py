"""What is known of each located segment: its R², its T1 and its apparent motion, against the wall's."""

from dataclasses import replace

import numpy as np
import pytest

from made_crops import MASKS, TI_MS, a_crop, an_even_crop, changed
from myoqc.errors import ContourError
from myoqc.records import CROP_PX
from myoqc.score.apparent_motion import APPARENT_PX, ApparentMotion
from myoqc.score.segment_statistics import MOTION_NAMES, N_STATISTICS, NAMES, T1_NAMES, segment_statistics
from myoqc.score.statistics import STATISTICS

OWN, WHOLE = slice(0, len(STATISTICS)), slice(len(STATISTICS), len(STATISTICS) + 2)
SPREAD, MISSING, IMAGES = NAMES.index("spread of T1"), NAMES.index("pixels without T1"), N_STATISTICS - 1
T1 = slice(MISSING + 1, MISSING + 1 + len(T1_NAMES))
BEST = slice(T1.stop, T1.stop + 2)
MOTION = slice(BEST.stop, BEST.stop + len(MOTION_NAMES))


def at_rest(n_images=5):
    """Apparent motion of nothing."""
    side = (APPARENT_PX, APPARENT_PX)
    return ApparentMotion(np.zeros((n_images, 2, *side)), np.zeros((n_images, *side)))


STILL = MASKS[3] | MASKS[4]
FOUR_WRONG_MS = np.where(STILL, 1000.0, 1500.0)


def four_moved():
    """Apparent motion that says which four segments moved by their residuals."""
    residual = np.where(STILL[::2, ::2], 0.001, 0.1) * np.ones((len(TI_MS), 1, 1))
    return ApparentMotion(at_rest().way_mm, residual)


def statistics(crop, motion=None):
    return segment_statistics(crop, at_rest(len(crop.irw)) if motion is None else motion)


def ways(segment, image, down_mm, right_mm):
    """One image moved in one segment alone."""
    way_mm = np.zeros((len(TI_MS), 2, APPARENT_PX, APPARENT_PX))
    way_mm[image][:, MASKS[segment][::2, ::2]] = np.array([[down_mm], [right_mm]])
    return ApparentMotion(way_mm, np.zeros((len(TI_MS), APPARENT_PX, APPARENT_PX)))


def named(values, name):
    return values[:, NAMES.index(name)]


def test_every_number_has_a_name_of_its_own():
    assert len(set(NAMES)) == N_STATISTICS
    assert statistics(a_crop()).shape == (6, N_STATISTICS)


@pytest.mark.parametrize("segment", range(6))
def test_a_worse_fit_in_one_segment_raises_its_own_statistics_and_those_of_the_whole_wall(segment):
    crop = a_crop(r2=np.random.default_rng(3).uniform(0.97, 0.99, (CROP_PX, CROP_PX)).astype(np.float32))
    worse = np.where(MASKS[segment], 1.0 - 4.0 * (1.0 - crop.r2), crop.r2).astype(np.float32)
    before, after = statistics(crop), statistics(replace(crop, r2=worse))
    others = np.arange(6) != segment
    assert (after[segment, OWN] > before[segment, OWN]).all()
    np.testing.assert_array_equal(after[others, OWN], before[others, OWN])
    assert (after[:, WHOLE] > before[:, WHOLE]).all()
    of_r2 = [*range(SPREAD), BEST.start]
    np.testing.assert_array_equal(np.delete(after, of_r2, axis=1), np.delete(before, of_r2, axis=1))


def test_a_segment_without_a_fitted_pixel_has_the_r2_of_the_wall():
    crop = a_crop()
    unfitted = changed(crop.r2, MASKS[2], np.nan)
    found = statistics(replace(crop, r2=unfitted, t1_ms=changed(crop.t1_ms, MASKS[2], np.nan)))
    rest = unfitted[MASKS.any(axis=0) & ~MASKS[2]].astype(np.float64)
    of_rest = [statistic(rest) for statistic in STATISTICS.values()]
    np.testing.assert_allclose(found[2, OWN], [*(value + 2.5 for value in of_rest[:4]), of_rest[4]], rtol=1e-5)
    assert found[:, MISSING].tolist() == [0, 0, 1, 0, 0, 0]
    assert found[2, SPREAD] == 0.0
    assert not found[2, T1].any()
    assert not found[2, BEST].any()


def test_an_empty_segment_is_one_without_a_fit_that_does_not_move():
    found = statistics(a_crop(masks=changed(MASKS, 4, False)), ways(0, 1, 3.0, 0.0))
    np.testing.assert_array_equal(found[4, [1, 3]], found[4, WHOLE])
    assert found[4, SPREAD] == 0.0
    assert found[4, MISSING] == 1.0
    assert not found[4, MOTION].any()
    assert np.isfinite(found).all()


def test_r2_and_t1_of_one_slice_are_those_worked_out_by_hand():
    half = np.zeros_like(MASKS[0])
    half[::2] = True
    r2 = np.where(MASKS[1], 0.9, 0.99)
    t1_ms = np.where(half, 900.0, 1100.0)
    found = statistics(
        an_even_crop(r2=r2, t1_ms=np.where(MASKS[5] & half, np.nan, t1_ms), irw=np.zeros((9, CROP_PX, CROP_PX)))
    )[:, [*range(T1.start), IMAGES]]
    # log10(1 − 0.99) = −2 and log10(1 − 0.9) = −1, each above −2.5; of the wall a sixth is bad.
    mean_log, lowest = 5 / 6 * 0.5 + 1 / 6 * 1.5, 1.5
    good = [0.5, 0.5, 0.5, 0.5, 0.0, mean_log, lowest, 1.0, 0.0, 1.0]
    bad = [1.5, 1.5, 1.5, 1.5, 1.0, mean_log, lowest, 1.0, 0.0, 1.0]
    even = [*good[:SPREAD], 0.0, 0.5, 1.0]
    np.testing.assert_allclose(found, [good, bad, good, good, good, even], atol=1e-5)


def test_t1_of_a_segment_is_seen_against_that_of_the_wall():
    t1_ms = np.where(MASKS[3], 1000.0 * np.exp(0.2), 1000.0)
    found = statistics(an_even_crop(t1_ms=t1_ms))[:, T1]
    np.testing.assert_allclose(found[3], 2.0, rtol=1e-4)
    np.testing.assert_allclose(found[[0, 1, 2, 4, 5]], 0.0, atol=1e-5)


def test_t1_is_also_seen_against_the_quarter_of_the_wall_that_fits_best():
    # Four segments moved: the wall's median is wrong, and what is right is known by its R² or by its residual.
    r2 = np.where(STILL, 0.999, 0.9)
    by_r2 = statistics(an_even_crop(t1_ms=FOUR_WRONG_MS, r2=r2))[:, BEST]
    by_residual = statistics(an_even_crop(t1_ms=FOUR_WRONG_MS), four_moved())[:, BEST]
    np.testing.assert_allclose(by_r2[:, 0], [5, 5, 5, 0, 0, 5], atol=1e-5)
    np.testing.assert_allclose(by_residual[:, 1], [5, 5, 5, 0, 0, 5], atol=1e-5)


def test_where_r2_is_not_known_t1_is_seen_against_the_best_by_residual_alone():
    without = an_even_crop(t1_ms=FOUR_WRONG_MS, r2=np.full((CROP_PX, CROP_PX), np.nan))
    found = statistics(without, four_moved())[:, BEST]
    np.testing.assert_allclose(found, [[0, each] for each in (5, 5, 5, 0, 0, 5)], atol=1e-5)


def test_a_segment_of_hardly_believable_t1_does_not_run_away_from_the_best():
    t1_ms = np.where(MASKS[3], 9000.0, 1000.0)
    assert statistics(an_even_crop(t1_ms=t1_ms))[3, BEST].tolist() == [10.0, 10.0]


def test_a_t1_of_0_as_scanners_write_it_is_one_that_was_not_fitted():
    t1_ms = changed(np.full((CROP_PX, CROP_PX), 1000.0), MASKS[3], 0.0)
    found = statistics(an_even_crop(t1_ms=t1_ms))
    assert found[:, MISSING].tolist() == [0, 0, 0, 1, 0, 0]
    assert not found[:, SPREAD].any()


def test_a_segment_that_moved_in_one_image_has_its_way_and_the_others_have_none():
    found = statistics(an_even_crop(), ways(1, 3, 3.0, -4.0))
    np.testing.assert_allclose(named(found, "way, longest"), [0, np.log1p(5.0), 0, 0, 0, 0], atol=1e-5)
    np.testing.assert_allclose(named(found, "way, second"), 0.0, atol=1e-6)
    np.testing.assert_allclose(named(found, "way, mean"), [0, np.log1p(1.0), 0, 0, 0, 0], atol=1e-5)
    np.testing.assert_allclose(named(found, "way of the wall as a whole, longest"), np.log1p(5.0 / 6.0), atol=1e-5)


def test_a_way_along_the_wall_is_none_across_it():
    # The second block lies straight above the middle, the fifth straight below.
    along, across = statistics(an_even_crop(), ways(1, 0, 0.0, 3.0)), statistics(an_even_crop(), ways(4, 0, 3.0, 0.0))
    assert named(along, "way across the wall, longest")[1] < 0.05
    # The wall goes round and the block does not: on its flanks the way is partly along it.
    assert named(across, "way across the wall, longest")[4] > 0.85 * np.log1p(3.0)
    assert named(along, "way, longest")[1] == pytest.approx(named(across, "way, longest")[4], rel=1e-5)


def test_residuals_are_seen_as_their_logarithm_and_none_is_too_small_for_one():
    residual = np.zeros((len(TI_MS), APPARENT_PX, APPARENT_PX))
    residual[2][MASKS[5][::2, ::2]] = -0.1
    found = statistics(an_even_crop(), ApparentMotion(at_rest().way_mm, residual))
    np.testing.assert_allclose(named(found, "residual, largest"), [*[-5.0] * 5, 1.0], rtol=1e-5)
    np.testing.assert_allclose(named(found, "residual, second"), -5.0, rtol=1e-5)


def test_a_wall_is_as_thick_as_its_area_says():
    # Each block has 900 mm²; a circle with the area of all six has a sixth of 43.4 mm.
    np.testing.assert_allclose(named(statistics(an_even_crop()), "thickness"), 900.0 / 43.416 / 10.0, rtol=1e-3)


def test_without_segments_there_are_no_statistics():
    with pytest.raises(ContourError, match=r"segments of this slice are not known.*Give contours"):
        statistics(a_crop(masks=None))
