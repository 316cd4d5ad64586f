"""The coils: brightest at the chest wall by the right ventricle, even over the heart."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from myoqc.errors import GeometryError
from myoqc.simulate.imaging.coils import Coil, draw_coil, evening, sensitivity
from myoqc.simulate.scene import Part
from plain_scene import CANVAS, HEART_MM, plain_scene

SEEDS = st.integers(0, 2**31)
SCENE = plain_scene()


def drawn(seed: int, field_t: float = 1.5) -> Coil:
    return draw_coil(np.random.default_rng(seed), SCENE, field_t)


def heart_px() -> tuple[int, int]:
    row, column = np.rint(CANVAS.px(HEART_MM)).astype(int)
    return int(row), int(column)


@settings(max_examples=20, deadline=None)
@given(seed=SEEDS)
def test_at_the_heart_the_sensitivity_is_one(seed: int) -> None:
    assert abs(sensitivity(drawn(seed), CANVAS)[heart_px()]) == pytest.approx(1.0, abs=0.1)


@settings(max_examples=20, deadline=None)
@given(seed=SEEDS)
def test_the_brightest_place_is_the_chest_wall_beside_the_right_ventricle(seed: int) -> None:
    inside = SCENE.shares.sum(axis=0) > 0.5
    bright = np.where(inside, np.abs(sensitivity(drawn(seed), CANVAS)), 0.0)
    row, column = np.unravel_index(bright.argmax(), bright.shape)
    assert SCENE.parts[Part.CHEST][row, column] == 1.0
    assert column < heart_px()[1] + 20
    assert bright[row, column] > 1.1


def test_shading_over_the_wall_is_some_per_cent_and_near_the_coil_many_times_more() -> None:
    wall = SCENE.wall > 0.5
    inside = SCENE.shares.sum(axis=0) > 0.5
    magnitudes = [np.abs(sensitivity(drawn(seed), CANVAS)) for seed in range(30)]
    shading = [float(m[wall].std() / m[wall].mean()) for m in magnitudes]
    assert 0.01 < np.median(shading) < 0.12
    assert 2.0 < np.median([m[inside].max() for m in magnitudes]) < 9.0


@settings(max_examples=10, deadline=None)
@given(seed=SEEDS)
def test_evening_takes_away_what_it_says(seed: int) -> None:
    coil = drawn(seed)
    magnitude, factor = np.abs(sensitivity(coil, CANVAS)), evening(coil, CANVAS)
    received = magnitude / factor
    np.testing.assert_allclose(magnitude, received ** (1.0 - coil.evenness), rtol=1e-4)


def test_the_phase_is_smooth() -> None:
    seen = sensitivity(drawn(3, 3.0), CANVAS)
    for axis in (0, 1):
        neighbours = np.moveaxis(seen, axis, 0)
        steps = np.angle(neighbours[1:] * neighbours[:-1].conj())
        assert np.abs(steps).max() < 0.2


def test_a_coil_of_elements_without_reach_is_refused() -> None:
    with pytest.raises(GeometryError, match="the coil's reach_mm has the wrong shape"):
        Coil(np.zeros((2, 2)), np.zeros((2, 1)), np.ones(2), np.zeros(2), np.zeros(2), 0.0, np.zeros(6))
