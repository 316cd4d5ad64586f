"""Motion put into measured series, through the command line; the series here are simulated ones, held still."""

import json

import pydicom
import pytest
from typer.testing import CliRunner

from myoqc.cli.app import app
from myoqc.cli.exit_codes import ExitCode
from myoqc.errors import OutputError

RUNNER = CliRunner()


@pytest.fixture(scope="module")
def clean(tmp_path_factory):
    out = tmp_path_factory.mktemp("clean") / "study"
    assert RUNNER.invoke(app, ["simulate", "study", str(out), "--seed", "4"]).exit_code == ExitCode.SUCCESS
    return out


def injected(clean, out, *more):
    command = ["simulate", "inject", str(clean / "dicom"), str(out), "--contours", str(clean / "contours.json"), *more]
    return RUNNER.invoke(app, command)


@pytest.fixture(scope="module")
def moved(clean, tmp_path_factory):
    out = tmp_path_factory.mktemp("moved") / "study"
    assert injected(clean, out, "--motion", "oscillation", "--size-mm", "14").exit_code == ExitCode.SUCCESS
    return out


def test_a_still_study_moves_and_its_truth_says_where(moved):
    truth = json.loads((moved / "truth.json").read_text())
    assert truth["images"] == "measured, with simulated motion"
    assert [each["level"] for each in truth["slices"]] == ["basal", "mid"]
    for told in truth["slices"]:
        assert told["any_motion"]
        assert told["drawn"] == {"motion": "oscillation", "distractor": "none", "size_mm": 14.0, "seed": 0}


def test_check_reads_what_was_written(moved, tmp_path):
    command = ["check", str(moved / "dicom"), "--contours", str(moved / "contours.json"), "--out", str(tmp_path)]
    result = RUNNER.invoke(app, command)
    assert result.exit_code == ExitCode.SUCCESS
    assert result.output.count("slice: motion likely") == 2


def test_the_files_say_that_they_are_derived_and_how(moved):
    header = pydicom.dcmread(next((moved / "dicom").glob("*.dcm")), stop_before_pixels=True)
    assert header.ImageType[0] == "DERIVED"
    assert header.DerivationDescription == "motion simulated in measured images"
    assert (header.PatientID, header.StudyDescription) == ("SIM-4", "SIMULATED MOTION")


def test_the_same_seed_gives_the_same_files_and_another_one_does_not(clean, moved, tmp_path):
    for name, seed in (("again", "0"), ("other", "1")):
        injected(clean, tmp_path / name, "--motion", "oscillation", "--size-mm", "14", "--seed", seed)
    name = "0001-003.dcm"
    first = (moved / "dicom" / name).read_bytes()
    assert first == (tmp_path / "again" / "dicom" / name).read_bytes()
    assert first != (tmp_path / "other" / "dicom" / name).read_bytes()


def test_a_slice_without_contours_is_told_and_left_out(clean, tmp_path):
    contours = json.loads((clean / "contours.json").read_text())
    contours["slices"] = contours["slices"][:1]
    (tmp_path / "one.json").write_text(json.dumps(contours))
    command = ["simulate", "inject", str(clean / "dicom"), str(tmp_path / "out")]
    result = RUNNER.invoke(app, [*command, "--contours", str(tmp_path / "one.json")])
    assert result.exit_code == ExitCode.SOME_UNUSABLE
    assert "no contours belong to this slice" in result.output
    assert len(json.loads((tmp_path / "out" / "truth.json").read_text())["slices"]) == 1


def test_a_folder_that_holds_something_is_left_alone(clean, moved):
    before = sorted(moved.rglob("*"))
    result = injected(clean, moved)
    assert isinstance(result.exception, OutputError)
    assert "not an empty folder" in str(result.exception)
    assert sorted(moved.rglob("*")) == before


def test_an_unknown_motion_is_wrong_usage(clean, tmp_path):
    result = injected(clean, tmp_path / "out", "--motion", "tremor")
    assert result.exit_code == ExitCode.USAGE
    assert not (tmp_path / "out").exists()
