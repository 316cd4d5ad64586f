"""Shares and peaks of attention, on maps whose answers are plain."""

import numpy as np
import pytest

from myoqc.errors import GeometryError, InputError
from myoqc.evaluate import ceiling, pointing, relative_share, share_inside


@pytest.fixture
def rng():
    return np.random.default_rng(8)


def mask(rows, columns, shape=(16, 16)):
    inside = np.zeros(shape, dtype=bool)
    inside[rows, columns] = True
    return inside


def peak(row, column, shape=(4, 4)):
    attention = np.zeros(shape)
    attention[row, column] = 3.0
    return attention


CELL = mask(slice(4, 8), slice(8, 12))
"""The cell in row 1 and column 2 of 4 × 4."""
HALF_CELLS = mask(slice(4, 8), slice(6, 10))
"""Half of the cells in row 1 and columns 1 and 2."""


def test_a_map_in_the_segment_has_all_of_its_share_there_and_one_beside_it_none():
    assert share_inside(peak(1, 2), CELL) == 1.0
    assert share_inside(peak(1, 3), CELL) == 0.0


def test_a_cell_that_lies_inside_by_half_counts_by_half():
    assert share_inside(peak(1, 2) + peak(1, 1), HALF_CELLS) == 0.5
    assert share_inside(peak(1, 2) + 3 * peak(3, 3), HALF_CELLS) == 0.125


def test_an_even_map_has_the_share_of_the_area():
    assert share_inside(np.ones((4, 4)), HALF_CELLS) == 16 / 256


def test_the_share_does_not_depend_on_how_high_a_map_is(rng):
    attention, segment = rng.random((5, 4, 4)), rng.random((5, 16, 16)) < 0.3
    np.testing.assert_allclose(share_inside(7.0 * attention, segment), share_inside(attention, segment))


def test_the_ceiling_is_one_where_the_segment_fills_its_cells_and_falls_where_it_cuts_them():
    assert ceiling(CELL, (4, 4)) == 1.0
    assert ceiling(HALF_CELLS, (4, 4)) == 0.5
    assert ceiling(HALF_CELLS, (8, 8)) == 1.0


def test_the_ceiling_is_the_share_of_the_segment_itself_as_a_map(rng):
    segment = rng.random((3, 6, 16, 16)) < 0.2
    blurred = segment.reshape(3, 6, 4, 4, 4, 4).mean(axis=(3, 5))
    np.testing.assert_allclose(ceiling(segment, (4, 4)), share_inside(blurred, segment))
    np.testing.assert_allclose(relative_share(blurred, segment), 1.0)


def test_the_ceiling_of_a_wall_rises_with_the_resolution_and_is_far_below_one_at_20_cells():
    rows, columns = np.indices((160, 160)) - 79.5
    away_mm, angle_deg = np.hypot(rows, columns) * 0.9375, np.degrees(np.arctan2(rows, columns)) % 360.0
    wall = (away_mm > 22.5) & (away_mm < 31.5)
    segments = wall & (angle_deg // 60.0 == np.arange(6)[:, None, None])
    at = {cells: ceiling(segments, (cells, cells)) for cells in (10, 20, 40, 80, 160)}
    assert all((at[cells] < at[2 * cells]).all() for cells in (10, 20, 40, 80))
    assert ((at[20] > 0.6) & (at[20] < 0.85)).all()
    assert (at[160] == 1.0).all()


def test_attention_that_keeps_to_a_full_cell_passes_the_segment_itself():
    segment = CELL | HALF_CELLS
    assert relative_share(peak(1, 2), segment) > 1.0


@pytest.mark.parametrize(
    ("row", "column", "hit"), [(1, 2, 1.0), (0, 1, 1.0), (2, 3, 1.0), (3, 2, 0.0), (1, 0, 0.0), (3, 3, 0.0)]
)
def test_a_peak_hits_the_segment_and_the_cells_about_it(row, column, hit):
    assert pointing(peak(row, column), CELL) == hit


def test_without_a_margin_a_peak_must_lie_in_the_segment():
    assert pointing(peak(1, 2), mask(slice(5, 7), slice(9, 11)), margin_cells=0.5) == 1.0
    assert pointing(peak(1, 3), CELL, margin_cells=0.4) == 0.0


def test_the_highest_peak_decides():
    assert pointing(peak(1, 2) + 0.9 * peak(3, 0), CELL) == 1.0
    assert pointing(peak(1, 2) + 1.1 * peak(3, 0), CELL) == 0.0


@pytest.mark.parametrize("measure", [share_inside, relative_share, pointing])
def test_a_map_that_looks_nowhere_and_a_segment_that_is_not_there_are_no_case(measure):
    maps = np.stack([peak(1, 2), np.zeros((4, 4)), peak(1, 2)])
    segments = np.stack([CELL, CELL, np.zeros((16, 16), dtype=bool)])
    np.testing.assert_array_equal(measure(maps, segments), [1.0, np.nan, np.nan])


def test_a_segment_that_is_not_there_has_no_ceiling():
    assert np.isnan(ceiling(np.zeros((16, 16), dtype=bool), (4, 4)))


@pytest.mark.parametrize("measure", [share_inside, relative_share, pointing])
def test_every_case_and_segment_has_its_own_answer(measure, rng):
    maps, segments = rng.random((3, 6, 4, 4)) ** 4, rng.random((3, 6, 16, 16)) < 0.05
    together = measure(maps, segments)
    assert together.shape == (3, 6)
    assert together[2, 1] == measure(maps[2, 1], segments[2, 1])
    assert len(np.unique(together)) > 1


@pytest.mark.parametrize("measure", [share_inside, relative_share, pointing])
@pytest.mark.parametrize(
    ("maps", "segments", "error", "match"),
    [
        (np.ones((2, 4, 4)), np.ones((3, 16, 16)), GeometryError, "maps and masks are not of the same cases"),
        (np.ones(4), np.ones(16), GeometryError, "maps and masks are not of the same cases"),
        (np.ones((4, 4)), np.ones((18, 16)), GeometryError, "do not fit the cells.*multiples of \\(4, 4\\)"),
        (-np.ones((4, 4)), np.ones((16, 16)), InputError, "the maps are not of attention"),
        (np.full((4, 4), np.nan), np.ones((16, 16)), InputError, "the maps are not of attention"),
        (np.full((4, 4), np.inf), np.ones((16, 16)), InputError, "the maps are not of attention"),
        (np.ones((4, 4)), np.full((16, 16), 0.5), InputError, "the masks: values that can't be used"),
    ],
)
def test_what_can_not_be_measured_is_refused(measure, maps, segments, error, match):
    with pytest.raises(error, match=match):
        measure(maps, segments)
