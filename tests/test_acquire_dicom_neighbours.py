"""NumPy archives and BIDS images are found beside DICOM."""

import zipfile
from pathlib import Path

import numpy as np
import pytest

from dicom_samples import save_all, weighted
from myoqc.acquire import read_dicom, scan, write_bids, write_dicom, write_npz
from myoqc.errors import ReadError
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
