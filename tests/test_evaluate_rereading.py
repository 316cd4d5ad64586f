import numpy as np
import pytest

from called_maps import N_MAPS, patients, raters
from myoqc.errors import GeometryError, InputError
from myoqc.evaluate import Rereading, draw_rereading, every_map, interval, only_disputed, resampled_over
from myoqc.evaluate.bootstrap import value_of

TRUTH, OPERATOR, MACHINE, SECOND = raters()
RIGHT = (MACHINE == SECOND).mean(axis=1)


def drawn(seed=0, share=0.2):
    return draw_rereading(np.random.default_rng(seed), OPERATOR, MACHINE, share)


def test_a_fifth_of_the_agreed_maps_is_drawn_and_all_disputed_ones_are_read():
    found = drawn()
    disputed = (OPERATOR != MACHINE).any(axis=1)
    np.testing.assert_array_equal(found.disputed, disputed)
    assert found.drawn.sum() == round(0.2 * (~disputed).sum())
    assert found.n_read == disputed.sum() + found.drawn.sum()


def test_the_same_seed_draws_the_same_maps_and_another_draws_others():
    np.testing.assert_array_equal(drawn(1).drawn, drawn(1).drawn)
    assert (drawn(1).drawn != drawn(2).drawn).any()


def test_with_all_agreed_maps_mixed_in_every_value_is_that_of_all_maps():
    every, all_drawn = every_map(OPERATOR, MACHINE), drawn(share=1.0)
    np.testing.assert_array_equal(all_drawn.drawn, every.drawn)
    found = interval(resampled_over(RIGHT, all_drawn), patients())
    times = patients().times[:, patients().subject]
    plain = (times * RIGHT).sum(axis=1) / times.sum(axis=1)
    assert found.value == pytest.approx(RIGHT.mean())
    assert (found.low, found.high) == pytest.approx(tuple(np.percentile(plain, [2.5, 97.5])))


def test_a_map_that_was_drawn_stands_for_those_that_were_not():
    disputed, mixed = [True, False, False, False, False, False], [False, True, True, False, False, False]
    found = value_of(resampled_over([0.4, 1.0, 0.5, np.nan, np.nan, np.nan], Rereading(disputed, mixed)))
    assert found == pytest.approx((0.4 + 5 * 0.75) / 6)


def test_over_many_draws_the_estimate_is_that_of_all_maps_and_disputed_maps_alone_are_far_off():
    estimates = [value_of(resampled_over(RIGHT, drawn(seed))) for seed in range(300)]
    alone = value_of(resampled_over(RIGHT, only_disputed(OPERATOR, MACHINE)))
    error = np.std(estimates) / np.sqrt(len(estimates))
    assert abs(np.mean(estimates) - RIGHT.mean()) < 4 * error
    assert RIGHT.mean() - alone > 5 * np.std(estimates)


def test_where_nobody_differs_only_drawn_maps_tell():
    found = draw_rereading(np.random.default_rng(0), MACHINE, MACHINE)
    assert (int(found.disputed.sum()), found.n_read) == (0, N_MAPS // 5)
    assert np.isnan(value_of(resampled_over(RIGHT, only_disputed(MACHINE, MACHINE))))


def test_of_few_agreed_maps_one_is_drawn_and_of_none_none():
    calls = np.eye(6, dtype=bool)[:3]
    assert draw_rereading(np.random.default_rng(0), calls, calls).n_read == 1
    assert draw_rereading(np.random.default_rng(0), calls, ~calls).drawn.sum() == 0


def test_what_can_not_be_drawn_or_does_not_fit_is_refused():
    with pytest.raises(InputError, match="not a share to mix in; expected above 0"):
        drawn(share=0.0)
    with pytest.raises(InputError, match="disputed and drawn"):
        Rereading([True], [True])
    with pytest.raises(GeometryError, match="not the same maps"):
        Rereading([True], [False, True])
    with pytest.raises(GeometryError, match="not one value a map"):
        resampled_over([1.0], drawn())
