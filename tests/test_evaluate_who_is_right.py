import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score, recall_score

from called_maps import N_MAPS, patients, raters
from myoqc.errors import GeometryError
from myoqc.evaluate import MOVING, STILL, mcnemar, who_is_right
from myoqc.evaluate.scored.measures import AGREEMENT, SENSITIVITY, SPECIFICITY
from myoqc.evaluate.who_is_right import KAPPA

TRUTH, OPERATOR, MACHINE, _ = raters()
WORDS = {"level": ["basal", "mid"] * (N_MAPS // 2)}


def found(machine=MACHINE, operator=OPERATOR, truth=TRUTH, strata=None):
    made = who_is_right(machine, operator, truth, patients(len(truth)), strata or {})
    return {(each.stratum, each.unit): each for each in made}


def test_scikit_learn_finds_the_same():
    segments, images = found()["all", "segments"], found()["all", "images"]
    for of, truth, called in (
        (segments, TRUTH.ravel(), MACHINE.ravel()),
        (images, TRUTH.any(axis=1), MACHINE.any(axis=1)),
    ):
        measures = {name: compared.machine.value for name, compared in of.measures.items()}
        assert measures[KAPPA] == pytest.approx(cohen_kappa_score(truth, called))
        assert measures[SENSITIVITY] == pytest.approx(recall_score(truth, called))
        assert measures[SPECIFICITY] == pytest.approx(recall_score(~truth, ~called))
        assert measures[AGREEMENT] == pytest.approx((truth == called).mean())


def test_differences_are_those_of_the_two_and_paired():
    for compared in found()["all", "segments"].measures.values():
        apart = compared.difference
        assert apart.value == pytest.approx(compared.machine.value - compared.operator.value)
        assert apart.low < apart.value < apart.high
    agreement = found(machine=OPERATOR)["all", "segments"].measures[AGREEMENT]
    assert (agreement.difference.low, agreement.difference.high) == (0.0, 0.0)


def test_a_machine_that_is_always_right_has_every_dispute_right():
    right = found(machine=TRUTH)["all", "images"]
    assert right.disputed.value == 1.0
    assert {compared.machine.value for compared in right.measures.values()} == {1.0}
    assert right.test.only_second == 0


def test_a_machine_that_never_calls_has_no_sensitivity_and_no_kappa_and_full_specificity():
    never = found(machine=np.zeros_like(TRUTH))["all", "segments"].measures
    assert [never[name].machine.value for name in (KAPPA, SENSITIVITY, SPECIFICITY)] == [0.0, 0.0, 1.0]
    assert never[AGREEMENT].machine.value == pytest.approx((~TRUTH).mean())


def test_to_exchange_operator_and_machine_mirrors_everything():
    one, other = found()["all", "segments"], found(OPERATOR, MACHINE)["all", "segments"]
    assert one.disputed.value == pytest.approx(1.0 - other.disputed.value)
    assert (one.test.only_first, one.test.p_value) == (other.test.only_second, other.test.p_value)
    for name, compared in one.measures.items():
        assert compared.difference.value == pytest.approx(-other.measures[name].difference.value)


def test_of_disputes_the_counts_are_those_of_mcnemars_table():
    segments = found()["all", "segments"]
    plain = mcnemar((MACHINE == TRUTH).ravel(), (OPERATOR == TRUTH).ravel())
    assert segments.n_disputed == plain.only_first + plain.only_second
    assert segments.disputed.value == pytest.approx(plain.only_first / segments.n_disputed)
    assert (segments.test.only_first, segments.test.only_second) == (plain.only_first, plain.only_second)


def test_maps_that_move_and_maps_that_do_not_are_judged_apart():
    made = found()
    moving, still = made[MOVING, "images"], made[STILL, "images"]
    assert (moving.n_maps, still.n_with) == (int(TRUTH.any(axis=1).sum()), 0)
    assert moving.measures[AGREEMENT].machine.value == moving.measures[SENSITIVITY].machine.value
    assert np.isnan([moving.measures[name].machine.value for name in (SPECIFICITY, KAPPA)]).all()
    assert still.measures[AGREEMENT].operator.value == still.measures[SPECIFICITY].operator.value


def test_each_word_of_a_column_is_a_stratum_and_what_has_too_few_maps_has_no_figures():
    rare = ["rare"] * 4 + ["common"] * (N_MAPS - 4)
    made = found(strata=WORDS | {"site": rare})
    basal, few = made["level basal", "segments"], made["site rare", "segments"]
    assert basal.measures[AGREEMENT].machine.value == pytest.approx((MACHINE == TRUTH)[::2].mean())
    assert (few.n_maps, dict(few.measures), few.disputed, few.test) == (4, {}, None, None)


def test_where_nothing_moved_in_truth_there_are_no_figures_of_moving_maps():
    made = found(truth=np.zeros_like(TRUTH))
    assert (made[MOVING, "images"].n_maps, dict(made[MOVING, "images"].measures)) == (0, {})
    assert np.isnan(made["all", "segments"].measures[SENSITIVITY].machine.value)


def test_words_of_other_maps_are_refused():
    with pytest.raises(GeometryError, match="level: not one word a map; expected 240; found 2"):
        found(strata={"level": ["basal", "mid"]})
    with pytest.raises(GeometryError, match="the resamples are of other maps"):
        who_is_right(MACHINE, OPERATOR, TRUTH, patients(100), {})
