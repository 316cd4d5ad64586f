"""The physics at its limits, against closed forms, and against a Bloch simulation of one spin written here."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from myoqc.errors import InputError
from myoqc.schedules import KNOWN, MOLLI_5S_3S, SHMOLLI, Schedule, by_name
from myoqc.simulate.physics.readout import Readout, draw_flip_scale, readout_response
from myoqc.simulate.physics.signal import complex_signals
from myoqc.simulate.physics.timing import Timing, draw_timing, timing

T1_MS, T2_MS = np.array([300.0, 1100.0, 1500.0]), np.array([70.0, 55.0, 280.0])
FOREVER_MS = 1e6
SASHA = by_name("SASHA", 10)
EVERY_SCHEME = [*KNOWN, MOLLI_5S_3S, SASHA]


def rotation(axis: int, angle: float) -> NDArray[np.float64]:
    """Right-handed, about x (0), y (1) or z (2)."""
    turn = np.eye(3)
    first, second = (axis + 1) % 3, (axis + 2) % 3
    turn[[first, second], [first, second]] = np.cos(angle)
    turn[second, first], turn[first, second] = np.sin(angle), -np.sin(angle)
    return turn


def one_spin(
    t1_ms: float, t2_ms: float, off_hz: float, line: Timing, readout: Readout, flip_scale: float, kept: float
) -> list[complex]:
    """The echo of each image from one magnetisation vector, turned and relaxed step by step in the scanner's frame."""
    spin, clock_ms = np.array([0.0, 0.0, 1.0]), -1e5

    def wait(for_ms: float) -> None:
        nonlocal spin, clock_ms
        decay = np.exp(-for_ms / np.array([t2_ms, t2_ms, t1_ms]))
        spin = rotation(2, 2 * np.pi * off_hz * for_ms / 1000.0) @ (decay * spin) + [0.0, 0.0, 1.0 - decay[2]]
        clock_ms += for_ms

    def spoil() -> None:
        spin[:2] = 0.0

    def echo_of_train() -> complex:
        nonlocal spin
        echo = 0j
        for number in range(readout.n_pulses):
            sign = (-1) ** number
            share = min((number + 0.5) / readout.n_ramp, 1.0)
            spin = rotation(1, sign * np.radians(readout.flip_deg) * share * flip_scale) @ spin
            wait(readout.te_ms)
            if number == readout.centre_pulse:
                echo = sign * complex(spin[0], spin[1])
            wait(readout.tr_ms - readout.te_ms)
        return echo

    seen, group = [], -1
    for at_ms, prepared in zip(line.readout_ms, line.group, strict=True):
        if prepared != group:
            group = int(prepared)
            wait(line.preparation_ms[group] - clock_ms)
            spoil()
            spin[2] *= kept
        wait(at_ms - readout.centre_pulse * readout.tr_ms - readout.te_ms - clock_ms)
        spoil()
        seen.append(echo_of_train())
    return seen


@pytest.mark.parametrize("schedule", EVERY_SCHEME, ids=lambda schedule: schedule.name)
@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 2**31), off_hz=st.floats(-450.0, 450.0))
def test_one_spin_followed_by_rotation_matrices_gives_the_same_echoes(
    schedule: Schedule, seed: int, off_hz: float
) -> None:
    rng = np.random.default_rng(seed)
    t1_ms, t2_ms, flip_scale = rng.uniform(300, 2000), rng.uniform(30, 300), rng.uniform(0.6, 1.2)
    line, readout = draw_timing(rng, schedule), Readout(n_pulses=50, n_ramp=int(rng.integers(1, 8)))
    kept = 0.02 if schedule == SASHA else -0.95
    seen = complex_signals(
        t1_ms, t2_ms, line, off_resonance_hz=off_hz, flip_scale=flip_scale, kept=kept, readout=readout
    )
    np.testing.assert_allclose(seen, one_spin(t1_ms, t2_ms, off_hz, line, readout, flip_scale, kept), atol=1e-10)


@pytest.mark.parametrize("off_hz", [0.0, 60.0, -110.0, 500.0 / 2.6])
def test_a_long_train_reaches_the_steady_state_of_balanced_ssfp(off_hz: float) -> None:
    """M sin α (1 − E1) (1 − E2 exp(−iβ)) / D, with β the precession of one TR in the RF's frame [Freeman1971]."""
    readout = Readout(te_ms=0.0, n_ramp=1, n_pulses=6000, centre_pulse=5999)
    response = readout_response(T1_MS, T2_MS, readout, off_resonance_hz=off_hz)
    e1, e2, flip = np.exp(-2.6 / T1_MS), np.exp(-2.6 / T2_MS), np.radians(35.0)
    beta = 2 * np.pi * off_hz * 0.0026 + np.pi
    below = (1 - e1 * np.cos(flip)) * (1 - e2 * np.cos(beta)) - e2 * (e1 - np.cos(flip)) * (e2 - np.cos(beta))
    steady = np.sin(flip) * (1 - e1) * (1 - e2 * np.exp(-1j * beta)) / below
    np.testing.assert_allclose(response.signal_offset, steady, rtol=1e-6)
    np.testing.assert_allclose(response.signal_gain, 0.0, atol=1e-6)


def test_the_steady_state_is_dark_half_way_between_two_bands() -> None:
    readout = Readout(n_ramp=1, n_pulses=3000, centre_pulse=2999)
    middle, band = (readout_response(1100.0, 55.0, readout, off_resonance_hz=hz) for hz in (0, readout.period_hz / 2))
    assert abs(band.signal_offset) < 0.15 * abs(middle.signal_offset)


def test_one_band_further_the_signal_has_the_opposite_sign() -> None:
    readout = Readout(te_ms=1.3)
    here, there = (
        readout_response(T1_MS, T2_MS, readout, off_resonance_hz=hz) for hz in (25.0, 25.0 + readout.period_hz)
    )
    # The echo half way between two pulses has gone half of a turn more.
    np.testing.assert_allclose(there.signal_gain, -here.signal_gain, atol=1e-12)
    np.testing.assert_allclose(there.signal_offset, -here.signal_offset, atol=1e-12)
    np.testing.assert_allclose(there.mz_gain, here.mz_gain)


def test_opposite_off_resonances_have_opposite_phases() -> None:
    above, below = (readout_response(T1_MS, T2_MS, Readout(), off_resonance_hz=hz) for hz in (80.0, -80.0))
    np.testing.assert_allclose(above.signal_gain, below.signal_gain.conj())
    np.testing.assert_allclose(above.mz_offset, below.mz_offset)


def test_without_relaxation_a_train_only_turns_the_magnetisation() -> None:
    readout = Readout(te_ms=2.6, n_pulses=30, centre_pulse=29)
    response = readout_response(1e12, 1e12, readout, off_resonance_hz=np.linspace(-200.0, 200.0, 9))
    np.testing.assert_allclose(np.abs(response.signal_gain) ** 2 + response.mz_gain**2, 1.0)
    np.testing.assert_allclose(response.mz_offset, 0.0, atol=1e-9)


def test_a_flip_angle_twice_as_large_is_a_b1_twice_as_strong() -> None:
    doubled = readout_response(T1_MS, T2_MS, Readout(flip_deg=20.0), flip_scale=2.0)
    np.testing.assert_allclose(
        doubled.signal_gain, readout_response(T1_MS, T2_MS, Readout(flip_deg=40.0)).signal_gain, rtol=1e-12
    )


def test_a_train_without_flip_is_free_recovery_without_signal() -> None:
    response = readout_response(T1_MS, T2_MS, Readout(flip_deg=0.0))
    np.testing.assert_allclose(response.mz_gain, np.exp(-70 * 2.6 / T1_MS))
    np.testing.assert_allclose(response.mz_gain + response.mz_offset, 1.0)
    assert not response.signal_gain.any()


def test_on_resonance_the_signal_is_real() -> None:
    assert not complex_signals(T1_MS, T2_MS, timing(SHMOLLI, [900.0] * 9)).imag.any()


def test_the_plateau_does_not_remember_the_inversion() -> None:
    line = timing(SHMOLLI, [FOREVER_MS] * 9)
    weak, perfect = (complex_signals(T1_MS, T2_MS, line, kept=-efficiency).real for efficiency in (0.5, 1.0))
    np.testing.assert_allclose(weak[:, 1:5], perfect[:, 1:5], rtol=1e-12)
    assert (weak[:, 0] > perfect[:, 0]).all()


def test_a_perfect_inversion_and_free_recovery_decide_the_first_image() -> None:
    readout = Readout()
    seen = complex_signals(T1_MS, T2_MS, timing(SHMOLLI, [1000.0] * 9), kept=-1.0, readout=readout).real[:, 0]
    response = readout_response(T1_MS, T2_MS, readout)
    mz = 1.0 - 2.0 * np.exp(-(100.0 - readout.before_centre_ms) / T1_MS)
    np.testing.assert_allclose(seen, (response.signal_offset + response.signal_gain * mz).real)


def test_after_complete_recovery_the_later_inversions_equal_the_first() -> None:
    line = timing(SHMOLLI, [FOREVER_MS] * 9)
    seen = complex_signals(T1_MS, T2_MS, line).real
    response = readout_response(T1_MS, T2_MS, Readout())
    for image, ti_ms in ((5, 180.0), (6, 260.0)):
        mz = 1.0 - 1.96 * np.exp(-(ti_ms - Readout().before_centre_ms) / T1_MS)
        np.testing.assert_allclose(seen[:, image], (response.signal_offset + response.signal_gain * mz).real)


def test_incomplete_recovery_is_carried_over_to_the_later_inversions() -> None:
    lines = (timing(SHMOLLI, [rr_ms] * 9) for rr_ms in (600.0, FOREVER_MS))
    short, complete = (complex_signals([1500.0], [280.0], line)[0].real for line in lines)
    assert short[0] == pytest.approx(complete[0])
    assert (np.abs(short[5:]) < np.abs(complete[5:])).all()


def test_readouts_pull_the_magnetisation_towards_their_own_lower_steady_state() -> None:
    line = timing(SHMOLLI, [900.0] * 9)
    free = 1.0 - 1.96 * np.exp(-(line.ti_ms[:5] - Readout().before_centre_ms) / 1100.0)
    met = {}
    for flip_deg in (0.01, 35.0):
        met[flip_deg] = met_by_readouts(line, Readout(flip_deg=flip_deg), 0.0)[:5]
    np.testing.assert_allclose(met[0.01], free, atol=1e-4)
    assert met[35.0][1] > free[1] + 0.05
    assert (met[35.0][3:] < free[3:] - 0.05).all()


def met_by_readouts(line: Timing, readout: Readout, inflow: float, kept: float | None = None) -> NDArray[np.float64]:
    """Mz that each readout meets, back from the signal: T1 1100 ms, T2 55 ms."""
    response = readout_response(1100.0, 55.0, readout)
    seen = complex_signals(1100.0, 55.0, line, inflow=inflow, kept=kept, readout=readout)
    return np.asarray(((seen - response.signal_offset) / response.signal_gain).real)


def test_blood_replaced_at_every_beat_recovers_as_if_nothing_were_read() -> None:
    line = timing(SHMOLLI, [900.0] * 9)
    free = 1.0 - 1.96 * np.exp(-(line.ti_ms[:5] - Readout().before_centre_ms) / 1100.0)
    np.testing.assert_allclose(met_by_readouts(line, Readout(), 1.0)[:5], free)


def test_blood_replaced_in_part_is_a_mixture_of_what_stayed_and_what_came() -> None:
    line = timing(SHMOLLI, [900.0] * 9)
    stays, half, flows = (met_by_readouts(line, Readout(), inflow) for inflow in (0.0, 0.5, 1.0))
    assert half[0] == pytest.approx(stays[0])
    # One beat after the first readout, a half has met it and a half has not.
    assert half[1] == pytest.approx((stays[1] + flows[1]) / 2)


def test_a_perfect_saturation_leaves_a_single_exponential_from_zero() -> None:
    line = timing(SASHA, [900.0] * 10, trigger_ms=600.0)
    met = met_by_readouts(line, Readout(), 0.0, kept=0.0)
    assert met[0] == pytest.approx(1.0)
    np.testing.assert_allclose(met[1:], 1.0 - np.exp(-(line.ti_ms[1:] - Readout().before_centre_ms) / 1100.0))


def test_a_saturation_that_is_not_perfect_leaves_some_of_what_it_met() -> None:
    line = timing(SASHA, [900.0] * 10, trigger_ms=600.0)
    perfect, usual = (met_by_readouts(line, Readout(), 0.0, kept=kept) for kept in (0.0, None))
    assert ((usual - perfect)[1:] > 0.0).all()
    assert ((usual - perfect)[1:] < 0.01).all()


@pytest.mark.parametrize("field_t", [1.5, 3.0])
def test_b1_is_weaker_and_less_certain_at_3_t(field_t: float) -> None:
    drawn = [draw_flip_scale(np.random.default_rng(seed), field_t) for seed in range(300)]
    mean, spread = {1.5: (0.97, 0.04), 3.0: (0.85, 0.10)}[field_t]
    assert np.mean(drawn) == pytest.approx(mean, abs=0.02)
    assert np.std(drawn) == pytest.approx(spread, rel=0.25)


def test_b1_at_an_unknown_field_strength_is_refused() -> None:
    with pytest.raises(InputError, match=r"no error of B1 for this field strength; expected 1.5 T or 3 T; found 7 T"):
        draw_flip_scale(np.random.default_rng(0), 7.0)


@pytest.mark.parametrize(("centre_pulse", "n_pulses"), [(60, 70), (29, 400)])
def test_readouts_that_overlap_preparations_or_each_other_are_refused(centre_pulse: int, n_pulses: int) -> None:
    readout = Readout(n_pulses=n_pulses, centre_pulse=centre_pulse)
    with pytest.raises(InputError, match=r"would begin before its preparation.* ms too early\. Choose longer"):
        complex_signals(T1_MS, T2_MS, timing(SHMOLLI, [900.0] * 9), readout=readout)


def test_the_flip_angle_rises_linearly_before_it_stays() -> None:
    steps = [after - before for before, after in pairwise(Readout(n_ramp=5).flips_rad.tolist())]
    np.testing.assert_allclose(steps[:4], np.radians(7.0))
    np.testing.assert_allclose(steps[5:], 0.0, atol=1e-15)
