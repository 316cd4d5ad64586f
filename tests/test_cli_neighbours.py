"""A study whose apical slice shows no right ventricle, through the command line."""

import json
import re
from collections import Counter
from dataclasses import replace

import pydicom
import pytest
from typer.testing import CliRunner

from myoqc.acquire import read_contours
from myoqc.aha import Level
from myoqc.cli.app import app
from myoqc.cli.exit_codes import ExitCode
from myoqc.cli.simulated_study import write_study
from myoqc.simulate import Motion, patient_plan
from stand_in_segmenter import Answer, StandIn

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


def check(study, out, contours=None):
    command = ["check", study / "dicom", "--engine", "numpy", "--out", out / "results"]
    command += [] if contours is None else ["--contours", contours]
    result = CliRunner().invoke(app, [str(part) for part in command])
    found = [json.loads(path.read_text()) for path in (out / "results").rglob("assessment.json")]
    return result, {each["case"]["level"]: each for each in found}


def written(out):
    (path,) = (out / "results").glob("*/contours.json")
    return path


def unsaid(study, out):
    """The same images, which do not say their level."""
    (out / "dicom").mkdir(parents=True)
    for path in sorted((study / "dicom").iterdir()):
        image = pydicom.dcmread(path)
        for name in ("SeriesDescription", "ProtocolName"):
            setattr(image, name, re.sub(", (mid|apical)", "", image.get(name, "")))
        image.save_as(out / "dicom" / path.name)
    return out


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


def test_contours_that_were_written_lack_what_was_inferred_so_that_it_is_inferred_again(study, tmp_path):
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    _, before = check(study, first, without_insertions(study, first, "apical"))
    lacking = {each.level: each.contours.rv_insertion_px is None for each in read_contours(written(first))}
    assert lacking == {Level.MID: False, Level.APICAL: True}
    _, after = check(study, second, written(first))
    assert [each["code"] for each in after["apical"]["cautions"]] == ["insertion-inferred"]
    assert after["apical"]["segments"] == before["apical"]["segments"]
    assert written(second).read_bytes() == written(first).read_bytes()


def test_outlines_that_were_found_are_written_as_they_were_found(study, tmp_path, monkeypatch):
    mid, apical = (each.contours for each in read_contours(study / "contours.json"))
    answers = [
        Answer(mid, (0.02, 0.96, 0.02)),
        Answer(replace(apical, rv_insertion_px=None, rv_inferior_px=None), (0.02, 0.02, 0.96)),
    ]
    segmenter = StandIn(answers)
    monkeypatch.setattr("myoqc.locate.shipped_segmenter", lambda: segmenter)
    silent = unsaid(study, tmp_path / "silent")
    result, found = check(silent, tmp_path)
    assert result.exit_code == ExitCode.SUCCESS, result.output
    assert [each["code"] for each in found["apical"]["cautions"]] == ["level-found", "insertion-inferred"]
    read = read_contours(written(tmp_path))
    assert [each.level for each in read] == [None, None]
    assert Counter(each.contours.rv_insertion_px is None for each in read) == {True: 1, False: 1}
    _, again = check(silent, tmp_path / "again", written(tmp_path))
    assert set(again) == {"unknown"}


def test_a_level_that_the_images_say_is_written_beside_outlines_that_were_found(study, tmp_path, monkeypatch):
    mid, apical = (each.contours for each in read_contours(study / "contours.json"))
    segmenter = StandIn([Answer(mid), Answer(apical, (0.02, 0.02, 0.96))])
    monkeypatch.setattr("myoqc.locate.shipped_segmenter", lambda: segmenter)
    check(study, tmp_path)
    assert {each.level for each in read_contours(written(tmp_path))} == {Level.MID, Level.APICAL}
