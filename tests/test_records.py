from dataclasses import FrozenInstanceError, fields, replace

import nibabel as nib
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hearts import SHMOLLI_TI_MS, acquisition, ring, short_axis
from myoqc.aha import ApicalSegment, Segment
from myoqc.errors import ContourError, GeometryError, ImageError, InversionTimeError
from myoqc.records import CROP_PX, Acquisition, Contours, Crop, Grid, ParameterMap, Placement, Scores, Segments
from myoqc.schedules import SHMOLLI

SHAPE = (7, 4, 5)
angles = st.floats(-3.0, 3.0)


def any_grid(a, b, c, spacing=(1.1, 0.7), origin=(3.0, -40.0, 7.0)):
    first = np.array([np.cos(a) * np.cos(b), np.sin(a) * np.cos(b), np.sin(b)])
    other = np.cross(first, [np.cos(c), np.sin(c), 0.3])
    return Grid((30, 40), spacing, np.array(origin), first, other / np.linalg.norm(other))


def parameter_map(grid):
    one = np.ones(grid.shape, dtype=np.float32)
    return ParameterMap(
        one, grid, r2=one, t1_sd_ms=one, t1_star_ms=one, a=one, b=one, samples_used=one.astype(np.uint8)
    )


def a_crop():
    side = (CROP_PX, CROP_PX)
    image = np.ones(side, dtype=np.float32)
    placement = Placement(np.array([3.0, 4.0]))
    return Crop(np.ones((7, *side)), image, image, np.arange(7.0), placement, np.zeros((6, *side), dtype=bool))


RECORDS = {
    "Grid": short_axis,
    "Acquisition": acquisition,
    "ParameterMap": lambda: parameter_map(short_axis()),
    "Contours": ring,
    "Segments": lambda: Segments.from_contours(ring(), short_axis()),
    "Placement": lambda: Placement(np.array([3.0, 4.0])),
    "Crop": a_crop,
    "Scores": lambda: Scores(np.full(6, 0.1), 0.5, "rule", "0" * 64),
}


@pytest.mark.parametrize("make", RECORDS.values(), ids=RECORDS)
def test_a_record_and_its_arrays_can_not_be_changed(make):
    record = make()
    for field in fields(record):
        value = getattr(record, field.name)
        with pytest.raises(FrozenInstanceError):
            setattr(record, field.name, value)
        if isinstance(value, np.ndarray):
            with pytest.raises(ValueError, match="read-only"):
                value[...] = 0


@settings(max_examples=40, deadline=None)
@given(angles, st.floats(-1.4, 1.4), angles, st.tuples(st.floats(-9, 40), st.floats(-9, 40)))
def test_pixel_and_patient_coordinates_are_inverse_to_each_other(a, b, c, point):
    grid = any_grid(a, b, c)
    there = grid.patient_mm(point)
    assert grid.px(there) == pytest.approx(point, abs=1e-9)
    assert grid.distance_mm(there) == pytest.approx(0.0, abs=1e-9)
    assert grid.distance_mm(there + 2.5 * grid.normal) == pytest.approx(2.5)
    assert grid.px(there + 2.5 * grid.normal) == pytest.approx(point, abs=1e-9)


@settings(max_examples=40, deadline=None)
@given(angles, st.floats(-1.4, 1.4), angles)
def test_the_affine_gives_patient_coordinates_in_the_axes_of_nifti(a, b, c):
    grid = any_grid(a, b, c)
    row, column = 11, 23
    world = nib.affines.apply_affine(grid.affine, [column, row, 0])
    assert world == pytest.approx(grid.patient_mm([row, column]) * [-1, -1, 1])


def test_a_transverse_slice_runs_left_and_posterior():
    assert nib.aff2axcodes(Grid.plain((4, 5), 2.0).affine) == ("L", "P", "S")


def test_a_row_further_down_is_one_spacing_between_rows_away():
    grid = short_axis(spacing_mm=(2.0, 3.0))
    assert grid.patient_mm([1, 0]) - grid.origin_mm == pytest.approx(2.0 * grid.column_direction)
    assert grid.patient_mm([0, 1]) - grid.origin_mm == pytest.approx(3.0 * grid.row_direction)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"spacing_mm": (0.0, 1.0)}, "spacing must be positive"),
        ({"spacing_mm": (1.0, np.nan)}, "spacing must be positive"),
        ({"spacing_mm": (1.0, 1.0, 1.0)}, r"spacing_mm has the wrong shape; expected axes \(2\)"),
        ({"row_direction": (1.0, 1.0, 0.0)}, "two perpendicular unit vectors"),
        ({"row_direction": (0.0, 1.0, 0.0), "column_direction": (0.0, 1.0, 0.0)}, "orientation is not usable"),
        ({"origin_mm": (np.nan, 0.0, 0.0)}, "position or orientation is not usable"),
    ],
)
def test_a_grid_that_is_none_is_refused(change, words):
    with pytest.raises(GeometryError, match=words):
        replace(Grid.plain((4, 5)), **change)


def images(**changes):
    stack = np.ones(SHAPE, dtype=np.float32)
    for number, value in changes.items():
        stack[int(number[1:])] = value
    return stack


@pytest.mark.parametrize(
    ("error", "words", "stack", "times"),
    [
        (ImageError, r"wrong number of images; expected 5 to 30; found 4", images()[:4], [1, 2, 3, 4]),
        (ImageError, "wrong number of images", np.ones((31, 2, 2)), np.arange(31)),
        (ImageError, "image 3 of 7 is empty; found every pixel is zero. Export", images(i2=0), SHMOLLI_TI_MS),
        (ImageError, "image 7 of 7 is empty; found every pixel is not a number", images(i6=np.nan), SHMOLLI_TI_MS),
        (GeometryError, r"do not belong together; expected images \(t y x\)", images()[0], SHMOLLI_TI_MS),
        (GeometryError, r"found \(7, 4, 5\) and \(6,\)", images(), SHMOLLI_TI_MS[:6]),
        (InversionTimeError, "must be positive numbers of ms; found 0, 1100", images(), [0, *SHMOLLI_TI_MS[1:]]),
        (InversionTimeError, "must be positive", images(), [np.nan, *SHMOLLI_TI_MS[1:]]),
        (
            InversionTimeError,
            "do not differ enough.*at least 4 different ones",
            images(),
            [100, 180, 260, 100, 180, 260, 100],
        ),
    ],
)
def test_images_and_times_that_can_not_be_fitted_are_refused(error, words, stack, times):
    with pytest.raises(error, match=words):
        Acquisition.from_arrays(stack, times)


def test_a_schedule_of_another_number_of_images_is_refused():
    with pytest.raises(ImageError, match="ShMOLLI has another number of images; expected 7; found 6"):
        Acquisition(images()[:6], np.array(SHMOLLI_TI_MS[:6]), SHMOLLI, Grid.plain(SHAPE[1:]))
    with pytest.raises(ImageError, match="ShMOLLI has a fixed number of images; expected 7; found 6"):
        Acquisition.from_arrays(images()[:6], SHMOLLI_TI_MS[:6], schedule="ShMOLLI")


def test_the_record_itself_refuses_what_from_arrays_would():
    four = replace(SHMOLLI, samples=(4,))
    with pytest.raises(ImageError, match="T1 can't be fitted to this number of images; expected 5 to 30; found 4"):
        Acquisition(images()[:4], np.array(SHMOLLI_TI_MS[:4]), four, Grid.plain(SHAPE[1:]))
    with pytest.raises(InversionTimeError, match="images and inversion times differ in number; expected 7; found 6"):
        Acquisition(images(), np.array(SHMOLLI_TI_MS[:6]), SHMOLLI, Grid.plain(SHAPE[1:]))


def test_phase_or_grid_of_another_shape_is_refused():
    with pytest.raises(GeometryError, match="phase_rad does not match the images"):
        Acquisition.from_arrays(images(), SHMOLLI_TI_MS, phase_rad=np.zeros((6, 4, 5)))
    with pytest.raises(GeometryError, match="trigger_ms does not match the images"):
        Acquisition.from_arrays(images(), SHMOLLI_TI_MS, trigger_ms=np.zeros(6))
    with pytest.raises(GeometryError, match="another matrix than the images"):
        Acquisition.from_arrays(images(), SHMOLLI_TI_MS, grid=Grid.plain((5, 4)))


def test_from_arrays_recognises_the_schedule_and_takes_one_spacing_or_two():
    one = Acquisition.from_arrays(images(), SHMOLLI_TI_MS, spacing_mm=1.5)
    assert one.schedule is SHMOLLI
    assert one.grid.spacing_mm.tolist() == [1.5, 1.5]
    two = Acquisition.from_arrays(images(), SHMOLLI_TI_MS, spacing_mm=[1.5, 2.0], schedule="molli")
    assert two.schedule.samples == (7,)
    assert two.grid.spacing_mm.tolist() == [1.5, 2.0]


def test_maps_of_another_matrix_than_their_grid_are_refused():
    with pytest.raises(GeometryError, match=r"the r2 map has another matrix.*expected \(60, 70\); found \(2, 2\)"):
        replace(parameter_map(short_axis()), r2=np.ones((2, 2)))


def test_contours_that_are_inside_out_or_cross_each_other_are_refused():
    good = ring()
    with pytest.raises(ContourError, match="larger than the epicardial one; were they exchanged"):
        Contours(good.epi_px, good.endo_px)
    with pytest.raises(ContourError, match="leaves the epicardial one; expected at most 2%"):
        Contours(good.endo_px + 12.0, good.epi_px)
    with pytest.raises(ContourError, match="rv_insertion_px is not a point"):
        Contours(good.endo_px, good.epi_px, np.array([np.nan, 1.0]))
    with pytest.raises(GeometryError, match="rv_inferior_px has the wrong shape"):
        Contours(good.endo_px, good.epi_px, None, np.zeros(3))


def test_the_centre_of_the_contours_is_that_of_the_cavity():
    assert ring((29.3, 35.2)).centre_px == pytest.approx([29.3, 35.2])


def test_segments_are_refused_where_they_overlap_or_hold_nothing():
    with pytest.raises(ContourError, match="segment masks overlap"):
        Segments(np.ones((6, 3, 3), dtype=bool))
    with pytest.raises(ContourError, match="segment masks are empty"):
        Segments(np.zeros((6, 3, 3), dtype=bool))
    with pytest.raises(GeometryError, match=r"axes \(6 y x\), or \(4 y x\) for an apical slice; found \(5, 3, 3\)"):
        Segments(np.zeros((5, 3, 3), dtype=bool))
    with pytest.raises(GeometryError, match=r"axes \(n y x\)"):
        Segments(np.zeros((6, 3), dtype=bool))


def test_segments_know_which_they_are_by_their_number():
    assert Segments(np.eye(6, dtype=bool)[:, None]).kinds == tuple(Segment)
    kinds = Segments(np.eye(4, dtype=bool)[:, None]).kinds
    assert [kind.word for kind in kinds] == ["anterior", "septal", "inferior", "lateral"]
    assert all(isinstance(kind, ApicalSegment) for kind in kinds)


def test_segments_from_contours_need_the_insertion_and_the_image_around_them():
    contours = ring()
    with pytest.raises(ContourError, match="no anterior insertion point"):
        Segments.from_contours(Contours(contours.endo_px, contours.epi_px), short_axis())
    with pytest.raises(ContourError, match=r"leaves the image.*Check that the contours belong"):
        Segments.from_contours(contours, short_axis((45, 70)))


def test_labels_one_to_six_become_the_six_masks():
    labels = np.array([[0, 1, 2, 3], [4, 5, 6, 6]])
    segments = Segments.from_labels(labels)
    assert segments.masks.sum(axis=(1, 2)).tolist() == [1, 1, 1, 1, 1, 2]
    assert np.array_equal(segments.myocardium, labels > 0)


def test_a_crop_has_160_pixels_a_side():
    with pytest.raises(GeometryError, match=r"the crop's t1_ms has the wrong shape; expected axes \(160 160\)"):
        replace(a_crop(), t1_ms=np.ones((150, 160)))
    with pytest.raises(GeometryError, match="the crop's masks has the wrong shape"):
        replace(a_crop(), masks=np.zeros((6, 160, 150), dtype=bool))


def test_the_image_has_the_motion_of_its_worst_segment():
    scores = Scores([0.1, np.nan, 0.7, 0.2, 0.5, 0.0], 0.5, "rule", "0" * 64)
    assert scores.motion.tolist() == [False, False, True, False, True, False]
    assert (scores.image_probability, scores.image_motion) == (0.7, True)
    unscored = replace(scores, probability=np.full(6, np.nan))
    assert np.isnan(unscored.image_probability)
    assert not unscored.image_motion
