"""What moves in an acquisition: the kinds of breathing, the cardiac phase, and what moves beside the heart."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from myoqc.errors import GeometryError, InputError
from myoqc.schedules import KNOWN, SHMOLLI, Schedule, by_name
from myoqc.simulate.labels import Artefact, Distractor, Motion, has_motion, named
from myoqc.simulate.motion.breath_course import draw_breathing, seconds
from myoqc.simulate.motion.cardiac import draw_contraction, intervals_before_ms
from myoqc.simulate.motion.course import Course, draw_course, from_reference, reference_images
from myoqc.simulate.physics.timing import Timing, draw_timing, timing

SEEDS = st.integers(0, 2**31)
SCHEMES = (*KNOWN, by_name("SASHA", 10))
EVEN = timing(SHMOLLI, np.full(9, 900.0))


def drawn(seed: int, at: Timing = EVEN, **kinds: object) -> Course:
    return draw_course(np.random.default_rng(seed), at, **kinds)  # type: ignore[arg-type]


@pytest.mark.parametrize("schedule", SCHEMES, ids=lambda schedule: schedule.name)
@pytest.mark.parametrize("motion", Motion)
def test_every_kind_of_motion_can_be_drawn_for_every_scheme(motion: Motion, schedule: Schedule) -> None:
    rng = np.random.default_rng(3)
    course = draw_course(rng, draw_timing(rng, schedule), motion=motion, size_mm=5.0)
    assert course.n_images == schedule.n_images
    assert np.isfinite(course.heart_mm).all()


@settings(max_examples=40, deadline=None)
@given(seed=SEEDS, motion=st.sampled_from([kind for kind in Motion if kind is not Motion.STILL]))
def test_the_heart_goes_as_far_as_it_is_told(seed: int, motion: Motion) -> None:
    breathing = draw_breathing(np.random.default_rng(seed), motion, EVEN, 7.0)
    between = breathing.heart_mm[:, None] - breathing.heart_mm
    assert np.linalg.norm(between, axis=-1).max() == pytest.approx(7.0)


@settings(max_examples=40, deadline=None)
@given(seed=SEEDS)
def test_a_heart_that_is_still_slips_by_less_than_a_millimetre(seed: int) -> None:
    heart_mm = draw_breathing(np.random.default_rng(seed), Motion.STILL, EVEN, None).heart_mm
    assert np.linalg.norm(heart_mm[-1] - heart_mm[0]) <= 0.15 * 0.57 * seconds(EVEN).max() + 1e-9


@settings(max_examples=40, deadline=None)
@given(seed=SEEDS)
def test_a_release_comes_at_once_after_stillness(seed: int) -> None:
    heart_mm = draw_breathing(np.random.default_rng(seed), Motion.RELEASE, EVEN, 1.0).heart_mm
    gone_mm = np.linalg.norm(heart_mm - heart_mm[0], axis=1)
    leaves = int(np.argmax(gone_mm > 0.0))
    assert leaves > 0
    assert gone_mm[leaves : leaves + 2].max() > 0.7


@settings(max_examples=40, deadline=None)
@given(seed=SEEDS)
def test_a_late_breath_leaves_the_first_half_still(seed: int) -> None:
    heart_mm = draw_breathing(np.random.default_rng(seed), Motion.LATE_BREATH, EVEN, 6.0).heart_mm
    early = seconds(EVEN) <= 0.5 * seconds(EVEN).max()
    np.testing.assert_allclose(heart_mm[early] - heart_mm[0], 0.0, atol=1e-9)


def test_breathing_goes_along_the_body_as_was_measured() -> None:
    ways = [draw_breathing(np.random.default_rng(seed), Motion.DRIFT, EVEN, 1.0).heart_mm[-1] for seed in range(200)]
    along = np.abs(np.mean([way * np.sign(way[2]) for way in ways], axis=0))
    assert along[2] > 0.85
    assert along[1] / along[2] == pytest.approx(1.3 / 4.9, abs=0.08)


@settings(max_examples=30, deadline=None)
@given(seed=SEEDS, motion=st.sampled_from([Motion.DRIFT, Motion.RELEASE, Motion.OSCILLATION, Motion.LATE_BREATH]))
def test_breathing_takes_the_abdomen_farther_than_the_heart_and_leaves_the_spine(seed: int, motion: Motion) -> None:
    breathing = draw_breathing(np.random.default_rng(seed), motion, EVEN, 7.0)
    ratio = np.linalg.norm(np.ptp(breathing.abdomen_mm, axis=0)) / np.linalg.norm(np.ptp(breathing.heart_mm, axis=0))
    assert 1.4 < ratio < 2.3
    assert not breathing.chest_mm.any()


def test_the_front_of_the_chest_rises_while_the_heart_goes_down() -> None:
    breathing = draw_breathing(np.random.default_rng(5), Motion.OSCILLATION, EVEN, 7.0)
    assert np.corrcoef(breathing.chest_rise_mm, breathing.heart_mm[:, 2])[0, 1] == pytest.approx(-1.0)


def test_a_patient_who_moves_takes_everything_along() -> None:
    breathing = draw_breathing(np.random.default_rng(5), Motion.SHIFT, EVEN, 7.0)
    np.testing.assert_array_equal(breathing.chest_mm, breathing.heart_mm)
    np.testing.assert_array_equal(breathing.abdomen_mm, breathing.heart_mm)
    assert not breathing.turn_deg.any()


@settings(max_examples=20, deadline=None)
@given(seed=SEEDS)
def test_equal_chance_gives_equal_jitter_whatever_is_asked_for(seed: int) -> None:
    still = drawn(seed, size_mm=0.0)
    spoilt = drawn(seed, motion=Motion.RELEASE, distractor=Distractor.STOMACH, size_mm=0.0)
    np.testing.assert_array_equal(still.heart_mm, spoilt.heart_mm)
    np.testing.assert_array_equal(still.contraction, spoilt.contraction)
    assert 0.01 < np.std(still.heart_mm) < 0.4


def test_a_moving_stomach_leaves_everything_else_where_it_was() -> None:
    quiet, active = drawn(9), drawn(9, distractor=Distractor.STOMACH)
    assert np.ptp(active.stomach_mm) > 3 * np.ptp(quiet.stomach_mm)
    assert np.ptp(active.stomach_growth) > 2 * np.ptp(quiet.stomach_growth)
    np.testing.assert_array_equal(active.heart_mm, quiet.heart_mm)
    np.testing.assert_array_equal(active.abdomen_mm, quiet.abdomen_mm)


@settings(max_examples=20, deadline=None)
@given(seed=SEEDS)
def test_a_diaphragm_can_move_under_a_still_heart(seed: int) -> None:
    quiet, active = drawn(seed, size_mm=0.0), drawn(seed, distractor=Distractor.DIAPHRAGM, size_mm=0.0)
    assert not quiet.abdomen_mm.any()
    assert np.linalg.norm(np.ptp(active.abdomen_mm, axis=0)) >= 3.0
    np.testing.assert_array_equal(active.heart_mm, quiet.heart_mm)


def test_the_interval_before_an_image_is_that_which_ends_with_its_heartbeat() -> None:
    rr_ms = np.array([800.0, 900.0, 1000.0, 850.0, 700.0, 950.0, 810.0, 820.0, 830.0])
    expected = [rr_ms.mean(), 800.0, 900.0, 1000.0, 850.0, 950.0, 820.0]
    np.testing.assert_allclose(intervals_before_ms(timing(SHMOLLI, rr_ms)), expected)


def test_a_heart_is_fuller_after_a_long_interval() -> None:
    rr_ms = np.full(9, 900.0)
    rr_ms[2] = 1350.0
    after_long = [draw_contraction(np.random.default_rng(seed), timing(SHMOLLI, rr_ms))[3] for seed in range(20)]
    assert max(after_long) < 0.0


@settings(max_examples=40, deadline=None)
@given(seed=SEEDS)
def test_a_heart_that_is_triggered_stays_near_its_phase(seed: int) -> None:
    rng = np.random.default_rng(seed)
    course = draw_course(rng, draw_timing(rng, SHMOLLI), artefact=Artefact.PHASE)
    assert np.abs(course.contraction).max() <= 0.15
    assert not course.mistriggered.any()


@settings(max_examples=40, deadline=None)
@given(seed=SEEDS, schedule=st.sampled_from(SCHEMES))
def test_mistriggering_spoils_one_or_two_images_and_never_the_reference(seed: int, schedule: Schedule) -> None:
    rng = np.random.default_rng(seed)
    at = draw_timing(rng, schedule)
    course = draw_course(rng, at, artefact=Artefact.MISTRIGGERING)
    assert 1 <= course.mistriggered.sum() <= 2
    assert course.contraction[course.mistriggered].min() >= 0.3
    assert np.abs(course.contraction[~course.mistriggered]).max() <= 0.15
    assert np.abs(np.median(course.contraction[reference_images(at)])) <= 0.15


def test_contours_are_drawn_at_the_median_of_the_first_inversion() -> None:
    heart_mm = np.zeros((7, 3))
    heart_mm[:, 2] = [0.0, 1.0, 2.0, 30.0, 40.0, 500.0, 600.0]
    course = from_reference(replace(drawn(1), heart_mm=heart_mm), reference_images(EVEN))
    np.testing.assert_array_equal(course.heart_mm[:, 2], heart_mm[:, 2] - 2.0)
    assert np.median(course.turn_deg[:5]) == np.median(course.stomach_growth[:5]) == 0.0


def test_a_course_whose_parts_have_different_lengths_is_refused() -> None:
    with pytest.raises(GeometryError, match=r"stomach_mm has the wrong shape; expected axes \(7 2\); found \(6, 2\)"):
        replace(drawn(1), stomach_mm=np.zeros((6, 2)))


def test_kinds_are_found_by_name_and_an_unknown_one_is_told_from_the_known() -> None:
    assert named(Motion, "late-breath") is Motion.LATE_BREATH
    with pytest.raises(InputError, match="unknown distractor 'wind'; expected one of none, stomach, diaphragm"):
        named(Distractor, "wind")


def test_motion_begins_at_a_fifth_in_the_images_that_count() -> None:
    contamination = np.zeros((3, 6))
    contamination[1, 2], contamination[2, 4] = 0.20, 0.199
    np.testing.assert_array_equal(np.flatnonzero(has_motion(contamination)), [2])
    assert not has_motion(contamination, [True, False, True]).any()
    only_there = np.zeros((3, 6), dtype=bool)
    only_there[1, 2] = True
    np.testing.assert_array_equal(np.flatnonzero(has_motion(contamination, only_there)), [2])
