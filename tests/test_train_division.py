"""Nobody is in two parts, and real subjects are dealt out by themselves."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from few_cases import FewCases
from myoqc.errors import InputError
from myoqc.train.division import REAL_TESTED, division_of, divisions_of, draw_division, numbers_of


def named(letter, n):
    return frozenset(f"{letter}{number:03d}" for number in range(n))


def drawn_division(n_drawn, n_real, seed=0):
    return draw_division(np.random.default_rng(seed), named("D", n_drawn), named("R", n_real))


@given(st.integers(10, 300), st.integers(0, 60), st.integers(0, 5))
def test_everybody_is_in_one_part_and_nobody_in_two(n_drawn, n_real, seed):
    division = drawn_division(n_drawn, n_real, seed)
    parts = (division.trained, division.validated, division.tested)
    assert sum(map(len, parts)) == n_drawn + n_real
    assert frozenset().union(*parts) == named("D", n_drawn) | named("R", n_real)
    assert all(parts)


def test_a_tenth_of_the_drawn_validates_and_three_twentieths_test():
    division = drawn_division(200, 0)
    assert [len(part) for part in (division.trained, division.validated, division.tested)] == [150, 20, 30]


@pytest.mark.parametrize(("n_real", "validated", "tested"), [(43, 4, 6), (20, 2, 3), (3, 0, 0)])
def test_of_real_subjects_that_nobody_listed_the_same_shares_are_set_aside(n_real, validated, tested):
    division, real = drawn_division(200, n_real), named("R", n_real)
    assert len(division.validated & real) == validated
    assert len(division.tested & real) == tested
    assert [len(part - real) for part in (division.validated, division.tested)] == [20, 30]


@given(st.integers(0, 50), st.sets(st.sampled_from(sorted(REAL_TESTED)), min_size=1), st.integers(0, 5))
def test_those_on_the_list_are_tested_on_by_every_model_and_no_other_real_one_is(n_others, listed, seed):
    others = named("R", n_others)
    division = draw_division(np.random.default_rng(seed), named("D", 40), others | listed)
    assert division.tested & (others | listed) == listed
    assert len(division.validated & others) == min(round(0.1 * (n_others + len(listed))), n_others)


def test_the_same_seed_deals_out_alike_whatever_the_order_of_the_names():
    names = sorted(named("D", 50))
    one, other = (
        draw_division(np.random.default_rng(3), frozenset(order), frozenset()) for order in (names, names[::-1])
    )
    assert one == other
    assert drawn_division(50, 0, seed=3) == one
    assert drawn_division(50, 0, seed=4) != one


@pytest.mark.parametrize(("n_drawn", "n_real"), [(0, 0), (5, 0), (5, 5), (1, 3)])
def test_too_few_subjects_are_refused(n_drawn, n_real):
    words = f"too few subjects.*expected 10 or more of one kind; found {n_drawn} drawn and {n_real} real"
    with pytest.raises(InputError, match=words):
        drawn_division(n_drawn, n_real)


def test_ten_of_one_kind_are_enough():
    assert drawn_division(10, 0).tested
    assert drawn_division(0, 10).tested


def test_the_cases_of_a_part_are_those_of_its_subjects():
    subjects = np.array(["a", "b", "a", "c", "b"])
    assert numbers_of(subjects, frozenset({"a", "c"})) == [0, 2, 3]
    assert numbers_of(subjects, frozenset()) == []


def test_a_cohort_tells_which_of_its_subjects_are_real():
    cohort = FewCases((None,) * 100, n_real=45)
    real = frozenset(cohort.subjects[:45])
    division = division_of(cohort, seed=0)
    assert len(division.tested & real) == round(0.15 * 45)
    assert len(division.tested - real) == round(0.15 * 55)


def test_a_real_subject_of_several_cohorts_has_one_part_in_all_and_drawn_ones_are_dealt_out_by_cohort():
    cohorts = [FewCases((None,) * 100, n_real=45), FewCases((None,) * 60, n_real=30)]
    first, second = divisions_of(cohorts, seed=0)
    assert first == division_of(cohorts[0], seed=0)
    real = frozenset(cohorts[1].subjects[:30])
    assert real <= frozenset(cohorts[0].subjects[:45])
    for part in ("trained", "validated", "tested"):
        assert getattr(second, part) & real == getattr(first, part) & real
        assert getattr(second, part) - real == getattr(division_of(cohorts[1], seed=0), part) - real
