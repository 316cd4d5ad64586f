"""Cuts of a heart, and images that blend them."""

import numpy as np
import pytest

from myoqc.simulate.case import OBLIQUE_MM_PER_MM
from myoqc.simulate.levels import LIMIT_MM, STEP_MM, blend, cuts_mm, depths_mm
from myoqc.simulate.scene import Canvas

CANVAS = Canvas((4, 6), 2.0)


def test_a_heart_that_stays_in_its_slice_is_cut_once() -> None:
    assert cuts_mm(np.array([[[0.3]], [[-0.5]]])).tolist() == [0.0]


def test_cuts_reach_beyond_every_depth_and_include_the_planned_one() -> None:
    assert cuts_mm(np.array([5.0]), np.array([-0.1])).tolist() == [-STEP_MM, 0.0, STEP_MM, 2 * STEP_MM]
    assert cuts_mm(np.array([9.0])).tolist() == [0.0, STEP_MM, 2 * STEP_MM, 3 * STEP_MM]


def test_a_depth_between_two_cuts_is_their_mean_by_distance() -> None:
    at_mm = np.array([0.0, STEP_MM])
    cuts = [np.zeros(CANVAS.shape, dtype=np.float32), np.full(CANVAS.shape, 8.0, dtype=np.float32)]
    seen = blend(cuts, at_mm, np.array([0.0, STEP_MM / 4, STEP_MM])[:, None, None])
    assert seen[:, 1, 1].tolist() == [0.0, 2.0, 8.0]


def test_stacks_are_blended_image_by_image() -> None:
    at_mm = np.array([-STEP_MM, 0.0])
    cuts = [np.full((2, *CANVAS.shape), value, dtype=np.complex64) for value in (4.0j, 8.0)]
    seen = blend(cuts, at_mm, np.array([-STEP_MM, -STEP_MM / 2])[:, None, None])
    assert seen[0, 0, 0] == pytest.approx(4.0j)
    assert seen[1, 0, 0] == pytest.approx(4.0 + 2.0j)


def test_an_oblique_slice_is_deeper_on_one_side() -> None:
    depth = depths_mm(np.array([1.0, 0.0]), np.array([0.0, 0.5]), np.zeros(2), CANVAS)
    assert depth.shape == (2, *CANVAS.shape)
    np.testing.assert_allclose(depth[1, 0], 0.5 * CANVAS.axis_mm(1))
    np.testing.assert_allclose(depth[0] - depth[1], 1.0)


def test_an_oblique_slice_is_true_in_the_heart_and_holds_its_depth_far_away_whatever_the_breath() -> None:
    canvas, steepest = Canvas((3, 201), 1.0), np.array([0.0, OBLIQUE_MM_PER_MM[1]])
    at_rest, breathing = depths_mm(np.array([0.0, -6.0]), steepest, np.zeros(2), canvas)
    across_mm = canvas.axis_mm(1)
    heart = np.abs(across_mm) <= 45.0
    np.testing.assert_allclose(at_rest[1, heart], steepest[1] * across_mm[heart])
    assert (at_rest.min(), at_rest.max()) == (-LIMIT_MM, LIMIT_MM)
    np.testing.assert_allclose(breathing, at_rest - 6.0)
