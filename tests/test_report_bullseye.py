"""The AHA bullseye."""

from dataclasses import replace

import numpy as np
import pytest

import assessments as made
from myoqc.aha import ApicalSegment, Level, Segment
from myoqc.report.bullseye import Bullseye, Cell, Ring, bullseye
from myoqc.report.hearts import bullseyes
from myoqc.report.windows import probability_scale

SCALE = probability_scale(0.5)


def ring(level: Level, values: tuple[float | None, ...] = (0.1,) * 6) -> Ring:
    suspect = [None if value is None else value >= 0.5 for value in values]
    return Ring(level, tuple(Segment), values, ["" if value is None else f"{value:.2f}" for value in values], suspect)


def cells(eye: Bullseye) -> dict[str, Cell]:
    return {cell.mark: cell for cell in eye.cells}


def radius(cell: Cell) -> float:
    return float(np.hypot(cell.x, cell.y))


def test_anterior_is_on_top_inferior_below_septum_left_and_lateral_right() -> None:
    drawn = cells(bullseye("p", "", SCALE, [ring(Level.BASAL)]))
    assert (drawn["1"].x, drawn["1"].y) == (pytest.approx(0.0), pytest.approx(-radius(drawn["1"])))
    assert (drawn["4"].x, drawn["4"].y) == (pytest.approx(0.0), pytest.approx(radius(drawn["4"])))
    assert drawn["2"].x < 0 < drawn["6"].x
    assert drawn["3"].x < 0 < drawn["5"].x
    assert drawn["2"].y < 0 < drawn["3"].y
    assert drawn["6"].y < 0 < drawn["5"].y


def test_basal_segments_lie_outside_the_mid_ones() -> None:
    drawn = cells(bullseye("p", "", SCALE, [ring(Level.MID), ring(Level.BASAL)]))
    assert sorted(drawn, key=int) == [str(number) for number in range(1, 13)]
    assert min(radius(drawn[str(number)]) for number in range(1, 7)) > max(
        radius(drawn[str(number)]) for number in range(7, 13)
    )


def test_a_ring_that_is_not_given_stays_empty() -> None:
    drawn = cells(bullseye("p", "", SCALE, [ring(Level.MID)]))
    assert [drawn[str(number)].text for number in range(1, 7)] == [""] * 6
    assert drawn["7"].text == "0.10"


def apical_ring(level: Level = Level.APICAL) -> Ring:
    return Ring(level, tuple(ApicalSegment), (0.1,) * 4, ["0.10"] * 4, [False] * 4)


def test_four_apical_segments_lie_inside_the_mid_ones_with_the_septum_left() -> None:
    drawn = cells(bullseye("p", "", SCALE, [ring(Level.BASAL), apical_ring(), ring(Level.MID)]))
    assert sorted(drawn, key=int) == [str(number) for number in range(1, 17)]
    innermost = [drawn[str(number)] for number in range(13, 17)]
    assert max(map(radius, innermost)) < min(radius(drawn[str(number)]) for number in range(7, 13))
    assert [(round(cell.x, 6), round(cell.y, 6)) for cell in innermost] == [
        (0.0, -radius(innermost[0])),
        (-radius(innermost[0]), 0.0),
        (0.0, radius(innermost[0])),
        (radius(innermost[0]), 0.0),
    ]


def test_an_apical_slice_alone_stands_in_the_middle_of_empty_rings() -> None:
    eye = bullseye("p", "", SCALE, [apical_ring()])
    assert [cell.mark for cell in eye.cells if cell.text] == ["13", "14", "15", "16"]
    assert len(eye.cells) == 16
    assert len(eye.names) == 6


def test_four_segments_of_an_unknown_level_are_named_as_such() -> None:
    eye = bullseye("p", "", SCALE, [apical_ring(Level.UNKNOWN)])
    assert [cell.mark for cell in eye.cells] == ["A", "S", "I", "L"]
    assert ["".join(name.lines) for name in eye.names] == ["anterior", "septal", "inferior", "lateral"]


def test_an_unknown_level_is_one_ring_with_letters_and_names() -> None:
    eye = bullseye("p", "", SCALE, [ring(Level.UNKNOWN)])
    assert sorted(cells(eye)) == ["A", "AL", "AS", "I", "IL", "IS"]
    assert ["".join(name.lines).replace("-", "") for name in eye.names] == [segment.word for segment in Segment]


def test_a_segment_with_motion_is_coloured_marked_and_drawn_last() -> None:
    eye = bullseye("p", "", SCALE, [ring(Level.MID, (0.1, 0.1, 0.9, 0.1, 0.1, None))])
    assert [cell.mark for cell in eye.cells if cell.suspect] == ["9"]
    assert eye.cells[-1].mark == "9"
    red, green, blue = SCALE.rgb(0.9)
    assert eye.cells[-1].fill == f"rgb({red},{green},{blue})"
    assert cells(eye)["12"].title == "anterolateral: no value"


def test_every_name_stands_outside_the_rings() -> None:
    assert all(np.hypot(name.x, name.y) > 100.0 for name in bullseye("p", "", SCALE, [ring(Level.MID)]).names)


def test_basal_and_mid_share_one_bullseye_and_an_unknown_level_has_its_own() -> None:
    slices = [made.scored(level) for level in (Level.BASAL, Level.UNKNOWN, Level.MID)]
    drawn = bullseyes(slices, ["Basal slice", "Slice", "Mid slice"])
    assert [(eye.title, eye.slices) for eye in drawn] == [
        ("Probability of motion", "outer ring: basal slice; inner ring: mid slice"),
        ("Mean T1 (ms)", "outer ring: basal slice; inner ring: mid slice"),
        ("Probability of motion", "slice, level unknown"),
        ("Mean T1 (ms)", "slice, level unknown"),
    ]


def test_an_apical_slice_shares_the_bullseye_of_the_scored_ones_and_is_empty_where_it_has_no_score() -> None:
    slices = [made.scored(Level.BASAL), made.apical(), made.scored(Level.MID)]
    probability, t1 = bullseyes(slices, ["Basal slice", "Apical slice", "Mid slice"])
    assert probability.slices == "outer ring: basal slice; inner ring: apical slice; middle ring: mid slice"
    assert [cells(probability)[str(number)].text for number in range(13, 17)] == [""] * 4
    expected = [f"{summary.t1_mean_ms:.0f}" for summary in slices[1].summaries]
    assert [cells(t1)[str(number)].text for number in range(13, 17)] == expected


def test_two_slices_of_one_level_are_not_laid_over_each_other() -> None:
    slices = [made.scored(Level.MID), made.scored(Level.MID)]
    drawn = bullseyes(slices, ["Mid slice 1", "Mid slice 2"])
    assert [eye.slices for eye in drawn[::2]] == ["inner ring: mid slice 1", "inner ring: mid slice 2"]


def test_native_and_contrast_slices_do_not_share_a_colour_bar() -> None:
    native = made.scored(Level.BASAL)
    after = made.scored(Level.MID)
    after = replace(after, maps=replace(after.maps, t1_ms=after.maps.t1_ms * 0.45))
    assert [eye.scale.high for eye in bullseyes([native, after], ["a", "b"])[1::2]] == [2000, 1000]


def test_slices_scored_by_different_models_do_not_share_a_bullseye() -> None:
    basal, mid = made.scored(Level.BASAL), made.scored(Level.MID)
    assert mid.scores is not None
    mid = replace(mid, scores=replace(mid.scores, model_digest="f" * 64))
    assert len(bullseyes([basal, mid], ["a", "b"])) == 4


def test_slices_with_thresholds_of_their_own_do_not_share_a_bullseye() -> None:
    basal, mid = made.scored(Level.BASAL), made.scored(Level.MID)
    assert mid.scores is not None
    mid = replace(mid, scores=replace(mid.scores, threshold=0.3))
    assert len(bullseyes([basal, mid], ["Basal slice", "Mid slice"])) == 4


def test_an_unscored_slice_with_segments_shows_t1_only() -> None:
    drawn = bullseyes([made.scored(Level.MID, abstained="too noisy")], ["Mid slice"])
    assert [eye.title for eye in drawn] == ["Mean T1 (ms)"]


def test_t1_of_a_segment_is_written_in_whole_ms() -> None:
    slice_ = made.scored(Level.MID)
    summary = slice_.summaries[Segment.ANTERIOR]
    missing = replace(slice_.summaries[Segment.INFERIOR], t1_mean_ms=float("nan"))
    changed = tuple(missing if each.segment is Segment.INFERIOR else each for each in slice_.summaries)
    drawn = cells(bullseyes([replace(slice_, summaries=changed)], ["Mid slice"])[1])
    assert drawn["7"].text == f"{summary.t1_mean_ms:.0f}"
    assert drawn["10"].text == ""


def test_maps_without_segments_have_no_bullseye() -> None:
    assert bullseyes([made.unscored()], ["Slice"]) == []
