"""Displacement fields and what they do to images: exact in the wall, smooth elsewhere, nowhere folded."""

from dataclasses import replace

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from motion_scenes import CANVAS, CENTRE_MM, CHEST_MM, ENDO_MM, EPI_MM, STOMACH_AT_MM, TO_APEX, circle_mm, grid, scene
from myoqc.schedules import SHMOLLI
from myoqc.simulate.labels import Artefact, Distractor, Motion
from myoqc.simulate.motion.cardiac import SYSTOLIC_LOSS
from myoqc.simulate.motion.course import WAYS, Course, draw_course
from myoqc.simulate.motion.field import displacement_fields, through_plane_mm
from myoqc.simulate.motion.warp import field_at, moved_points, warp, warp_shares
from myoqc.simulate.physics.timing import draw_timing
from myoqc.simulate.scene import Canvas, Part

SCENE, GRID = scene(), grid()
DOWN, RIGHT = GRID.column_direction, GRID.row_direction


def course(**ways: object) -> Course:
    """One image in which nothing moves but what is named."""
    still = {name: np.zeros((1, int(width)) if width else 1) for name, width in WAYS.items()}
    kinds = (Motion.STILL, Distractor.NONE, Artefact.NONE)
    given_ways = {name: np.asarray(way, dtype=np.float64).reshape(still[name].shape) for name, way in ways.items()}
    return Course(*kinds, **{**still, **given_ways}, mistriggered=np.zeros(1, dtype=bool))


def field(**ways: object) -> NDArray[np.float32]:
    return displacement_fields(course(**ways), SCENE, GRID)[0]


def at(points_mm: NDArray[np.float64], **ways: object) -> NDArray[np.float64]:
    """Where points of tissue at rest go."""
    return moved_points(points_mm, field(**ways), CANVAS)


def area_mm2(outline_mm: NDArray[np.float64]) -> float:
    return float(shapely.Polygon(outline_mm).area)


WALL = np.concatenate([circle_mm(radius) for radius in (ENDO_MM, 26.0, EPI_MM)])


def test_where_nothing_moves_nothing_is_displaced() -> None:
    np.testing.assert_allclose(field(), 0.0, atol=1e-4)


@pytest.mark.parametrize("size_mm", [0.5, 4.0, 12.0])
def test_the_wall_goes_exactly_the_way_of_the_heart(size_mm: float) -> None:
    way = size_mm * (0.6 * DOWN + 0.8 * RIGHT)
    np.testing.assert_allclose(at(WALL, heart_mm=way) - WALL, size_mm * np.tile([0.6, 0.8], (len(WALL), 1)), atol=0.03)


def test_the_wall_turns_about_its_own_centre_clockwise() -> None:
    turned = at(circle_mm(EPI_MM), turn_deg=5.0)
    np.testing.assert_allclose(turned, np.roll(circle_mm(EPI_MM), -5, axis=0), atol=0.05)


def test_the_chest_wall_stands_while_the_heart_goes() -> None:
    chest = circle_mm(CHEST_MM + 4.0, np.zeros(2))[200:340]
    np.testing.assert_allclose(at(chest, heart_mm=5.0 * DOWN, abdomen_mm=9.0 * DOWN), chest, atol=0.05)


def test_the_abdomen_goes_its_own_way() -> None:
    deep = np.array([[60.0, -20.0], [62.0, -10.0]])
    went = at(deep, abdomen_mm=-4.0 * DOWN) - deep
    np.testing.assert_allclose(went, [[-4.0, 0.0]] * 2, atol=0.2)


def test_a_patient_who_moves_is_only_shifted() -> None:
    way = 6.0 * DOWN - 8.0 * RIGHT
    shifted = field(heart_mm=way, abdomen_mm=way, chest_mm=way)
    np.testing.assert_allclose(shifted[0], 6.0, atol=1e-3)
    np.testing.assert_allclose(shifted[1], -8.0, atol=1e-3)


def test_the_front_of_the_chest_rises_and_its_back_does_not() -> None:
    rising = np.linalg.norm(field(chest_rise_mm=3.0), axis=0)
    front = -np.array([DOWN[1], RIGHT[1]])
    height = front[0] * CANVAS.axis_mm(0)[:, None] + front[1] * CANVAS.axis_mm(1)
    assert rising.flat[height.argmax()] > 2.0
    assert rising.flat[height.argmin()] < 0.3


def test_a_moving_stomach_reaches_no_wall() -> None:
    moving = {"stomach_mm": [-8.0, 3.0], "stomach_growth": 0.2}
    np.testing.assert_allclose(at(WALL, **moving), WALL, atol=1e-3)
    went = at(STOMACH_AT_MM[None], **moving)[0] - STOMACH_AT_MM
    np.testing.assert_allclose(went, [-8.0, 3.0], atol=1.0)


def test_a_growing_stomach_grows_about_its_middle() -> None:
    border = circle_mm(8.0, STOMACH_AT_MM)
    assert area_mm2(at(border, stomach_growth=0.2)) == pytest.approx(1.44 * area_mm2(border), rel=0.05)


def test_at_the_end_of_systole_the_cavity_has_lost_its_share_and_the_wall_none_of_its_area() -> None:
    endo, epi = at(circle_mm(ENDO_MM), contraction=1.0), at(circle_mm(EPI_MM), contraction=1.0)
    assert area_mm2(endo) == pytest.approx((1.0 - SYSTOLIC_LOSS) * np.pi * ENDO_MM**2, rel=0.02)
    assert area_mm2(epi) - area_mm2(endo) == pytest.approx(np.pi * (EPI_MM**2 - ENDO_MM**2), rel=0.02)
    thickness = np.linalg.norm(epi - CENTRE_MM, axis=1) - np.linalg.norm(endo - CENTRE_MM, axis=1)
    assert thickness.min() > EPI_MM - ENDO_MM + 1.5


def test_a_fuller_heart_is_larger() -> None:
    assert area_mm2(at(circle_mm(ENDO_MM), contraction=-0.1)) > 1.02 * np.pi * ENDO_MM**2


def test_twist_turns_the_wall_and_fades_outside() -> None:
    np.testing.assert_allclose(at(circle_mm(EPI_MM), twist_deg=6.0), np.roll(circle_mm(EPI_MM), -6, axis=0), atol=0.1)
    far = circle_mm(EPI_MM + 60.0)
    assert np.abs(at(far, twist_deg=6.0) - far).max() < 0.3


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 2**31),
    motion=st.sampled_from(Motion),
    distractor=st.sampled_from([Distractor.NONE, Distractor.STOMACH, Distractor.DIAPHRAGM]),
    artefact=st.sampled_from([Artefact.NONE, Artefact.MISTRIGGERING]),
)
def test_no_field_folds(seed: int, motion: Motion, distractor: Distractor, artefact: Artefact) -> None:
    rng = np.random.default_rng(seed)
    timing = draw_timing(rng, SHMOLLI)
    drawn = draw_course(rng, timing, motion=motion, distractor=distractor, artefact=artefact)
    for u in displacement_fields(drawn, SCENE, GRID):
        (dy_dy, dy_dx), (dx_dy, dx_dx) = (np.gradient(part, CANVAS.spacing_mm) for part in u)
        assert ((1.0 - dy_dy) * (1.0 - dx_dx) - dy_dx * dx_dy).min() > 0.1


def test_a_heart_that_goes_towards_its_apex_shows_a_level_nearer_to_the_base() -> None:
    assert through_plane_mm(course(heart_mm=3.0 * TO_APEX), GRID) == pytest.approx(-3.0)
    assert through_plane_mm(course(heart_mm=4.0 * DOWN), GRID) == pytest.approx(0.0, abs=1e-6)
    flipped = replace(GRID, row_direction=-RIGHT)
    assert through_plane_mm(course(heart_mm=3.0 * TO_APEX), flipped) == pytest.approx(-3.0)


def uniform(down_mm: float, right_mm: float, n: int = 1) -> NDArray[np.float32]:
    u = np.empty((n, 2, *CANVAS.shape), dtype=np.float32)
    u[:, 0], u[:, 1] = down_mm, right_mm
    return u


def test_a_shift_by_whole_pixels_moves_an_image_and_does_not_change_it() -> None:
    image = np.random.default_rng(0).standard_normal((1, *CANVAS.shape)).astype(np.float32)
    moved = warp(image, uniform(2 * CANVAS.spacing_mm, -3 * CANVAS.spacing_mm), CANVAS)
    np.testing.assert_allclose(moved[0, 4:-2, 2:-6], image[0, 2:-4, 5:-3], atol=1e-4)


def test_a_complex_image_is_bent_as_its_two_parts_are() -> None:
    rng = np.random.default_rng(1)
    real, imaginary = rng.standard_normal((2, 1, *CANVAS.shape)).astype(np.float32)
    u = field(heart_mm=6.0 * DOWN)[None]
    whole = warp((real + 1j * imaginary).astype(np.complex64), u, CANVAS)
    assert whole.dtype == np.complex64
    np.testing.assert_allclose(whole.real, warp(real, u, CANVAS), atol=1e-5)
    np.testing.assert_allclose(whole.imag, warp(imaginary, u, CANVAS), atol=1e-5)


def test_cubic_splines_keep_a_smooth_image_sharp() -> None:
    y, x = CANVAS.axis_mm(0)[:, None], CANVAS.axis_mm(1)
    waves = np.sin(2 * np.pi * y / 6.0) * np.cos(2 * np.pi * x / 7.0)
    moved = warp(waves[None].astype(np.float32), uniform(0.6, -0.45), CANVAS)[0]
    expected = np.sin(2 * np.pi * (y - 0.6) / 6.0) * np.cos(2 * np.pi * (x + 0.45) / 7.0)
    np.testing.assert_allclose(moved[5:-5, 5:-5], expected[5:-5, 5:-5], atol=0.03)


def test_shares_stay_shares_and_none_is_lost() -> None:
    walls = np.repeat(SCENE.wall[None], 2, axis=0)
    moved = warp_shares(walls, np.concatenate([uniform(7.3, -11.9), uniform(0.0, 0.0)]), CANVAS)
    assert moved.min() >= 0.0
    assert moved.max() <= 1.0
    assert moved[0].sum() == pytest.approx(SCENE.wall.sum(), rel=1e-4)
    np.testing.assert_array_equal(moved[1], SCENE.wall)


def test_no_shares_stay_none() -> None:
    assert not warp_shares(np.zeros((1, *CANVAS.shape), dtype=np.float32), uniform(3.0, 3.0), CANVAS).any()


def test_moved_points_lie_where_the_image_shows_their_tissue() -> None:
    u = field(heart_mm=9.0 * RIGHT, abdomen_mm=15.0 * RIGHT, contraction=0.5, twist_deg=4.0)
    rest = np.concatenate([WALL, [[55.0, -30.0], [-60.0, 10.0]]])
    moved = moved_points(rest, u, CANVAS)
    np.testing.assert_allclose(moved - field_at(moved, u, CANVAS), rest, atol=0.05)


def test_a_canvas_of_any_size_gets_a_field_of_its_size() -> None:
    odd = Canvas((211, 260), 0.9375)
    shares, parts = np.zeros((len(SCENE.shares), 211, 260)), np.zeros((len(Part), 211, 260))
    parts[Part.HEART] = 1.0
    image = np.zeros((211, 260))
    other = replace(SCENE, canvas=odd, shares=shares, parts=parts, texture=image, wall=image)
    u = displacement_fields(course(heart_mm=2.0 * DOWN), other, grid(odd))
    np.testing.assert_allclose(u[0, 0], 2.0, atol=1e-3)
