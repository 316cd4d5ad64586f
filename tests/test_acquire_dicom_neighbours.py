"""NumPy archives and BIDS images are found beside DICOM."""

import zipfile
from pathlib import Path

import numpy as np
import pytest

from dicom_samples import SHMOLLI_TI_MS, save_all, weighted
from myoqc.acquire import npz, read_dicom, scan, write_bids, write_dicom, write_npz
from myoqc.errors import InputError, ReadError
from myoqc.records import Acquisition


@pytest.fixture
def acquisition(tmp_path: Path) -> Acquisition:
    save_all(weighted(), tmp_path / "original")
    return read_dicom(tmp_path / "original")[0]


def test_a_folder_may_mix_dicom_numpy_archives_and_bids(tmp_path: Path, acquisition: Acquisition) -> None:
    folder = tmp_path / "original"
    write_npz(acquisition, folder / "slice.npz")
    np.savez(folder / "unrelated.npz", weights=np.ones(3))
    write_bids(acquisition, folder / "bids", subject="01")
    catalogue = scan(folder)
    assert len(catalogue.entries) == 3
    assert catalogue.problems == ()
    for entry in catalogue.entries:
        assert np.array_equal(entry.load().images, acquisition.images)
    assert [(line.n_images, line.ti_source) for line in catalogue.series] == [
        (7, "InversionTime (0018,0082)"),
        (7, "ti_ms"),
        (7, "InversionTime (sidecar)"),
    ]


def test_shadow_files_beside_bids_images_are_passed_over(tmp_path: Path, acquisition: Acquisition) -> None:
    for path in write_bids(acquisition, tmp_path / "bids", subject="01"):
        path.with_name(f"._{path.name}").write_bytes(b"shadow")
    assert len(scan(tmp_path / "bids").entries) == 1


def test_a_single_numpy_archive_is_one_entry(tmp_path: Path, acquisition: Acquisition) -> None:
    write_npz(acquisition, tmp_path / "slice.npz")
    (loaded,) = read_dicom(tmp_path / "slice.npz")
    assert loaded.ti_ms.tolist() == acquisition.ti_ms.tolist()


def test_a_numpy_archive_that_is_given_by_itself_and_holds_something_else_is_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "x.npz", weights=np.ones(3))
    with pytest.raises(ReadError, match=r"x\.npz: arrays are missing"):
        scan(tmp_path / "x.npz").entries[0].load()


def test_numpy_archives_within_a_zip_are_named(tmp_path: Path, acquisition: Acquisition) -> None:
    write_npz(acquisition, tmp_path / "slice.npz")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.write(tmp_path / "slice.npz", "slice.npz")
    (problem,) = scan(tmp_path / "a.zip").problems
    assert problem.message.endswith(
        "a.zip/slice.npz: not read from inside an archive; found a .npz file. Unpack the archive and give the folder."
    )


def test_what_is_written_as_dicom_is_read_back(tmp_path: Path, acquisition: Acquisition) -> None:
    write_dicom(acquisition, tmp_path / "written")
    (back,) = read_dicom(tmp_path / "written")
    assert np.array_equal(back.images, acquisition.images)
    assert back.schedule == acquisition.schedule
    assert back.grid.spacing_mm.tolist() == acquisition.grid.spacing_mm.tolist()
    assert back.key.patient == acquisition.key.patient


def refused_alike(folder: Path) -> str:
    """What stands against the only entry of a folder; it has to be what loading it is refused with."""
    (entry,) = scan(folder).entries
    with pytest.raises(InputError) as refusal:
        entry.load()
    assert entry.obstacle == str(refusal.value)
    return entry.obstacle


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"ti_ms": np.full(7, 100.0)}, "slice.npz: inversion times do not differ enough"),
        ({"images": np.ones((4, 8, 6)), "ti_ms": np.arange(1.0, 5.0)}, "expected 5 to 30; found 4"),
        ({"images": np.ones((7, 8))}, "'images' has the wrong shape"),
        ({"spacing_mm": np.array([-1.0, 1.0])}, "pixel spacing must be positive"),
    ],
)
def test_what_stands_against_a_numpy_archive_is_known_from_the_scan(
    tmp_path: Path, change: dict[str, np.ndarray], words: str
) -> None:
    good = {"images": np.ones((7, 8, 6)), "ti_ms": np.array(SHMOLLI_TI_MS), "spacing_mm": np.ones(2)}
    np.savez(tmp_path / "slice.npz", **(good | change))
    assert words in refused_alike(tmp_path)


def test_a_scan_reads_no_pixels_of_numpy_archives(
    tmp_path: Path, acquisition: Acquisition, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_npz(acquisition, tmp_path / "slice.npz")
    read, loaded = [], npz._loaded
    monkeypatch.setattr(npz, "_loaded", lambda archive, member: read.append(member) or loaded(archive, member))
    assert scan(tmp_path / "slice.npz").entries[0].obstacle == ""
    assert "ti_ms.npy" in read
    assert "images.npy" not in read


def test_what_stands_against_bids_images_is_known_without_their_pixels(
    tmp_path: Path, acquisition: Acquisition
) -> None:
    paths = write_bids(acquisition, tmp_path / "bids", subject="01")
    assert [entry.obstacle for entry in scan(tmp_path / "bids").entries] == [""]
    sidecar = paths[2].with_name(paths[2].name.replace(".nii.gz", ".json"))
    sidecar.write_text('{"InversionTime": 2100}')
    assert "the inversion time is surely in ms" in refused_alike(tmp_path / "bids")
    sidecar.unlink()
    assert "its sidecar is missing" in refused_alike(tmp_path / "bids")
    paths[2].unlink()
    assert "ShMOLLI has a fixed number of images; expected 7; found 6" in refused_alike(tmp_path / "bids")
