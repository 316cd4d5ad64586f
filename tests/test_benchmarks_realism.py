"""The measures that compare simulated slices with real ones, on images whose answer is known by hand."""

import importlib
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from myoqc.records import Grid, ParameterMap

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"
SHAPE, CENTRE_PX = (240, 320), (120.0, 160.0)


@pytest.fixture(scope="module")
def measure():
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(BENCHMARKS)
        return importlib.import_module("realism_measures")


@pytest.fixture(scope="module")
def table():
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(BENCHMARKS)
        return importlib.import_module("realism_table")


def away_px():
    rows, columns = np.indices(SHAPE)
    return np.hypot(rows - CENTRE_PX[0], columns - CENTRE_PX[1])


@pytest.fixture(scope="module")
def heart(measure):
    """A ring of 20 to 30 mm; the right ventricle is to the left."""
    away_mm = away_px() * 0.5
    return measure.Ventricle(away_mm < 20.0, (away_mm >= 20.0) & (away_mm < 30.0), 0.5, rv_deg=180.0)


def test_the_wall_of_a_ring_has_its_thickness_in_every_sector(measure, heart):
    thickness_mm = measure.wall_thickness_mm(heart)
    assert len(thickness_mm) == measure.N_SECTORS
    np.testing.assert_allclose(thickness_mm, 10.0, atol=0.5)


def test_a_wall_that_is_thick_on_one_side_is_thick_there_alone(measure, heart):
    rows, columns = np.indices(SHAPE)
    bulge = (np.hypot(rows - CENTRE_PX[0], columns - CENTRE_PX[1]) < 70) & (columns < CENTRE_PX[1])
    thick = measure.Ventricle(heart.cavity, (heart.wall | bulge) & ~heart.cavity, heart.spacing_mm)
    thickness_mm = measure.wall_thickness_mm(thick)
    # Sectors are counted clockwise from the right, so that the middle half lies to the left.
    np.testing.assert_allclose(thickness_mm[10:26], 15.0, atol=0.5)
    np.testing.assert_allclose(thickness_mm[[*range(8), *range(28, 36)]], 10.0, atol=0.5)


def test_a_thin_wall_is_not_eroded_away(measure):
    rows, columns = np.indices(SHAPE)
    radius = np.hypot(rows - CENTRE_PX[0], columns - CENTRE_PX[1])
    thin = measure.Ventricle(radius < 20, (radius >= 20) & (radius < 22), 1.0)
    assert thin.inner_wall.sum() == thin.wall.sum()


def test_normalised_signals_have_a_mean_of_one_whatever_the_scale(measure, heart):
    images = np.array([3.0, 1.0, 2.0])[:, None, None] * np.ones(SHAPE)
    np.testing.assert_allclose(measure.normalised_signal(images, heart.wall), [1.5, 0.5, 1.0])
    np.testing.assert_allclose(measure.normalised_signal(40.0 * images, heart.wall), [1.5, 0.5, 1.0])


def test_blood_as_bright_as_muscle_gives_one_and_darker_blood_less(measure, heart):
    assert measure.blood_over_muscle(np.ones(SHAPE), heart) == 1.0
    assert measure.blood_over_muscle(np.where(heart.cavity, 1.0, 4.0), heart) == 0.25


def test_brightness_is_told_over_the_median_heart_by_height_share_and_side(measure, heart):
    image = np.full(SHAPE, 10.0)
    image[110:130, :6] = 60.0
    assert measure.brightest(image, heart) == 6.0
    assert measure.bright_share(image, heart) == 120 / image.size
    image[90:150, :40] = 60.0
    assert measure.bright_direction_deg(image, heart) < 2.0
    assert measure.bright_direction_deg(image[:, ::-1], heart) > 178.0


def test_a_slice_without_right_ventricle_has_no_side_of_brightness(measure, heart):
    sideless = measure.Ventricle(heart.cavity, heart.wall, heart.spacing_mm)
    assert np.isnan(measure.bright_direction_deg(np.ones(SHAPE), sideless))


def test_variation_is_the_standard_deviation_over_the_mean(measure, heart):
    image = np.where(np.indices(SHAPE).sum(axis=0) % 2, 8.0, 12.0)
    assert measure.variation(image, heart.cavity) == pytest.approx(0.2, rel=1e-3)


def test_poor_background_counts_fitted_pixels_far_from_the_heart_alone(measure, heart):
    r2 = np.ones(SHAPE)
    far = away_px() * 0.5 > 30.0 + measure.FAR_MM + 1.0
    r2[~far] = 0.0
    assert measure.poor_background(r2, heart) < 0.05
    r2[far] = np.where(np.arange(far.sum()) % 2, 0.9, np.nan)
    assert measure.poor_background(r2, heart) == 1.0


def test_signed_r2_is_one_on_the_curve_and_takes_the_images_that_the_fit_used(measure):
    ti_ms = np.array([100.0, 900.0, 1700.0, 2500.0, 180.0])
    curve = (200.0 - 390.0 * np.exp(-ti_ms / 1000.0))[:, None, None]
    images = np.abs(np.tile(curve, (1, 1, 2)))
    plane = np.ones((1, 2))
    maps = ParameterMap(
        1000.0 * plane,
        Grid.plain((1, 2)),
        a=200.0 * plane,
        b=390.0 * plane,
        t1_star_ms=1000.0 * plane,
        samples_used=np.array([[4, 5]]),
    )
    np.testing.assert_allclose(measure.signed_r2(images, ti_ms, maps), 1.0)
    images[4] += 30.0
    used, spoilt = measure.signed_r2(images, ti_ms, maps)[0]
    assert used == pytest.approx(1.0)
    signal = np.copysign(images[:, 0, 1], curve[:, 0, 0])
    assert spoilt == pytest.approx(1.0 - 30.0**2 / np.sum((signal - signal.mean()) ** 2))


@pytest.mark.parametrize("wanted", [20.0, 60.0])
def test_snr_finds_the_noise_that_was_added_under_contrast_and_shading(measure, heart, wanted):
    rng = np.random.default_rng(3)
    down = np.linspace(0.8, 1.2, SHAPE[0])[:, None]
    images = np.array([50.0, 180.0, 200.0])[:, None, None] * down * np.ones(SHAPE)
    noisy = images + rng.normal(0.0, 200.0 / wanted, images.shape)
    found = measure.snr(noisy, np.array([100.0, 3000.0, 4000.0]), heart.inner_wall)
    assert found == pytest.approx(wanted, rel=0.08)


def test_an_even_slope_has_one_gradient_and_no_texture_at_the_finest_scale(measure, heart):
    image = 100.0 + np.arange(SHAPE[1])[None, :] * np.ones(SHAPE)
    gradient = measure.gradient_per_mm(image, heart)
    np.testing.assert_allclose(gradient, 2.0 / np.median(image[heart.whole]), rtol=1e-6)
    local = measure.local_variation(image, heart.wall, heart.spacing_mm)
    assert (np.diff(local) > 0).all()
    assert local[0] < 0.01


def test_local_variation_never_sees_what_lies_beside_the_wall(measure, heart):
    image = np.where(heart.wall, 10.0, 500.0)
    np.testing.assert_allclose(measure.local_variation(image, heart.wall, heart.spacing_mm), 0.0, atol=1e-6)


def test_the_power_of_a_wave_lies_in_its_band(measure, heart):
    columns = np.arange(SHAPE[1]) * heart.spacing_mm
    image = np.ones((SHAPE[0], 1)) * (10.0 + np.cos(2 * np.pi * 0.1 * columns))
    bands = np.array([0.03, 0.06, 0.09, 0.12, 0.2])
    assert int(np.argmax(measure.power_spectrum(image, heart, bands))) == 2


def test_a_power_law_gives_its_exponent_back(measure):
    bands = np.geomspace(0.02, 0.2, 9)
    middle = np.sqrt(bands[1:] * bands[:-1])
    assert measure.slope(bands, middle**-3.0) == pytest.approx(-3.0)


def test_a_row_is_inside_by_its_median_and_wider_by_both_its_ends(table):
    (row,) = (row for row in table.ROWS if row.key == "snr")
    low, high = row.real
    nothing = dict.fromkeys((each.key for each in table.ROWS), 0.0)

    def judged(values):
        cases = [table.Case(nothing | {"snr": value}, "ShMOLLI", native=True) for value in values]
        (line,) = (line for line in table.summary(cases) if line["key"] == "snr")
        return line["inside"], line["wider"]

    assert judged(np.linspace(low - 10, high + 10, 21)) == (True, True)
    assert judged(np.linspace(low + 1, high - 1, 21)) == (True, False)
    assert judged(np.linspace(high, high + 50, 21)) == (False, False)


def test_rows_of_another_scheme_or_without_contrast_agent_stay_empty(table):
    case = table.Case(dict.fromkeys((row.key for row in table.ROWS), 1.0), "ShMOLLI", native=True)
    filled = {row for row, line in zip(table.ROWS, table.summary([case] * 9), strict=True) if line["quantiles"]}
    assert filled == {row for row in table.ROWS if row.schedule in ("", "ShMOLLI") and row.native is not False}
    assert {row.key for row in set(table.ROWS) - filled} >= {"signal_1", "signal_2", "signal_6", "blood_2", "t1_ms"}


@pytest.mark.parametrize(
    ("value", "unit", "words"), [(0.034, "%", "3.4"), (0.34, "%", "34"), (0.99876, "R²", "0.9988"), (6.61, "", "6.6")]
)
def test_numbers_are_written_as_people_read_them(table, value, unit, words):
    assert table.written(value, unit) == words
    assert table.written_range([value] * 3, unit) == words


def test_the_command_measures_draws_and_writes_its_page(tmp_path):
    page = tmp_path / "realism.md"
    command = [sys.executable, BENCHMARKS / "realism.py", "--cases", "5", "--preset", "hcmr"]
    files = ["--page", page, "--figures", tmp_path, "--json", tmp_path / "numbers.json"]
    done = subprocess.run([*command, *files], capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    assert "| myocardial T1, ms |" in page.read_text(encoding="utf-8")
    written = {path.name for path in tmp_path.iterdir()}
    assert written == {"realism.md", "numbers.json", "realism-side-by-side.png", "realism-distributions.png"}
