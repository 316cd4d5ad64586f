"""What one slice leaves on disk."""

import errno
import gzip
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import nibabel
import numpy as np
import pytest

import assessments as made
from myoqc.aha import Level
from myoqc.errors import OutputError
from myoqc.records import Assessment, Grid
from myoqc.report import to_json, write_slice
from myoqc.report.writing import write_together

NAMES = {"assessment.json", "t1.nii.gz", "r2.nii.gz", "t1_sd.nii.gz", "samples_used.nii.gz"}


@pytest.fixture(scope="module")
def oblique() -> Assessment:
    """A slice that lies aslant in the patient, with pixels that are not square."""
    turned = np.radians(35.0)
    grid = Grid(
        made.SHAPE,
        np.array(made.SPACING_MM),
        np.array([-90.0, -120.0, 60.0]),
        np.array([np.cos(turned), 0.0, -np.sin(turned)]),
        np.array([0.0, 1.0, 0.0]),
    )
    return made.unscored(level=Level.MID, grid=grid)


def read(path: Path) -> Any:
    return nibabel.load(path)


def test_all_files_are_written_and_returned(oblique: Assessment, tmp_path: Path) -> None:
    paths = write_slice(oblique, tmp_path / "new" / "slice")
    assert {path.name for path in paths} == NAMES == {path.name for path in (tmp_path / "new" / "slice").iterdir()}


def test_the_json_file_holds_the_document(oblique: Assessment, tmp_path: Path) -> None:
    write_slice(oblique, tmp_path)
    assert json.loads((tmp_path / "assessment.json").read_text(encoding="utf-8")) == to_json(oblique)


def test_a_map_lies_where_its_pixels_lie_in_the_patient(oblique: Assessment, tmp_path: Path) -> None:
    write_slice(oblique, tmp_path)
    image = read(tmp_path / "t1.nii.gz")
    row, column = 30, 70
    left, posterior, superior = oblique.maps.grid.patient_mm(np.array([row, column]))
    np.testing.assert_allclose(
        nibabel.affines.apply_affine(image.affine, (column, row, 0)), (-left, -posterior, superior), atol=1e-4
    )
    assert image.get_fdata()[column, row, 0] == pytest.approx(oblique.maps.t1_ms[row, column], abs=1e-3)


def test_both_transforms_of_the_header_agree(oblique: Assessment, tmp_path: Path) -> None:
    write_slice(oblique, tmp_path)
    header = read(tmp_path / "r2.nii.gz").header
    assert (int(header["sform_code"]), int(header["qform_code"])) == (1, 1)
    np.testing.assert_allclose(header.get_qform(), header.get_sform(), atol=1e-3)


def test_types_units_and_missing_pixels_survive(oblique: Assessment, tmp_path: Path) -> None:
    write_slice(oblique, tmp_path)
    t1, used = read(tmp_path / "t1.nii.gz"), read(tmp_path / "samples_used.nii.gz")
    assert (t1.get_data_dtype(), used.get_data_dtype()) == (np.float32, np.uint8)
    np.testing.assert_array_equal(np.isnan(t1.get_fdata()[..., 0].T), np.isnan(oblique.maps.t1_ms))
    assert t1.header.get_xyzt_units()[0] == "mm"
    assert bytes(t1.header["descrip"].item()) == b"T1 in ms; NaN = not fitted"
    assert b"no relaxation rate" in bytes(read(tmp_path / "r2.nii.gz").header["descrip"].item())


def test_a_map_that_does_not_exist_is_not_written(oblique: Assessment, tmp_path: Path) -> None:
    lacking = replace(oblique, maps=replace(oblique.maps, t1_sd_ms=None, samples_used=None))
    assert {path.name for path in write_slice(lacking, tmp_path)} == {"assessment.json", "t1.nii.gz", "r2.nii.gz"}


def test_the_same_input_gives_the_same_bytes(oblique: Assessment, tmp_path: Path) -> None:
    first, second = write_slice(oblique, tmp_path / "a"), write_slice(oblique, tmp_path / "b")
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]


def test_the_compressed_file_carries_no_time(oblique: Assessment, tmp_path: Path) -> None:
    write_slice(oblique, tmp_path)
    content = (tmp_path / "t1.nii.gz").read_bytes()
    assert content[4:8] == bytes(4)
    assert len(gzip.decompress(content)) > len(content)


def test_a_file_name_that_is_no_text_does_not_stop_the_writing(oblique: Assessment, tmp_path: Path) -> None:
    source = replace(oblique.acquisition.source, files=("caf\udce9.dcm",))
    write_slice(replace(oblique, acquisition=replace(oblique.acquisition, source=source)), tmp_path)
    assert json.loads((tmp_path / "assessment.json").read_text())["input"]["files"] == ["caf\udce9.dcm"]


def test_a_folder_that_is_a_file_is_refused_by_name(oblique: Assessment, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("not a folder")
    with pytest.raises(OutputError, match=r"out/assessment\.json: can't be written"):
        write_slice(oblique, tmp_path / "out")
    assert (tmp_path / "out").read_text() == "not a folder"


def failing_for(name: str, really: Callable[..., Any], code: int) -> Callable[..., Any]:
    """``really``, but the disk is full when a file of this name comes."""

    def act(path: Path, *given: Any) -> Any:
        if name in path.name:
            if given and isinstance(given[0], bytes):
                really(path, given[0][: len(given[0]) // 2])
            raise OSError(code, "No space left on device")
        return really(path, *given)

    return act


def test_a_disk_that_fills_up_leaves_the_earlier_results_as_they_were(
    oblique: Assessment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_slice(oblique, tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    changed = replace(oblique, maps=replace(oblique.maps, t1_ms=oblique.maps.t1_ms + 1.0))
    monkeypatch.setattr(Path, "write_bytes", failing_for("r2.nii.gz", Path.write_bytes, errno.ENOSPC))
    with pytest.raises(OutputError, match=r"r2\.nii\.gz: can't be written \(No space left on device\).*free space"):
        write_slice(changed, tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_rename_that_fails_leaves_no_temporary_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "replace", failing_for("second", Path.replace, errno.EIO))
    with pytest.raises(OutputError, match="second"):
        write_together({tmp_path / "first": b"1", tmp_path / "second": b"2"})
    assert [path.name for path in tmp_path.iterdir()] == ["first"]
