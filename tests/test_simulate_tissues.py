"""Tissue values of patients: their spread, a contrast agent, and what the fit makes of the myocardium."""

import numpy as np
import pytest
from numpy.typing import NDArray

from myoqc.errors import InputError
from myoqc.fit import METHODS, fit_pixels
from myoqc.schedules import SHMOLLI, by_name
from myoqc.simulate.physics.readout import draw_flip_scale
from myoqc.simulate.physics.signal import complex_signals
from myoqc.simulate.physics.timing import Timing, draw_timing, timing
from myoqc.simulate.physics.tissues import Tissue, lines_at, tissues_at
from myoqc.simulate.physics.values import CONTRAST_MMOL_L, TissueValues, draw_tissues


def patients(field_t: float, n: int, contrast_mmol_l: float = 0.0) -> list[TissueValues]:
    return [draw_tissues(np.random.default_rng(seed), field_t, contrast_mmol_l=contrast_mmol_l) for seed in range(n)]


def fitted_ms(
    field_t: float, n: int, name: str, contrast_mmol_l: float = 0.0, tissue: Tissue = Tissue.MYOCARDIUM
) -> NDArray[np.float64]:
    """T1 (n) that a clean fit shows in patients with hearts, B1 and shims of their own."""
    schedule = SHMOLLI if name == "shmolli" else by_name("MOLLI 5(3)3", 8)
    shown = []
    for seed, drawn in enumerate(patients(field_t, n, contrast_mmol_l)):
        rng = np.random.default_rng([9, seed])
        line, off_hz = draw_timing(rng, schedule), rng.normal(0.0, 25.0, 6)
        seen = complex_signals(
            drawn.t1_ms[tissue],
            drawn.t2_ms[tissue],
            line,
            off_resonance_hz=off_hz,
            flip_scale=draw_flip_scale(rng, field_t),
        )
        shown.append(shown_ms(line, seen, name).mean())
    return np.array(shown)


def shown_ms(line: Timing, seen: NDArray[np.complex128], name: str) -> NDArray[np.float64]:
    """T1 (p) that the fit called ``name`` makes of complex signals (p t)."""
    signal = seen.T[np.argsort(line.ti_ms)]
    negative = (signal * signal[-1].conj()).real < 0.0
    return fit_pixels(np.sort(line.ti_ms), np.abs(signal), METHODS[name], negative=negative).t1_ms


@pytest.mark.parametrize(("field_t", "mean_ms", "spread_ms"), [(1.5, 962.0, 25.0), (3.0, 1166.0, 60.0)])
def test_shmolli_shows_the_published_t1_of_the_myocardium(field_t: float, mean_ms: float, spread_ms: float) -> None:
    """The underlying T1 is longer: inversion and readout make the method underestimate it."""
    shown = fitted_ms(field_t, 150, "shmolli")
    assert shown.mean() == pytest.approx(mean_ms, abs=3.0 * spread_ms / np.sqrt(150))
    assert shown.std() == pytest.approx(spread_ms, rel=0.2)
    assert shown.mean() < 0.92 * tissues_at(field_t)[Tissue.MYOCARDIUM].t1_ms


@pytest.mark.parametrize("field_t", [1.5, 3.0])
def test_a_contrast_agent_brings_the_myocardium_to_its_usual_t1_and_blood_below_it(field_t: float) -> None:
    for contrast_mmol_l in CONTRAST_MMOL_L:
        muscle = fitted_ms(field_t, 15, "molli", contrast_mmol_l).mean()
        scar, blood = (
            fitted_ms(field_t, 15, "molli", contrast_mmol_l, tissue).mean() for tissue in (Tissue.SCAR, Tissue.BLOOD)
        )
        assert 420.0 < muscle < 690.0
        assert blood < scar < muscle


def test_native_blood_is_longer_than_muscle() -> None:
    assert fitted_ms(1.5, 15, "molli", tissue=Tissue.BLOOD).min() > fitted_ms(1.5, 15, "molli").max()


def test_the_agent_adds_its_rate_in_proportion_to_its_concentration() -> None:
    rates = [1000.0 / patients(1.5, 1, contrast)[0].t1_ms for contrast in (0.0, 0.5, 1.0)]
    np.testing.assert_allclose(rates[2] - rates[0], 2.0 * (rates[1] - rates[0]))
    # Gadoteridol at 1.5 T, 3.80 l/(mmol s), in the 26 % of the myocardium outside its cells and in its plasma.
    assert (rates[2] - rates[0])[Tissue.MYOCARDIUM] == pytest.approx(3.80 * 0.26, rel=0.25)
    assert (rates[2] - rates[0])[Tissue.STOMACH_FLUID] == 0.0


def test_the_same_patient_has_the_same_values_and_the_agent_changes_t1_alone() -> None:
    native, again, enhanced = patients(1.5, 1)[0], patients(1.5, 1)[0], patients(1.5, 1, 1.0)[0]
    for name in ("t1_ms", "t2_ms", "density"):
        np.testing.assert_array_equal(getattr(native, name), getattr(again, name))
    np.testing.assert_array_equal(native.t2_ms, enhanced.t2_ms)
    np.testing.assert_array_equal(native.density, enhanced.density)
    assert (enhanced.t1_ms[[Tissue.MYOCARDIUM, Tissue.BLOOD]] < native.t1_ms[[Tissue.MYOCARDIUM, Tissue.BLOOD]]).all()


def test_patients_scatter_about_the_table_and_their_tissues_go_together() -> None:
    drawn = np.array([one.t1_ms for one in patients(3.0, 500)])
    table_ms = np.array([tissues_at(3.0)[tissue].t1_ms for tissue in Tissue])
    np.testing.assert_allclose(drawn.mean(axis=0), table_ms, rtol=0.02)
    together = np.corrcoef(drawn[:, [Tissue.MYOCARDIUM, Tissue.BLOOD, Tissue.SCAR]].T)
    assert 0.15 < together[0, 1] < 0.45
    assert together[0, 2] > 0.6


def test_every_value_has_the_spread_that_it_is_drawn_with() -> None:
    drawn = patients(1.5, 500)
    for name, tissue, spread in (
        ("t1_ms", Tissue.MYOCARDIUM, 0.026),
        ("t1_ms", Tissue.LUNG, 0.14),
        ("t2_ms", Tissue.MYOCARDIUM, 0.055),
        ("density", Tissue.LIVER, 0.03),
    ):
        values = np.array([getattr(one, name)[tissue] for one in drawn])
        assert values.std() / values.mean() == pytest.approx(spread, rel=0.12)


@pytest.mark.parametrize(
    ("field_t", "off_hz", "least_ms", "most_ms"), [(1.5, 62.0, 10.0, 30.0), (3.0, 100.0, 40.0, 90.0)]
)
def test_off_resonance_lowers_the_fitted_t1_as_it_does_in_hearts(
    field_t: float, off_hz: float, least_ms: float, most_ms: float
) -> None:
    """20 to over 50 ms over a heart [Kellman2013b]."""
    muscle = tissues_at(field_t)[Tissue.MYOCARDIUM]
    line = timing(by_name("MOLLI 5(3)3", 8), [900.0] * 10)
    seen = complex_signals(muscle.t1_ms, muscle.t2_ms, line, off_resonance_hz=[0.0, off_hz, -off_hz])
    on, above, below = shown_ms(line, seen, "molli")
    assert least_ms < on - above < most_ms
    assert above == pytest.approx(below)


def test_an_impossible_concentration_is_refused() -> None:
    with pytest.raises(InputError, match=r"no concentration of a contrast agent; expected 0 or more mmol/l; found -1"):
        draw_tissues(np.random.default_rng(0), 1.5, contrast_mmol_l=-1.0)


def test_an_unknown_field_strength_is_refused() -> None:
    with pytest.raises(InputError, match=r"no tissue values for this field strength; expected 1.5 T or 3 T; found 7 T"):
        tissues_at(7.0)


@pytest.mark.parametrize(("field_t", "shift_hz"), [(1.5, -217.1), (3.0, -434.3)])
def test_fat_alone_resonates_elsewhere(field_t: float, shift_hz: float) -> None:
    lines = lines_at(field_t)
    fat = lines.tissue == Tissue.FAT
    assert lines.shift_hz[fat][lines.share[fat].argmax()] == pytest.approx(shift_hz, abs=0.1)
    assert not lines.shift_hz[~fat].any()


def test_the_lines_of_a_tissue_make_up_its_signal() -> None:
    lines = lines_at(1.5)
    np.testing.assert_allclose(np.bincount(lines.tissue, lines.share), 1.0)


def test_nothing_of_a_patient_can_be_changed() -> None:
    drawn = patients(1.5, 1)[0]
    for array in (drawn.t1_ms, drawn.t2_ms, drawn.density):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1
