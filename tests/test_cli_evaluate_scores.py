"""``myoqc evaluate scores``: from a table to tables, files and curves, and what it refuses."""

import csv
import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from rich.text import Text
from typer.testing import CliRunner

from myoqc.cli import evaluate, main
from myoqc.cli.app import app
from myoqc.cli.exit_codes import EXIT_CODES_HELP, ExitCode
from score_tables import many_slices, two_slices, written

FILES = {"results.json", "figures.tsv"} | {
    f"{name}.{kind}" for name in ("roc", "reliability", "decision") for kind in ("png", "svg")
}
PAGE = Path(__file__).parents[1] / "docs" / "evaluate-scores.md"


def run(*arguments, **options):
    return CliRunner().invoke(app, ["evaluate", *map(str, arguments)], **options)


def told(monkeypatch, capsys, *arguments):
    """Exit code and message of the whole program."""
    monkeypatch.setattr("sys.argv", ["myoqc", "evaluate", *map(str, arguments)])
    with pytest.raises(SystemExit) as stop:
        main()
    return stop.value.code, " ".join(capsys.readouterr().err.split())


@pytest.fixture
def table(tmp_path):
    return written(tmp_path / "scores.csv", many_slices(20, level=["basal", "mid"] * 10))


ASKED = ["--resamples", 100, "--seed", 3, "--threshold", 0.4]


@pytest.fixture(scope="module")
def evaluated(tmp_path_factory):
    """What was printed, and the folder that was filled."""
    folder = tmp_path_factory.mktemp("evaluated")
    table = written(folder / "scores.csv", many_slices(20, level=["basal", "mid"] * 10))
    result = run("scores", table, *ASKED, "--out", folder / "out", env={"COLUMNS": "120"})
    assert result.exit_code == ExitCode.SUCCESS, result.output
    return result.output, folder / "out"


def contents(out):
    return {path.name: path.read_bytes() for path in out.iterdir()}


def test_a_table_becomes_tables_figures_and_curves_and_the_same_ones_again(evaluated, table, tmp_path):
    printed, out = evaluated
    assert "20 slices with 120 segments, of 10 patients." in printed
    assert "Against label: images, 8 with motion, 12 without" in printed
    assert "always clean" in printed
    assert "too few" in printed
    assert "from a score of 0.4 on" in " ".join(printed.split())
    assert contents(out).keys() == FILES
    again = run(table, *ASKED, "--out", tmp_path / "again")
    assert again.exit_code == ExitCode.SUCCESS, again.output
    assert contents(tmp_path / "again") == contents(out)


def test_the_files_hold_the_same_figures(evaluated):
    _, out = evaluated
    results = json.loads((out / "results.json").read_text(encoding="utf-8"))
    assert results["choices"] == {"resamples": 100, "seed": 3, "threshold": 0.4}
    assert (results["slices"], results["patients"], results["simulated_slices"]) == (20, 10, None)
    with (out / "figures.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    assert len(rows) == len(results["figures"])
    for row, figure in zip(rows, results["figures"], strict=True):
        assert row["value"] == ("" if figure["value"] is None else str(figure["value"]))
        assert (figure["value"] is None) == bool(figure["note"])
    assert [len(curve["roc"]["found"]) > 2 for curve in results["curves"]] == [True, True]


def test_without_a_folder_nothing_is_written(table, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run(table.name, "--resamples", 100).exit_code == ExitCode.SUCCESS
    assert list(tmp_path.iterdir()) == [table]


def test_simulation_is_told_only_where_the_file_tells_it(evaluated, tmp_path):
    printed, out = evaluated
    assert "imulated" not in printed
    assert "imulated" not in (out / "figures.tsv").read_text(encoding="utf-8")
    said = written(tmp_path / "said.csv", many_slices(20, simulated=[1] * 15 + [0] * 5))
    assert "Simulated, says the file: 15 of 20 slices." in run(said, "--resamples", 100).output


def test_two_scorers_and_two_references_are_told_apart(tmp_path):
    rng = np.random.default_rng(1)
    truth = np.arange(20) % 4 < 2
    rows = many_slices(20, second=rng.random((20, 6)).round(2), truth=truth.astype(int), house=[7] * 20)
    result = run(written(tmp_path / "scores.tsv", rows), "--resamples", 100, env={"COLUMNS": "160"})
    assert result.exit_code == ExitCode.SUCCESS, result.output
    for reference in ("label", "truth"):
        assert f"Against {reference}: segments" in result.output
        assert f"Against {reference}, score − second: each segment" in result.output
    assert re.search(r"anterior +[+-]\d\.\d{3} \(.*\) p[=<]\.\d{3}", result.output)
    assert "Columns that were not used: house." in result.output
    assert "label: segments with motion in 6 of 10 patients" in result.output


def test_a_missing_figure_is_told_with_its_reason(tmp_path):
    rows = [row for row in many_slices(10) if row["case"] in {"C0", "C1", "C5", "C6"}]
    result = run(written(tmp_path / "scores.csv", rows), "--resamples", 100, "--out", tmp_path / "out")
    assert result.exit_code == ExitCode.SUCCESS, result.output
    assert "No value: no ROC curve without cases of both kinds." in result.output
    assert contents(tmp_path / "out").keys() == FILES


def test_a_table_that_can_not_be_used_is_refused_in_one_line(table, tmp_path, monkeypatch, capsys):
    bad = written(tmp_path / "bad.csv", [row | {"score": 2} for row in two_slices()])
    code, message = told(monkeypatch, capsys, "scores", bad, "--out", tmp_path / "out")
    assert code == ExitCode.NOTHING_USABLE
    assert message.startswith(f"myoqc: {bad}: line 2: the score lies outside 0–1; expected 0 to 1; found 2.")
    assert not (tmp_path / "out").exists()


def test_a_single_patient_is_refused_by_name_of_the_file(tmp_path, monkeypatch, capsys):
    alone = written(tmp_path / "alone.csv", [row | {"patient": "P"} for row in two_slices()])
    code, message = told(monkeypatch, capsys, alone)
    assert code == ExitCode.NOTHING_USABLE
    assert message == f"myoqc: {alone}: too few subjects to draw from; expected 2 or more; found 1."


def test_results_that_can_not_be_written_have_an_exit_code_of_their_own(table, tmp_path, monkeypatch, capsys):
    (tmp_path / "out").write_text("a file")
    code, message = told(monkeypatch, capsys, table, "--resamples", 100, "--out", tmp_path / "out")
    assert code == ExitCode.NOT_WRITTEN
    assert "can't be written" in message


@pytest.mark.parametrize("asked", [["--threshold", "1.5"], ["--resamples", "5"], ["--seed", "-1"]])
def test_options_out_of_range_are_wrong_usage(table, asked):
    assert run("scores", table, *asked).exit_code == ExitCode.USAGE


def test_a_misspelt_command_is_not_taken_for_a_file():
    result = run("contuors")
    assert result.exit_code == ExitCode.USAGE
    assert "Did you mean 'contours'?" in result.output


def test_the_example_of_the_page_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    page = PAGE.read_text(encoding="utf-8")
    code = re.search(r"```python\n(.*?)```", page, re.DOTALL).group(1)
    command = re.search(r"```sh\nmyoqc evaluate (.*?)\n```", page).group(1)
    exec(code, {})
    result = run(*command.split(), "--resamples", 100)
    assert result.exit_code == ExitCode.SUCCESS, result.output
    assert "80 slices with 480 segments, of 40 patients." in result.output
    assert contents(tmp_path / "OUT").keys() == FILES


def test_no_line_of_the_help_is_broken_in_a_narrow_terminal():
    lines = Text.from_markup(evaluate.SCORES_EPILOG.removesuffix(EXIT_CODES_HELP)).plain.splitlines()
    printed = [line.strip() for line in run("scores", "--help", env={"COLUMNS": "80"}).output.splitlines()]
    assert [line for line in lines if line.strip() not in printed] == []


def test_scores_are_evaluated_where_torch_is_not_installed():
    code = "import sys, myoqc.cli.evaluated_scores; print([name for name in ('torch', 'monai') if name in sys.modules])"
    printed = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    assert printed.strip() == "[]"
