"""The stability experiment: what is paired, what is held out, what differs, and what is refused."""

import json

import numpy as np
import pytest

from hearts import ring
from myoqc.aha import Level
from myoqc.errors import InputError, OutputError, ReadError
from myoqc.score.statistics import STATISTICS
from myoqc.train import stability_record
from myoqc.train.make_stability import Choices, make_stability
from myoqc.train.r2_rule_training import train_rule
from myoqc.train.stability import BY_HAND, CELLS, N_FOLDS, Cell, Scored, draw_folds, held_out, paired
from myoqc.train.stability_figures import ALL, MINUS, NEVER, PAIRED, figures, n_figures
from myoqc.train.stability_measuring import Outlines, measure_patient
from myoqc.train.stability_page import document, page, sheets, table, verdicts, what_was_done
from myoqc.train.stability_r2_rule import r2_rule_trainer
from myoqc.train.stability_record import RECORD, measure
from myoqc.train.stability_slices import slices_of, unseen_cases
from stability_cohort import small_cohort
from stand_in_segmenter import Answer, StandIn

N, N_SUBJECTS = 200, 100
SUBJECT = np.array([f"S{number // 2:03d}" for number in range(N)])
SCHEDULE = np.full(N, "ShMOLLI")
TRUE, AUTOMATIC = Outlines
END_TO_END = Cell(TRUE, AUTOMATIC)


def made_up(chance):
    """Labels (n 6), and statistics of which 'mean' tells them best and 'lowest' nothing."""
    motion = chance.random((N, 6)) < 0.3
    told = motion + chance.normal(0.0, 0.5, motion.shape)
    return motion, {"mean": told, "lowest": chance.normal(size=motion.shape), "mean_log": told + chance.normal(size=1)}


def compared(motion, true, automatic, found=None):
    """(over, unit, what, measure) → figure, against the truth."""
    train = r2_rule_trainer(SCHEDULE, {TRUE: true, AUTOMATIC: automatic})
    folds = draw_folds(np.random.default_rng(0), SUBJECT)
    answers = held_out(train, motion, np.ones(N, bool) if found is None else found, folds)
    told = figures(answers, {"truth": motion}, SUBJECT, 0, n_resamples=200)
    return {(each.over, each.unit, each.what, each.measure): each for each in told}


def less(cell):
    return f"{cell}{MINUS}{BY_HAND}"


# --- the experiment ---------------------------------------------------------------------------------------------------


def test_where_automatic_segments_are_the_true_ones_nothing_differs_at_all():
    motion, statistics = made_up(np.random.default_rng(1))
    found = compared(motion, statistics, statistics)
    differences = [each for key, each in found.items() if MINUS in key[2]]
    assert len(differences) == 2 * 3 * 4
    assert {(each.value, each.low, each.high) for each in differences} == {(0.0, 0.0, 0.0)}
    assert len(found) == n_figures(1)
    assert found[PAIRED, "segment", str(BY_HAND), "auc"].value > 0.85


def test_segments_in_the_wrong_order_cost_auc_over_segments_and_none_over_images():
    motion, statistics = made_up(np.random.default_rng(2))
    turned = {name: np.roll(values, 1, axis=1) for name, values in statistics.items()}
    found = compared(motion, statistics, turned)
    lost = found[PAIRED, "segment", less(END_TO_END), "auc"]
    assert lost.low <= lost.value <= lost.high < -0.2
    assert found[PAIRED, "image", less(END_TO_END), "auc"].value == 0.0


def test_a_slice_in_which_nothing_was_found_is_left_out_of_both_arms_and_counted_beside():
    motion, statistics = made_up(np.random.default_rng(3))
    missing = np.arange(N) < 20
    automatic = {name: np.where(missing[:, None], np.nan, values) for name, values in statistics.items()}
    found = compared(motion, statistics, automatic, found=~missing)
    assert {found[PAIRED, "segment", less(cell), "auc"].value for cell in CELLS[1:]} == {0.0}
    assert found[ALL, "image", str(BY_HAND), "scored"].value == 1.0
    assert found[ALL, "image", str(END_TO_END), "scored"].value == 0.9
    kept, every = (found[over, "image", str(END_TO_END), "agreement"].value for over in (PAIRED, ALL))
    assert every == pytest.approx(0.9 * kept)
    assert found[PAIRED, "segment", NEVER, "agreement"].value == pytest.approx(1.0 - motion[~missing].mean())


def test_a_segment_that_one_way_does_not_score_is_compared_in_none():
    answers = {cell: Scored(np.full((1, 6), 0.4), np.array([0.3])) for cell in CELLS}
    answers[END_TO_END] = answers[END_TO_END].only(np.arange(6)[None] != 2)
    assert [each.scored.tolist() for each in paired(answers).values()] == [[[True, True, False, True, True, True]]] * 4
    assert answers[END_TO_END].flagged.tolist() == [[True, True, False, True, True, True]]


def test_every_slice_is_scored_by_what_was_trained_on_other_subjects_with_the_same_slices_for_both_outlines():
    trained = []

    def train(outlines, numbers, motion):
        trained.append((outlines, frozenset(numbers)))
        assert len(motion) == len(numbers)

        def score(tested, asked):
            assert not set(SUBJECT[numbers]) & set(SUBJECT[asked])
            return Scored(np.full((len(asked), 6), 0.5), np.full(len(asked), 0.5))

        return score

    found = np.arange(N) % 7 > 0
    answers = held_out(train, np.zeros((N, 6), bool), found, draw_folds(np.random.default_rng(0), SUBJECT))
    assert all(each.scored.all() for each in answers.values())
    assert {numbers for outlines, numbers in trained if outlines is TRUE} == {
        numbers for outlines, numbers in trained if outlines is AUTOMATIC
    }
    assert not any(numbers & set(np.flatnonzero(~found)) for _, numbers in trained)


def test_a_subject_is_tested_in_one_fold_and_folds_are_alike_in_size():
    folds = draw_folds(np.random.default_rng(0), SUBJECT)
    assert all(len(set(folds[subject == SUBJECT])) == 1 for subject in SUBJECT)
    assert np.bincount(folds).tolist() == [N // N_FOLDS] * N_FOLDS


def test_too_few_subjects_are_refused():
    with pytest.raises(InputError, match=r"too few subjects.*10 or more; found 9"):
        draw_folds(np.random.default_rng(0), [f"S{number}" for number in range(9)])


# --- the rule ---------------------------------------------------------------------------------------------------------


def test_the_rule_takes_the_statistic_that_tells_best_and_a_threshold_that_nine_of_ten_still_segments_stay_below():
    motion, statistics = made_up(np.random.default_rng(4))
    rule = train_rule({"lowest": statistics["lowest"], "mean": statistics["mean"]}, motion)
    assert rule.statistic == "mean"
    assert rule.slope > 0
    assert (rule.probability(statistics)[~motion] < rule.threshold).mean() == pytest.approx(0.9, abs=0.002)


def test_a_scheme_that_was_not_learnt_is_not_scored():
    motion, statistics = made_up(np.random.default_rng(5))
    schedule = np.where(np.arange(N) < 150, "ShMOLLI", "MOLLI 5(3)3")
    motion[schedule != "ShMOLLI"] = False
    score = r2_rule_trainer(schedule, {TRUE: statistics, AUTOMATIC: statistics})(TRUE, np.arange(N), motion)
    answer = score(AUTOMATIC, np.array([0, 1, 199]))
    assert answer.scored.all(axis=1).tolist() == [True, True, False]
    assert not answer.flagged[2].any()


# --- from a cohort ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def cohort(tmp_path_factory):
    return small_cohort(tmp_path_factory.mktemp("stability") / "cohort")


def test_outlines_that_are_found_where_they_are_tell_nearly_the_same_r2(cohort):
    basal, mid = measure_patient(cohort, [0, 1], StandIn([Answer(ring())]))
    assert (basal.case, mid.case) == (0, 1)
    assert (basal.why_not, basal.inferred, basal.judged.subject) == ("", False, "S00")
    assert basal.judged.dice_wall > 0.9
    true, automatic = (basal.statistics[outlines] for outlines in Outlines)
    assert true.keys() == set(STATISTICS)
    np.testing.assert_allclose(automatic["mean_log"], true["mean_log"], atol=0.1)
    assert not np.array_equal(automatic["mean_log"], true["mean_log"])


def test_where_nothing_is_found_only_the_true_segments_are_measured(cohort):
    (basal,) = measure_patient(cohort, [0], StandIn([Answer(None)]))
    assert basal.why_not == "no left ventricle found"
    assert not basal.judged.found
    assert np.isnan(basal.statistics[AUTOMATIC]["mean"]).all()
    assert np.isfinite(basal.statistics[TRUE]["mean"]).all()


def without_insertions():
    drawn = ring()
    return Answer(type(drawn)(drawn.endo_px, drawn.epi_px, None, None))


def test_an_insertion_that_is_not_found_is_taken_over_from_the_other_slice_of_the_patient(cohort):
    basal, mid = measure_patient(cohort, [0, 1], StandIn([Answer(ring()), without_insertions()]))
    assert (basal.inferred, mid.inferred) == (False, True)
    np.testing.assert_allclose(mid.statistics[AUTOMATIC]["mean"], mid.statistics[TRUE]["mean"], atol=0.1)


def test_without_any_insertion_there_are_no_automatic_segments_and_the_reason_is_kept(cohort):
    basal, mid = measure_patient(cohort, [0, 1], StandIn([without_insertions()]))
    assert "can't be inferred" in basal.why_not
    assert basal.judged.found
    assert mid.why_not == basal.why_not


def test_a_slice_that_can_not_be_divided_itself_tells_no_insertion_to_others(cohort):
    drawn = ring()
    # Both points in one place: the segments between them have no width.
    unsound = Answer(type(drawn)(drawn.endo_px, drawn.epi_px, drawn.rv_insertion_px, drawn.rv_insertion_px))
    basal, mid = measure_patient(cohort, [0, 1], StandIn([unsound, without_insertions()]))
    assert basal.why_not
    assert not basal.inferred
    assert "can't be inferred" in mid.why_not
    assert np.isnan(mid.statistics[AUTOMATIC]["mean"]).all()


def test_apical_slices_are_looked_at_only_where_an_insertion_is_lacking(cohort):
    rows = [dict(row) for row in cohort.rows]
    rows[1]["level"] = Level.APICAL.value
    changed = type(cohort)(cohort.folder, cohort.about, tuple(rows), cohort.arrays)
    seen, lacking = StandIn([Answer(ring())]), StandIn([without_insertions(), Answer(ring())])
    (basal,) = measure_patient(changed, [0, 1], seen)
    assert seen.n_asked == 1
    (inferred,) = measure_patient(changed, [0, 1], lacking)
    assert (lacking.n_asked, basal.inferred, inferred.inferred) == (2, False, True)


# --- the record -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    """A folder of 'weights' that is a stand-in, which works in this process."""
    segmenter = StandIn([Answer(ring())])

    def in_this_process(work, tasks, workers):
        return (work(*task) for task in reversed(tasks))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stability_record, "read_segmenter", lambda folder: segmenter)
        patch.setattr(stability_record, "in_processes", in_this_process)
        yield tmp_path_factory.mktemp("weights"), segmenter


def measured(cohort, out, weights, cases=range(6)):
    told = []
    slices = measure(cohort, cases, out, weights, workers=1, progress=lambda *done: told.append(done))
    return slices, told


def values_of(slices):
    return [each.statistics[outlines][name] for each in slices for outlines in Outlines for name in STATISTICS]


def test_a_run_that_was_stopped_in_the_middle_of_a_line_goes_on_to_the_same_numbers(cohort, here, tmp_path):
    weights, segmenter = here
    whole, told = measured(cohort, tmp_path / "out", weights)
    assert told == [(0, 3), (1, 3), (2, 3), (3, 3)]
    assert [each.case for each in whole] == list(range(6))
    record = tmp_path / "out" / RECORD
    record.write_bytes(record.read_bytes()[:-40])
    asked = segmenter.n_asked
    again, told = measured(cohort, tmp_path / "out", weights)
    assert (segmenter.n_asked - asked, told) == (2, [(2, 3), (3, 3)])
    np.testing.assert_array_equal(values_of(again), values_of(whole))
    back, told = measured(cohort, tmp_path / "out", weights)
    assert (segmenter.n_asked - asked, told) == (2, [(3, 3)])
    np.testing.assert_array_equal(values_of(back), values_of(whole))
    assert [each.judged.level for each in back] == [Level.BASAL, Level.MID] * 3


def test_measurements_of_something_else_and_a_damaged_record_are_refused(cohort, here, tmp_path):
    measured(cohort, tmp_path / "out", here[0])
    record = tmp_path / "out" / RECORD
    first, *lines = record.read_text().splitlines()
    record.write_text("\n".join([first, "{", *lines]) + "\n")
    with pytest.raises(ReadError, match=r"this record is damaged.*Remove it"):
        measured(cohort, tmp_path / "out", here[0])
    record.write_text(json.dumps(json.loads(first) | {"segmenter": "another"}) + "\n")
    with pytest.raises(OutputError, match=r"measurements of something else.*another.*Choose another folder"):
        measured(cohort, tmp_path / "out", here[0])


# --- who may be judged ------------------------------------------------------------------------------------------------


def test_labels_that_are_all_the_same_are_refused(here, tmp_path):
    still = small_cohort(tmp_path / "still", n_subjects=2, moving=False)
    slices, _ = measured(still, tmp_path / "out", here[0], cases=range(4))
    with pytest.raises(InputError, match=r"by the labels of the truth.*found 0 of 24 with motion, in 4 slices"):
        slices_of(still, slices)


def test_a_cohort_in_which_no_heart_is_found_is_refused(cohort):
    with pytest.raises(InputError, match=r"in which the heart is found; found 0 of 0 with motion, in 0 slices"):
        slices_of(cohort, measure_patient(cohort, [0, 1], StandIn([Answer(None)])))


def test_of_the_cohort_that_it_was_made_with_a_segmenter_is_judged_on_the_subjects_set_aside(cohort):
    card = {"trained_on": {"sha256": cohort.about["sha256"], "real_subjects": {}}, "recipe": {"seed": 0}}
    cases = unseen_cases(cohort, card)
    assert len(cases) == 4  # 15 % of 10 subjects, two slices each
    assert [case % 2 for case in cases] == [0, 1] * 2


def test_of_another_cohort_only_real_hearts_that_the_segmenter_has_learnt_from_are_left_out(cohort):
    parts = {"trained": ["S01"], "validated": ["S02", "elsewhere"], "tested": ["S03"]}
    card = {"trained_on": {"sha256": {"arrays": "of another"}, "real_subjects": parts}}
    assert sorted(set(range(20)) - set(unseen_cases(cohort, card))) == [2, 3, 4, 5]
    assert unseen_cases(cohort, {"name": "says nothing"}) == list(range(20))


def test_a_cohort_that_shares_its_drawn_hearts_with_the_one_learnt_from_is_refused(cohort):
    card = {"trained_on": {"sha256": {"arrays": "of another"}, "made_of": {"seed": 0}}}
    with pytest.raises(InputError, match=r"learnt from the same drawn hearts; expected another seed than 0.*--seed N"):
        unseen_cases(cohort, card)


# --- what is told -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def compare(cohort, here, tmp_path_factory):
    """Runs the experiment with a choice of labels, in one folder."""
    out = tmp_path_factory.mktemp("compared")
    return lambda *choice: make_stability(cohort, out, here[0], Choices(*choice), workers=1, progress=lambda *_: None)


@pytest.fixture(scope="module")
def result(compare):
    return compare("truth")


def test_all_three_files_hold_the_same_figures_and_say_that_they_are_simulated(result):
    content = json.loads(document(result))
    assert content["simulated"] is True
    assert (content["counts"]["slices"], content["counts"]["subjects"], content["counts"]["found"]) == (20, 10, 20)
    lines = [line.split("\t") for line in table(result).splitlines()]
    assert {line[0] for line in lines} == {"simulated"}
    assert [line[1:] for line in lines[1:]] == [[str(value) for value in each.values()] for each in content["figures"]]
    assert page(result).startswith("# SIMULATED")
    for sheet in sheets(result):
        assert sheet.title.startswith("SIMULATED")
        assert all(" | ".join(row) in page(result) for row in sheet.rows)


def test_a_segmenter_whose_card_does_not_say_what_it_learnt_from_is_named_as_such(result):
    assert "its card does not say" in what_was_done(result)


def test_no_time_enters_the_document(result):
    assert "seconds" not in document(result)


def test_the_verdict_says_what_the_figures_say(result):
    lost = next(
        each
        for each in result.figures
        if (each.over, each.judge, each.unit, each.what, each.measure)
        == (PAIRED, "truth", "segment", less(END_TO_END), "auc")
    )
    first = verdicts(result)[0]
    assert f"{lost.value:+.3f} ({lost.low:+.3f} to {lost.high:+.3f})" in first
    assert ("is met" in first) == (lost.value >= -0.01)
    assert "100.0% of the slices are scored by automatic outlines, 100.0% by true ones" in first


def test_the_page_says_that_levels_were_known(result):
    assert "The level of a slice is taken as known" in page(result)


def test_training_on_the_operator_is_another_experiment_on_the_same_measurements(compare, here, result):
    asked = here[1].n_asked
    other = compare("operator")
    assert here[1].n_asked == asked
    assert other.about["trained_on"] == "operator"
    assert other.figures != result.figures
    assert other.counts["slices"] == result.counts["slices"]
