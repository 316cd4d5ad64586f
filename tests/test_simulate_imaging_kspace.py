"""K-space: what is acquired is seen, what is not is lost, and the noise is as strong as it is said to be."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pydicom
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from myoqc.errors import GeometryError, InputError
from myoqc.simulate.imaging.coils import draw_coil, evening
from myoqc.simulate.imaging.habits import HABITS, HCMR, habit_named
from myoqc.simulate.imaging.kspace import scan
from myoqc.simulate.imaging.sampling import LOW_SNR, SNR_RANGE, Sampling, draw_sampling, noise_gain
from myoqc.simulate.scene import Canvas
from plain_scene import HEART_MM, plain_scene

PHANTOM = Path(__file__).parents[2] / "shared" / "data" / "shmolli-phantom"
CANVAS = Canvas((96, 128), 0.9375)
SCENE = plain_scene()
FULL = Sampling(
    acquired_mm=1.875,
    reach=np.ones((2, 2)),
    taper=0.0,
    phase_axis=0,
    snr=40.0,
    g_factor=1.4,
    g_centre_mm=np.zeros(2),
    g_width_mm=np.full(2, 50.0),
)
PARTIAL = replace(FULL, reach=[[1.0, 0.3], [1.0, 1.0]])


def seen(objects: np.ndarray, sampling: Sampling, canvas: Canvas = CANVAS) -> np.ndarray:
    return scan(np.random.default_rng(0), objects.astype(np.complex64), sampling, canvas, noise_sd=0.0)


def noise(sampling: Sampling, sd: float = 5.0, gain: np.ndarray | None = None) -> np.ndarray:
    nothing = np.zeros((4, *CANVAS.shape), dtype=np.complex64)
    return scan(np.random.default_rng(1), nothing, sampling, CANVAS, noise_sd=sd, noise_gain=gain)


def width_px(profile: np.ndarray) -> float:
    """Width of a box as high as the brightest pixel and with the same energy."""
    return float((np.abs(profile) ** 2).sum() / np.abs(profile).max() ** 2)


@pytest.mark.parametrize("sampling", [FULL, PARTIAL, replace(PARTIAL, taper=1.0), replace(FULL, acquired_mm=2.3)])
def test_an_even_object_is_seen_as_it_is(sampling: Sampling) -> None:
    even = np.full((2, *CANVAS.shape), 3.0 - 2.0j)
    np.testing.assert_allclose(seen(even, sampling), even, rtol=1e-5)


def test_a_smooth_object_is_seen_as_it_is() -> None:
    y, x = CANVAS.axis_mm(0)[:, None] / 10.0, CANVAS.axis_mm(1) / 10.0
    smooth = (np.exp(-(y**2) - x**2) * (1.0 + 0.5j))[None]
    np.testing.assert_allclose(seen(smooth, FULL), smooth, atol=0.01)


@pytest.mark.parametrize(("distance_px", "apart"), [(1, False), (4, True)])
@pytest.mark.parametrize("axis", [1, 2])
def test_lines_nearer_than_the_acquired_pixel_merge(distance_px: int, apart: bool, axis: int) -> None:
    lines = np.zeros((1, *CANVAS.shape))
    np.moveaxis(lines, axis, 0)[[40, 40 + distance_px]] = 1.0
    profile = np.abs(np.moveaxis(seen(lines, FULL), axis, 0)[:, 0, 50])
    first, between, second = profile[40], profile[40 : 41 + distance_px].min(), profile[40 + distance_px]
    assert bool(between < 0.7 * min(first, second)) is apart


def test_partial_fourier_blurs_along_its_own_axis_alone() -> None:
    point = np.zeros((1, *CANVAS.shape))
    point[0, 48, 64] = 1.0
    full, partial = seen(point, FULL)[0], seen(point, PARTIAL)[0]
    assert width_px(partial[:, 64]) == pytest.approx(width_px(full[:, 64]) * 2.0 / 1.3, rel=0.03)
    along_x = np.abs(partial[48]) / np.abs(partial[48]).max()
    np.testing.assert_allclose(along_x, np.abs(full[48]) / np.abs(full[48]).max(), atol=1e-4)


def test_a_filter_damps_the_ringing_at_an_edge() -> None:
    edge = np.zeros((1, *CANVAS.shape))
    edge[:, 30:70] = 1.0
    far = np.s_[:, 10:22]
    ringing = [np.abs(seen(edge, replace(FULL, taper=taper)))[far].std() for taper in (0.0, 0.5, 1.0)]
    assert ringing[0] > 0.002
    assert ringing[0] > 1.2 * ringing[1] > 2.0 * ringing[2]


@settings(max_examples=15, deadline=None)
@given(
    acquired_mm=st.floats(0.95, 2.4),
    behind=st.floats(0.3, 1.0),
    taper=st.floats(0.0, 1.0),
)
def test_noise_has_the_stated_standard_deviation_however_it_is_sampled(
    acquired_mm: float, behind: float, taper: float
) -> None:
    sampling = replace(FULL, acquired_mm=acquired_mm, reach=[[1.0, behind], [1.0, 1.0]], taper=taper)
    images = noise(sampling, sd=5.0)
    assert images.real.std() == pytest.approx(5.0, rel=0.06)
    assert images.imag.std() == pytest.approx(5.0, rel=0.06)


def test_in_the_air_the_magnitude_is_rayleigh() -> None:
    magnitude = np.abs(noise(FULL, sd=5.0))
    assert magnitude.mean() == pytest.approx(5.0 * np.sqrt(np.pi / 2), rel=0.03)
    assert magnitude.std() == pytest.approx(5.0 * np.sqrt(2 - np.pi / 2), rel=0.05)


def test_noise_follows_its_gain() -> None:
    gain = np.ones(CANVAS.shape, dtype=np.float32)
    gain[:, 64:] = 2.0
    images = noise(FULL, sd=1.0, gain=gain)
    assert images[:, :, 64:].std() == pytest.approx(2.0 * images[:, :, :64].std(), rel=0.06)


def test_neighbouring_pixels_of_a_zero_filled_image_share_their_noise() -> None:
    images = noise(FULL).real
    assert np.corrcoef(images[:, :, :-1].ravel(), images[:, :, 1:].ravel())[0, 1] > 0.5


def test_without_noise_the_images_are_the_same_but_for_it_and_chance_is_left_alone() -> None:
    objects = np.random.default_rng(2).standard_normal((2, *CANVAS.shape)).astype(np.complex64)
    clean = seen(objects, PARTIAL)
    noisy = scan(np.random.default_rng(1), objects, PARTIAL, CANVAS, noise_sd=1.0)
    nothing = np.zeros_like(objects)
    only_noise = scan(np.random.default_rng(1), nothing, PARTIAL, CANVAS, noise_sd=1.0)
    np.testing.assert_array_equal(noisy, clean + only_noise)
    rng = np.random.default_rng(7)
    scan(rng, objects, PARTIAL, CANVAS, noise_sd=0.0)
    assert rng.random() == np.random.default_rng(7).random()


def test_noise_at_the_heart_is_the_stated_one_and_largest_deep_in_the_body() -> None:
    rng = np.random.default_rng(3)
    coil = draw_coil(rng, SCENE, 1.5)
    sampling = draw_sampling(rng, HCMR, SCENE)
    gain = noise_gain(sampling, coil, SCENE.canvas) / evening(coil, SCENE.canvas)
    row, column = np.rint(SCENE.canvas.px(HEART_MM)).astype(int)
    assert gain[row, column] == pytest.approx(1.0, abs=0.02)
    assert gain[0, 0] < gain[row, column]
    assert 1.0 < gain.max() / gain.min() <= 1.61


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**31), habit=st.sampled_from(list(HABITS.values())), low_snr=st.booleans())
def test_every_habit_draws_what_can_be_scanned(seed: int, habit: object, low_snr: bool) -> None:
    sampling = draw_sampling(np.random.default_rng(seed), habit, SCENE, low_snr=low_snr)  # type: ignore[arg-type]
    least, most = LOW_SNR if low_snr else SNR_RANGE
    assert least <= sampling.snr <= most
    assert sampling.acquired_mm >= habit.spacing_mm  # type: ignore[attr-defined]
    assert habit.canvas.shape == (240, 320)  # type: ignore[attr-defined]


def test_most_signal_to_noise_ratios_are_near_those_of_real_hearts() -> None:
    drawn = np.array([draw_sampling(np.random.default_rng(seed), HCMR, SCENE).snr for seed in range(300)])
    assert ((drawn > 33.0) & (drawn < 80.0)).mean() > 0.6
    assert drawn.min() < 30.0
    assert drawn.max() > 100.0


def test_the_cohort_acquires_three_quarters_of_its_lines_and_four_fifths_of_its_echo() -> None:
    reach = draw_sampling(np.random.default_rng(0), HCMR, SCENE).reach
    assert reach.sum(axis=1) / 2 == pytest.approx([0.75, 0.8])


@pytest.mark.skipif(
    not PHANTOM.is_dir(), reason="the real phantom (shared/data/shmolli-phantom) is not on this machine"
)
def test_k_space_of_a_real_series_reaches_as_far_as_the_cohort_s() -> None:
    magnitude, phase = (
        np.stack([pydicom.dcmread(file).pixel_array.astype(np.float64) for file in sorted((PHANTOM / kind).iterdir())])
        for kind in ("magnitude", "phase")
    )
    images = magnitude * np.exp(1j * np.pi * (phase / 2048.0 - 1.0))
    kspace = np.abs(np.fft.fftshift(np.fft.fft2(images), axes=(1, 2)))
    reach = draw_sampling(np.random.default_rng(0), HCMR, SCENE).reach
    for axis, beside in ((1, slice(152, 177)), (2, slice(104, 129))):
        # Beside the middle of the other axis, whose lines stray over all of k-space.
        lines = kspace[:, :, beside] if axis == 1 else kspace[:, beside]
        power = np.sqrt((lines**2).mean(axis=(0, 3 - axis)))
        kept = np.flatnonzero(power > 4.0 * np.percentile(power, 20)) - len(power) // 2
        # The images are zero-filled by two: what was acquired ends at a quarter of the matrix.
        found = np.array([-kept.min(), kept.max()]) / (len(power) / 4)
        np.testing.assert_allclose(np.sort(found), np.sort(reach[axis - 1]), atol=0.05)


def test_objects_beside_the_canvas_are_refused() -> None:
    with pytest.raises(GeometryError, match=r"do not lie on the canvas; expected \(96, 128\); found \(8, 8\)"):
        seen(np.zeros((2, 8, 8)), FULL)


@pytest.mark.parametrize("wrong", [{"acquired_mm": 0.0}, {"taper": 1.5}, {"reach": [[0.0, 1.0], [1.0, 1.0]]}])
def test_a_k_space_that_cannot_be_sampled_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(InputError, match="not a way to sample k-space"):
        replace(FULL, **wrong)  # type: ignore[arg-type]


def test_an_unknown_habit_is_refused() -> None:
    with pytest.raises(InputError, match="unknown habit 'none at all'; expected one of interpolated, with phase"):
        habit_named("none at all")
