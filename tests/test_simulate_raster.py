"""Which share of each pixel lies inside outlines."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from myoqc.simulate.drawn.raster import covered
from myoqc.simulate.scene import Canvas

CANVAS = Canvas((12, 16), 2.0)
SQUARE = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 1.0], [1.0, 0.0]])
"""Clockwise on the screen: to the right, then down."""


def disc(radius_mm: float, y: float = 0.0, x: float = 0.0) -> np.ndarray:
    angle = np.arange(400) * (2 * np.pi / 400)
    return np.stack([y + radius_mm * np.sin(angle), x + radius_mm * np.cos(angle)], axis=-1)


def test_a_square_covers_its_area_in_each_pixel() -> None:
    window, share = covered([3.0 * SQUARE + [-1.0, -1.0]], CANVAS)
    # From the middle of a border between pixels: 1.5 pixels down and to the right.
    assert window == (slice(5, 7), slice(7, 9))
    np.testing.assert_allclose(share, [[0.25, 0.5], [0.5, 1.0]])


def test_a_triangle_covers_half_a_pixel() -> None:
    _, share = covered([2.0 * SQUARE[:3]], CANVAS)
    np.testing.assert_allclose(share, [[0.5]])


@given(y=st.floats(-4.0, 4.0), x=st.floats(-8.0, 8.0), radius=st.floats(0.3, 6.0))
@settings(max_examples=40, deadline=None)
def test_a_disc_covers_its_area_wherever_it_lies(y: float, x: float, radius: float) -> None:
    _, share = covered([disc(radius, y, x)], CANVAS)
    assert share.sum() * CANVAS.spacing_mm**2 == pytest.approx(np.pi * radius**2, rel=1e-3)


def test_an_outline_that_runs_the_other_way_cuts_a_hole() -> None:
    _, ring = covered([disc(9.0), disc(5.0)[::-1]], CANVAS)
    assert ring.sum() * CANVAS.spacing_mm**2 == pytest.approx(np.pi * (81.0 - 25.0), rel=1e-3)
    assert ring[len(ring) // 2, ring.shape[1] // 2] == 0.0


def test_what_lies_beyond_the_canvas_is_left_out() -> None:
    _, half = covered([disc(6.0, 0.0, 16.0)], CANVAS)
    assert half.sum() * CANVAS.spacing_mm**2 == pytest.approx(0.5 * np.pi * 36.0, rel=1e-3)
    _, left = covered([disc(6.0, 0.0, -16.0)], CANVAS)
    np.testing.assert_allclose(left, half[:, ::-1], atol=1e-6)
    assert covered([disc(6.0, 90.0, 0.0)], CANVAS)[1].size == 0


def test_no_outline_covers_nothing() -> None:
    assert covered([np.zeros((0, 4, 2))], CANVAS)[1].size == 0


def test_a_whole_stack_of_outlines_is_filled_at_once() -> None:
    stack = np.stack([disc(2.0, 0.0, x) for x in (-9.0, 0.0, 9.0)])
    _, share = covered([stack], CANVAS)
    assert share.sum() * CANVAS.spacing_mm**2 == pytest.approx(3 * np.pi * 4.0, rel=1e-3)
