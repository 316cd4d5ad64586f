"""The field over a slice: as uneven over the heart as in patients, and dark bands where they were asked for."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from myoqc.errors import InputError
from myoqc.schedules import SHMOLLI
from myoqc.simulate.compose import compose
from myoqc.simulate.imaging.bands import BAND_HZ
from myoqc.simulate.imaging.off_resonance import MOST_HZ, MOST_ON_WALL_HZ, draw_off_resonance, off_resonance_hz
from myoqc.simulate.imaging.susceptibility import AIR_PPM, field_ppm
from myoqc.simulate.physics.readout import USUAL_READOUT
from myoqc.simulate.physics.table import SignalTable, signal_table
from myoqc.simulate.physics.timing import timing
from myoqc.simulate.physics.tissues import Tissue
from myoqc.simulate.physics.values import draw_tissues
from myoqc.simulate.scene import Canvas, Part, Scene
from plain_scene import CANVAS, HEART_MM, plain_scene

SEEDS = st.integers(0, 2**31)
SCENE = plain_scene()
NEAR_BAND_HZ = 40.0


def drawn_hz(seed: int, field_t: float = 3.0, *, band: bool = False, across_heart: bool = False) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return off_resonance_hz(draw_off_resonance(rng, SCENE, field_t, band=band, across_heart=across_heart), SCENE)


def from_band_hz(frequency: np.ndarray) -> np.ndarray:
    return np.abs(np.abs(frequency) - BAND_HZ)


def native_table() -> SignalTable:
    values = draw_tissues(np.random.default_rng(0), 3.0)
    return signal_table(values, timing(SHMOLLI, [900.0] * 9), USUAL_READOUT, flip_scale=1.0, inflow=0.0)


@pytest.mark.parametrize(("field_t", "mean_hz", "sd_hz"), [(1.5, 62.0, 16.0), (3.0, 125.0, 41.0)])
def test_the_range_over_the_heart_is_the_published_one(field_t: float, mean_hz: float, sd_hz: float) -> None:
    heart = SCENE.parts[Part.HEART] > 0.5
    ranges = [np.ptp(np.percentile(drawn_hz(seed, field_t)[heart], [1, 99])) for seed in range(60)]
    assert np.mean(ranges) == pytest.approx(mean_hz, rel=0.12)
    assert np.std(ranges) == pytest.approx(sd_hz, rel=0.35)


@settings(max_examples=25, deadline=None)
@given(seed=SEEDS, field_t=st.sampled_from([1.5, 3.0]), band=st.booleans())
def test_no_band_touches_the_wall_unless_it_is_put_there(seed: int, field_t: float, band: bool) -> None:
    wall = SCENE.wall > 0.0
    assert from_band_hz(drawn_hz(seed, field_t, band=band)[wall]).min() > NEAR_BAND_HZ


@settings(max_examples=15, deadline=None)
@given(seed=SEEDS, field_t=st.sampled_from([1.5, 3.0]))
def test_a_band_beside_the_heart_lies_near_it(seed: int, field_t: float) -> None:
    away_mm = np.hypot(CANVAS.axis_mm(0)[:, None] - HEART_MM[0], CANVAS.axis_mm(1) - HEART_MM[1]) - 32.0
    frequency = drawn_hz(seed, field_t, band=True)
    around = (away_mm > 0.0) & (away_mm < 25.0)
    assert from_band_hz(frequency[around]).min() < NEAR_BAND_HZ


@settings(max_examples=15, deadline=None)
@given(seed=SEEDS, field_t=st.sampled_from([1.5, 3.0]))
def test_a_band_across_the_heart_crosses_its_wall(seed: int, field_t: float) -> None:
    frequency = np.abs(drawn_hz(seed, field_t, across_heart=True)[SCENE.wall > 0.5])
    assert frequency.min() < BAND_HZ < frequency.max()


def test_around_the_frequency_of_a_band_the_image_has_dark_lines_and_elsewhere_none() -> None:
    liver = SCENE.shares[Tissue.LIVER] == 1.0
    across = np.linspace(-260.0, 260.0, int(liver.sum()), dtype=np.float32)
    frequency = np.zeros(CANVAS.shape, dtype=np.float32)
    on_resonance = np.abs(compose(SCENE, native_table(), frequency)[3][liver])
    frequency[liver] = across
    relative = np.abs(compose(SCENE, native_table(), frequency)[3][liver]) / on_resonance
    assert relative[from_band_hz(across) < 45.0].min() < 0.4
    assert relative[np.abs(across) < MOST_ON_WALL_HZ].min() > 0.9


def test_the_field_of_a_gas_bubble_is_a_dipole_outside_and_follows_the_main_field() -> None:
    canvas = Canvas((128, 128), 2.0)
    y, x = np.meshgrid(canvas.axis_mm(0), canvas.axis_mm(1), indexing="ij")
    radius_mm = np.hypot(y, x)
    shares = np.zeros((len(Tissue), *canvas.shape), dtype=np.float32)
    shares[Tissue.GAS] = radius_mm < 16.0
    shares[Tissue.LIVER] = radius_mm >= 16.0
    plain = plain_scene(canvas)
    bubble = Scene(canvas, shares, plain.texture, plain.parts, plain.wall, plain.endo_mm, plain.epi_mm, *[HEART_MM] * 2)
    field = field_ppm(bubble, np.array([1.0, 0.0]))
    # A cylinder across the main field: Δχ/2 · (a/r)² · cos 2θ outside, θ from the direction of the field.
    cos2 = (y**2 - x**2) / radius_mm**2
    outside = (radius_mm > 24.0) & (radius_mm < 60.0)
    expected = AIR_PPM / 2 * (16.0 / radius_mm) ** 2 * cos2
    difference = (field - field[outside].mean() - expected)[outside]
    assert np.abs(difference).max() < 0.15 * AIR_PPM / 2 * (16 / 24) ** 2


def test_frequencies_stay_within_the_table_of_signals() -> None:
    most = max(np.abs(drawn_hz(seed, 3.0, across_heart=True)).max() for seed in range(5))
    assert most <= MOST_HZ <= native_table().off_resonance_hz[-1]


def test_a_drawn_field_is_the_same_whenever_it_is_made() -> None:
    drawn = draw_off_resonance(np.random.default_rng(5), SCENE, 1.5, band=True)
    assert off_resonance_hz(drawn, SCENE).tobytes() == off_resonance_hz(drawn, SCENE).tobytes()


def test_a_field_strength_without_values_is_refused() -> None:
    with pytest.raises(InputError, match=r"field strength; expected 1\.5 T or 3 T; found 7 T"):
        draw_off_resonance(np.random.default_rng(0), SCENE, 7.0)
