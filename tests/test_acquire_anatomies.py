"""Real images with marked ventricles: what is read, and what is left out with its reason."""

import numpy as np
import pytest

from hearts import DATA
from labelled_hearts import real_heart
from myoqc.acquire import read_anatomies
from myoqc.errors import ContourError, GeometryError, ImageError, ReadError
from myoqc.records import LabelledImage, Level

ANATOMIES = DATA / "anatomies"
with_anatomies = pytest.mark.skipif(not ANATOMIES.is_dir(), reason="the real anatomies are not on this machine")


def single(path, **more):
    heart = real_heart()
    content = {"image": heart.image, "endo": heart.cavity, "epi": heart.outer, "spacing_mm": 2.0, **more}
    np.savez(path, **{name: value for name, value in content.items() if value is not None})
    return heart


def stack(path, n_slices=6, **more):
    """Slices from the base to the apex: the wall grows inwards."""
    heart = real_heart()
    y, x = np.indices(heart.image.shape)
    away = np.hypot(y - 60.0, x - 65.0)
    endo = np.stack([away < 11.0 - 0.5 * number for number in range(n_slices)])
    image = np.where(endo, 300, 100)
    content = {"image": image, "lv_endo": endo, "lv_epi": np.stack([away < 16.0] * n_slices), "spacing_mm": 1.4, **more}
    np.savez(path, **content)


def labels(path, n_slices=6, **more):
    cavity = np.zeros((n_slices, 60, 70), dtype=np.uint8)
    y, x = np.indices(cavity.shape[1:])
    for number in range(n_slices):
        away = np.hypot(y - 20.0, x - 40.0)
        cavity[number][away < 14.0] = 2
        cavity[number][away < 7.0 + 0.5 * number] = 1
        cavity[number][np.hypot(y - 20.0, x - 20.0) < 5.0] = 4
    np.savez(path, image=100 + 200 * (cavity == 1), label=cavity, spacing_mm=1.4, **more)


def test_an_archive_of_one_image_gives_that_image(tmp_path):
    heart = single(tmp_path / "clean.npz", level="basal", subject="S7", rv=real_heart(marked_rv=True).rv)
    (read,) = read_anatomies(tmp_path).images
    assert np.array_equal(read.image, heart.image)
    assert np.array_equal(read.outer, heart.outer)
    assert (read.subject, read.level, read.spacing_mm) == ("S7", Level.BASAL, 2.0)
    assert read.rv is not None


def test_without_a_name_the_file_tells_the_subject_and_a_note_the_assumed_spacing(tmp_path):
    single(tmp_path / "S9.npz", spacing_mm=None)
    found = read_anatomies(tmp_path)
    assert (found.images[0].subject, found.images[0].spacing_mm) == ("S9", 1.33)
    assert ["spacing unknown" in problem.message for problem in found.problems] == [True]
    assert not found.problems[0].lost


def test_zeros_of_a_t1_map_are_no_values(tmp_path):
    t1_ms = np.full((120, 150), 1000.0)
    t1_ms[0] = 0.0
    single(tmp_path / "map.npz", t1_ms=t1_ms)
    (read,) = read_anatomies(tmp_path).images
    assert np.isnan(read.t1_ms[0]).all()
    assert (read.t1_ms[1:] == 1000.0).all()


def test_levels_follow_the_cavity_from_the_base_to_the_apex_whatever_the_order(tmp_path):
    stack(tmp_path / "down.npz")
    down = [image.level for image in read_anatomies(tmp_path).images]
    assert down == [Level.BASAL, Level.MID, Level.MID, Level.APICAL]
    with np.load(tmp_path / "down.npz") as content:
        np.savez(tmp_path / "down.npz", **{k: v[::-1] if v.ndim else v for k, v in content.items()})
    assert [image.level for image in read_anatomies(tmp_path).images] == down[::-1]


def test_slices_that_are_left_out_are_named_with_their_reason(tmp_path):
    stack(tmp_path / "s.npz", frame_number=np.arange(20, 140, 20))
    found = read_anatomies(tmp_path / "s.npz")
    assert [image.frame for image in found.images] == [40, 60, 80, 100]
    assert [problem.message.split("s.npz: ")[1] for problem in found.problems] == [
        f"slice {n}, frame {20 * n}: left out, next to the base or the apex the marks are rough." for n in (1, 6)
    ]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda image, endo, epi: epi.__setitem__((2, 0), True), "touch the border"),
        (lambda image, endo, epi: epi.__setitem__(2, False), "no left ventricle is marked"),
        (lambda image, endo, epi: endo.__setitem__((2, slice(30, 55)), True), "leaves the outer wall"),
        (lambda image, endo, epi: image.__setitem__(2, image[2].T.mean()), "do not lie on the heart"),
    ],
)
def test_a_slice_that_cannot_be_right_is_left_out(tmp_path, change, reason):
    stack(tmp_path / "s.npz")
    with np.load(tmp_path / "s.npz") as content:
        arrays = {name: content[name].copy() for name in content.files}
    change(arrays["image"], arrays["lv_endo"], arrays["lv_epi"])
    np.savez(tmp_path / "s.npz", **arrays)
    found = read_anatomies(tmp_path)
    assert len(found.images) == 3
    assert any("slice 3" in problem.message and reason in problem.message for problem in found.problems)


def test_labels_of_a_volume_are_turned_over_and_those_of_a_picture_are_not(tmp_path):
    labels(tmp_path / "picture.npz")
    assert np.argwhere(read_anatomies(tmp_path).images[0].cavity).mean(axis=0) == pytest.approx([20.0, 40.0])
    labels(tmp_path / "picture.npz", slice_step_mm=10.0)
    turned = read_anatomies(tmp_path).images
    assert np.argwhere(turned[0].cavity).mean(axis=0) == pytest.approx([39.0, 40.0])
    assert len(turned) == 3, "two at the base and one at the apex are rough"
    assert turned[0].rv is not None


def test_a_damaged_file_takes_nothing_from_the_others(tmp_path):
    (tmp_path / "bad.npz").write_bytes(b"PK\x03\x04 not an archive")
    np.savez(tmp_path / "other.npz", images=np.zeros((5, 4, 4)))
    single(tmp_path / "good.npz")
    found = read_anatomies(tmp_path)
    assert len(found.images) == 1
    assert ["bad.npz" in problem.message for problem in found.problems] == [True, False]
    assert "not a layout that is known" in found.problems[1].message


def test_a_folder_without_hearts_is_refused(tmp_path):
    with pytest.raises(ReadError, match="no usable anatomy"):
        read_anatomies(tmp_path)


def test_pixels_that_are_not_square_are_refused(tmp_path):
    single(tmp_path / "s.npz", spacing_mm=np.array([1.0, 2.0]))
    with pytest.raises(ReadError, match="not the side of a square pixel"):
        read_anatomies(tmp_path)


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"cavity": np.ones((120, 150), dtype=bool)}, ContourError, "the cavity leaves the outer wall"),
        ({"cavity": np.zeros((120, 150), dtype=bool)}, ContourError, "no left ventricle"),
        ({"rv": real_heart().outer}, ContourError, "lies inside the left one"),
        ({"outer": np.ones((3, 3), dtype=bool)}, GeometryError, "another matrix"),
        ({"t1_ms": np.ones((3, 3))}, GeometryError, "another matrix"),
        ({"image": np.full((120, 150), np.nan)}, ImageError, "not a magnitude image"),
        ({"image": np.zeros((120, 150))}, ImageError, "no signal in the left ventricle"),
        ({"spacing_mm": 0.0}, GeometryError, "spacing must be positive"),
    ],
)
def test_what_is_no_labelled_image_is_refused(change, error, message):
    heart = real_heart()
    fields = {"image": heart.image, "cavity": heart.cavity, "outer": heart.outer, "spacing_mm": 2.0, "subject": "s"}
    with pytest.raises(error, match=message):
        LabelledImage(**{**fields, **change})


@with_anatomies
def test_the_real_hearts_are_read_and_the_one_with_misplaced_marks_is_not():
    found = read_anatomies(ANATOMIES)
    subjects = {image.subject for image in found.images}
    assert len(subjects) == 42
    assert "sunnybrook/SC-N-06" not in subjects
    assert sum("do not lie on the heart" in problem.message for problem in found.problems) == 5
    assert all(image.rv is not None for image in found.images if image.subject.startswith("autofd"))
