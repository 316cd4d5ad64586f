"""How far tissue seems to have moved: nothing where nothing moved, the right way where it did, shorter than it was."""

import numpy as np
import pytest
from scipy import ndimage

from myoqc.errors import GeometryError
from myoqc.records import CROP_PX
from myoqc.score.apparent_motion import (
    APPARENT_PX,
    T1_STAR_S,
    ApparentMotion,
    apparent_motion,
    as_like_tissue,
    coarser,
    recoveries,
)

TI_S = np.array([0.1, 0.18, 0.26, 1.0, 1.9, 2.8, 3.7])
PIXEL_MM = 0.9375


def recovery(ti_s, t1_star_s, flip=1.9):
    """|1 − flip·exp(−TI/T1*)| at times (t), of pixels (n)."""
    return np.abs(1.0 - flip * np.exp(-np.asarray(ti_s)[:, None] / np.asarray(t1_star_s)))


def a_heart(ti_s=TI_S, soft_px=2.0):
    """(t 160 160) a ring of muscle with blood in and fat about it, its edges as soft as a scanner's."""
    rows, columns = np.indices((CROP_PX, CROP_PX)) - (CROP_PX - 1) / 2
    radius = np.hypot(rows, columns)
    blood, muscle = radius < 25.0, (radius >= 25.0) & (radius < 36.0)
    shares = [ndimage.gaussian_filter(each.astype(float), soft_px) for each in (blood, muscle)]
    shares.append(1.0 - sum(shares))
    t1_star_s, bright = (1.2, 0.75, 0.25), (1.0, 0.7, 0.9)
    signal = sum(
        gain * share * (1.0 - 1.9 * np.exp(-np.asarray(ti_s)[:, None, None] / t1))
        for gain, share, t1 in zip(bright, shares, t1_star_s, strict=True)
    )
    return np.abs(signal).astype(np.float32)


def moved(stack, image, down_mm=0.0, right_mm=0.0):
    """The same with one image moved as a whole."""
    other = stack.copy()
    other[image] = ndimage.shift(stack[image], (down_mm / PIXEL_MM, right_mm / PIXEL_MM), order=1, mode="nearest")
    return other


def on_ring(values):
    """Mean (…) over the muscle of values (… 80 80)."""
    rows, columns = np.indices((APPARENT_PX, APPARENT_PX)) - (APPARENT_PX - 1) / 2
    radius = np.hypot(rows, columns)
    return values[..., (radius >= 12.5) & (radius < 18.0)].mean(axis=-1)


def test_where_nothing_moves_ways_are_0_and_images_as_expected():
    found = apparent_motion(a_heart(), TI_S)
    assert np.abs(on_ring(found.way_mm)).max() < 0.1
    assert on_ring(np.abs(found.residual)).max() < 0.02


@pytest.mark.parametrize("image", [1, 4, 6])
@pytest.mark.parametrize(("down_mm", "right_mm"), [(2.0, 0.0), (0.0, -2.0), (1.5, 1.5)])
def test_an_image_that_moved_shows_the_way_it_went_and_how_far_at_most(image, down_mm, right_mm):
    way_mm = on_ring(apparent_motion(moved(a_heart(), image, down_mm, right_mm), TI_S).way_mm)
    true = np.array([down_mm, right_mm])
    along = way_mm @ true / np.linalg.norm(true)
    assert along.argmax() == image
    assert 0.25 * np.linalg.norm(true) < along[image] < 1.1 * np.linalg.norm(true)
    assert np.linalg.norm(way_mm[image] - along[image] * true / np.linalg.norm(true)) < 0.25 * along[image]


def test_a_longer_way_shows_as_a_longer_way_and_a_larger_residual():
    found = [apparent_motion(moved(a_heart(), 5, way_mm), TI_S) for way_mm in (0.0, 0.5, 1.0, 2.0, 3.0)]
    ways = [np.linalg.norm(on_ring(each.way_mm)[5]) for each in found]
    residuals = [on_ring(np.abs(each.residual)).max() for each in found]
    assert (np.diff(ways) > 0.0).all()
    assert (np.diff(residuals[1:]) > 0.0).all()
    assert residuals[-1] > 3.0 * residuals[0]


def test_images_in_another_order_have_the_same_ways():
    stack, order = moved(a_heart(), 3, 2.0), np.array([0, 5, 1, 6, 2, 3, 4])
    found, other = apparent_motion(stack, TI_S), apparent_motion(stack[order], TI_S[order])
    np.testing.assert_allclose(other.way_mm, found.way_mm[order], atol=2e-3)


def test_a_turned_crop_has_turned_ways():
    stack = moved(a_heart(), 4, 2.0, -1.0)
    found = apparent_motion(stack, TI_S).way_mm
    turned = apparent_motion(np.rot90(stack, axes=(1, 2)), TI_S).way_mm
    back = np.rot90(turned, -1, axes=(2, 3))
    np.testing.assert_allclose(back[:, 1], found[:, 0], atol=2e-3)
    np.testing.assert_allclose(back[:, 0], -found[:, 1], atol=2e-3)


@pytest.mark.parametrize("level", [0.0, 0.7])
def test_without_edges_nothing_seems_to_move(level):
    found = apparent_motion(np.full((7, CROP_PX, CROP_PX), level, dtype=np.float32), TI_S)
    assert not found.way_mm.any()
    np.testing.assert_allclose(found.residual, 0.0, atol=1e-6)


@pytest.mark.parametrize("number", [3, 20, 40])
def test_a_recovery_of_the_grid_is_expected_as_it_is(number):
    signal = recovery(TI_S, T1_STAR_S[[number]]).astype(np.float32)
    found = recoveries(signal, TI_S)
    np.testing.assert_allclose(np.abs(found.signal), signal, atol=1e-5)
    np.testing.assert_allclose(found.signal, found.measured, atol=1e-5)
    np.testing.assert_allclose(np.exp(found.log_t1), np.clip(0.9 * T1_STAR_S[number], 0.1, 3.5), rtol=1e-3)


def test_a_recovery_between_the_points_of_the_grid_is_expected_within_two_hundredths():
    t1_star_s = np.random.default_rng(0).uniform(0.1, 2.5, 200)
    signal = recovery(TI_S, t1_star_s).astype(np.float32)
    np.testing.assert_allclose(np.abs(recoveries(signal, TI_S).signal), signal, atol=0.02)


def test_no_recovery_falls_so_a_falling_signal_is_expected_at_its_mean_or_turned():
    falling = np.linspace(1.0, 0.8, len(TI_S), dtype=np.float32)[:, None]
    found = recoveries(falling, np.sort(TI_S))
    assert (np.diff(found.signal[:, 0]) >= -1e-6).all()
    assert np.abs(found.measured - found.signal).max() <= 0.2


def darker_last(stack, share):
    """As of a last inversion before which long T1 had not recovered: blood, of the longest, loses most."""
    rows, columns = np.indices((CROP_PX, CROP_PX)) - (CROP_PX - 1) / 2
    blood = ndimage.gaussian_filter((np.hypot(rows, columns) < 25.0).astype(float), 2.0)
    other = stack.copy()
    other[2] *= (1.0 - share * (0.3 + 0.7 * blood)).astype(np.float32)
    return other


def test_what_tissue_of_one_t1_does_everywhere_is_no_motion():
    still, moved_too = darker_last(a_heart(), 0.3), moved(darker_last(a_heart(), 0.3), 4, 2.0)
    found, other = apparent_motion(still, TI_S), apparent_motion(moved_too, TI_S)
    assert on_ring(np.abs(found.residual)).max() < 0.4 * on_ring(np.abs(other.residual)).max()
    assert np.linalg.norm(on_ring(found.way_mm), axis=1).max() < 0.5
    assert np.linalg.norm(on_ring(other.way_mm), axis=1).argmax() == 4


def test_what_is_added_depends_on_t1_and_brightness_alone():
    found = recoveries(coarser(darker_last(a_heart(), 0.3)).reshape(len(TI_S), -1), TI_S)
    added = as_like_tissue(found) / np.maximum(np.abs(found.signal).max(axis=0), 0.1)
    order = np.argsort(found.log_t1)
    steps = np.abs(np.diff(added[:, order], axis=1))[:, np.diff(found.log_t1[order]) < 1e-4]
    assert steps.max() < 1e-2


def test_too_little_tissue_is_compared_with_nothing():
    dark = np.full((7, 100), 0.01, dtype=np.float32)
    assert not as_like_tissue(recoveries(dark, TI_S)).any()


def test_coarser_maps_are_means_over_four_pixels():
    maps = np.arange(CROP_PX**2, dtype=np.float32).reshape(1, CROP_PX, CROP_PX)
    found = coarser(maps)
    assert found.shape == (1, APPARENT_PX, APPARENT_PX)
    assert found[0, 1, 2] == maps[0, 2:4, 4:6].mean()


def test_ways_of_another_shape_are_refused():
    with pytest.raises(GeometryError, match="the apparent way_mm has the wrong shape"):
        ApparentMotion(np.zeros((7, 80, 80)), np.zeros((7, 80, 80)))
