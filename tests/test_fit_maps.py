"""Fits of whole images: both engines, all methods, what is refused and what stays unfitted."""

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from myoqc.errors import InputError, InversionTimeError
from myoqc.fit import METHODS, fit_maps, fit_pixels
from myoqc.records import Acquisition
from myoqc.schedules import SHMOLLI

SHMOLLI_MS = np.array([100.0, 1000.0, 1900.0, 2800.0, 3700.0, 180.0, 260.0])
MOLLI_MS = np.array([110.0, 1010.0, 1910.0, 2810.0, 3710.0, 190.0, 1090.0, 1990.0])
FIVE_IMAGES_MS = np.array([100.0, 1000.0, 1900.0, 2800.0, 3700.0])
SASHA_MS = np.array([9999.0, 83.0, 153.0, 223.0, 293.0, 363.0, 433.0, 503.0, 573.0, 643.0, 713.0])
ENGINES = ("numpy", "numba")


def recovery(times_ms, t1_ms, a=300.0, b_over_a=1.9):
    """Signed signal (n p) with the given T1 after the Look-Locker correction."""
    t1_star_ms = np.asarray(t1_ms) / (b_over_a - 1)
    return a * (1 - b_over_a * np.exp(-times_ms[:, None] / t1_star_ms))


def as_images(signal):
    """(n p) as a stack (t y x) of one row of pixels."""
    return signal[:, None, :]


def rician(rng, signal, snr, a=300.0):
    noise = a / snr * rng.normal(size=(2, *signal.shape))
    return np.hypot(signal + noise[0], noise[1])


def converged_t1_ms(times_ms, magnitude):
    """Slow and independent: every polarity, a dense grid, and a bounded search on the residual of a linear fit.

    NaN where the optimum lies at an end of the range of T1*.
    """
    best = (np.inf, np.nan)
    order = np.argsort(times_ms)
    t, y = times_ms[order], magnitude[order]
    for negative in range(len(t)):
        signed = np.where(np.arange(len(t)) < negative, -y, y)

        def solve(log_t1_star, signed=signed):
            design = np.c_[np.ones(len(t)), -np.exp(-t / np.exp(log_t1_star))]
            (a, b), *_ = np.linalg.lstsq(design, signed, rcond=None)
            return ((design @ [a, b] - signed) ** 2).sum(), a, b

        grid = np.linspace(np.log(max(60, (t[1] - t[0]) / 5)), np.log(12000), 150)
        top = int(np.argmin([solve(x)[0] for x in grid]))
        low, high = grid[max(top - 1, 0)], grid[min(top + 1, len(grid) - 1)]
        found = minimize_scalar(lambda x: solve(x)[0], bounds=(low, high), method="bounded", options={"xatol": 1e-10})
        residual, a, b = solve(found.x)
        if b > 0 and residual < best[0]:
            inside = grid[0] + 1e-3 < found.x < grid[-1] - 1e-3
            best = (
                residual,
                np.exp(found.x) * (b / a - 1)
                if inside and 0 < a < b and np.exp(found.x) * (b / a - 1) < 6000
                else np.nan,
            )
    return best[1]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("times_ms", "schedule"), [(MOLLI_MS, "MOLLI 5(3)3"), (SHMOLLI_MS, "ShMOLLI")])
def test_a_recovery_without_noise_gives_back_its_t1(times_ms, schedule, engine):
    t1_ms = np.linspace(200, 2400, 60)
    maps = fit_maps(
        Acquisition.from_arrays(as_images(np.abs(recovery(times_ms, t1_ms))), times_ms, schedule=schedule),
        engine=engine,
    )
    np.testing.assert_allclose(maps.t1_ms[0], t1_ms, rtol=2e-6)
    np.testing.assert_allclose(maps.a[0], 300, rtol=1e-6)
    np.testing.assert_allclose(maps.b[0], 570, rtol=1e-6)
    np.testing.assert_allclose(maps.r2[0], 1, atol=1e-8)


@pytest.mark.parametrize(
    ("times_ms", "t1_ms", "snr"),
    [
        (MOLLI_MS, (200, 2500), 20),
        (MOLLI_MS, (200, 2500), 100),
        (FIVE_IMAGES_MS, (200, 2500), 40),
        (FIVE_IMAGES_MS, (100, 400), 50),
    ],
)
def test_every_pixel_reaches_the_converged_optimum_within_a_thousandth_of_a_ms(times_ms, t1_ms, snr):
    rng = np.random.default_rng(snr)
    magnitude = rician(rng, recovery(times_ms, rng.uniform(*t1_ms, 50)), snr)
    oracle = [converged_t1_ms(times_ms, pixel) for pixel in np.float32(magnitude).astype(float).T]
    for engine in ENGINES:
        maps = fit_maps(Acquisition.from_arrays(as_images(magnitude), times_ms), engine=engine)
        np.testing.assert_allclose(maps.t1_ms[0], oracle, rtol=0, atol=1e-3, err_msg=engine)


@pytest.mark.parametrize("with_phase", [False, True])
def test_both_engines_give_the_same_maps(with_phase):
    rng = np.random.default_rng(5)
    signal = recovery(SHMOLLI_MS, rng.uniform(100, 2500, 3000))
    phase = np.where(as_images(signal) < 0, np.pi, 0.0) + rng.normal(0, 0.3, as_images(signal).shape)
    acquisition = Acquisition.from_arrays(
        as_images(rician(rng, signal, 30)), SHMOLLI_MS, phase_rad=phase if with_phase else None
    )
    one, other = (fit_maps(acquisition, engine=engine) for engine in ENGINES)
    for name in ("t1_ms", "t1_star_ms", "a", "b", "r2", "t1_sd_ms"):
        np.testing.assert_allclose(getattr(one, name), getattr(other, name), rtol=1e-5, err_msg=name)
    np.testing.assert_array_equal(one.samples_used, other.samples_used)


def test_phase_tells_the_polarity_where_the_magnitude_alone_can_not():
    """A recovery that jumps: with the true signs the curve through them is the only answer."""
    signal = recovery(MOLLI_MS, [1200.0])
    signal[1] = -60.0
    phase = np.where(signal < 0, 2.0, 2.0 - np.pi)
    maps = fit_maps(Acquisition.from_arrays(as_images(np.abs(signal)), MOLLI_MS, phase_rad=as_images(phase)))
    order = np.argsort(MOLLI_MS)
    decay = np.exp(-MOLLI_MS[order] / maps.t1_star_ms[0, 0])
    residual = maps.a[0, 0] - maps.b[0, 0] * decay - signal[order, 0]
    design = np.c_[np.ones(8), decay, MOLLI_MS[order] * decay]
    np.testing.assert_allclose(design.T @ residual / np.abs(design.T).dot(np.abs(signal[order, 0])), 0, atol=1e-6)


def test_where_the_phase_is_not_known_the_polarity_is_searched():
    signal = recovery(MOLLI_MS, [700.0, 1200.0, 1700.0])
    phase = np.where(as_images(signal) < 0, 2.0, 2.0 - np.pi)
    phase[3, 0, 1] = np.nan
    maps = fit_maps(Acquisition.from_arrays(as_images(np.abs(signal)), MOLLI_MS, phase_rad=phase))
    np.testing.assert_allclose(maps.t1_ms[0], [700.0, 1200.0, 1700.0], rtol=1e-5)


def test_the_order_of_acquisition_does_not_change_the_maps():
    rng = np.random.default_rng(1)
    images = as_images(rician(rng, recovery(MOLLI_MS, rng.uniform(300, 2000, 50)), 50))
    one = fit_maps(Acquisition.from_arrays(images, MOLLI_MS, schedule="MOLLI"))
    shuffled = rng.permutation(len(MOLLI_MS))
    other = fit_maps(Acquisition.from_arrays(images[shuffled], MOLLI_MS[shuffled], schedule="MOLLI"))
    np.testing.assert_array_equal(one.t1_ms, other.t1_ms)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("factor", [1e-30, 1e-3, 50.0, 1e20])
def test_t1_and_r2_do_not_depend_on_the_scale_of_the_images(factor, engine):
    rng = np.random.default_rng(2)
    images = as_images(rician(rng, recovery(SHMOLLI_MS, rng.uniform(300, 2000, 80)), 40))
    plain = fit_maps(Acquisition.from_arrays(images, SHMOLLI_MS), engine=engine)
    scaled = fit_maps(Acquisition.from_arrays(images * factor, SHMOLLI_MS), engine=engine)
    np.testing.assert_allclose(scaled.t1_ms, plain.t1_ms, rtol=1e-4)
    np.testing.assert_allclose(scaled.r2, plain.r2, atol=1e-5)
    np.testing.assert_allclose(scaled.t1_sd_ms, plain.t1_sd_ms, rtol=1e-3)


def test_times_twice_as_long_give_twice_the_t1():
    images = as_images(np.abs(recovery(MOLLI_MS, [400.0, 900.0])))
    one = fit_maps(Acquisition.from_arrays(images, MOLLI_MS, schedule="MOLLI"))
    other = fit_maps(Acquisition.from_arrays(images, 2 * MOLLI_MS, schedule="MOLLI"))
    np.testing.assert_allclose(other.t1_ms, 2 * one.t1_ms, rtol=1e-6)


def test_short_t1_uses_all_samples_and_long_t1_the_first_inversion_only():
    signal = np.abs(recovery(SHMOLLI_MS, [250.0, 1000.0, 2000.0]))
    later = np.argsort(SHMOLLI_MS)[1:3]
    signal[later, 1:] *= 0.6
    maps = fit_maps(Acquisition.from_arrays(as_images(signal), SHMOLLI_MS))
    assert maps.samples_used[0].tolist() == [7, 5, 5]
    np.testing.assert_allclose(maps.t1_ms[0], [250.0, 1000.0, 2000.0], rtol=1e-5)


def test_a_plain_fit_of_incompletely_recovered_samples_is_far_off():
    signal = np.abs(recovery(SHMOLLI_MS, [2200.0]))
    signal[-2:] *= 0.55
    acquisition = Acquisition.from_arrays(as_images(signal), SHMOLLI_MS)
    assert abs(fit_maps(acquisition).t1_ms[0, 0] - 2200) < 0.1
    assert fit_maps(acquisition, "molli").t1_ms[0, 0] < 1900


@pytest.mark.parametrize(("method", "b_over_a"), [("sasha3", 0.97), ("sasha2", 1.0)])
def test_saturation_recovery_gives_back_its_t1(method, b_over_a):
    t1_ms = np.array([500.0, 1200.0, 1900.0])
    signal = 400 * (1 - b_over_a * np.exp(-SASHA_MS[:, None] / t1_ms))
    acquisition = Acquisition.from_arrays(as_images(signal), SASHA_MS)
    maps = fit_maps(acquisition, method)
    np.testing.assert_allclose(maps.t1_ms[0], t1_ms, rtol=1e-6)
    assert fit_maps(acquisition).method == "sasha3"


def test_the_standard_deviation_is_that_of_repeated_measurements():
    rng = np.random.default_rng(3)
    signal = np.repeat(recovery(MOLLI_MS, [1000.0]), 4000, axis=1)
    magnitude = np.abs(signal + 300 / 60 * rng.normal(size=signal.shape))
    maps = fit_maps(Acquisition.from_arrays(as_images(magnitude), MOLLI_MS))
    assert np.sqrt((maps.t1_sd_ms**2).mean()) == pytest.approx(maps.t1_ms.std(), rel=0.05)


@pytest.mark.parametrize("method", ["molli", "sasha3", "sasha2"])
def test_the_standard_deviation_equals_that_of_the_full_covariance(method):
    times_ms = MOLLI_MS if method == "molli" else SASHA_MS
    rng = np.random.default_rng(4)
    signal = recovery(times_ms, [900.0]) if method == "molli" else 400 * (1 - np.exp(-times_ms[:, None] / 900.0))
    magnitude = np.float32(np.abs(signal + rng.normal(0, 4, signal.shape))).astype(float)
    maps = fit_maps(Acquisition.from_arrays(as_images(magnitude), times_ms), method)
    t1_star, a, b = (float(getattr(maps, name)[0, 0]) for name in ("t1_star_ms", "a", "b"))
    decay = np.exp(-times_ms / t1_star)
    steepness = -b * decay * times_ms / t1_star**2
    jacobian, gradient = np.c_[np.ones_like(decay), -decay, steepness], np.array([0.0, 0.0, 1.0])
    if method == "molli":
        gradient = np.array([-t1_star * b / a**2, t1_star / a, b / a - 1])
    if method == "sasha2":
        jacobian, gradient = np.c_[1 - decay, steepness], np.array([0.0, 1.0])
    fitted = a - b * decay
    signed = np.where(fitted < 0, -magnitude[:, 0], magnitude[:, 0])
    variance = ((fitted - signed) ** 2).sum() / (len(times_ms) - jacobian.shape[1])
    expected = np.sqrt(variance * gradient @ np.linalg.inv(jacobian.T @ jacobian) @ gradient)
    assert maps.t1_sd_ms[0, 0] == pytest.approx(expected, rel=1e-4)


def test_r2_is_the_squared_correlation_of_magnitudes():
    rng = np.random.default_rng(6)
    magnitude = np.float32(rician(rng, recovery(MOLLI_MS, [1100.0]), 15)).astype(float)
    maps = fit_maps(Acquisition.from_arrays(as_images(magnitude), MOLLI_MS))
    fitted = np.abs(maps.a[0, 0] - maps.b[0, 0] * np.exp(-MOLLI_MS / maps.t1_star_ms[0, 0]))
    assert maps.r2[0, 0] == pytest.approx(np.corrcoef(fitted, magnitude[:, 0])[0, 1] ** 2, abs=1e-9)


@pytest.mark.parametrize("engine", ENGINES)
def test_pixels_that_can_not_be_fitted_are_nan_and_use_no_sample(engine):
    signal = np.abs(recovery(MOLLI_MS, [1000.0] * 5))
    signal[:, 1] = 200.0
    signal[:, 2] *= 0.01
    signal[3, 3] = np.nan
    signal[:, 4] = 0
    maps = fit_maps(Acquisition.from_arrays(as_images(signal), MOLLI_MS), engine=engine)
    assert np.isfinite(maps.t1_ms[0]).tolist() == [True, False, False, False, False]
    assert maps.samples_used[0].tolist() == [8, 0, 0, 0, 0]
    assert np.isnan(maps.r2[0, 1:]).all()
    assert np.isnan(maps.t1_sd_ms[0, 1:]).all()


@pytest.mark.parametrize("engine", ENGINES)
def test_a_t1_longer_than_that_of_any_fluid_is_none(engine):
    images = as_images(np.abs(recovery(2 * MOLLI_MS, [5900.0, 6100.0])))
    maps = fit_maps(Acquisition.from_arrays(images, 2 * MOLLI_MS, schedule="MOLLI"), engine=engine)
    assert np.isfinite(maps.t1_ms[0]).tolist() == [True, False]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_signal_that_falls_with_time_is_no_recovery(engine):
    falling = 300 * np.exp(-MOLLI_MS[:, None] / 900.0) + 50
    acquisition = Acquisition.from_arrays(as_images(falling), MOLLI_MS, phase_rad=np.zeros((8, 1, 1)))
    assert np.isnan(fit_maps(acquisition, engine=engine).t1_ms).all()


def test_the_readout_correction_multiplies_t1_and_is_recorded():
    acquisition = Acquisition.from_arrays(as_images(np.abs(recovery(MOLLI_MS, [1000.0]))), MOLLI_MS)
    maps = fit_maps(acquisition, readout_correction=1.0365)
    assert maps.t1_ms[0, 0] == pytest.approx(1036.5, rel=1e-5)
    assert maps.readout_correction == 1.0365
    assert fit_maps(acquisition).readout_correction == 1.0


@pytest.mark.parametrize("factor", [-1.0, 0.0, 3.0, np.nan])
def test_a_readout_correction_that_can_not_be_meant_is_refused(factor):
    acquisition = Acquisition.from_arrays(as_images(np.abs(recovery(MOLLI_MS, [1000.0]))), MOLLI_MS)
    with pytest.raises(InputError, match=r"no factor for the readout; expected 0\.5 to 2"):
        fit_maps(acquisition, readout_correction=factor)


@pytest.mark.parametrize("n_images", [5, 6, 9, 11, 15])
def test_molli_of_any_number_of_images_is_fitted(n_images):
    times_ms = 100.0 + 380.0 * np.arange(n_images)
    images = as_images(np.abs(recovery(times_ms, [800.0])))
    assert fit_maps(Acquisition.from_arrays(images, times_ms)).t1_ms[0, 0] == pytest.approx(800, rel=1e-5)


def test_methods_and_engines_that_do_not_exist_or_do_not_belong_are_refused():
    molli = Acquisition.from_arrays(as_images(np.abs(recovery(MOLLI_MS, [1000.0]))), MOLLI_MS)
    with pytest.raises(InputError, match="unknown fit method 'molly'; expected auto, shmolli"):
        fit_maps(molli, "molly")
    with pytest.raises(InputError, match="unknown engine 'gpu'"):
        fit_maps(molli, engine="gpu")
    with pytest.raises(InputError, match=r"'sasha2' does not belong.*saturation recovery; found MOLLI"):
        fit_maps(molli, "sasha2")
    with pytest.raises(InversionTimeError, match="needs the seven images of ShMOLLI"):
        fit_maps(molli, "shmolli")


def test_automatic_choice_follows_the_schedule():
    images = as_images(np.abs(recovery(SHMOLLI_MS, [1000.0])))
    acquisition = Acquisition.from_arrays(images, SHMOLLI_MS)
    assert acquisition.schedule == SHMOLLI
    assert fit_maps(acquisition).method == "shmolli"


@pytest.mark.parametrize("engine", ENGINES)
def test_no_polarity_that_was_left_out_would_have_fitted_better(engine):
    rng = np.random.default_rng(7)
    times_ms, n_pixels = np.sort(MOLLI_MS), 5000
    signal = rician(rng, recovery(times_ms, rng.uniform(200, 2500, n_pixels)), 20)
    chosen = fit_pixels(times_ms, signal, METHODS["molli"], engine=engine)
    forced = []
    for n_negative in range(len(times_ms)):
        negative = np.repeat(np.arange(len(times_ms))[:, None] < n_negative, n_pixels, axis=1)
        forced.append(fit_pixels(times_ms, signal, METHODS["molli"], negative=negative, engine=engine).chi)
    least = np.nanmin(forced, axis=0)
    fitted = ~np.isnan(chosen.chi)
    assert fitted.mean() > 0.95
    assert (chosen.chi[fitted] <= least[fitted] * (1 + 1e-6)).all()
