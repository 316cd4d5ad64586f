"""Outlines, what they cover, and the hearts that are drawn with them."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from myoqc.errors import InputError
from myoqc.records import Level
from myoqc.simulate.drawn.heart import draw_heart
from myoqc.simulate.drawn.layers import AT_REST, Part, drawing, fractions, wall_share
from myoqc.simulate.drawn.outline import Pose, coverage, distance_mm, ellipse, moved
from myoqc.simulate.drawn.texture import apply_texture, draw_texture
from myoqc.simulate.drawn.thorax import draw_anatomy
from myoqc.simulate.physics.tissues import Tissue
from myoqc.simulate.scene import Canvas

CANVAS = Canvas((120, 160), 1.5)
SEEDS = st.integers(0, 2**31)


def test_a_disc_covers_its_area() -> None:
    _, share = coverage(ellipse([3.3, -7.1], (20.0, 20.0)), CANVAS)
    assert share.sum() * CANVAS.spacing_mm**2 == pytest.approx(np.pi * 400.0, rel=1e-3)


def test_an_ellipse_covers_its_area_however_it_is_tilted() -> None:
    areas = [coverage(ellipse([0.0, 0.0], (30.0, 18.0), tilt), CANVAS)[1].sum() for tilt in (0.0, 25.0, 90.0)]
    np.testing.assert_allclose(areas, np.pi * 30.0 * 18.0 / CANVAS.spacing_mm**2, rtol=3e-3)


def test_a_shift_by_whole_pixels_moves_the_coverage_and_does_not_change_it() -> None:
    outline = ellipse([1.0, 2.0], (22.0, 15.0), 30.0)
    window, share = coverage(outline, CANVAS)
    shifted_window, shifted = coverage(moved(outline, Pose(np.array([6.0, -9.0]))), CANVAS)
    assert [s.start - w.start for w, s in zip(window, shifted_window, strict=True)] == [4, -6]
    np.testing.assert_allclose(shifted, share, atol=1e-5)


def test_what_a_pose_was_made_from_can_change_without_it() -> None:
    shift, pivot = np.zeros(2), np.zeros(2)
    pose = Pose(shift, pivot_mm=pivot)
    shift[0], pivot[0] = 3.0, 3.0
    assert not pose.shift_mm.any()
    assert not pose.pivot_mm.any()


def test_every_part_of_a_thorax_has_a_texture_of_its_own_that_stays() -> None:
    anatomy = draw_anatomy(np.random.default_rng(4), Level.MID)
    assert len(set(map(id, anatomy.textures))) == len(Part)
    assert isinstance(replace(anatomy, textures=list(anatomy.textures)).textures, tuple)


def test_an_outline_outside_the_image_covers_nothing() -> None:
    _, share = coverage(ellipse([500.0, 0.0], (10.0, 10.0)), CANVAS)
    assert share.size == 0


@settings(max_examples=30, deadline=None)
@given(shift=st.tuples(st.floats(-20, 20), st.floats(-20, 20)), turn=st.floats(-180, 180), dilation=st.floats(0.5, 2.0))
def test_undoing_a_pose_brings_points_back(shift: tuple[float, float], turn: float, dilation: float) -> None:
    pose = Pose(np.array(shift), turn, dilation, np.array([5.0, -3.0]))
    points = np.array([[0.0, 0.0], [10.0, -20.0]])
    np.testing.assert_allclose(pose.undo(pose.apply(points)), points, atol=1e-9)


def test_the_points_of_a_moved_outline_are_the_moved_points() -> None:
    outline = ellipse([4.0, 9.0], (22.0, 15.0), 30.0)
    pose = Pose(np.array([2.0, -3.0]), 17.0, 1.1, np.array([-5.0, 6.0]))
    np.testing.assert_allclose(moved(outline, pose).points_mm, pose.apply(outline.points_mm))


def test_texture_moves_with_its_tissue() -> None:
    texture = draw_texture(np.random.default_rng(0), (6.0, 40.0))
    rest = apply_texture(texture, CANVAS, Pose(np.zeros(2)))
    shifted = apply_texture(texture, CANVAS, Pose(np.array([15.0, -6.0])))
    np.testing.assert_allclose(shifted[10:, :-4], rest[:-10, 4:], atol=1e-4)


def test_a_quarter_turn_turns_the_texture_clockwise() -> None:
    texture, square = draw_texture(np.random.default_rng(1), (6.0, 40.0)), Canvas((80, 80), 1.0)
    rest = apply_texture(texture, square, Pose(np.zeros(2)))
    turned = apply_texture(texture, square, Pose(np.zeros(2), turn_deg=90.0))
    np.testing.assert_allclose(turned, np.rot90(rest, -1), atol=1e-4)


@pytest.mark.parametrize("level", [Level.BASAL, Level.MID])
@settings(max_examples=8, deadline=None)
@given(seed=SEEDS)
def test_the_tissues_of_a_pixel_never_exceed_it_and_fill_the_thorax(level: Level, seed: int) -> None:
    drawn = drawing(draw_anatomy(np.random.default_rng(seed), level), CANVAS)
    total = fractions(drawn, AT_REST).sum(axis=0)
    assert fractions(drawn, AT_REST).min() >= 0.0
    assert total.max() <= 1.0 + 1e-5
    np.testing.assert_allclose(total[drawn.inside_thorax == 1.0], 1.0, atol=1e-5)


@settings(max_examples=60, deadline=None)
@given(seed=SEEDS, level=st.sampled_from([Level.BASAL, Level.MID]))
def test_the_insertions_lie_on_both_ventricles_and_the_anterior_one_above(seed: int, level: Level) -> None:
    anatomy = draw_anatomy(np.random.default_rng(seed), level)
    anterior, inferior = anatomy.insertions_mm
    for outline in (anatomy.epi, anatomy.rv):
        assert np.abs(distance_mm(outline, np.stack([anterior, inferior]))).max() < 0.5
    assert anterior[0] < anatomy.endo.centre_mm[0] < inferior[0]
    assert max(anterior[1], inferior[1]) < anatomy.endo.centre_mm[1] + 15.0


@settings(max_examples=60, deadline=None)
@given(seed=SEEDS)
def test_the_wall_has_the_thickness_of_a_human_heart(seed: int) -> None:
    heart = draw_heart(np.random.default_rng(seed), Level.MID)
    thickness = heart.epi.radius_mm - heart.endo.radius_mm
    assert thickness.min() > 5.0
    assert thickness.max() < 27.0


def test_in_the_wall_there_is_myocardium() -> None:
    drawn = drawing(draw_anatomy(np.random.default_rng(3), Level.MID), CANVAS)
    wall = wall_share(drawn, Pose(np.zeros(2))) > 0.999
    assert fractions(drawn, AT_REST)[Tissue.MYOCARDIUM][wall].min() > 0.99


def test_slices_drawn_from_the_same_numbers_are_levels_of_one_heart() -> None:
    basal, mid = (draw_anatomy(np.random.default_rng(5), level) for level in (Level.BASAL, Level.MID))
    np.testing.assert_array_equal(basal.endo.centre_mm, mid.endo.centre_mm)
    np.testing.assert_allclose(basal.endo.radius_mm / mid.endo.radius_mm, 1.1)
    assert basal.altered_share == mid.altered_share


def test_only_what_belongs_to_the_heart_moves_with_it() -> None:
    drawn = drawing(draw_anatomy(np.random.default_rng(3), Level.MID), CANVAS)
    rest = fractions(drawn, AT_REST)
    moved_heart = fractions(drawn, {**AT_REST, Part.HEART: Pose(np.array([6.0, 0.0]))})
    for tissue in (Tissue.BONE, Tissue.GAS):
        np.testing.assert_array_equal(moved_heart[tissue], rest[tissue])
    assert not np.array_equal(moved_heart[Tissue.MYOCARDIUM], rest[Tissue.MYOCARDIUM])


def test_a_level_without_six_segments_is_refused() -> None:
    with pytest.raises(InputError, match="this level can't be simulated; expected basal or mid; found apical"):
        draw_anatomy(np.random.default_rng(0), Level.APICAL)
