"""``myoqc simulate inject``: motion put into a clean series, here one that was simulated and given another name."""

import json
import shutil
from typing import get_args

import numpy as np
import pydicom
import pytest
from typer.testing import CliRunner

from myoqc.acquire import read_contours, read_dicom
from myoqc.aha import Level
from myoqc.cli import main
from myoqc.cli import simulate as command
from myoqc.cli.app import app
from myoqc.cli.simulated_study import write_study
from myoqc.errors import OutputError
from myoqc.records import Segments
from myoqc.simulate import Distractor, Motion, patient_plan

FAR = ("--motion", "oscillation", "--size-mm", 14)


def run(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def inject(study, out, *options, contours="contours.json"):
    return run("simulate", "inject", study / "dicom", out, "--contours", study / contours, *options)


def by_series(folder):
    return sorted(read_dicom(folder), key=lambda acquisition: acquisition.source.series_number)


def told(out):
    return json.loads((out / "truth.json").read_text())


@pytest.fixture(scope="module")
def clean(tmp_path_factory):
    """Two slices of a good breath-hold, with words about a person in every header."""
    out = tmp_path_factory.mktemp("clean")
    slices = [(Level.BASAL, Motion.STILL), (Level.MID, Motion.STILL)]
    write_study(patient_plan("P07", 6, slices), out, advance=lambda: None)
    for path in (out / "dicom").iterdir():
        dataset = pydicom.dcmread(path)
        dataset.PatientName, dataset.StudyDescription, dataset.StudyDate = "Doe^Jane", "Jane, heart", "20240506"
        dataset.SeriesDescription = f"{dataset.SeriesDescription} Jane"
        dataset.save_as(path)
    return out


@pytest.fixture(scope="module")
def moved(clean, tmp_path_factory):
    out = tmp_path_factory.mktemp("moved") / "new"
    result = inject(clean, out, *FAR)
    assert result.exit_code == 0, result.output
    assert "Simulated motion in 2 of 2 measured slices" in result.output
    return out


@pytest.fixture
def changed(clean, tmp_path):
    """The clean study with its contours changed."""

    def with_contours(change):
        shutil.copytree(clean, tmp_path / "study", dirs_exist_ok=True)
        content = json.loads((clean / "contours.json").read_text())
        change(content["slices"])
        (tmp_path / "study" / "contours.json").write_text(json.dumps(content))
        return tmp_path / "study"

    return with_contours


def test_the_choices_are_those_of_the_simulator_that_move_something():
    assert set(get_args(command.MovingName)) <= {each.value for each in Distractor}


# --- what it writes ---------------------------------------------------------------------------------------------------


def lowest_r2(study, results):
    """Of the segments' means, slice by slice, as a check of the files tells them."""
    result = run("check", study / "dicom", "--contours", study / "contours.json", "--out", results)
    assert result.exit_code == 0, result.output
    assessments = [json.loads(path.read_text()) for path in results.glob("*/*/assessment.json")]
    return {each["case"]["level"]: min(part["r2_mean"] for part in each["segments"]) for each in assessments}


def test_a_check_takes_the_files_and_finds_a_worse_fit(clean, moved, tmp_path):
    before, after = lowest_r2(clean, tmp_path / "before"), lowest_r2(moved, tmp_path / "after")
    assert set(before) == set(after) == {"basal", "mid"}
    assert all(after[level] < before[level] - 0.01 for level in before)


def test_only_the_images_change(clean, moved):
    for before, after in zip(by_series(clean / "dicom"), by_series(moved / "dicom"), strict=True):
        assert np.array_equal(after.ti_ms, before.ti_ms)
        assert (after.schedule, after.field_t, after.key.level) == (before.schedule, before.field_t, before.key.level)
        assert after.grid.origin_mm == pytest.approx(before.grid.origin_mm)
        assert not np.array_equal(after.images, before.images)


def test_contours_stay_where_they_were(clean, moved):
    for before, after in zip(
        read_contours(clean / "contours.json"), read_contours(moved / "contours.json"), strict=True
    ):
        assert np.array_equal(after.contours.epi_px, before.contours.epi_px)
        assert after.level is before.level


def test_the_truth_says_what_was_measured_and_what_was_not(moved):
    truth = told(moved)
    assert truth["simulated"] is True
    assert truth["images"] == "measured, with simulated motion"
    assert truth["compared_with"] == "the same images as they were measured"
    for each in truth["slices"]:
        assert each["drawn"] == {"motion": "oscillation", "distractor": "none", "size_mm": 14.0, "seed": 0}
        assert each["any_motion"]
        assert max(segment["r2_drop"] for segment in each["segments"]) > 0.01


def test_the_harm_is_the_difference_of_both_fits(clean, moved):
    """Of the maps in the files, which are rounded to whole ms."""
    before, after = (by_series(study / "dicom")[0] for study in (clean, moved))
    outline = read_contours(clean / "contours.json")[0].contours
    masks = Segments.from_contours(outline, before.grid).masks
    for segment, mask in zip(told(moved)["slices"][0]["segments"], masks, strict=True):
        t1_ms = [each.scanner_map.t1_ms[mask] for each in (before, after)]
        both = np.all([np.isfinite(values) & (values > 0) for values in t1_ms], axis=0)
        assert segment["t1_error_ms"] == pytest.approx((t1_ms[1] - t1_ms[0])[both].mean(), abs=1.0)


def test_headers_say_that_motion_is_simulated_and_name_nobody_but_by_the_id(moved):
    for path in (moved / "dicom").iterdir():
        dataset = pydicom.dcmread(path)
        assert dataset.PatientID == "P07"
        assert dataset.ImageType[0] == "DERIVED"
        assert dataset.DerivationDescription == "motion simulated in measured images"
        assert dataset.StudyDescription == "SIMULATED MOTION"
        assert dataset.StudyDate == "20000101"
        assert not any(word in str(dataset) for word in ("Doe", "Jane", "20240506"))


def test_the_same_seed_gives_the_same_bytes_and_another_one_another_study(clean, moved, tmp_path):
    for name, seed in (("again", 0), ("other", 1)):
        assert inject(clean, tmp_path / name, *FAR, "--seed", seed).exit_code == 0
    first, again, other = (
        {path.relative_to(out): path.read_bytes() for path in out.rglob("*") if path.is_file()}
        for out in (moved, tmp_path / "again", tmp_path / "other")
    )
    assert first == again
    assert set(first) == set(other)
    series = [by_series(out / "dicom")[0] for out in (moved, tmp_path / "other")]
    assert not np.array_equal(series[0].images, series[1].images)
    uids = {pydicom.dcmread(out / "dicom" / "0001-001.dcm").StudyInstanceUID for out in (moved, tmp_path / "other")}
    assert len(uids) == 2


def test_a_stomach_that_moves_leaves_the_heart_without_motion(clean, tmp_path):
    assert inject(clean, tmp_path / "new", "--motion", "still", "--distractor", "stomach").exit_code == 0
    assert not any(each["any_motion"] for each in told(tmp_path / "new")["slices"])


# --- what it refuses --------------------------------------------------------------------------------------------------


def test_a_slice_without_contours_is_told_and_the_other_moves_as_it_would(changed, moved, tmp_path):
    study = changed(lambda slices: slices.pop(0))
    result = inject(study, tmp_path / "new", *FAR)
    assert result.exit_code == 3
    assert "no contours belong to this slice" in result.output
    assert told(tmp_path / "new")["slices"] == told(moved)["slices"][1:]


def test_contours_of_another_slice_move_nothing(changed, tmp_path):
    def elsewhere(slices):
        del slices[1:]
        slices[0].update(series_number=99)

    result = inject(changed(elsewhere), tmp_path / "new")
    assert result.exit_code == 4
    assert "the entry with series_number 99 belongs to no slice that could be checked" in result.output
    assert "no T1-mapping images that can be used" in result.output
    assert not (tmp_path / "new").exists()


def test_contours_that_leave_the_image_cost_their_slice_only(changed, tmp_path):
    def far(slices):
        for name in ("endo_px", "epi_px"):
            slices[0][name] = (np.array(slices[0][name]) + 500).tolist()

    result = inject(changed(far), tmp_path / "new")
    assert result.exit_code == 3
    assert "leaves the image" in result.output
    assert [each["series_number"] for each in told(tmp_path / "new")["slices"]] == [5]


def test_a_folder_without_images_gives_its_own_exit_code(clean, tmp_path):
    (tmp_path / "notes").mkdir()
    result = run("simulate", "inject", tmp_path / "notes", tmp_path / "new", "--contours", clean / "contours.json")
    assert result.exit_code == 4


def test_nothing_is_written_where_something_lies_even_if_it_is_the_study_itself(clean):
    before = {path: path.read_bytes() for path in clean.rglob("*") if path.is_file()}
    result = inject(clean, clean)
    assert isinstance(result.exception, OutputError)
    assert "this is not an empty folder" in str(result.exception)
    assert {path: path.read_bytes() for path in clean.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--motion", "jump"], "'jump' is not one of"),
        (["--distractor", "band"], "'band' is not one of"),
        (["--size-mm", "-1"], "greater than or equal to 0"),
        (["--contours", "nowhere.json"], "does not exist"),
        ([], "Missing option"),
    ],
)
def test_wrong_usage_ends_with_a_message_and_its_code(clean, tmp_path, monkeypatch, capsys, options, words):
    given = ["myoqc", "simulate", "inject", str(clean / "dicom"), str(tmp_path / "new"), *options]
    if options and "--contours" not in options:
        given += ["--contours", str(clean / "contours.json")]
    monkeypatch.setattr("sys.argv", given)
    with pytest.raises(SystemExit) as stop:
        main()
    assert stop.value.code == 2
    assert words in " ".join(capsys.readouterr().err.replace("│", " ").split())
