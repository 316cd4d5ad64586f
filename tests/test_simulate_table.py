"""The table of complex signals: against the direct simulation, over off-resonance, for fat and for blood."""

import numpy as np
import pytest
from numpy.typing import NDArray

from myoqc.errors import GeometryError
from myoqc.schedules import KNOWN, SHMOLLI, by_name
from myoqc.simulate.physics.readout import USUAL_READOUT, Readout
from myoqc.simulate.physics.signal import complex_signals
from myoqc.simulate.physics.table import SignalTable, signal_table, tissue_signals
from myoqc.simulate.physics.timing import Timing, draw_timing, timing
from myoqc.simulate.physics.tissues import Tissue, lines_at
from myoqc.simulate.physics.values import TissueValues, draw_tissues

LINE = timing(SHMOLLI, [900.0] * 9)
WATER = [tissue for tissue in Tissue if tissue not in (Tissue.GAS, Tissue.STOMACH_FLUID)]


def values(field_t: float = 1.5, seed: int = 0) -> TissueValues:
    return draw_tissues(np.random.default_rng(seed), field_t)


def table(
    field_t: float = 1.5, line: Timing = LINE, inflow: float = 0.0, readout: Readout = USUAL_READOUT
) -> SignalTable:
    return signal_table(values(field_t), line, readout, flip_scale=0.95, inflow=inflow)


def looked_up(of: SignalTable, off_hz: NDArray[np.float64]) -> NDArray[np.complex128]:
    """(tissue n t) by linear interpolation."""
    place = np.interp(off_hz, of.off_resonance_hz, np.arange(len(of.off_resonance_hz)))
    below = np.floor(place).astype(int)
    share = (place - below)[None, :, None]
    return np.asarray((1.0 - share) * of.signal[:, below] + share * of.signal[:, below + 1])


def directly(field_t: float, line: Timing, off_hz: NDArray[np.float64], inflow: float) -> NDArray[np.complex128]:
    return tissue_signals(values(field_t), line, off_hz, USUAL_READOUT, flip_scale=0.95, inflow=inflow)


@pytest.mark.parametrize("field_t", [1.5, 3.0])
@pytest.mark.parametrize("schedule", [*KNOWN, by_name("SASHA", 10)], ids=lambda schedule: schedule.name)
def test_the_table_is_the_direct_simulation_to_less_than_one_per_cent(field_t: float, schedule: object) -> None:
    line = draw_timing(np.random.default_rng(3), schedule)  # type: ignore[arg-type]
    off_hz = np.random.default_rng(4).uniform(-450.0, 450.0, 1500)
    made, exact = looked_up(table(field_t, line, inflow=0.3), off_hz), directly(field_t, line, off_hz, 0.3)
    error = np.abs(made - exact).max(axis=(1, 2)) / np.maximum(np.abs(exact).max(axis=(1, 2)), 1e-9)
    assert error[WATER].max() < 0.01
    # Its long T2 makes the edges of the bands sharper.
    assert error[Tissue.STOMACH_FLUID] < 0.025


def test_at_the_nodes_the_table_is_the_direct_simulation_itself() -> None:
    made = table(3.0)
    np.testing.assert_allclose(made.signal, directly(3.0, LINE, made.off_resonance_hz, 0.0), atol=1e-6)


def test_the_nodes_are_even_and_reach_beyond_the_first_bands_on_both_sides() -> None:
    nodes_hz = table().off_resonance_hz
    np.testing.assert_allclose(np.diff(nodes_hz), np.diff(nodes_hz)[0])
    np.testing.assert_allclose(nodes_hz, -nodes_hz[::-1])
    assert nodes_hz[-1] >= 1.2 / 0.0026


def test_another_tr_moves_the_bands() -> None:
    for tr_ms in (2.6, 3.2):
        made = table(readout=Readout(tr_ms=tr_ms))
        last = np.abs(made.signal[Tissue.MYOCARDIUM, :, 4])
        near = np.abs(made.off_resonance_hz) < 0.7 * 1000.0 / tr_ms
        darkest_hz = np.abs(made.off_resonance_hz[near][np.argmin(last[near])])
        assert darkest_hz == pytest.approx(500.0 / tr_ms, rel=0.1)


@pytest.mark.parametrize("field_t", [1.5, 3.0])
def test_recovered_fat_is_opposed_to_recovered_water(field_t: float) -> None:
    made = looked_up(table(field_t), np.zeros(1))[:, 0, 4]
    against = made[Tissue.FAT] * made[Tissue.MUSCLE].conj()
    assert against.real < -0.3 * abs(against)


def test_the_signal_of_fat_is_the_sum_of_its_lines() -> None:
    drawn, lines = values(1.5), lines_at(1.5)
    mine = lines.tissue == Tissue.FAT
    of_line = complex_signals(
        np.full(6, drawn.t1_ms[Tissue.FAT]),
        np.full(6, drawn.t2_ms[Tissue.FAT]),
        LINE,
        off_resonance_hz=40.0 + lines.shift_hz[mine],
        flip_scale=0.95,
    )
    summed = drawn.density[Tissue.FAT] * np.einsum("l,lt->t", lines.share[mine], of_line)
    np.testing.assert_allclose(directly(1.5, LINE, np.array([40.0]), 0.0)[Tissue.FAT, 0], summed, atol=1e-12)


def test_inflow_changes_blood_and_nothing_else() -> None:
    still, flowing = table(inflow=0.0).signal, table(inflow=0.6).signal
    others = np.arange(len(Tissue)) != Tissue.BLOOD
    np.testing.assert_array_equal(still[others], flowing[others])
    assert np.abs(still[Tissue.BLOOD] - flowing[Tissue.BLOOD]).max() > 0.02


def test_gas_has_no_signal() -> None:
    assert not table().signal[Tissue.GAS].any()


def test_the_signal_is_proportional_to_the_density() -> None:
    drawn = values()
    dense = TissueValues(drawn.t1_ms, drawn.t2_ms, 2.0 * drawn.density, drawn.field_t)
    doubled = signal_table(dense, LINE, USUAL_READOUT, flip_scale=0.95, inflow=0.0)
    np.testing.assert_allclose(doubled.signal, 2.0 * table().signal, rtol=1e-6)


def test_nothing_of_a_table_can_be_changed() -> None:
    made = table()
    for array in (made.off_resonance_hz, made.signal):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1


def test_a_table_of_another_shape_is_refused() -> None:
    with pytest.raises(GeometryError, match=r"a table of signals has the wrong shape; expected \(13 5 t\)"):
        SignalTable(np.arange(5.0), np.zeros((13, 4, 7), dtype=np.complex64))
