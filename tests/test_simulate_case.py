"""Whole slices: reproducible, oriented, noisy as they should be, and true about their motion."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.ndimage import binary_erosion

from myoqc.aha import BASE_TO_APEX
from myoqc.errors import InputError
from myoqc.fit import fit_maps
from myoqc.records import Level, Origin, Segment, Segments
from myoqc.schedules import SHMOLLI, by_name
from myoqc.simulate import POSITIVE_FROM, Motion, SimulatedCase, Simulation, draw_case, simulate
from myoqc.simulate.case import CANVAS
from myoqc.simulate.drawn.layers import Part
from myoqc.simulate.imaging.scan import scan
from myoqc.simulate.motion.breath import SIZE_MM, Breath, apply_breath, draw_breath
from myoqc.simulate.physics.timing import timing


def case(seed: int = 0, **more: object) -> SimulatedCase:
    return draw_case(np.random.default_rng(seed), **more)  # type: ignore[arg-type]


def displaced(base: SimulatedCase, displacement_mm: np.ndarray) -> SimulatedCase:
    """``base`` with this displacement (t 3) and nothing else moving."""
    return replace(base, breath=Breath(Motion.STEP, displacement_mm, np.zeros(len(displacement_mm))))


def segments_of(simulation: Simulation) -> Segments:
    return Segments.from_contours(simulation.contours, simulation.acquisition.grid)


def test_the_same_seed_gives_the_same_bytes_and_another_one_does_not() -> None:
    first, again, other = (simulate(case(seed, motion="drift")).acquisition for seed in (4, 4, 5))
    assert first.images.tobytes() == again.images.tobytes()
    assert first.phase_rad is not None
    assert again.phase_rad is not None
    assert first.phase_rad.tobytes() == again.phase_rad.tobytes()
    assert first.images.tobytes() != other.images.tobytes()


def test_two_levels_of_one_patient_have_their_own_noise() -> None:
    basal, mid = (simulate(case(4, level=level)) for level in (Level.BASAL, Level.MID))
    np.testing.assert_array_equal(basal.acquisition.ti_ms, mid.acquisition.ti_ms)
    corner = np.s_[0, :20, :20]
    assert not np.array_equal(basal.acquisition.images[corner], mid.acquisition.images[corner])
    apart_mm = mid.acquisition.grid.distance_mm(basal.acquisition.grid.origin_mm)
    assert apart_mm == pytest.approx(20.0)


@pytest.mark.parametrize("level", [Level.BASAL, Level.MID])
@settings(max_examples=5, deadline=None)
@given(seed=st.integers(0, 2**31))
def test_all_six_segments_are_there_and_stand_as_in_a_short_axis(level: Level, seed: int) -> None:
    simulation = simulate(case(seed, level=level))
    masks = segments_of(simulation).masks
    row, column = np.array([np.argwhere(mask).mean(axis=0) for mask in masks]).T
    assert row[Segment.ANTERIOR] < row[Segment.INFERIOR]
    assert column[Segment.INFEROSEPTAL] < column[Segment.ANTEROLATERAL]
    assert simulation.acquisition.grid.normal @ BASE_TO_APEX < -0.5
    assert simulation.contours.origin is Origin.PHANTOM


def test_the_acquisition_says_how_it_was_taken() -> None:
    acquisition = simulate(case(1, field_t=3.0, patient="A")).acquisition
    assert acquisition.schedule == SHMOLLI
    assert (acquisition.field_t, acquisition.key.patient, acquisition.key.level) == (3.0, "A", Level.MID)
    assert acquisition.rr_ms == pytest.approx(np.diff(acquisition.ti_ms[:5]).mean(), rel=0.1)
    assert acquisition.trigger_ms is not None
    assert len(acquisition.trigger_ms) == 7


def test_a_molli_scheme_gives_its_own_number_of_images() -> None:
    acquisition = simulate(case(1, schedule=by_name("MOLLI 4(1)3(1)2", 9))).acquisition
    assert acquisition.images.shape == (9, *CANVAS.shape)


def test_noise_of_the_magnitude_is_rayleigh_where_there_is_no_signal() -> None:
    images = scan(np.random.default_rng(0), np.zeros((3, 64, 96), dtype=np.complex64), noise_sd=5.0)
    assert images.real.std() == pytest.approx(5.0, rel=0.05)
    assert np.abs(images).mean() == pytest.approx(5.0 * np.sqrt(np.pi / 2), rel=0.05)


def test_without_noise_a_smooth_object_is_seen_as_it_is() -> None:
    y, x = np.mgrid[:64, :96] / 10.0
    smooth = (np.exp(-((y - 3.2) ** 2 + (x - 4.8) ** 2)) * (1 + 0.5j)).astype(np.complex64)[None]
    seen = scan(np.random.default_rng(0), smooth, noise_sd=0.0)
    np.testing.assert_allclose(seen, smooth, atol=0.03)


def test_a_still_heart_has_no_motion() -> None:
    truth = simulate(case(2, motion="still")).truth
    assert not truth.motion.any()
    assert truth.displacement_mm.max() < 2.0


def test_the_displacement_of_a_shifted_heart_is_its_shift() -> None:
    base = case(2)
    shift = np.zeros((7, 3))
    shift[3] = 6.0 * base.grid.column_direction
    truth = simulate(displaced(base, shift)).truth
    np.testing.assert_allclose(truth.displacement_mm[3], 6.0, atol=1e-9)
    np.testing.assert_allclose(truth.displacement_mm[[0, 1, 2, 4, 5, 6]], 0.0, atol=1e-9)
    assert truth.contamination[3, Segment.ANTERIOR] > POSITIVE_FROM
    assert not truth.contamination[[0, 1, 2, 4, 5, 6]].any()


def test_a_heart_that_has_gone_leaves_nothing_of_its_wall() -> None:
    base = case(2)
    shift = np.zeros((7, 3))
    shift[1] = 150.0 * base.grid.row_direction
    simulation = simulate(displaced(base, shift))
    # Pixels at the outlines hold other tissue at rest already.
    assert (simulation.truth.contamination[1] > 0.85).all()
    assert simulation.truth.motion.all()


def test_motion_after_the_first_inversion_is_told_apart() -> None:
    base = case(2)
    shift = np.zeros((7, 3))
    shift[6] = 8.0 * base.grid.column_direction
    truth = simulate(displaced(base, shift)).truth
    assert truth.motion.any()
    assert not truth.motion_in_first_inversion.any()
    assert truth.first_inversion.tolist() == [True] * 5 + [False] * 2


def test_contours_stand_where_the_heart_is_in_most_images() -> None:
    base = case(2)
    shift = np.zeros((7, 3))
    rest = simulate(displaced(base, shift)).contours
    shift[1:] = 9.375 * base.grid.column_direction
    later = simulate(displaced(base, shift)).contours
    np.testing.assert_allclose(later.centre_px - rest.centre_px, [10.0, 0.0], atol=1e-6)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**31), motion=st.sampled_from(Motion))
def test_a_heart_goes_as_far_as_its_kind_of_motion_allows(seed: int, motion: Motion) -> None:
    breath = draw_breath(np.random.default_rng(seed), motion, timing(SHMOLLI, [900.0] * 9))
    way_mm = np.linalg.norm(breath.displacement_mm - breath.displacement_mm[0], axis=1).max()
    jitter_mm = 1.5
    assert SIZE_MM[motion][0] - jitter_mm <= way_mm <= SIZE_MM[motion][1] + jitter_mm


def test_a_step_happens_between_two_images_and_stays() -> None:
    breath = draw_breath(np.random.default_rng(3), Motion.STEP, timing(SHMOLLI, [900.0] * 9))
    jumps = np.linalg.norm(np.diff(breath.displacement_mm, axis=0), axis=1)
    assert (jumps > 1.5).sum() == 1


def test_breathing_in_pushes_the_heart_down_and_the_liver_further() -> None:
    base = case(0)
    breath = Breath(Motion.STEP, np.array([[0.0, 0.0, -5.0]]), np.zeros(1))
    (poses,) = apply_breath(breath, base.anatomy, base.grid)
    assert poses[Part.HEART].shift_mm[0] > 2.0
    np.testing.assert_allclose(poses[Part.ABDOMEN].shift_mm, poses[Part.HEART].shift_mm / 0.57)
    assert not poses[Part.CHEST].shift_mm.any()
    # Down is towards the apex: a level nearer to the base, which is wider, comes into the slice.
    assert poses[Part.HEART].dilation > 1.0


@pytest.mark.parametrize(("field_t", "least_ms", "most_ms"), [(1.5, 860.0, 1080.0), (3.0, 1020.0, 1330.0)])
def test_a_still_heart_has_the_t1_and_r2_of_real_ones(field_t: float, least_ms: float, most_ms: float) -> None:
    simulation = simulate(case(11, field_t=field_t))
    maps = fit_maps(simulation.acquisition)
    assert maps.r2 is not None
    wall = binary_erosion(segments_of(simulation).myocardium, iterations=2)
    assert least_ms < np.nanmedian(maps.t1_ms[wall]) < most_ms
    assert 0.995 < np.nanmedian(maps.r2[wall]) < 0.9999


def test_motion_lowers_r2_where_other_tissue_came_in() -> None:
    base = case(11)
    shift = np.zeros((7, 3))
    shift[3:] = 8.0 * base.grid.column_direction
    still, moving = simulate(displaced(base, np.zeros((7, 3)))), simulate(displaced(base, shift))
    r2 = [fit_maps(simulation.acquisition).r2 for simulation in (still, moving)]
    worst = segments_of(moving).masks[int(moving.truth.contamination.max(axis=0).argmax())]
    assert r2[0] is not None
    assert r2[1] is not None
    assert np.nanmean(r2[1][worst]) < np.nanmean(r2[0][worst]) - 0.02


def test_an_unknown_kind_of_motion_is_refused() -> None:
    with pytest.raises(InputError, match="unknown kind of motion 'tremor'; expected one of still, drift, step"):
        case(0, motion="tremor")
