"""How numbers become codes, and cases become arrays and come back."""

import json
from dataclasses import dataclass, replace
from enum import Enum

import numpy as np
import pytest

from cohort_cases import small_case
from myoqc.cohort.drawn import plain
from myoqc.cohort.layout import ARRAYS, READINGS, filled
from myoqc.cohort.packing import digest, pack, row_of, unpack

BY_NAME = {array.name: array for array in (*ARRAYS, *READINGS)}


@pytest.mark.parametrize(("name", "step", "most"), [("t1", 0.1, 6000.0), ("r2", 1 / 60000, 1.0)])
def test_what_is_fitted_comes_back_within_half_a_step(name, step, most):
    values = np.append(np.random.default_rng(0).uniform(0.0, most, 1000), [0.0, most, np.nan])
    back = BY_NAME[name].decode(BY_NAME[name].encode(values))
    assert np.nanmax(np.abs(back - values)) <= step / 2 * 1.0001
    assert np.array_equal(np.isnan(back), np.isnan(values))


def test_a_value_beyond_the_largest_code_is_the_largest_and_not_absent():
    assert BY_NAME["t1"].decode(BY_NAME["t1"].encode(np.array([9999.0, -5.0]))).tolist() == pytest.approx([6553.4, 0.0])


def test_arrays_of_several_cases_are_filled_up_to_the_longest():
    joined = filled(BY_NAME["ti_ms"], [np.array([1.0, 2.0]), np.array([3.0])])
    assert np.array_equal(joined, [[1.0, 2.0], [3.0, np.nan]], equal_nan=True)
    assert filled(BY_NAME["n_images"], [np.array(7), np.array(8)]).tolist() == [7, 8]


def same(first, second):
    assert digest(pack(first)) == digest(pack(second))
    assert np.array_equal(first.acquisition.images, second.acquisition.images)
    assert np.array_equal(first.acquisition.phase_rad, second.acquisition.phase_rad)
    assert np.nanmax(np.abs(first.maps.t1_ms - second.maps.t1_ms)) <= 0.0501
    assert np.array_equal(first.segments.masks, second.segments.masks)
    assert np.array_equal(first.truth.contamination, second.truth.contamination)
    assert np.array_equal(first.harm.r2_drop, second.harm.r2_drop, equal_nan=True)
    for name in ("key", "schedule", "rr_ms", "field_t"):
        assert getattr(first.acquisition, name) == getattr(second.acquisition, name)
    for name in ("subject", "distractor", "artefact", "drawn"):
        assert getattr(first, name) == getattr(second, name)


def test_a_case_comes_back_from_its_arrays_and_its_row():
    case = small_case(contamination=0.3)
    same(unpack(pack(case), json.loads(json.dumps(row_of(case)))), case)


def test_a_case_without_phase_comes_back_without():
    case = small_case()
    case = replace(case, acquisition=replace(case.acquisition, phase_rad=None))
    back = unpack(pack(case), row_of(case))
    assert back.acquisition.phase_rad is None
    assert digest(pack(back)) == digest(pack(case))


def test_a_case_comes_back_from_arrays_that_were_filled_up():
    case = small_case()
    codes = pack(case)
    for name in ("images", "phase", "ti_ms", "trigger_ms", "contamination", "displacement_mm", "used"):
        room = np.full((11, *codes[name].shape[1:]), BY_NAME[name].missing, dtype=codes[name].dtype)
        room[:7] = codes[name]
        codes[name] = room
    for name in ("endo_px", "epi_px"):
        codes[name] = np.append(codes[name], np.full((5, 2), np.nan), axis=0)
    same(unpack(codes, row_of(case)), case)


@pytest.mark.parametrize("part", ["images", "truth", "harm"])
def test_the_digest_tells_any_change(part):
    case = small_case()
    images = case.acquisition.images.copy()
    images[3, 20, 20] += 1.0
    changed = {
        "images": replace(case, acquisition=replace(case.acquisition, images=images)),
        "truth": small_case(contamination=1e-9),
        "harm": replace(case, harm=replace(case.harm, r2_drop=np.zeros(6))),
    }
    assert digest(pack(changed[part])) != digest(pack(case))


class Colour(Enum):
    RED = "red"
    GREEN = 2


@dataclass(frozen=True)
class Drawn:
    value: object


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Drawn(Drawn(3)), {"value": {"value": 3}}),
        ((Colour.RED, Colour.GREEN), ["red", "green"]),
        ({Colour.RED: True}, {"red": True}),
        (np.arange(3), [0, 1, 2]),
        (np.zeros((5, 100)), {"shape": [5, 100]}),
        (np.float32(0.5), 0.5),
        ([float("inf"), np.nan, None], [None, None, None]),
        (np.random.default_rng(0), "Generator"),
    ],
)
def test_what_was_drawn_becomes_plain_json(value, expected):
    assert plain(value) == expected
    json.dumps(plain(value), allow_nan=False)
