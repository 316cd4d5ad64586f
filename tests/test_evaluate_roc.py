import numpy as np
import pytest
from sklearn.metrics import roc_curve as by_sklearn

from myoqc.errors import GeometryError, InputError
from myoqc.evaluate import auc
from myoqc.evaluate.roc import roc_curve


def test_a_small_curve_can_be_drawn_by_hand():
    # Falling: .9 with, .7 with and without (a slope), .2 without, which is on the line to the end.
    curve = roc_curve([0.9, 0.7, 0.7, 0.2, 0.1, np.nan], [True, True, False, False, False, True])
    assert curve.false_alarms.tolist() == [0.0, 0.0, 1 / 3, 1.0]
    assert curve.found.tolist() == [0.0, 0.5, 1.0, 1.0]


@pytest.mark.parametrize("digits", [1, 9])
def test_the_corners_span_the_area_and_are_those_of_another_library(digits):
    rng = np.random.default_rng(3)
    truth = rng.random(300) < 0.3
    score = (truth + rng.normal(size=300)).round(digits)
    curve = roc_curve(score, truth)
    assert np.trapezoid(curve.found, curve.false_alarms) == pytest.approx(auc(score, truth), rel=1e-12)
    false_alarms, found, _ = by_sklearn(truth, score, drop_intermediate=False)
    every = set(zip(false_alarms.round(9), found.round(9), strict=True))
    assert set(zip(curve.false_alarms.round(9), curve.found.round(9), strict=True)) <= every


def test_no_curve_from_one_class_or_from_other_cases():
    with pytest.raises(InputError, match="no ROC curve"):
        roc_curve([0.1, 0.2], [False, False])
    with pytest.raises(GeometryError, match="not one score a case"):
        roc_curve([0.1, 0.2], [False])
