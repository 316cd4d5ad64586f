"""From the images of one slice to its parameter maps."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from myoqc.errors import InputError, InversionTimeError
from myoqc.extras import available, require
from myoqc.fit import shmolli
from myoqc.fit.curve import R2_DEFINITION, Curves, fit_curves
from myoqc.fit.polarity import from_phase, leading_negative
from myoqc.fit.recovery import Basis
from myoqc.records import Acquisition, ParameterMap
from myoqc.schedules import SHMOLLI, Preparation

FloatArray = NDArray[np.float64]
Fit = Callable[..., Curves]

LEAST_SIGNAL = 10.0
"""Mean signal, in the scanner's 12-bit units, below which the scanner does not fit a pixel."""
LEAST_SHARE_OF_BRIGHTEST = 0.02
"""The same for images of another scale: where 10 is more than this share of the 99.9th percentile, the share counts."""
SHORTEST_T1_STAR_MS = 60.0


@dataclass(frozen=True, slots=True)
class Method:
    """How a scheme is fitted: free A and B or A = B, and whether T1* is corrected for the readout."""

    name: str
    preparation: Preparation
    free_start: bool
    look_locker: bool
    shortest_ms: float = SHORTEST_T1_STAR_MS


METHODS = {
    method.name: method
    for method in (
        Method("shmolli", Preparation.INVERSION, True, True, shmolli.SHORTEST_T1_STAR_MS),
        Method("molli", Preparation.INVERSION, True, True),
        Method("sasha3", Preparation.SATURATION, True, False),
        Method("sasha2", Preparation.SATURATION, False, False),
    )
}
ENGINES = ("auto", "numpy", "numba")


def fit_maps(
    acquisition: Acquisition, method: str = "auto", *, engine: str = "auto", readout_correction: float = 1.0
) -> ParameterMap:
    """T1, T1*, A, B, R², the standard deviation of T1 and the samples used, for every pixel that can be fitted.

    ``method``: 'shmolli' (conditional, 5 to 7 samples), 'molli' (3 parameters, all samples), 'sasha3', 'sasha2', or
    'auto' by the schedule. Polarity comes from the phase where there is one and is searched otherwise. ``engine``:
    'numba' (optional part 'fast'), 'numpy', or 'auto', the faster one that is installed; they agree to 1e-4 ms.
    ``readout_correction`` multiplies T1 and its standard deviation (some vendors: 1.0365). Pixels that can't be fitted
    are NaN. R² is the squared Pearson correlation of |fit| and |signal| over the samples used, as the scanner's; other
    tools report 1 − SSE/SST, which differs. Raises InputError for an unknown method or one that the schedule denies.
    """
    chosen = _method(acquisition, method)
    order = np.argsort(acquisition.ti_ms, kind="stable")
    times_ms = acquisition.ti_ms[order]
    stack = acquisition.images[order].reshape(len(order), -1).astype(np.float64)
    pixels = np.flatnonzero(_fittable(stack))
    signal = stack[:, pixels]
    negative = None
    if acquisition.phase_rad is not None and chosen.preparation is Preparation.INVERSION:
        negative = from_phase(acquisition.phase_rad[order].reshape(len(order), -1)[:, pixels].astype(np.float64)) < 0
    curves = _fit(chosen, times_ms, signal, negative, _engine(engine))
    return _to_map(curves, pixels, acquisition, chosen, readout_correction)


def _method(acquisition: Acquisition, name: str) -> Method:
    schedule = acquisition.schedule
    if name == "auto":
        by_preparation = {Preparation.INVERSION: "molli", Preparation.SATURATION: "sasha3"}
        name = "shmolli" if schedule == SHMOLLI else by_preparation[schedule.preparation]
    if name not in METHODS:
        raise InputError(f"unknown fit method {name!r}", expected=f"auto, {', '.join(METHODS)}")
    method = METHODS[name]
    if method.preparation is not schedule.preparation:
        raise InputError(
            f"the fit '{name}' does not belong to this acquisition",
            expected=f"{method.preparation.value} recovery",
            found=f"{schedule.name} ({schedule.preparation.value} recovery)",
            remedy="Leave the method at 'auto'.",
        )
    if name == "shmolli" and schedule != SHMOLLI:
        raise InversionTimeError(
            "the fit 'shmolli' needs the seven images of ShMOLLI", found=schedule.name, remedy="Use 'molli' or 'auto'."
        )
    return method


def _engine(name: str) -> Fit:
    if name not in ENGINES:
        raise InputError(f"unknown engine {name!r}", expected=", ".join(ENGINES))
    if name == "numpy" or (name == "auto" and not available("fast")):
        return fit_curves
    require("fast")
    from myoqc.fit import compiled

    return compiled.fit_curves


def _fittable(stack: FloatArray) -> NDArray[np.bool_]:
    """(p) pixels whose samples are numbers, not all the same, and bright enough."""
    usable = np.isfinite(stack).all(axis=0)
    usable[usable] = np.ptp(stack[:, usable], axis=0) > 0
    if not usable.any():
        return usable
    least = min(LEAST_SIGNAL, LEAST_SHARE_OF_BRIGHTEST * np.percentile(stack[:, usable], 99.9))
    usable[usable] = stack[:, usable].mean(axis=0) >= least
    return usable


def _fit(
    method: Method, times_ms: FloatArray, signal: FloatArray, negative: NDArray[np.bool_] | None, fit: Fit
) -> Curves:
    """Curves of ``signal`` (n p); ``negative`` (n p) where the phase tells the polarity."""

    def fit_samples(pixels: NDArray[np.intp], samples: NDArray[np.intp], *, first_negative: bool) -> Curves:
        basis = Basis.over(times_ms[samples], method.shortest_ms, free_start=method.free_start)
        part = signal[np.ix_(samples, pixels)]
        signs = np.ones((1, len(samples)))
        if negative is not None:
            flipped = negative[np.ix_(samples, pixels)]
            flipped[0] |= first_negative
            part = np.where(flipped, -part, part)
        elif method.preparation is Preparation.INVERSION:
            signs = leading_negative(len(samples), fewest=int(first_negative))
        return fit(basis, part, signs, look_locker=method.look_locker)

    if method.name == "shmolli":
        return shmolli.conditional(
            times_ms,
            signal.shape[1],
            lambda pixels, samples: fit_samples(pixels, samples, first_negative=samples is shmolli.FIVE),
        )
    return fit_samples(np.arange(signal.shape[1]), np.arange(len(times_ms)), first_negative=False)


def _to_map(
    curves: Curves, pixels: NDArray[np.intp], acquisition: Acquisition, method: Method, readout_correction: float
) -> ParameterMap:
    """The curves of some pixels as maps (y x)."""
    shape = acquisition.grid.shape

    def spread(values: FloatArray) -> FloatArray:
        image = np.full(shape, np.nan)
        image.flat[pixels] = values
        return image

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
