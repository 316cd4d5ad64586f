"""``myoqc simulate``: what it writes is what a scanner would have written, and what it says."""

import json
import subprocess
import sys
from typing import get_args

import numpy as np
import pytest
from rich.text import Text
from typer.testing import CliRunner

from cohort_cases import small_case
from hearts import DATA
from myoqc.acquire import read_contours, read_dicom
from myoqc.aha import Level, Segment
from myoqc.cli import main, simulated_cohort, simulated_study
from myoqc.cli import simulate as command
from myoqc.cli.app import app
from myoqc.cli.exit_codes import EXIT_CODES_HELP
from myoqc.cli.simulated_study import choices as command_choices
from myoqc.cli.simulated_study import with_anatomies
from myoqc.cli.simulated_truth import MOVED, SliceTruth, write_truth
from myoqc.cohort import Cohort, Request, make_case
from myoqc.cohort.files import FORMAT
from myoqc.cohort.finish import finish
from myoqc.cohort.layout import VERSION
from myoqc.cohort.store import clear, create_arrays, write_case
from myoqc.errors import OutputError
from myoqc.fit import fit_maps
from myoqc.pipeline import check
from myoqc.records import LabelledImage
from myoqc.schedules import KNOWN
from myoqc.simulate import POSITIVE_FROM, Artefact, Distractor, Motion
from myoqc.simulate.presets import PRESETS

LEVELS = [Level.BASAL, Level.MID]


def run(*arguments, **options):
    return CliRunner().invoke(app, ["simulate", *map(str, arguments)], **options)


def values(kinds):
    return {kind.value for kind in kinds}


@pytest.mark.parametrize(
    ("choices", "known"),
    [
        (command.PresetName, set(PRESETS)),
        (command.MotionName, values(Motion)),
        (command.DistractorName, values(Distractor)),
        (command.ArtefactName, values(Artefact)),
        (command.ScheduleName, {schedule.name for schedule in KNOWN}),
    ],
)
def test_the_choices_are_those_of_the_simulator(choices, known):
    assert set(get_args(choices)) == known


# --- a study ----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """The folder of a study, and the cases that were made for it."""
    out, given = tmp_path_factory.mktemp("study"), []

    def remembered(*plan, **how):
        given.append(make_case(*plan, **how))
        return given[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(simulated_study, "make_case", remembered)
        result = run("study", out, "--seed", 4, "--motion", "drift", "--field", "3")
    assert result.exit_code == 0, result.output
    return out, given


@pytest.fixture(scope="module")
def study(written):
    return written[0]


@pytest.fixture(scope="module")
def simulated(written):
    return written[1]


@pytest.fixture(scope="module")
def back(study):
    return sorted(read_dicom(study / "dicom"), key=lambda acquisition: acquisition.source.series_number)


@pytest.mark.parametrize("number", [0, 1])
def test_a_study_is_read_back_as_it_was_simulated(back, simulated, number):
    meant = simulated[number].acquisition
    assert np.array_equal(back[number].images, meant.images)
    assert np.array_equal(back[number].ti_ms, meant.ti_ms)
    assert np.array_equal(back[number].phase_rad, meant.phase_rad)
    assert back[number].schedule == meant.schedule
    assert back[number].field_t == 3.0
    assert back[number].key.level is meant.key.level is LEVELS[number]


@pytest.mark.parametrize("number", [0, 1])
def test_the_maps_of_a_study_are_those_of_the_images_within_the_scanner_s_rounding(back, number):
    maps, stored = fit_maps(back[number]), back[number].scanner_map
    told = np.isfinite(maps.t1_ms) & (maps.t1_ms >= 1.0) & (maps.t1_ms < 4095.0)  # 12 bits, and 0 = not fitted
    assert told.mean() > 0.5
    assert np.abs(stored.t1_ms - maps.t1_ms)[told].max() <= 0.5
    told &= maps.r2 >= 1 / 4000
    assert np.abs(stored.r2 - maps.r2)[told].max() <= 1 / 4000


def test_a_study_comes_with_the_contours_of_its_slices(study, simulated):
    outlines = read_contours(study / "contours.json")
    assert [each.level for each in outlines] == LEVELS
    for outline, each in zip(outlines, simulated, strict=True):
        assert outline.contours.endo_px == pytest.approx(each.contours.endo_px, abs=0.01)


@pytest.fixture(scope="module")
def truth(study):
    return json.loads((study / "truth.json").read_text())


def test_a_study_comes_with_what_was_drawn_for_each_slice(truth):
    assert (truth["format"], truth["version"], truth["simulated"]) == ("myoqc-truth", 1, True)
    assert [(each["series_number"], each["level"]) for each in truth["slices"]] == [(1, "basal"), (5, "mid")]
    for each in truth["slices"]:
        assert (each["patient"], each["schedule"], each["field_t"]) == ("SIM-4", "ShMOLLI", 3.0)
        assert each["drawn"] == {"motion": "drift", "distractor": "none", "artefact": "none"}


@pytest.mark.parametrize("number", [0, 1])
def test_the_truth_of_a_study_is_that_of_its_cases_segment_by_segment(truth, simulated, number):
    told, case = truth["slices"][number], simulated[number]
    assert [each["segment"] for each in told["segments"]] == [segment.word for segment in Segment]
    for segment, each in zip(Segment, told["segments"], strict=True):
        assert each["aha"] == segment.aha(LEVELS[number])
        assert each["contamination"] == case.truth.contamination[:, segment].tolist()
        assert each["displacement_mm"] == case.truth.displacement_mm[:, segment].tolist()
        assert each["t1_error_ms"] == case.harm.t1_error_ms[segment]
        assert each["r2_drop"] == case.harm.r2_drop[segment]


def test_a_segment_moves_where_its_largest_contamination_says_so(truth):
    assert truth["motion_from_contamination"] == POSITIVE_FROM
    for told in truth["slices"]:
        for each in told["segments"]:
            assert each["largest_contamination"] == max(each["contamination"])
            assert each["largest_displacement_mm"] == max(each["displacement_mm"])
            assert each["motion"] == (each["largest_contamination"] >= POSITIVE_FROM)
        assert told["any_motion"] == any(each["motion"] for each in told["segments"])
    assert any(told["any_motion"] for told in truth["slices"])


def test_an_error_that_nobody_could_measure_is_null(tmp_path):
    case = small_case()
    known = SliceTruth(3, case.acquisition, {"motion": Motion.SHIFT}, case.truth, case.harm)
    write_truth([known], tmp_path / "truth.json", MOVED)
    (told,) = json.loads((tmp_path / "truth.json").read_text())["slices"]
    assert [each["r2_drop"] for each in told["segments"]] == [0.0, 0.1, 0.2, 0.3, 0.4, None]
    assert told["drawn"] == {"motion": "shift"}


def test_a_study_says_that_it_is_simulated(study, back):
    assert {acquisition.source.study_label for acquisition in back} == {"SIM-4 2000-01-01 SIMULATED"}
    assert CliRunner().invoke(app, ["check", str(study / "dicom"), "--list"]).output.count("SIMULATED") >= 1


def test_a_study_is_not_written_among_files_of_others(tmp_path):
    (tmp_path / "dicom").mkdir()
    (tmp_path / "dicom" / "patient.dcm").write_text("precious")
    result = run("study", tmp_path)
    assert isinstance(result.exception, OutputError)
    assert "holds files that no simulation made; found patient.dcm" in str(result.exception)


# --- real hearts ------------------------------------------------------------------------------------------------------


def test_a_real_heart_becomes_a_study_of_its_own(tmp_path):
    archive = DATA / "heart-t1map" / "heart.npz"
    if not archive.exists():
        pytest.skip("the real T1 map is not at hand")
    result = run("from-maps", archive, tmp_path)
    assert result.exit_code == 0, result.output
    assert "pixel spacing unknown" in result.output
    (acquisition,) = read_dicom(tmp_path / "dicom")
    assert acquisition.key.patient == "heart"
    (outline,) = read_contours(tmp_path / "contours.json")
    assert check(acquisition, contours=outline.contours).segments is not None
    (told,) = json.loads((tmp_path / "truth.json").read_text())["slices"]
    assert (told["patient"], told["any_motion"]) == ("heart", False)


def labelled(subject, level):
    y, x = np.mgrid[:60, :60]
    away = np.hypot(y - 30, x - 30)
    return LabelledImage(np.ones((60, 60)), away < 10, away < 16, 1.3, subject, level)


def test_each_level_of_a_real_heart_is_a_slice_of_one_patient():
    subjects = {
        "b": [labelled("b", Level.MID), labelled("b", Level.BASAL), labelled("b", Level.MID)],
        "a": [labelled("a", Level.UNKNOWN)],
    }
    plans = with_anatomies(subjects, 5, Motion.DRIFT, **command_choices("MOLLI 5(3)3", "3", "none", "none"))
    told = [(plan.patient.anatomy, plan.level) for plan in plans]
    assert told == [("a", Level.UNKNOWN), ("b", Level.BASAL), ("b", Level.MID)]
    assert {(plan.patient.schedule.name, plan.motion) for plan in plans} == {("MOLLI 5(3)3", Motion.DRIFT)}
    assert plans[1].patient == plans[2].patient
    assert len({plan.seed for plan in plans}) == 3


# --- a cohort ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def store(tmp_path):
    """A store of three small cases, made without simulator."""
    folder = tmp_path / "cohort"
    folder.mkdir()
    create_arrays(folder, 3, {"t": 7, "y": 60, "x": 70})
    for number in range(3):
        write_case(folder, number, small_case(contamination=0.5 * (number == 1), patient_number=number))
    about = {"format": FORMAT, "version": VERSION, "state": "unfinished", "n_cases": 3, "made_of": {"seed": 0}}
    finish(folder, about)
    clear(folder)
    return folder


@pytest.fixture
def asked(store, monkeypatch):
    """What ``make_cohort`` is asked for, which then gives the small store."""
    calls = []

    def make_cohort(folder, request, *, workers, progress):
        calls.append((folder, request, workers))
        progress(3, 3)
        return Cohort.open(store)

    monkeypatch.setattr(simulated_cohort, "make_cohort", make_cohort)
    return calls


def test_a_cohort_is_made_as_it_was_asked_for(asked, tmp_path):
    options = ["--patients", 3, "--seed", 9, "--preset", "multi", "--workers", 2]
    result = run("cohort", tmp_path / "new", *options)
    assert result.exit_code == 0, result.output
    assert asked == [(tmp_path / "new", Request("multi", 3, 9, None, 0.0), 2)]
    assert "SIMULATED: 3 slices of 1 patients" in result.output
    assert "datasheet.md" in result.output


@pytest.mark.parametrize(("options", "share"), [((), 0.5), (("--real-share", 0.2), 0.2)])
def test_a_folder_of_real_anatomies_serves_half_of_the_patients_if_nothing_else_is_said(
    asked, tmp_path, options, share
):
    run("cohort", tmp_path / "new", "--anatomies", tmp_path, *options)
    ((_, request, _),) = asked
    assert (request.anatomies, request.real_share) == (tmp_path, share)


def test_how_often_what_occurs_is_printed_beside_the_paper(asked, tmp_path):
    lines = run("cohort", tmp_path / "new").output.splitlines()
    assert next(line for line in lines if "maps with motion" in line).split()[3:5] == ["321", "1"]
    assert next(line for line in lines if "share of the maps" in line).split()[4:6] == ["12.5%", "33.3%"]


def test_verification_finds_the_case_that_was_changed(store):
    assert run("cohort", store, "--verify").exit_code == 0
    (store / "t1" / "c.1.0.0").unlink()
    result = run("cohort", store, "--verify")
    assert result.exit_code == 3
    assert "case 1 is not what was written" in result.output
    assert "2 of 3 cases are as they were written" in result.output


def test_a_folder_without_cohort_ends_with_a_message_and_no_traceback(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["myoqc", "simulate", "cohort", str(tmp_path), "--verify"])
    with pytest.raises(SystemExit) as stop:
        main()
    assert stop.value.code == 4
    assert "no cohort here" in capsys.readouterr().err


# --- help -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "epilog"),
    [
        ("cohort", command.COHORT_EPILOG),
        ("study", command.STUDY_EPILOG),
        ("from-maps", command.MAPS_EPILOG),
        ("inject", command.INJECT_EPILOG),
    ],
)
def test_no_example_is_broken_over_two_lines_of_a_narrow_terminal(name, epilog):
    examples = Text.from_markup(epilog.removesuffix(EXIT_CODES_HELP)).plain.splitlines()
    printed = [line.strip() for line in run(name, "--help", env={"COLUMNS": "80"}).output.splitlines()]
    assert [line for line in examples if line.strip() not in printed] == []


def test_neither_help_nor_a_check_waits_for_the_store():
    code = "import sys, myoqc.cli.app, myoqc.cli.check, myoqc.pipeline; print('zarr' in sys.modules)"
    assert printed_by(code) == "False"


def test_a_study_waits_for_the_store_no_more_than_a_check_and_a_cohort_gets_it():
    code = "import sys, myoqc.cli.simulated_study as study, myoqc.cohort as cohort; print('zarr' in sys.modules)"
    assert printed_by(code) == "False"
    assert printed_by(f"{code}; cohort.make_cohort, cohort.Cohort; print('zarr' in sys.modules)").split() == [
        "False",
        "True",
    ]


def printed_by(code):
    run_by = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    return run_by.stdout.strip()
