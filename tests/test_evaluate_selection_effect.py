import numpy as np
import pytest

from called_maps import patients, raters
from myoqc.errors import InputError
from myoqc.evaluate import clustered_mcnemar, draw_rereading, selection_effect

TRUTH, OPERATOR, MACHINE, SECOND = raters()
DISPUTED = (OPERATOR != MACHINE).any(axis=1)


def effect(operator=OPERATOR, machine=MACHINE, reference=SECOND, share=0.2):
    mixed = draw_rereading(np.random.default_rng(4), operator, machine, share)
    return selection_effect(operator, machine, reference, mixed, patients())


@pytest.mark.parametrize("reference", [SECOND, TRUTH])
def test_the_difference_over_all_maps_is_that_of_disputed_maps_times_their_share(reference):
    for found in effect(reference=reference):
        disputed, mixed, every = found.designs
        assert every.difference.value == pytest.approx(DISPUTED.mean() * disputed.difference.value)
        assert mixed.difference.value == pytest.approx(every.difference.value)


def test_in_segments_of_disputed_maps_both_fall_short_of_what_they_are_and_mixing_mends_it():
    disputed, mixed, every = effect()[0].designs
    for name in ("machine", "operator"):
        true = getattr(every, name).value
        assert getattr(disputed, name).high < true
        assert getattr(mixed, name).low < true < getattr(mixed, name).high


def test_a_machine_that_is_always_right_is_so_by_any_design():
    for found in effect(machine=TRUTH, reference=TRUTH):
        assert [of.machine.value for of in found.designs] == pytest.approx([1.0, 1.0, 1.0])
        assert np.isnan(found.unseen.value)


def test_mcnemars_test_is_the_same_whether_agreed_maps_are_read_or_not():
    patient = np.arange(len(TRUTH)).repeat(6) // 2
    right = [(each == SECOND) for each in (MACHINE, OPERATOR)]
    everywhere = clustered_mcnemar(*(each.ravel() for each in right), patient)
    disputed = clustered_mcnemar(*(each[DISPUTED].ravel() for each in right), patient.reshape(-1, 6)[DISPUTED].ravel())
    assert (disputed.only_first, disputed.only_second) == (everywhere.only_first, everywhere.only_second)
    assert disputed.p_value == pytest.approx(everywhere.p_value, rel=0.1)


def test_errors_that_both_make_are_mostly_out_of_sight():
    segments, images = effect(reference=TRUTH)
    wrong = (MACHINE != TRUTH) & (OPERATOR != TRUTH)
    assert segments.unseen.value == pytest.approx(wrong[~DISPUTED].sum() / wrong.sum())
    assert segments.designs[2].both_wrong.value == pytest.approx(wrong.mean())
    assert images.unseen.value > 0.0


def test_with_all_agreed_maps_mixed_in_nothing_is_left_of_the_effect():
    for found in effect(share=1.0):
        _, mixed, every = found.designs
        for name in ("machine", "operator", "difference", "both_wrong"):
            assert getattr(mixed, name) == getattr(every, name)


def test_to_exchange_operator_and_machine_turns_the_difference_round():
    for found, mirrored in zip(effect(), effect(MACHINE, OPERATOR), strict=True):
        for one, other in zip(found.designs, mirrored.designs, strict=True):
            assert one.difference.value == pytest.approx(-other.difference.value)
            assert one.machine.value == other.operator.value


def test_a_second_reader_who_errs_with_the_operator_counts_against_the_machine():
    by_truth, by_friend = (effect(reference=each)[0].designs[2].difference.value for each in (TRUTH, OPERATOR))
    assert by_truth > 0.0 > by_friend


def test_where_nobody_differs_disputes_tell_nothing_and_mixing_tells_all():
    found = effect(machine=OPERATOR)[0]
    disputed, mixed, _ = found.designs
    assert np.isnan(disputed.machine.value)
    assert disputed.n_read == 0
    assert mixed.difference.value == 0.0
    assert found.unseen.value == 1.0


def test_what_is_no_call_is_refused():
    with pytest.raises(InputError, match="the calls of the reference"):
        effect(reference=SECOND + 0.5)
