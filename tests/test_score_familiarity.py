"""What is familiar: ranges, distance, sentences and cards; and the numbers that describe a crop."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from myoqc.aha import Level
from myoqc.errors import ContourError, GeometryError, InputError, NotScorableError, ReadError
from myoqc.records import CROP_PX, N_SEGMENTS, Crop, Placement, Segments
from myoqc.score.crop_features import PIXEL_MM, WORDS, features_of, noise_sd
from myoqc.score.familiarity import Familiarity, check_familiar, fit_familiarity, why_unfamiliar
from myoqc.simulate import Motion, draw_case, patient_plan, simulate
from myoqc.simulate.synthesis import MYOCARDIUM_AT_END

SEQUENCES = [("ShMOLLI", "shmolli"), ("MOLLI 5(3)3", "molli")]
NAMES = ("snr", "wall_mm", "chin_width")
BY_HAND = Familiarity(
    sequences=tuple(SEQUENCES),
    names=NAMES,
    low=np.array([12.0, 6.0, 0.0]),
    high=np.array([120.0, 16.0, 1.0]),
    mean=np.array([66.0, 11.0, 0.5]),
    sd=np.array([20.0, 2.0, 0.2]),
    correlation=np.array([[1.0, 0.8, 0.0], [0.8, 1.0, 0.0], [0.0, 0.0, 1.0]]),
    farthest=2.0,
)
USUAL = {"snr": 66.0, "wall_mm": 11.0, "chin_width": 0.5}
FILE = "scorer.json"


def asked(known: Familiarity = BY_HAND, **changes: float) -> tuple[str, ...]:
    return why_unfamiliar(known, *SEQUENCES[0], USUAL | changes)


def drawn_cases(rng: np.random.Generator, n: int = 1000) -> list[dict[str, float]]:
    """The first two numbers go together; the third has a long tail."""
    common = rng.normal(size=n)
    snr, wall_mm = 60.0 + 15.0 * common, 10.0 + 2.0 * (0.9 * common + 0.4 * rng.normal(size=n))
    return [dict(zip(NAMES, case, strict=True)) for case in zip(snr, wall_mm, rng.exponential(size=n), strict=True)]


def words_of(sentences: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Which numbers each sentence names."""
    return [tuple(name for name in ("signal", "wall", "chin") if name in each) for each in sentences]


def test_a_usual_case_is_familiar() -> None:
    assert asked() == ()
    check_familiar(BY_HAND, *SEQUENCES[1], USUAL)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"snr": 1.0}, "the signal-to-noise ratio 1 is below what the model was made with (12 to 120)"),
        ({"wall_mm": 18.234}, "the thickness of its wall in mm 18.2 is above what the model was made with (6 to 16)"),
        ({"chin_width": -0.5}, "chin width -0.5 is below what the model was made with (0 to 1)"),
        ({"snr": np.nan}, "the signal-to-noise ratio could not be measured"),
        ({"snr": np.inf}, "the signal-to-noise ratio could not be measured"),
        (
            {"snr": 30.0, "wall_mm": 15.0},
            "nothing that the model was made with had the thickness of its wall in mm 15 and the signal-to-noise "
            "ratio 30 together",
        ),
    ],
)
def test_the_sentence_says_why(changes: dict[str, float], sentence: str) -> None:
    assert asked(**changes) == (sentence,)


def test_a_number_that_is_absent_could_not_be_measured() -> None:
    reasons = why_unfamiliar(BY_HAND, *SEQUENCES[0], {"snr": 66.0, "wall_mm": 11.0})
    assert reasons == ("chin width could not be measured",)


def test_a_number_may_lie_a_tenth_of_the_range_outside() -> None:
    assert asked(chin_width=-0.09) == ()
    assert len(asked(chin_width=-0.11)) == 1


def test_the_distance_by_hand() -> None:
    """z = (2, −2, 0): with a correlation of 0.8 the squared distance is 2·4/(1 − 0.8) = 40, over three numbers."""
    unlike = {"snr": 106.0, "wall_mm": 7.0}
    assert len(asked(replace(BY_HAND, farthest=np.sqrt(40 / 3) - 1e-9), **unlike)) == 1
    assert asked(replace(BY_HAND, farthest=np.sqrt(40 / 3) + 1e-9), **unlike) == ()


def test_another_sequence_is_refused_with_every_reason() -> None:
    expected = (
        r"^the sequence, SASHA by 'sasha', is not one that the model was made with \(ShMOLLI by 'shmolli', "
        r"MOLLI 5\(3\)3 by 'molli'\); the signal-to-noise ratio 1 is below"
    )
    with pytest.raises(NotScorableError, match=expected):
        check_familiar(BY_HAND, "SASHA", "sasha", USUAL | {"snr": 1.0})
    with pytest.raises(NotScorableError, match="an unknown scheme by 'unknown'"):
        check_familiar(BY_HAND, "", "", USUAL)
    with pytest.raises(NotScorableError, match="ShMOLLI by 'molli'"):
        check_familiar(BY_HAND, "ShMOLLI", "molli", USUAL)


@pytest.mark.parametrize("accepted", [0.9, 0.99])
def test_the_stated_share_of_what_the_model_was_made_with_is_familiar(accepted: float) -> None:
    cases = drawn_cases(np.random.default_rng(0))
    known = fit_familiarity(SEQUENCES, cases, accepted)
    share = np.mean([why_unfamiliar(known, *SEQUENCES[0], case) == () for case in cases])
    assert accepted <= share < 1.0 - (1.0 - accepted) / 4


def test_new_cases_of_the_same_kind_are_familiar_as_often() -> None:
    rng = np.random.default_rng(1)
    known = fit_familiarity(SEQUENCES, drawn_cases(rng), 0.95)
    share = np.mean([why_unfamiliar(known, *SEQUENCES[0], case) == () for case in drawn_cases(rng)])
    assert 0.94 < share < 0.99


def test_cases_far_off_are_refused_for_each_number_and_for_what_never_goes_together() -> None:
    known = fit_familiarity(SEQUENCES, drawn_cases(np.random.default_rng(2)))
    usual = {"snr": 60.0, "wall_mm": 10.0, "chin_width": 1.0}
    assert asked(known, **usual) == ()
    for far in ({"snr": -20.0}, {"snr": 140.0}, {"wall_mm": 1.0}, {"wall_mm": 20.0}, {"chin_width": 15.0}):
        assert len(asked(known, **usual | far)) == 1
    assert "together" in asked(known, **usual | {"snr": 90.0, "wall_mm": 6.0})[0]


@settings(max_examples=8, deadline=None)
@given(
    scale=st.lists(st.sampled_from([-3.0, -0.01, 0.5, 1000.0]), min_size=3, max_size=3),
    offset=st.lists(st.floats(-100.0, 100.0), min_size=3, max_size=3),
    seed=st.integers(0, 100),
)
def test_units_do_not_matter(scale: list[float], offset: list[float], seed: int) -> None:
    """The same cases are refused, and by the same numbers, whatever they are measured in."""
    rng = np.random.default_rng(seed)
    cases = drawn_cases(rng, 200)

    def in_other_units(case: dict[str, float]) -> dict[str, float]:
        return {name: scale[i] * case[name] + offset[i] for i, name in enumerate(NAMES)}

    known = fit_familiarity(SEQUENCES, cases, 0.9)
    other = fit_familiarity(SEQUENCES, [in_other_units(case) for case in cases], 0.9)
    np.testing.assert_allclose(other.farthest, known.farthest, rtol=1e-6)
    for case in drawn_cases(rng, 20):
        wide = {name: 1.5 * value for name, value in case.items()}
        assert words_of(asked(known, **wide)) == words_of(asked(other, **in_other_units(wide)))


def test_cases_that_could_not_be_measured_change_nothing() -> None:
    cases = drawn_cases(np.random.default_rng(3), 200)
    gaps = [{"snr": np.nan, "wall_mm": 3.0, "chin_width": 1.0}, {"snr": 900.0, "wall_mm": 3.0}]
    assert fit_familiarity(SEQUENCES, cases + gaps).to_card() == fit_familiarity(SEQUENCES, cases).to_card()


def test_numbers_that_repeat_one_another_do_no_harm() -> None:
    cases = [case | {"twice": 2.0 * case["snr"]} for case in drawn_cases(np.random.default_rng(4), 300)]
    known = fit_familiarity(SEQUENCES, cases, 0.9)
    assert np.linalg.cond(known.correlation) < 100.0
    assert why_unfamiliar(known, *SEQUENCES[0], cases[0] | {"snr": 60.0, "twice": 120.0, "wall_mm": 10.0}) == ()


def test_too_little_and_what_does_not_vary_are_refused() -> None:
    cases = drawn_cases(np.random.default_rng(5), 60)
    with pytest.raises(InputError, match=r"50 or more cases with 2 or more numbers .*; found 49 with 3"):
        fit_familiarity(SEQUENCES, cases[:49])
    with pytest.raises(InputError, match="found 0 with 0"):
        fit_familiarity(SEQUENCES, [])
    with pytest.raises(InputError, match="found 60 with 1"):
        fit_familiarity(SEQUENCES, [{"snr": case["snr"]} for case in cases])
    with pytest.raises(InputError, match="does not vary tells nothing; found snr"):
        fit_familiarity(SEQUENCES, [case | {"snr": 3.0} for case in cases])
    with pytest.raises(InputError, match="without a sequence"):
        fit_familiarity([], cases)


def test_a_card_gives_what_is_familiar_back() -> None:
    known = fit_familiarity(SEQUENCES, drawn_cases(np.random.default_rng(6), 200))
    card = known.to_card()
    assert Familiarity.from_card(card, FILE).to_card() == card
    assert list(card["numbers"]) == list(NAMES)
    assert card["numbers"]["snr"]["low"] == known.low[0]


@pytest.mark.parametrize(
    "damage",
    [
        {"names": ["snr"]},
        {"names": ["snr", "snr", "snr"]},
        {"names": ["snr", "wall_mm", "nose"]},
        {"names": None},
        {"sequences": []},
        {"sequences": [{"schedule": "ShMOLLI"}]},
        {"farthest": 0.0},
        {"farthest": float("nan")},
        {"correlation": [[1.0, 2.0, 0.0], [2.0, 1.0, 0.0], [0.0, 0.0, 1.0]]},
        {"correlation": [[1.0]]},
        {"numbers": {name: {"low": 1.0, "high": 0.0, "mean": 0.5, "sd": 1.0} for name in NAMES}},
        {"numbers": {name: {"low": 0.0, "high": 1.0, "mean": 0.5, "sd": 0.0} for name in NAMES}},
        {"numbers": {name: {"low": 0.0, "high": 1.0, "mean": None, "sd": 1.0} for name in NAMES}},
    ],
)
def test_a_damaged_card_is_refused(damage: dict[str, Any]) -> None:
    with pytest.raises(ReadError, match=r"scorer\.json: the card does not say what is familiar"):
        Familiarity.from_card(BY_HAND.to_card() | damage, FILE)


def test_ranges_of_other_numbers_are_refused() -> None:
    with pytest.raises(GeometryError, match="the low of familiar cases has the wrong shape"):
        replace(BY_HAND, low=np.zeros(2))


MIDDLE = (CROP_PX - 1) / 2
ROW, COLUMN = np.mgrid[:CROP_PX, :CROP_PX] - MIDDLE
RADIUS_MM = np.hypot(ROW, COLUMN) * PIXEL_MM
RING = (RADIUS_MM >= 20.0) & (RADIUS_MM < 30.0)
SECTOR = np.floor((np.degrees(np.arctan2(ROW, COLUMN)) + 180.0) / 60.0).clip(0, N_SEGMENTS - 1)
TI_MS = np.array([100.0, 1100.0, 3100.0, 180.0, 1180.0, 260.0, 2100.0])


def ring_crop(irw: np.ndarray) -> Crop:
    t1_ms = np.where(RADIUS_MM < 20.0, 1600.0, 1000.0)
    t1_ms[RING & (COLUMN > 25.0)] = np.nan
    masks = RING & (np.arange(N_SEGMENTS)[:, None, None] == SECTOR)
    return Crop(
        irw, t1_ms, t1_ms / 1000.0 - 0.01, TI_MS[: len(irw)], Placement(np.zeros(2)), masks, "ShMOLLI", "shmolli"
    )


def recovering(wall: float = 200.0, blood: float = 300.0) -> np.ndarray:
    """Wall and blood without noise; the wall's T1 and brightness change from place to place."""
    t1_ms, height = 1000.0 + 3.0 * ROW, wall + 0.2 * COLUMN
    t1_ms, height = np.where(RADIUS_MM < 20.0, 1600.0, t1_ms), np.where(RADIUS_MM < 20.0, blood, height)
    return np.abs(height * (1.0 - 2.0 * np.exp(-TI_MS[:, None, None] / t1_ms)))


def test_the_numbers_of_a_ring() -> None:
    rng = np.random.default_rng(0)
    images = np.where(RADIUS_MM < 20.0, 150.0, 100.0) * TI_MS[:, None, None] / 3100.0
    found = features_of(ring_crop(images + 2.0 * rng.normal(size=images.shape)))
    assert set(found) == set(WORDS)
    assert found["heart_mm"] == pytest.approx(60.0, abs=0.2)
    assert found["wall_mm"] == pytest.approx(10.0, abs=0.2)
    assert (found["wall_t1_ms"], found["wall_r2"]) == (1000.0, pytest.approx(0.99))
    assert found["blood_to_wall"] == pytest.approx(1.5, rel=0.01)
    assert found["snr"] == pytest.approx(50.0, rel=0.05)


@pytest.mark.parametrize("sd", [1.0, 4.0, 16.0])
@pytest.mark.parametrize("n_images", [5, 7])
def test_noise_of_known_strength_is_found_in_a_wall_that_is_not_even(sd: float, n_images: int) -> None:
    rng = np.random.default_rng(1)
    images = recovering()[:n_images] + sd * rng.normal(size=(n_images, CROP_PX, CROP_PX))
    assert noise_sd(images.astype(np.float32), RING) == pytest.approx(sd, rel=0.1)


def test_brighter_images_are_no_noisier() -> None:
    rng = np.random.default_rng(2)
    images = recovering() + 4.0 * rng.normal(size=(7, CROP_PX, CROP_PX))
    assert features_of(ring_crop(8.0 * images)) == pytest.approx(features_of(ring_crop(images)), rel=1e-5)


def test_too_few_pixels_and_a_single_image_have_no_noise() -> None:
    images = np.random.default_rng(3).normal(size=(7, CROP_PX, CROP_PX)).astype(np.float32)
    few = np.zeros((CROP_PX, CROP_PX), dtype=bool)
    few[:9, :8] = True
    assert np.isnan(noise_sd(images, few))
    assert np.isnan(noise_sd(images[:1], RING))


def test_what_can_not_be_measured_is_nan() -> None:
    dark = ring_crop(np.zeros((7, CROP_PX, CROP_PX)))
    found = features_of(dark)
    assert np.isnan([found["snr"], found["blood_to_wall"]]).all()
    nothing = np.full((CROP_PX, CROP_PX), np.nan)
    assert np.isnan(features_of(replace(dark, t1_ms=nothing, r2=nothing))["wall_t1_ms"])


def test_a_crop_without_segments_is_refused() -> None:
    with pytest.raises(ContourError, match="the segments of this slice are not known"):
        features_of(replace(ring_crop(recovering()), masks=None))


def test_the_noise_of_a_simulated_scanner_is_found() -> None:
    """Interpolation smooths some of it away; four times the noise is seen as about four times as much."""
    case, found = draw_case(patient_plan("simulated", 3, [(Level.MID, Motion.STILL)])[0]), []
    for snr in (20.0, 80.0):
        simulation = simulate(replace(case, sampling=replace(case.sampling, snr=snr)))
        wall = Segments.from_contours(simulation.contours, case.grid).myocardium
        found.append(noise_sd(simulation.acquisition.images, wall) * snr / MYOCARDIUM_AT_END)
    assert 0.7 < found[0] < 1.1
    assert 0.75 < found[1] / found[0] < 1.25
