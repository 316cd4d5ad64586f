"""Bad input at the command line: what is printed, what is kept, and the exit code."""

import json

import pytest
from typer.testing import CliRunner

from dicom_samples import save_all, weighted
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
