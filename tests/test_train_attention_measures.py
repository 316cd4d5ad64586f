"""Where maps lie: in their segment, in the heart, or beyond; over an arm's cases, with intervals."""

import numpy as np
import pytest

from few_examples import made_examples
from myoqc.errors import InputError
from myoqc.train.attention_measures import looked_at
from myoqc.train.attention_pictures import (
    attention_picture,
    clean_cases,
    disturbed_cases,
    maps_of,
    segments_picture,
)
from myoqc.train.crossval_attention import CLEAN, DISTURBED, attention_figures
from myoqc.train.out_of_fold import OutOfFoldAttention
from segment_blocks import segment_blocks

CELLS = 20
"""Of a map's side; a cell is 8 pixels."""
MOTION = np.zeros((8, 6), dtype=bool)
MOTION[:, 1:3] = True


def segments_as_cells():
    """(6 20 20) share of each cell that each segment holds."""
    masks = segment_blocks() == np.arange(1, 7)[:, None, None]
    return masks.reshape(6, CELLS, 8, CELLS, 8).mean(axis=(2, 4))


def corner():
    """(6 20 20) all attention far from the heart."""
    maps = np.zeros((6, CELLS, CELLS))
    maps[:, 0, 0] = 1.0
    return maps


def examples_of(**fields):
    artefact = np.array([-1, -1, -1, -1, -1, 2, 2, 4])
    distractor = np.array(["none", "stomach", "none", "band", "stomach", "none", "none", "none"])
    given = {"artefact": artefact, "distractor": distractor, "motion": MOTION}
    return made_examples((5,) * 8, subject=np.array([f"S{number}" for number in range(8)]), **given | fields)


@pytest.fixture(scope="module")
def examples():
    return examples_of()


def attention_of(maps):
    """The same maps (6 h w) for each of five clean and three disturbed cases."""
    every = np.broadcast_to(maps, (8, *maps.shape)).astype(np.float16)
    return OutOfFoldAttention(np.arange(5), every[:5], np.arange(5, 8), every[5:])


def test_a_map_that_is_its_segment_is_at_its_ceiling_and_within_the_ventricle():
    looked = looked_at(segments_as_cells()[None], segment_blocks()[None])
    np.testing.assert_allclose(looked.relative, 1.0)
    np.testing.assert_allclose(looked.peak, 1.0)
    np.testing.assert_allclose(looked.beyond, 0.0, atol=1e-12)
    assert (looked.inside <= 1.0).all()


def test_a_map_of_the_corner_is_all_beyond_the_ventricle_and_a_silent_one_is_not_told():
    maps = corner()
    maps[5] = 0.0
    looked = looked_at(maps[None], segment_blocks()[None])
    np.testing.assert_allclose(looked.beyond[0, :5], 1.0)
    np.testing.assert_allclose(looked.inside[0, :5], 0.0)
    for field in ("inside", "relative", "peak", "beyond"):
        assert np.isnan(getattr(looked, field)[0, 5])


def test_the_cavity_belongs_to_the_ventricle():
    segment = np.zeros((160, 160), dtype=np.uint8)
    rows, columns = np.indices(segment.shape) - 80
    ring = (np.hypot(rows, columns) > 24) & (np.hypot(rows, columns) < 36)
    segment[ring] = 1
    maps = np.zeros((1, 6, CELLS, CELLS))
    maps[..., 10, 10] = 1.0
    assert looked_at(maps, segment[None]).beyond[0, 0] == 0.0


def figures_of(examples, **arms):
    found = attention_figures(examples, arms, np.random.default_rng(0), 50)
    return {(each.cases, each.measure, each.arm): each for each in found}


def test_arms_are_told_apart_on_every_set_of_cases_with_two_subjects(examples):
    found = figures_of(examples, none=attention_of(corner()), supervised=attention_of(segments_as_cells()))
    sets = {cases for cases, _, _ in found}
    assert sets == {CLEAN, f"{CLEAN}, no distractor", f"{CLEAN}, stomach", DISTURBED}
    for cases in sets:
        away = found[cases, "share beyond the left ventricle", "none"]
        peak = found[cases, "peak in the segment", "supervised"]
        assert (away.found.value, away.against_first) == (1.0, None)
        assert (peak.found.value, peak.found.low, peak.against_first.low) == (1.0, 1.0, 1.0)
        assert peak.n_maps == 2 * peak.n_cases
        assert away.n_maps == 6 * away.n_cases


def test_only_the_maps_of_segments_that_moved_are_held_against_their_segments(examples):
    maps = np.where(MOTION[0][:, None, None], segments_as_cells(), corner())
    found = figures_of(examples, supervised=attention_of(maps))
    assert found[CLEAN, "the same over its ceiling", "supervised"].found.value == pytest.approx(1.0, abs=1e-3)
    assert found[CLEAN, "share beyond the left ventricle", "supervised"].found.value == pytest.approx(4.0 / 6.0)


def test_silent_maps_are_counted_and_left_out(examples):
    maps = segments_as_cells()
    maps[1] = 0.0
    peak = figures_of(examples, supervised=attention_of(maps))[CLEAN, "peak in the segment", "supervised"]
    assert (peak.n_maps, peak.n_silent, peak.found.value) == (5, 5, 1.0)


def test_where_no_map_looks_anywhere_nothing_is_told(examples):
    assert not figures_of(examples, none=attention_of(np.zeros((6, CELLS, CELLS))))


def test_cases_are_chosen_by_their_truth_those_with_a_distractor_first():
    assert list(clean_cases(examples_of()).values()) == [1, 3]
    assert list(clean_cases(examples_of(distractor=np.array(["none"] * 8))).values()) == [0, 1]
    many = MOTION.copy()
    many[1] = True
    assert list(clean_cases(examples_of(motion=many)).values()) == [3, 4]


def test_of_each_other_artefact_the_first_slice_that_moved_is_shown():
    still = MOTION.copy()
    still[5] = False
    assert list(disturbed_cases(examples_of(motion=still)).values()) == [6, 7]
    assert not disturbed_cases(examples_of(motion=np.zeros_like(MOTION)))


def test_maps_are_found_by_the_numbers_of_the_examples():
    number = np.arange(8)
    maps = np.broadcast_to(number[:, None, None, None], (8, 6, 2, 2)).astype(np.float16)
    attention = OutOfFoldAttention(number[[0, 2, 4]], maps[[0, 2, 4]], number[[1, 3]], maps[[1, 3]])
    assert maps_of(attention, [3, 0, 4])[:, 0, 0, 0].tolist() == [3.0, 0.0, 4.0]
    with pytest.raises(InputError, match=r"no network scored these cases.*\[7\]"):
        maps_of(attention, [3, 7])


def test_pictures_are_the_same_every_time_and_show_where_each_arm_looks(examples):
    cases = {"1: stomach": 1}
    arms = {"none": corner()[None], "supervised": segments_as_cells()[None]}
    first, again = (attention_picture(examples, cases, arms) for _ in range(2))
    assert first == again
    assert first["png"].startswith(b"\x89PNG")
    assert b"<svg" in first["svg"]
    other = attention_picture(examples, cases, dict.fromkeys(arms, corner()[None]))
    assert other["png"] != first["png"]


def test_each_segment_has_its_own_picture(examples):
    arms = {"none": corner(), "silent": np.zeros((6, CELLS, CELLS))}
    picture = segments_picture(examples, 1, arms)
    assert picture["png"].startswith(b"\x89PNG")
    assert picture["png"] != segments_picture(examples, 1, {**arms, "silent": corner()})["png"]
