"""The command line as a stranger meets it: simulate, check, report; what it refuses, and with which exit code."""

import json
import shutil
import zipfile
from html.parser import HTMLParser

import nibabel
import numpy as np
import pytest
from typer.testing import CliRunner

from myoqc.acquire.contours import read
from myoqc.cli import main
from myoqc.cli.app import app
from myoqc.report import schema
from stand_in_segmenter import Answer, StandIn, that_finds

jsonschema = pytest.importorskip("jsonschema")


def run(*arguments):
    """The result of ``myoqc …``; MyoqcErrors come through as they do to :func:`myoqc.cli.main`."""
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    out = tmp_path_factory.mktemp("demo")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("myoqc.locate.shipped_segmenter", that_finds(out / "contours.json"))
        result = run("demo", "--out", out)
    assert result.exit_code == 0, result.output
    return out, result.output


@pytest.fixture
def finder(demo, monkeypatch):
    """The segmenter that the demo was checked with; without it nothing can be found."""
    out, _ = demo
    monkeypatch.setattr("myoqc.locate.shipped_segmenter", that_finds(out / "contours.json"))


@pytest.fixture
def phantom_free_folder(tmp_path):
    (tmp_path / "notes.txt").write_text("no image here")
    return tmp_path


def slices_of(results):
    content = json.loads((results / "run.json").read_text())
    return {each["folder"]: each for study in content["studies"] for each in study["slices"]}


def test_the_demo_finds_motion_in_the_bad_breath_hold_only(demo):
    out, printed = demo
    assert "Mid slice: no motion found." in printed
    assert "Basal slice: motion likely in" in printed
    assert {each["verdict"] for each in slices_of(out / "results").values()} == {"motion", "no motion"}


def test_the_demo_leaves_what_it_promises(demo):
    out, _ = demo
    for folder in slices_of(out / "results"):
        names = {path.name for path in (out / "results" / folder).iterdir()}
        maps = {"t1.nii.gz", "r2.nii.gz", "t1_sd.nii.gz", "samples_used.nii.gz"}
        assert names == {"assessment.json", "ventricle.nii.gz", *maps}
        assessment = json.loads((out / "results" / folder / "assessment.json").read_text())
        jsonschema.validate(assessment, schema())
        assert [segment["segment"] for segment in assessment["segments"]][:2] == ["anterior", "anteroseptal"]
        t1_ms = nibabel.load(out / "results" / folder / "t1.nii.gz").get_fdata()
        assert t1_ms.shape == (*assessment["input"]["matrix"][::-1], 1)
        assert 300 < np.nanmedian(t1_ms) < 2500


def test_the_report_is_one_whole_page(demo):
    out, _ = demo
    (report,) = (out / "results").glob("*/report.html")
    text = report.read_text()
    HTMLParser().feed(text)
    assert "SIMULATED" in text
    assert text.rstrip().endswith("</html>")


@pytest.mark.usefixtures("finder")
def test_checking_the_same_files_again_gives_the_same_bytes(demo, tmp_path):
    out, _ = demo
    result = run("check", out / "dicom", "--out", tmp_path)
    assert result.exit_code == 0, result.output
    before, after = (
        {path.relative_to(root): path.read_bytes() for path in root.rglob("*") if path.is_file()}
        for root in (out / "results", tmp_path)
    )
    assert before == after


@pytest.mark.usefixtures("finder")
def test_a_zip_of_the_study_gives_the_same_scores(demo, tmp_path):
    out, _ = demo
    archive = tmp_path / "study.zip"
    with zipfile.ZipFile(archive, "w") as bundle:
        for path in (out / "dicom").iterdir():
            bundle.write(path, f"inner/{path.name}")
    result = run("check", archive, "--out", tmp_path / "results")
    assert result.exit_code == 0, result.output
    assert slices_of(tmp_path / "results") == slices_of(out / "results")


def test_motion_gives_its_own_exit_code_when_asked_for(demo, tmp_path):
    out, _ = demo
    result = run("check", out / "dicom", "--contours", out / "contours.json", "-o", tmp_path, "--fail-on-motion")
    assert result.exit_code == 5
    assert json.loads((tmp_path / "run.json").read_text())["exit_code"] == 5


def segments_of(results):
    found = [json.loads(path.read_text()) for path in sorted(results.rglob("assessment.json"))]
    return [[(part["segment"], part["n_pixels"], part["t1_mean_ms"]) for part in each["segments"]] for each in found]


def test_the_contours_that_are_written_give_the_same_segments_when_given_back(demo, tmp_path):
    out, _ = demo
    (written,) = (out / "results").glob("*/contours.json")
    result = run("check", out / "dicom", "--contours", written, "--no-automatic", "--out", tmp_path)
    assert result.exit_code == 0, result.output
    assert segments_of(tmp_path) == segments_of(out / "results")
    (again,) = tmp_path.glob("*/contours.json")
    assert again.read_bytes() == written.read_bytes()
    (report,) = tmp_path.glob("*/report.html")
    assert "Outlines given, once found automatically." in report.read_text()


def test_the_mask_of_the_ventricle_holds_the_pixels_of_the_segments(demo):
    out, _ = demo
    for folder in slices_of(out / "results"):
        image = nibabel.load(out / "results" / folder / "ventricle.nii.gz")
        t1 = nibabel.load(out / "results" / folder / "t1.nii.gz")
        np.testing.assert_allclose(image.affine, t1.affine)
        document = json.loads((out / "results" / folder / "assessment.json").read_text())
        n_wall = sum(part["n_pixels"] for part in document["segments"])
        labels = np.asarray(image.dataobj)
        assert (labels == 2).sum() == n_wall
        assert 0.2 * n_wall < (labels == 1).sum() < 5 * n_wall


def test_a_file_of_contours_among_the_results_is_not_written_over(demo, tmp_path):
    out, _ = demo
    shutil.copytree(out / "results", tmp_path / "results")
    (own,) = (tmp_path / "results").glob("*/contours.json")
    content = json.loads(own.read_text())
    content["slices"][0]["origin"] = "manual"
    own.write_text(json.dumps(content, indent=2))
    before = own.read_bytes()
    result = run("check", out / "dicom", "--contours", own, "--out", tmp_path / "results")
    assert result.exit_code == 0, result.output
    assert own.read_bytes() == before


def test_the_command_that_the_demo_prints_needs_nothing_but_the_images(demo):
    out, printed = demo
    assert f"check {out / 'dicom'} --out {out / 'results'}" in printed
    assert "--contours" not in printed


def test_a_file_of_contours_is_read_once_however_many_slices_there_are(demo, tmp_path, monkeypatch):
    out, _ = demo
    reads = []
    read_once = read.read_contours_json
    monkeypatch.setattr(read, "read_contours_json", lambda *given: reads.append(given) or read_once(*given))
    run("check", out / "dicom", "--contours", out / "contours.json", "--out", tmp_path)
    assert len(slices_of(tmp_path)) == 2
    assert len(reads) == 1


def test_where_nothing_is_to_be_found_maps_are_made_and_nothing_is_scored(demo, tmp_path):
    out, _ = demo
    result = run("check", out / "dicom", "--no-automatic", "--out", tmp_path, "--fail-on-motion")
    assert result.exit_code == 0
    assert "not scored: no contours" in result.output
    assert {each["verdict"] for each in slices_of(tmp_path).values()} == {"not scored"}
    (report,) = tmp_path.glob("*/report.html")
    assert "--contours" in report.read_text()


def test_a_study_without_a_heart_is_no_failure_and_never_scored(demo, tmp_path, monkeypatch):
    out, _ = demo
    monkeypatch.setattr("myoqc.locate.shipped_segmenter", lambda: StandIn([Answer(None)]))
    result = run("check", out / "dicom", "--out", tmp_path, "--fail-on-motion")
    assert result.exit_code == 0
    assert result.output.count("not scored: no left ventricle found. Give contours if there is a heart.") == 2
    assert not list(tmp_path.rglob("contours.json")) + list(tmp_path.rglob("ventricle.nii.gz"))


def contours_of_the_second_slice(demo, tmp_path):
    out, _ = demo
    content = json.loads((out / "contours.json").read_text())
    content["slices"] = content["slices"][1:]
    (tmp_path / "one.json").write_text(json.dumps(content))
    return tmp_path / "one.json"


def test_contours_of_one_slice_leave_the_other_to_be_found_and_that_is_told(demo, tmp_path, finder):
    out, _ = demo
    contours = contours_of_the_second_slice(demo, tmp_path)
    result = run("check", out / "dicom", "--contours", contours, "--out", tmp_path / "results")
    assert result.exit_code == 0
    assert "one.json: no contours of series 1 ShMOLLI, mid, so they were found automatically." in result.output
    assert result.output.count("found automatically") == 1
    (report,) = (tmp_path / "results").glob("*/report.html")
    text = report.read_text()
    assert text.count("Outlines found automatically (expected overlap 0.91).") == 1
    assert text.count("Outlines given.") == 1


def test_contours_of_one_slice_leave_the_other_unscored_where_none_are_to_be_found(demo, tmp_path):
    out, _ = demo
    contours = contours_of_the_second_slice(demo, tmp_path)
    result = run("check", out / "dicom", "--contours", contours, "--no-automatic", "--out", tmp_path / "results")
    assert result.exit_code == 0
    assert sorted(each["verdict"] for each in slices_of(tmp_path / "results").values()) == ["motion", "not scored"]


def check_with(demo, tmp_path, change):
    """``myoqc check`` of the demo's study with its contours changed."""
    out, _ = demo
    content = json.loads((out / "contours.json").read_text())
    change(content["slices"])
    (tmp_path / "changed.json").write_text(json.dumps(content))
    results = tmp_path / "results"
    contours = tmp_path / "changed.json"
    return run("check", out / "dicom", "--contours", contours, "--no-automatic", "--out", results), results


def test_contours_of_no_slice_are_told_and_are_no_success(demo, tmp_path):
    result, _ = check_with(demo, tmp_path, lambda slices: slices[0].update(series_number=99))
    assert result.exit_code == 3
    assert "the entry with series_number 99 belongs to no slice that could be checked" in result.output


def test_contours_without_a_name_are_not_given_to_two_slices(demo, tmp_path):
    def nameless(slices):
        del slices[1:]
        del slices[0]["series_number"]

    result, results = check_with(demo, tmp_path, nameless)
    assert result.exit_code == 3
    assert all("ambiguous" in each["headline"] for each in slices_of(results).values())


def test_a_level_that_contradicts_the_images_is_cautioned_against(demo, tmp_path):
    result, results = check_with(demo, tmp_path, lambda slices: slices[0].update(level="basal"))
    assert result.exit_code == 0
    codes = [
        caution["code"]
        for folder in slices_of(results)
        for caution in json.loads((results / folder / "assessment.json").read_text())["cautions"]
    ]
    assert "level-contradicted" in codes


def test_contours_that_do_not_fit_leave_the_slice_unscored_with_the_reason(demo, tmp_path):
    out, _ = demo
    content = json.loads((out / "contours.json").read_text())
    for each in content["slices"]:
        each["epi_px"] = (np.array(each["epi_px"]) + 500).tolist()
        each["endo_px"] = (np.array(each["endo_px"]) + 500).tolist()
    (tmp_path / "far.json").write_text(json.dumps(content))
    result = run("check", out / "dicom", "--contours", tmp_path / "far.json", "--out", tmp_path / "results")
    assert result.exit_code == 3
    assert "far.json" in result.output
    assert all("leaves the image" in each["headline"] for each in slices_of(tmp_path / "results").values())


def test_a_damaged_file_is_named_and_the_rest_is_checked(demo, tmp_path):
    out, _ = demo
    study = tmp_path / "study"
    shutil.copytree(out / "dicom", study)
    victim = study / "0001-003.dcm"
    victim.write_bytes(victim.read_bytes()[:3000])
    result = run("check", study, "--contours", out / "contours.json", "--out", tmp_path / "results")
    assert result.exit_code == 3
    assert "0001-003.dcm" in result.output
    assert [each["verdict"] for each in slices_of(tmp_path / "results").values()] == ["motion"]
    unusable = json.loads((tmp_path / "results" / "run.json").read_text())["unusable"]
    assert any("0001-003.dcm" in each["file"] + each["reason"] for each in unusable)


def test_nothing_usable_gives_its_own_exit_code(phantom_free_folder, tmp_path):
    for command in ("check", "fit"):
        result = run(command, phantom_free_folder, "--out", tmp_path / "results")
        assert result.exit_code == 4, result.output


def test_the_list_says_how_each_series_was_understood(demo):
    out, _ = demo
    result = run("check", out / "dicom", "--list")
    assert result.exit_code == 0
    for words in ("T1-weighted magnitude images", "phase images", "scanner's T1 map", "InversionTime (0018,0082)"):
        assert words in result.output
    assert "Slices that can be checked: 2" in result.output


def test_fit_writes_maps_alone(demo, tmp_path):
    out, _ = demo
    result = run("fit", out / "dicom", "--out", tmp_path, "--engine", "numpy")
    assert result.exit_code == 0, result.output
    assert {path.name for path in tmp_path.rglob("*") if path.is_file()} == {
        "t1.nii.gz",
        "r2.nii.gz",
        "t1_sd.nii.gz",
        "samples_used.nii.gz",
    }


def test_the_demo_does_not_write_among_files_of_others(tmp_path):
    (tmp_path / "dicom").mkdir()
    (tmp_path / "dicom" / "patient.dcm").write_text("precious")
    result = run("demo", "--out", tmp_path)
    assert "holds files that no simulation made" in str(result.exception)
    assert (tmp_path / "dicom" / "patient.dcm").read_text() == "precious"


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["check", "/no/such/folder"], 4, "no such file or folder"),
        (["--version"], 0, "myoqc 0."),
        (["check", "--wrong"], 2, "No such option"),
        (["check", "--help"], 0, "Exit codes"),
    ],
)
def test_the_program_ends_with_a_message_and_a_code_never_a_traceback(arguments, code, words, monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["myoqc", *arguments])
    with pytest.raises(SystemExit) as stop:
        main()
    printed = "".join(capsys.readouterr())
    assert stop.value.code == code
    assert words in printed
    assert "Traceback" not in printed


def test_a_fault_of_the_program_is_told_in_one_message(monkeypatch, capsys, tmp_path):
    monkeypatch.setattr("sys.argv", ["myoqc", "check", str(tmp_path)])
    monkeypatch.setattr("myoqc.cli.slices.scan", lambda *_: 1 / 0)
    with pytest.raises(SystemExit) as stop:
        main()
    assert stop.value.code == 1
    assert "a fault in the program itself: ZeroDivisionError" in capsys.readouterr().err
    monkeypatch.setenv("MYOQC_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        main()
