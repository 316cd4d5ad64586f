"""DICOM segmentations, of which there is no real one here: the files are made with pydicom as the standard has them."""

from contextlib import suppress
from dataclasses import replace

import numpy as np
import pytest

from dicom_samples import image, save
from hearts import ring, short_axis
from myoqc import polygons
from myoqc.acquire import Kind, contours_for, kind_of, read_contours, write_contours
from myoqc.acquire.contours.parts import Part, part_named
from myoqc.errors import ContourError, GeometryError, InputError, ReadError
from myoqc.records import Grid
from outside_contours import (
    CONTOURS,
    LV,
    MYOCARDIUM,
    assert_survives_as_json,
    checked,
    masks_of,
    segmentation,
    slice_of_study,
    study,
)

MID = slice_of_study()


def frames_of(contours=CONTOURS, grid=MID.grid, uids=(), scale=1):
    return [(number, scale * mask, grid, uids) for number, mask in enumerate(masks_of(contours, grid), start=1)]


def filled(outline, grid=MID.grid):
    return polygons.fill(outline, grid.shape)


def test_outlines_fill_to_the_masks_they_were_traced_from(tmp_path):
    path = segmentation(tmp_path / "seg.dcm", frames_of())
    assert kind_of(path) is Kind.SEGMENTATION
    found = contours_for(MID, read_contours(path)).contours
    assert np.array_equal(filled(found.endo_px), filled(CONTOURS.endo_px))
    assert np.array_equal(filled(found.epi_px), filled(CONTOURS.epi_px))


def test_insertions_are_where_the_right_ventricle_lies_on_the_wall(tmp_path):
    # Where two circles of 20 and 17.3 mm cross whose centres are 15 mm apart, seen from the first.
    crossing = np.arccos((15.0**2 + 20.0**2 - 17.3**2) / (2 * 15.0 * 20.0))
    found = contours_for(MID, read_contours(segmentation(tmp_path / "seg.dcm", frames_of()))).contours
    for point_px, up in ((found.rv_insertion_px, -1), (found.rv_inferior_px, 1)):
        wanted_px = CONTOURS.centre_px + 20.0 * np.array([up * np.sin(crossing), -np.cos(crossing)])
        assert np.linalg.norm(point_px - wanted_px) < 3.0
    no_right = segmentation(tmp_path / "seg.dcm", frames_of()[:2])
    assert contours_for(MID, read_contours(no_right)).contours.rv_insertion_px is None


def test_a_fractional_segmentation_counts_from_half_its_largest_value_on(tmp_path):
    soft = [(n, np.where(mask, 100, 99), *rest) for n, mask, *rest in frames_of()]
    read = read_contours(segmentation(tmp_path / "seg.dcm", soft, kind="FRACTIONAL"))
    assert np.array_equal(filled(contours_for(MID, read).contours.epi_px), filled(CONTOURS.epi_px))


@pytest.mark.parametrize("spacing_mm", [(0.5, 0.5), (0.8, 1.25)])
def test_other_pixels_in_another_orientation_find_the_same_heart(tmp_path, spacing_mm):
    grid = MID.grid
    shape = tuple(int(length / step) for length, step in zip((60, 70), spacing_mm, strict=True))
    turned = Grid(
        shape[::-1], spacing_mm[::-1], grid.origin_mm + 0.4 * grid.normal, grid.column_direction, grid.row_direction
    )
    own = turned.px(grid.patient_mm(CONTOURS.endo_px)), turned.px(grid.patient_mm(CONTOURS.epi_px))
    masks = [polygons.fill(own[0], turned.shape), polygons.fill(own[1], turned.shape)]
    frames = [(1, masks[0], turned, ()), (2, masks[1] & ~masks[0], turned, ())]
    found = contours_for(MID, read_contours(segmentation(tmp_path / "seg.dcm", frames))).contours
    assert found.centre_px == pytest.approx(CONTOURS.centre_px, abs=0.1)
    assert polygons.area_px2(found.epi_px) == pytest.approx(polygons.area_px2(CONTOURS.epi_px), rel=0.01)


def at(away_mm, tilt_deg=0.0):
    grid, tilt = MID.grid, np.radians(tilt_deg)
    row = np.cos(tilt) * grid.row_direction + np.sin(tilt) * grid.normal
    return Grid(grid.shape, grid.spacing_mm, grid.origin_mm + away_mm * grid.normal, row, grid.column_direction)


def test_of_a_stack_the_slice_that_lies_nearest_is_taken(tmp_path):
    stack = [each for n in range(3) for each in frames_of(ring((29.0, 30.0 + 5 * n)), at(10.0 * n - 2.0))]
    read = read_contours(segmentation(tmp_path / "seg.dcm", stack))
    assert len(read) == 3
    for number in range(3):
        found = contours_for(slice_of_study(10.0 * number), read)
        assert found.contours.centre_px == pytest.approx((29.0, 30.0 + 5 * number), abs=0.3)
    assert contours_for(slice_of_study(14.0), read) is None


@pytest.mark.parametrize(("away_mm", "tilt_deg", "fits"), [(2.9, 0, True), (3.1, 0, False), (0, 3, False)])
def test_a_plane_further_off_or_tilted_holds_no_contours_of_the_slice(tmp_path, away_mm, tilt_deg, fits):
    read = read_contours(segmentation(tmp_path / "seg.dcm", frames_of(grid=at(away_mm, tilt_deg))))
    assert (contours_for(MID, read) is not None) is fits


def test_contours_survive_being_written_as_json_once_they_are_in_a_slice(tmp_path):
    read = read_contours(segmentation(tmp_path / "seg.dcm", frames_of()))
    assert_survives_as_json(read, MID, tmp_path)
    with pytest.raises(ContourError, match=r"not in the pixels of a slice.*contours_for"):
        write_contours(read, tmp_path / "c.json")


def test_the_phase_that_refers_to_an_image_of_the_slice_is_taken(tmp_path):
    own = frames_of(uids=(MID.source.image_uids[2],))
    other = frames_of(ring((31.0, 40.0)), uids=("9.9",))
    read = read_contours(segmentation(tmp_path / "seg.dcm", [*other, *own]))
    assert contours_for(MID, read).contours.centre_px == pytest.approx(CONTOURS.centre_px, abs=0.3)
    read = read_contours(segmentation(tmp_path / "seg.dcm", [*other, *frames_of(uids=("9.8",))]))
    with pytest.raises(ContourError, match=r"several contours lie in this slice.*found 2.*one phase"):
        contours_for(MID, read)


def test_contours_of_another_study_do_not_lie_in_this_patient(tmp_path):
    read = read_contours(segmentation(tmp_path / "seg.dcm", frames_of(), StudyInstanceUID="1.2.826.0.1.98"))
    assert contours_for(MID, read) is None


def test_images_without_orientation_can_not_get_them(tmp_path):
    read = read_contours(segmentation(tmp_path / "seg.dcm", frames_of()))
    flat = replace(MID, grid=Grid.plain(MID.grid.shape))
    with pytest.raises(GeometryError, match="images do not say how they lie in the patient"):
        contours_for(flat, read)


@pytest.mark.parametrize(
    ("cavity", "wall"),
    [
        (("LV cavity", LV), ("LV myocardium", LV)),
        (("LVBloodPool", LV), ("LV_wall", LV)),
        (("lv-endo", LV), ("LV EPI", LV)),
        (("Left Ventricle", LV), ("Myocardium", MYOCARDIUM)),
        (("heart_ventricle_left", LV), ("heart_myocardium", MYOCARDIUM)),
        (("Segment 1", LV), ("Segment 2", MYOCARDIUM)),
        (("1", ("0", "Cavity of left ventricle")), ("2", ("0", "Myocardium of left ventricle"))),
        (("1", ("87878005", "")), ("2", ("49848007", ""))),
        (("endocardium", LV), ("left ventricle", LV)),
    ],
)
def test_segments_are_known_by_label_or_code(tmp_path, cavity, wall):
    segments = (("Left atrium", ("82471001", "Left atrium")), wall, cavity, ("RV myocardium", ("0", "RV")))
    blood, muscle, right = (frame[1] for frame in frames_of())
    frames = [(number, mask, MID.grid, ()) for number, mask in enumerate((right, muscle, blood, right), start=1)]
    found = contours_for(MID, read_contours(segmentation(tmp_path / "seg.dcm", frames, segments))).contours
    assert np.array_equal(filled(found.endo_px), filled(CONTOURS.endo_px))
    assert np.array_equal(filled(found.epi_px), filled(CONTOURS.epi_px))


@pytest.mark.parametrize(
    ("part", "names"),
    [
        (
            Part.CAVITY,
            ["LVendo", "lv_endo", "endoLV", "LVC", "LV-BP", "Endocardial contour", "LV Blood Pool", "SAEndo"],
        ),
        (
            Part.CAVITY,
            ["blood pool", "Blood", "cavity", "left blood pool", "Left ventricular cavity", "pool (LV)"],
        ),
        (
            Part.CAVITY,
            ["LV endocardium without papillary muscles", "LV cavity with papillary muscles"],
        ),
        (Part.WALL, ["LVwall", "LVM", "LV_Myo", "myocardium", "left ventricular wall", "LVMyocardium", "Wall"]),
        (Part.OUTER, ["LVepi", "Epicardium", "epi_LV", "SA epi contour", "LV epi incl. papillary muscles"]),
        (Part.VENTRICLE, ["LV", "Left ventricle", "heart_ventricle_left", "left ventricular structure"]),
        (Part.RIGHT, ["RVendo", "rv", "RV_cavity", "endoRV", "endorv", "Right Ventricle", "heart_ventricle_right"]),
        (Part.ANTERIOR, ["RVIP", "RVIPant", "rv insertion", "superior hinge point", "RVI anterior", "RVI"]),
        (Part.INFERIOR, ["RVIP_inf", "inferior RV insertion", "post. hinge point", "RVI_inferior"]),
        (Part.OTHER, ["RVepi", "RV wall", "LVOT", "LA endo", "myocardial scar", "papillary muscle LV", "pericardium"]),
        (
            Part.OTHER,
            ["Epicardial fat", "Epicardial adipose tissue", "Myocardial fat", "Blood vessels", "RV lead"],
        ),
        (Part.OTHER, ["Chest wall", "Lung wall", "thoracic wall", "esophagus wall", "oesophagus wall", "Aortic wall"]),
        (Part.OTHER, ["Pulmonary artery blood", "Coronary lumen", "Left lung wall", "lung_upper_lobe_left"]),
        (None, ["Abdominal wall", "Bladder wall", "left abdominal wall", "Pelvic cavity", "Blood clot", "Heart pool"]),
        (None, ["Tendon", "Epiglottis", "Endotracheal tube", "liver", "Segment 1", "", "nerve"]),
    ],
)
def test_names_that_people_and_programs_give_are_understood(part, names):
    assert {name: part_named(name) for name in names} == dict.fromkeys(names, part)


@pytest.mark.parametrize(
    ("error", "words", "change"),
    [
        (
            ContourError,
            "no segment of the left ventricle's cavity.*found 'Liver'",
            {"segments": [("Liver", ("1", ""))]},
        ),
        (
            ContourError,
            "several segments of one part.*found cavity of the left ventricle",
            {"segments": [("LV endo ED", LV), ("LV endo ES", LV)]},
        ),
        (ContourError, "no slice with a left ventricle.*found cavity of the left", {"frames": frames_of()[:1]}),
        (ContourError, "no slice with a left ventricle.*found wall of the left", {"frames": frames_of()[1:2]}),
        (ContourError, "no slice with a left ventricle", {"frames": frames_of(scale=0)}),
        (ContourError, "several frames of one part.*found frames 1 and 4, cavity", {"frames": 2 * frames_of()}),
        (GeometryError, "a frame does not say where it lies", {"SharedFunctionalGroupsSequence": None}),
        (
            ReadError,
            "an unknown kind of segmentation; expected BINARY or FRACT.*LABELMAP",
            {"SegmentationType": "LABELMAP"},
        ),
        (ReadError, "no frames, or too many; expected at most", {"NumberOfFrames": 10**6}),
        (GeometryError, "a matrix without pixels", {"Rows": 0}),
    ],
)
def test_segmentations_that_can_not_be_used_are_refused(tmp_path, error, words, change):
    with pytest.raises(error, match=rf"seg\.dcm: .*{words}"):
        read_contours(segmentation(tmp_path / "seg.dcm", **({"frames": frames_of()} | change)))


def test_images_instead_of_a_segmentation_are_refused_by_what_they_are(tmp_path):
    path = save(image(), tmp_path / "image.dcm")
    with pytest.raises(ReadError, match=r"image\.dcm: DICOM, but no contours.*found MR Image Storage.*not the images"):
        read_contours(path)


def test_a_file_that_is_cut_off_or_damaged_is_refused_and_never_a_fault(tmp_path):
    whole = segmentation(tmp_path / "seg.dcm", frames_of()).read_bytes()
    path = tmp_path / "bad.dcm"
    for share in np.linspace(0.05, 0.98, 12):
        path.write_bytes(whole[: int(share * len(whole))])
        with pytest.raises(InputError, match=r"bad\.dcm"):
            read_contours(path)


@pytest.mark.parametrize("seed", range(40))
def test_bytes_that_were_changed_give_contours_or_a_refusal(tmp_path, seed):
    rng = np.random.default_rng(seed)
    damaged = bytearray(segmentation(tmp_path / "seg.dcm", frames_of()).read_bytes())
    for place in rng.integers(132, len(damaged), 4):
        damaged[place] = rng.integers(256)
    (tmp_path / "bad.dcm").write_bytes(damaged)
    with suppress(InputError):
        found = contours_for(MID, read_contours(tmp_path / "bad.dcm"))
        assert found is None or np.isfinite(found.contours.epi_px).all()


def test_check_scores_the_slices_of_a_segmentation(tmp_path):
    dicom, slices = study(tmp_path)
    frames = [each for one in slices for each in frames_of(grid=one.grid)]
    path = segmentation(tmp_path / "seg.dcm", frames, StudyInstanceUID=slices[0].key.study)
    result, pixels = checked(dicom, path, tmp_path / "out")
    assert result.exit_code == 0, result.output
    n_wall = int(masks_of(CONTOURS, short_axis())[1].sum())
    assert [sum(counts) for counts in pixels] == [n_wall, n_wall]


def test_check_says_that_a_segmentation_is_of_another_study(tmp_path):
    dicom, _ = study(tmp_path)
    result, pixels = checked(dicom, segmentation(tmp_path / "seg.dcm", frames_of()), tmp_path / "out")
    assert result.exit_code == 3
    assert "none of its contours, of 1 slice(s) or image(s), lies in a slice that could be checked" in result.output
    assert pixels == [[], []]
