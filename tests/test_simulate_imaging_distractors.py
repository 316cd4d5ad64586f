"""Ghosts and fold-over: they disturb the image, and leave a still heart as it is."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from myoqc.simulate.imaging.fold_over import FoldOver, apply_fold_over, draw_fold_over
from myoqc.simulate.imaging.ghosts import STRENGTH, Ghosts, apply_ghosts, draw_ghosts
from myoqc.simulate.physics.tissues import Tissue
from myoqc.simulate.scene import Part
from plain_scene import CANVAS, plain_scene

SEEDS = st.integers(0, 2**31)
SCENE = plain_scene()
HEART = SCENE.parts[Part.HEART] > 0.0


def objects(n_images: int = 3) -> np.ndarray:
    """Every tissue with a signal of its own, in each image."""
    signal = np.arange(1.0, len(Tissue) + 1) * (1.0 - 0.3j)
    image = np.einsum("n,nyx->yx", signal, SCENE.shares)
    return np.repeat(image[None], n_images, axis=0).astype(np.complex64)


@settings(max_examples=20, deadline=None)
@given(seed=SEEDS, axis=st.sampled_from([0, 1]))
def test_ghosts_leave_the_heart_as_it_is_and_other_places_not(seed: int, axis: int) -> None:
    before = objects()
    after = apply_ghosts(draw_ghosts(np.random.default_rng(seed), 3, axis), before, SCENE)
    change = np.abs(after - before)
    assert (change[:, HEART] < 0.005 * np.abs(before[:, HEART])).all()
    assert change.max() > 0.05


def test_a_ghost_is_a_copy_of_the_blood_along_phase_encoding() -> None:
    ghosts = Ghosts(axis=1, shift=0.4, strength=np.array([0.0, 0.5, 0.25j]), chest=0.0)
    before = objects()
    copies = apply_ghosts(ghosts, before, SCENE) - before
    blood = np.where(SCENE.shares[Tissue.BLOOD] > 0.0, before[1], 0.0)
    expected = 0.5 * (np.roll(blood, 64, axis=1) - np.roll(blood, -64, axis=1))
    far = np.roll(~HEART, 12, axis=1) & np.roll(~HEART, -12, axis=1) & ~HEART
    np.testing.assert_allclose(copies[1][far], expected[far], atol=1e-5)
    assert not copies[0].any()
    np.testing.assert_allclose(copies[2], 0.5j * copies[1], atol=1e-6)


@settings(max_examples=20, deadline=None)
@given(seed=SEEDS, n_images=st.integers(1, 12))
def test_ghosts_change_from_image_to_image_within_their_bounds(seed: int, n_images: int) -> None:
    strength = np.abs(draw_ghosts(np.random.default_rng(seed), n_images, 0).strength)
    assert len(strength) == n_images
    assert STRENGTH[0] - 1e-6 <= strength.max() <= STRENGTH[1] + 1e-6


@settings(max_examples=20, deadline=None)
@given(seed=SEEDS, axis=st.sampled_from([0, 1]))
def test_what_folds_in_stays_off_the_heart(seed: int, axis: int) -> None:
    before = objects()
    fold = draw_fold_over(np.random.default_rng(seed), SCENE, axis)
    after = apply_fold_over(fold, before, SCENE)
    np.testing.assert_array_equal(after[:, HEART], before[:, HEART])
    assert fold.depth_px > 0
    assert np.abs(after - before).max() > 0.1


@pytest.mark.parametrize("axis", [0, 1])
def test_the_chest_wall_of_one_side_comes_in_at_the_other_with_its_skin_foremost(axis: int) -> None:
    before = objects(1)
    fold = FoldOver(axis=axis, at_end=True, from_px=6, depth_px=10, strength=0.5, phase_rad=0.0)
    came_in = np.moveaxis(apply_fold_over(fold, before, SCENE) - before, axis + 1, 0)
    chest = np.moveaxis(before * SCENE.parts[Part.CHEST], axis + 1, 0)
    np.testing.assert_allclose(came_in[-10:], 0.5 * chest[6:16], atol=1e-5)
    assert not came_in[:-10].any()


def test_at_the_beginning_it_is_the_mirror_image() -> None:
    before = objects(1)
    end = FoldOver(axis=0, at_end=True, from_px=3, depth_px=12, strength=1.0, phase_rad=1.0)
    beginning = FoldOver(axis=0, at_end=False, from_px=3, depth_px=12, strength=1.0, phase_rad=1.0)
    came_in = apply_fold_over(beginning, before, SCENE) - before
    rows = CANVAS.shape[0]
    chest = (before * SCENE.parts[Part.CHEST])[:, rows - 15 : rows - 3]
    np.testing.assert_allclose(came_in[:, :12], np.exp(1j) * chest, atol=1e-5)
    assert (apply_fold_over(end, before, SCENE) - before)[:, -12:].any()


def test_what_was_given_is_left_alone() -> None:
    before = objects()
    kept = before.copy()
    rng = np.random.default_rng(0)
    apply_ghosts(draw_ghosts(rng, 3, 0), before, SCENE)
    apply_fold_over(draw_fold_over(rng, SCENE, 0), before, SCENE)
    np.testing.assert_array_equal(before, kept)
