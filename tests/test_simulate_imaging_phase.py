"""The phase: it drifts a little, and its errors turn signs without touching a magnitude."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from myoqc.errors import GeometryError
from myoqc.simulate.imaging.phase import Pattern, Phase, PhaseError, apply_phase, draw_phase
from plain_scene import CANVAS, plain_scene

SEEDS = st.integers(0, 2**31)
SCENE = plain_scene()
STILL = np.zeros((2, 3))
IMAGES = np.full((2, *CANVAS.shape), 2.0 + 1.0j, dtype=np.complex64)


def turned_rad(*errors: PhaseError) -> np.ndarray:
    """(t y x) how far errors turn the phase of each image."""
    return np.angle(apply_phase(Phase(STILL, errors), IMAGES, CANVAS) / IMAGES)


@settings(max_examples=20, deadline=None)
@given(seed=SEEDS, errors=st.booleans())
def test_magnitudes_stay_as_they_are(seed: int, errors: bool) -> None:
    phase = draw_phase(np.random.default_rng(seed), SCENE, 2, errors=errors)
    np.testing.assert_allclose(np.abs(apply_phase(phase, IMAGES, CANVAS)), np.abs(IMAGES), rtol=1e-5)


@settings(max_examples=20, deadline=None)
@given(seed=SEEDS, n_images=st.integers(3, 12))
def test_the_drift_never_turns_a_sign_in_the_heart(seed: int, n_images: int) -> None:
    phase = draw_phase(np.random.default_rng(seed), SCENE, n_images)
    assert not phase.errors
    even = np.ones((n_images, *CANVAS.shape), dtype=np.complex64)
    assert np.abs(np.angle(apply_phase(phase, even, CANVAS))[:, SCENE.wall > 0.5]).max() < np.pi / 3


@settings(max_examples=20, deadline=None)
@given(seed=SEEDS)
def test_errors_spoil_some_images_and_not_all(seed: int) -> None:
    phase = draw_phase(np.random.default_rng(seed), SCENE, 7, errors=True)
    even = np.ones((7, *CANVAS.shape), dtype=np.complex64)
    turned = np.abs(np.angle(apply_phase(phase, even, CANVAS)))[:, SCENE.wall > 0.5].max(axis=1) > np.pi / 2
    assert 1 <= turned.sum() <= 5


def test_a_whole_image_is_turned_by_half_a_turn_and_the_others_not() -> None:
    turned = turned_rad(PhaseError(1, Pattern.WHOLE, np.zeros(2), 0.0))
    np.testing.assert_allclose(np.abs(turned[1]), np.pi, atol=1e-6)
    np.testing.assert_allclose(turned[0], 0.0, atol=1e-6)


def test_a_side_is_turned_in_the_direction_of_its_angle() -> None:
    turned = np.abs(turned_rad(PhaseError(0, Pattern.SIDE, np.array([0.0, 10.0]), 90.0))[0])
    below = CANVAS.axis_mm(0) > 0.0
    np.testing.assert_allclose(turned[below], np.pi, atol=1e-6)
    np.testing.assert_allclose(turned[~below], 0.0, atol=1e-6)


def test_a_swirl_goes_once_round_its_centre() -> None:
    turned = turned_rad(PhaseError(0, Pattern.SWIRL, np.zeros(2), 0.0))[0]
    angle = np.linspace(0.0, 2 * np.pi, 60)
    px = np.rint(CANVAS.px(60.0 * np.stack([np.sin(angle), np.cos(angle)], axis=-1))).astype(int)
    along = np.unwrap(turned[px[:, 0], px[:, 1]])
    assert abs(along[-1] - along[0]) == pytest.approx(2 * np.pi, abs=0.1)
    middle = np.array(CANVAS.shape) // 2
    assert abs(turned[middle[0], -1]) == pytest.approx(np.pi, abs=0.05)
    assert turned[middle[0], 0] == pytest.approx(0.0, abs=0.05)


def test_a_drift_of_other_axes_is_refused() -> None:
    with pytest.raises(GeometryError, match="the drift of the phase has the wrong shape"):
        Phase(np.zeros((7, 2)))
