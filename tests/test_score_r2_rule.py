"""The R² rule: answers worked out by hand, and what it refuses."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from myoqc.aha import Level
from myoqc.errors import ContourError, NotScorableError
from myoqc.fit import fit_maps
from myoqc.locate import crop
from myoqc.records import CROP_PX, N_SEGMENTS, Crop, Placement, Segments
from myoqc.schedules import KNOWN, Schedule
from myoqc.score import R2Rule, Scorer, plain_rule
from myoqc.score.r2_rule import Calibration, segment_statistics
from myoqc.score.statistics import STATISTICS
from myoqc.simulate import Motion, draw_case, patient_plan, simulate

BY_HAND = Calibration("molli", "mean", slope=2.0, intercept=5.0, threshold=0.6, sensitivity=0.434, specificity=0.89)
RULE = R2Rule({"MOLLI 5(3)3": BY_HAND}, digest="by hand")
ROWS = 10


def crop_with(
    r2_of_segment: list[np.ndarray] | list[float],
    *,
    masks: bool = True,
    schedule: str = "MOLLI 5(3)3",
    method: str = "molli",
) -> Crop:
    """Segment i holds the values i in ROWS rows of the crop."""
    r2 = np.full((CROP_PX, CROP_PX), 0.5)
    mask = np.zeros((N_SEGMENTS, CROP_PX, CROP_PX), dtype=bool)
    for number, values in enumerate(r2_of_segment):
        rows = slice(ROWS * number, ROWS * (number + 1))
        r2[rows, :10] = np.reshape(np.broadcast_to(values, 100), (ROWS, 10))
        mask[number, rows, :10] = True
    irw = np.zeros((7, CROP_PX, CROP_PX))
    return Crop(irw, r2, r2, np.arange(7.0), Placement(np.zeros(2)), mask if masks else None, schedule, method)


def half_of(n_missing: int, value: float) -> np.ndarray:
    values = np.full(100, value)
    values[:n_missing] = np.nan
    return values


def test_the_probability_is_the_logistic_of_the_statistic() -> None:
    """log10(1 − 0.999) = −3 → logit −1; −2 → logit 1; −1 → logit 3."""
    scores = RULE.score(crop_with([0.999, 0.99, 0.9, 0.999, 0.999, 0.999]))
    expected = [1 / (1 + np.e), 1 / (1 + 1 / np.e), 1 / (1 + np.exp(-3)), *[1 / (1 + np.e)] * 3]
    np.testing.assert_allclose(scores.probability, expected, rtol=1e-4)
    assert scores.motion.tolist() == [False, True, True, False, False, False]
    assert scores.image_motion
    assert (scores.threshold, scores.model_name, scores.model_digest) == (0.6, "R² rule", "by hand")


@pytest.mark.parametrize(
    ("statistic", "expected"),
    [
        ("mean", np.log10(1 - (0.9 * 0.999 + 0.1 * 0.9))),
        ("mean_log", -2.8),
        ("lowest", -1.0),
        ("lowest_5_percent", -1.0),
        ("share_below_098", 0.1),
    ],
)
def test_each_statistic_of_ninety_good_and_ten_bad_pixels(statistic: str, expected: float) -> None:
    mixed = np.where(np.arange(100) < 10, 0.9, 0.999)
    found = segment_statistics(crop_with([mixed] * N_SEGMENTS), statistic)
    np.testing.assert_allclose(found, expected, rtol=1e-3)


@pytest.mark.parametrize("statistic", STATISTICS)
@settings(max_examples=25, deadline=None)
@given(r2=st.lists(st.floats(0.0, 1.0), min_size=1, max_size=30), fall=st.floats(0.0, 0.5))
def test_a_lower_r2_is_never_less_suspect(statistic: str, r2: list[float], fall: float) -> None:
    values = np.array(r2)
    assert STATISTICS[statistic](values - fall * values) >= STATISTICS[statistic](values) - 1e-12


def test_a_perfect_fit_has_a_finite_statistic() -> None:
    assert all(np.isfinite(statistic(np.ones(5))) for statistic in STATISTICS.values())


def test_a_segment_is_scored_from_its_fitted_pixels_where_half_are_fitted() -> None:
    scores = RULE.score(crop_with([half_of(50, 0.99), half_of(51, 0.99), half_of(100, 0.99), 0.99, 0.99, 0.99]))
    assert np.isnan(scores.probability).tolist() == [False, True, True, False, False, False]
    assert scores.probability[0] == pytest.approx(scores.probability[3])
    assert not scores.motion[1:3].any()


def test_a_segment_without_pixels_is_not_scored() -> None:
    scores = RULE.score(crop_with([0.99] * 5))
    assert np.isnan(scores.probability).tolist() == [False] * 5 + [True]


def test_a_crop_without_segments_is_refused_with_what_to_give() -> None:
    with pytest.raises(ContourError, match=r"segments of this slice are not known.*Give contours"):
        RULE.score(crop_with([0.99] * N_SEGMENTS, masks=False))


def test_each_schedule_is_judged_by_its_own_calibration() -> None:
    strict = replace(BY_HAND, intercept=0.0, threshold=0.3)
    both = R2Rule({"MOLLI 5(3)3": BY_HAND, "MOLLI 4(1)3(1)2": strict}, digest="by hand")
    r2 = [0.9] * N_SEGMENTS
    scores = both.score(crop_with(r2, schedule="MOLLI 4(1)3(1)2"))
    np.testing.assert_allclose(scores.probability, 1 / (1 + np.exp(2)), rtol=1e-4)
    assert scores.threshold == 0.3
    np.testing.assert_array_equal(both.score(crop_with(r2)).probability, RULE.score(crop_with(r2)).probability)


def test_the_scores_say_how_well_the_rule_does() -> None:
    assert RULE.score(crop_with([0.99] * N_SEGMENTS)).performance == (
        "On simulated hearts without contrast agent the R² rule finds 43 % of the segments with motion, "
        "and calls 11 % of those without motion moved."
    )


def test_a_schedule_without_calibration_is_refused_with_those_that_have_one() -> None:
    with pytest.raises(NotScorableError, match=r"^the R² rule was calibrated for MOLLI 5\(3\)3; this is SASHA\.$"):
        RULE.score(crop_with([0.99] * N_SEGMENTS, schedule="SASHA"))
    with pytest.raises(NotScorableError, match="this is of an unknown schedule"):
        RULE.score(crop_with([0.99] * N_SEGMENTS, schedule=""))


def test_maps_of_another_fit_are_refused() -> None:
    with pytest.raises(NotScorableError, match="with the fit 'molli'; this is fitted by 'scanner'"):
        RULE.score(crop_with([0.99] * N_SEGMENTS, method="scanner"))


@pytest.mark.parametrize(("schedule", "calibration"), plain_rule().calibrations.items())
def test_the_shipped_rule_is_a_scorer_that_leaves_real_clean_hearts_alone(
    schedule: str, calibration: Calibration
) -> None:
    """Clean myocardium of real hearts has R² 0.998 to 0.999."""
    scorer = plain_rule()
    assert isinstance(scorer, Scorer)
    clean = crop_with([0.999, 0.9985, 0.998, 0.9975, 0.997, 0.999], schedule=schedule, method=calibration.method)
    assert not scorer.score(clean).image_motion
    low = crop_with([0.9] * N_SEGMENTS, schedule=schedule, method=calibration.method)
    assert scorer.score(low).motion.all()


@pytest.mark.parametrize("schedule", KNOWN, ids=lambda each: each.name)
def test_the_shipped_rule_tells_a_good_breath_hold_from_a_failed_one(schedule: Schedule) -> None:
    def motion(kind: Motion) -> np.ndarray:
        (plan,) = patient_plan("simulated", 3, [(Level.MID, kind)], schedule=schedule)
        simulation = simulate(draw_case(plan))
        segments = Segments.from_contours(simulation.contours, simulation.acquisition.grid)
        maps = fit_maps(simulation.acquisition)
        seen = crop(simulation.acquisition, maps, segments.centre_px, segments=segments)
        return plain_rule().score(seen).motion

    assert not motion(Motion.STILL).any()
    assert motion(Motion.RELEASE).any()
