"""What motion did to the maps: against the same slice without it."""

from dataclasses import replace

import numpy as np
import pytest

from cohort_cases import T1_MS, recovery
from hearts import ring, short_axis
from myoqc.aha import Segment
from myoqc.cohort.harm import harm
from myoqc.cohort.make import images_used
from myoqc.fit import fit_maps
from myoqc.records import Segments

GRID = short_axis()
SEGMENTS = Segments.from_contours(ring(), GRID)


def test_a_slice_without_motion_and_noise_is_not_harmed():
    still = recovery()
    measured = harm(fit_maps(still), still, SEGMENTS)
    assert measured.t1_error_ms == pytest.approx(np.zeros(6), abs=0.01)
    assert measured.r2_drop == pytest.approx(np.zeros(6), abs=1e-6)


def test_the_error_of_t1_is_that_of_the_segment_whose_t1_is_wrong():
    t1_ms = np.full(GRID.shape, T1_MS)
    t1_ms[SEGMENTS.masks[Segment.INFERIOR]] += 60.0
    measured = harm(fit_maps(recovery(t1_ms)), recovery(), SEGMENTS)
    expected = np.zeros(6)
    expected[Segment.INFERIOR] = 60.0
    assert measured.t1_error_ms == pytest.approx(expected, abs=0.05)


def test_an_image_from_elsewhere_lowers_r2_in_its_segment_alone():
    still = recovery()
    images = still.images.copy()
    images[1][SEGMENTS.masks[Segment.ANTERIOR]] *= 0.5
    measured = harm(fit_maps(replace(still, images=images)), still, SEGMENTS)
    assert measured.r2_drop[Segment.ANTERIOR] > 0.01
    assert np.delete(measured.r2_drop, Segment.ANTERIOR) == pytest.approx(np.zeros(5), abs=1e-6)


def test_pixels_that_are_not_fitted_count_in_neither_mean():
    still = recovery()
    t1_ms = np.full(GRID.shape, T1_MS)
    first = np.argwhere(SEGMENTS.masks[Segment.INFERIOR])[0]
    t1_ms[tuple(first)] += 500.0
    images = recovery(t1_ms).images.copy()
    images[:, *first] = np.nan
    images[:, SEGMENTS.masks[Segment.ANTERIOR]] = np.nan
    measured = harm(fit_maps(replace(still, images=images)), still, SEGMENTS)
    assert measured.t1_error_ms[Segment.INFERIOR] == pytest.approx(0.0, abs=0.01)
    assert np.isnan(measured.t1_error_ms[Segment.ANTERIOR])
    assert np.isnan(measured.r2_drop[Segment.ANTERIOR])


def test_an_image_is_used_where_the_fit_used_it_in_half_of_the_pixels():
    maps = fit_maps(recovery())
    samples = np.full(GRID.shape, 7)
    inferior = np.argwhere(SEGMENTS.masks[Segment.INFERIOR])
    samples[tuple(inferior[: len(inferior) * 3 // 4].T)] = 5
    samples[SEGMENTS.masks[Segment.ANTERIOR]] = 0
    used = images_used(replace(maps, samples_used=samples), SEGMENTS, 7)
    assert used[:, Segment.INFERIOR].tolist() == [True] * 5 + [False] * 2
    assert used[:, Segment.INFEROLATERAL].all()
    assert not used[:, Segment.ANTERIOR].any()
