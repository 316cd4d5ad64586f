"""RT structure sets, of which there is no real one here: the files are made with pydicom as the standard has them."""

from dataclasses import replace

import numpy as np
import pytest

from hearts import ring
from myoqc.acquire import Kind, contours_for, kind_of, read_contours
from myoqc.errors import ContourError, InputError, ReadError
from myoqc.records import Grid
from outside_contours import CONTOURS, STUDY, assert_survives_as_json, checked, slice_of_study, structures, study

MID = slice_of_study()
ENDO, EPI = "LV endo", "LV epi"
PLANAR, POINT = "CLOSED_PLANAR", "POINT"


def drawn(contours=CONTOURS, grid=MID.grid, uids=(), names=(ENDO, EPI), points=True):
    found = [
        (name, PLANAR, grid.patient_mm(outline), uids)
        for name, outline in zip(names, (contours.endo_px, contours.epi_px), strict=True)
    ]
    if points:
        found += [
            ("RV insertion anterior", POINT, grid.patient_mm(contours.rv_insertion_px), uids),
            ("RV insertion inferior", POINT, grid.patient_mm(contours.rv_inferior_px), uids),
        ]
    return found


def read_for(wanted, path):
    return contours_for(wanted, read_contours(path))


def test_contours_in_the_patient_come_back_in_the_pixels_they_were_drawn_in(tmp_path):
    path = structures(tmp_path / "rt.dcm", drawn())
    assert kind_of(path) is Kind.STRUCTURES
    found = read_for(MID, path).contours
    for name in ("endo_px", "epi_px", "rv_insertion_px", "rv_inferior_px"):
        assert np.allclose(getattr(found, name), getattr(CONTOURS, name), atol=1e-5)


def test_pixels_that_are_not_square_make_no_difference(tmp_path):
    oblong = replace(MID.grid, spacing_mm=np.array([0.9, 1.4]))
    contours = ring((31.0, 27.0), (0.9, 1.4))
    found = read_for(replace(MID, grid=oblong), structures(tmp_path / "rt.dcm", drawn(contours, oblong))).contours
    assert np.allclose(found.epi_px, contours.epi_px, atol=1e-5)


@pytest.mark.parametrize("turn", [1, -1])
@pytest.mark.parametrize("axis", [0, 1, 2])
def test_any_plane_and_any_sense_of_drawing_will_do(tmp_path, axis, turn):
    row, column = np.roll(np.eye(3), axis, axis=0)[:2]
    grid = Grid(MID.grid.shape, MID.grid.spacing_mm, np.array([5.0, 6.0, 7.0]), row, column)
    around = replace(CONTOURS, endo_px=CONTOURS.endo_px[::turn], epi_px=CONTOURS.epi_px[::turn])
    found = read_for(replace(MID, grid=grid), structures(tmp_path / "rt.dcm", drawn(around, grid))).contours
    assert found.centre_px == pytest.approx(CONTOURS.centre_px, abs=1e-5)


def test_each_slice_gets_the_contours_and_the_points_of_its_plane(tmp_path):
    made = []
    for number in range(3):
        grid = replace(MID.grid, origin_mm=MID.grid.origin_mm + (10.0 * number + 2.0) * MID.grid.normal)
        made += drawn(ring((29.0, 30.0 + 5 * number)), grid, points=number != 1)
    read = read_contours(structures(tmp_path / "rt.dcm", made))
    for number in range(3):
        wanted = ring((29.0, 30.0 + 5 * number))
        found = contours_for(slice_of_study(10.0 * number), read).contours
        assert found.centre_px == pytest.approx(wanted.centre_px, abs=1e-5)
        if number == 1:
            assert (found.rv_insertion_px, found.rv_inferior_px) == (None, None)
        else:
            assert found.rv_insertion_px == pytest.approx(wanted.rv_insertion_px, abs=1e-5)
    assert contours_for(slice_of_study(36.0), read) is None


def test_contours_survive_being_written_as_json_once_they_are_in_a_slice(tmp_path):
    assert_survives_as_json(read_contours(structures(tmp_path / "rt.dcm", drawn())), MID, tmp_path)


@pytest.mark.parametrize(
    "names",
    [
        ("LV_Endo", "LV_Epi"),
        ("endocardium", "EPICARDIUM"),
        ("LV cavity", "LVWall"),
        ("LV", "Myocardium"),
        ("LV blood pool", "Left Ventricle"),
        ("endoLV", "epiLV"),
    ],
)
def test_structures_are_known_by_their_names(tmp_path, names):
    other = [(name, PLANAR, MID.grid.patient_mm(CONTOURS.epi_px + 3.0), ()) for name in ("RV", "LA", "LV scar", "Lung")]
    found = read_for(MID, structures(tmp_path / "rt.dcm", other + drawn(names=names))).contours
    assert np.allclose(found.epi_px, CONTOURS.epi_px, atol=1e-5)
    assert np.allclose(found.endo_px, CONTOURS.endo_px, atol=1e-5)


def test_structures_that_are_not_used_may_be_damaged(tmp_path):
    others = [("Aorta", PLANAR, (), ()), ("RV", PLANAR, range(4), ()), ("Beam", PLANAR, (), ()), ("LA", POINT, (), ())]
    found = read_for(MID, structures(tmp_path / "rt.dcm", others + drawn())).contours
    assert np.allclose(found.epi_px, CONTOURS.epi_px, atol=1e-5)


def test_of_many_insertion_points_the_one_nearest_to_the_slice_counts_if_it_is_near(tmp_path):
    made, normal = drawn(), MID.grid.normal
    (name, kind, point_mm, uids), inferior = made[2], made[3]
    away_mm = [2.9, -0.4, 12.0, 0.6]
    several = [(name, kind, point_mm + away * (normal + 2 * MID.grid.row_direction), uids) for away in away_mm]
    far = (inferior[0], kind, inferior[2] + 3.1 * normal, uids)
    found = read_for(MID, structures(tmp_path / "rt.dcm", [*made[:2], *several, far])).contours
    assert np.allclose(found.rv_insertion_px, CONTOURS.rv_insertion_px - [0.0, 0.8], atol=1e-5)
    assert found.rv_inferior_px is None


@pytest.mark.parametrize("cavity", [(), [("LV cavity", PLANAR, MID.grid.patient_mm(CONTOURS.endo_px), ())]])
def test_a_wall_of_two_contours_holds_the_cavity_between_them(tmp_path, cavity):
    wall = drawn(names=("LV myocardium", "LV myocardium"))
    found = read_for(MID, structures(tmp_path / "rt.dcm", [*wall, *cavity])).contours
    assert np.allclose(found.endo_px, CONTOURS.endo_px, atol=1e-5)
    assert np.allclose(found.epi_px, CONTOURS.epi_px, atol=1e-5)


@pytest.mark.parametrize(
    ("anterior", "inferior"),
    [
        ("anterior RV insertion point", "inferior RV insertion point"),
        ("RVIP_ant", "RVIP_inf"),
        ("superior hinge point", "posterior hinge point"),
        ("RV insertion", "Inferior insertion"),
    ],
)
def test_insertions_are_known_by_their_names(tmp_path, anterior, inferior):
    made = drawn()
    made[2:] = [(anterior, *made[2][1:]), (inferior, *made[3][1:])]
    found = read_for(MID, structures(tmp_path / "rt.dcm", made)).contours
    assert np.allclose(found.rv_insertion_px, CONTOURS.rv_insertion_px, atol=1e-5)
    assert np.allclose(found.rv_inferior_px, CONTOURS.rv_inferior_px, atol=1e-5)


def test_the_phase_that_refers_to_an_image_of_the_slice_is_taken(tmp_path):
    other = drawn(ring((31.0, 40.0)), uids=("9.9",), points=False)
    own = drawn(uids=(MID.source.image_uids[4],), points=False)
    assert read_for(MID, structures(tmp_path / "rt.dcm", other + own)).contours.centre_px == pytest.approx(
        CONTOURS.centre_px, abs=1e-5
    )
    with pytest.raises(ContourError, match="several contours lie in this slice"):
        read_for(MID, structures(tmp_path / "rt.dcm", other + drawn(uids=("9.8",))))


def bent():
    made = drawn()
    points_mm = made[1][2].copy()
    points_mm[::2] += 3.0 * MID.grid.normal
    made[1] = (EPI, PLANAR, points_mm, ())
    return made


@pytest.mark.parametrize(
    ("error", "words", "made"),
    [
        (ContourError, "no slice with both outlines.*found 1 of the cavity.*, 0 of the left", drawn()[:1]),
        (ContourError, "no structure of the left ventricle.*found 'LV epi'", drawn()[1:2]),
        (ContourError, "no structure of the left ventricle.*found 'Heart'", [("Heart", *drawn()[0][1:])]),
        (ContourError, "no slice with both.*in one plane", [drawn()[0], drawn(grid=slice_of_study(9.0).grid)[1]]),
        (ContourError, "several outlines in one plane.*found 2 epicardial, 2 endo.*one phase", drawn() + drawn()),
        (ContourError, "the wall has several outlines", [("LV wall", *drawn()[n][1:]) for n in (0, 1, 1)]),
        (ContourError, r"contours at \(.*\) mm: the endocardial contour is larger", drawn(names=(EPI, ENDO))),
        (ContourError, "a contour is not flat; expected within 1 mm", bent()),
        (ContourError, "no structure of the left ventricle", [(ENDO, "OPEN_PLANAR", *drawn()[0][2:])]),
        (ContourError, "a contour holds no area", [(ENDO, PLANAR, np.eye(3)[:2], ())]),
        (ContourError, "too many contours; expected at most 2000; found 2001", 2001 * [(ENDO, PLANAR, np.eye(3), ())]),
        (
            ContourError,
            "too many insertion points; expected at most 2000; found 2001",
            drawn()[:2] + 2001 * drawn()[2:3],
        ),
        (
            ReadError,
            "ContourData is not usable; expected x, y, z of each point; found 4",
            [(ENDO, PLANAR, range(4), ())],
        ),
    ],
)
def test_structures_that_can_not_be_used_are_refused(tmp_path, error, words, made):
    with pytest.raises(error, match=rf"rt\.dcm: .*{words}"):
        read_contours(structures(tmp_path / "rt.dcm", made))


def test_a_structure_set_of_a_whole_body_is_refused_by_its_size(tmp_path):
    path = structures(tmp_path / "rt.dcm", drawn())
    with path.open("r+b") as file:
        file.truncate(9_000_000)
    with pytest.raises(ReadError, match=r"too large for contours; expected at most 8\.4 MB; found 9 MB"):
        read_contours(path)


def test_a_file_that_is_cut_off_is_refused(tmp_path):
    whole = structures(tmp_path / "rt.dcm", drawn()).read_bytes()
    for share in np.linspace(0.05, 0.95, 12):
        (tmp_path / "cut.dcm").write_bytes(whole[: int(share * len(whole))])
        with pytest.raises(InputError, match=r"cut\.dcm"):
            read_contours(tmp_path / "cut.dcm")


def test_sequences_nested_a_thousand_deep_are_refused(tmp_path):
    content = structures(tmp_path / "rt.dcm", drawn()).read_bytes()
    at = content.index(b"\x06\x30\x39\x00SQ")
    begin = b"\x06\x30\x20\x00SQ\x00\x00\xff\xff\xff\xff" + b"\xfe\xff\x00\xe0\xff\xff\xff\xff"
    end = b"\xfe\xff\x0d\xe0" + bytes(4) + b"\xfe\xff\xdd\xe0" + bytes(4)
    (tmp_path / "deep.dcm").write_bytes(content[:at] + begin * 1000 + end * 1000 + content[at:])
    with pytest.raises(ReadError, match=r"deep\.dcm: (sequences are nested too deeply|damaged, or not what)"):
        read_contours(tmp_path / "deep.dcm")


def test_check_scores_the_slices_of_a_structure_set(tmp_path):
    dicom, slices = study(tmp_path)
    made = [each for one in slices for each in drawn(grid=one.grid)]
    path = structures(tmp_path / "rt.dcm", made, StudyInstanceUID=slices[0].key.study)
    result, pixels = checked(dicom, path, tmp_path / "out")
    assert result.exit_code == 0, result.output
    wall_px = np.pi * (20.0**2 - 12.0**2)
    assert [sum(counts) for counts in pixels] == pytest.approx([wall_px, wall_px], rel=0.03)
    assert all(min(counts) > 0 for counts in pixels)


def test_check_says_that_a_structure_set_is_of_another_study(tmp_path):
    dicom, slices = study(tmp_path)
    assert slices[0].key.study != STUDY
    result, pixels = checked(dicom, structures(tmp_path / "rt.dcm", drawn()), tmp_path / "out")
    assert result.exit_code == 3
    assert "none of its contours, of 1 slice(s) or image(s), lies in a slice that could be checked" in result.output
    assert pixels == [[], []]
