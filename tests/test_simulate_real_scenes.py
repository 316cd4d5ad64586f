"""Scenes of a hand-made anatomy: shares that add up, a heart where the placement says, levels, and measured series."""

from dataclasses import replace

import numpy as np
import pytest
import shapely

from labelled_hearts import CAVITY_MM, OUTER_MM, SPACING_MM, coil, real_heart
from myoqc import polygons
from myoqc.aha import Level, screen_angle_deg, turn_deg
from myoqc.errors import GeometryError
from myoqc.records import Acquisition, Grid
from myoqc.simulate import Motion, draw_case, patient_plan, simulate
from myoqc.simulate.physics.tissues import Tissue
from myoqc.simulate.real import ScenePlacement, draw_placement, prepare, scene, scene_of_series, shading
from myoqc.simulate.scene import Canvas, Part

CANVAS = Canvas((240, 320), 0.9375)
USUAL = ScenePlacement(np.zeros(2), 190.0, 1.0, 1.0)


@pytest.fixture(scope="module")
def anatomy():
    return prepare(real_heart(marked_rv=True))


@pytest.fixture(scope="module")
def at_rest(anatomy):
    return scene(anatomy, CANVAS, USUAL)


def area_mm2(points_mm):
    return shapely.Polygon(points_mm).area


def test_shares_and_parts_add_up_to_the_same_and_never_to_more_than_one(at_rest):
    whole = at_rest.shares.sum(axis=0)
    assert whole.min() >= 0.0
    assert whole.max() <= 1.0 + 1e-5
    assert at_rest.parts.sum(axis=0) == pytest.approx(whole, abs=1e-5)


def test_the_heart_has_its_size_and_lies_where_the_placement_says(anatomy):
    placed = ScenePlacement(np.array([-9.0, 12.0]), 205.0, 1.05, 1.0)
    found = scene(anatomy, CANVAS, placed)
    assert polygons.centroid_px(found.endo_mm) == pytest.approx([-9.0, 12.0], abs=0.1)
    for outline, radius_mm in ((found.endo_mm, CAVITY_MM), (found.epi_mm, OUTER_MM)):
        assert np.sqrt(area_mm2(outline) / np.pi) == pytest.approx(1.05 * radius_mm, rel=0.02)
    ends = screen_angle_deg(np.stack([found.anterior_mm, found.inferior_mm]), np.array([-9.0, 12.0]), np.ones(2))
    assert 0.0 < -turn_deg(ends[0], ends[1]) < 180.0, "the septum is passed against the clock"
    middle = ends[0] + 0.5 * turn_deg(ends[0], ends[1])
    assert abs(turn_deg(middle, 205.0)) < 3.0


@pytest.mark.parametrize("turned_deg", [-80.0, 35.0])
def test_however_the_image_was_turned_the_scene_is_the_same(at_rest, turned_deg):
    turned = scene(prepare(real_heart(turned_deg, marked_rv=True)), CANVAS, USUAL)
    for tissue in (Tissue.BLOOD, Tissue.MYOCARDIUM, Tissue.LUNG):
        one, other = at_rest.shares[tissue] > 0.5, turned.shares[tissue] > 0.5
        assert 2 * (one & other).sum() / (one.sum() + other.sum()) > 0.85


def test_the_wall_lies_between_the_outlines_and_is_myocardium(at_rest):
    wall = at_rest.wall
    between_mm2 = area_mm2(at_rest.epi_mm) - area_mm2(at_rest.endo_mm)
    assert wall.sum() * CANVAS.spacing_mm**2 == pytest.approx(between_mm2, rel=0.03)
    filled = polygons.fill(CANVAS.px(at_rest.epi_mm), CANVAS.shape) & ~polygons.fill(
        CANVAS.px(at_rest.endo_mm), CANVAS.shape
    )
    assert wall[filled].mean() > 0.95
    assert wall[~filled].mean() < 0.002
    assert at_rest.shares[Tissue.MYOCARDIUM][wall > 0.99].min() > 0.95


def test_borders_are_no_wider_than_a_pixel_of_the_canvas_though_the_image_was_coarser(at_rest):
    partial = (at_rest.wall > 0.1) & (at_rest.wall < 0.9)
    length_px = (np.pi * 2 * (CAVITY_MM + OUTER_MM)) / CANVAS.spacing_mm
    assert 2 * CANVAS.spacing_mm < SPACING_MM
    assert partial.sum() < 1.4 * length_px


def test_papillary_muscles_are_myocardium_but_not_wall(at_rest):
    inside = polygons.fill(CANVAS.px(at_rest.endo_mm), CANVAS.shape) & (at_rest.wall < 0.01)
    muscle_mm2 = (at_rest.shares[Tissue.MYOCARDIUM] * inside).sum() * CANVAS.spacing_mm**2
    assert muscle_mm2 == pytest.approx(np.pi * 4.5**2, rel=0.35)


def test_the_belly_is_below_the_heart_and_the_chest_around_it(at_rest):
    rows = np.arange(CANVAS.shape[0])

    def height(part):
        return np.average(rows, weights=at_rest.parts[part].sum(axis=1))

    assert height(Part.LUNG) < height(Part.ABDOMEN)
    assert height(Part.HEART) < height(Part.ABDOMEN)
    assert (at_rest.parts[Part.HEART] * at_rest.wall).sum() == pytest.approx(at_rest.wall.sum(), rel=0.02)


def test_nearer_to_the_apex_the_heart_is_smaller_and_the_chest_stays(anatomy, at_rest):
    nearer = scene(anatomy, CANVAS, USUAL, towards_apex_mm=10.0)
    expected = (1.0 - 0.004 * 10.0) ** 2
    assert area_mm2(nearer.epi_mm) / area_mm2(at_rest.epi_mm) == pytest.approx(expected, rel=1e-6)
    assert nearer.wall.sum() / at_rest.wall.sum() == pytest.approx(expected, rel=0.01)
    far = np.hypot(CANVAS.axis_mm(0)[:, None], CANVAS.axis_mm(1)) > 1.2 * OUTER_MM + 50.0
    assert np.allclose(nearer.shares[:, far], at_rest.shares[:, far], atol=1e-5)
    assert area_mm2(scene(anatomy, CANVAS, USUAL, towards_apex_mm=-10.0).epi_mm) > area_mm2(at_rest.epi_mm)


def test_one_heart_gives_many_scenes_and_equal_chance_the_same_one(anatomy):
    one, same, other = (scene(anatomy, CANVAS, draw_placement(np.random.default_rng(seed))) for seed in (1, 1, 2))
    assert np.array_equal(one.shares, same.shares)
    assert np.abs(one.shares - other.shares).max() > 0.9


def test_shading_of_the_image_falls_off_from_its_coil(anatomy):
    found = shading(anatomy, CANVAS, USUAL)
    heart = np.hypot(CANVAS.axis_mm(0)[:, None], CANVAS.axis_mm(1)) < OUTER_MM
    assert found[heart].mean() == pytest.approx(1.0, abs=0.1)
    assert found[120, 80] > 1.3 > 0.8 > found[120, 260]
    assert coil()[60, 20] > 1.3 * coil()[60, 65] > 1.3 * coil()[60, 140]


@pytest.fixture(scope="module")
def simulation():
    return simulate(draw_case(patient_plan("A", 5, [(Level.MID, Motion.STILL)])[0]))


def test_a_series_becomes_a_scene_in_its_own_pixels(simulation):
    acquisition, contours = simulation.acquisition, simulation.contours
    found = scene_of_series(acquisition, contours)
    assert found.canvas.shape == acquisition.grid.shape
    assert found.canvas.px(found.epi_mm) == pytest.approx(contours.epi_px)
    assert found.canvas.px(found.anterior_mm) == pytest.approx(contours.rv_insertion_px)
    assert found.canvas.px(found.inferior_mm) == pytest.approx(contours.rv_inferior_px)
    filled = polygons.fill(contours.epi_px, found.canvas.shape) & ~polygons.fill(contours.endo_px, found.canvas.shape)
    assert found.wall[filled].mean() > 0.9
    assert found.wall[~filled].mean() < 0.005


def test_the_parts_of_a_series_are_those_that_it_was_made_of(simulation):
    found, truth = scene_of_series(simulation.acquisition, simulation.contours), simulation.case.scene
    for part in (Part.HEART, Part.LUNG, Part.CHEST):
        one, other = found.parts[part] > 0.5, truth.parts[part] > 0.5
        assert 2 * (one & other).sum() / (one.sum() + other.sum()) > 0.6
    belly = found.parts[[Part.ABDOMEN, Part.STOMACH]].sum(axis=0) > 0.5
    true_belly = truth.parts[[Part.ABDOMEN, Part.STOMACH]].sum(axis=0) > 0.5
    assert 2 * (belly & true_belly).sum() / (belly.sum() + true_belly.sum()) > 0.6


def test_a_point_that_the_contours_lack_is_found_in_the_image(simulation):
    bare = replace(simulation.contours, rv_insertion_px=None, rv_inferior_px=None)
    found = scene_of_series(simulation.acquisition, bare)
    middle_px = polygons.centroid_px(bare.endo_px)
    for point_mm, known_px in (
        (found.anterior_mm, simulation.contours.rv_insertion_px),
        (found.inferior_mm, simulation.contours.rv_inferior_px),
    ):
        ends = screen_angle_deg(np.stack([found.canvas.px(point_mm), known_px]), middle_px, np.ones(2))
        assert abs(turn_deg(*ends)) < 45.0


def test_pixels_that_are_not_square_are_refused(simulation):
    grid = Grid.plain(simulation.acquisition.grid.shape, (0.9, 1.2))
    flat = Acquisition.from_arrays(simulation.acquisition.images, simulation.acquisition.ti_ms, grid=grid)
    with pytest.raises(GeometryError, match="not square"):
        scene_of_series(flat, simulation.contours)


def test_a_slice_seen_from_the_base_is_refused(simulation):
    grid = simulation.acquisition.grid
    seen_from_base = replace(simulation.acquisition, grid=replace(grid, row_direction=-grid.row_direction))
    with pytest.raises(GeometryError, match="seen from the base"):
        scene_of_series(seen_from_base, simulation.contours)
