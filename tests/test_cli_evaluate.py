"""``myoqc evaluate``: the stability experiment through the command line, and what it refuses."""

import json
import shutil
import subprocess
import sys

import pytest
from rich.text import Text
from typer.testing import CliRunner

from hearts import ring
from myoqc.cli import evaluate, main
from myoqc.cli.app import app
from myoqc.cli.exit_codes import EXIT_CODES_HELP, ExitCode
from myoqc.train import stability_record
from stability_cohort import small_cohort
from stand_in_segmenter import Answer, StandIn


def run(*arguments, **options):
    return CliRunner().invoke(app, ["evaluate", *map(str, arguments)], **options)


@pytest.fixture(scope="module")
def cohort(tmp_path_factory):
    return small_cohort(tmp_path_factory.mktemp("evaluate") / "cohort").folder


@pytest.fixture
def weights(monkeypatch, tmp_path):
    """A folder whose segmenter draws the true rings, in this process."""
    monkeypatch.setattr(stability_record, "read_segmenter", lambda folder: StandIn([Answer(ring())]))
    monkeypatch.setattr(stability_record, "in_processes", lambda work, tasks, workers: (work(*task) for task in tasks))
    (tmp_path / "weights").mkdir()
    return tmp_path / "weights"


def files_in(out):
    return {path.name: path.read_bytes() for path in out.glob("stability.*")}


def test_the_experiment_is_printed_and_written_and_comes_again_to_the_bit_after_a_stop(cohort, weights, tmp_path):
    asked = ["contours", cohort, "--segmenter", weights, "--out", tmp_path / "out"]
    result = run(*asked, env={"COLUMNS": "100"})
    assert result.exit_code == ExitCode.SUCCESS, result.output
    assert "20 simulated basal and mid slices of 10 subjects" in " ".join(result.output.split())
    assert "SIMULATED, against the operator: images" in result.output
    assert "End to end, segments" in result.output
    first = files_in(tmp_path / "out")
    assert first.keys() == {"stability.json", "stability.tsv", "stability.md"}
    record = tmp_path / "out" / stability_record.RECORD
    record.write_bytes(record.read_bytes()[:-100])
    assert run(*asked).exit_code == ExitCode.SUCCESS
    assert files_in(tmp_path / "out") == first
    assert run(*asked, "--operator").exit_code == ExitCode.SUCCESS
    assert json.loads(files_in(tmp_path / "out")["stability.json"])["about"]["trained_on"] == "operator"


def told(monkeypatch, capsys, *arguments):
    """Exit code and message of the whole program."""
    monkeypatch.setattr("sys.argv", ["myoqc", "evaluate", "contours", *map(str, arguments)])
    with pytest.raises(SystemExit) as stop:
        main()
    return stop.value.code, " ".join(capsys.readouterr().err.split())


def test_a_folder_without_cohort_is_refused(weights, tmp_path, monkeypatch, capsys):
    code, message = told(monkeypatch, capsys, tmp_path, "--out", tmp_path / "out", "--segmenter", weights)
    assert code == ExitCode.NOTHING_USABLE
    assert "no cohort here" in message


def test_a_cohort_without_the_readings_of_the_operator_is_refused(cohort, weights, tmp_path, monkeypatch, capsys):
    shutil.copytree(cohort, tmp_path / "unread")
    shutil.rmtree(tmp_path / "unread" / "operator")
    code, message = told(monkeypatch, capsys, tmp_path / "unread", "--out", tmp_path / "out", "--segmenter", weights)
    assert code == ExitCode.NOTHING_USABLE
    assert "this cohort is damaged" in message
    assert "operator" in message


def test_too_few_subjects_are_refused_before_anything_is_measured(weights, tmp_path, monkeypatch, capsys):
    few = small_cohort(tmp_path / "few", n_subjects=3).folder
    code, message = told(monkeypatch, capsys, few, "--out", tmp_path / "out", "--segmenter", weights)
    assert code == ExitCode.NOTHING_USABLE
    assert "too few subjects" in message
    assert not (tmp_path / "out").exists()


def test_no_example_is_broken_over_two_lines_of_a_narrow_terminal():
    examples = Text.from_markup(evaluate.CONTOURS_EPILOG.removesuffix(EXIT_CODES_HELP)).plain.splitlines()
    help_text = run("contours", "--help", env={"COLUMNS": "80"}).output
    printed = [line.strip() for line in help_text.splitlines()]
    assert [line for line in examples if line.strip() not in printed] == []


def test_the_experiment_runs_where_torch_is_not_installed():
    code = (
        "import sys, myoqc.cli.compared_contours; print([name for name in ('torch', 'monai') if name in sys.modules])"
    )
    printed = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    assert printed.strip() == "[]"
