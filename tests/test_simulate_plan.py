"""Plans of cohorts: the paper's numbers exactly, patients apart, and seeds that nothing else disturbs."""

from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace

import numpy as np
import pytest

from myoqc.aha import Level
from myoqc.errors import InputError
from myoqc.schedules import SHMOLLI, Preparation
from myoqc.simulate.enrolment import draw_plan
from myoqc.simulate.imaging.habits import HABITS
from myoqc.simulate.labels import Artefact, Distractor, Motion
from myoqc.simulate.plan import CasePlan, Subset, case_rng, patient_rng
from myoqc.simulate.presets import ARTEFACT_RICH, HCMR, LEVELS, MULTI, PRESETS, Preset, preset_named

SUBJECTS = ("SC-HF-I-5", "SC-N-2", "SC-HYP-1")
Plan = tuple[CasePlan, ...]


@pytest.fixture(scope="module")
def hcmr() -> Plan:
    return draw_plan(HCMR, seed=1)


def of(plan: Plan, subset: Subset) -> Plan:
    return tuple(case for case in plan if case.patient.subset is subset)


def share(cases: Sequence[CasePlan], is_one: Callable[[CasePlan], bool]) -> float:
    return float(np.mean([is_one(case) for case in cases]))


def moves(case: CasePlan) -> bool:
    return case.motion is not Motion.STILL


def test_the_whole_cohort_has_the_papers_numbers(hcmr: Plan) -> None:
    ordinary, artefact = of(hcmr, Subset.ORDINARY), of(hcmr, Subset.ARTEFACT)
    assert (len(ordinary), len(artefact)) == (2568, 163)
    assert HCMR.ordinary_maps == 2568
    assert len({case.patient.name for case in ordinary}) == 1290
    assert share(ordinary, lambda case: case.patient.field_t == 1.5) == pytest.approx(0.73, abs=0.002)
    assert {case.patient.field_t for case in hcmr} == {1.5, 3.0}
    assert {(case.patient.schedule, case.patient.contrast_mmol_l) for case in hcmr} == {(SHMOLLI, 0.0)}
    assert share(ordinary, moves) == pytest.approx(HCMR.moving, abs=0.0005)


def test_the_multi_preset_has_the_size_that_its_page_says() -> None:
    plan = draw_plan(MULTI, seed=1)
    assert (len(of(plan, Subset.ORDINARY)), len(of(plan, Subset.ARTEFACT))) == (2000, 200)


def test_the_levels_preset_has_every_patient_at_three_levels() -> None:
    plan = draw_plan(LEVELS, seed=1, patients=100)
    ordinary, artefact = of(plan, Subset.ORDINARY), of(plan, Subset.ARTEFACT)
    assert Counter(case.level for case in ordinary) == dict.fromkeys((Level.BASAL, Level.MID, Level.APICAL), 100)
    assert set(Counter(case.patient.name for case in ordinary).values()) == {3}
    assert len(artefact) == 21


def test_the_artefacts_preset_has_five_maps_with_another_artefact_for_each_without_and_every_kind_as_often() -> None:
    plan = draw_plan(ARTEFACT_RICH, seed=1, patients=50)
    ordinary, artefact = of(plan, Subset.ORDINARY), of(plan, Subset.ARTEFACT)
    assert (len(ordinary), len(artefact)) == (100, 500)
    assert Counter(case.artefact for case in artefact) == dict.fromkeys(set(Artefact) - {Artefact.NONE}, 100)


def test_no_patient_is_in_both_sets_and_no_slice_twice(hcmr: Plan) -> None:
    ordinary, artefact = ({case.patient.name for case in of(hcmr, subset)} for subset in Subset)
    assert not ordinary & artefact
    assert len({(case.patient.name, case.level) for case in hcmr}) == len(hcmr)
    assert len({case.seed for case in hcmr} | {case.patient.seed for case in hcmr}) == len(hcmr) + 1290 + 82


def test_only_the_maps_of_the_artefact_set_have_another_artefact_and_all_of_them(hcmr: Plan) -> None:
    assert {case.artefact for case in of(hcmr, Subset.ORDINARY)} == {Artefact.NONE}
    kinds = Counter(case.artefact for case in of(hcmr, Subset.ARTEFACT))
    assert set(kinds) == set(Artefact) - {Artefact.NONE}
    assert all(abs(kinds[kind] - 163 * part) < 1 for kind, part in HCMR.artefacts.items())


def test_moving_and_still_maps_have_distractors_of_every_kind_alike(hcmr: Plan) -> None:
    ordinary = of(hcmr, Subset.ORDINARY)
    for moving in (True, False):
        cases = [case for case in ordinary if moves(case) == moving]
        assert share(cases, lambda case: case.distractor is not Distractor.NONE) == pytest.approx(0.3, abs=0.05)
        assert {case.distractor for case in cases} == set(Distractor)


def test_every_kind_of_motion_comes_as_often_as_its_share_says(hcmr: Plan) -> None:
    moving = [case.motion for case in of(hcmr, Subset.ORDINARY) if moves(case)]
    counts = Counter(moving)
    assert set(counts) == set(Motion) - {Motion.STILL}
    assert all(abs(counts[kind] - len(moving) * part) < 1 for kind, part in HCMR.motions.items())


def test_a_patient_who_moves_at_one_level_tends_to_move_at_the_other(hcmr: Plan) -> None:
    def both_move(plan: Plan) -> int:
        return sum(count == 2 for count in Counter(case.patient.name for case in plan if moves(case)).values())

    calm = draw_plan(replace(HCMR, restlessness=0.0), seed=1)
    expected_by_chance = 1278 * HCMR.moving**2
    assert both_move(of(calm, Subset.ORDINARY)) == pytest.approx(expected_by_chance, rel=0.3)
    assert both_move(of(hcmr, Subset.ORDINARY)) > 1.4 * expected_by_chance


def test_equal_seeds_give_equal_plans_and_other_seeds_other_ones() -> None:
    first, again, other = (draw_plan(MULTI, seed=seed, patients=20) for seed in (5, 5, 6))
    assert first == again
    assert first != other


def test_levels_of_a_patient_share_the_patients_chance_and_have_their_own() -> None:
    basal, mid = draw_plan(MULTI, seed=3, patients=5)[:2]
    assert (basal.level, mid.level) == (Level.BASAL, Level.MID)
    assert basal.patient is mid.patient
    assert patient_rng(basal).random() == patient_rng(mid).random()
    assert len({case_rng(basal).random(), case_rng(mid).random(), patient_rng(mid).random()}) == 3


def test_seeds_depend_neither_on_the_size_nor_on_the_composition_of_the_cohort() -> None:
    def seeds(preset: Preset, patients: int) -> list[tuple[int, int]]:
        return [(case.patient.seed, case.seed) for case in draw_plan(preset, seed=9, patients=patients)[:8]]

    assert seeds(MULTI, 4) == seeds(MULTI, 40) == seeds(replace(HCMR, one_level=0), 8)


@pytest.mark.parametrize("preset", PRESETS.values(), ids=PRESETS)
@pytest.mark.parametrize("patients", [1, 2, 8, 33])
def test_a_small_cohort_is_a_mixture_too(preset: Preset, patients: int) -> None:
    plan = draw_plan(preset, seed=2, patients=patients)
    ordinary, artefact = of(plan, Subset.ORDINARY), of(plan, Subset.ARTEFACT)
    others = len(preset.levels) - 1
    assert len(ordinary) == (1 + others) * patients - others * round(preset.one_level * patients / preset.patients)
    assert {True, False} == {moves(case) for case in ordinary}
    asked = max(round(preset.artefact_maps * patients / preset.patients), 1)
    assert asked <= len(artefact) < asked + others


def test_the_multi_preset_mixes_all_that_a_scorer_may_meet() -> None:
    plan = draw_plan(MULTI, seed=4, patients=200)
    patients = {case.patient for case in plan}

    def kinds(of_patient: Callable[..., Hashable]) -> set[Hashable]:
        return {of_patient(patient) for patient in patients}

    assert kinds(lambda patient: patient.schedule.name) == {
        "ShMOLLI", "MOLLI 5(3)3", "MOLLI 4(1)3(1)2", "MOLLI 3(3)3(3)5", "MOLLI 5s(3s)3s"
    }  # fmt: skip
    assert kinds(lambda patient: patient.schedule.preparation) == {Preparation.INVERSION}
    assert kinds(lambda patient: patient.habit) == set(HABITS)
    assert kinds(lambda patient: patient.field_t) == {1.5, 3.0}
    assert kinds(lambda patient: patient.phenotype) == set(MULTI.phenotypes)
    given = [patient.contrast_mmol_l for patient in patients if patient.contrast_mmol_l > 0.0]
    fewest, most = MULTI.contrast_mmol_l
    assert len(given) == pytest.approx(MULTI.post_contrast * len(patients), abs=2)
    assert fewest <= min(given) < max(given) <= most


def test_real_anatomies_take_turns_and_keep_their_subject_in_every_patient() -> None:
    plan = draw_plan(HCMR, seed=7, patients=60, subjects=SUBJECTS, real_share=0.5)
    patients = {case.patient for case in of(plan, Subset.ORDINARY)}
    lent = Counter(patient.anatomy for patient in patients if patient.anatomy is not None)
    assert lent == dict.fromkeys(SUBJECTS, 10)
    for patient in patients:
        assert patient.subject == (patient.anatomy or patient.name)
        assert (patient.phenotype is None) == (patient.anatomy is not None)


def test_the_order_in_which_subjects_were_found_changes_nothing() -> None:
    there, back = (
        draw_plan(HCMR, seed=7, patients=9, subjects=order, real_share=0.5) for order in (SUBJECTS, SUBJECTS[::-1])
    )
    assert there == back


def test_all_patients_can_be_real() -> None:
    plan = draw_plan(MULTI, seed=0, patients=3, subjects=SUBJECTS[:1], real_share=1.0)
    assert {case.patient.subject for case in plan} == {SUBJECTS[0]}


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"patients": 0}, "a cohort without patients; expected 1 or more; found 0"),
        ({"seed": -1}, "the seed is negative; expected 0 or more; found -1"),
        ({"real_share": 1.5, "subjects": SUBJECTS}, "the share of real anatomies is no share; expected 0 to 1"),
        ({"real_share": float("nan"), "subjects": SUBJECTS}, "the share of real anatomies is no share"),
        ({"real_share": 0.5}, "no subjects to take real anatomies from; .*Name the folder"),
    ],
)
def test_a_plan_that_can_not_be_is_refused(wrong: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        draw_plan(HCMR, **({"seed": 0} | wrong))  # type: ignore[arg-type]


def test_a_preset_is_found_by_its_name_and_an_unknown_one_is_refused() -> None:
    assert preset_named("hcmr") is HCMR
    with pytest.raises(InputError, match=r"unknown preset 'hcm'; expected one of hcmr, multi"):
        preset_named("hcm")


@pytest.mark.parametrize("preset", PRESETS.values(), ids=PRESETS)
def test_a_preset_names_only_habits_that_scanners_have(preset: Preset) -> None:
    assert set(preset.habits) <= set(HABITS)
