"""Insertions of the right ventricle that are taken over from neighbouring slices."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hearts import DATA, ring, short_axis
from myoqc import polygons
from myoqc.acquire.contours.insertions import insertions_px
from myoqc.aha import BASE_TO_APEX, screen_angle_deg, turn_deg
from myoqc.errors import NotScorableError
from myoqc.locate.neighbours import FARTHEST_MM, OFF_AT_MM, OFF_DEG, TURNED_DEG_PER_MM, Neighbour, with_insertions
from myoqc.records import Contours, Grid

POINTS = ("endo_px", "epi_px", "rv_insertion_px", "rv_inferior_px")


def bare(contours):
    return replace(contours, rv_insertion_px=None, rv_inferior_px=None)


def moved(grid, ahead_mm, across_mm=(0.0, 0.0)):
    """The same pixels, moved along the normal and in the plane."""
    shift = ahead_mm * grid.normal + across_mm[0] * grid.column_direction + across_mm[1] * grid.row_direction
    return Grid(grid.shape, grid.spacing_mm, grid.origin_mm + shift, grid.row_direction, grid.column_direction)


def looked_at(contours, grid, angle_deg, *, mirrored=False, spacing_mm=(1.0, 1.0)):
    """The same heart in the same plane, seen by a camera that is turned, and from the other side where mirrored."""
    cosine, sine = np.cos(np.radians(angle_deg)), np.sin(np.radians(angle_deg))
    row = cosine * grid.row_direction + sine * grid.column_direction
    column = cosine * grid.column_direction - sine * grid.row_direction
    other = Grid(grid.shape, spacing_mm, grid.origin_mm, -row if mirrored else row, column)
    points = (getattr(contours, name) for name in POINTS)
    return Neighbour(Contours(*(None if each is None else other.px(grid.patient_mm(each)) for each in points)), other)


def tilted(grid, angle_deg):
    """The plane turned about its rows."""
    cosine, sine = np.cos(np.radians(angle_deg)), np.sin(np.radians(angle_deg))
    column = cosine * grid.column_direction + sine * grid.normal
    return Grid(grid.shape, grid.spacing_mm, grid.origin_mm, grid.row_direction, column)


def beside(ahead_mm, turn=0.0, **more):
    """A slice of the stack in which the insertions are turned."""
    return Neighbour(ring(turn_deg=turn, **more), moved(short_axis(), ahead_mm))


def screwed(ahead_mm, **more):
    """A slice of a heart whose anterior insertion turns towards the apex; the normal points to the base."""
    out_of_septum = ring(turn_deg=TURNED_DEG_PER_MM * ahead_mm).rv_insertion_px
    return Neighbour(replace(ring(**more), rv_insertion_px=out_of_septum), moved(short_axis(), ahead_mm))


def across(grid):
    """A plane whose two faces can't be told apart: the usual long axis lies in it."""
    row = BASE_TO_APEX / np.linalg.norm(BASE_TO_APEX)
    column = np.cross(row, grid.normal)
    return Grid(grid.shape, grid.spacing_mm, grid.origin_mm, row, column / np.linalg.norm(column))


def turned_deg(inferred, name="rv_insertion_px"):
    """How far the inferred insertion lies from that of the ring."""
    contours, spacing = inferred.contours, np.ones(2)
    angles = (screen_angle_deg(getattr(each, name), contours.centre_px, spacing).item() for each in (ring(), contours))
    return turn_deg(*angles)


@pytest.mark.parametrize("inferior", [True, False])
@pytest.mark.parametrize("ahead_mm", [-12.0, 8.0, 30.0, 0.0])
def test_another_slice_of_the_same_heart_gives_the_true_insertions(ahead_mm, inferior):
    contours, grid = ring(inferior=inferior), short_axis()
    found = with_insertions(bare(contours), grid, [screwed(ahead_mm, inferior=inferior)])
    assert found.contours.rv_insertion_px == pytest.approx(contours.rv_insertion_px)
    if inferior:
        assert found.contours.rv_inferior_px == pytest.approx(contours.rv_inferior_px)
    assert found.from_mm == pytest.approx([abs(ahead_mm)])
    assert found.off_deg == pytest.approx(np.interp(abs(ahead_mm), OFF_AT_MM, OFF_DEG))


@pytest.mark.parametrize(("ahead_mm", "clockwise_deg"), [(10.0, -8.5), (-10.0, 8.5)])
def test_from_the_base_the_anterior_insertion_turns_into_the_septum_and_from_the_apex_out_of_it(
    ahead_mm, clockwise_deg
):
    # The septum lies on the left of the screen: into it is against the clock from the anterior insertion.
    found = with_insertions(bare(ring()), short_axis(), [beside(ahead_mm)])
    assert turned_deg(found) == pytest.approx(clockwise_deg)
    assert turned_deg(found, "rv_inferior_px") == pytest.approx(0.0)


@pytest.mark.parametrize("swapped", [False, True])
def test_where_the_side_of_the_septum_can_not_be_told_nothing_is_turned_and_the_error_is_larger(swapped):
    grid = short_axis() if swapped else across(short_axis())
    points = {"rv_inferior_px": ring().rv_insertion_px, "rv_insertion_px": ring().rv_inferior_px} if swapped else {}
    marked = replace(ring(inferior=False), **points)
    found = with_insertions(bare(ring()), grid, [Neighbour(marked, moved(grid, 20.0))])
    assert found.contours.rv_insertion_px == pytest.approx(marked.rv_insertion_px)
    assert found.off_deg == pytest.approx(20.0 * TURNED_DEG_PER_MM)


def test_the_inferior_insertion_tells_the_side_of_the_septum_where_the_plane_does_not():
    grid = across(short_axis())
    found = with_insertions(bare(ring()), grid, [Neighbour(ring(), moved(grid, 20.0))])
    assert turned_deg(found) == pytest.approx(-17.0)


@settings(max_examples=40, deadline=None)
@given(
    angles=st.tuples(st.floats(-180, 180), st.floats(-180, 180)),
    mirrored=st.tuples(st.booleans(), st.booleans()),
    spacing=st.tuples(st.floats(0.5, 3.0), st.floats(0.5, 3.0)),
)
def test_however_the_two_slices_are_looked_at_the_point_of_the_heart_is_the_same(angles, mirrored, spacing):
    contours, grid = ring(), short_axis()
    source = screwed(10.0)
    there = looked_at(source.contours, source.grid, angles[0], mirrored=mirrored[0], spacing_mm=spacing)
    here = looked_at(contours, grid, angles[1], mirrored=mirrored[1], spacing_mm=spacing[::-1])
    found = with_insertions(bare(here.contours), here.grid, [there]).contours
    for name in POINTS[2:]:
        place_mm = here.grid.patient_mm(getattr(found, name))
        assert place_mm == pytest.approx(grid.patient_mm(getattr(contours, name)), abs=1e-6)


def test_the_point_lies_on_the_wall_of_a_smaller_heart_elsewhere_in_the_image():
    small, grid = ring(centre_px=(22.0, 41.0), radii_mm=(4.0, 9.0)), short_axis()
    found = with_insertions(bare(small), grid, [screwed(15.0)]).contours
    assert found.rv_insertion_px == pytest.approx(small.rv_insertion_px)
    assert found.rv_inferior_px == pytest.approx(small.rv_inferior_px)


def test_of_two_on_one_side_the_nearest_counts_alone():
    found = with_insertions(bare(ring()), short_axis(), [beside(18.0, turn=25.0), beside(9.0, turn=10.0)])
    assert turned_deg(found) == pytest.approx(10.0 - 9.0 * TURNED_DEG_PER_MM)
    assert found.from_mm == pytest.approx([9.0])


def test_of_one_on_either_side_each_counts_the_more_the_nearer_it_is():
    found = with_insertions(bare(ring()), short_axis(), [beside(-10.0, turn=20.0), beside(20.0, turn=-10.0)])
    # Twice the unit vector at 20° and once that at −10° make 10.1°.
    assert turned_deg(found) == pytest.approx(10.10, abs=0.01)
    assert found.from_mm == pytest.approx([10.0, 20.0])
    assert found.off_deg is None


def test_a_slice_in_the_same_plane_counts_alone():
    found = with_insertions(bare(ring()), short_axis(), [beside(0.0, turn=7.0), beside(-10.0, turn=30.0)])
    assert turned_deg(found) == pytest.approx(7.0)


def test_an_inferior_insertion_of_its_own_is_kept():
    contours = ring()
    found = with_insertions(replace(contours, rv_insertion_px=None), short_axis(), [beside(10.0, turn=20.0)]).contours
    assert np.array_equal(found.rv_inferior_px, contours.rv_inferior_px)


def test_the_inferior_insertion_comes_from_those_that_have_it():
    found = with_insertions(bare(ring()), short_axis(), [beside(5.0, inferior=False), beside(-10.0, turn=12.0)])
    assert turned_deg(found, "rv_inferior_px") == pytest.approx(12.0)
    none = with_insertions(bare(ring()), short_axis(), [beside(5.0, inferior=False)]).contours
    assert none.rv_inferior_px is None


@pytest.mark.parametrize(
    ("neighbour", "reason"),
    [
        (beside(FARTHEST_MM + 1.0), r"at most 40 mm away.*found the nearest one 41 mm away"),
        (Neighbour(ring(), tilted(short_axis(), 25.0)), "found slices that are tilted against this one"),
        (Neighbour(ring(), Grid.plain((60, 70))), "found no slice of known orientation"),
        (Neighbour(bare(ring()), short_axis()), "found no slice of known orientation beside it in which"),
    ],
)
def test_a_neighbour_that_says_nothing_about_this_slice_is_refused(neighbour, reason):
    with pytest.raises(NotScorableError, match=rf"not marked in this slice, and can't be inferred.*{reason}"):
        with_insertions(bare(ring()), short_axis(), [neighbour])


def test_a_far_slice_on_the_other_side_does_not_count():
    found = with_insertions(bare(ring()), short_axis(), [beside(12.0, turn=5.0), beside(-60.0, turn=40.0)])
    assert turned_deg(found) == pytest.approx(5.0 - 12.0 * TURNED_DEG_PER_MM)


def test_a_slice_that_is_tilted_a_little_serves():
    grid, ahead_mm = tilted(moved(short_axis(), 10.0), 10.0), 10.0 + 29.3 * np.sin(np.radians(10.0))
    found = with_insertions(bare(ring()), short_axis(), [Neighbour(screwed(ahead_mm).contours, grid)])
    assert abs(turned_deg(found)) < 1.0


def test_without_orientation_of_its_own_a_slice_can_take_nothing_over():
    with pytest.raises(NotScorableError, match="the orientation of this slice is not known"):
        with_insertions(bare(ring()), Grid.plain((60, 70)), [beside(10.0)])


def test_neighbours_that_contradict_each_other_are_refused():
    with pytest.raises(NotScorableError, match="two whose insertions lie 80° apart"):
        with_insertions(bare(ring()), short_axis(), [beside(-10.0, turn=-40.0), beside(10.0, turn=40.0)])


def test_an_insertion_on_the_centre_of_a_neighbour_has_no_direction():
    central = replace(ring(), rv_insertion_px=ring().centre_px)
    with pytest.raises(NotScorableError, match="on the centre of the cavity"):
        with_insertions(bare(ring()), short_axis(), [Neighbour(central, moved(short_axis(), 10.0))])


def test_a_cavity_like_a_sickle_has_no_centre_to_start_from():
    turns = np.radians(np.arange(-150.0, 151.0, 5.0))
    around = np.stack([np.sin(turns), np.cos(turns)], axis=-1)
    endo, epi = (
        30.0 + np.concatenate([outer * around, inner * around[::-1]]) for outer, inner in ((18.0, 16.0), (20.0, 14.0))
    )
    with pytest.raises(NotScorableError, match="a cavity here whose centre lies outside the wall"):
        with_insertions(Contours(endo, epi), short_axis(), [beside(10.0, turn=-60.0)])


STACKS = sorted((DATA / "anatomies" / "autofd").glob("*.npz"))


def real_stack(path):
    """Slices 10 mm apart from the apex on, with insertions where the right ventricle lies on the left one."""
    with np.load(path) as archive:
        labels, spacing_mm = archive["label"][2:9, ::-1], float(archive["spacing_mm"])
    plane = short_axis(labels.shape[1:], (spacing_mm, spacing_mm))
    found = []
    for number, label in enumerate(labels):
        grid = moved(plane, 10.0 * number)
        contours = Contours(polygons.trace(label == 1), polygons.trace((label == 1) | (label == 2)))
        anterior, inferior = insertions_px(contours.epi_px, label == 4, grid)
        found.append(Neighbour(replace(contours, rv_insertion_px=anterior, rv_inferior_px=inferior), grid))
    return found


def off_deg(here, neighbours):
    found = with_insertions(bare(here.contours), here.grid, neighbours).contours
    pairs = ((getattr(each, name) for each in (here.contours, found)) for name in POINTS[2:])
    return [
        turn_deg(*(screen_angle_deg(p, found.centre_px, here.grid.spacing_mm).item() for p in pair)) for pair in pairs
    ]


@pytest.mark.skipif(not STACKS, reason="the real hearts with marked right ventricles are not here")
def test_on_real_hearts_the_neighbours_tell_the_insertions_as_well_as_is_said():
    stacks = [real_stack(path) for path in STACKS]
    between = [off_deg(stack[k], [stack[k - 1], stack[k + 1]]) for stack in stacks for k in range(1, len(stack) - 1)]
    assert np.median(np.abs(between), axis=0) == pytest.approx([0.0, 0.0], abs=4.0)
    for away in (1, 2, 3):
        towards_apex = [off_deg(stack[k], [stack[k + away]]) for stack in stacks for k in range(3)]
        assert np.median(towards_apex, axis=0) == pytest.approx([0.0, 0.0], abs=OFF_DEG[away] + 2.0)


def alone(stack, away):
    """How far anterior insertions are off, each from one slice so many steps away; positive = out of the septum."""
    pairs = [(k, k + step) for k in range(len(stack)) for step in (-away, away) if 0 <= k + step < len(stack)]
    return np.array([np.sign(other - k) * off_deg(stack[k], [stack[other]])[0] for k, other in pairs])


@pytest.mark.skipif(not STACKS, reason="the real hearts with marked right ventricles are not here")
def test_of_real_hearts_that_had_no_part_in_the_slope_the_insertions_are_as_far_off_as_is_said(monkeypatch):
    monkeypatch.setattr("myoqc.locate.neighbours.FARTHEST_MM", FARTHEST_MM + 0.01)
    steps = np.arange(1, 5)
    left_deg = [[alone(stack, away) for away in steps] for stack in map(real_stack, STACKS)]
    raw_deg = [[off + TURNED_DEG_PER_MM * 10.0 * n for n, off in zip(steps, each, strict=True)] for each in left_deg]

    def slope(subjects):
        pairs = [(10.0 * n, off) for each in subjects for n, offs in zip(steps, each, strict=True) for off in offs]
        mm, deg = np.transpose(pairs)
        return np.sum(mm * deg) / np.sum(mm**2)

    assert slope(raw_deg) == pytest.approx(TURNED_DEG_PER_MM, abs=0.01)
    held_out = [slope(raw_deg[:k] + raw_deg[k + 1 :]) for k in range(len(raw_deg))]
    for n, said_deg in zip(steps, OFF_DEG[1:], strict=True):
        errors = [np.abs(raw[n - 1] - other * 10.0 * n) for raw, other in zip(raw_deg, held_out, strict=True)]
        assert np.concatenate(errors).mean() == pytest.approx(said_deg, abs=0.6)
