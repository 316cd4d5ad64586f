"""What a scoring network sees: numbers that do not change with unit, coil and contrast, and say how bad R² is."""

from dataclasses import replace

import numpy as np
import pytest

from made_crops import a_crop, an_even_crop
from myoqc.records import CROP_PX
from myoqc.score.inputs import inputs_of

FIELDS = ("stack", "t1", "r2", "ti", "apparent", "statistics")


@pytest.mark.parametrize("gain", [1e-3, 0.7, 4096.0])
def test_another_gain_of_the_coil_or_unit_of_the_images_changes_nothing(gain):
    crop = a_crop()
    one, other = inputs_of(crop), inputs_of(replace(crop, irw=crop.irw * np.float32(gain)))
    for name in FIELDS:
        np.testing.assert_allclose(getattr(one, name), getattr(other, name), rtol=1e-4, atol=1e-4, err_msg=name)


def test_contrast_agent_that_shortens_every_t1_alike_changes_nothing():
    crop = a_crop()
    after = replace(crop, t1_ms=crop.t1_ms * np.float32(0.4))
    np.testing.assert_allclose(inputs_of(after).t1, inputs_of(crop).t1, atol=1e-5)
    np.testing.assert_allclose(inputs_of(after).statistics, inputs_of(crop).statistics, atol=1e-4)


def test_pixels_without_a_value_are_0_and_nothing_is_nan():
    crop, holes = a_crop(), np.zeros((CROP_PX, CROP_PX), dtype=bool)
    holes[70:90, 60:100], holes[0, :] = True, True
    found = inputs_of(
        replace(
            crop,
            irw=np.where(holes, np.float32(np.nan), crop.irw),
            t1_ms=np.where(holes, np.float32(np.nan), crop.t1_ms),
            r2=np.where(holes, np.float32(np.nan), crop.r2),
        )
    )
    for name in ("stack", "t1", "r2"):
        assert not getattr(found, name)[..., holes].any(), name
        assert getattr(found, name)[..., ~holes].any(), name
    for name in FIELDS:
        assert np.isfinite(getattr(found, name)).all(), name


def test_a_black_slice_without_a_fit_gives_zeros():
    nowhere = np.full((CROP_PX, CROP_PX), np.nan, dtype=np.float32)
    found = inputs_of(an_even_crop(irw=np.zeros((7, CROP_PX, CROP_PX)), t1_ms=nowhere, r2=nowhere, ti_ms=np.ones(7)))
    for name in ("stack", "t1", "r2"):
        assert not getattr(found, name).any(), name
    assert not found.apparent[0].any()
    assert np.isfinite(found.statistics).all()


def test_without_segments_there_are_no_statistics():
    crop = a_crop(masks=None)
    assert inputs_of(crop).statistics.shape == (6, 0)


def test_images_are_cut_off_at_three_times_what_is_bright_near_the_heart():
    irw = np.full((3, CROP_PX, CROP_PX), 50.0, dtype=np.float32)
    irw[0, 0, 0], irw[0, 0, 1], irw[0, 0, 2], irw[:, 0, 3] = 400.0, 100.0, -25.0, 0.0
    stack = inputs_of(an_even_crop(irw=irw, ti_ms=np.array([100.0, 180.0, 260.0]))).stack
    np.testing.assert_allclose(stack[0, 0, :5], [3.0, 2.0, -0.5, 0.0, 1.0], rtol=1e-6)


def test_what_lies_far_from_the_heart_does_not_decide_what_is_bright_or_usual():
    rows, columns = np.indices((CROP_PX, CROP_PX)) - (CROP_PX - 1) / 2
    far = np.hypot(rows, columns) * 0.9375 > 41.0
    crop = a_crop()
    other = inputs_of(replace(crop, irw=np.where(far, 9e3, crop.irw), t1_ms=np.where(far, 50.0, crop.t1_ms)))
    np.testing.assert_array_equal(inputs_of(crop).stack[:, ~far], other.stack[:, ~far])
    np.testing.assert_array_equal(inputs_of(crop).t1[~far], other.t1[~far])


def test_t1_is_seen_as_its_logarithm_against_the_usual_one_within_limits():
    t1_ms = np.full((CROP_PX, CROP_PX), 1000.0)
    t1_ms[0, :5] = [1000.0 * np.e, 1000.0 / np.e, 9e5, 1.0, 0.0]
    np.testing.assert_allclose(inputs_of(an_even_crop(t1_ms=t1_ms)).t1[0, :6], [1, -1, 1.5, -1.5, 0, 0], atol=1e-6)


def test_r2_is_seen_on_a_scale_that_rises_where_the_fit_is_worse():
    r2 = np.full((CROP_PX, CROP_PX), 0.99)
    r2[0, :4] = [1.0, 0.999, 0.9, -9.0]
    np.testing.assert_allclose(inputs_of(an_even_crop(r2=r2)).r2[0, :5], [-1.5, -0.5, 1.5, 3.5, 0.5], atol=1e-5)


def test_times_are_logarithms_of_seconds_and_none_is_too_short_for_one():
    crop = an_even_crop(ti_ms=np.array([1000.0, 100.0, 1000.0 * np.e, 1.0, 0.0]))
    np.testing.assert_allclose(inputs_of(crop).ti, np.log([1.0, 0.1, np.e, 1e-3, 1e-3]), rtol=1e-6)
