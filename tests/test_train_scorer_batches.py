"""Batches: each slice once, as many images each; what belongs together moves together, and nothing else changes."""

from dataclasses import fields, replace

import numpy as np
import pytest
import torch

from few_examples import made_examples
from myoqc.train import scorer_batches
from myoqc.train.scorer_batches import PUBLISHED, BatchesByImages, Chance, draw_places, moved, plain_batch, warped
from myoqc.train.scorer_examples import FEATURES
from myoqc.train.scorer_network import ARTEFACTS

N_IMAGES = np.array([7] * 9 + [5] * 6 + [11])
STILL = Chance(turn_deg=0.0, shift_px=0.0)
OTHER_IMAGES = {
    "shade": replace(STILL, shade=0.3),
    "gamma": replace(STILL, log_gamma=0.2),
    "noise": replace(STILL, noise=0.05),
}
other_images = pytest.mark.parametrize("chance", OTHER_IMAGES.values(), ids=OTHER_IMAGES)


def chance_of(seed=0):
    return torch.Generator().manual_seed(seed)


@pytest.fixture(scope="module")
def batch():
    examples = made_examples((5, 5, 5, 7), seed=1)
    return plain_batch(examples, [0, 1, 2], examples.operator)


def epoch(seed=0, number=0, size=4):
    batches = BatchesByImages(N_IMAGES, size, seed)
    batches.set_epoch(number)
    return list(batches)


def assert_same(one, other, *names):
    for name in names or [field.name for field in fields(one)]:
        assert torch.equal(getattr(one, name).nan_to_num(-9), getattr(other, name).nan_to_num(-9)), name


@pytest.mark.parametrize("number", range(3))
def test_every_slice_comes_once_an_epoch_in_batches_of_as_many_images(number):
    batches = epoch(number=number)
    assert sorted(slice_ for batch in batches for slice_ in batch) == list(range(16))
    assert all(len(np.unique(N_IMAGES[batch])) == 1 for batch in batches)
    assert sorted(map(len, batches)) == [1, 1, 2, 4, 4, 4]
    assert len(BatchesByImages(N_IMAGES, 4, 0)) == 6


def test_the_order_of_slices_and_of_batches_depends_on_the_seed_and_the_epoch_alone():
    first = epoch(seed=3, number=2)
    np.random.seed(1)  # noqa: NPY002 - the chance of others
    torch.manual_seed(1)
    assert epoch(seed=3, number=2) == first
    for other in (epoch(seed=4, number=2), epoch(seed=3, number=1)):
        assert other != first
        assert sorted(map(sorted, other)) != sorted(map(sorted, first))
    kinds = {tuple(N_IMAGES[batch[0]] for batch in epoch(number=number)) for number in range(4)}
    assert len(kinds) > 1


@pytest.mark.parametrize("n_ranks", [2, 4])
def test_several_devices_share_the_batches_and_have_as_many_each(n_ranks):
    shares = [BatchesByImages(N_IMAGES, 4, 0, rank, n_ranks) for rank in range(n_ranks)]
    dealt = [list(share) for share in shares]
    assert {len(some) for some in dealt} == {len(share) for share in shares} == {-(-6 // n_ranks)}
    in_turn = [batch for round_ in zip(*dealt, strict=True) for batch in round_]
    assert in_turn == (epoch() * 2)[: len(in_turn)]


def test_an_epoch_that_is_named_after_its_iterator_was_made_still_counts():
    batches = BatchesByImages(N_IMAGES, 4, 0)
    made = iter(batches)
    batches.set_epoch(5)
    assert list(made) == epoch(number=5) != epoch()


def test_a_batch_holds_what_its_examples_say():
    error_ms, features = np.tile([10, -90, 501, -9e3, np.nan, 0], (4, 1)), np.full((4, len(FEATURES)), 1000.0)
    examples = made_examples((5, 7, 5, 7), seed=2, error_ms=error_ms, features=features)
    labels = np.eye(6, dtype=bool)[:4]
    batch = plain_batch(examples, [3, 1], labels)
    for name in ("stack", "t1", "r2", "ti", "apparent", "statistics"):
        expected = getattr(examples, name)[[3, 1]]
        expected = expected[:, :7] if name in ("stack", "ti") else expected
        np.testing.assert_array_equal(getattr(batch, name).numpy(), expected.astype(np.float32))
    np.testing.assert_array_equal(batch.masks.numpy(), examples.segment[[3, 1], None] == np.arange(1, 7)[:, None, None])
    np.testing.assert_array_equal(batch.labels.numpy(), labels[[3, 1]])
    np.testing.assert_allclose(batch.error[0].numpy(), [0.1, -0.9, 5.01, -20.0, np.nan, 0.0], rtol=1e-6)


def test_artefacts_are_marked_where_there_are_some():
    examples = made_examples((5, 5, 5), artefact=np.array([-1, 0, 4]))
    marks = plain_batch(examples, [0, 1, 2], examples.motion).artefacts
    assert marks.shape == (3, len(ARTEFACTS))
    assert marks.tolist() == [[0, 0, 0, 0, 0], [1, 0, 0, 0, 0], [0, 0, 0, 0, 1]]


def test_subjects_are_told_apart(batch):
    assert batch.subjects[0] == batch.subjects[1] != batch.subjects[2]


def test_a_known_shift_moves_images_maps_and_masks_together(batch, monkeypatch):
    monkeypatch.setattr(scorer_batches, "_uniform", lambda generator, *shape: torch.ones(shape))
    shifted = warped(batch, draw_places(chance_of(), 3, Chance(turn_deg=0.0, shift_px=10.0)))
    for name in ("stack", "t1", "r2", "masks"):
        before, after = getattr(batch, name), getattr(shifted, name)
        torch.testing.assert_close(after[..., :-10, :-10], before[..., 10:, 10:], atol=1e-4, rtol=0)
    before, after = batch.apparent, shifted.apparent  # on pixels twice as large
    torch.testing.assert_close(after[..., :-5, :-5], before[..., 5:, 5:], atol=1e-4, rtol=0)
    torch.testing.assert_close(shifted.t1[:, -10:, :-10], batch.t1[:, -1:, 10:].expand(-1, 10, -1), atol=1e-4, rtol=0)
    assert not shifted.masks[..., -9:, :].any()


def test_a_turn_is_about_the_middle_and_keeps_the_size(batch, monkeypatch):
    monkeypatch.setattr(scorer_batches, "_uniform", lambda generator, *shape: torch.ones(shape))
    turned = warped(batch, draw_places(chance_of(), 3, Chance(turn_deg=90.0, shift_px=0.0)))
    for name in ("stack", "t1", "r2", "apparent", "masks"):
        expected = torch.rot90(getattr(batch, name), 1, dims=(-2, -1))
        torch.testing.assert_close(getattr(turned, name), expected, atol=1e-3, rtol=0)


def test_masks_stay_on_what_they_mark(batch):
    marked = replace(batch, stack=batch.masks[:, :5].clone(), t1=batch.masks[:, 5].clone())
    shown = moved(chance_of(5), marked, Chance(turn_deg=15.0, shift_px=10.0, log_scale=0.15))
    torch.testing.assert_close(shown.stack, shown.masks[:, :5])
    torch.testing.assert_close(shown.t1, shown.masks[:, 5])
    assert not torch.allclose(shown.masks, batch.masks, atol=0.5)


def test_at_a_chance_of_nothing_nothing_changes(batch):
    same = moved(chance_of(), batch, STILL)
    for name in ("stack", "t1", "r2", "apparent", "masks"):
        torch.testing.assert_close(getattr(same, name), getattr(batch, name), atol=1e-4, rtol=0)
    assert_same(same, batch, "ti", "statistics", "labels", "error", "artefacts", "subjects")


def test_slices_are_moved_as_far_as_published_and_each_in_its_own_way():
    places = draw_places(chance_of(), 300, PUBLISHED)
    middle_px = places[:, 79:81, 79:81].mean(dim=(1, 2)) * 80.0
    along = places[:, 80, 159] - places[:, 80, 0]
    turn_deg = torch.rad2deg(torch.atan2(along[:, 1], along[:, 0]))
    for values, most in ((middle_px[:, 0], 10.0), (middle_px[:, 1], 10.0), (turn_deg, 5.0)):
        assert 0.95 * most < values.max() <= most + 1e-3
        assert 0.95 * most < -values.min() <= most + 1e-3
    torch.testing.assert_close(along.norm(dim=1), torch.full((300,), 2.0 * 159 / 160))


@other_images
def test_other_intensities_leave_all_but_the_images_alone(batch, chance):
    plain, other = moved(chance_of(3), batch, STILL), moved(chance_of(3), batch, chance)
    assert_same(plain, other, *(field.name for field in fields(batch) if field.name != "stack"))
    changes = (plain.stack - other.stack).abs().mean(dim=(1, 2, 3))
    assert (changes > 1e-5).all()
    assert torch.isfinite(other.stack).all()


@pytest.mark.parametrize("kind", ["shade", "gamma"])
def test_shade_and_gradation_are_the_same_for_all_images_of_a_slice_and_others_for_the_next(batch, kind):
    alike = replace(batch, stack=batch.stack[:1, :1].expand(3, 5, -1, -1))
    stack = moved(chance_of(3), alike, OTHER_IMAGES[kind]).stack
    assert torch.equal(stack, stack[:, :1].expand_as(stack))
    assert not torch.allclose(stack[0], stack[1], atol=1e-3)


def test_gradation_keeps_the_order_of_grey_values_and_shading_goes_over_smoothly(batch):
    ramp = torch.linspace(0.01, 1.0, 160).expand(3, 5, 160, 160)
    graded = moved(chance_of(), replace(batch, stack=ramp), OTHER_IMAGES["gamma"]).stack
    assert (graded.diff(dim=-1)[..., :-1] > 0).all()
    shaded = moved(chance_of(), replace(batch, stack=torch.ones_like(ramp)), OTHER_IMAGES["shade"]).stack
    assert (shaded > 0).all()
    assert shaded.std(dim=(2, 3)).min() > 0.02
    assert max(shaded.diff(dim=axis).abs().max() for axis in (2, 3)) < 0.05


def test_noise_is_another_in_each_image_and_leaves_none_below_zero(batch):
    dark = replace(batch, stack=torch.zeros_like(batch.stack))
    stack = moved(chance_of(3), dark, OTHER_IMAGES["noise"]).stack
    assert stack.min() >= 0.0
    assert 0.0 < stack.mean() < 0.06
    assert not torch.equal(stack[:, 0], stack[:, 1])


def test_the_same_generator_gives_the_same_batch_and_another_another(batch):
    wide = Chance(15.0, 10.0, 0.15, 0.3, 0.05, 0.2)
    torch.manual_seed(7)
    before = torch.random.get_rng_state()
    first, same, other = (moved(chance_of(seed), batch, wide) for seed in (1, 1, 2))
    assert_same(first, same)
    assert not torch.equal(first.stack, other.stack)
    assert not torch.equal(first.masks, other.masks)
    assert torch.equal(torch.random.get_rng_state(), before)


def test_a_batch_goes_to_another_device_whole(batch):
    there = batch.to(torch.device("meta"))
    for field in fields(batch):
        assert getattr(there, field.name).is_meta, field.name
        assert getattr(there, field.name).shape == getattr(batch, field.name).shape
