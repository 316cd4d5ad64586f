"""What a scanner's storage makes of an acquisition."""

import numpy as np
import pytest

from hearts import acquisition
from myoqc.cohort.scanned import phase_code, phase_of, scanned


def test_magnitudes_become_whole_numbers_of_12_bits():
    images = np.full((7, 60, 70), 10.4)
    images[:, 0, 0] = 5000.0
    images[:, 0, 1] = np.nan
    stored = scanned(acquisition().from_arrays(images, [100, 1100, 2100, 3100, 4100, 180, 260]))
    assert stored.images[0, 0, :3].tolist() == [4095.0, 0.0, 10.0]


def test_inversion_times_become_tenths_of_ms():
    times = [100.04, 1100.06, 2100.0, 3100.0, 4100.0, 180.0, 260.0]
    stored = scanned(acquisition().from_arrays(acquisition().images, times))
    assert stored.ti_ms[:2].tolist() == [100.0, 1100.1]


@pytest.mark.parametrize("steps", [256, 4096])
def test_numbers_that_are_stored_as_they_are_do_not_change(steps):
    once = scanned(acquisition(), steps)
    twice = scanned(once, steps)
    for name in ("images", "ti_ms", "phase_rad"):
        assert np.array_equal(getattr(once, name), getattr(twice, name)), name


@pytest.mark.parametrize("steps", [256, 4096])
def test_the_phase_is_off_by_half_a_step_at_most_and_stays_below_pi(steps):
    phase = acquisition().phase_rad
    stored = scanned(acquisition(), steps).phase_rad
    apart = np.angle(np.exp(1j * (stored.astype(float) - phase)))
    assert np.abs(apart).max() <= np.pi / steps * 1.001
    assert stored.min() >= np.float32(-np.pi)
    assert stored.max() < np.pi


def test_pi_is_minus_pi_and_an_unknown_phase_is_zero():
    codes = phase_code(np.array([np.pi, -np.pi, np.nan, np.pi / 2], dtype=np.float32), 256)
    assert codes.tolist() == [-128, -128, 0, 64]
    assert phase_of(codes, 256)[[0, 3]].tolist() == pytest.approx([-np.pi, np.pi / 2])


def test_an_acquisition_without_phase_has_none_afterwards():
    assert scanned(acquisition(phase=False)).phase_rad is None
