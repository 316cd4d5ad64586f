"""What a scorer learns from: the right slices, upright, with the cohort's labels."""

from dataclasses import replace

import numpy as np
import pytest

from few_cases import FewCases, cohort_of, simulated
from few_examples import made_examples
from myoqc.errors import GeometryError, ImageError, InputError
from myoqc.locate import crop, turn_deg
from myoqc.records import Acquisition
from myoqc.score.inputs import inputs_of
from myoqc.simulate.labels import Artefact
from myoqc.train import scorer_reading
from myoqc.train.scorer_examples import MOST_IMAGES, joined, scorable_numbers, scorer_examples
from myoqc.train.scorer_network import ARTEFACTS

BASAL, MID = 0, 1
EVERYBODY = frozenset(f"S{number:02d}" for number in range(8))


def with_images(case, n_images):
    """The same slice with fewer images, or with the first ones once more."""
    which = np.arange(n_images) % len(case.acquisition.images)
    given = case.acquisition
    shown = Acquisition.from_arrays(given.images[which], np.sort(given.ti_ms[which]) + which, grid=given.grid)
    return replace(case, acquisition=shown)


@pytest.fixture(scope="module")
def cohort():
    basal, mid = simulated()[:2]
    return FewCases((basal, mid, replace(with_images(basal, 7), artefact=Artefact.PHASE)))


@pytest.fixture(scope="module")
def read(cohort):
    return scorer_examples(cohort, (number for number in (2, 0, 1)))


def test_examples_come_in_the_order_that_was_asked_for_with_the_labels_of_the_cohort(cohort, read):
    assert len(read) == 3
    for example, number in enumerate((2, 0, 1)):
        case = cohort.case(number)
        np.testing.assert_array_equal(read.motion[example], case.truth.motion)
        np.testing.assert_array_equal(read.operator[example], cohort.operator[number])
        np.testing.assert_allclose(read.error_ms[example], case.harm.t1_error_ms, rtol=1e-6)
        assert read.subject[example] == case.subject
    assert read.motion.any()
    assert not read.motion.all()


def test_examples_are_what_the_network_sees_of_an_upright_crop(cohort, read):
    case = cohort.case(MID)
    segments, grid = case.segments, case.acquisition.grid
    cut = crop(case.acquisition, case.maps, segments.centre_px, segments=segments, angle_deg=turn_deg(segments, grid))
    seen = inputs_of(cut)
    for name in ("stack", "t1", "r2"):
        np.testing.assert_allclose(getattr(read, name)[2], getattr(seen, name), rtol=1e-3, atol=1e-3)
    np.testing.assert_array_equal(read.ti[2], seen.ti)
    np.testing.assert_array_equal(read.statistics[2], seen.statistics)
    np.testing.assert_array_equal(read.segment[2] == np.arange(1, 7)[:, None, None], cut.masks)


def test_the_septum_lies_on_the_left(read):
    for segment in read.segment:
        wall, septum = (np.argwhere(np.isin(segment, of)).mean(axis=0) for of in (range(1, 7), (2, 3)))
        assert septum[1] < wall[1] - 15.0
        assert septum[0] == pytest.approx(wall[0], abs=2.0)


def test_slices_of_fewer_images_are_filled_up_with_nothing(read):
    assert read.n_images.tolist() == [7, 11, 11]
    assert read.stack[0, :7].any(axis=(1, 2)).all()
    assert not read.stack[0, 7:].any()
    assert not read.ti[0, 7:].any()
    np.testing.assert_array_equal(read.segment[0], read.segment[1])


def test_artefacts_are_numbered_as_the_outputs_of_the_network_and_none_is_less_than_any(read):
    assert read.artefact.tolist() == [ARTEFACTS.index(Artefact.PHASE), -1, -1]


def test_more_images_than_the_network_reads_are_refused():
    cohort = FewCases((with_images(simulated()[BASAL], MOST_IMAGES + 1),))
    with pytest.raises(ImageError, match=r"too many images.*at most 11.*12"):
        scorer_examples(cohort, [0])


def test_basal_and_mid_slices_of_the_chosen_subjects_are_learnt_from():
    cohort = cohort_of(8)
    assert scorable_numbers(cohort, EVERYBODY) == [0, 1, 4, 5]
    assert scorable_numbers(cohort, EVERYBODY - {"S01", "S04"}) == [0, 5]


@pytest.mark.parametrize("part", [{"S02", "S03"}, {"a stranger"}, set()])
def test_a_cohort_without_a_slice_to_learn_from_is_refused_by_name(part):
    cohort = cohort_of(4)
    with pytest.raises(InputError, match=f"{cohort.folder}.*no basal or mid slice to learn from"):
        scorable_numbers(cohort, frozenset(part))


def test_examples_of_several_cohorts_come_one_after_the_other(read):
    other = made_examples((5, 6), seed=4)
    both = joined([other, read])
    assert both.n_images.tolist() == [5, 6, 7, 11, 11]
    assert both.subject.tolist() == [*other.subject, *read.subject]
    for name in ("stack", "t1", "r2", "segment", "statistics", "motion", "operator", "error_ms", "artefact"):
        np.testing.assert_array_equal(getattr(both, name)[:2], getattr(other, name))
        np.testing.assert_array_equal(getattr(both, name)[2:], getattr(read, name))


def test_examples_can_not_be_changed_and_of_one_cohort_are_not_copied(read):
    assert joined([read]) is read
    for name in type(read).__slots__:
        assert not getattr(read, name).flags.writeable, name


def test_examples_of_another_shape_are_refused(read):
    with pytest.raises(GeometryError, match="statistics has the wrong shape"):
        replace(read, statistics=read.statistics[..., :5])


def test_slices_come_in_their_order_whichever_process_is_done_first(cohort, monkeypatch):
    monkeypatch.setattr(scorer_reading, "FEW", 0)
    monkeypatch.setattr(scorer_reading, "AT_ONCE", 2)
    monkeypatch.setattr(scorer_reading.Cohort, "open", lambda folder: cohort)
    monkeypatch.setattr(FewCases, "folder", "FOLDER", raising=False)
    monkeypatch.setattr(scorer_reading, "in_processes", last_first)
    watched = []

    def watch(given, description):
        watched.append((len(given), description))
        return given

    one, two = (scorer_reading.read_slices(cohort, [2, 0, 1], watch, "Reading", workers) for workers in (1, 2))
    for name in type(one).__slots__:
        np.testing.assert_array_equal(getattr(one, name), getattr(two, name))
    assert watched == [(3, "Reading"), (2, "Reading")]


def last_first(work, tasks, workers):
    assert workers == 2
    return (work(*task) for task in reversed(list(tasks)))
