"""Simulated readers: right where it is plain, wrong as often as the paper lets one infer, and for the reasons given."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import ArrayLike, NDArray

from myoqc.errors import GeometryError, InputError
from myoqc.simulate.labels import POSITIVE_FROM
from myoqc.simulate.readers import OPERATOR, SECOND_READER, Reader, draw_order, draw_scores

Scores = NDArray[np.bool_]
Cohort = tuple[Scores, Scores, Scores]
N_MAPS = 20_000
ATTENTIVE = replace(OPERATOR, lapse_fresh=0.0, lapse_tired=0.0)
PLAIN = replace(ATTENTIVE, blur=1e-6, weber=0.0, mood=1e-6, halo=0.0)
"""Sees everything as it is."""


def read(
    reader: Reader,
    contamination: NDArray[np.float64],
    seed: int = 0,
    *,
    artefact: ArrayLike | None = None,
    distractor: ArrayLike | None = None,
    order: ArrayLike | None = None,
) -> Scores:
    """Scores of maps without artefact and distractor, each the first of its session, where nothing else is said."""
    nothing = np.zeros(len(contamination), dtype=bool)
    return draw_scores(
        np.random.default_rng(seed),
        reader,
        contamination=contamination,
        artefact=nothing if artefact is None else artefact,
        distractor=nothing if distractor is None else distractor,
        order=nothing.astype(int) if order is None else order,
    )


def even(contamination: float, n_maps: int = N_MAPS) -> NDArray[np.float64]:
    return np.full((n_maps, 6), contamination)


def stand_in_cohort(n_maps: int) -> tuple[NDArray[np.float64], Scores]:
    """Contamination (n 6) and distractors (n) like a cohort's: one map in eight moves, mostly in all segments."""
    rng = np.random.default_rng(7)
    moving = rng.random(n_maps) < 0.125
    size = np.exp(np.where(moving, rng.normal(np.log(0.34), 0.6, n_maps), rng.normal(np.log(0.02), 0.7, n_maps)))
    towards = rng.uniform(0.0, 2.0 * np.pi, n_maps)[:, None]
    profile = 1.0 + 0.35 * np.cos(np.arange(6) * np.pi / 3.0 - towards) + 0.1 * rng.standard_normal((n_maps, 6))
    return np.clip(size[:, None] * profile, 0.0, 0.95), rng.random(n_maps) < 0.3


@pytest.fixture(scope="module")
def cohort() -> Cohort:
    """Truth, the operator's scores and the second reader's (n 6), of ten cohorts of the paper's size."""
    contamination, distractor = stand_in_cohort(10 * 2568)

    def scores(reader: Reader, seed: int) -> Scores:
        order = draw_order(np.random.default_rng(seed), reader, len(contamination))
        return read(reader, contamination, seed, distractor=distractor, order=order)

    return contamination >= POSITIVE_FROM, scores(OPERATOR, 1), scores(SECOND_READER, 2)


def test_the_operator_marks_as_many_maps_and_segments_as_the_papers(cohort: Cohort) -> None:
    _, operator, _ = cohort
    marked = operator.any(axis=1)
    assert 2568 * marked.mean() == pytest.approx(321, abs=25)
    assert operator.mean() == pytest.approx(0.0997, abs=0.006)
    assert operator[marked].sum(axis=1).mean() == pytest.approx(1536 / 321, abs=0.15)


def test_the_operator_agrees_with_the_truth_as_often_as_the_paper_implies(cohort: Cohort) -> None:
    truth, operator, _ = cohort
    assert 0.930 <= (operator == truth).mean() <= 0.955
    assert 0.92 <= (operator.any(axis=1) == truth.any(axis=1)).mean() <= 0.945
    assert operator.any(axis=1)[truth.any(axis=1)].mean() == pytest.approx(0.75, abs=0.04)


def test_the_second_reader_misses_less_and_errs_less(cohort: Cohort) -> None:
    truth, operator, second = cohort
    for positive in (True, False):
        segments, maps = truth == positive, truth.any(axis=1) == positive
        assert (second != truth)[segments].mean() < 0.5 * (operator != truth)[segments].mean()
        assert (second.any(axis=1) != positive)[maps].mean() < 0.5 * (operator.any(axis=1) != positive)[maps].mean()


def test_where_operator_and_machine_differ_the_second_reader_sides_with_the_machine_as_in_figure_8(
    cohort: Cohort,
) -> None:
    _, operator, second = cohort
    contamination, distractor = stand_in_cohort(len(operator))
    careful = replace(OPERATOR, lapse_fresh=0.06, lapse_tired=0.06, guess=0.1, distractor_pull=0.02)
    machine = read(careful, contamination, 3, distractor=distractor)
    reread = (operator != machine).any(axis=1)

    def agreement(a: Scores, b: Scores) -> tuple[float, float]:
        of_segments, of_maps = (a == b)[reread], (a.any(axis=1) == b.any(axis=1))[reread]
        return float(of_segments.mean()), float(of_maps.mean())

    segments, maps = zip(
        agreement(operator, machine), agreement(second, operator), agreement(second, machine), strict=True
    )
    np.testing.assert_allclose(maps, [0.471, 0.612, 0.830], atol=0.08)
    np.testing.assert_allclose(segments, [0.526, 0.666, 0.689], atol=0.13)
    assert segments[0] < segments[1] < segments[2]


def test_moving_segments_are_told_apart_the_less_the_more_freely_they_are_seen() -> None:
    missed = [1.0 - read(replace(PLAIN, weber=weber), even(0.4)).mean() for weber in (0.0, 0.2, 0.4)]
    assert missed[0] == 0.0
    assert missed[0] < missed[1] < missed[2]
    assert not read(replace(PLAIN, weber=0.4), even(0.0)).any()


def test_before_the_same_picture_the_second_reader_leans_neither_to_the_operator_nor_away() -> None:
    operator, second = read(OPERATOR, even(0.2), 1), read(SECOND_READER, even(0.2), 2)
    assert abs(np.corrcoef(operator.ravel(), second.ravel())[0, 1]) < 0.02


def test_a_reader_who_sees_plainly_gives_the_truth() -> None:
    contamination, _ = stand_in_cohort(500)
    np.testing.assert_array_equal(read(PLAIN, contamination), contamination >= POSITIVE_FROM)


@pytest.mark.parametrize("reader", [ATTENTIVE, replace(SECOND_READER, lapse_fresh=0.0, lapse_tired=0.0)])
def test_the_chance_of_a_mark_rises_with_contamination_and_is_half_at_the_threshold(reader: Reader) -> None:
    chance = [read(reader, even(share)).mean() for share in (0.05, 0.15, 0.20, 0.25, 0.80)]
    assert chance == sorted(chance)
    assert chance[0] < 0.001
    assert chance[2] == pytest.approx(0.5, abs=0.01)
    assert chance[4] > 0.97


def test_a_map_read_without_attention_is_all_marked_or_not_at_all_whatever_it_shows() -> None:
    absent = replace(OPERATOR, lapse_fresh=1.0, lapse_tired=1.0)
    still, moved = read(absent, even(0.0)), read(absent, even(0.9))
    np.testing.assert_array_equal(still, moved)
    assert set(still.sum(axis=1)) == {0, 6}
    assert still.mean() == pytest.approx(OPERATOR.guess, abs=0.01)


def test_a_tired_reader_misses_more_and_tires_no_further_at_last() -> None:
    tiring = replace(PLAIN, lapse_fresh=OPERATOR.lapse_fresh, lapse_tired=OPERATOR.lapse_tired)
    missed = [
        1.0 - read(tiring, even(0.9), order=np.full(N_MAPS, position)).mean()
        for position in (0, OPERATOR.tired_after, 5 * OPERATOR.tired_after)
    ]
    passed = 1.0 - OPERATOR.guess
    assert missed[0] == pytest.approx(passed * OPERATOR.lapse_fresh, abs=0.01)
    assert missed[1] == pytest.approx(passed * OPERATOR.lapse_tired, abs=0.01)
    assert missed[2] == missed[1]


@pytest.mark.parametrize("what", ["artefact", "distractor"])
def test_what_looks_like_motion_makes_false_alarms_and_hides_no_motion(what: str) -> None:
    there = {what: np.ones(N_MAPS, dtype=bool)}
    marked = {share: read(ATTENTIVE, even(share), **there) for share in (0.0, 0.1, 0.5)}
    assert marked[0.0].any(axis=1).mean() > 0.01 + read(ATTENTIVE, even(0.0)).any(axis=1).mean()
    assert marked[0.1].mean() > 3.0 * marked[0.0].mean()
    assert (marked[0.5] | ~read(ATTENTIVE, even(0.5))).all()


def test_motion_in_one_segment_spreads_to_its_neighbours_only() -> None:
    contamination = even(0.12)
    contamination[:, 1] = 0.5
    with_halo = read(ATTENTIVE, contamination).mean(axis=0)
    without = read(replace(ATTENTIVE, halo=0.0), contamination).mean(axis=0)
    assert (with_halo[[0, 2]] > without[[0, 2]] + 0.2).all()
    np.testing.assert_array_equal(with_halo[3:], without[3:])


def test_the_halo_goes_round_the_ring() -> None:
    contamination = np.array([[0.15, 0.0, 0.0, 0.0, 0.0, 0.9]])
    assert read(replace(PLAIN, halo=0.2), contamination).tolist() == [[True, False, False, False, False, True]]


def test_errors_near_the_threshold_come_together_in_a_map() -> None:
    marked = read(replace(ATTENTIVE, weber=0.0), even(0.20))
    assert np.corrcoef(marked[:, 0], marked[:, 3])[0, 1] > 0.3
    alone = read(replace(ATTENTIVE, weber=0.0, mood=0.0), even(0.20))
    assert abs(np.corrcoef(alone[:, 0], alone[:, 3])[0, 1]) < 0.03


def test_the_scores_of_a_map_depend_on_no_other_map() -> None:
    contamination, distractor = stand_in_cohort(300)
    changed = contamination.copy()
    changed[100:] = 0.5
    whole = read(OPERATOR, contamination, distractor=distractor)
    np.testing.assert_array_equal(read(OPERATOR, changed, distractor=distractor)[:100], whole[:100])
    np.testing.assert_array_equal(read(OPERATOR, contamination[:100], distractor=distractor[:100]), whole[:100])


def test_sessions_follow_one_another_and_have_the_readers_length() -> None:
    order = draw_order(np.random.default_rng(3), OPERATOR, 2568)
    starts = np.flatnonzero(order == 0)
    lengths = np.diff(starts)
    assert len(order) == 2568
    assert starts[0] == 0
    assert (order[1:][order[1:] != 0] == order[:-1][order[1:] != 0] + 1).all()
    assert 60 <= lengths.min() < lengths.max() <= 120


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"contamination": np.zeros((3, 5))}, r"contamination has the wrong shape; expected axes \(n 6\)"),
        ({"contamination": np.full((3, 6), np.nan)}, "contamination is a share of pixels; expected 0 to 1"),
        ({"contamination": np.full((3, 6), 1.5)}, "contamination is a share of pixels; expected 0 to 1"),
        ({"artefact": np.zeros(2, dtype=bool)}, "the artefacts: not one value a map; expected 3; found 2"),
        ({"distractor": [0, 1, 2]}, "the distractors: values that can't be used; expected only 0 and 1; found 2"),
        ({"order": [0, 1, -1]}, "the order of reading: .*none negative"),
    ],
)
def test_what_is_no_reading_is_refused(changed: dict[str, object], message: str) -> None:
    given = {"contamination": np.zeros((3, 6)), "artefact": [0, 0, 0], "distractor": [0, 0, 0], "order": [0, 1, 2]}
    with pytest.raises((InputError, GeometryError), match=message):
        draw_scores(np.random.default_rng(0), OPERATOR, **(given | changed))  # type: ignore[arg-type]
