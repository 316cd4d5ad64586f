import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats.inter_rater import cohens_kappa
from statsmodels.stats.proportion import proportion_confint

from myoqc.errors import GeometryError, InputError
from myoqc.evaluate import (
    agreement,
    draw_resamples,
    interval,
    of_rows,
    resampled_ac1,
    resampled_agreement,
    resampled_kappa,
)
from myoqc.evaluate.bootstrap import value_of

TABLES = [(40, 9, 6, 45), (80, 10, 5, 5), (118, 5, 2, 0), (3, 0, 1, 16), (1, 40, 30, 2)]
"""How many both call 1, the first alone, the second alone, neither."""


def labels(both, first, second, neither):
    cells = np.repeat([[1, 1], [1, 0], [0, 1], [0, 0]], [both, first, second, neither], axis=0)
    return cells[:, 0], cells[:, 1]


def ac1_by_definition(both, first, second, neither):
    """AC1 and its variance by the equations of [Gwet2008] for any number of categories."""
    shares = np.array([[both, first], [second, neither]]) / (both + first + second + neither)
    pi = (shares.sum(axis=0) + shares.sum(axis=1)) / 2
    observed, chance = np.trace(shares), np.sum(pi * (1 - pi))
    ac1 = (observed - chance) / (1 - chance)
    on_diagonal = np.sum(np.diag(shares) * (1 - pi)) - observed * chance
    everywhere = np.sum(shares * (1 - (pi[:, None] + pi) / 2) ** 2) - chance**2
    spread = observed * (1 - observed) - 4 * (1 - ac1) * on_diagonal + 4 * (1 - ac1) ** 2 * everywhere
    return ac1, spread / (both + first + second + neither) / (1 - chance) ** 2


@pytest.mark.parametrize(("counts", "kappa", "ac1"), [((40, 9, 6, 45), 0.70, 0.70), ((80, 10, 5, 5), 0.32, 0.81)])
def test_the_same_share_of_agreement_has_another_kappa_where_most_labels_are_alike(counts, kappa, ac1):
    # The first paradox of [Feinstein1990], with its numbers; AC1 by hand: (0.85 − 0.21875) / (1 − 0.21875) = 0.81.
    found = agreement(*labels(*counts))
    assert (found.n_cases, found.share.value) == (100, 0.85)
    assert (found.kappa.value, found.ac1.value) == pytest.approx((kappa, ac1), abs=0.005)


def test_kappa_can_be_negative_where_readers_all_but_agree():
    # π = 243/250 and e = 2 π (1 − π) = 0.054432, of which AC1 = (0.944 − e) / (1 − e).
    found = agreement(*labels(118, 5, 2, 0))
    assert found.share.value == 0.944
    assert found.kappa.value == pytest.approx(-0.0234, abs=5e-5)
    assert found.ac1.value == pytest.approx(0.9408, abs=5e-5)


@pytest.mark.parametrize("counts", TABLES)
def test_statsmodels_and_scikit_learn_find_the_same_kappa(counts):
    theirs = cohens_kappa(np.reshape(counts, (2, 2)))
    found = agreement(*labels(*counts)).kappa
    assert (found.value, found.variance) == pytest.approx((theirs.kappa, theirs.var_kappa))
    assert found.value == pytest.approx(cohen_kappa_score(*labels(*counts)))
    assert (found.low, found.high) == pytest.approx((max(theirs.kappa_low, -1.0), min(theirs.kappa_upp, 1.0)), abs=1e-9)


@pytest.mark.parametrize("counts", TABLES)
def test_ac1_has_the_variance_of_its_definition(counts):
    found = agreement(*labels(*counts)).ac1
    assert (found.value, found.variance) == pytest.approx(ac1_by_definition(*counts))


@pytest.mark.parametrize("counts", [*TABLES, (20, 0, 0, 5), (0, 7, 3, 0)])
def test_statsmodels_finds_the_same_interval_of_the_share(counts):
    found = agreement(*labels(*counts)).share
    theirs = proportion_confint(counts[0] + counts[3], sum(counts), method="wilson")
    assert (found.low, found.high) == pytest.approx(theirs)


def test_readers_who_always_agree_have_a_point_for_a_coefficient_and_an_interval_for_the_share():
    found = agreement(*labels(4, 0, 0, 8))
    for coefficient in (found.kappa, found.ac1):
        assert (coefficient.value, coefficient.variance, coefficient.low, coefficient.high) == (1.0, 0.0, 1.0, 1.0)
    assert found.share.value == found.share.high == 1.0
    assert found.share.low < 0.8


def test_kappa_is_undefined_where_all_labels_are_alike_and_ac1_is_not():
    found = agreement([0, 0, 0], [0, 0, 0])
    assert np.isnan([found.kappa.value, found.kappa.variance, found.kappa.low, found.kappa.high]).all()
    assert found.ac1.value == 1.0


def test_readers_can_change_places_and_labels_can_change_names():
    one, other = labels(30, 5, 11, 14)
    found, turned, renamed = agreement(one, other), agreement(other, one), agreement(1 - one, 1 - other)
    for again in (turned, renamed):
        for name in ("share", "kappa", "ac1"):
            here, there = getattr(found, name), getattr(again, name)
            assert (there.value, there.variance) == pytest.approx((here.value, here.variance))


def test_tossing_readers_agree_by_chance_alone():
    one, other = (np.random.default_rng(1).random((2, 20_000)) < 0.3).astype(int)
    assert agreement(one, other).kappa.value == pytest.approx(0.0, abs=0.02)


def test_variances_are_those_that_labels_drawn_again_have():
    rng, shares = np.random.default_rng(2), np.array([0.5, 0.1, 0.1, 0.3])
    found = [agreement(*labels(*rng.multinomial(200, shares))) for _ in range(1500)]
    for name in ("kappa", "ac1"):
        values, variances = np.array([(getattr(each, name).value, getattr(each, name).variance) for each in found]).T
        assert variances.mean() == pytest.approx(values.var(), rel=0.12)


def test_cases_that_either_did_not_judge_are_left_out():
    one, other = (each.astype(float) for each in labels(10, 3, 4, 8))
    with_gaps = agreement([*one, np.nan, 1.0, np.nan], [*other, 1.0, np.nan, np.nan])
    assert with_gaps == agreement(one, other)


def test_statistics_of_resamples_are_those_of_copied_rows():
    rng = np.random.default_rng(3)
    first = (rng.random(120) < 0.4).astype(float)
    second = np.where(rng.random(120) < 0.8, first, 1.0 - first)
    resamples = draw_resamples(np.random.default_rng(4), np.repeat(np.arange(20), 6), 100)
    for statistic, name in ((resampled_agreement, "share"), (resampled_kappa, "kappa"), (resampled_ac1, "ac1")):
        by_rows = of_rows(lambda one, other, name=name: getattr(agreement(one, other), name).value, first, second)
        assert interval(statistic(first, second), resamples) == interval(by_rows, resamples)


def test_a_resample_without_a_judged_case_has_no_value():
    statistic = resampled_agreement([1.0, np.nan], [1.0, 0.0])
    assert np.isnan(statistic.of(np.array([[0, 2]])))
    assert value_of(statistic) == 1.0


def test_labels_that_are_none_are_refused():
    with pytest.raises(InputError, match=r"the second labels: not labels; expected 0, 1, or NaN .*; found 0\.5"):
        agreement([0, 1], [1, 0.5])
    with pytest.raises(GeometryError, match="labels of other cases; expected 2; found 3"):
        agreement([0, 1], [1, 0, 1])
    with pytest.raises(InputError, match="no case was judged by both readers"):
        agreement([0, np.nan], [np.nan, 1])
