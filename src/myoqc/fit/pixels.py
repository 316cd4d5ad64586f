"""Curves of pixels, by any method and engine."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from myoqc.errors import InputError
from myoqc.extras import available, require
from myoqc.fit import plain
from myoqc.fit.curve import Curves
from myoqc.fit.methods import Method
from myoqc.fit.polarity import leading_negative
from myoqc.fit.recovery import Basis, Engine, fit_curves
from myoqc.fit.shmolli import conditional
from myoqc.schedules import Preparation

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
IndexArray = NDArray[np.intp]

ENGINES = ("auto", "numpy", "numba")


def fit_pixels(
    times_ms: FloatArray, signal: FloatArray, method: Method, *, negative: BoolArray | None = None, engine: str = "auto"
) -> Curves:
    """The curves of ``signal`` (n p), magnitudes at the rising ``times_ms`` (n).

    ``negative`` (n p) marks the samples that the phase tells to be negative; without it the polarity is searched.
    ``engine`` as in :func:`myoqc.fit.fit_maps`. Raises InputError for an unknown engine.
    """
    steps = _engine(engine)
    scale = float(np.max(signal, initial=0.0)) or 1.0
    signal = signal / scale  # single precision serves at any scale of the images

    def fit_samples(pixels: IndexArray, samples: IndexArray, first_negative: bool) -> Curves:
        basis = Basis.over(times_ms[samples], method.shortest_ms, free_start=method.free_start)
        part = _chosen(signal, samples, pixels)
        signs = np.ones((1, len(part)))
        if negative is not None:
            flipped = _chosen(negative, samples, pixels)
            flipped[0] |= first_negative
            part = np.where(flipped, -part, part)
        elif method.preparation is Preparation.INVERSION:
            signs = leading_negative(len(part), fewest=int(first_negative))
        return fit_curves(steps, basis, part, signs, look_locker=method.look_locker)

    if method.name == "shmolli":
        return conditional(times_ms, signal.shape[1], fit_samples).scaled(scale)
    return fit_samples(np.arange(signal.shape[1]), np.arange(len(times_ms)), False).scaled(scale)


def _chosen(values: NDArray[Any], samples: IndexArray, pixels: IndexArray) -> NDArray[Any]:
    """A copy of some samples of some pixels; taking rows alone is much faster."""
    return values[samples] if len(pixels) == values.shape[1] else values[np.ix_(samples, pixels)]


def _engine(name: str) -> Engine:
    if name not in ENGINES:
        raise InputError(f"unknown engine {name!r}", expected=", ".join(ENGINES))
    if name == "numpy" or (name == "auto" and not available("fast")):
        return plain
    require("fast")
    from myoqc.fit import compiled

    return compiled
