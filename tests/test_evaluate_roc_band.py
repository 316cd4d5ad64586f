import numpy as np
import pytest

from myoqc.errors import GeometryError, InputError
from myoqc.evaluate import Resamples, draw_resamples, interval, resampled_sensitivity_at_specificity
from myoqc.evaluate.bootstrap import of_rows
from myoqc.evaluate.roc import roc_curve
from myoqc.evaluate.roc_band import RATES, roc_band


def patients(seed, n_patients=60, digits=9):
    """Score, truth and patient of six cases each."""
    rng = np.random.default_rng(seed)
    patient = np.repeat(np.arange(n_patients), 6)
    truth = rng.random(len(patient)) < 0.3
    score = truth + rng.normal(size=n_patients)[patient] + rng.normal(size=len(patient))
    return score.round(digits), truth, patient


def drawn(patient, n_resamples=200):
    return draw_resamples(np.random.default_rng(1), patient, n_resamples)


def height(score, truth, rate):
    """Of the curve at one rate, its upper end where it rises straight up."""
    if truth.all() or not truth.any():
        return float("nan")
    curve = roc_curve(score, truth)
    upper = curve.found[curve.false_alarms <= rate].max()
    return max(upper, float(np.interp(rate, curve.false_alarms, curve.found)))


def test_a_small_band_can_be_worked_out_by_hand():
    # Patients: .8 with and .5 without; .3 with and .6 without. Drawn together once, and each alone once.
    score, truth = np.array([0.8, 0.5, 0.3, 0.6]), np.array([True, False, True, False])
    resamples = Resamples(times=[[1, 1], [2, 0], [0, 2]], subject=[0, 0, 1, 1])
    band = roc_band(score, truth, resamples, [0.0, 0.25, 1.0])
    # Curves: (0, 0) (0, ½) (½, ½) (1, ½) (1, 1); (0, 0) (0, 1) (1, 1); (0, 0) (1, 0) (1, 1).
    # At 0 and at ¼ they are at ½, 1, 0; of three, 95 % lie within the ends less 5 % of the way to the middle.
    assert band.false_alarms.tolist() == [0.0, 0.25, 1.0]
    assert band.low == pytest.approx([0.025, 0.025, 1.0])
    assert band.high == pytest.approx([0.975, 0.975, 1.0])


def test_between_corners_the_curve_is_straight():
    # .7 with and without tie: a slope from (0, 0) to (½, 1), in every resample of a lone patient and its twin.
    score, truth = np.tile([0.7, 0.7, 0.1], 2), np.tile([True, False, False], 2)
    band = roc_band(score, truth, drawn([0, 0, 0, 1, 1, 1]), [0.0, 0.1, 0.5, 0.8])
    assert band.low == pytest.approx([0.0, 0.2, 1.0, 1.0])
    assert band.high == pytest.approx(band.low)


@pytest.mark.parametrize("digits", [0, 9])
def test_at_each_rate_the_band_is_the_interval_of_the_curves_height_there(digits):
    score, truth, patient = patients(0, n_patients=20, digits=digits)
    resamples = drawn(patient)
    band = roc_band(score, truth, resamples, [0.0, 0.07, 0.29, 0.5, 1.0])
    for rate, low, high in zip(band.false_alarms, band.low, band.high, strict=True):
        at = interval(of_rows(lambda value, kind, rate=rate: height(value, kind, rate), score, truth), resamples)
        assert (low, high) == pytest.approx((at.low, at.high), abs=1e-12)


def test_the_band_holds_the_curve_itself():
    score, truth, patient = patients(2)
    band = roc_band(score, truth, drawn(patient))
    curve = np.array([height(score, truth, rate) for rate in RATES])
    assert ((band.low <= curve) & (curve <= band.high)).all()
    assert (np.diff(band.low) >= 0).all()
    assert (np.diff(band.high) >= 0).all()


def test_where_all_patients_are_alike_the_band_has_no_width():
    score, truth, _ = patients(3, n_patients=1)
    truth[0], truth[1] = True, False
    band = roc_band(np.tile(score, 30), np.tile(truth, 30), drawn(np.repeat(np.arange(30), 6)))
    curve = [height(score, truth, rate) for rate in RATES]
    assert band.low == pytest.approx(curve, abs=1e-12)
    assert band.high == pytest.approx(curve, abs=1e-12)


def test_cases_that_only_repeat_their_patient_make_nothing_surer():
    score, truth, _ = patients(4)
    once = roc_band(score, truth, drawn(np.arange(len(score))))
    again = roc_band(score.repeat(6), truth.repeat(6), drawn(np.arange(len(score)).repeat(6)))
    assert again.low == pytest.approx(once.low, abs=1e-12)
    assert again.high == pytest.approx(once.high, abs=1e-12)


def test_the_band_lies_about_where_sensitivity_at_fixed_specificity_does():
    score, truth, patient = patients(5, n_patients=300)
    resamples = drawn(patient)
    band = roc_band(score, truth, resamples, [0.1])
    at = interval(resampled_sensitivity_at_specificity(score, truth, 0.9), resamples)
    assert (band.low[0], band.high[0]) == pytest.approx((at.low, at.high), abs=0.01)


def test_resamples_are_taken_in_slabs_without_a_trace(monkeypatch):
    score, truth, patient = patients(6)
    whole = roc_band(score, truth, drawn(patient))
    monkeypatch.setattr("myoqc.evaluate.bootstrap.MOST_AT_ONCE", 7 * len(score))
    assert np.array_equal(roc_band(score, truth, drawn(patient)).low, whole.low)


def test_cases_that_were_not_scored_are_left_out():
    score, truth, patient = patients(7)
    gone = np.random.default_rng(0).random(len(score)) < 0.1
    resamples = drawn(patient)
    kept = Resamples(times=resamples.times, subject=resamples.subject[~gone])
    found = roc_band(np.where(gone, np.nan, score), truth, resamples)
    assert np.array_equal(found.low, roc_band(score[~gone], truth[~gone], kept).low)


def test_no_band_without_both_kinds_or_of_other_cases_or_at_rates_that_are_none():
    score, truth, patient = patients(8)
    with pytest.raises(InputError, match="no ROC curve without cases of both kinds"):
        roc_band(score, np.ones(len(score)), drawn(patient))
    with pytest.raises(GeometryError, match="the resamples are of other cases; expected 360; found 6"):
        roc_band(score, truth, drawn(np.arange(6)))
    with pytest.raises(InputError, match="not rates of false alarms; expected 0 to 1"):
        roc_band(score, truth, drawn(patient), [0.5, 1.5])
    lone = Resamples(times=[[2, 0], [0, 2]], subject=[0, 1])
    with pytest.raises(InputError, match="no resample holds cases of both kinds"):
        roc_band([0.1, 0.2], [True, False], lone)
