import numpy as np
import pytest

from called_maps import N_MAPS, patients, raters
from myoqc.errors import GeometryError
from myoqc.evaluate import MACHINE, OPERATOR, SECOND, draw_rereading, only_disputed, three_readers
from myoqc.evaluate import draw_resamples as draw_patients

_, PERSON, NETWORK, OTHER = raters()
CLEAN, FIRST, LAST = np.zeros(6, dtype=bool), np.eye(6, dtype=bool)[0], np.eye(6, dtype=bool)[5]


def disputed(operator=PERSON, machine=NETWORK, second=OTHER, resamples=None):
    resamples = patients() if resamples is None else resamples
    return three_readers(operator, machine, second, only_disputed(operator, machine), resamples)


def values(of):
    return [each.value for each in (*of.segment, of.segments, of.case, of.all_six)]


def test_a_small_answer_can_be_worked_out_by_hand():
    # Three of four maps are disputed: in the first, both call the image by another segment.
    operator, machine = [FIRST, FIRST, CLEAN, CLEAN], [LAST, CLEAN, FIRST, CLEAN]
    second = [FIRST, CLEAN, CLEAN, CLEAN]
    found = disputed(operator, machine, second, draw_patients(np.random.default_rng(0), range(4), 50))
    assert (found.n_maps, found.n_disputed, found.n_read, found.identical.value) == (4, 3, 3, 0.25)
    pairs = found.pairs
    assert pairs[OPERATOR, MACHINE].case.value == pytest.approx(1 / 3)
    assert pairs[SECOND, OPERATOR].case.value == pairs[SECOND, MACHINE].case.value == pytest.approx(2 / 3)
    assert pairs[OPERATOR, MACHINE].segment[0].value == 0.0
    assert pairs[OPERATOR, MACHINE].segment[5].value == pytest.approx(2 / 3)
    assert pairs[SECOND, OPERATOR].all_six.value == pytest.approx(2 / 3)
    assert pairs[SECOND, MACHINE].all_six.value == pytest.approx(1 / 3)


def test_in_disputed_maps_operator_and_machine_never_have_all_six_alike():
    found = disputed().pairs[OPERATOR, MACHINE].all_six
    assert (found.value, found.low, found.high) == (0.0, 0.0, 0.0)


def test_of_a_disputed_segment_the_second_reader_sides_with_exactly_one():
    apart = (PERSON != NETWORK).any(axis=1)
    of = disputed().pairs
    neither = ((PERSON == NETWORK) & (PERSON != OTHER))[apart].mean()
    total = sum(of[pair].segments.value for pair in of)
    assert total == pytest.approx(1.0 + 2 * (of[OPERATOR, MACHINE].segments.value - neither))


def test_to_exchange_operator_and_machine_exchanges_their_columns():
    found, mirrored = disputed().pairs, disputed(NETWORK, PERSON).pairs
    assert values(found[SECOND, MACHINE]) == values(mirrored[SECOND, OPERATOR])
    assert values(found[OPERATOR, MACHINE]) == values(mirrored[OPERATOR, MACHINE])


def test_a_machine_that_calls_as_the_operator_leaves_nothing_to_reread():
    found = disputed(machine=PERSON)
    assert (found.n_disputed, found.n_read, found.identical.value) == (0, 0, 1.0)
    assert np.isnan([value for of in found.pairs.values() for value in values(of)]).all()


def test_a_machine_that_never_calls_agrees_in_a_disputed_map_only_where_the_other_sees_nothing():
    found = disputed(machine=np.zeros_like(PERSON))
    assert found.pairs[OPERATOR, MACHINE].case.value == 0.0
    assert found.pairs[SECOND, MACHINE].case.value == pytest.approx(1.0 - found.pairs[SECOND, OPERATOR].case.value)


def test_with_agreed_maps_mixed_in_operator_and_machine_agree_as_often_as_over_all_maps():
    mixed = draw_rereading(np.random.default_rng(1), PERSON, NETWORK)
    found = three_readers(PERSON, NETWORK, OTHER, mixed, patients())
    assert found.pairs[OPERATOR, MACHINE].segments.value == pytest.approx((PERSON == NETWORK).mean())
    assert found.pairs[OPERATOR, MACHINE].all_six.value == pytest.approx(found.identical.value)
    assert found.n_read < N_MAPS


def test_intervals_hold_the_value():
    of = disputed().pairs[SECOND, MACHINE]
    assert of.case.low < of.case.value < of.case.high
    assert of.case.interval == "BCa"


def test_calls_of_other_maps_are_refused():
    with pytest.raises(GeometryError, match="calls of other maps; expected 240; found"):
        disputed(second=OTHER[1:])
    with pytest.raises(GeometryError, match="the resamples are of other maps; expected 240; found 100"):
        disputed(resamples=patients(100))
