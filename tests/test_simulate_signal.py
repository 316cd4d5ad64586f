"""The physics at its limits, and against closed forms."""

import numpy as np
import pytest

from myoqc.errors import InputError
from myoqc.fit import fit_maps
from myoqc.records import Acquisition
from myoqc.schedules import SHMOLLI
from myoqc.simulate.physics.readout import Readout, readout_response
from myoqc.simulate.physics.signal import signals
from myoqc.simulate.physics.timing import timing
from myoqc.simulate.physics.tissues import Tissue, tissues_at

T1_MS, T2_MS = np.array([300.0, 1100.0, 1500.0]), np.array([70.0, 55.0, 280.0])
FOREVER_MS = 1e6


def test_a_long_train_reaches_the_steady_state_of_balanced_ssfp() -> None:
    """M sin α (1 − E1) / (1 − (E1 − E2) cos α − E1 E2) [Freeman1971]."""
    readout = Readout(te_ms=0.0, n_ramp=1, n_pulses=6000, centre_pulse=5999)
    response = readout_response(T1_MS, T2_MS, readout)
    e1, e2, flip = np.exp(-2.6 / T1_MS), np.exp(-2.6 / T2_MS), np.radians(35.0)
    steady = np.sin(flip) * (1 - e1) / (1 - (e1 - e2) * np.cos(flip) - e1 * e2)
    np.testing.assert_allclose(response.signal_offset, steady, rtol=1e-6)
    np.testing.assert_allclose(response.signal_gain, 0.0, atol=1e-6)


def test_a_train_without_flip_is_free_recovery_without_signal() -> None:
    response = readout_response(T1_MS, T2_MS, Readout(flip_deg=0.0))
    np.testing.assert_allclose(response.mz_gain, np.exp(-70 * 2.6 / T1_MS))
    np.testing.assert_allclose(response.mz_gain + response.mz_offset, 1.0)
    assert not response.signal_gain.any()


def test_the_plateau_does_not_remember_the_inversion() -> None:
    line = timing(SHMOLLI, [FOREVER_MS] * 9)
    weak, perfect = (signals(T1_MS, T2_MS, line, efficiency=efficiency) for efficiency in (0.5, 1.0))
    np.testing.assert_allclose(weak[:, 1:5], perfect[:, 1:5], rtol=1e-12)
    assert (weak[:, 0] > perfect[:, 0]).all()


def test_a_perfect_inversion_and_free_recovery_decide_the_first_image() -> None:
    readout = Readout()
    seen = signals(T1_MS, T2_MS, timing(SHMOLLI, [1000.0] * 9), efficiency=1.0, readout=readout)[:, 0]
    response = readout_response(T1_MS, T2_MS, readout)
    mz = 1.0 - 2.0 * np.exp(-(100.0 - readout.before_centre_ms) / T1_MS)
    np.testing.assert_allclose(seen, response.signal_offset + response.signal_gain * mz)


def test_after_complete_recovery_the_later_inversions_equal_the_first() -> None:
    line = timing(SHMOLLI, [FOREVER_MS] * 9)
    seen = signals(T1_MS, T2_MS, line)
    response = readout_response(T1_MS, T2_MS, Readout())
    for image, ti_ms in ((5, 180.0), (6, 260.0)):
        mz = 1.0 - 1.96 * np.exp(-(ti_ms - Readout().before_centre_ms) / T1_MS)
        np.testing.assert_allclose(seen[:, image], response.signal_offset + response.signal_gain * mz)


def test_incomplete_recovery_is_carried_over_to_the_later_inversions() -> None:
    short, complete = (signals([1500.0], [280.0], timing(SHMOLLI, [rr_ms] * 9))[0] for rr_ms in (600.0, FOREVER_MS))
    assert short[0] == pytest.approx(complete[0])
    assert (np.abs(short[5:]) < np.abs(complete[5:])).all()


def test_readouts_pull_the_magnetisation_towards_their_own_lower_steady_state() -> None:
    line = timing(SHMOLLI, [900.0] * 9)
    free = 1.0 - 1.96 * np.exp(-(line.ti_ms[:5] - Readout().before_centre_ms) / 1100.0)
    met = {}
    for flip_deg in (0.01, 35.0):
        readout = Readout(flip_deg=flip_deg)
        response = readout_response([1100.0], [55.0], readout)
        seen = signals([1100.0], [55.0], line, readout=readout)[0, :5]
        met[flip_deg] = (seen - response.signal_offset) / response.signal_gain
    np.testing.assert_allclose(met[0.01], free, atol=1e-4)
    assert met[35.0][1] > free[1] + 0.05
    assert (met[35.0][3:] < free[3:] - 0.05).all()


@pytest.mark.parametrize(("field_t", "published_ms"), [(1.5, 962.0), (3.0, 1166.0)])
def test_shmolli_shows_the_published_t1_of_the_myocardium(field_t: float, published_ms: float) -> None:
    """The underlying T1 is longer: inversion and readout make the method underestimate it."""
    muscle = tissues_at(field_t)[Tissue.MYOCARDIUM]
    line = timing(SHMOLLI, [950.0] * 9)
    signal = 1000.0 * signals([muscle.t1_ms], [muscle.t2_ms], line)[0]
    acquisition = Acquisition.from_arrays(
        np.abs(signal)[:, None, None], line.ti_ms, phase_rad=np.where(signal < 0, np.pi, 0.0)[:, None, None]
    )
    fitted_ms = float(fit_maps(acquisition).t1_ms[0, 0])
    assert fitted_ms == pytest.approx(published_ms, abs=12.0)
    assert fitted_ms < 0.92 * muscle.t1_ms


def test_an_unknown_field_strength_is_refused() -> None:
    with pytest.raises(InputError, match=r"no tissue values for this field strength; expected 1.5 T or 3 T; found 7 T"):
        tissues_at(7.0)


@pytest.mark.parametrize(("centre_pulse", "n_pulses"), [(60, 70), (29, 400)])
def test_readouts_that_overlap_inversions_or_each_other_are_refused(centre_pulse: int, n_pulses: int) -> None:
    readout = Readout(n_pulses=n_pulses, centre_pulse=centre_pulse)
    with pytest.raises(InputError, match=r"would begin before its preparation.* ms too early\. Choose longer"):
        signals(T1_MS, T2_MS, timing(SHMOLLI, [900.0] * 9), readout=readout)
