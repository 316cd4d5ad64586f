"""What a scoring network sees: numbers that do not change with unit, coil and contrast, and say how bad R² is."""

from dataclasses import replace

import numpy as np
import pytest

from myoqc.errors import ContourError
from myoqc.records import CROP_PX, Crop, Placement
from myoqc.score.inputs import N_STATISTICS, inputs_of, segment_statistics
from myoqc.score.statistics import STATISTICS
from segment_blocks import segment_blocks

TI_MS = [100.0, 180.0, 260.0, 1000.0, 2000.0]
OWN, WHOLE = slice(0, len(STATISTICS)), slice(len(STATISTICS), len(STATISTICS) + 2)
SPREAD, MISSING, IMAGES = range(N_STATISTICS - 3, N_STATISTICS)
MASKS = segment_blocks() == np.arange(1, 7)[:, None, None]
FIELDS = ("stack", "t1", "r2", "ti", "statistics")


def a_crop(seed=0, **fields):
    """Noise, with six blocks for segments."""
    rng = np.random.default_rng(seed)
    side = (CROP_PX, CROP_PX)
    return replace(
        Crop(
            irw=rng.uniform(10.0, 200.0, (len(TI_MS), *side)).astype(np.float32),
            t1_ms=rng.uniform(900.0, 1800.0, side).astype(np.float32),
            r2=rng.uniform(0.9, 0.999, side).astype(np.float32),
            ti_ms=np.array(TI_MS),
            placement=Placement(np.array([100.0, 100.0])),
            masks=MASKS,
        ),
        **fields,
    )


def an_even_crop(**fields):
    """Everything alike everywhere."""
    side = (CROP_PX, CROP_PX)
    even = {"irw": np.full((len(TI_MS), *side), 50.0), "t1_ms": np.full(side, 1000.0), "r2": np.full(side, 0.99)}
    return a_crop(**{name: values.astype(np.float32) for name, values in even.items()} | fields)


def changed(values, where, to):
    """A copy with other values."""
    copy = values.copy()
    copy[where] = to
    return copy


@pytest.mark.parametrize("gain", [1e-3, 0.7, 4096.0])
def test_another_gain_of_the_coil_or_unit_of_the_images_changes_nothing(gain):
    crop = a_crop()
    one, other = inputs_of(crop), inputs_of(replace(crop, irw=crop.irw * np.float32(gain)))
    np.testing.assert_allclose(one.stack, other.stack, rtol=1e-5)
    for name in FIELDS[1:]:
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


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
    assert not found.statistics[:, :MISSING].any()
    assert (found.statistics[:, MISSING] == 1.0).all()


@pytest.mark.parametrize("segment", range(6))
def test_a_worse_fit_in_one_segment_raises_its_own_statistics_and_those_of_the_whole_wall(segment):
    crop = a_crop(r2=np.random.default_rng(3).uniform(0.97, 0.99, (CROP_PX, CROP_PX)).astype(np.float32))
    worse = np.where(MASKS[segment], 1.0 - 4.0 * (1.0 - crop.r2), crop.r2).astype(np.float32)
    before, after = segment_statistics(crop), segment_statistics(replace(crop, r2=worse))
    others = np.arange(6) != segment
    assert (after[segment, OWN] > before[segment, OWN]).all()
    np.testing.assert_array_equal(after[others, OWN], before[others, OWN])
    assert (after[:, WHOLE] > before[:, WHOLE]).all()
    np.testing.assert_array_equal(after[:, SPREAD:], before[:, SPREAD:])


def test_a_segment_without_a_fitted_pixel_has_the_statistics_of_the_wall():
    crop = a_crop()
    unfitted = changed(crop.r2, MASKS[2], np.nan)
    found = segment_statistics(replace(crop, r2=unfitted, t1_ms=changed(crop.t1_ms, MASKS[2], np.nan)))
    rest = unfitted[MASKS.any(axis=0) & ~MASKS[2]].astype(np.float64)
    of_rest = [statistic(rest) for statistic in STATISTICS.values()]
    np.testing.assert_allclose(found[2, OWN], [*(value + 2.5 for value in of_rest[:4]), of_rest[4]], rtol=1e-5)
    assert found[:, MISSING].tolist() == [0, 0, 1, 0, 0, 0]
    assert found[2, SPREAD] == 0.0


def test_an_empty_segment_is_one_without_a_fit():
    crop = a_crop(masks=changed(MASKS, 4, False))
    found = segment_statistics(crop)
    np.testing.assert_array_equal(found[4, [1, 3]], found[4, WHOLE])
    assert found[4, SPREAD:].tolist() == [0.0, 1.0, -1.0]


def test_statistics_of_one_slice_are_those_worked_out_by_hand():
    half = np.zeros_like(MASKS[0])
    half[::2] = True
    r2 = np.where(MASKS[1], 0.9, 0.99)
    t1_ms = np.where(half, 900.0, 1100.0)
    found = segment_statistics(
        an_even_crop(r2=r2, t1_ms=np.where(MASKS[5] & half, np.nan, t1_ms), irw=np.zeros((9, CROP_PX, CROP_PX)))
    )
    # log10(1 − 0.99) = −2 and log10(1 − 0.9) = −1, each above −2.5; of the wall a sixth is bad.
    mean_log, lowest = 5 / 6 * 0.5 + 1 / 6 * 1.5, 1.5
    good = [0.5, 0.5, 0.5, 0.5, 0.0, mean_log, lowest, 1.0, 0.0, 1.0]
    bad = [1.5, 1.5, 1.5, 1.5, 1.0, mean_log, lowest, 1.0, 0.0, 1.0]
    even = [*good[:SPREAD], 0.0, 0.5, 1.0]
    np.testing.assert_allclose(found, [good, bad, good, good, good, even], atol=1e-5)


def test_without_segments_there_are_no_statistics():
    crop = a_crop(masks=None)
    assert inputs_of(crop).statistics.shape == (6, 0)
    with pytest.raises(ContourError, match=r"segments of this slice are not known.*Give contours"):
        segment_statistics(crop)


def test_images_are_cut_off_at_three_times_what_is_bright_near_the_heart():
    irw = np.full((3, CROP_PX, CROP_PX), 50.0, dtype=np.float32)
    irw[0, 0, 0], irw[0, 0, 1], irw[0, 0, 2], irw[:, 0, 3] = 400.0, 100.0, -25.0, 0.0
    stack = inputs_of(an_even_crop(irw=irw)).stack
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


def test_a_t1_of_0_as_scanners_write_it_is_one_that_was_not_fitted():
    t1_ms = changed(np.full((CROP_PX, CROP_PX), 1000.0), MASKS[3], 0.0)
    found = segment_statistics(an_even_crop(t1_ms=t1_ms))
    assert found[:, MISSING].tolist() == [0, 0, 0, 1, 0, 0]
    assert not found[:, SPREAD].any()


def test_r2_is_seen_on_a_scale_that_rises_where_the_fit_is_worse():
    r2 = np.full((CROP_PX, CROP_PX), 0.99)
    r2[0, :4] = [1.0, 0.999, 0.9, -9.0]
    np.testing.assert_allclose(inputs_of(an_even_crop(r2=r2)).r2[0, :5], [-1.5, -0.5, 1.5, 3.5, 0.5], atol=1e-5)


def test_times_are_logarithms_of_seconds_and_none_is_too_short_for_one():
    crop = an_even_crop(ti_ms=np.array([1000.0, 100.0, 1000.0 * np.e, 1.0, 0.0]))
    np.testing.assert_allclose(inputs_of(crop).ti, np.log([1.0, 0.1, np.e, 1e-3, 1e-3]), rtol=1e-6)
