"""One slice through the whole road."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import myoqc
from myoqc import check
from myoqc.aha import ApicalSegment, Level, Segment
from myoqc.errors import GeometryError, InputError, NotScorableError
from myoqc.pipeline import APICAL, infer_insertions
from myoqc.records import CROP_PX, Scores, Segments
from myoqc.schedules import MOLLI_5S_3S
from myoqc.score import plain_rule
from myoqc.simulate import Motion, draw_case, patient_plan, simulate

PLANS = patient_plan("simulated", 2, [(Level.MID, Motion.STILL), (Level.BASAL, Motion.RELEASE)])


@pytest.fixture(scope="module")
def still():
    return simulate(draw_case(PLANS[0]))


@pytest.fixture(scope="module")
def moved():
    return simulate(draw_case(PLANS[1]))


def at_level(acquisition, level):
    return replace(acquisition, key=replace(acquisition.key, level=level))


class Recorder:
    """A scorer that keeps what it was shown."""

    name, digest, turned = "recorder", "0" * 64, False

    def score(self, crop):
        self.crop = crop
        return Scores(np.linspace(0, 1, 6), 0.5, self.name, self.digest)


def test_public_names_are_these_and_each_can_be_imported():
    assert myoqc.__all__ == [
        "Acquisition",
        "Assessment",
        "Contours",
        "Grid",
        "MyoqcError",
        "ParameterMap",
        "Scores",
        "Segments",
        "check",
        "contours_for",
        "fit_maps",
        "read_contours",
        "read_dicom",
    ]
    for name in myoqc.__all__:
        assert getattr(myoqc, name).__name__ == name
    with pytest.raises(AttributeError, match="no attribute 'helper'"):
        myoqc.helper  # noqa: B018


def test_a_good_breath_hold_has_no_motion_and_a_bad_one_has(still, moved):
    good = check(still.acquisition, contours=still.contours)
    bad = check(moved.acquisition, contours=moved.contours)
    assert not good.scores.image_motion
    assert bad.scores.image_motion
    assert good.abstained is None
    assert good.cautions == ()


def test_a_slice_without_contours_gets_its_maps_and_no_score_where_none_are_to_be_found(still):
    assessment = check(still.acquisition, automatic=False)
    assert np.isfinite(assessment.maps.t1_ms).any()
    assert assessment.scores is None
    assert assessment.abstained == "no contours"
    assert assessment.summaries == ()


def test_contours_without_insertion_point_leave_it_unscored_with_the_reason(still):
    contours = replace(still.contours, rv_insertion_px=None)
    assessment = check(still.acquisition, contours=contours)
    assert assessment.scores is None
    assert "no anterior insertion point" in assessment.abstained


def test_an_apical_slice_is_not_scored(still):
    assessment = check(at_level(still.acquisition, Level.APICAL), contours=still.contours)
    assert assessment.scores is None
    assert "four segments" in assessment.abstained


def test_an_apical_slice_has_the_numbers_of_four_segments(still):
    assessment = check(at_level(still.acquisition, Level.APICAL), contours=still.contours)
    mid = check(still.acquisition, contours=still.contours)
    assert [each.segment for each in assessment.summaries] == list(ApicalSegment)
    assert np.isfinite([each.t1_mean_ms for each in assessment.summaries]).all()
    assert sum(each.n_pixels for each in assessment.summaries) == sum(each.n_pixels for each in mid.summaries)


def test_four_masks_are_not_scored_whatever_the_level_is_called(still):
    masks = Segments.from_contours(still.contours, still.acquisition.grid, Level.APICAL).masks
    assessment = check(still.acquisition, segments=Segments(masks))
    assert assessment.scores is None
    assert "four segments" in assessment.abstained


def bare(assessment_of, level=Level.MID):
    """A slice checked with contours that lack both insertions."""
    contours = replace(assessment_of.contours, rv_insertion_px=None, rv_inferior_px=None)
    return check(at_level(assessment_of.acquisition, level), contours=contours)


def test_a_slice_without_insertion_takes_that_of_the_slice_beside_it_and_says_so(still, moved):
    basal, mid = check(moved.acquisition, contours=moved.contours), bare(still)
    first, second = infer_insertions([basal, mid])
    assert first is basal
    assert second.scores is not None
    assert second.abstained is None
    (caution,) = second.cautions
    assert caution.code == "insertion-inferred"
    assert re.search(r"inferred from the slice 23 mm away, so .* may be about 6° off\.$", caution.text)
    whole = check(still.acquisition, contours=still.contours)
    same = [mine & its for mine, its in zip(second.segments.masks, whole.segments.masks, strict=True)]
    # Between these two slices the septum of simulated hearts does not narrow, as that of real ones does by 20°.
    assert 0.6 < np.sum(same) / whole.segments.myocardium.sum() < 0.75


def test_a_slice_between_two_takes_from_both_and_claims_no_error(still, moved):
    basal, apical = (lowered(check(moved.acquisition, contours=moved.contours), away_mm) for away_mm in (0.0, 40.0))
    found = infer_insertions([basal, bare(still), apical])[1]
    (caution,) = found.cautions
    assert re.search(r"inferred from the slices \d+ mm and \d+ mm away on either side\.$", caution.text)
    assert found.scores is not None


def test_an_apical_slice_without_insertion_gets_four_segments_from_the_slice_beside_it(still, moved):
    apex = infer_insertions([bare(still, Level.APICAL), check(moved.acquisition, contours=moved.contours)])[0]
    assert [each.segment for each in apex.summaries] == list(ApicalSegment)
    assert apex.abstained == APICAL


def test_an_inferred_insertion_is_never_handed_on(still, moved):
    chain = [check(moved.acquisition, contours=moved.contours), bare(still), lowered(bare(still), 30.0)]
    assert "can't be inferred" in infer_insertions(chain)[2].abstained


def lowered(assessment, away_mm):
    """The same slice nearer to the apex, from where the screen is looked at."""
    grid = assessment.acquisition.grid
    there = replace(grid, origin_mm=grid.origin_mm - away_mm * grid.normal)
    return replace(assessment, acquisition=replace(assessment.acquisition, grid=there))


def test_where_no_slice_beside_tells_the_insertion_the_reason_is_given(still, moved):
    basal, mid = check(moved.acquisition, contours=moved.contours), bare(still)
    (_, far) = infer_insertions([basal, lowered(mid, 100.0)])
    assert far.scores is None
    assert re.search(r"can't be inferred; expected a parallel slice .* at most 40 mm away", far.abstained)
    assert np.array_equal(far.maps.t1_ms, mid.maps.t1_ms, equal_nan=True)
    (alone,) = infer_insertions([mid])
    assert alone is mid
    assert "no anterior insertion point" in alone.abstained


def test_masks_serve_as_well_as_contours(still):
    by_contours = check(still.acquisition, contours=still.contours)
    by_masks = check(still.acquisition, segments=Segments(by_contours.segments.masks))
    np.testing.assert_array_equal(by_masks.scores.probability, by_contours.scores.probability)
    assert by_masks.summaries == by_contours.summaries


@pytest.mark.parametrize("level", [Level.MID, Level.APICAL])
def test_masks_of_another_matrix_are_refused(still, level):
    acquisition = at_level(still.acquisition, level)
    masks = np.zeros((6, 10, 10), dtype=bool)
    masks[0, 5, 5] = True
    with pytest.raises(GeometryError, match=r"segment masks has another matrix than the images; expected \(240, 320\)"):
        check(acquisition, segments=Segments(masks))


def test_a_schedule_that_the_rule_was_not_calibrated_for_is_not_scored(still):
    schedule = replace(MOLLI_5S_3S, samples=still.acquisition.schedule.samples)
    assessment = check(replace(still.acquisition, schedule=schedule), contours=still.contours, scorer=plain_rule())
    assert assessment.scores is None
    assert assessment.abstained == (
        "the R² rule was calibrated for ShMOLLI, MOLLI 5(3)3, MOLLI 4(1)3(1)2, MOLLI 3(3)3(3)5; this is MOLLI 5s(3s)3s."
    )
    assert len(assessment.summaries) == 6


def test_maps_of_a_fit_that_the_rule_was_not_calibrated_for_are_not_scored(still):
    assessment = check(still.acquisition, contours=still.contours, method="molli", scorer=plain_rule())
    assert assessment.scores is None
    assert "for ShMOLLI with the fit 'shmolli'; this is fitted by 'molli'" in assessment.abstained


def test_maps_of_a_fit_that_the_network_was_not_made_with_are_not_scored(still):
    assessment = check(still.acquisition, contours=still.contours, method="molli")
    assert assessment.scores is None
    assert assessment.abstained.startswith("the sequence, ShMOLLI by 'molli', is not one")


def test_another_scorer_may_refuse_a_slice_with_its_reason(still):
    class Refuser(Recorder):
        def score(self, crop):
            raise NotScorableError("the network knows no such slice")

    assessment = check(still.acquisition, contours=still.contours, scorer=Refuser())
    assert assessment.scores is None
    assert assessment.abstained == "the network knows no such slice."


def test_an_unknown_level_is_scored_with_a_caution(still):
    assessment = check(at_level(still.acquisition, Level.UNKNOWN), contours=still.contours)
    assert assessment.scores is not None
    assert [caution.code for caution in assessment.cautions] == ["level-unknown"]


def test_another_scorer_sees_the_crop_about_the_left_ventricle(still):
    recorder = Recorder()
    assessment = check(still.acquisition, contours=still.contours, scorer=recorder)
    assert assessment.scores.model_name == "recorder"
    np.testing.assert_allclose(recorder.crop.placement.centre_px, assessment.segments.centre_px, atol=1)
    cavity = np.argwhere(recorder.crop.masks.any(axis=0)).mean(axis=0)
    np.testing.assert_allclose(cavity, [80, 80], atol=6)


def test_the_summaries_are_the_numbers_of_the_maps(still):
    assessment = check(still.acquisition, contours=still.contours)
    for summary in assessment.summaries:
        pixels = assessment.segments.masks[summary.segment]
        t1_ms = assessment.maps.t1_ms[pixels]
        assert summary.n_pixels == pixels.sum()
        assert summary.n_fitted == np.isfinite(t1_ms).sum()
        assert summary.t1_mean_ms == pytest.approx(np.nanmean(t1_ms))
        assert summary.t1_sd_ms == pytest.approx(np.nanstd(t1_ms))
        assert summary.r2_min == pytest.approx(np.nanmin(assessment.maps.r2[pixels]))


def test_a_segment_without_fitted_pixels_is_not_scored_and_cautioned_against(still):
    masks = Segments.from_contours(still.contours, still.acquisition.grid).masks
    images = still.acquisition.images.copy()
    images[:, masks[Segment.INFERIOR]] = np.nan
    assessment = check(replace(still.acquisition, images=images), contours=still.contours)
    assert np.isnan(assessment.scores.probability[Segment.INFERIOR])
    assert np.isfinite(np.delete(assessment.scores.probability, Segment.INFERIOR)).all()
    assert np.isnan(assessment.summaries[Segment.INFERIOR].t1_mean_ms)
    assert {caution.code for caution in assessment.cautions} >= {"pixels-not-fitted", "segments-not-scored"}


def test_a_readout_correction_is_told(still):
    assessment = check(still.acquisition, contours=still.contours, readout_correction=1.0365)
    assert [caution.code for caution in assessment.cautions] == ["readout-corrected"]


def test_a_method_that_the_acquisition_denies_is_refused(still):
    with pytest.raises(InputError, match="'sasha3' does not belong"):
        check(still.acquisition, method="sasha3")


def test_the_phantom_gets_its_maps_and_no_score():
    phantom = Path(__file__).parents[2] / "shared" / "data" / "shmolli-phantom"
    if not phantom.exists():
        pytest.skip("the real phantom (shared/data/shmolli-phantom) is not on this machine")
    (acquisition,) = myoqc.read_dicom(phantom)
    assessment = check(acquisition, automatic=False)
    assert assessment.scores is None
    assert assessment.abstained == "no contours"


def test_a_scorer_that_wants_its_crops_turned_sees_the_septum_on_the_left(still):
    scorer = Recorder()
    scorer.turned = True
    check(still.acquisition, contours=still.contours, scorer=scorer)
    septum = np.argwhere(scorer.crop.masks[[Segment.ANTEROSEPTAL, Segment.INFEROSEPTAL]].any(axis=0))
    down, right = septum.mean(axis=0) - (CROP_PX - 1) / 2
    assert right < 0.0
    assert abs(down) < 0.1 * abs(right)


def test_what_a_scorer_is_not_sure_of_and_what_else_it_sees_is_cautioned(still):
    class Network(Recorder):
        def score(self, crop):
            probability = np.array([0.1, 0.5, np.nan, 0.1, 0.1, 0.1])
            artefacts = {"phase": 0.9, "planning": 0.2}
            unsure = np.array([False, True, True, False, False, False])
            return Scores(probability, 0.5, self.name, self.digest, unsure=unsure, artefacts=artefacts)

    cautions = {c.code: c.text for c in check(still.acquisition, contours=still.contours, scorer=Network()).cautions}
    assert cautions["segments-unsure"] == "Look yourself, the scorer is not sure of: anteroseptal."
    assert cautions["segments-not-scored"] == "Too few pixels to score: inferoseptal."
    assert cautions["other-artefact"] == "Another artefact than motion is likely: phase."
