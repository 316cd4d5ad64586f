"""Drawn patients: what is drawn once for all levels, and how it varies."""

from functools import cache

import numpy as np
import pytest

from myoqc.aha import Level, turn_deg
from myoqc.errors import InputError
from myoqc.simulate.drawn.diaphragm import ACROSS_MM, height_mm
from myoqc.simulate.drawn.heart_slice import HeartSlice, heart_slice
from myoqc.simulate.drawn.left_ventricle import wall_mm
from myoqc.simulate.drawn.patient import (
    MOST_ASTRAY_MM,
    Patient,
    draw_patient,
    draw_position,
    slice_position_mm,
)
from myoqc.simulate.drawn.phenotype import THICKENING, Phenotype

LEVELS = (Level.BASAL, Level.MID, Level.APICAL)


@cache
def patient_of(number: int, phenotype: Phenotype | None) -> Patient:
    return draw_patient(np.random.default_rng((5, number)), phenotype=phenotype)


def patients(n: int, phenotype: Phenotype | None = None) -> list[Patient]:
    return [patient_of(number, phenotype) for number in range(n)]


def cut(patient: Patient, level: Level) -> HeartSlice:
    return heart_slice(patient.lv, patient.rv, patient.wrapping, slice_position_mm(patient, level))


def test_shares_of_the_phenotypes_make_a_cohort() -> None:
    assert sum(ranges.share for ranges in THICKENING.values()) == pytest.approx(1.0)
    assert set(THICKENING) == set(Phenotype)


@pytest.mark.parametrize(
    ("phenotype", "thinnest_mm", "thickest_mm"),
    [
        (Phenotype.NORMAL, (4.0, 8.0), (4.5, 9.0)),
        (Phenotype.MILD, (5.5, 10.8), (7.5, 15.7)),
        (Phenotype.SEPTAL, (5.5, 12.5), (12.0, 34.0)),
        (Phenotype.CONCENTRIC, (10.5, 21.5), (12.0, 26.0)),
    ],
)
def test_a_phenotype_decides_how_thick_the_wall_is(
    phenotype: Phenotype, thinnest_mm: tuple[float, float], thickest_mm: tuple[float, float]
) -> None:
    for patient in patients(12, phenotype):
        wall = wall_mm(patient.lv, slice_position_mm(patient, Level.MID))
        assert thinnest_mm[0] <= wall.min() <= thinnest_mm[1]
        assert thickest_mm[0] <= wall.max() <= thickest_mm[1]


def test_hypertrophy_of_the_septum_lies_in_the_septum() -> None:
    turns = []
    for patient in patients(12, Phenotype.SEPTAL):
        heart = cut(patient, Level.MID)
        thickest = int(np.argmax(heart.epi.radius_mm - heart.endo.radius_mm))
        turns.append(abs(turn_deg(patient.lv.septum_deg, 2.0 * thickest)))
    assert np.median(turns) < 45.0


def test_the_wall_of_an_apical_heart_grows_towards_the_apex() -> None:
    for patient in patients(8, Phenotype.APICAL):
        basal, mid, apical = (wall_mm(patient.lv, slice_position_mm(patient, level)).mean() for level in LEVELS)
        assert basal < mid < apical
        assert apical > 1.3 * mid


def test_the_cavity_narrows_towards_the_apex_and_never_closes() -> None:
    for patient in patients(10):
        areas = [(cut(patient, level).endo.radius_mm ** 2).mean() for level in LEVELS]
        assert areas[0] > areas[1] > areas[2]
        end = heart_slice(patient.lv, patient.rv, patient.wrapping, 1.3 * patient.lv.length_mm)
        assert end.endo.radius_mm.min() > 0.3


def test_the_wall_is_thick_everywhere_at_every_level() -> None:
    for patient in patients(12):
        for level in LEVELS:
            heart = cut(patient, level)
            assert (heart.epi.radius_mm - heart.endo.radius_mm).min() > 2.5


def test_insertions_lie_on_the_outer_wall_with_the_septum_between() -> None:
    for patient in patients(12):
        for level in LEVELS:
            heart = cut(patient, level)
            for point in heart.insertions_mm:
                assert np.linalg.norm(heart.epi.points_mm - point, axis=1).min() < 2.0
            anterior, inferior = heart.insertions_deg
            assert 40.0 < anterior - inferior < 150.0
            assert abs(turn_deg(patient.lv.septum_deg, 0.5 * (anterior + inferior))) < 15.0


def test_the_free_wall_begins_and_ends_at_the_insertions() -> None:
    for patient in patients(10):
        heart = cut(patient, Level.MID)
        anterior, inferior = heart.insertions_mm
        np.testing.assert_allclose(heart.rv[0], inferior, atol=1e-9)
        np.testing.assert_allclose(heart.rv[-2], anterior, atol=1e-9)


def test_the_right_ventricle_lies_on_the_left_of_the_picture_and_shrinks_towards_the_apex() -> None:
    beyond = []
    for patient in patients(12):
        hearts = [cut(patient, level) for level in LEVELS]
        beyond.append([h.epi.points_mm[:, 1].min() - h.rv[:, 1].min() for h in hearts])
    basal, mid, apical = np.array(beyond).T
    assert (basal > 3.0).all()
    assert (mid > apical).all()
    assert mid.max() > 3.0 * mid.min()


def test_the_anterior_insertion_turns_from_patient_to_patient_as_in_real_planes() -> None:
    directions = [cut(p, Level.MID).insertions_deg[0] + p.turn_deg for p in patients(40)]
    assert 10.0 < np.std(directions) < 22.0
    assert 235.0 < np.mean(directions) < 255.0


def test_the_trunk_has_room_for_the_heart() -> None:
    for patient in patients(10):
        heart = cut(patient, Level.MID)
        front = np.array([np.sin(np.radians(patient.trunk.front_deg)), np.cos(np.radians(patient.trunk.front_deg))])
        centre = patient.trunk.centre_mm + patient.trunk.drift * slice_position_mm(patient, Level.MID)
        assert ((heart.coat.points_mm - centre) @ front).max() < patient.trunk.radius_mm[0]


def test_the_diaphragm_is_a_dome_that_falls_away_from_its_top() -> None:
    sides = []
    for patient in patients(40):
        height = height_mm(patient.abdomen.diaphragm, slice_position_mm(patient, Level.MID))
        top = patient.abdomen.diaphragm.top_mm
        at = np.interp([top - 60.0, top, top + 60.0], ACROSS_MM, height)
        sides.append(0.5 * (at[0] + at[2]) - at[1])
    assert np.min(sides) > 3.0
    assert 8.0 < np.median(sides) < 25.0


def test_lungs_hold_more_blood_in_some_patients_than_in_others() -> None:
    perfused = [patient.chest.perfused for patient in patients(40)]
    assert np.max(perfused) > 5.0 * np.min(perfused)


def test_a_given_phenotype_changes_nothing_that_is_drawn_beside_the_heart() -> None:
    normal, septal = (draw_patient(np.random.default_rng(3), phenotype=p) for p in (Phenotype.NORMAL, Phenotype.SEPTAL))
    assert normal.turn_deg == septal.turn_deg
    assert normal.lv.length_mm == septal.lv.length_mm


def test_levels_lie_in_order_along_the_long_axis() -> None:
    for patient in patients(5):
        basal, mid, apical = (slice_position_mm(patient, level) for level in LEVELS)
        assert 0.0 < basal < mid - 12.0 < apical - 24.0
        assert apical < patient.lv.length_mm


def test_a_slice_is_planned_near_its_level() -> None:
    patient, rng = patients(1)[0], np.random.default_rng(0)
    away = [draw_position(rng, patient, Level.MID) - slice_position_mm(patient, Level.MID) for _ in range(200)]
    assert np.abs(away).max() <= MOST_ASTRAY_MM
    assert 2.0 < np.std(away) < 5.0


def test_an_unknown_level_has_no_place() -> None:
    with pytest.raises(InputError, match="this level can't be simulated; expected basal, mid, apical; found unknown"):
        slice_position_mm(patients(1)[0], Level.UNKNOWN)
