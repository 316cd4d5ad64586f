"""The road without contours: what was found stands in for what a hand would draw, and says so."""

import re
from dataclasses import replace

import numpy as np
import pytest

from myoqc import check
from myoqc.aha import ApicalSegment, Level
from myoqc.errors import NotScorableError
from myoqc.pipeline import APICAL, infer_insertions
from myoqc.records import Origin, Segments
from myoqc.simulate import Motion, draw_case, patient_plan, simulate
from stand_in_segmenter import Answer, StandIn

BASAL, MID, APEX = (0.96, 0.02, 0.02), (0.02, 0.96, 0.02), (0.02, 0.02, 0.96)
PLANS = patient_plan("simulated", 2, [(Level.MID, Motion.STILL), (Level.BASAL, Motion.STILL)])


@pytest.fixture(scope="module")
def mid():
    return simulate(draw_case(PLANS[0]))


@pytest.fixture(scope="module")
def basal():
    return simulate(draw_case(PLANS[1]))


def called(case, level):
    """The images, with what they say of their level."""
    return replace(case.acquisition, key=replace(case.acquisition.key, level=level))


def found_in(case, level_probability=MID, *, said=Level.MID, without_insertions=False, **segmenter):
    """The slice checked with nothing but its images, of which the stand-in sees the true outlines."""
    contours = case.contours
    if without_insertions:
        contours = replace(contours, rv_insertion_px=None, rv_inferior_px=None)
    return check(called(case, said), segmenter=StandIn([Answer(contours, level_probability)], **segmenter))


def codes(assessment):
    return [caution.code for caution in assessment.cautions]


def share_in_common(one, other):
    same = [mine & its for mine, its in zip(one.segments.masks, other.segments.masks, strict=True)]
    return np.sum(same) / one.segments.myocardium.sum()


def test_outlines_that_are_found_give_the_segments_and_the_answer_of_those_drawn(mid):
    found, drawn = found_in(mid), check(mid.acquisition, contours=mid.contours)
    assert share_in_common(found, drawn) > 0.95
    np.testing.assert_allclose(found.scores.probability, drawn.scores.probability, atol=0.05)
    assert (found.contours.origin, found.found.quality) == (Origin.AUTOMATIC, 0.91)
    assert found.cautions == ()


def test_what_is_given_wins_and_the_segmenter_is_not_even_asked(mid):
    segmenter = StandIn([Answer(None)])
    masks = Segments.from_contours(mid.contours, mid.acquisition.grid)
    bare = replace(mid.contours, rv_insertion_px=None)
    for given in ({"contours": mid.contours}, {"segments": masks}, {"contours": bare}, {"automatic": False}):
        assert check(mid.acquisition, segmenter=segmenter, **given).found is None
    assert segmenter.n_asked == 0


def test_the_shipped_segmenter_is_asked_unless_another_is_given(mid, monkeypatch):
    shipped = StandIn([Answer(mid.contours)])
    monkeypatch.setattr("myoqc.locate.shipped_segmenter", lambda: shipped)
    assert check(mid.acquisition).scores is not None
    assert shipped.n_asked == 1


def test_where_nothing_is_found_there_are_maps_and_never_a_score(mid):
    nothing = check(mid.acquisition, segmenter=StandIn([Answer(None)]))
    assert nothing.abstained == "no left ventricle found. Give contours if there is a heart."
    assert (nothing.scores, nothing.segments, nothing.contours, nothing.found) == (None, None, None, None)
    assert np.isfinite(nothing.maps.t1_ms).any()
    assert infer_insertions([nothing, nothing]) == [nothing, nothing]


def test_outlines_that_are_too_uncertain_are_not_used(mid):
    assessment = found_in(mid, quality=0.69)
    assert assessment.scores is None
    assert re.match(r"no left ventricle found that is certain enough; .* found 0\.69", assessment.abstained)


@pytest.mark.parametrize(
    ("quality", "doubtful", "warned"), [(0.74, 0.75, True), (0.75, 0.75, False), (0.74, None, False)]
)
def test_uncertain_outlines_are_cautioned_against_below_the_bound_of_the_card(mid, quality, doubtful, warned):
    assessment = found_in(mid, quality=quality, doubtful=doubtful)
    assert assessment.scores is not None
    assert codes(assessment) == (["outlines-doubtful"] if warned else [])


def test_a_level_that_nobody_says_is_taken_from_what_is_found_and_told(mid):
    assessment = found_in(mid, BASAL, said=Level.UNKNOWN)
    assert assessment.acquisition.key.level is Level.BASAL
    (caution,) = assessment.cautions
    assert caution.code == "level-found"
    assert "by its look this slice is basal (probability 0.96)" in caution.text


def test_a_level_that_is_found_without_certainty_stays_unknown(mid):
    assessment = found_in(mid, (0.44, 0.55, 0.01), said=Level.UNKNOWN)
    assert assessment.acquisition.key.level is Level.UNKNOWN
    assert codes(assessment) == ["level-unknown"]


@pytest.mark.parametrize(("probability", "warned"), [(BASAL, ["level-doubtful"]), ((0.89, 0.1, 0.01), []), (MID, [])])
def test_a_level_that_is_said_is_believed_and_doubted_only_with_certainty(mid, probability, warned):
    assessment = found_in(mid, probability)
    assert assessment.acquisition.key.level is Level.MID
    assert codes(assessment) == warned


def test_a_slice_that_is_apical_by_its_look_has_four_segments_and_no_score(mid):
    assessment = found_in(mid, APEX, said=Level.UNKNOWN)
    assert [each.segment for each in assessment.summaries] == list(ApicalSegment)
    assert (assessment.scores, assessment.abstained) == (None, APICAL)


def test_outlines_that_are_found_take_a_lacking_insertion_from_others_that_are(mid, basal):
    first, second = infer_insertions([found_in(basal, BASAL, said=Level.BASAL), found_in(mid, without_insertions=True)])
    assert first.cautions == ()
    assert codes(second) == ["insertion-inferred"]
    assert "was not found in this slice; it was inferred from the slice" in second.cautions[0].text
    assert second.scores is not None
    assert second.found.contours.rv_insertion_px is None
    # Between these two slices the septum of simulated hearts does not narrow, as that of real ones does by 20°.
    assert 0.6 < share_in_common(second, found_in(mid)) < 0.75


def test_a_drawn_insertion_serves_a_slice_whose_outlines_were_found(mid, basal):
    drawn = check(basal.acquisition, contours=basal.contours)
    apex = found_in(mid, APEX, said=Level.UNKNOWN, without_insertions=True)
    finished = infer_insertions([drawn, apex])[1]
    assert [each.segment for each in finished.summaries] == list(ApicalSegment)
    assert codes(finished) == ["level-found", "insertion-inferred"]


def test_found_outlines_without_insertion_say_what_helps(mid):
    assessment = found_in(mid, without_insertions=True)
    assert assessment.segments is None
    assert re.match(
        r"the outlines that were found can't be divided into segments: no anterior insertion point .*"
        r"Give contours of this slice\.$",
        assessment.abstained,
    )


def test_a_scorer_may_refuse_a_slice_whose_outlines_were_found(mid):
    class Refuser:
        name, digest, turned = "refuser", "0" * 64, False

        def score(self, crop):
            raise NotScorableError("the network knows no such slice")

    segmenter = StandIn([Answer(mid.contours)])
    assessment = check(mid.acquisition, segmenter=segmenter, scorer=Refuser())
    assert assessment.abstained == "the network knows no such slice."
    assert assessment.found is not None
