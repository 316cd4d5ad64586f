"""Workspaces of cvi42, of which there is no real one here: the files are made as public readers expect them."""

import re
import tracemalloc

import numpy as np
import pytest

from hearts import ring
from myoqc.acquire import Kind, contours_for, kind_of, read_contours
from myoqc.errors import ContourError, ReadError
from outside_contours import CONTOURS, assert_survives_as_json, checked, item, named, slice_of_study, study, workspace

MID = slice_of_study()
ANY_IMAGE = MID.source.image_uids[3]


@pytest.mark.parametrize("resolution", [3, 4, 16])
def test_points_are_x_and_y_in_steps_of_a_pixel(tmp_path, resolution):
    (read,) = read_contours(workspace(tmp_path / "w.cvi42wsx", {ANY_IMAGE: named(CONTOURS)}, resolution))
    assert read.slice_uid == ANY_IMAGE
    for name in ("endo_px", "epi_px", "rv_insertion_px", "rv_inferior_px"):
        wanted = getattr(CONTOURS, name)
        assert np.allclose(getattr(read.contours, name), wanted, atol=0.5 / resolution + 1e-9)


def test_a_workspace_is_known_by_its_content_whatever_it_is_called(tmp_path):
    for name in ("w.cvi42wsx", "w.CVI42WS", "w.xml", "w"):
        path = workspace(tmp_path / name, {ANY_IMAGE: named(CONTOURS)})
        assert kind_of(path) is Kind.WORKSPACE
        assert len(read_contours(path)) == 1


def test_contours_belong_to_the_slice_of_which_any_image_has_their_name(tmp_path):
    basal = ring((31.0, 36.0))
    images = {ANY_IMAGE: named(CONTOURS), "1.2.3.10.0": named(basal), "9.9": named(ring((20.0, 30.0)))}
    read = read_contours(workspace(tmp_path / "w.cvi42wsx", images))
    for away_mm, level, drawn in ((0.0, "MID", CONTOURS), (10.0, "BASAL", basal)):
        wanted = slice_of_study(away_mm, type(MID.key.level)[level])
        found = contours_for(wanted, read, only_slice=False)
        assert found.contours.centre_px == pytest.approx(drawn.centre_px, abs=0.1)
    apical = slice_of_study(20.0, type(MID.key.level).APICAL)
    assert contours_for(apical, read, only_slice=False) is None


def test_contours_survive_being_written_as_json(tmp_path):
    read = read_contours(workspace(tmp_path / "w.cvi42wsx", {ANY_IMAGE: named(CONTOURS)}))
    assert_survives_as_json(read, MID, tmp_path)


def test_copies_in_the_images_of_a_slice_are_one_and_contours_that_differ_are_refused(tmp_path):
    uids = MID.source.image_uids
    read = read_contours(workspace(tmp_path / "w.cvi42wsx", dict.fromkeys(uids, named(CONTOURS))))
    assert contours_for(MID, read).contours.centre_px == pytest.approx(CONTOURS.centre_px, abs=0.1)
    images = {uids[0]: named(CONTOURS), uids[1]: named(ring((33.0, 35.0)))}
    read = read_contours(workspace(tmp_path / "w.cvi42wsx", images))
    with pytest.raises(
        ContourError, match=r"differ between the images of this slice.*found contours in 2 images.*Keep"
    ):
        contours_for(MID, read)


def test_empty_outlines_and_those_of_other_parts_are_passed_over(tmp_path):
    other = {"sarvendocardialContour": CONTOURS.endo_px, "laendocardialContour": CONTOURS.endo_px}
    images = {ANY_IMAGE: named(CONTOURS) | other, "9.9": {"saendocardialContour": [], "saepicardialContour": []}}
    (read,) = read_contours(workspace(tmp_path / "w.cvi42wsx", images))
    assert read.slice_uid == ANY_IMAGE


def test_without_reference_points_there_are_no_insertions(tmp_path):
    drawn = {name: points for name, points in named(CONTOURS).items() if "Contour" in name}
    (read,) = read_contours(workspace(tmp_path / "w.cvi42wsx", {ANY_IMAGE: drawn}))
    assert (read.contours.rv_insertion_px, read.contours.rv_inferior_px) == (None, None)


@pytest.mark.parametrize(
    ("words", "drawn"),
    [
        (r"found 1 image\(s\) with the former, 0 with", {"saendocardialContour": CONTOURS.endo_px}),
        (r"found 0 image\(s\) with the former, 1 with", {"saepicardialContour": CONTOURS.epi_px}),
        (r"found 0 image\(s\) with the former, 0 with", {}),
        (
            r"image 9\.9: the endocardial contour is larger.*Draw it again in cvi42",
            {"saendocardialContour": CONTOURS.epi_px, "saepicardialContour": CONTOURS.endo_px},
        ),
    ],
)
def test_outlines_that_are_missing_or_unsound_are_refused_by_image(tmp_path, words, drawn):
    with pytest.raises(ContourError, match=rf"w\.cvi42wsx: .*{words}"):
        read_contours(workspace(tmp_path / "w.cvi42wsx", {"9.9": drawn}))


BOMB = '<!DOCTYPE a [<!ENTITY b "{}">{}]><a>&z;</a>'.format(
    "x" * 1000, "".join(f'<!ENTITY {chr(99 + n)} "{f"&{chr(98 + n)};" * 10}">' for n in range(24))
)
EXTERNAL = '<!DOCTYPE a [<!ENTITY z SYSTEM "file:///etc/passwd">]><a>&z;</a>'
NO_POINT = item("ImageStates", item("9.9", item("Contours", item("saepicardialContour", "{}"))))


@pytest.mark.parametrize(
    ("words", "content"),
    [
        ("declares a document type.*expected no DOCTYPE and no entities", BOMB),
        ("declares a document type", EXTERNAL),
        ("declares a document type", '<!DOCTYPE a SYSTEM "http://example.org/a.dtd"><a/>'),
        ("not an XML workspace of cvi42, or cut off.*undefined entity", "<a>&b;</a>"),
        ("not an XML workspace of cvi42, or cut off; found no element found", ""),
        ("not an XML workspace of cvi42, or cut off.*Export it in cvi42 again", "\x00\x01binary"),
        ("no workspace of cvi42; expected XML with an item 'ImageStates'", "<html><body/></html>"),
        ("nested too deep; expected at most 64 levels", "<a>" * 100_000),
    ],
)
def test_what_is_no_workspace_is_refused(tmp_path, words, content):
    path = tmp_path / "w.cvi42wsx"
    path.write_text(content)
    with pytest.raises(ReadError, match=rf"w\.cvi42wsx: {words}"):
        read_contours(path)


def test_a_workspace_that_was_cut_off_is_refused_wherever_it_was_cut(tmp_path):
    whole = workspace(tmp_path / "w.cvi42wsx", {ANY_IMAGE: named(CONTOURS)}).read_bytes()
    for share in (0.01, 0.3, 0.6, 0.99):
        (tmp_path / "cut.cvi42wsx").write_bytes(whole[: int(share * len(whole))])
        with pytest.raises(ReadError, match=r"cut\.cvi42wsx: .*cut off"):
            read_contours(tmp_path / "cut.cvi42wsx")


@pytest.mark.parametrize(
    ("words", "old", "new"),
    [
        ("x is not a number; expected a number; found 'left'", "<Point:x>188<", "<Point:x>left<"),
        ("SubpixelResolution is missing or unusable", '="SubpixelResolution" Hash:count="1">4<', '="Sub">4<'),
        ("SubpixelResolution is missing or unusable", ">4</Hash", ">0</Hash"),
        ("a point lacks a coordinate; expected x and y; found y", "<Point:x>188</Point:x>", ""),
        ("a point lacks a coordinate; expected x and y; found x", "<Point:y>117</Point:y>", ""),
        ("SubpixelResolution is not a number", ">4</Hash", ">four</Hash"),
    ],
)
def test_what_is_no_point_is_refused(tmp_path, words, old, new):
    path = workspace(tmp_path / "w.cvi42wsx", {ANY_IMAGE: named(CONTOURS)})
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))
    with pytest.raises(ReadError, match=rf"w\.cvi42wsx: {words}"):
        read_contours(path)


def test_the_coordinates_of_a_point_come_in_any_order(tmp_path):
    path = workspace(tmp_path / "w.cvi42wsx", {ANY_IMAGE: named(CONTOURS)})
    wanted = read_contours(path)[0].contours
    path.write_text(re.sub(r"(<Point:x>\d+</Point:x>)(\s*)(<Point:y>\d+</Point:y>)", r"\3\2\1", path.read_text()))
    assert path.read_text().index("<Point:y>") < path.read_text().index("<Point:x>")
    found = read_contours(path)[0].contours
    for name in ("endo_px", "epi_px", "rv_insertion_px", "rv_inferior_px"):
        assert np.array_equal(getattr(found, name), getattr(wanted, name))


def test_outlines_of_other_parts_may_be_damaged(tmp_path):
    images = {ANY_IMAGE: named(CONTOURS) | {"laendocardialContour": [(17.25, 18.25)]}}
    path = workspace(tmp_path / "w.cvi42wsx", images)
    path.write_text(path.read_text().replace("<Point:x>73<", "<Point:x>left<"))
    assert "left" in path.read_text()
    (read,) = read_contours(path)
    assert read.contours.centre_px == pytest.approx(CONTOURS.centre_px, abs=0.1)


def test_a_large_workspace_is_read_as_a_stream(tmp_path):
    filler = item("Filler", f"<a>{'x' * 1000}</a>") * 8000
    path = workspace(tmp_path / "w.cvi42wsx", {ANY_IMAGE: named(CONTOURS)})
    path.write_text(
        path.read_text().replace(
            '<Hash:item Hash:key="StudyMapStates"', filler + '<Hash:item Hash:key="StudyMapStates"', 1
        )
    )
    tracemalloc.start()
    read = read_contours(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(read) == 1
    assert peak < path.stat().st_size / 2


def test_check_scores_the_slices_that_were_contoured_in_cvi42(tmp_path):
    dicom, slices = study(tmp_path)
    images = {each.source.image_uids[number]: named(CONTOURS) for number, each in enumerate(slices)}
    images["9.9"] = named(ring((20.0, 30.0)))
    result, pixels = checked(dicom, workspace(tmp_path / "w.cvi42wsx", images), tmp_path / "out")
    assert result.exit_code == 0, result.output
    wall_px = np.pi * (20.0**2 - 12.0**2)
    assert [sum(counts) for counts in pixels] == pytest.approx([wall_px, wall_px], rel=0.03)


def test_check_says_that_a_workspace_is_of_another_study(tmp_path):
    dicom, _ = study(tmp_path)
    path = workspace(tmp_path / "w.cvi42wsx", {"9.9": named(CONTOURS), "9.8": named(CONTOURS)})
    result, pixels = checked(dicom, path, tmp_path / "out")
    assert result.exit_code == 3
    assert "none of its contours, of 2 slice(s) or image(s), was drawn in an image of a slice" in result.output
    assert pixels == [[], []]
