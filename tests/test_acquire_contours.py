import json
from dataclasses import replace

import nibabel as nib
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hearts import DATA, acquisition, ring, short_axis
from myoqc import polygons
from myoqc.acquire.contours import SliceContours, contours_for, read_contours, write_contours, write_label_mask
from myoqc.aha import Level, Segment, screen_angle_deg, turn_deg
from myoqc.errors import ContourError, GeometryError, MyoqcError, OutputError, ReadError
from myoqc.records import Contours, Grid, Origin, Segments, Source

SQUARE = [[10, 10], [10, 20], [20, 20], [20, 10]]
OUTER = [[5, 5], [5, 25], [25, 25], [25, 5]]
GOOD = {"endo_px": SQUARE, "epi_px": OUTER}
FIELDS = ("endo_px", "epi_px", "rv_insertion_px", "rv_inferior_px")


def written(path, *slices, **header):
    path.write_text(json.dumps({"format": "myoqc-contours", "version": 1, "slices": list(slices)} | header))
    return path


def same(one, other):
    return one.origin is other.origin and all(
        (getattr(one, name) is None) == (getattr(other, name) is None)
        and (getattr(one, name) is None or np.array_equal(getattr(one, name), getattr(other, name)))
        for name in FIELDS
    )


# Our JSON


@settings(max_examples=20, deadline=None)
@given(
    centre=st.tuples(st.floats(20, 40), st.floats(20, 40)),
    inferior=st.booleans(),
    uid=st.none() | st.text(),
    number=st.none() | st.integers(),
    level=st.none() | st.sampled_from(Level),
    origin=st.sampled_from(Origin),
)
def test_write_then_read_is_the_identity(tmp_path_factory, centre, inferior, uid, number, level, origin):
    given_contours = replace(ring(centre, inferior=inferior), origin=origin)
    path = tmp_path_factory.getbasetemp() / "contours.json"
    write_contours([SliceContours(given_contours, uid, number, level)], path)
    (read,) = read_contours(path)
    assert same(read.contours, given_contours)
    assert (read.slice_uid, read.series_number, read.level) == (uid, number, level)


def test_what_is_not_said_stays_open(tmp_path):
    (read,) = read_contours(written(tmp_path / "c.json", GOOD))
    assert (read.slice_uid, read.series_number, read.level) == (None, None, None)
    assert (read.contours.rv_insertion_px, read.contours.origin) == (None, Origin.MANUAL)


@pytest.mark.parametrize(
    ("error", "words", "change"),
    [
        (ContourError, "endocardial contour crosses itself", {"endo_px": [[10, 10], [20, 20], [10, 20], [20, 10]]}),
        (ContourError, "endocardial contour is open", {"endo_px": [[10, 10 + n] for n in range(9)] + [[12, 18]]}),
        (ContourError, "were they exchanged", {"endo_px": OUTER, "epi_px": SQUARE}),
        (ContourError, "too few points; expected 3 or more different points; found 2", {"endo_px": SQUARE[:2]}),
        (ContourError, "an outline is missing.*found no epi_px", {"epi_px": None}),
        (ContourError, r"endo_px is not a list of points; expected \[\[row, column\], ...\]", {"endo_px": "round"}),
        (ContourError, "endo_px is not a list of points", {"endo_px": [1, 2, 3]}),
        (ContourError, "endo_px is not a list of points", {"endo_px": [*SQUARE, [1, "2"]]}),
        (ContourError, "endo_px is not a list of points", {"endo_px": [*SQUARE, [1, 10**400]]}),
        (ContourError, "endo_px is not a list of points", {"endo_px": [*SQUARE, [float("nan"), 1]]}),
        (ContourError, "rv_insertion_px is not a list of points", {"rv_insertion_px": [1, 2, 3]}),
        (ReadError, "unknown level; expected one of basal, mid, apical, unknown; found 'top'", {"level": "top"}),
        (ReadError, "unknown level", {"level": ["mid"]}),
        (ReadError, "unknown origin; expected one of manual, automatic, phantom", {"origin": "me"}),
        (ReadError, "series_number has the wrong type; expected a whole number", {"series_number": True}),
        (ReadError, "slice_uid has the wrong type; expected text; found 7", {"slice_uid": 7}),
        (ReadError, "unknown fields; expected endo_px, .*found rv_insertion", {"rv_insertion": [1, 2]}),
    ],
)
def test_an_unsound_slice_is_refused_by_number_and_reason(tmp_path, error, words, change):
    path = written(tmp_path / "c.json", GOOD, GOOD | change)
    with pytest.raises(error, match=rf"c\.json: slice 2: .*{words}"):
        read_contours(path)


@pytest.mark.parametrize(
    ("words", "content"),
    [
        ("not JSON", "endo: 1 2 3"),
        ("not JSON", ""),
        ("not a JSON object", "[]"),
        ("nested too deep; expected a few levels", "[" * 100_000),
        ("nested too deep", '{"slices":' * 50_000),
        ('not a contour file of this version; expected "format": "myoqc-contours"', "{}"),
        ("version", '{"format": "myoqc-contours", "version": 2, "slices": []}'),
        ("no slices", '{"format": "myoqc-contours", "version": 1, "slices": []}'),
        ("no slices", '{"format": "myoqc-contours", "version": 1, "slices": {"a": 1}}'),
        ("slice 1: not an object", '{"format": "myoqc-contours", "version": 1, "slices": [3]}'),
    ],
)
def test_a_file_that_is_no_contour_file_is_refused(tmp_path, words, content):
    (tmp_path / "c.json").write_text(content)
    with pytest.raises(ReadError, match=rf"c\.json: .*{words}"):
        read_contours(tmp_path / "c.json")


def test_bytes_that_are_no_text_a_huge_file_and_no_file_are_refused(tmp_path):
    path = tmp_path / "c.json"
    path.write_bytes(b"\xff\xfe\x00\x80")
    with pytest.raises(ReadError, match="not JSON"):
        read_contours(path)
    with path.open("wb") as file:
        file.truncate(50_000_001)
    with pytest.raises(ReadError, match="too large for contours; expected at most 50 MB"):
        read_contours(path)
    with pytest.raises(ReadError, match="can't be opened"):
        read_contours(tmp_path / "absent.json")
    with pytest.raises(OutputError, match="can't be written"):
        write_contours([SliceContours(ring())], tmp_path / "absent" / "c.json")


@settings(max_examples=100, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from((*FIELDS, "level")), inner),
        max_leaves=12,
    )
)
def test_any_json_in_place_of_a_slice_is_read_or_refused(tmp_path_factory, content):
    path = written(tmp_path_factory.getbasetemp() / "any.json", content, GOOD)
    with pytest.raises(MyoqcError, match="slice 1"):
        read_contours(path)


# Which contours belong to a slice


def candidate(uid=None, number=None, contours=None):
    return SliceContours(contours or ring(), uid, number)


def test_the_unique_identifier_decides_before_the_series_number():
    right, wrong = candidate("1.2.3.4", 99), candidate(None, 12)
    assert contours_for(acquisition(), [wrong, candidate("9.9", 12), right]) is right


def test_the_series_number_decides_among_those_that_name_no_slice():
    right = candidate(None, 12)
    assert contours_for(acquisition(), [candidate("9.9", 12), candidate(None, 13), right]) is right


def test_the_only_contours_that_name_nothing_are_taken():
    only = candidate()
    assert contours_for(acquisition(), [only]) is only


def test_contours_of_other_slices_are_not_taken():
    others = [candidate("9.9", 12), candidate(None, 13)]
    assert contours_for(acquisition(), others) is None
    assert contours_for(acquisition(), []) is None
    no_number = acquisition(source=Source())
    assert contours_for(no_number, [candidate(None, 13)]) is None


@pytest.mark.parametrize(
    "candidates",
    [
        [candidate("1.2.3.4"), candidate("1.2.3.4")],
        [candidate(None, 12), candidate(None, 12)],
        [candidate(), candidate()],
        [candidate(), candidate("9.9")],
    ],
)
def test_ambiguous_contours_are_refused(candidates):
    with pytest.raises(ContourError, match=r"ambiguous which contours.*slice_uid '1\.2\.3\.4' or series_number 12"):
        contours_for(acquisition(), candidates)


def test_an_outline_beyond_the_image_is_refused_with_a_hint_where_row_and_column_are_exchanged():
    grid = short_axis((50, 120))
    beyond = ring((25.0, 90.0))
    exchanged = Contours(beyond.endo_px[:, ::-1], beyond.epi_px[:, ::-1])
    with pytest.raises(ContourError, match=r"leaves the image.*seem to be given as column, row"):
        contours_for(acquisition(grid), [candidate(contours=exchanged)])
    with pytest.raises(ContourError, match=r"leaves the image.*Check that the contours belong to this slice"):
        contours_for(acquisition(grid), [candidate(contours=ring((200.0, 300.0)))])


# The Sunnybrook Cardiac Data's text


def sunnybrook(folder, number="0048", contours=None, kinds=("icontour", "ocontour")):
    contours = contours or ring()
    for kind, points_px in zip(("icontour", "ocontour"), (contours.endo_px, contours.epi_px), strict=True):
        if kind in kinds:
            path = folder / f"IM-0001-{number}-{kind}-manual.txt"
            np.savetxt(path, points_px[:, ::-1] + 0.75, fmt="%.9f")
    return folder / f"IM-0001-{number}-icontour-manual.txt"


@pytest.mark.parametrize("kind", ["icontour", "ocontour"])
def test_one_sunnybrook_file_brings_its_twin(tmp_path, kind):
    path = sunnybrook(tmp_path)
    (read,) = read_contours(path.with_name(path.name.replace("icontour", kind)))
    assert read.contours.endo_px == pytest.approx(ring().endo_px)
    assert read.contours.epi_px == pytest.approx(ring().epi_px)


def test_a_sunnybrook_folder_gives_the_slices_that_have_both(tmp_path):
    sunnybrook(tmp_path, "0099")
    sunnybrook(tmp_path, "0048", kinds=["icontour"])
    sunnybrook(tmp_path, "0059", ring((20, 30)))
    read = read_contours(tmp_path)
    assert [np.round(each.contours.centre_px, 1).tolist() for each in read] == [[20.0, 30.0], [29.3, 35.2]]


def test_unusable_sunnybrook_files_are_refused(tmp_path):
    with pytest.raises(ContourError, match=r"no contours; expected files \*icontour\*\.txt"):
        read_contours(tmp_path)
    path = sunnybrook(tmp_path, kinds=["icontour"])
    with pytest.raises(
        ContourError, match=r"its twin is missing; expected IM-0001-0048-ocontour-manual\.txt beside it"
    ):
        read_contours(path)
    twin = sunnybrook(tmp_path).with_name(path.name.replace("icontour", "ocontour"))
    for content, words in ((b"1 2\n3\n", "line 2 is not a point"), (b"\xff\xfe", "not a text file")):
        twin.write_bytes(content)
        with pytest.raises(ReadError, match=words):
            read_contours(path)
    twin.write_bytes(b"\n\n")
    with pytest.raises(ContourError, match="no points"):
        read_contours(path)
    np.savetxt(twin, ring().endo_px / 2)
    with pytest.raises(ContourError, match=r"icontour-manual\.txt: .*exchanged"):
        read_contours(path)
    (tmp_path / "notes.txt").write_text("1 2")
    with pytest.raises(ReadError, match="expected 'icontour' or 'ocontour' in its name"):
        read_contours(tmp_path / "notes.txt")


@pytest.mark.skipif(not (DATA / "sunnybrook-cine").is_dir(), reason="the Sunnybrook patients are not here")
@pytest.mark.parametrize(("patient", "n_slices"), [("SC-HF-I-1", 9), ("SC-HF-I-2", 9), ("SC-HF-I-4", 10)])
def test_contours_of_real_patients_are_read_and_filled_to_their_area(patient, n_slices):
    read = read_contours(DATA / "sunnybrook-cine" / patient / "contours")
    assert len(read) == n_slices
    for each in read:
        for outline in (each.contours.endo_px, each.contours.epi_px):
            area = polygons.area_px2(outline)
            assert polygons.fill(outline, (256, 256)).sum() == pytest.approx(area, rel=0.03, abs=5)


# NIfTI label masks


def labels_of(contours, shape, right=True):
    cavity, heart = (polygons.fill(outline, shape) for outline in (contours.endo_px, contours.epi_px))
    labels = np.where(cavity, 1, np.where(heart, 2, 0)).astype(np.uint8)
    if right:
        rows, columns = np.mgrid[: shape[0], : shape[1]]
        away = (rows - contours.centre_px[0]) ** 2 + (columns - contours.centre_px[1] + 15.0) ** 2 < 17.3**2
        labels[away & ~heart] = 4
    return labels


def mask_file(path, labels, affine):
    nib.save(nib.Nifti1Image(labels, affine), path)
    return path


def test_a_mask_written_and_read_fills_to_the_same_mask(tmp_path):
    grid, contours = short_axis(), ring()
    write_label_mask(contours, grid, tmp_path / "mask.nii.gz")
    (read,) = read_contours(tmp_path / "mask.nii.gz", grid)
    expected = labels_of(contours, grid.shape, right=False)
    assert np.array_equal(labels_of(read.contours, grid.shape, right=False), expected)
    assert read.contours.rv_insertion_px is None


def test_a_mask_without_orientation_is_taken_pixel_by_pixel_for_images_without(tmp_path):
    grid, contours = Grid.plain((60, 70), 1.5), ring()
    write_label_mask(contours, grid, tmp_path / "mask.nii.gz")
    (found,) = read_contours(tmp_path / "mask.nii.gz", grid=grid)
    assert np.array_equal(polygons.fill(found.contours.epi_px, grid.shape), polygons.fill(contours.epi_px, grid.shape))
    for other in (Grid.plain((60, 71), 1.5), short_axis()):
        with pytest.raises(GeometryError, match=r"does not lie in the plane of the images.*found no orientation"):
            read_contours(tmp_path / "mask.nii.gz", grid=other)


@pytest.mark.parametrize("order", [(0, 1, 2), (1, 0, 2), (2, 0, 1), (1, 2, 0)])
@pytest.mark.parametrize("flips", [(1, 1), (-1, 1), (1, -1), (-1, -1)])
def test_axes_of_a_mask_in_any_order_or_flip_find_the_same_heart(tmp_path, order, flips):
    grid = short_axis()
    labels = labels_of(ring(), grid.shape)
    volume, affine = labels.T[:, :, None], grid.affine
    image = nib.Nifti1Image(volume, affine)
    ornt = np.array([[order.index(axis), flip] for axis, flip in zip(range(3), (*flips, 1), strict=True)])
    nib.save(image.as_reoriented(ornt), tmp_path / "mask.nii")
    (read,) = read_contours(tmp_path / "mask.nii", grid)
    (plain,) = read_contours(mask_file(tmp_path / "plain.nii", volume, affine), grid)
    assert np.array_equal(labels_of(read.contours, grid.shape, right=False) > 0, (labels == 1) | (labels == 2))
    assert read.contours.rv_insertion_px == pytest.approx(plain.contours.rv_insertion_px, abs=0.5)
    assert read.contours.rv_inferior_px == pytest.approx(plain.contours.rv_inferior_px, abs=0.5)


def test_insertion_points_are_the_ends_of_the_septum_and_the_anterior_one_is_above(tmp_path):
    grid, contours = short_axis(), ring()
    path = mask_file(tmp_path / "mask.nii", labels_of(contours, grid.shape).T[:, :, None], grid.affine)
    (read,) = read_contours(path, grid)
    angles = [
        float(screen_angle_deg(point, contours.centre_px, grid.spacing_mm))
        for point in (read.contours.rv_insertion_px, read.contours.rv_inferior_px)
    ]
    # Where two circles of 20 and 17.3 mm cross whose centres are 15 mm apart, seen from the first.
    crossing_deg = float(np.degrees(np.arccos((15.0**2 + 20.0**2 - 17.3**2) / (2 * 15.0 * 20.0))))
    assert angles == pytest.approx([-180 + crossing_deg, 180 - crossing_deg], abs=7.0)
    middle = np.argwhere(Segments.from_contours(read.contours, grid).masks[Segment.ANTERIOR]).mean(axis=0)
    assert abs(turn_deg(float(screen_angle_deg(middle, contours.centre_px, grid.spacing_mm)), -90.0)) < 30.0


def test_a_stack_gives_all_slices_or_the_one_that_is_asked_for(tmp_path):
    grid = short_axis()
    volume = np.stack([labels_of(ring((29.3, 25.2 + 5 * n)), grid.shape).T for n in range(3)], axis=-1)
    affine = grid.affine.copy()
    affine[:3, 2] *= 10.0
    path = mask_file(tmp_path / "stack.nii", volume, affine)
    assert [round(each.contours.centre_px[1]) for each in read_contours(path)] == [25, 30, 35]
    for number, column in enumerate((25, 30, 35)):
        place = grid.origin_mm + (10.0 * number + 3.0) * grid.normal
        wanted = Grid(grid.shape, grid.spacing_mm, place, grid.row_direction, grid.column_direction)
        assert [round(each.contours.centre_px[1]) for each in read_contours(path, wanted)] == [column]


def test_a_finer_mask_is_brought_to_the_pixels_of_the_images(tmp_path):
    fine, coarse = short_axis((120, 140), (0.5, 0.5)), short_axis()
    labels = labels_of(ring((58.6, 70.4), (0.5, 0.5)), fine.shape, right=False)
    (read,) = read_contours(mask_file(tmp_path / "m.nii", labels.T[:, :, None], fine.affine), coarse)
    assert read.contours.centre_px == pytest.approx([29.3, 35.2], abs=0.1)


def test_without_septum_or_with_an_unclear_side_there_are_no_insertion_points(tmp_path):
    grid = short_axis()
    far = labels_of(ring(), grid.shape, right=False)
    far[:3, :3] = 3
    around = np.where(labels_of(ring(), grid.shape, right=False) == 0, 3, labels_of(ring(), grid.shape, right=False))
    for labels in (far, around):
        path = mask_file(tmp_path / "m.nii", labels.astype(np.uint8).T[:, :, None], grid.affine)
        (read,) = read_contours(path, grid)
        assert (read.contours.rv_insertion_px, read.contours.rv_inferior_px) == (None, None)
    sideways = Grid(grid.shape, grid.spacing_mm, np.zeros(3), np.array([0.67, 0.742, 0.0]), np.array([0.0, 0.0, 1.0]))
    sideways = replace(sideways, row_direction=np.array([0.62, -0.55, 0.0]) / np.hypot(0.62, 0.55))
    path = mask_file(tmp_path / "m.nii", labels_of(ring(), grid.shape).T[:, :, None], sideways.affine)
    assert read_contours(path)[0].contours.rv_insertion_px is None


def test_masks_that_can_not_be_used_are_refused(tmp_path):
    grid = short_axis()
    good = labels_of(ring(), grid.shape)
    cases = [
        (ContourError, "not a label mask; expected 0, 1 .cavity., 2 .wall.*found 7", np.where(good == 4, 7, good)),
        (ContourError, "no slice with a left ventricle", np.where(good == 1, 0, good)),
        (ContourError, "slice 1 of 1: the endocardial contour holds no area", np.where(good == 1, 0, good)),
    ]
    cases[2][2][29, 35] = 1
    cases[1][2][good == 1] = 2
    for error, words, labels in cases:
        path = mask_file(tmp_path / "m.nii", labels.astype(np.uint8).T[:, :, None], grid.affine)
        with pytest.raises(error, match=words):
            read_contours(path, grid)


def test_a_mask_that_lies_elsewhere_is_refused(tmp_path):
    grid = short_axis()
    volume = labels_of(ring(), grid.shape).T[:, :, None]
    tilted = Grid(grid.shape, grid.spacing_mm, grid.origin_mm, grid.row_direction, grid.normal)
    with pytest.raises(GeometryError, match=r"does not lie in the plane.*found 90\.0°"):
        read_contours(mask_file(tmp_path / "m.nii", volume, tilted.affine), grid)
    shifted = replace(grid, origin_mm=grid.origin_mm + 4.0 * grid.normal)
    with pytest.raises(GeometryError, match=r"no slice of the mask lies where the images do.*found 4\.0 mm"):
        read_contours(mask_file(tmp_path / "m.nii", volume, shifted.affine), grid)
    with pytest.raises(GeometryError, match="found no orientation"):
        read_contours(mask_file(tmp_path / "m.nii", volume, None), grid)


AUTOFD = sorted((DATA / "anatomies" / "autofd").glob("*.npz"))


@pytest.mark.skipif(not AUTOFD, reason="the anatomies are not here")
@pytest.mark.parametrize("path", AUTOFD, ids=lambda path: path.stem)
def test_insertion_points_of_real_hearts_lie_between_wall_and_right_ventricle(tmp_path, path):
    labels = np.load(path)["label"]
    grid = short_axis(labels.shape[1:], (1.23, 1.23))
    affine = grid.affine.copy()
    affine[:3, 2] *= 10.0
    for each in read_contours(mask_file(tmp_path / "m.nii", labels[4:9].transpose(2, 1, 0), affine)):
        contours = each.contours
        number = Segments.from_contours(contours, grid)
        right_px = np.argwhere(labels[4:9] == 4)[:, 1:].mean(axis=0)
        right_deg = float(screen_angle_deg(right_px, contours.centre_px, grid.spacing_mm))
        ends = [
            float(screen_angle_deg(point, contours.centre_px, grid.spacing_mm))
            for point in (contours.rv_insertion_px, contours.rv_inferior_px)
        ]
        # The right ventricle lies within the septum's angle, about half-way between the two insertions.
        septum_deg = (ends[0] - ends[1]) % 360.0
        assert 60.0 < septum_deg < 170.0
        assert abs(turn_deg(ends[0] - septum_deg / 2, right_deg)) < 40.0
        assert number.masks.any(axis=(1, 2)).all()
