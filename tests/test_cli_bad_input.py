"""Bad input at the command line: what is printed, what is kept, and the exit code."""

import json

import pytest
from typer.testing import CliRunner

from dicom_samples import SHMOLLI_TI_MS, save_all, weighted
from myoqc.acquire.dicom import load
from myoqc.cli.app import app


def run(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def study_with_copies(tmp_path):
    save_all(weighted(), tmp_path / "study" / "a")
    save_all(weighted(), tmp_path / "study" / "b")
    return tmp_path / "study"


@pytest.mark.parametrize("command", [["check", "--list"], ["check", "--engine", "numpy"], ["fit", "--engine", "numpy"]])
def test_copies_that_cost_nothing_are_told_and_count_as_success(study_with_copies, tmp_path, command):
    result = run(*command, study_with_copies, "--out", tmp_path / "results")
    assert result.exit_code == 0, result.output
    assert "01.dcm: a copy of a file that was read already (and 6 more of its series)" in result.output


def test_notes_stand_in_the_record_of_the_run_apart_from_what_was_lost(study_with_copies, tmp_path):
    run("check", study_with_copies, "--out", tmp_path / "results", "--engine", "numpy")
    content = json.loads((tmp_path / "results" / "run.json").read_text())
    assert content["exit_code"] == 0
    assert content["unusable"] == []
    (note,) = content["notes"]
    assert note["file"].endswith("01.dcm")
    assert "used once" in note["text"]


def test_a_damaged_file_is_told_once(tmp_path):
    paths = save_all(weighted(), tmp_path / "study")
    paths[2].write_bytes(paths[2].read_bytes()[:-50])
    result = run("check", tmp_path / "study", "--out", tmp_path / "results")
    assert result.exit_code == 4
    assert result.output.count("03.dcm: cut off") == 1


@pytest.mark.parametrize(
    ("beside_good", "code", "heading"),
    [(False, 4, "Slices that can be checked: 0"), (True, 3, "Slices that can be checked: 1")],
)
def test_the_list_says_which_slices_can_not_be_used_and_why(tmp_path, monkeypatch, beside_good, code, heading):
    monkeypatch.setattr(load, "read_images", lambda *_: pytest.fail("pixels were read"))
    save_all(weighted(SHMOLLI_TI_MS[:6]), tmp_path / "six")
    save_all(weighted(study=2, PixelSpacing=None), tmp_path / "spacing")
    save_all(weighted(study=3, InversionTime=None), tmp_path / "times")
    if beside_good:
        save_all(weighted(study=4, PatientID="GOOD"), tmp_path / "good")
    result = run("check", tmp_path, "--list")
    assert result.exit_code == code
    assert heading in result.output
    assert "Slices that can't be used: 3" in result.output
    for words in ("expected 7; found 6", "PixelSpacing is missing", "no attribute tells the inversion times"):
        assert result.output.count(words) == 1


def test_a_damaged_file_is_told_once_in_the_list(tmp_path):
    paths = save_all(weighted(), tmp_path / "study")
    paths[2].write_bytes(paths[2].read_bytes()[:-50])
    assert run("check", tmp_path, "--list").output.count("03.dcm: cut off") == 1
