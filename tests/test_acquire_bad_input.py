"""Bad input: each is named, says what is wrong, and leaves the rest usable."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
from pydicom.uid import JPEG2000Lossless

from bad_files import cut, declare_syntax, deflated_bomb, floating, many_elements, nested, zip_bomb
from dicom_samples import MOLLI_TI_MS, SHAPE, image, map_of, phase_of, ramp, save, save_all, uid, weighted
from myoqc.acquire import read_dicom, scan
from myoqc.errors import GeometryError, ImageError, InputError, ReadError

MOST_MEMORY_KIB = 2**20


def refusal(folder: Path, kind: type[InputError]) -> str:
    """What the only acquisition of a folder is refused with."""
    (entry,) = scan(folder).entries
    with pytest.raises(kind) as caught:
        entry.load()
    return str(caught.value)


def problems(folder: Path) -> str:
    return "\n".join(problem.message for problem in scan(folder).problems)


def good_study(folder: Path) -> None:
    save_all(weighted(study=7), folder / "good")


def test_a_path_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match=r"nowhere: no such file or folder; expected a DICOM file, a folder, or a zip"):
        read_dicom(tmp_path / "nowhere")


def test_a_folder_without_dicom_says_what_was_expected(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("hello")
    with pytest.raises(ReadError, match=r"no T1-mapping images .* expected five or more .* found no image"):
        read_dicom(tmp_path)


def test_files_that_are_not_dicom_and_do_not_claim_to_be_are_passed_over(tmp_path: Path) -> None:
    good_study(tmp_path)
    for name in ("README.md", "DICOMDIR", "picture.png", "._01.dcm", ".hidden.dcm"):
        (tmp_path / name).write_bytes(b"anything at all" * 20)
    assert len(read_dicom(tmp_path)) == 1
    assert scan(tmp_path).problems == ()


def test_a_dicomdir_stands_for_its_folder(tmp_path: Path) -> None:
    good_study(tmp_path)
    (tmp_path / "DICOMDIR").write_bytes(b"an index")
    assert len(read_dicom(tmp_path / "DICOMDIR")) == 1


@pytest.mark.parametrize("name", ["a.dcm", "a.IMA", "IM0001", "1.2.840.113"])
def test_an_empty_file_is_named_and_the_others_are_read(tmp_path: Path, name: str) -> None:
    good_study(tmp_path)
    (tmp_path / name).touch()
    assert f"{name}: the file is empty" in problems(tmp_path)
    with pytest.warns(UserWarning, match=f"{name}: the file is empty"):
        assert len(read_dicom(tmp_path)) == 1


def test_a_file_that_claims_to_be_dicom_and_is_not_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.dcm").write_text("not at all" * 50)
    assert "a.dcm: not a DICOM file; expected 'DICM' after 128 bytes" in problems(tmp_path)


def test_a_truncated_file_is_named_and_the_others_are_read(tmp_path: Path) -> None:
    good_study(tmp_path)
    paths = save_all(weighted(MOLLI_TI_MS, description="MOLLI"), tmp_path / "bad")
    cut(paths[2], -50)
    catalogue = scan(tmp_path)
    assert [Path(problem.file).name for problem in catalogue.problems] == ["03.dcm"]
    assert "cut off: 8 × 6 pixels need 96 bytes, 46 are there" in catalogue.problems[0].message
    with pytest.warns(UserWarning, match="cut off"):
        assert [one.key.study for one in read_dicom(tmp_path)] == [uid(7)]


@pytest.mark.parametrize("n_bytes", [140, 300, 600])
def test_a_file_that_ends_within_its_header_is_named(tmp_path: Path, n_bytes: int) -> None:
    path = save(image(), tmp_path / "a.dcm")
    cut(path, n_bytes)
    assert str(path) in problems(tmp_path)


def test_a_series_never_loses_a_damaged_image_in_silence(tmp_path: Path) -> None:
    paths = save_all(weighted(MOLLI_TI_MS, description="MOLLI"), tmp_path)
    content = paths[-1].read_bytes()
    cut(paths[-1], content.index(b"\x28\x00\x10\x00"))
    assert "08.dcm" in refusal(tmp_path, InputError)


@pytest.mark.parametrize(
    ("syntax", "message"),
    [(JPEG2000Lossless, "damaged, or not what its header says"), ("1.2.3.4", "damaged, or not what its header says")],
)
def test_a_wrong_transfer_syntax_is_refused(tmp_path: Path, syntax: str, message: str) -> None:
    save_all(weighted(), tmp_path)
    declare_syntax(tmp_path / "02.dcm", syntax)
    found = refusal(tmp_path, ReadError)
    assert "02.dcm" in found
    assert message in found


@pytest.mark.parametrize("attribute", ["PixelSpacing", "ImagePositionPatient", "ImageOrientationPatient"])
def test_missing_geometry_is_refused_with_a_remedy(tmp_path: Path, attribute: str) -> None:
    datasets = weighted()
    delattr(datasets[4], attribute)
    save_all(datasets, tmp_path)
    message = refusal(tmp_path, GeometryError)
    assert f"05.dcm: {attribute} is missing or unusable; expected" in message
    assert "give the images as .npz with spacing_mm" in message


def test_geometry_that_is_missing_everywhere_is_refused(tmp_path: Path) -> None:
    save_all(weighted(ImageOrientationPatient=None, ImagePositionPatient=None), tmp_path)
    assert "ImagePositionPatient is missing" in refusal(tmp_path, GeometryError)


@pytest.mark.parametrize("orientation", [[0] * 6, [1, 0, 0, 1, 0, 0]])
def test_directions_that_are_not_perpendicular_are_refused(tmp_path: Path, orientation: list[float]) -> None:
    save_all(weighted(ImageOrientationPatient=orientation), tmp_path)
    assert "01.dcm: image position or orientation is not usable" in refusal(tmp_path, GeometryError)


def test_unequal_matrices_in_one_series_are_refused(tmp_path: Path) -> None:
    datasets = weighted()
    datasets[3].Rows, datasets[3].Columns = 6, 8
    save_all(datasets, tmp_path)
    message = refusal(tmp_path, GeometryError)
    assert "04.dcm: images of one slice differ in matrix" in message
    assert "expected 8 × 6 pixels" in message
    assert "found 6 × 8 pixels" in message


def test_copies_of_a_file_are_used_once_and_told_once_per_series(tmp_path: Path) -> None:
    save_all(weighted(), tmp_path / "a")
    save_all(weighted(), tmp_path / "b")
    (acquisition,) = read_dicom(tmp_path)
    assert len(acquisition.images) == 7
    catalogue = scan(tmp_path)
    assert catalogue.lost == ()
    (note,) = catalogue.notes
    assert "01.dcm: a copy of a file that was read already (and 6 more of its series)" in note.message


def test_of_two_files_that_claim_to_be_one_image_the_first_is_kept_aloud(tmp_path: Path) -> None:
    save_all(weighted(), tmp_path / "a")
    save(image(ramp(999), SOPInstanceUID=uid(1, 1, 3), SeriesInstanceUID=uid(1, 1)), tmp_path / "b" / "x.dcm")
    message = problems(tmp_path)
    assert "x.dcm: another file with the same SOP Instance UID holds something else" in message
    assert "03.dcm, which was kept" in message
    assert scan(tmp_path).notes == ()
    assert scan(tmp_path).entries[0].load().images[2, 0, 0] == 30


def test_six_images_of_seven_are_refused(tmp_path: Path) -> None:
    save_all(weighted()[:6], tmp_path)
    message = refusal(tmp_path, ImageError)
    assert "ShMOLLI has a fixed number of images; expected 7; found 6" in message
    assert "series 1 ShMOLLI" in message


@pytest.mark.parametrize("n_images", [3, 4, 31])
def test_too_few_or_too_many_images_of_a_named_series_are_refused(tmp_path: Path, n_images: int) -> None:
    save_all(weighted([100.0 + 10 * n for n in range(n_images)], description="MOLLI"), tmp_path)
    assert f"expected 5 to 30 of one slice; found {n_images}" in refusal(tmp_path, ImageError)


def test_an_empty_image_is_named(tmp_path: Path) -> None:
    datasets = weighted()
    datasets[5].PixelData = bytes(96)
    save_all(datasets, tmp_path)
    assert "06.dcm: image 6 of 7 is empty; found every pixel is zero" in refusal(tmp_path, ImageError)


def test_single_pixels_without_value_are_kept_as_nan(tmp_path: Path) -> None:
    pixels = ramp().astype(np.float32)
    pixels[2, 3], pixels[4, 4] = np.nan, np.inf
    save_all([floating(number, pixels) for number in range(1, 9)], tmp_path)
    (acquisition,) = read_dicom(tmp_path)
    assert np.argwhere(np.isnan(acquisition.images[0])).tolist() == [[2, 3], [4, 4]]


def test_an_image_without_any_value_is_named(tmp_path: Path) -> None:
    datasets = [floating(number, ramp().astype(np.float32)) for number in range(1, 9)]
    datasets[6].FloatPixelData = np.full(SHAPE, np.nan, np.float32).tobytes()
    save_all(datasets, tmp_path)
    assert "07.dcm: image 7 of 8 is empty; found every pixel is not a number" in refusal(tmp_path, ImageError)


def test_damaged_phase_and_maps_are_left_out_with_cautions(tmp_path: Path) -> None:
    magnitude = weighted()
    save_all(magnitude, tmp_path / "a")
    paths = save_all(phase_of(magnitude, 2), tmp_path / "b")
    cut(paths[0], -10)
    cut(save_all([map_of(magnitude[-1], 3, 1200, "ShMOLLI T1 Map")], tmp_path / "c")[0], -10)
    acquisition = scan(tmp_path).entries[0].load()
    assert acquisition.phase_rad is None
    assert acquisition.scanner_map is None
    assert [caution.code for caution in acquisition.cautions] == ["phase-unusable", "scanner-map-unusable"]
    assert "b/01.dcm" in acquisition.cautions[0].text


def test_sixty_thousand_squared_pixels_are_refused_by_their_declaration(tmp_path: Path) -> None:
    save_all(weighted(Rows=60000, Columns=60000), tmp_path)
    assert "01.dcm: the image is too large" in refusal(tmp_path, ImageError)
    assert problems(tmp_path) == ""


def test_sequences_nested_a_thousand_deep_are_named(tmp_path: Path) -> None:
    good_study(tmp_path)
    nested(tmp_path / "deep.dcm", 1000)
    assert "deep.dcm: sequences are nested too deeply to be read" in problems(tmp_path)
    assert len(scan(tmp_path).entries) == 1


def test_links_that_go_in_circles_or_nowhere_do_no_harm(tmp_path: Path) -> None:
    good_study(tmp_path)
    (tmp_path / "good" / "circle").symlink_to(tmp_path)
    (tmp_path / "self").symlink_to(tmp_path / "self")
    (tmp_path / "nowhere.dcm").symlink_to(tmp_path / "gone.dcm")
    catalogue = scan(tmp_path)
    assert len(catalogue.entries) == 1
    assert [Path(problem.file).name for problem in catalogue.problems] == ["nowhere.dcm", "self"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes on this system")
def test_a_named_pipe_is_not_waited_for(tmp_path: Path) -> None:
    good_study(tmp_path)
    os.mkfifo(tmp_path / "pipe.dcm")
    assert len(scan(tmp_path).entries) == 1


def test_a_file_that_may_not_be_read_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    good_study(tmp_path)
    secret = save(image(), tmp_path / "secret.dcm")
    allowed = Path.open

    def guarded(path: Path, *arguments: str) -> object:
        if path == secret:
            raise PermissionError(13, "Permission denied")
        return allowed(path, *arguments)

    monkeypatch.setattr(Path, "open", guarded)
    assert "secret.dcm: can't be read; found Permission denied" in problems(tmp_path)
    assert len(scan(tmp_path).entries) == 1


def test_a_file_that_vanishes_after_the_scan_is_named(tmp_path: Path) -> None:
    paths = save_all(weighted(), tmp_path)
    (entry,) = scan(tmp_path).entries
    paths[1].unlink()
    with pytest.raises(ReadError, match=r"02\.dcm: can't be read; found No such file"):
        entry.load()


def test_loading_a_slice_does_not_look_for_files_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    good_study(tmp_path)
    (entry,) = scan(tmp_path).entries
    monkeypatch.setattr(Path, "iterdir", lambda path: pytest.fail(f"{path} was searched again"))
    assert entry.load().images.shape == (7, *SHAPE)


def test_an_archive_that_vanishes_after_the_scan_is_named(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for path in save_all(weighted(), tmp_path / "in"):
            archive.write(path, path.name)
    (entry,) = scan(tmp_path / "a.zip").entries
    (tmp_path / "a.zip").unlink()
    with pytest.raises(ReadError, match=r"a\.zip: .* No such file"):
        entry.load()


def test_control_characters_never_reach_a_terminal(tmp_path: Path) -> None:
    save_all(weighted(description="ShMOLLI", PatientID="P\x1b[2J1"), tmp_path)
    (entry,) = scan(tmp_path).entries
    assert entry.patient == "P?[2J1"


# archives


def test_a_damaged_archive_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(b"PK\x03\x04 and no more")
    with pytest.raises(ReadError, match=r"a\.zip: not a zip archive, or damaged"):
        scan(tmp_path / "a.zip")


def test_archives_within_folders_and_archives_are_named_not_opened(tmp_path: Path) -> None:
    good_study(tmp_path / "in")
    with zipfile.ZipFile(tmp_path / "in" / "inner.zip", "w") as archive:
        archive.writestr("x.dcm", b"")
    with zipfile.ZipFile(tmp_path / "outer.zip", "w") as archive:
        for path in sorted((tmp_path / "in").rglob("*.*")):
            archive.write(path, path.name)
    for place in (tmp_path / "in", tmp_path / "outer.zip"):
        assert "inner.zip: an archive inside is not opened. Unpack it, or give it by itself." in problems(place)
        assert len(scan(place).entries) == 1


def test_a_damaged_member_of_an_archive_is_named_and_the_others_are_read(tmp_path: Path) -> None:
    paths = save_all(weighted(), tmp_path) + save_all(
        [image(SOPInstanceUID=uid(9), SeriesInstanceUID=uid(8))], tmp_path / "x"
    )
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for number, path in enumerate(paths):
            archive.write(path, f"{number}.dcm")
    content = bytearray((tmp_path / "a.zip").read_bytes())
    content[content.index(uid(9).encode()) + 5] ^= 1
    (tmp_path / "a.zip").write_bytes(content)
    assert "a.zip/7.dcm: can't be unpacked; found Bad CRC-32" in problems(tmp_path / "a.zip")
    assert len(scan(tmp_path / "a.zip").entries) == 1


def test_an_archive_that_unpacks_to_far_more_than_images_is_refused(tmp_path: Path) -> None:
    zip_bomb(tmp_path / "bomb.zip", 160)
    with pytest.raises(
        ReadError, match=r"bomb\.zip: this archive would unpack to far more .* expected at most 200 times"
    ):
        scan(tmp_path / "bomb.zip")


def test_a_header_of_millions_of_elements_is_refused(tmp_path: Path) -> None:
    many_elements(tmp_path / "flood.dcm", 20 * 2**20)
    assert "flood.dcm: the header is larger than that of any image" in problems(tmp_path)


def test_memory_stays_below_one_gib_whatever_comes(tmp_path: Path) -> None:
    good_study(tmp_path)
    deflated_bomb(tmp_path / "bomb.dcm", 2048)
    many_elements(tmp_path / "flood.dcm", 2 * 2**20)
    save_all(weighted(study=3, Rows=60000, Columns=60000), tmp_path / "huge")
    with (tmp_path / "long.dcm").open("wb") as file:
        file.write(save(image(), tmp_path / "x.dcm").read_bytes())
        file.truncate(3 * 2**30)
    script = (
        "import sys\n"
        "from myoqc.acquire import scan\n"
        "from myoqc.errors import InputError\n"
        "catalogue = scan(sys.argv[1])\n"
        "for entry in catalogue.entries:\n"
        "    try:\n"
        "        entry.load()\n"
        "    except InputError as error:\n"
        "        print(error)\n"
        "print(*(problem.message for problem in catalogue.problems), sep='\\n')\n"
        # Not ru_maxrss: that begins with the memory of the process that starts this one.
        "print(*(line.split()[1] for line in open('/proc/self/status') if line.startswith('VmHWM')))\n"
    )
    command = [sys.executable, "-c", script, str(tmp_path)]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    assert int(lines[-1]) < MOST_MEMORY_KIB
    assert "bomb.dcm: inflates to more than any image; expected at most 128 MiB" in "\n".join(lines)
    assert "the image is too large to be a T1-weighted one" in "\n".join(lines)
