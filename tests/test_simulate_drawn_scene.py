"""Slices of drawn patients: shares, parts, wall and contours at any position along the long axis."""

from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from myoqc import polygons
from myoqc.aha import Level
from myoqc.records import Contours, Grid, Segments
from myoqc.simulate.drawn import Patient, draw_patient, scene
from myoqc.simulate.drawn.cut_scene import off_canvas, on_canvas
from myoqc.simulate.drawn.patient import slice_position_mm
from myoqc.simulate.drawn.phenotype import Phenotype
from myoqc.simulate.drawn.softness import coarser, resampled
from myoqc.simulate.physics.tissues import Tissue
from myoqc.simulate.scene import Canvas, Part, Scene

CANVAS = Canvas((120, 160), 1.875)
LEVELS = (Level.BASAL, Level.MID, Level.APICAL)
MUSCLE_OF_HEART = [Tissue.MYOCARDIUM, Tissue.SCAR, Tissue.OEDEMA]
SEEDS = st.integers(0, 2**31)


@cache
def patient_of(seed: int, phenotype: Phenotype | None = None) -> Patient:
    return draw_patient(np.random.default_rng(seed), phenotype=phenotype)


@cache
def at_level(patient: Patient, level: Level, towards_apex_mm: float = 0.0) -> Scene:
    return scene(patient, slice_position_mm(patient, level) + towards_apex_mm, CANVAS)


@given(seed=SEEDS, level=st.sampled_from(LEVELS), away_mm=st.floats(-12.0, 12.0))
@settings(max_examples=10, deadline=None)
def test_shares_and_parts_fill_a_pixel_at_most_and_agree(seed: int, level: Level, away_mm: float) -> None:
    cut = at_level(patient_of(seed), level, away_mm)
    assert cut.shares.min() >= 0.0
    assert cut.shares.sum(axis=0).max() <= 1.0 + 1e-5
    np.testing.assert_allclose(cut.parts.sum(axis=0), cut.shares.sum(axis=0), atol=1e-4)
    assert cut.texture.min() > 0.0


@given(seed=SEEDS, level=st.sampled_from(LEVELS), away_mm=st.floats(-12.0, 12.0))
@settings(max_examples=10, deadline=None)
def test_contours_give_six_segments_wherever_a_slice_lies(seed: int, level: Level, away_mm: float) -> None:
    cut = at_level(patient_of(seed), level, away_mm)
    contours = Contours(*map(CANVAS.px, (cut.endo_mm, cut.epi_mm, cut.anterior_mm, cut.inferior_mm)))
    grid = Grid(CANVAS.shape, np.full(2, CANVAS.spacing_mm), np.zeros(3), np.eye(3)[0], np.eye(3)[1])
    segments = Segments.from_contours(contours, grid)
    assert segments.masks.any(axis=(1, 2)).all()


@pytest.mark.parametrize("level", LEVELS)
def test_the_wall_is_the_area_between_the_outlines_and_holds_only_heart_muscle(level: Level) -> None:
    for seed in range(4):
        cut = at_level(patient_of(seed), level)
        between = polygons.area_px2(CANVAS.px(cut.epi_mm)) - polygons.area_px2(CANVAS.px(cut.endo_mm))
        assert cut.wall.sum() == pytest.approx(between, rel=2e-3)
        whole = cut.wall > 0.999
        np.testing.assert_allclose(cut.shares[MUSCLE_OF_HEART].sum(axis=0)[whole], 1.0, atol=2e-3)
        np.testing.assert_allclose(cut.parts[Part.HEART][whole], 1.0, atol=2e-3)


def test_insertions_lie_on_the_outer_outline() -> None:
    for level in LEVELS:
        cut = at_level(patient_of(8), level)
        for point in (cut.anterior_mm, cut.inferior_mm):
            assert np.linalg.norm(cut.epi_mm - point, axis=1).min() < 2.0


def test_equal_states_give_the_same_bytes_and_others_do_not() -> None:
    first, again, other = (scene(draw_patient(np.random.default_rng(seed)), 40.0, CANVAS) for seed in (4, 4, 5))
    for name in ("shares", "texture", "parts", "wall", "endo_mm", "epi_mm"):
        assert getattr(first, name).tobytes() == getattr(again, name).tobytes()
    assert first.shares.tobytes() != other.shares.tobytes()


def test_arrays_of_a_scene_are_locked() -> None:
    cut = at_level(patient_of(4), Level.MID)
    with pytest.raises(ValueError, match="read-only"):
        cut.shares[0] = 0.0


def test_a_step_along_the_long_axis_changes_the_slice_little_and_a_longer_one_more() -> None:
    for seed in range(3):
        patient = patient_of(seed)
        start = at_level(patient, Level.MID)
        inside = np.s_[:, 20:100, 30:130]
        change = [
            float(np.abs(at_level(patient, Level.MID, mm).shares[inside] - start.shares[inside]).sum(axis=0).mean())
            for mm in (0.1, 1.0, 3.0, 8.0)
        ]
        assert change == sorted(change)
        assert change[0] < 0.02
        assert change[1] < 0.1


def test_the_cavity_of_one_patient_narrows_from_base_to_apex() -> None:
    for seed in range(5):
        patient = patient_of(seed)
        areas = [polygons.area_px2(CANVAS.px(at_level(patient, level).endo_mm)) for level in LEVELS]
        assert areas == sorted(areas, reverse=True)


def test_every_picture_is_crowded() -> None:
    for seed in range(6):
        cut = at_level(patient_of(seed), Level.MID)
        held = {tissue for tissue in Tissue if cut.shares[tissue].sum() > 5.0}
        assert held >= {Tissue.BLOOD, Tissue.FAT, Tissue.MUSCLE, Tissue.LUNG, Tissue.BONE, Tissue.MYOCARDIUM}
        assert cut.parts.sum(axis=(1, 2)).min() > 0.0
        assert (cut.shares.sum(axis=0) < 0.01).mean() > 0.02  # the corners outside of the body


def test_papillary_muscles_and_trabeculae_lie_in_the_cavity() -> None:
    shares = []
    for seed in range(8):
        cut = at_level(patient_of(seed), Level.MID)
        cavity = polygons.fill(CANVAS.px(cut.endo_mm), CANVAS.shape)
        shares.append(float(cut.shares[Tissue.MYOCARDIUM][cavity].mean()))
    assert np.min(shares) > 0.03
    assert np.max(shares) < 0.5


def test_little_fat_lies_on_the_free_wall_of_the_left_ventricle_and_more_in_some_patients_than_in_others() -> None:
    shares = []
    for seed in range(16):
        cut = at_level(patient_of(seed), Level.MID)
        middle = cut.endo_mm.mean(axis=0)
        septum = 0.5 * (cut.anterior_mm + cut.inferior_mm) - middle
        outer = cut.epi_mm - middle
        points = middle + outer * (1.0 + 2.5 / np.hypot(*outer.T))[:, None]
        row, column = np.round(CANVAS.px(points[outer @ septum < 0.0])).astype(int).T
        shares.append(float(cut.shares[Tissue.FAT, row, column].mean()))
    assert np.median(shares) < 0.15
    assert np.max(shares) > 2.0 * np.median(shares)


def test_hypertrophy_leaves_more_scar_than_a_normal_heart_has() -> None:
    def scar(phenotype: Phenotype) -> float:
        cuts = [at_level(patient_of(seed, phenotype), Level.MID) for seed in range(5)]
        return float(np.mean([cut.shares[Tissue.SCAR].sum() / cut.wall.sum() for cut in cuts]))

    assert scar(Phenotype.SEPTAL) > 3.0 * scar(Phenotype.NORMAL)


def test_altered_muscle_lies_in_the_wall() -> None:
    cut = at_level(patient_of(11, Phenotype.SEPTAL), Level.MID)
    altered = cut.shares[[Tissue.SCAR, Tissue.OEDEMA]].sum(axis=0)
    assert altered.max() > 0.0
    assert not altered[cut.wall == 0.0].any()


def test_a_finer_canvas_shows_the_same_patient() -> None:
    patient = patient_of(6)
    fine = scene(patient, 40.0, Canvas((240, 320), 0.9375))
    coarse = scene(patient, 40.0, CANVAS)
    np.testing.assert_array_equal(fine.epi_mm, coarse.epi_mm)
    assert fine.wall.sum() / 4 == pytest.approx(coarse.wall.sum(), rel=1e-2)


def test_points_go_to_the_canvas_and_back() -> None:
    patient, points = patient_of(2), np.array([[0.0, 0.0], [10.0, -30.0]])
    np.testing.assert_allclose(off_canvas(patient, on_canvas(patient, points)), points, atol=1e-9)


@pytest.mark.parametrize("shape", [(8, 10), (9, 11)])
def test_a_plane_that_rises_evenly_stays_so_on_a_coarser_canvas_and_back(shape: tuple[int, int]) -> None:
    canvas = Canvas(shape, 1.5)
    plane = np.add.outer(canvas.axis_mm(0), 2.0 * canvas.axis_mm(1)).astype(np.float32)[None]
    coarse = resampled(plane, canvas, coarser(canvas))
    back = resampled(coarse, coarser(canvas), canvas)
    np.testing.assert_allclose(back[:, 2:-2, 2:-2], plane[:, 2:-2, 2:-2], atol=1e-5)
