import numpy as np
import pydicom
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hearts import ANTERIOR_DEG, DATA, INFERIOR_DEG, on_circle_px, ring, short_axis
from myoqc.aha import (
    BASE_TO_APEX,
    ApicalSegment,
    Level,
    Segment,
    scheme_at,
    screen_angle_deg,
    segment_of,
    sense_through_septum,
    turn_deg,
)
from myoqc.errors import ContourError, GeometryError
from myoqc.polygons import fill
from myoqc.records import Contours, Grid, Segments

# Not a multiple of any angle between pixels, so that no centre lies on a border between segments.
ODD_DEG = 0.37


def mirrored(grid):
    last_column = grid.patient_mm([0, grid.shape[1] - 1])
    return Grid(grid.shape, grid.spacing_mm, last_column, -grid.row_direction, grid.column_direction)


def turned(grid, angle_deg, spacing_mm):
    """The same plane looked at with the camera turned, and with other pixels."""
    cosine, sine = np.cos(np.radians(angle_deg)), np.sin(np.radians(angle_deg))
    row = cosine * grid.row_direction + sine * grid.column_direction
    column = cosine * grid.column_direction - sine * grid.row_direction
    return Grid(grid.shape, spacing_mm, grid.origin_mm, row, column)


def segments_at(points_px, contours, grid, scheme=Segment):
    return segment_of(
        points_px,
        centre_px=contours.centre_px,
        rv_insertion_px=contours.rv_insertion_px,
        rv_inferior_px=contours.rv_inferior_px,
        normal=grid.normal,
        spacing_mm=grid.spacing_mm,
        scheme=scheme,
    )


def long_axis_plane():
    """A plane that holds the usual long axis, so that neither face looks at the apex."""
    along = BASE_TO_APEX / np.linalg.norm(BASE_TO_APEX)
    across = np.cross(along, [0.0, 0.0, 1.0])
    return Grid((60, 70), (1.0, 1.0), np.zeros(3), across / np.linalg.norm(across), along)


@settings(max_examples=30, deadline=None)
@given(
    row=st.floats(25, 35),
    column=st.floats(25, 45),
    turn=st.floats(-180, 180),
    spacing=st.tuples(st.floats(0.9, 2.0), st.floats(0.9, 2.0)),
    level=st.sampled_from([Level.MID, Level.APICAL]),
)
def test_six_masks_are_disjoint_and_their_union_is_the_wall(row, column, turn, spacing, level):
    grid = short_axis(spacing_mm=spacing)
    contours = ring((row, column), spacing, turn)
    masks = Segments.from_contours(contours, grid, level).masks
    assert len(masks) == len(scheme_at(level))
    wall = fill(contours.epi_px, grid.shape) & ~fill(contours.endo_px, grid.shape)
    assert np.array_equal(masks.sum(axis=0), wall)


@pytest.mark.parametrize(
    ("segment", "angle_deg"),
    [
        (Segment.ANTERIOR, -90),
        (Segment.ANTEROSEPTAL, -150),
        (Segment.INFEROSEPTAL, 150),
        (Segment.INFERIOR, 90),
        (Segment.INFEROLATERAL, 30),
        (Segment.ANTEROLATERAL, -30),
    ],
)
def test_seen_from_the_apex_anterior_is_up_and_the_septum_left(segment, angle_deg):
    grid, contours = short_axis(), ring()
    mask = Segments.from_contours(contours, grid).masks[segment]
    middle = np.argwhere(mask).mean(axis=0)
    found_deg = float(screen_angle_deg(middle, contours.centre_px, grid.spacing_mm))
    assert abs(turn_deg(found_deg, angle_deg)) < 2.0


@pytest.mark.parametrize(
    ("segment", "angle_deg"),
    [
        (ApicalSegment.ANTERIOR, -90),
        (ApicalSegment.SEPTAL, 180),
        (ApicalSegment.INFERIOR, 90),
        (ApicalSegment.LATERAL, 0),
    ],
)
def test_of_the_four_at_the_apex_the_septal_one_lies_about_the_middle_of_the_septum(segment, angle_deg):
    grid, contours = short_axis(), ring()
    mask = Segments.from_contours(contours, grid, Level.APICAL).masks[segment]
    middle = np.argwhere(mask).mean(axis=0)
    found_deg = float(screen_angle_deg(middle, contours.centre_px, grid.spacing_mm))
    assert abs(turn_deg(found_deg, angle_deg)) < 2.0


@pytest.mark.parametrize("inferior", [True, False])
def test_apical_borders_stand_at_15_105_195_and_285_degrees_from_the_anterior_insertion(inferior):
    grid, contours = short_axis(), ring(inferior=inferior)
    turns = np.array([0.0, 14.9, 15.1, 104.9, 105.1, 194.9, 195.1, 284.9, 285.1, 359.9])
    points_px = on_circle_px(contours.centre_px, 15.0, ANTERIOR_DEG - turns, grid.spacing_mm)
    found = segments_at(points_px, contours, grid, ApicalSegment)
    # Anterior, septal, inferior, lateral, anterior.
    assert found.tolist() == [0, 0, 1, 1, 2, 2, 3, 3, 0, 0]


def test_turning_the_insertions_by_90_degrees_moves_every_apical_segment_by_one():
    grid = short_axis()
    before = Segments.from_contours(ring(turn_deg=ODD_DEG), grid, Level.APICAL).masks
    after = Segments.from_contours(ring(turn_deg=ODD_DEG - 90.0), grid, Level.APICAL).masks
    assert np.array_equal(after, np.roll(before, -1, axis=0))


def test_turning_the_insertions_by_60_degrees_moves_every_segment_by_one():
    grid = short_axis()
    before = Segments.from_contours(ring(turn_deg=ODD_DEG), grid).masks
    # Through the septum is against the clock when seen from the apex.
    after = Segments.from_contours(ring(turn_deg=ODD_DEG - 60.0), grid).masks
    assert np.array_equal(after, np.roll(before, -1, axis=0))


@pytest.mark.parametrize("inferior", [True, False])
def test_a_mirrored_image_with_its_grid_keeps_anterior_anterior(inferior):
    grid, contours = short_axis(), ring(turn_deg=ODD_DEG, inferior=inferior)
    last = grid.shape[1] - 1

    def flipped(points_px):
        return None if points_px is None else np.abs(np.array([0.0, last]) - points_px)

    points = (contours.endo_px, contours.epi_px, contours.rv_insertion_px, contours.rv_inferior_px)
    other = Segments.from_contours(Contours(*map(flipped, points)), mirrored(grid))
    assert np.array_equal(other.masks, Segments.from_contours(contours, grid).masks[:, :, ::-1])


@settings(max_examples=40, deadline=None)
@given(
    angle=st.floats(-180, 180),
    spacing=st.tuples(st.floats(0.5, 3.0), st.floats(0.5, 3.0)),
    inferior=st.booleans(),
)
def test_a_point_of_the_heart_keeps_its_segment_in_any_rotation_and_pixel_size(angle, spacing, inferior):
    grid, contours = short_axis(), ring(inferior=inferior)
    other = turned(grid, angle, spacing)
    every = np.arange(0.0, 360.0, 7.0) + ODD_DEG
    points_px = on_circle_px(contours.centre_px, 15.0, every, grid.spacing_mm)

    def moved(points):
        return None if points is None else other.px(grid.patient_mm(points))

    same = Contours(
        *(moved(each) for each in (contours.endo_px, contours.epi_px)),
        moved(contours.rv_insertion_px),
        moved(contours.rv_inferior_px),
    )
    assert np.array_equal(segments_at(moved(points_px), same, other), segments_at(points_px, contours, grid))


def test_anisotropic_pixels_still_give_six_equal_parts():
    spacing = (0.8, 1.6)
    grid = short_axis((110, 60), spacing)
    sizes = Segments.from_contours(ring((54.2, 29.7), spacing), grid).masks.sum(axis=(1, 2))
    assert sizes == pytest.approx(sizes.mean(), rel=0.05)


def test_insertions_that_contradict_the_orientation_are_refused():
    contours = ring()
    swapped = Contours(contours.endo_px, contours.epi_px, contours.rv_inferior_px, contours.rv_insertion_px)
    with pytest.raises(GeometryError, match="contradict the orientation"):
        Segments.from_contours(swapped, short_axis())


def test_a_plane_along_the_long_axis_needs_the_inferior_insertion():
    grid = long_axis_plane()
    with pytest.raises(GeometryError, match=r"side of the septum can't be told.*90°.*Give the inferior insertion"):
        Segments.from_contours(ring(inferior=False), grid)
    assert Segments.from_contours(ring(), grid).masks.any(axis=(1, 2)).all()


def test_insertions_opposite_each_other_leave_the_septum_open():
    with pytest.raises(GeometryError, match="can't be told"):
        sense_through_septum(long_axis_plane().normal, 175.0)


def test_an_insertion_on_the_centre_of_the_cavity_is_refused():
    contours = ring()
    central = Contours(contours.endo_px, contours.epi_px, contours.centre_px)
    with pytest.raises(ContourError, match="lies on the centre"):
        segments_at(contours.epi_px, central, short_axis())


def test_an_insertion_far_from_the_wall_is_refused_as_when_row_and_column_are_exchanged():
    contours = ring()
    far = Contours(contours.endo_px, contours.epi_px, contours.rv_insertion_px + 60)
    with pytest.raises(ContourError, match=r"'rv_insertion_px' lies nowhere near the wall.*row, column"):
        Segments.from_contours(far, short_axis())


def test_two_insertions_in_the_same_direction_are_refused():
    contours = ring()
    same = Contours(contours.endo_px, contours.epi_px, contours.rv_insertion_px, contours.rv_insertion_px)
    with pytest.raises(ContourError, match="lie in the same direction"):
        Segments.from_contours(same, short_axis())


def test_angles_of_the_ring_are_those_it_was_drawn_with():
    contours = ring(spacing_mm=(0.7, 1.3))
    for point, angle in ((contours.rv_insertion_px, ANTERIOR_DEG), (contours.rv_inferior_px, INFERIOR_DEG)):
        assert screen_angle_deg(point, contours.centre_px, np.array([0.7, 1.3])) == pytest.approx(angle)


@pytest.mark.parametrize(("start", "end", "turn"), [(170, -170, 20), (-170, 170, -20), (0, 90, 90), (10, 10, 0)])
def test_turns_take_the_shorter_way(start, end, turn):
    assert turn_deg(start, end) == pytest.approx(turn)


def test_numbers_of_the_standard_are_1_to_6_at_the_base_and_7_to_12_in_the_middle():
    assert [segment.aha(Level.BASAL) for segment in Segment] == [1, 2, 3, 4, 5, 6]
    assert [segment.aha(Level.MID) for segment in Segment] == [7, 8, 9, 10, 11, 12]
    assert {segment.aha(level) for segment in Segment for level in (Level.APICAL, Level.UNKNOWN)} == {None}
    assert Segment.ANTEROSEPTAL.word == "anteroseptal"


def test_numbers_of_the_standard_are_13_to_16_at_the_apex():
    assert [(segment.word, segment.aha(Level.APICAL)) for segment in ApicalSegment] == [
        ("anterior", 13),
        ("septal", 14),
        ("inferior", 15),
        ("lateral", 16),
    ]
    assert {segment.aha(level) for segment in ApicalSegment for level in Level if level is not Level.APICAL} == {None}
    assert [scheme_at(level) for level in Level] == [Segment, Segment, ApicalSegment, Segment]


@pytest.mark.skipif(not (DATA / "sunnybrook-cine").is_dir(), reason="the Sunnybrook patients are not here")
@pytest.mark.filterwarnings("ignore::UserWarning:pydicom")
@pytest.mark.parametrize("patient", ["SC-HF-I-1", "SC-HF-I-2", "SC-HF-I-4"])
def test_the_usual_long_axis_points_to_the_smaller_end_of_real_ventricles(patient):
    ends = []
    for path in sorted((DATA / "sunnybrook-cine" / patient / "contours").glob("*ocontour*")):
        x, y = np.loadtxt(path).T
        area = 0.5 * abs(x @ np.roll(y, 1) - y @ np.roll(x, 1))
        header = pydicom.dcmread(path.parents[1] / "dicom" / f"{path.name.split('-')[2]}.dcm", stop_before_pixels=True)
        ends.append((area, np.array(header.ImagePositionPatient, dtype=float)))
    (first_area, first_mm), (last_area, last_mm) = ends[0], ends[-1]
    towards_apex = (last_mm - first_mm) * (1 if last_area < first_area else -1)
    cosine = towards_apex @ BASE_TO_APEX / np.linalg.norm(towards_apex) / np.linalg.norm(BASE_TO_APEX)
    assert cosine > 0.9


def unoriented(shape=(60, 70), spacing_mm=(1.0, 1.0)):
    return Grid.plain(shape, spacing_mm)


def test_without_orientation_a_mirrored_image_has_mirrored_segments():
    contours, last = ring(turn_deg=ODD_DEG), np.array([0.0, 69.0])
    mirrored_points = (contours.endo_px, contours.epi_px, contours.rv_insertion_px, contours.rv_inferior_px)
    other = Contours(*(np.abs(last - points) for points in mirrored_points))
    found = Segments.from_contours(contours, unoriented()).masks
    assert np.array_equal(Segments.from_contours(other, unoriented()).masks, found[:, :, ::-1])
    assert np.array_equal(found, Segments.from_contours(contours, short_axis()).masks)


def test_without_orientation_the_inferior_insertion_is_needed():
    with pytest.raises(
        GeometryError,
        match=r"can't be told; found images without orientation and no inferior insertion point\. "
        r"Give the inferior insertion point of the right ventricle as well, or the grid of the images\.",
    ):
        Segments.from_contours(ring(inferior=False), unoriented())
    with pytest.raises(GeometryError, match=r"insertion points 175° apart\. Check the two insertion points"):
        sense_through_septum(None, 175.0)


def test_a_grid_knows_whether_its_orientation_is_assumed():
    assert short_axis().oriented
    assert not unoriented().oriented
    assert unoriented().known_normal is None
    assert np.array_equal(short_axis().known_normal, short_axis().normal)
