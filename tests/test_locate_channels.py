"""What the segmenter sees: the same whichever way the scanner turned the image, and in whichever unit it stored it."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from few_cases import simulated
from hearts import SHMOLLI_TI_MS, short_axis
from myoqc.errors import GeometryError, NoVentricleError
from myoqc.fit import fit_maps
from myoqc.locate.channels import (
    CHANNELS,
    MULTIPLE_PX,
    SPACING_MM,
    T1_UNIT_MS,
    USUAL_COLUMN,
    USUAL_ROW,
    Channels,
    channels,
    reference_images,
)
from myoqc.locate.sampling import centres_px, means_at, n_subsamples
from myoqc.records import Acquisition, Grid, ParameterMap
from myoqc.schedules import SHMOLLI
from turned_slices import turned

MOLLI_TI_MS = [120.0, 1000.0, 1900.0, 2800.0, 3700.0, 200.0, 1100.0, 2000.0]
SASHA_TI_MS = [100.0, 200.0, 300.0, 400.0, 500.0, 600.0, 10000.0]
SHAPE = (64, 64)
LAST = CHANNELS.index("t1") - 1
"""The image of the longest time."""
TURNS = [(quarters, mirrored) for quarters in range(4) for mirrored in (False, True)]


def blurred_noise(rng, *shape):
    """Smooth enough that a value between two pixels is about the same from either side."""
    noise = rng.uniform(0.0, 1.0, shape)
    for axis in (-2, -1):
        noise = sum(np.roll(noise, step, axis) for step in range(5)) / 5
    return noise


def a_slice(grid=None, ti_ms=SHMOLLI_TI_MS, seed=0):
    grid = grid or short_axis(SHAPE, (SPACING_MM, SPACING_MM))
    rng = np.random.default_rng(seed)
    acquisition = Acquisition.from_arrays(300.0 * blurred_noise(rng, len(ti_ms), *grid.shape), ti_ms, grid=grid)
    t1_ms = 1000.0 + 500.0 * blurred_noise(rng, *grid.shape)
    return acquisition, ParameterMap(t1_ms, grid, r2=1.0 - 0.1 * blurred_noise(rng, *grid.shape))


@pytest.mark.parametrize(("quarters", "mirrored"), TURNS)
def test_a_slice_gives_the_same_channels_whichever_way_it_is_stored(quarters, mirrored):
    acquisition, maps = a_slice()
    np.testing.assert_allclose(
        channels(*turned(acquisition, maps, quarters, mirrored)).values, channels(acquisition, maps).values, atol=1e-6
    )


@pytest.mark.parametrize(("quarters", "mirrored"), TURNS)
def test_pixels_need_not_be_square_nor_the_matrix(quarters, mirrored):
    acquisition, maps = a_slice(short_axis((70, 90), (1.3, 1.7)))
    np.testing.assert_allclose(
        channels(*turned(acquisition, maps, quarters, mirrored)).values, channels(acquisition, maps).values, atol=1e-5
    )


@pytest.mark.parametrize(("quarters", "mirrored"), TURNS)
def test_a_pixel_of_the_channels_lies_at_the_same_place_in_the_patient_whichever_way_the_slice_is_stored(
    quarters, mirrored
):
    acquisition, maps = a_slice(short_axis((70, 90), (1.3, 1.7)))
    images, other_maps = turned(acquisition, maps, quarters, mirrored)
    points = np.array([[0.0, 0.0], [10.0, 3.0], [31.5, 40.0]])
    np.testing.assert_allclose(
        images.grid.patient_mm(channels(images, other_maps).to_image(points)),
        acquisition.grid.patient_mm(channels(acquisition, maps).to_image(points)),
        atol=1e-9,
    )


def test_images_without_orientation_are_taken_as_they_lie():
    acquisition, maps = a_slice(Grid.plain(SHAPE, SPACING_MM))
    images, other_maps = turned(acquisition, maps, 1, False)
    there, here = channels(images, other_maps).values, channels(acquisition, maps).values
    assert not np.allclose(there, here, atol=0.01)
    np.testing.assert_allclose(there, np.rot90(here, axes=(1, 2)), atol=1e-6)


def test_the_usual_directions_need_no_turn():
    row = USUAL_ROW / np.linalg.norm(USUAL_ROW)
    column = USUAL_COLUMN - row * (row @ USUAL_COLUMN)
    grid = Grid(SHAPE, (SPACING_MM, SPACING_MM), np.zeros(3), row, column / np.linalg.norm(column))
    seen = channels(*a_slice(grid))
    np.testing.assert_allclose(seen.steps_px, np.eye(2))
    np.testing.assert_allclose(seen.origin_px, [0.0, 0.0])


@given(
    arrays(float, 2, elements=st.floats(-50.0, 50.0)),
    arrays(float, (3, 2), elements=st.floats(-300.0, 300.0)),
    st.floats(0.2, 3.0),
    st.floats(0.2, 3.0),
    st.booleans(),
)
def test_to_the_image_and_back_is_the_identity(origin_px, points, down, along, exchanged):
    steps_px = np.array([[0.0, along], [-down, 0.0]]) if exchanged else np.diag([down, -along])
    seen = Channels(np.zeros((len(CHANNELS), 16, 16)), origin_px, steps_px)
    np.testing.assert_allclose(seen.from_image(seen.to_image(points)), points, atol=1e-9)


def test_a_bright_pixel_of_the_image_is_bright_where_from_image_says():
    grid = short_axis((70, 90), (1.3, 1.7))
    images = np.full((7, 70, 90), 1.0)
    images[:, 20, 61] = 1000.0
    seen = channels(Acquisition.from_arrays(images, SHMOLLI_TI_MS, grid=grid), a_slice(grid)[1])
    found = np.array(np.unravel_index(seen.values[0].argmax(), seen.values[0].shape))
    assert np.abs(found - seen.from_image([20.0, 61.0])).max() <= 0.5 + 1e-9


@pytest.mark.parametrize("factor", [1e-3, 17.0, 4e4])
def test_another_unit_of_the_images_changes_nothing(factor):
    acquisition, maps = a_slice()
    other = Acquisition.from_arrays(acquisition.images * factor, SHMOLLI_TI_MS, grid=acquisition.grid)
    np.testing.assert_allclose(channels(other, maps).values, channels(acquisition, maps).values, rtol=1e-4, atol=1e-6)


def test_bright_blood_is_about_one_and_nothing_is_above_two():
    acquisition, maps = a_slice()
    images = acquisition.images.copy()
    images[:, 5, 5] = 1e6
    values = channels(Acquisition.from_arrays(images, SHMOLLI_TI_MS, grid=acquisition.grid), maps).values
    assert np.percentile(values[LAST], 99.0) == pytest.approx(1.0, abs=1e-3)
    assert values.max() == 2.0
    assert values.min() >= 0.0


def darkened(acquisition, numbers, lit):
    """The same with images ``numbers`` dark but for the first ``lit`` rows and columns."""
    images = acquisition.images.copy()
    images[numbers, lit:] = 0.0
    images[numbers, :, lit:] = 0.0
    return Acquisition.from_arrays(images, SHMOLLI_TI_MS, grid=acquisition.grid)


@pytest.mark.parametrize("lit", [1, 4])
def test_where_the_last_image_is_dark_the_mean_image_tells_what_is_bright(lit):
    acquisition, maps = a_slice()
    last = int(np.argmax(SHMOLLI_TI_MS[:5]))
    values = channels(darkened(acquisition, last, lit), maps).values
    mean, shown = values[0], values[LAST]
    assert np.count_nonzero(shown) == lit**2
    assert np.percentile(mean, 99.0) == pytest.approx(2.0, rel=1e-4)
    # Their last image is as bright as the others: its fifth of the mean is lacking, the rest looks as ever.
    assert np.corrcoef(mean.ravel(), channels(acquisition, maps).values[0].ravel())[0, 1] > 0.8


@pytest.mark.parametrize("lit", [1, 4])
def test_images_are_zero_where_all_of_them_are_dark(lit):
    acquisition, maps = a_slice()
    values = channels(darkened(acquisition, slice(None), lit), maps).values[: LAST + 1]
    assert values[:, :lit, :lit].all()
    assert np.count_nonzero(values) == len(values) * lit**2


def test_where_nothing_is_known_but_a_few_pixels_of_the_last_image_these_are_bright():
    acquisition, maps = a_slice()
    images = acquisition.images.copy()
    images[:4] = np.nan
    images[:4, 60:, 60:] = 1.0
    images[4:] = 0.0
    images[4:, :4, :4] = 100.0
    values = channels(Acquisition.from_arrays(images, SHMOLLI_TI_MS, grid=acquisition.grid), maps).values
    np.testing.assert_allclose(values[LAST, :4, :4], 2.0)
    assert [np.count_nonzero(image) for image in values[: LAST + 1]] == [16] * (LAST + 1)


def test_the_channels_of_simulated_slices_follow_the_last_image_alone():
    for case in simulated():
        images = case.acquisition.images[reference_images(case.acquisition)]
        seen = channels(case.acquisition, case.maps)
        raw = sampled(case, images)
        bright = np.percentile(raw[LAST], 99.0)
        np.testing.assert_array_equal(seen.values[: LAST + 1], np.clip(raw / bright, 0.0, 2.0).astype(np.float32))


def sampled(case, images):
    """(6 v u) mean and five of the images on the pixels of the channels, in the unit of the images."""
    rising = images[np.argsort(case.acquisition.ti_ms[: len(images)])]
    five = {3: [0, 0, 1, 2, 2], 4: [0, 1, 2, 2, 3], 5: [0, 1, 2, 3, 4]}[len(images)]
    shown = np.stack([images.mean(axis=0), *rising[five]])
    frame = channels(case.acquisition, case.maps)
    shape = frame.values.shape[1:]
    finer = n_subsamples(SPACING_MM, float(case.acquisition.grid.spacing_mm.min()))
    points = frame.origin_px + np.einsum("yxi,ij->yxj", centres_px(shape, finer), frame.steps_px)
    values = means_at(shown, points, *shape)
    return np.where(np.isfinite(values), values, np.float32(0.0))


def test_pixels_without_a_value_or_a_fit_are_zero():
    acquisition, maps = a_slice()
    images, t1_ms, r2 = acquisition.images.copy(), maps.t1_ms.copy(), maps.r2.copy()
    images[1, 10, 12] = np.nan
    t1_ms[20, 22] = np.nan
    r2[30, 32] = np.nan
    without = channels(
        Acquisition.from_arrays(images, SHMOLLI_TI_MS, grid=acquisition.grid),
        ParameterMap(t1_ms, acquisition.grid, r2=r2),
    )
    assert np.isfinite(without.values).all()
    zero = {name: np.argwhere(values == 0.0).tolist() for name, values in zip(CHANNELS, without.values, strict=True)}
    none = {f"image {number}": [] for number in (1, 2, 3, 4, 5)}
    assert zero == {"mean": [[10, 12]], **none, "image 2": [[10, 12]], "t1": [[20, 22]], "r2": [[30, 32]]}


def test_maps_without_r2_have_an_empty_last_channel():
    acquisition, maps = a_slice()
    values = channels(acquisition, replace(maps, r2=None)).values
    assert not values[-1].any()
    np.testing.assert_array_equal(values[:-1], channels(acquisition, maps).values[:-1])


def test_t1_and_r2_are_on_their_fixed_scales():
    acquisition, _ = a_slice()
    grid = acquisition.grid
    values = channels(acquisition, ParameterMap(np.full(SHAPE, T1_UNIT_MS), grid, r2=np.full(SHAPE, 0.99))).values
    np.testing.assert_allclose(values[-2], 1.0, rtol=1e-6)
    np.testing.assert_allclose(values[-1], 0.5, rtol=1e-5)
    for r2, expected in ((1.0, 1.0), (0.0, 0.0), (-3.0, 0.0)):
        values = channels(acquisition, ParameterMap(np.full(SHAPE, T1_UNIT_MS), grid, r2=np.full(SHAPE, r2))).values
        np.testing.assert_allclose(values[-1], expected, atol=1e-6)


@pytest.mark.parametrize("shape", [(60, 70), (64, 64), (65, 33), (192, 256)])
@pytest.mark.parametrize("spacing_mm", [(0.9375, 0.9375), (1.875, 1.4)])
def test_the_channels_cover_the_image_about_its_middle_in_multiples_of_sixteen(shape, spacing_mm):
    grid = Grid.plain(shape, spacing_mm)
    seen = channels(*a_slice(grid))
    size = np.array(seen.values.shape[1:])
    covered_mm = size * SPACING_MM
    assert (size % MULTIPLE_PX == 0).all()
    assert (covered_mm >= np.array(shape) * spacing_mm - 1e-3).all()
    assert (covered_mm < np.array(shape) * spacing_mm + MULTIPLE_PX * SPACING_MM).all()
    np.testing.assert_allclose(seen.to_image((size - 1) / 2), (np.array(shape) - 1) / 2)


def test_outside_the_image_everything_is_zero():
    seen = channels(*a_slice(Grid.plain((40, 40), SPACING_MM)))
    assert seen.values.shape == (len(CHANNELS), 48, 48)
    assert not seen.values[:, :4].any()
    assert not seen.values[:, :, -4:].any()
    assert seen.values[:, 4:-4, 4:-4].all()


def test_fine_pixels_are_averaged_and_not_skipped():
    grid = Grid.plain((128, 128), SPACING_MM / 4)
    stripes = np.where(np.arange(128) % 2, 200.0, 100.0)
    acquisition = Acquisition.from_arrays(np.broadcast_to(stripes, (7, 128, 128)), SHMOLLI_TI_MS, grid=grid)
    mean = channels(acquisition, ParameterMap(np.full(grid.shape, 1000.0), grid)).values[0]
    np.testing.assert_allclose(mean, 1.0, rtol=1e-6)


@pytest.mark.parametrize(
    ("ti_ms", "numbers"),
    [
        (SHMOLLI_TI_MS, [0, 1, 2, 3, 4]),
        (MOLLI_TI_MS, [0, 1, 2, 3, 4]),
        ([100.0, 1100.0, 2100.0, 180.0, 1180.0, 2180.0, 260.0, 1260.0, 2260.0, 3260.0, 4260.0], [0, 1, 2]),
        (SASHA_TI_MS, [0, 1, 2, 3, 4, 5, 6]),
    ],
)
def test_the_reference_is_the_first_inversion_or_all_of_a_saturation_recovery(ti_ms, numbers):
    acquisition, _ = a_slice(ti_ms=ti_ms)
    assert reference_images(acquisition).tolist() == numbers


@pytest.mark.parametrize("ti_ms", [SHMOLLI_TI_MS, MOLLI_TI_MS])
def test_images_of_later_inversions_do_not_enter(ti_ms):
    acquisition, maps = a_slice(ti_ms=ti_ms)
    images = acquisition.images.copy()
    images[5:] = 7.0 * images[5:, ::-1]
    other = Acquisition.from_arrays(images, ti_ms, grid=acquisition.grid)
    np.testing.assert_array_equal(channels(other, maps).values, channels(acquisition, maps).values)


def even_images(brightness, ti_ms):
    """Channels of images that each have one brightness all over."""
    images = np.broadcast_to(np.array(brightness, dtype=float)[:, None, None], (len(ti_ms), *SHAPE))
    _, maps = a_slice(Grid.plain(SHAPE, SPACING_MM))
    return channels(Acquisition.from_arrays(images, ti_ms, spacing_mm=SPACING_MM), maps).values


RISING = [0.3, 0.1, 0.4, 0.7, 1.0]


@pytest.mark.parametrize(
    ("brightness", "ti_ms", "mean", "shown"),
    [
        ([30.0, 10.0, 40.0, 70.0, 100.0, 900.0, 900.0], SHMOLLI_TI_MS, 0.5, RISING),
        ([30.0, 10.0, 40.0, 70.0, 100.0, 900.0, 900.0, 900.0], MOLLI_TI_MS, 0.5, RISING),
        # Here the image without saturation, which has no time, comes first and the shortest time last.
        ([100.0, 80.0, 50.0, 40.0, 35.0, 25.0, 20.0], SASHA_TI_MS[::-1], 0.5, [0.2, 0.35, 0.4, 0.5, 1.0]),
    ],
)
def test_the_mean_of_the_reference_and_its_images_are_shown_by_time(brightness, ti_ms, mean, shown):
    values = even_images(brightness, ti_ms)
    for value, expected in zip(values[: LAST + 1], (mean, *shown), strict=True):
        np.testing.assert_allclose(value, expected, rtol=1e-6)


def test_of_three_images_two_are_shown_twice():
    ti_ms = [100.0, 1100.0, 2100.0, 180.0, 1180.0, 2180.0, 260.0, 1260.0, 2260.0, 3260.0, 4260.0]
    values = even_images([30.0, 60.0, 90.0, *[900.0] * 8], ti_ms)
    np.testing.assert_allclose(values[: LAST + 1, 0, 0], np.array([60.0, 30, 30, 60, 90, 90]) / 90.0, rtol=1e-6)


def test_maps_of_another_matrix_are_refused():
    acquisition, _ = a_slice()
    with pytest.raises(GeometryError, match="the T1 map has another matrix than the images"):
        channels(acquisition, a_slice(short_axis((32, 32)))[1])


def test_an_image_of_more_than_a_person_is_refused():
    taken = a_slice_of_metres()
    with pytest.raises(NoVentricleError, match=r"at most 800 mm; found 96000 mm\. Check the pixel spacing"):
        channels(taken, fit_maps(taken, engine="numpy"))


def a_slice_of_metres():
    rng = np.random.default_rng(0)
    grid = Grid.plain((64, 64), 1500.0)
    return Acquisition(rng.uniform(1.0, 2.0, (7, 64, 64)), SHMOLLI_TI_MS, SHMOLLI, grid)
