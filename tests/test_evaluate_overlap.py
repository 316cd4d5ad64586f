import numpy as np
import pytest

from myoqc.errors import GeometryError, InputError
from myoqc.evaluate import dice, segment_overlap, soft_dice


@pytest.fixture
def rng():
    return np.random.default_rng(5)


def square(row, column, size=4, shape=(12, 14)):
    mask = np.zeros(shape, dtype=bool)
    mask[row : row + size, column : column + size] = True
    return mask


def test_a_square_moved_by_a_quarter_of_its_side_shares_three_quarters():
    assert dice(square(2, 3), square(3, 3)) == pytest.approx(0.75)
    assert dice(square(2, 3), square(3, 4)) == pytest.approx(9 / 16)


def test_a_square_within_one_of_twice_its_side_shares_two_fifths():
    assert dice(square(3, 3), square(2, 2, size=8)) == pytest.approx(2 * 16 / (16 + 64))


def test_equal_masks_have_one_and_disjoint_masks_nothing():
    assert dice(square(2, 3), square(2, 3)) == 1.0
    assert dice(square(0, 0), square(5, 5)) == 0.0


def test_one_empty_mask_is_a_miss_and_two_are_no_case():
    nothing = np.zeros((12, 14), dtype=bool)
    assert dice(nothing, square(2, 3)) == 0.0
    assert np.isnan(dice(nothing, nothing))


def test_overlap_does_not_depend_on_which_mask_comes_first(rng):
    a, b = rng.random((2, 5, 9, 8)) < 0.4
    np.testing.assert_array_equal(dice(a, b), dice(b, a))


def test_every_image_of_a_stack_has_its_own_overlap(rng):
    a, b = rng.random((2, 3, 2, 9, 8)) < 0.4
    together = dice(a, b)
    assert together.shape == (3, 2)
    assert together[2, 1] == dice(a[2, 1], b[2, 1])


def test_the_overlap_of_shares_is_that_of_masks_where_pixels_are_whole(rng):
    a, b = rng.random((2, 5, 9, 8)) < 0.4
    np.testing.assert_array_equal(soft_dice(a.astype(float), b.astype(float)), dice(a, b))


def test_equal_shares_overlap_wholly(rng):
    share = rng.random((9, 8))
    assert soft_dice(share, share) == pytest.approx(1.0)


def test_what_pixels_share_is_the_smaller_share():
    assert soft_dice([[0.5, 0.25]], [[1.0, 0.0]]) == pytest.approx(2 * 0.5 / 1.75)


def test_an_overlap_of_shares_comes_near_that_of_the_areas_they_stand_for():
    fine_a, fine_b = square(11, 7, size=60, shape=(100, 100)), square(24, 16, size=60, shape=(100, 100))
    shares = [each.reshape(25, 4, 25, 4).mean(axis=(1, 3)) for each in (fine_a, fine_b)]
    assert soft_dice(*shares) == pytest.approx(float(dice(fine_a, fine_b)), abs=0.02)


def test_each_segment_has_its_own_overlap():
    a = np.stack([square(0, 0), square(5, 0), square(0, 9), np.zeros((12, 14), dtype=bool)])
    b = np.stack([square(1, 0), square(5, 0), square(5, 9), np.zeros((12, 14), dtype=bool)])
    np.testing.assert_allclose(segment_overlap(a, b), [0.75, 1.0, 0.0, np.nan])


def test_segments_that_overlap_one_another_are_refused():
    apart = np.stack([square(0, 0), square(5, 0)])
    with pytest.raises(InputError, match="the second segmentation: segments overlap one another"):
        segment_overlap(apart, np.stack([square(0, 0), square(2, 0)]))


def test_masks_of_different_axes_are_refused():
    with pytest.raises(GeometryError, match=r"same axes \(… y x\); found \(12, 14\), \(12, 13\)"):
        dice(square(0, 0), square(0, 0, shape=(12, 13)))
    with pytest.raises(GeometryError, match="can't be compared"):
        dice([True, False], [True, False])
    with pytest.raises(GeometryError, match=r"axes \(s y x\)"):
        segment_overlap(square(0, 0), square(0, 0))


def test_a_mask_that_is_none_is_refused():
    with pytest.raises(InputError, match="the first mask: values that can't be used; expected only 0 and 1"):
        dice(np.full((3, 3), 2), np.ones((3, 3)))


@pytest.mark.parametrize("share", [-0.1, 1.1, np.nan])
def test_a_share_beyond_zero_and_one_is_refused(share):
    with pytest.raises(InputError, match="the second region is not one of shares"):
        soft_dice(np.ones((2, 2)), np.full((2, 2), share))
