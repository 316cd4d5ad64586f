"""Chance on examples: the same chance gives the same, and what belongs together moves together."""

import numpy as np
import pytest
import torch

from few_cases import FewCases, simulated
from myoqc.locate.channels import CHANNELS, SPACING_MM
from myoqc.train import augmentation
from myoqc.train.augmentation import (
    N_IMAGES,
    R2,
    SIZE_PX,
    T1,
    Warp,
    apply_warp,
    draw_empty,
    draw_warp,
    with_other_intensities,
)
from myoqc.train.examples import WINDOW_PX, examples
from myoqc.train.segmenter_module import augmented, plain
from myoqc.train.segmenter_network import INSERTION_MM, spots

NUMBERS = torch.tensor([0, 1, 2, 3])


@pytest.fixture(scope="module")
def few():
    return examples(FewCases(simulated()), range(4))


def chance(seed=0):
    return torch.Generator().manual_seed(seed)


def middle_of(values):
    """(2) centre of mass of an image."""
    rows, columns = np.indices(values.shape)
    return np.array([(rows * values).sum(), (columns * values).sum()]) / values.sum()


def no_warp(shape):
    """The middle of images of ``shape``, as it is."""
    rows, columns = (torch.arange(length) - (length - 1) / 2 for length in SIZE_PX)
    places = torch.stack(torch.meshgrid(rows, columns, indexing="ij"), dim=-1) / (torch.tensor(shape) / 2)
    return Warp(places.flip(-1)[None])


def blob(place, shape=WINDOW_PX, width_px=6.0):
    rows, columns = np.indices(shape)
    return np.exp(-((rows - place[0]) ** 2 + (columns - place[1]) ** 2) / 2 / width_px**2).astype(np.float32)


def test_the_same_generator_gives_the_same_examples_and_another_others(few):
    one, same, other = (augmented(chance(seed), few, NUMBERS) for seed in (1, 1, 2))
    for a, b, c in zip(one[:3], same[:3], other[:3], strict=True):
        torch.testing.assert_close(a, b, rtol=0, atol=0)
        assert not torch.equal(a, c)


def test_the_chance_of_others_is_neither_used_nor_changed(few):
    torch.manual_seed(5)
    before = torch.random.get_rng_state()
    augmented(chance(), few, NUMBERS)
    assert torch.equal(torch.random.get_rng_state(), before)


def test_a_warp_that_changes_nothing_gives_the_middle_of_the_image():
    values = torch.rand((1, 2, *WINDOW_PX), generator=chance())
    top, left = ((there - here) // 2 for there, here in zip(WINDOW_PX, SIZE_PX, strict=True))
    expected = values[:, :, top : top + SIZE_PX[0], left : left + SIZE_PX[1]]
    torch.testing.assert_close(apply_warp(no_warp(WINDOW_PX), values), expected, atol=1e-4, rtol=0)


def test_a_place_goes_where_the_warp_says():
    place = np.array([70.0, 100.0])
    warp = draw_warp(chance(4), 6, WINDOW_PX)
    moved = apply_warp(warp, torch.from_numpy(blob(place, width_px=2.5)).expand(6, 1, *WINDOW_PX))
    half = np.array(WINDOW_PX) / 2
    shown = moved.amax(dim=(1, 2, 3)) > 0.9
    assert shown.sum() >= 3
    for example, grid in zip(moved[shown, 0].numpy(), warp.grid[shown].numpy(), strict=True):
        comes_from = grid[..., ::-1] * half + half - 0.5
        highest = np.unravel_index(example.argmax(), example.shape)
        assert np.linalg.norm(comes_from[highest] - place) < 1.5


def test_images_and_what_is_true_of_them_move_together(few):
    seen, shares, marks, _ = plain(few, NUMBERS)
    warp = draw_warp(chance(7), 4, WINDOW_PX)
    together = apply_warp(warp, torch.cat([seen, marks, shares], dim=1))
    apart = [apply_warp(warp, values) for values in (seen, marks, shares)]
    torch.testing.assert_close(together, torch.cat(apart, dim=1))


def test_a_spot_stays_on_the_border_of_the_wall(few):
    _, shares, marks, _ = augmented(chance(3), few, NUMBERS)
    left = shares[:, 1:3].sum(dim=1).numpy()
    checked = 0
    for example in range(4):
        for mark in marks[example].numpy():
            row, column = np.unravel_index(mark.argmax(), mark.shape)
            inside = 4 <= row < SIZE_PX[0] - 4 and 4 <= column < SIZE_PX[1] - 4
            if mark.max() > 0.9 and inside:
                around = left[example, row - 3 : row + 4, column - 3 : column + 4]
                assert around.min() < 0.5 < around.max()
                checked += 1
    assert checked >= 3


@pytest.mark.parametrize("seed", range(4))
def test_shares_stay_shares_and_channels_stay_in_their_range(few, seed):
    seen, shares, marks, level = augmented(chance(seed), few, NUMBERS)
    assert seen.shape == (4, len(CHANNELS), *SIZE_PX)
    assert shares.shape == (4, 4, *SIZE_PX)
    assert marks.shape == (4, 2, *SIZE_PX)
    assert torch.isfinite(seen).all()
    assert 0.0 <= seen.min() <= seen.max() <= 2.0
    assert 0.0 <= shares.min() <= shares.max() <= 1.0
    # A 255th for the rounding of the stored shares.
    torch.testing.assert_close(shares.sum(dim=1), torch.ones(4, *SIZE_PX), atol=1.5 / 255, rtol=0)
    assert 0.0 <= marks.min() <= marks.max() <= 1.0
    assert level.tolist() == few.level.tolist()


def test_without_augmentation_examples_are_as_they_are_stored(few):
    seen, shares, marks, level = plain(few, torch.tensor([2, 0]))
    np.testing.assert_array_equal(seen.numpy(), few.channels[[2, 0]].astype(np.float32))
    np.testing.assert_allclose(shares[:, 1:].numpy() * 255.0, few.shares[[2, 0]], atol=1e-4)
    assert level.tolist() == few.level[[2, 0]].tolist()
    assert bool(marks[0].any()) is bool(few.shown[2])


def test_where_there_is_no_heart_nothing_is_true_of_one(few, monkeypatch):
    monkeypatch.setattr(augmentation, "EMPTY", 1.0)
    seen, shares, marks, _ = augmented(chance(), few, NUMBERS)
    torch.testing.assert_close(shares[:, 0], torch.ones(4, *SIZE_PX))
    assert not shares[:, 1:].any()
    assert not marks.any()
    assert seen.std() > 0.05


def test_maps_get_no_shading_and_images_no_scale_of_the_maps():
    even = torch.ones((64, len(CHANNELS), 32, 32)) * 0.8
    other = with_other_intensities(chance(), even)
    for number in (T1, R2):
        assert other[:, number].std(dim=(1, 2)).max() < 1e-6
    assert (other[:, :N_IMAGES].std(dim=(2, 3)) > 1e-3).any()


def test_every_kind_of_missing_channel_comes_about():
    other = with_other_intensities(
        chance(), torch.ones((64, len(CHANNELS), 16, 16)) * torch.linspace(0.3, 0.9, len(CHANNELS))[:, None, None]
    )
    without_t1, without_r2 = (other[:, number].sum(dim=(1, 2)) == 0 for number in (T1, R2))
    one_image = (other[:, 0] == other[:, 1]).all(dim=(1, 2)) & (other[:, 1] == other[:, 2]).all(dim=(1, 2))
    for happens in (without_t1, without_r2, one_image):
        assert 0.03 < happens.float().mean() < 0.35


def test_at_strength_0_nothing_but_the_far_corners_is_changed(monkeypatch):
    monkeypatch.setattr(augmentation, "AWAY", 0.0)
    channels = torch.rand((4, len(CHANNELS), *SIZE_PX), generator=chance(1))
    torch.testing.assert_close(with_other_intensities(chance(), channels, 0.0), channels, atol=1e-5, rtol=1e-5)
    source = draw_warp(chance(), 4, WINDOW_PX, 0.0).grid
    shift = source - source.mean(dim=(1, 2), keepdim=True)
    torch.testing.assert_close(shift, shift[:1].expand_as(shift), atol=1e-5, rtol=1e-5)


def test_what_is_empty_differs_between_examples_and_fits_the_channels():
    empty = draw_empty(chance(), 3)
    assert empty.shape == (3, len(CHANNELS), *SIZE_PX)
    assert 0.0 <= empty.min() <= empty.max() <= 2.0
    assert not torch.equal(empty[0], empty[1])


def test_a_spot_is_one_at_the_insertion_and_falls_off_as_wide_as_said():
    points = torch.tensor([[[20.0, 30.0], [25.0, 10.0]], [[5.0, 5.0], [6.0, 6.0]]])
    marks = spots(points, torch.tensor([True, False]), (40, 50), SPACING_MM)
    assert marks.shape == (2, 2, 40, 50)
    assert marks[0, 0, 20, 30] == marks[0, 1, 25, 10] == 1.0
    away_mm = 2 * SPACING_MM
    assert marks[0, 0, 22, 30].item() == pytest.approx(np.exp(-((away_mm / INSERTION_MM) ** 2) / 2), rel=1e-5)
    np.testing.assert_allclose(middle_of(marks[0, 0].numpy()), [20.0, 30.0], atol=0.05)
    assert not marks[1].any()
