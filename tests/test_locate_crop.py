import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hearts import SHMOLLI_TI_MS, ring, short_axis
from myoqc.errors import GeometryError, NotScorableError
from myoqc.locate import crop, put_back, turn_deg
from myoqc.records import Acquisition, Grid, ParameterMap, Placement, Segments

PIXEL_MM = 0.9375
IDENTITY = (200, 210), (PIXEL_MM, PIXEL_MM)


def smooth(grid, wavelength_mm=60.0):
    """A map without edges, the same in the patient whatever the pixels."""
    rows, columns = np.indices(grid.shape)
    row_mm, column_mm = rows * grid.spacing_mm[0], columns * grid.spacing_mm[1]
    return 1000.0 + 200.0 * np.sin(2 * np.pi * row_mm / wavelength_mm) * np.cos(2 * np.pi * column_mm / wavelength_mm)


def inputs(grid, t1_ms=None, r2=None, images=None):
    stack = np.stack([smooth(grid) + n for n in range(7)]) if images is None else images
    t1_ms = smooth(grid) if t1_ms is None else t1_ms
    acquired = Acquisition.from_arrays(stack, SHMOLLI_TI_MS, grid=grid)
    return acquired, ParameterMap(t1_ms, grid, r2=np.full(grid.shape, 0.9) if r2 is None else r2)


def noise(grid, seed=0):
    return np.random.default_rng(seed).uniform(1.0, 2.0, (7, *grid.shape)).astype(np.float32)


def test_pixels_of_the_crops_own_size_are_taken_as_they_are():
    grid = Grid.plain(*IDENTITY)
    stack = noise(grid)
    found = crop(*inputs(grid, t1_ms=stack[0], r2=stack[1], images=stack), (99.5, 104.5))
    window = (slice(20, 180), slice(25, 185))
    assert found.irw == pytest.approx(stack[:, *window], rel=1e-6)
    assert found.t1_ms == pytest.approx(stack[0][window], rel=1e-6)
    assert found.r2 == pytest.approx(stack[1][window], rel=1e-6)
    assert found.ti_ms.tolist() == SHMOLLI_TI_MS
    assert (found.placement.centre_px.tolist(), found.masks) == ([99.5, 104.5], None)


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_a_turn_by_90_degrees_turns_the_crop_the_other_way(quarters):
    acquired, maps = inputs(Grid.plain(*IDENTITY), images=noise(Grid.plain(*IDENTITY)))
    straight = crop(acquired, maps, (99.5, 104.5))
    turned = crop(acquired, maps, (99.5, 104.5), angle_deg=90.0 * quarters)
    assert turned.irw == pytest.approx(np.rot90(straight.irw, quarters, axes=(1, 2)), abs=1e-5)


@settings(max_examples=10, deadline=None)
@given(
    spacing=st.tuples(st.floats(0.4, 2.5), st.floats(0.4, 2.5)),
    centre_mm=st.tuples(st.floats(80, 120), st.floats(80, 120)),
    angle=st.floats(-180, 180),
)
def test_the_middle_of_the_crop_is_the_centre_of_the_heart(spacing, centre_mm, angle):
    shape = (int(200 / spacing[0]), int(200 / spacing[1]))
    grid = Grid.plain(shape, spacing)
    rows, columns = np.indices(shape)
    away2 = (rows * spacing[0] - centre_mm[0]) ** 2 + (columns * spacing[1] - centre_mm[1]) ** 2
    blob = np.exp(-away2 / (2 * 8.0**2))
    found = crop(*inputs(grid, images=np.stack([blob] * 7)), np.array(centre_mm) / spacing, angle_deg=angle)
    rows, columns = np.indices((160, 160))
    image = found.irw[0]
    assert [(rows * image).sum() / image.sum(), (columns * image).sum() / image.sum()] == pytest.approx(
        [79.5] * 2, abs=0.1
    )


@settings(max_examples=8, deadline=None)
@given(
    spacing=st.tuples(st.floats(0.5, 2.0), st.floats(0.5, 2.0)),
    offset=st.tuples(st.floats(-5, 5), st.floats(-5, 5)),
    angle=st.floats(-180, 180),
)
def test_a_smooth_map_comes_back_where_it_was(spacing, offset, angle):
    grid = Grid.plain((int(200 / spacing[0]), int(200 / spacing[1])), spacing)
    acquired, maps = inputs(grid, t1_ms=smooth(grid, 200.0))
    found = crop(acquired, maps, np.array(grid.shape) / 2 + offset, angle_deg=angle)
    back = put_back(found.t1_ms, found.placement, grid)
    known = np.isfinite(back)
    assert known.sum() * np.prod(spacing) == pytest.approx(150.0**2, rel=0.05)
    rows, columns = np.indices(grid.shape)
    near = np.hypot(rows * spacing[0] - 100, columns * spacing[1] - 100) < 50
    assert known[near].all()
    assert back[near] == pytest.approx(maps.t1_ms[near], rel=1e-3)


def test_a_stack_is_put_back_image_by_image():
    grid = Grid.plain(*IDENTITY)
    acquired, maps = inputs(grid, images=noise(grid))
    found = crop(acquired, maps, (99.5, 104.5))
    back = put_back(found.irw, found.placement, grid)
    assert back.shape == acquired.images.shape
    assert back[:, 20:180, 25:185] == pytest.approx(acquired.images[:, 20:180, 25:185], rel=1e-6)
    outside = np.ones(grid.shape, dtype=bool)
    outside[20:180, 25:185] = False
    assert np.isnan(back[:, outside]).all()


def test_beyond_the_image_there_is_no_signal_and_no_number():
    grid = Grid.plain(*IDENTITY)
    found = crop(*inputs(grid), (0.5, 104.5))
    beyond = np.arange(160) < 79
    assert not found.irw[:, beyond].any()
    assert np.isnan(found.t1_ms[beyond]).all()
    assert np.isnan(found.r2[beyond]).all()
    assert np.isfinite(found.t1_ms[~beyond]).all()
    assert (found.irw[:, ~beyond] > 0).all()


def test_pixels_that_were_not_fitted_do_not_spoil_their_neighbours():
    grid = Grid.plain((120, 120), 1.5)
    t1_ms = np.full(grid.shape, 1200.0)
    t1_ms[59:62, 59:62] = np.nan
    found = crop(*inputs(grid, t1_ms=t1_ms), (60.0, 60.0)).t1_ms
    missing = np.isnan(found)
    # The hole is 4.5 mm wide: the centres of four pixels of the crop lie in it, in a row and in a column.
    assert missing.sum() == 16
    assert missing[78:82, 78:82].all()
    assert found[~missing] == pytest.approx(1200.0)


def test_finer_pixels_are_averaged_over_the_area_and_not_picked():
    fine = Grid.plain((640, 640), PIXEL_MM / 4)
    stack = noise(fine)
    found = crop(*inputs(fine, images=stack), (319.5, 319.5))
    means = stack.reshape(7, 160, 4, 160, 4).mean(axis=(2, 4))
    assert found.irw == pytest.approx(means, rel=1e-5)


def test_a_coarse_image_gets_the_mean_of_the_crops_pixels():
    coarse = Grid.plain((80, 80), 2 * PIXEL_MM)
    values = np.random.default_rng(0).uniform(size=(160, 160))
    back = put_back(values, Placement(np.array([39.5, 39.5])), coarse)
    assert back == pytest.approx(values.reshape(80, 2, 80, 2).mean(axis=(1, 3)), rel=1e-5)


@settings(max_examples=6, deadline=None)
@given(
    spacing=st.tuples(st.floats(0.5, 2.0), st.floats(0.5, 2.0)), turn=st.floats(-180, 180), angle=st.floats(-180, 180)
)
def test_masks_stay_disjoint_and_keep_their_area(spacing, turn, angle):
    grid = short_axis((int(100 / spacing[0]), int(100 / spacing[1])), spacing)
    contours = ring(np.array([50.0, 50.0]) / spacing, spacing, turn)
    segments = Segments.from_contours(contours, grid)
    masks = crop(*inputs(grid), contours.centre_px, segments=segments, angle_deg=angle).masks
    assert masks.sum(axis=0).max() == 1
    areas_mm2 = segments.masks.sum(axis=(1, 2)) * np.prod(spacing)
    assert masks.sum(axis=(1, 2)) * PIXEL_MM**2 == pytest.approx(areas_mm2, rel=0.12)


def test_maps_without_r2_give_a_crop_without_it():
    grid = Grid.plain((40, 40), 2.0)
    acquired, _ = inputs(grid)
    assert np.isnan(crop(acquired, ParameterMap(smooth(grid), grid), (20, 20)).r2).all()


def test_a_pixel_far_finer_than_the_crops_costs_no_more_than_eight_points_an_axis():
    grid = Grid.plain((40, 40), 0.01)
    found = crop(*inputs(grid, t1_ms=np.full(grid.shape, 900.0)), (20, 20))
    assert np.nan_to_num(found.t1_ms, nan=900.0) == pytest.approx(900.0)


def test_what_does_not_fit_is_refused():
    grid = Grid.plain((40, 50), 2.0)
    acquired, maps = inputs(grid)
    for centre in ((-1.0, 5.0), (5.0, 50.0), (np.nan, 5.0)):
        with pytest.raises(GeometryError, match=r"centre of the crop lies outside the image; expected .*\(40, 50\)"):
            crop(acquired, maps, centre)
    with pytest.raises(GeometryError, match="centre of the crop has the wrong shape"):
        crop(acquired, maps, (1.0, 2.0, 3.0))
    with pytest.raises(GeometryError, match="the T1 map has another matrix"):
        crop(acquired, inputs(Grid.plain((50, 40), 2.0))[1], (20, 20))
    with pytest.raises(GeometryError, match="the segments has another matrix"):
        crop(acquired, maps, (20, 20), segments=Segments.from_labels(np.eye(3)))
    with pytest.raises(GeometryError, match=r"not the values of a crop; expected \(n 160 160\); found \(160, 150\)"):
        put_back(np.ones((160, 150)), Placement(np.array([20.0, 20.0])), grid)


@pytest.mark.parametrize("septum_deg", [0.0, 40.0, 135.0, 200.0, 301.0])
def test_a_crop_turned_by_its_segments_has_the_septum_on_the_left(septum_deg):
    grid = Grid.plain((160, 160), PIXEL_MM)
    rows, columns = np.indices(grid.shape) - 79.5
    radius, angle_deg = np.hypot(rows, columns), np.degrees(np.arctan2(rows, columns))
    # The septum's middle lies between the second and the third of six segments.
    number = np.floor(((angle_deg - septum_deg + 120.0) % 360.0) / 60.0)
    wall = (radius > 20.0) & (radius < 32.0)
    segments = Segments(np.stack([wall & (number == s) for s in range(6)]))
    found = crop(*inputs(grid), segments.centre_px, segments=segments, angle_deg=turn_deg(segments, grid))
    down, right = np.argwhere(found.masks[[1, 2]].any(axis=0)).mean(axis=0) - 79.5
    assert np.degrees(np.arctan2(down, -right)) == pytest.approx(0.0, abs=1.5)
    assert right < -20.0


def test_segments_of_an_apical_slice_have_no_septum_to_turn_by():
    masks = np.zeros((4, 20, 20), dtype=bool)
    masks[:, 5:8] = np.eye(4, dtype=bool)[:, :, None].repeat(5, axis=2).reshape(4, 1, 20)
    with pytest.raises(NotScorableError, match="no septum"):
        turn_deg(Segments(masks), Grid.plain((20, 20), 1.0))
