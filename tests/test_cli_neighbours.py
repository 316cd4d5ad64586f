"""A study whose apical slice shows no right ventricle, through the command line."""

import json

import pytest
from typer.testing import CliRunner

from myoqc.aha import Level
from myoqc.cli.app import app
from myoqc.cli.exit_codes import ExitCode
from myoqc.cli.simulated_study import write_study
from myoqc.simulate import Motion, patient_plan

STILL = [(Level.MID, Motion.STILL), (Level.APICAL, Motion.STILL)]


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    out = tmp_path_factory.mktemp("study")
    write_study(patient_plan("simulated", 2, STILL), out, advance=lambda: None)
    return out


def without_insertions(study, out, *levels):
    content = json.loads((study / "contours.json").read_text())
    for outline in content["slices"]:
        if outline["level"] in levels:
            del outline["rv_insertion_px"], outline["rv_inferior_px"]
    (out / "contours.json").write_text(json.dumps(content))
    return out / "contours.json"


def check(study, out, contours):
    command = ["check", study / "dicom", "--contours", contours, "--engine", "numpy", "--out", out / "results"]
    result = CliRunner().invoke(app, [str(part) for part in command])
    found = [json.loads(path.read_text()) for path in (out / "results").rglob("assessment.json")]
    return result, {each["case"]["level"]: each for each in found}


def test_the_apical_slice_takes_the_insertion_of_the_mid_one(study, tmp_path):
    result, found = check(study, tmp_path, without_insertions(study, tmp_path, "apical"))
    assert result.exit_code == ExitCode.SUCCESS, result.output
    assert [each["aha"] for each in found["apical"]["segments"]] == [13, 14, 15, 16]
    assert [each["code"] for each in found["apical"]["cautions"]] == ["insertion-inferred"]
    assert found["mid"]["cautions"] == []
    (report,) = (tmp_path / "results").rglob("report.html")
    page = report.read_text()
    assert "Apical slice not scored: an apical slice has four segments" in page
    assert found["apical"]["cautions"][0]["text"] in page


def test_where_no_slice_of_the_study_tells_the_insertion_none_is_divided(study, tmp_path):
    result, found = check(study, tmp_path, without_insertions(study, tmp_path, "apical", "mid"))
    assert result.exit_code == ExitCode.SOME_UNUSABLE
    assert all(each["segments"] == [] for each in found.values())
    assert result.output.count("no anterior insertion point of the right ventricle") >= 2
