"""What is learnt from agrees with what the simulator knows, pixel by pixel."""

from dataclasses import replace

import numpy as np
import pytest

from few_cases import FewCases, simulated
from myoqc import polygons
from myoqc.errors import GeometryError
from myoqc.locate.channels import SPACING_MM, channels
from myoqc.locate.outputs import LEVEL_ORDER
from myoqc.records import Acquisition, Grid, Level, ParameterMap
from myoqc.train.examples import SHARES, WINDOW_PX, Examples, examples

ROUNDING = 1.5 / 255
"""Each of three shares is rounded to a 255th."""


@pytest.fixture(scope="module")
def few():
    cases = simulated()
    return examples(FewCases(cases), range(len(cases)))


def corner(case):
    shape = np.array(channels(case.acquisition, case.maps).values.shape[1:])
    return (shape - WINDOW_PX) // 2


def test_there_is_an_example_for_each_case_in_the_order_asked_for(few):
    cases = simulated()
    assert len(few) == len(cases)
    two = examples(FewCases(cases), iter([2, 0]))
    np.testing.assert_array_equal(two.channels, few.channels[[2, 0]])
    np.testing.assert_array_equal(two.insertions, few.insertions[[2, 0]])


def test_the_shares_of_a_pixel_are_at_most_the_whole_pixel(few):
    assert (few.shares.astype(int).sum(axis=1) <= 255 * (1 + ROUNDING)).all()


def test_the_shares_add_up_to_the_areas_of_the_outlines(few):
    for number, case in enumerate(simulated()):
        grid = case.acquisition.grid
        cavity, wall, _ = few.shares[number].sum(axis=(1, 2)) / 255.0 * SPACING_MM**2
        endo, epi = (
            polygons.area_px2(outline) * grid.spacing_mm.prod()
            for outline in (case.contours.endo_px, case.contours.epi_px)
        )
        assert cavity == pytest.approx(endo, rel=0.01)
        assert wall == pytest.approx(epi - endo, rel=0.01)


def test_the_right_cavity_is_that_of_the_case_without_what_the_left_wall_covers(few):
    for number, case in enumerate(simulated()):
        area_mm2 = case.right_ventricle.sum() * case.acquisition.grid.spacing_mm.prod()
        right = few.shares[number, SHARES.index("right cavity")].sum() / 255.0 * SPACING_MM**2
        assert right <= 1.01 * area_mm2 + 1.0
        assert right >= 0.85 * area_mm2


def test_the_insertions_lie_on_the_outer_border_of_the_wall(few):
    for number, case in enumerate(simulated()):
        epi = channels(case.acquisition, case.maps).from_image(case.contours.epi_px) - corner(case)
        for point in few.insertions[number]:
            nearest = polygons.nearest_px(epi, point.astype(float))
            assert np.linalg.norm(nearest - point) < 0.5


def test_the_insertions_lie_between_wall_and_outside(few):
    left = few.shares[:, :2].astype(int).sum(axis=1)
    for number in range(len(few)):
        for row, column in np.rint(few.insertions[number]).astype(int):
            around = left[number, row - 2 : row + 3, column - 2 : column + 3]
            assert around.min() < 128 < around.max()


def test_the_right_ventricle_is_shown_where_the_case_has_one(few):
    assert few.shown.tolist() == [bool(case.right_ventricle.any()) for case in simulated()]
    assert not few.shown.all()
    without = ~few.shown
    assert not few.shares[without, SHARES.index("right cavity")].any()


def test_the_levels_are_those_of_the_cases(few):
    assert [LEVEL_ORDER[number] for number in few.level] == [
        Level.BASAL,
        Level.MID,
        Level.APICAL,
        simulated()[3].acquisition.key.level,
    ]


def test_the_window_is_the_middle_of_what_the_network_will_see(few):
    for number, case in enumerate(simulated()):
        values = channels(case.acquisition, case.maps).values
        middle = np.array(values.shape[1:]) // 2
        offset = middle - corner(case)
        size = 40
        here, there = (tuple(slice(int(at) - size, int(at) + size) for at in place) for place in (offset, middle))
        np.testing.assert_array_equal(
            few.channels[number][(slice(None), *here)], values[(slice(None), *there)].astype(np.float16)
        )


@pytest.mark.parametrize("shape", [(100, 400), (400, 100), (320, 384)])
def test_where_the_image_does_not_reach_the_window_is_empty(shape):
    case = simulated()[1]
    grid = Grid.plain(shape, SPACING_MM)
    acquisition = Acquisition(
        np.ones((len(case.acquisition.images), *shape)),
        case.acquisition.ti_ms,
        case.acquisition.schedule,
        grid,
        key=case.acquisition.key,
    )
    middle = (np.array(shape) - 1) / 2
    moved = replace(
        case.contours,
        **{
            name: getattr(case.contours, name) - case.contours.centre_px + middle
            for name in ("endo_px", "epi_px", "rv_insertion_px", "rv_inferior_px")
        },
    )
    other = replace(
        case,
        acquisition=acquisition,
        maps=ParameterMap(np.full(shape, 1000.0), grid),
        contours=moved,
        right_ventricle=np.zeros(shape, dtype=bool),
    )
    example = examples(FewCases((other,)), [0])
    seen = example.channels[0, 0] > 0
    expected = np.minimum(shape, WINDOW_PX)
    assert seen.any(axis=1).sum() == expected[0]
    assert seen.any(axis=0).sum() == expected[1]
    cavity = np.argwhere(example.shares[0, 0] > 127)
    np.testing.assert_allclose(cavity.mean(axis=0), (np.array(WINDOW_PX) - 1) / 2, atol=0.6)


def test_examples_of_another_window_are_refused(few):
    with pytest.raises(GeometryError, match="shares has the wrong shape"):
        replace(few, shares=few.shares[:, :, :-1])
    assert isinstance(few, Examples)
