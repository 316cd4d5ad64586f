"""Motion put into images that were measured, here by the simulator: what moves, and what is known of it."""

from dataclasses import replace

import numpy as np
import pytest

from myoqc.errors import GeometryError
from myoqc.fit import fit_maps
from myoqc.records import Level, Segments
from myoqc.simulate import Motion, Simulation, draw_case, patient_plan, simulate
from myoqc.simulate.injection import inject
from myoqc.simulate.labels import Distractor


@pytest.fixture(scope="module")
def clean() -> Simulation:
    (plan,) = patient_plan("A", 6, [(Level.MID, Motion.STILL)])
    return simulate(draw_case(plan))


def test_a_breath_moves_the_heart_and_spoils_its_fit(clean: Simulation) -> None:
    injected = inject(
        np.random.default_rng(1), clean.acquisition, clean.contours, motion=Motion.OSCILLATION, size_mm=14.0
    )
    assert injected.truth.motion.sum() >= 2
    wall = Segments.from_contours(clean.contours, clean.acquisition.grid).myocardium
    before, after = (np.asarray(fit_maps(each).r2)[wall] for each in (clean.acquisition, injected.acquisition))
    assert np.nanpercentile(after, 20) < np.nanpercentile(before, 20) - 0.005


def test_a_breath_hold_leaves_the_images_almost_as_they_were(clean: Simulation) -> None:
    injected = inject(np.random.default_rng(1), clean.acquisition, clean.contours, motion=Motion.STILL)
    assert not injected.truth.motion.any()
    assert injected.truth.displacement_mm.max() < 2.0
    wall = Segments.from_contours(clean.contours, clean.acquisition.grid).myocardium
    change = np.abs(injected.acquisition.images - clean.acquisition.images)[-1, wall]
    assert change.mean() < 0.1 * clean.acquisition.images[-1, wall].mean()


def test_a_stomach_that_moves_leaves_the_heart_alone(clean: Simulation) -> None:
    injected = inject(
        np.random.default_rng(1), clean.acquisition, clean.contours, motion=Motion.STILL, distractor=Distractor.STOMACH
    )
    assert not injected.truth.motion.any()


def test_the_same_chance_gives_the_same_images_and_the_header_stays(clean: Simulation) -> None:
    first, again = (
        inject(np.random.default_rng(9), clean.acquisition, clean.contours, motion=Motion.DRIFT).acquisition
        for _ in range(2)
    )
    assert first.images.tobytes() == again.images.tobytes()
    assert first.key == clean.acquisition.key
    np.testing.assert_array_equal(first.ti_ms, clean.acquisition.ti_ms)


def test_magnitudes_alone_stay_magnitudes(clean: Simulation) -> None:
    injected = inject(
        np.random.default_rng(2), replace(clean.acquisition, phase_rad=None), clean.contours, motion=Motion.SHIFT
    )
    assert injected.acquisition.phase_rad is None
    assert injected.acquisition.images.min() >= 0.0


def test_pixels_that_are_not_square_are_refused(clean: Simulation) -> None:
    grid = replace(clean.acquisition.grid, spacing_mm=np.array([1.0, 1.5]))
    with pytest.raises(GeometryError, match=r"not square; found 1 by 1\.5 mm"):
        inject(np.random.default_rng(2), replace(clean.acquisition, grid=grid), clean.contours, motion=Motion.DRIFT)
