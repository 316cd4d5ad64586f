"""The cavity of the right ventricle as a simulated slice gives it."""

import numpy as np
import pytest

from myoqc import polygons
from myoqc.aha import Level
from myoqc.simulate import Motion, draw_case, patient_plan, simulate
from myoqc.simulate.physics.tissues import Tissue
from myoqc.simulate.right_cavity import right_cavity


@pytest.fixture(scope="module")
def basal():
    (plan,) = patient_plan("A", 4, [(Level.BASAL, Motion.STILL)])
    return draw_case(plan)


def test_the_right_cavity_is_one_pool_of_blood_outside_the_left_ventricle(basal):
    mask, canvas = right_cavity(basal.scene), basal.canvas
    assert mask.sum() * canvas.spacing_mm**2 > 400.0
    assert not (mask & polygons.fill(canvas.px(basal.scene.epi_mm), canvas.shape)).any()
    assert basal.scene.shares[Tissue.BLOOD][mask].mean() > 0.8


def test_it_lies_between_the_two_insertions(basal):
    scene = basal.scene
    middle_mm = np.argwhere(right_cavity(scene)).mean(axis=0)
    centre = scene.canvas.px(scene.endo_mm.mean(axis=0))
    anterior, inferior = (scene.canvas.px(point) - centre for point in (scene.anterior_mm, scene.inferior_mm))
    towards = middle_mm - centre
    turns = [np.linalg.det(pair) for pair in ((anterior, towards), (towards, inferior))]
    assert np.prod(turns) > 0


def test_near_the_apex_there_may_be_none():
    empty = []
    for seed in range(6):
        (plan,) = patient_plan("A", seed, [(Level.APICAL, Motion.STILL)])
        empty.append(not right_cavity(draw_case(plan).scene).any())
    assert any(empty)


def test_a_simulation_holds_the_cavity_of_its_scene(basal):
    np.testing.assert_array_equal(simulate(basal).right_ventricle, right_cavity(basal.scene))
