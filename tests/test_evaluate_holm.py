import numpy as np
import pytest
from statsmodels.stats.multitest import multipletests

from myoqc.errors import InputError
from myoqc.evaluate import holm


def test_adjusted_values_can_be_worked_out_by_hand():
    # 4 · 0.005; 3 · 0.01; 2 · 0.03; 1 · 0.04 would be less than the one before.
    np.testing.assert_allclose(holm([0.01, 0.04, 0.03, 0.005]), [0.03, 0.06, 0.06, 0.02])


@pytest.mark.parametrize("seed", range(5))
def test_statsmodels_finds_the_same(seed):
    p_values = np.random.default_rng(seed).random(12).round(1) ** 3
    np.testing.assert_allclose(holm(p_values), multipletests(p_values, method="holm")[1])


def test_a_single_test_is_left_as_it_is():
    assert holm([0.03]).tolist() == [0.03]


def test_no_value_passes_one():
    assert holm([0.6, 0.7, 1.0]).tolist() == [1.0, 1.0, 1.0]


def test_a_test_that_could_not_be_made_does_not_count():
    np.testing.assert_allclose(holm([0.02, np.nan, 0.03]), [0.04, np.nan, 0.04])
    assert np.isnan(holm([np.nan])).all()
    assert holm([]).size == 0


def test_what_is_no_p_value_is_refused():
    with pytest.raises(InputError, match=r"not p-values; expected 0 to 1, or NaN; found .*0\.2.*1\.2"):
        holm([0.2, 1.2])
