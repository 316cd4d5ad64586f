"""From the images of one slice to its parameter maps."""

import numpy as np
from numpy.typing import NDArray

from myoqc.errors import InputError
from myoqc.fit.curve import R2_DEFINITION, Curves
from myoqc.fit.methods import Method, choose
from myoqc.fit.pixels import fit_pixels
from myoqc.fit.polarity import from_phase
from myoqc.records import Acquisition, ParameterMap
from myoqc.schedules import Preparation

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

READOUT_CORRECTION = (0.5, 2.0)
"""What the factor on T1 may be."""
LEAST_SIGNAL = 10.0
"""Mean signal, in the scanner's 12-bit units, below which the scanner does not fit a pixel."""
LEAST_SHARE_OF_BRIGHTEST = 0.02
"""For images of another scale: the share of the 99.9th percentile of the mean image, where that is less than 10."""


def fit_maps(
    acquisition: Acquisition, method: str = "auto", *, engine: str = "auto", readout_correction: float = 1.0
) -> ParameterMap:
    """T1, T1*, A, B, R², the standard deviation of T1 and the samples used, for every pixel that can be fitted.

    ``method``: 'shmolli' (conditional, 5 to 7 samples), 'molli' (3 parameters, all samples), 'sasha3', 'sasha2', or
    'auto' by the schedule. Polarity comes from the phase where there is one and is searched otherwise. ``engine``:
    'numba' (optional part 'fast'), 'numpy', or 'auto', the faster one that is installed; T1 is the same to 0.001 ms.
    ``readout_correction`` multiplies T1 and its standard deviation (some vendors: 1.0365). Pixels that can't be fitted
    are NaN. R² is the squared Pearson correlation of |fit| and |signal| over the samples used, as the scanner's; other
    tools report 1 − SSE/SST, which differs. Raises InputError for an unknown method, one that the schedule denies,
    or a factor that can't be meant.
    """
    if not READOUT_CORRECTION[0] <= readout_correction <= READOUT_CORRECTION[1]:
        raise InputError(
            "this is no factor for the readout",
            expected=f"{READOUT_CORRECTION[0]:g} to {READOUT_CORRECTION[1]:g}",
            found=readout_correction,
        )
    chosen = choose(acquisition, method)
    order = np.argsort(acquisition.ti_ms, kind="stable")
    stack = acquisition.images[order].reshape(len(order), -1).astype(np.float64)
    pixels = np.flatnonzero(_fittable(stack))
    signal = stack if len(pixels) == stack.shape[1] else stack[:, pixels]
    times_ms = acquisition.ti_ms[order]
    if acquisition.phase_rad is None or chosen.preparation is Preparation.SATURATION:
        curves = fit_pixels(times_ms, signal, chosen, engine=engine)
    else:
        phase_rad = acquisition.phase_rad[order].reshape(len(order), -1)[:, pixels].astype(np.float64)
        curves = _with_phase(times_ms, signal, phase_rad, chosen, engine)
    return _to_map(curves, pixels, acquisition, chosen, readout_correction)


def _with_phase(times_ms: FloatArray, signal: FloatArray, phase_rad: FloatArray, method: Method, engine: str) -> Curves:
    """Curves with the polarity from the phase; searched where a pixel's phase is not known (NaN)."""
    curves = fit_pixels(times_ms, signal, method, negative=from_phase(phase_rad), engine=engine)
    unknown = np.flatnonzero(np.isnan(phase_rad).any(axis=0))
    if not len(unknown):
        return curves
    return curves.put(fit_pixels(times_ms, signal[:, unknown], method, engine=engine), unknown)


def _fittable(stack: FloatArray) -> BoolArray:
    """(p) pixels whose samples are numbers, not all the same, and bright enough."""
    mean = stack.mean(axis=0)
    finite = np.isfinite(mean)
    if not finite.any():
        return np.zeros(len(mean), dtype=bool)
    least = min(LEAST_SIGNAL, LEAST_SHARE_OF_BRIGHTEST * np.percentile(mean[finite], 99.9))
    same = (stack == stack[0]).all(axis=0)
    return np.asarray(finite & ~same & (np.where(finite, mean, 0.0) >= least))


def _to_map(
    curves: Curves, pixels: NDArray[np.intp], acquisition: Acquisition, method: Method, readout_correction: float
) -> ParameterMap:
    """The curves of some pixels as maps (y x)."""
    shape = acquisition.grid.shape

    def spread(values: FloatArray) -> FloatArray:
        image = np.full(shape[0] * shape[1], np.nan)
        image[pixels] = values
        return image.reshape(shape)

    samples = np.zeros(shape, dtype=np.uint8)
    samples.flat[pixels] = curves.samples
    return ParameterMap(
        t1_ms=spread(curves.t1_ms * readout_correction),
        grid=acquisition.grid,
        r2=spread(curves.r2),
        t1_sd_ms=spread(curves.t1_sd_ms * readout_correction),
        t1_star_ms=spread(curves.t1_star_ms),
        a=spread(curves.a),
        b=spread(curves.b),
        samples_used=samples,
        method=method.name,
        r2_definition=R2_DEFINITION,
        readout_correction=readout_correction,
    )
