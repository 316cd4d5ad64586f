"""The ways to fit S = A − B·exp(−TI/T1*) that are compared: myoqc, mrpro, scipy, each as its authors would use it."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib import import_module

import numpy as np
from fit_truth import RR_MS, Stack, all_polarities
from numpy.typing import NDArray
from scipy.optimize import OptimizeWarning, curve_fit

FloatArray = NDArray[np.float64]

DICTIONARY_T1_S, DICTIONARY_C = (0.1, 3.0, 100), (0.7, 1.0, 5)
"""First, last and number of values: T1 as in mrpro's own example; C = B/A − 1 that inversion and readout can give."""
DICTIONARY_BLOCK_PX = 2048


@dataclass(frozen=True, slots=True)
class Method:
    """One row of the table: what is run, on how many pixels, and which optimum it should reach."""

    label: str
    run: Callable[[Stack, slice], FloatArray]
    """From the stack, and the pixels to fit, to T1 (p)."""
    optimum: str
    """'molli' (every polarity), 'signed' (the true one) or 'shmolli' (the conditional rule)."""
    load: Callable[[], object] = bool
    """Imports what is needed, before memory is measured."""
    pixels: int | None = None
    """Number of pixels that are fitted and scaled up, the first ones (their values are random); None = all."""
    engine: str = ""


def methods(schedule: str, *, engines: list[str], mrpro: bool) -> list[Method]:
    """The rows for one schedule."""
    kinds = {"molli": "3 parameters"} | ({"shmolli": "conditional"} if schedule == "ShMOLLI" else {})
    load = partial(import_module, "myoqc.fit")
    rows = [
        Method(f"myoqc {engine}, {words}", partial(by_myoqc, engine=engine, method=kind), kind, load, engine=engine)
        for kind, words in kinds.items()
        for engine in engines
    ]
    if mrpro:
        rows.append(Method("mrpro, dictionary + LBFGS", by_mrpro, "signed", load_mrpro))
    rows.append(Method("scipy curve_fit, one start", by_curve_fit_once, "molli", pixels=1500))
    return [*rows, Method("scipy curve_fit, all polarities", by_curve_fit_everywhere, "molli", pixels=150)]


def by_myoqc(data: Stack, _: slice, *, engine: str, method: str) -> FloatArray:
    """T1 by the public call, from images to all seven maps, polarity unknown."""
    from myoqc import Acquisition, fit_maps

    images = data.magnitude.reshape(-1, *data.shape)
    acquisition = Acquisition.from_arrays(images, data.ti_ms, schedule=data.schedule, rr_ms=RR_MS)
    return fit_maps(acquisition, method, engine=engine).t1_ms.ravel().astype(np.float64)


# --- mrpro ------------------------------------------------------------------------------------------------------------


def load_mrpro() -> None:
    """Import mrpro beside a torchvision that was built for another torch.

    mrpro needs torchvision for a phantom only. The registry's build of it expects CUDA libraries and can't load its
    compiled operators beside a torch without CUDA; it then asks for two of them by name, and declaring these is enough.
    """
    import torch

    torch.set_num_threads(1)
    try:
        import torchvision  # noqa: F401
    except RuntimeError:
        operators = torch.library.Library("torchvision", "FRAGMENT")
        for name in ("nms", "qnms"):
            operators.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
        _KEPT.append(operators)
    import mrpro  # noqa: F401


_KEPT: list[object] = []
"""A torch library forgets its operators when it is collected."""


def by_mrpro(data: Stack, pixels: slice) -> FloatArray:
    """T1 by mrpro: the best entry of a dictionary as start, then LBFGS of all pixels at once, on signed samples.

    As in its examples: seconds, float32, LBFGS as it comes. In its favour: it is given the true polarity; each pixel is
    scaled to 1 (the p99 error is three times larger without); matching goes in blocks that stay in the cache; the
    squares are summed, since their mean over an image falls below the default tolerance, which ends the search at once.
    """
    import torch
    from mrpro.algorithms.optimizers import lbfgs
    from mrpro.operators import DictionaryMatchOp
    from mrpro.operators.functionals import MSE
    from mrpro.operators.models import MOLLI

    signed = (data.magnitude * data.signs)[:, pixels].astype(np.float32)
    samples = torch.from_numpy(signed)
    samples = samples / samples.abs().amax(dim=0)
    model = MOLLI(torch.from_numpy((data.ti_ms / 1e3).astype(np.float32)))
    dictionary = DictionaryMatchOp(model, index_of_scaling_parameter=0, batch_size=DICTIONARY_BLOCK_PX)
    dictionary.append(torch.ones(1), torch.linspace(*DICTIONARY_C)[:, None], torch.linspace(*DICTIONARY_T1_S)[None])
    loss = MSE(samples, divide_by_n=False) @ model
    _, _, t1_s = lbfgs(loss, dictionary(samples))
    return np.asarray(t1_s.numpy().astype(np.float64) * 1e3)


# --- scipy ------------------------------------------------------------------------------------------------------------


def _recovery(ti_ms: FloatArray, a: float, b: float, t1_star_ms: float) -> FloatArray:
    return a - b * np.exp(-ti_ms / t1_star_ms)


def _magnitude(ti_ms: FloatArray, a: float, b: float, t1_star_ms: float) -> FloatArray:
    return np.abs(_recovery(ti_ms, a, b, t1_star_ms))


def _curve_fit(model: Callable[..., FloatArray], ti_ms: FloatArray, samples: FloatArray) -> tuple[float, float]:
    """T1 and the sum of squares of one pixel, from one start: A = the last sample, B = 2 A, T1* = 1 s."""
    start = (abs(samples[-1]), 2 * abs(samples[-1]), 1000.0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", OptimizeWarning)
            (a, b, t1_star_ms), _ = curve_fit(model, ti_ms, samples, p0=start)
    except RuntimeError:
        return np.nan, np.inf
    return t1_star_ms * (b / a - 1), float(((samples - model(ti_ms, a, b, t1_star_ms)) ** 2).sum())


def by_curve_fit_once(data: Stack, pixels: slice) -> FloatArray:
    """T1 by ``scipy.optimize.curve_fit`` of |A − B·exp(−TI/T1*)|, pixel by pixel from one start."""
    with np.errstate(all="ignore"):
        return np.array([_curve_fit(_magnitude, data.ti_ms, pixel)[0] for pixel in data.magnitude.T[pixels]])


def by_curve_fit_everywhere(data: Stack, pixels: slice) -> FloatArray:
    """T1 by ``curve_fit`` of the signed curve, pixel by pixel, for every polarity; the least sum of squares wins."""
    signs = all_polarities(len(data.ti_ms))
    with np.errstate(all="ignore"):
        fits = [
            [_curve_fit(_recovery, data.ti_ms, pixel * sign) for sign in signs] for pixel in data.magnitude.T[pixels]
        ]
    return np.array([min(pixel, key=lambda fit: fit[1])[0] for pixel in fits])
