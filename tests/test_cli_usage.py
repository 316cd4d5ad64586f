"""What the command line lets through, refuses as wrong usage, and says about how to use it."""

import json
import subprocess
import sys
from typing import get_args

import pytest
from rich.text import Text
from typer.testing import CliRunner

from bad_studies import ring
from dicom_samples import save_all, weighted
from myoqc.acquire.contours import read
from myoqc.cli import check, fit, main
from myoqc.cli.app import app
from myoqc.cli.exit_codes import EXIT_CODES_HELP, ExitCode
from myoqc.cli.options import EngineName, MethodName
from myoqc.fit import ENGINES, METHODS
from stand_in_segmenter import Answer, StandIn


def run(*arguments, **options):
    return CliRunner().invoke(app, [str(argument) for argument in arguments], **options)


def run_main(monkeypatch, *arguments):
    """The exit code of the whole program."""
    monkeypatch.setattr("sys.argv", ["myoqc", *map(str, arguments)])
    with pytest.raises(SystemExit) as stop:
        main()
    return stop.value.code


@pytest.fixture(autouse=True)
def nothing_to_find(monkeypatch):
    monkeypatch.setattr("myoqc.locate.shipped_segmenter", lambda: StandIn([Answer(None)]))


@pytest.fixture
def study(tmp_path):
    save_all(weighted(), tmp_path / "study")
    save_all(weighted(study=2, PatientID="P2"), tmp_path / "study" / "second")
    return tmp_path / "study"


def test_the_choices_are_those_of_the_fit():
    assert set(get_args(MethodName)) == {"auto", *METHODS}
    assert set(get_args(EngineName)) == set(ENGINES)


@pytest.mark.parametrize("command", ["check", "fit"])
@pytest.mark.parametrize(("option", "choices"), [("--method", MethodName), ("--engine", EngineName)])
def test_an_unknown_choice_is_wrong_usage_and_is_told_once_with_the_known_ones(study, command, option, choices):
    result = run(command, study, option, "foo")
    assert result.exit_code == ExitCode.USAGE
    assert result.output.count("foo") == 1
    assert all(f"'{choice}'" in result.output for choice in get_args(choices))


def test_contours_that_are_not_there_are_wrong_usage(study, tmp_path):
    result = run("check", study, "--contours", tmp_path / "nowhere.json", "--out", tmp_path / "results")
    assert result.exit_code == ExitCode.USAGE
    assert "'--contours'" in result.output
    assert "does not exist" in result.output
    assert not (tmp_path / "results").exists()


@pytest.mark.parametrize("command", ["check", "fit"])
def test_an_output_folder_that_can_not_be_written_has_an_exit_code_of_its_own(
    study, tmp_path, command, monkeypatch, capsys
):
    (tmp_path / "results").write_text("a file")
    code = run_main(monkeypatch, command, study, "--engine", "numpy", "--out", tmp_path / "results")
    assert code == ExitCode.NOT_WRITTEN == 6
    assert "can't be written" in capsys.readouterr().err


def test_a_part_that_is_not_installed_has_an_exit_code_of_its_own(study, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("myoqc.extras.find_spec", lambda module: None)
    code = run_main(monkeypatch, "fit", study, "--engine", "numba", "--out", tmp_path / "results")
    assert code == ExitCode.PART_MISSING == 7
    assert "-m pip install 'myoqc[fast]'" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["check", "fit"])
def test_a_method_that_the_images_deny_is_told_for_each_slice_by_name(study, tmp_path, command):
    result = run(command, study, "--method", "sasha3", "--out", tmp_path / "results")
    assert result.exit_code == ExitCode.NOTHING_USABLE
    for patient in ("P1", "P2"):
        slice_and_fault = f"{patient} 2024-01-31 Heart, series 1 ShMOLLI: the fit 'sasha3' does not belong"
        assert result.output.count(slice_and_fault) == 1


def test_a_label_mask_is_asked_for_the_pixels_of_each_slice(study, tmp_path, monkeypatch):
    grids = []
    monkeypatch.setattr(read, "read_label_mask", lambda path, grid: grids.append(grid) or [])
    (tmp_path / "mask.nii").touch()
    result = run("check", study, "--contours", tmp_path / "mask.nii", "--engine", "numpy", "--out", tmp_path / "out")
    assert result.exit_code == ExitCode.SUCCESS, result.output
    assert [grid is None for grid in grids] == [True, False, False]


def test_a_slice_that_no_scorer_takes_is_no_fault_of_its_contours(study, tmp_path):
    outline = {"series_number": 1, "level": "apical", "endo_px": ring(1), "epi_px": ring(2), "rv_insertion_px": [1, 3]}
    content = {"format": "myoqc-contours", "version": 1, "slices": [outline]}
    (tmp_path / "apical.json").write_text(json.dumps(content))
    result = run("check", study, "--contours", tmp_path / "apical.json", "--engine", "numpy", "--out", tmp_path / "out")
    assert result.exit_code == ExitCode.SUCCESS, result.output
    assert result.output.count("not scored: an apical slice") == 2


def test_every_exit_code_is_explained():
    assert all(f"{code.value} " in EXIT_CODES_HELP for code in ExitCode)


@pytest.mark.parametrize("command", [check, fit])
def test_no_example_is_broken_over_two_lines_of_a_narrow_terminal(command):
    examples = Text.from_markup(command.EPILOG.removesuffix(EXIT_CODES_HELP)).plain.splitlines()
    name = command.__name__.rpartition(".")[2]
    printed = [line.strip() for line in run(name, "--help", env={"COLUMNS": "80"}).output.splitlines()]
    assert [line for line in examples if line.strip() not in printed] == []


def test_help_does_not_wait_for_the_libraries_that_the_work_needs():
    code = "import sys, myoqc.cli.app; print([name for name in ('numpy', 'myoqc.fit') if name in sys.modules])"
    printed = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    assert printed.strip() == "[]"
