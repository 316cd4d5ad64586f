"""What the constructors of the records refuse, and that nobody can change a record through what it was made from."""

import inspect
from dataclasses import replace

import numpy as np
import pytest

from hearts import SHMOLLI_TI_MS, acquisition, ring, short_axis
from myoqc.aha import BASE_TO_APEX
from myoqc.errors import ContourError, GeometryError, ImageError, InputError, MyoqcError
from myoqc.polygons import closed
from myoqc.records import (
    Acquisition,
    Assessment,
    Caution,
    Contours,
    Crop,
    Grid,
    ParameterMap,
    Placement,
    Scores,
    Segments,
    Source,
)
from myoqc.records.arrays import frozen, numbers
from myoqc.schedules import SHMOLLI, Preparation, Schedule
from myoqc.summary import summarise

SHAPE = (7, 4, 5)
ONES = np.ones(SHAPE)


def made(images=ONES, **more):
    return Acquisition.from_arrays(images, SHMOLLI_TI_MS, **more)


def one_pixel(value, shape=SHAPE):
    images = np.ones(shape)
    images[3, 1, 2] = value
    return images


@pytest.mark.parametrize("value", [-1.0, -1e-6])
def test_negative_magnitudes_are_refused(value):
    with pytest.raises(
        ImageError, match=r"magnitudes expected, found negative values\. Give the magnitude .* phase_rad"
    ):
        made(one_pixel(value))
    with pytest.raises(ImageError, match="magnitudes expected"):
        Acquisition(one_pixel(value), SHMOLLI_TI_MS, SHMOLLI, Grid.plain(SHAPE[1:]))


@pytest.mark.parametrize("value", [np.inf, -np.inf, np.nan])
def test_a_pixel_that_is_not_finite_has_no_value(value):
    images = made(one_pixel(value)).images
    assert np.argwhere(np.isnan(images)).tolist() == [[3, 1, 2]]
    assert np.nansum(images) == images.size - 1


@pytest.mark.parametrize(
    ("images", "words"),
    [
        (one_pixel(1e39), r"the stack of images: numbers too large; expected at most 3\.4e\+38 \(float32\)"),
        (ONES * 1j, "the stack of images: not real numbers; expected numbers; found type complex128"),
        ([[["1"]]] * 7, "the stack of images: not real numbers; expected numbers; found type <U1"),
        ([[[1, 2], [3]]] * 7, "the stack of images: not an array of numbers.*inhomogeneous"),
        ([None] * 7, "the stack of images: not real numbers.*object"),
    ],
)
def test_images_that_are_no_real_numbers_of_32_bits_are_refused(images, words):
    with pytest.raises(ImageError, match=words):
        made(images)
    with pytest.raises(ImageError, match=words):
        Acquisition(images, SHMOLLI_TI_MS, SHMOLLI, Grid.plain(SHAPE[1:]))


@pytest.mark.parametrize("value", [180.0, -6.3, 4096.0, np.inf, -np.inf])
def test_phase_that_can_not_be_radians_is_refused(value):
    with pytest.raises(ImageError, match=r"phase in radians expected; expected -π to π or 0 to 2π.*found "):
        made(phase_rad=one_pixel(value))


@pytest.mark.parametrize("value", [np.nan, 2 * np.pi, -np.pi, 0.0])
def test_phase_in_either_convention_is_kept_and_nan_means_unknown(value):
    assert made(phase_rad=one_pixel(value)).phase_rad[3, 1, 2] == pytest.approx(value, nan_ok=True)


@pytest.mark.parametrize("name", ["rr_ms", "field_t"])
@pytest.mark.parametrize("value", [0.0, -3.0, np.nan, np.inf, "1.5"])
def test_a_heartbeat_or_a_field_that_is_not_positive_is_refused(name, value):
    with pytest.raises(InputError, match=f"{name} is not usable; expected a .* above 0, or None; found {value}"):
        made(**{name: value})


def test_from_arrays_names_every_field_of_the_record():
    given = inspect.signature(Acquisition.from_arrays).parameters
    assert all(parameter.kind is not parameter.VAR_KEYWORD for parameter in given.values())
    assert set(Acquisition.__dataclass_fields__) <= set(given)


NO_NUMBERS = [[[1.0], [1.0, 2.0]], [["a", "b"]], [[1j, 2.0]], object()]


@pytest.mark.parametrize("values", NO_NUMBERS, ids=["ragged", "text", "complex", "object"])
@pytest.mark.parametrize(
    "make",
    [
        lambda values: made(values),
        lambda values: Acquisition.from_arrays(ONES, values),
        lambda values: made(phase_rad=values),
        lambda values: made(trigger_ms=values),
        lambda values: Grid.plain(SHAPE[1:], values),
        lambda values: replace(short_axis(), origin_mm=values),
        lambda values: Grid.plain(values),
        lambda values: ParameterMap(values, short_axis()),
        lambda values: closed(values, "it"),
        lambda values: Contours(values, ring().epi_px),
        lambda values: replace(ring(), rv_insertion_px=values),
        lambda values: Segments(values),
        lambda values: Segments.from_labels(values),
        lambda values: Placement(values),
        lambda values: Scores(values, 0.5, "rule", "0"),
    ],
)
def test_what_is_no_array_of_numbers_is_refused_in_the_words_of_this_package(make, values):
    with pytest.raises(MyoqcError):
        make(values)


@pytest.mark.parametrize(
    ("make", "error", "words"),
    [
        (lambda: made(schedule=3), InputError, "schedule is not usable; expected a Schedule; found 3"),
        (lambda: made(grid="plain"), InputError, "grid is not usable; expected a Grid; found plain"),
        (lambda: ParameterMap(np.ones((2, 2)), None), InputError, "grid is not usable; expected a Grid"),
        (lambda: ParameterMap([[1.0]], short_axis()), GeometryError, r"the t1_ms map has another matrix.*\(1, 1\)"),
        (lambda: Grid.plain((3, 4), (1, 1, 1)), GeometryError, r"spacing_mm has the wrong shape; expected axes \(2\)"),
        (lambda: Grid.plain((-3, 4)), GeometryError, r"a matrix without pixels.*found \(-3, 4\)"),
        (
            lambda: Grid.plain((3,)),
            GeometryError,
            r"not a matrix; expected two whole numbers: rows, columns; found \(3",
        ),
        (lambda: Grid.plain((3.5, 4)), GeometryError, "not a matrix"),
        (lambda: Grid.plain(3), GeometryError, "not a matrix"),
        (lambda: replace(short_axis(), row_direction=(np.inf, 0, 0)), GeometryError, "orientation is not usable"),
        (lambda: Segments.from_labels(np.ones((2, 3, 3))), GeometryError, r"the label image has the wrong shape"),
        (
            lambda: Segments.from_labels([[0, 1, 8]]),
            ContourError,
            r"labels 1–6 expected, found 8\. Number the segments",
        ),
        (lambda: Segments.from_labels([[0, 1, -1]]), ContourError, "labels 1–6 expected, found -1"),
        (lambda: Segments.from_labels([[0, 1.5]]), ContourError, "the label image.*whole numbers; found 1.5"),
        (lambda: Segments(np.full((6, 2, 2), 0.01)), ContourError, "segment masks.*only 0 and 1; found 0.01"),
        (lambda: Segments(np.full((6, 2, 2), np.nan)), ContourError, "segment masks.*only 0 and 1; found nan"),
        (lambda: Segments(np.full((6, 2, 2), 2)), ContourError, "segment masks.*only 0 and 1; found 2"),
        (
            lambda: Scores([1.5, 0, 0, 0, 0, 0], 0.5, "", ""),
            InputError,
            r"not a probability; expected 0 to 1.*found 1\.5",
        ),
        (lambda: Scores([-1, 0, 0, 0, 0, 0], 0.5, "", ""), InputError, r"not a probability.*found -1"),
        (lambda: Scores([0.0] * 6, np.nan, "", ""), InputError, "not a threshold for probabilities.*found nan"),
        (lambda: Scores([0.0] * 6, 1.1, "", ""), InputError, r"not a threshold for probabilities; expected 0 to 1"),
    ],
)
def test_what_a_record_can_not_be_made_of_is_refused_with_the_reason(make, error, words):
    with pytest.raises(error, match=words):
        make()


def test_masks_of_zeros_and_ones_are_as_good_as_truth_values():
    masks = Segments.from_contours(ring(), short_axis()).masks
    for dtype in (np.uint8, float):
        assert np.array_equal(Segments(masks.astype(dtype)).masks, masks)


def test_maps_and_segments_of_different_matrices_are_not_summarised():
    segments = Segments.from_contours(ring(), short_axis())
    with pytest.raises(GeometryError, match=r"the segment masks has another matrix.*expected \(4, 5\)"):
        summarise(ParameterMap(np.ones((4, 5)), Grid.plain((4, 5))), segments)


def test_the_numbers_of_a_segment_are_over_fitted_pixels_and_a_missing_r2_counts_for_t1_alone():
    labels = np.array([[1, 1, 1, 1, 2, 3]])
    t1_ms = np.array([[1000.0, 1100.0, 1200.0, np.nan, 900.0, np.nan]])
    r2 = np.array([[0.9, 0.7, np.nan, np.nan, np.nan, np.nan]])
    anterior, unexplained, unfitted, *_ = summarise(
        ParameterMap(t1_ms, Grid.plain((1, 6)), r2=r2), Segments.from_labels(labels)
    )
    assert (anterior.n_pixels, anterior.n_fitted, anterior.t1_mean_ms) == (4, 3, 1100.0)
    assert anterior.t1_sd_ms == pytest.approx(np.sqrt(2 / 3) * 100.0)
    assert (anterior.r2_mean, anterior.r2_min) == pytest.approx((0.8, 0.7))
    assert unexplained.t1_mean_ms == 900.0
    assert np.isnan([unexplained.r2_mean, unexplained.r2_min, unfitted.t1_mean_ms, unfitted.r2_min]).all()


def test_what_a_record_was_made_from_can_change_without_it():
    images, whole = np.ones(SHAPE, np.float32), np.ones((8, 4, 5), np.float32)
    read_only = whole[:7]
    read_only.flags.writeable = False
    for given in (images, read_only, memoryview(whole[:7])):
        record = made(given)
        images[:], whole[:] = 5.0, 5.0
        assert (record.images == 1.0).all()
        images[:], whole[:] = 1.0, 1.0


def test_an_array_that_nobody_can_change_is_not_copied():
    images = made().images
    assert frozen(images, np.float32, "t y x", "it") is images
    assert np.shares_memory(frozen(images[2], np.float32, "y x", "it"), images)
    assert made(images).images is images


def test_numbers_are_converted_without_a_warning_or_not_at_all():
    assert numbers([1.0, 2.0], np.int64, "it").tolist() == [1, 2]
    with pytest.raises(InputError, match=r"it: values that can't be used.*none negative"):
        numbers([1.0, np.nan], np.uint8, "it")
    with pytest.raises(InputError, match="found 256"):
        numbers([3, 256], np.uint8, "it")


def test_lists_become_tuples_in_a_record():
    caution = Caution("a", "b")
    record = acquisition(cautions=[caution], source=Source(files=["a"], ti_attribute=["b"]))
    assert (record.cautions, record.source.files, record.source.ti_attribute) == ((caution,), ("a",), ("b",))
    assert replace(record, cautions=[caution]).cautions == (caution,)
    maps = ParameterMap(np.ones(record.grid.shape), record.grid)
    assert Assessment(record, maps, cautions=[caution]).cautions == (caution,)
    schedule = Schedule("a", Preparation.INVERSION, [5, 3], [3])
    assert (schedule.samples, schedule.pauses) == ((5, 3), (3,))


def test_the_usual_long_axis_can_not_be_changed():
    with pytest.raises(ValueError, match="read-only"):
        BASE_TO_APEX[0] = 0.0


def test_the_masks_of_a_crop_are_zeros_and_ones():
    image = np.ones((160, 160))
    with pytest.raises(InputError, match=r"the crop's masks: values .* expected only 0 and 1; found 0\.5"):
        Crop(image[None], image, image, [100.0], Placement([1, 2]), np.full((6, 160, 160), 0.5))


def test_inversion_times_in_seconds_are_refused_with_the_factor():
    with pytest.raises(InputError, match=r"too short for a heart.*multiplied by 1000"):
        Acquisition.from_arrays(ONES, np.array(SHMOLLI_TI_MS) / 1000)
