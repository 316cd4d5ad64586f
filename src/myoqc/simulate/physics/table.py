"""Signal of every tissue of one case over off-resonance: what the pixels of its images look up."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from myoqc.errors import GeometryError
from myoqc.records.arrays import frozen
from myoqc.simulate.physics.readout import Readout
from myoqc.simulate.physics.signal import complex_signals
from myoqc.simulate.physics.timing import Timing
from myoqc.simulate.physics.tissues import Tissue, lines_at
from myoqc.simulate.physics.values import TissueValues

FloatArray = NDArray[np.float64]

NODES_PER_PERIOD = 512
REACH_PERIODS = 1.2
"""Off-resonance that the table reaches on both sides: beyond the first dark bands and those next to them."""


@dataclass(frozen=True, slots=True, eq=False)
class SignalTable:
    """Complex signal of each tissue in each image, density included; between two nodes it is interpolated linearly."""

    off_resonance_hz: FloatArray
    """(k) of the water in a pixel, evenly spaced about 0."""
    signal: NDArray[np.complex64]
    """(tissue k t) in units of the equilibrium of blood's density 1."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "off_resonance_hz", frozen(self.off_resonance_hz, np.float64, "k", "off_resonance_hz"))
        signal = np.array(self.signal, dtype=np.complex64)
        if signal.ndim != 3 or signal.shape[:2] != (len(Tissue), len(self.off_resonance_hz)):
            raise GeometryError(
                "a table of signals has the wrong shape",
                expected=f"({len(Tissue)} {len(self.off_resonance_hz)} t)",
                found=signal.shape,
            )
        signal.flags.writeable = False
        object.__setattr__(self, "signal", signal)


def signal_table(
    values: TissueValues, timing: Timing, readout: Readout, *, flip_scale: float, inflow: float
) -> SignalTable:
    """The table of one case: Bloch simulation of every tissue at every node, heartbeats and B1 as they are.

    The magnetisation repeats over off-resonance with 1/TR, so one period is simulated; the echo's own phase tells the
    periods apart. ``inflow``, of blood alone, as in
    :func:`~myoqc.simulate.physics.signal.complex_signals`. Off resonance by up to 1.2/TR, linear interpolation between
    the nodes errs by less than 0.5 % of a tissue's brightest signal, at the dark bands; by 1 % in blood and 2 % in the
    stomach's fluid, whose long T2 makes the bands sharper (``benchmarks/calibration.py``).
    """
    reach = int(np.ceil(REACH_PERIODS * NODES_PER_PERIOD))
    number = np.arange(-reach, reach + 1)
    node_hz = np.asarray(number * (readout.period_hz / NODES_PER_PERIOD))
    period_hz = node_hz[reach : reach + NODES_PER_PERIOD]
    signal = tissue_signals(values, timing, period_hz, readout, flip_scale=flip_scale, inflow=inflow)
    periods = number // NODES_PER_PERIOD
    echo_phase = np.exp(2j * np.pi * periods * readout.te_ms / readout.tr_ms)
    spread = signal[:, number % NODES_PER_PERIOD] * echo_phase[:, None]
    return SignalTable(node_hz, spread)


def tissue_signals(
    values: TissueValues,
    timing: Timing,
    off_resonance_hz: FloatArray,
    readout: Readout,
    *,
    flip_scale: float,
    inflow: float,
) -> NDArray[np.complex128]:
    """Complex signal (tissue k t), density included, at frequencies of water (k): the sum over each tissue's lines."""
    lines = lines_at(values.field_t)
    of_line = complex_signals(
        values.t1_ms[lines.tissue, None],
        values.t2_ms[lines.tissue, None],
        timing,
        off_resonance_hz=off_resonance_hz + lines.shift_hz[:, None],
        flip_scale=flip_scale,
        inflow=np.where(lines.tissue == Tissue.BLOOD, inflow, 0.0)[:, None],
        readout=readout,
    )
    signal = np.zeros((len(Tissue), *of_line.shape[1:]), dtype=np.complex128)
    np.add.at(signal, lines.tissue, (values.density[lines.tissue] * lines.share)[:, None, None] * of_line)
    return signal
