"""The fit against the scanner's own maps of a phantom, and against published single-pixel values."""

import json
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import brentq

from myoqc.acquire import read_dicom
from myoqc.fit import METHODS, fit_maps, fit_pixels
from myoqc.fit.polarity import from_phase
from myoqc.records import Acquisition

DATA = Path(__file__).parents[2] / "shared" / "data"
PHANTOM, VECTORS = DATA / "shmolli-phantom", DATA / "t1-reference-vectors.json"
COLOUR_BAR_FROM_COLUMN = 360


@pytest.fixture(scope="module")
def phantom():
    if not PHANTOM.exists():
        pytest.skip("the real phantom (shared/data/shmolli-phantom) is not on this machine")
    (acquisition,) = read_dicom(PHANTOM)
    return acquisition


@pytest.mark.parametrize("engine", ["numpy", "numba"])
@pytest.mark.parametrize("with_phase", [True, False])
def test_every_judged_pixel_of_the_phantom_equals_the_scanners_own_fit(phantom, with_phase, engine):
    acquisition = phantom
    if not with_phase:
        acquisition = Acquisition.from_arrays(phantom.images, phantom.ti_ms, schedule=phantom.schedule)
    maps, scanner = fit_maps(acquisition, engine=engine), phantom.scanner_map
    judged = (np.nan_to_num(scanner.t1_ms) >= 200) & (phantom.images.mean(axis=0) >= 200)
    judged[:, COLOUR_BAR_FROM_COLUMN:] = False
    assert judged.sum() == 6935
    assert np.abs(maps.t1_ms - scanner.t1_ms)[judged].max() <= 1.0
    np.testing.assert_array_equal(maps.samples_used[judged], scanner.samples_used[judged])
    np.testing.assert_array_equal(np.floor(4000 * maps.r2[judged]), np.round(4000 * scanner.r2[judged]))


NOT_APPLICABLE = {"tomato.T1_ice": "a signal that falls with time (B < 0): here a pixel without recovery is not fitted"}
RELATIVE = {"gadgetron.T1SR_SASHA_anchored": "its own test compares relatively, and its value is that of a simplex"}
NOT_OURS = ("Delta", "delta", "TimeFlip", "R2_signed")
"""Not among the maps: errors of single parameters, errors without covariances, another R², the count of flips."""


def test_the_shortest_t1_of_the_phantom_are_the_scanners_or_none_at_all(phantom):
    """Contrast-filled bottles with T1 below 200 ms: of the five samples, four have recovered and tell nothing."""
    maps, scanner_ms = fit_maps(phantom), np.nan_to_num(phantom.scanner_map.t1_ms)
    short = (scanner_ms < 200) & (phantom.images.mean(axis=0) >= 200)
    short[:, COLOUR_BAR_FROM_COLUMN:] = False
    fitted = short & np.isfinite(maps.t1_ms)
    assert short.sum() == 22709
    assert fitted.sum() == 22577
    assert np.abs(maps.t1_ms - scanner_ms)[fitted].max() <= 1.0


def vectors():
    return json.loads(VECTORS.read_text())["vectors"] if VECTORS.exists() else []


def method_of(vector):
    if vector["method"].startswith("2param saturation") or vector["id"] == "tomato.T1Sasha_2param":
        return "sasha2"
    if vector["id"] == "tomato.T1Sasha_3param":
        return "sasha3"
    return "shmolli" if vector["method"] == "shmolli" else "molli"


def fit_of(vector, method, engine="numpy"):
    """The curve of a reference vector, sorted by time; its signs from the phase, or from the signal itself."""
    order = np.argsort(vector["TI_ms"], kind="stable")
    signal = np.array(vector["signal"], dtype=float)[order, None]
    negative = signal < 0 if (signal < 0).any() else None
    if "phase" in vector:
        negative = from_phase(np.array(vector["phase"])[order, None] / 4096 * np.pi)
    times_ms = np.array(vector["TI_ms"], dtype=float)[order]
    return fit_pixels(times_ms, np.abs(signal), METHODS[method], negative=negative, engine=engine)


def without_look_locker(vector):
    """Some sources give T1 of a recovery that no readout disturbs: our T1*."""
    return "saturation" in vector["method"] or vector["method"] == "2param A(1-2exp(-t/T1))"


def check(curves, expected, tolerance, *, t1_is_t1_star):
    ours = {"A": curves.a, "B": curves.b, "T1star": curves.t1_star_ms, "R2Abs": curves.r2}
    ours["T1"] = curves.t1_star_ms if t1_is_t1_star else curves.t1_ms
    if "R2_x4000_floor" in expected:
        assert np.floor(4000 * curves.r2[0]) == expected["R2_x4000_floor"]
        assert curves.samples[0] == expected["samples_used"]
    names = [name for name in expected if name in ours]
    assert names
    rest = {name for name in expected if name not in ours and not name.startswith(NOT_OURS)}
    assert rest <= {"R2_x4000_floor", "samples_used"}
    for name in names:
        assert ours[name][0] == pytest.approx(expected[name], abs=tolerance), name


@pytest.mark.skipif(not VECTORS.exists(), reason="the reference vectors are not on this machine")
def test_there_are_57_reference_vectors_and_all_but_one_apply():
    assert len(vectors()) == 57
    assert set(NOT_APPLICABLE) <= {vector["id"] for vector in vectors()}
    assert len(NOT_APPLICABLE) == 1


@pytest.mark.parametrize("engine", ["numpy", "numba"])
@pytest.mark.parametrize("vector", vectors(), ids=lambda vector: vector["id"])
def test_a_published_pixel_is_fitted_within_its_tolerance(vector, engine):
    if vector["id"] in NOT_APPLICABLE:
        assert np.isnan(fit_of(vector, "molli", engine).t1_ms).all(), NOT_APPLICABLE[vector["id"]]
        return
    tolerance = 1.0 if isinstance(vector["tolerance"], str) else vector["tolerance"]
    if vector["id"] in RELATIVE:
        tolerance *= vector["expected"]["T1"]
    curves = fit_of(vector, method_of(vector), engine)
    check(curves, vector["expected"], tolerance, t1_is_t1_star=without_look_locker(vector))
    if "expected_shmolli" in vector:
        check(fit_of(vector, "shmolli", engine), vector["expected_shmolli"], 0.05, t1_is_t1_star=False)


def test_an_anchored_saturation_recovery_reaches_the_answer_of_two_equations():
    """Ten samples at one time and one at another: the curve goes through their means, whatever a simplex printed."""
    times_ms = np.array([545.0] * 10 + [10000.0])
    signal = np.array([178.0, 185, 182, 189, 178, 180, 187, 179, 177, 177, 471])[:, None]
    ratio = signal[:10].mean() / 471
    t1_ms = brentq(lambda t1: (1 - np.exp(-545 / t1)) - ratio * (1 - np.exp(-10000 / t1)), 500, 3000)
    assert fit_pixels(times_ms, signal, METHODS["sasha2"]).t1_ms[0] == pytest.approx(t1_ms, abs=1e-3)
