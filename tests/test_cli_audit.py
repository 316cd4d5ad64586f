"""``myoqc audit``: from a cohort and its scores to the list, the page and corrected labels, and what it refuses."""

import csv
import json
import subprocess
import sys

import numpy as np
import pytest
from rich.text import Text
from typer.testing import CliRunner

from myoqc.aha import Segment
from myoqc.cli import audit, main
from myoqc.cli.app import app
from myoqc.cli.exit_codes import EXIT_CODES_HELP, ExitCode
from score_tables import written
from stability_cohort import small_cohort

FILES = {"index.html", "audit.tsv", "corrected.tsv", "results.json", "found.png", "found.svg"}
ASKED = ["--top", 2, "--resamples", 100]


@pytest.fixture(scope="module")
def cohort(tmp_path_factory):
    return small_cohort(tmp_path_factory.mktemp("audited") / "cohort")


def rows_of(cohort, label=None, **columns):
    """A row a segment, scored by one who knows something of the truth."""
    score = np.where(cohort.motion, 0.6, 0.2) + 0.2 * np.random.default_rng(2).random(cohort.motion.shape)
    label = cohort.operator if label is None else label
    return [
        {"case": row["slice_uid"], "patient": row["patient"], "segment": segment.word}
        | {"score": round(float(score[number, segment]), 4), "label": int(label[number, segment])}
        | {name: int(values[number, segment]) for name, values in columns.items()}
        for number, row in enumerate(cohort.rows)
        for segment in Segment
    ]


@pytest.fixture(scope="module")
def table(cohort):
    return written(cohort.folder.parent / "scores.tsv", rows_of(cohort, truth=cohort.motion))


def run(*arguments, **options):
    return CliRunner().invoke(app, ["audit", *map(str, arguments)], **options)


def told(monkeypatch, capsys, *arguments):
    """Exit code and message of the whole program."""
    monkeypatch.setattr("sys.argv", ["myoqc", "audit", *map(str, arguments)])
    with pytest.raises(SystemExit) as stop:
        main()
    return stop.value.code, " ".join(capsys.readouterr().err.split())


def contents(out):
    return {path.name: path.read_bytes() for path in out.iterdir()}


def lines(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


@pytest.fixture(scope="module")
def audited(cohort, table):
    """What was printed, and the folder that was filled."""
    out = cohort.folder.parent / "out"
    result = run(cohort.folder, table, "--out", out, *ASKED, env={"COLUMNS": "160"})
    assert result.exit_code == ExitCode.SUCCESS, result.output
    return result.output, out


def test_a_cohort_and_its_scores_become_a_list_a_page_and_figures_and_the_same_ones_again(
    audited, cohort, table, tmp_path
):
    printed, out = audited
    assert "SIMULATED: 20 maps with 120 labels, of 10 patients" in printed
    assert "Ranked by cleanlab." in printed
    assert "Not audited" not in printed
    assert "operator" not in printed
    assert contents(out).keys() == FILES
    assert (out / "index.html").read_text(encoding="utf-8").count('class="card slice"') == 2
    assert run(cohort.folder, table, "--out", tmp_path / "again", *ASKED).exit_code == ExitCode.SUCCESS
    assert contents(tmp_path / "again") == contents(out)


def test_the_corrected_labels_are_the_second_readers_where_the_list_begins_and_else_the_tables(audited, cohort):
    _, out = audited
    first = {row["case"] for row in lines(out / "audit.tsv") if int(row["rank"]) <= 4}
    corrected = {(row["case"], row["segment"]): row["label"] == "1" for row in lines(out / "corrected.tsv")}
    assert len(corrected) == 120
    for number, row in enumerate(cohort.rows):
        reader = cohort.second_reader if row["slice_uid"] in first else cohort.operator
        assert [corrected[row["slice_uid"], segment.word] for segment in Segment] == reader[number].tolist()


def test_the_results_say_how_many_labels_are_wrong(audited, cohort):
    _, out = audited
    results = json.loads((out / "results.json").read_text(encoding="utf-8"))
    wrong = cohort.operator != cohort.motion
    assert results["rereading"]["before"] == {"segments": int(wrong.sum()), "maps": int(wrong.any(axis=1).sum())}
    assert results["rereading"]["maps"] == 4
    assert {figure["by"] for figure in results["figures"]} == {"cleanlab", "|label − score|", "chance", "at best"}
    assert results["raters"]["dawid_skene"] == []


def test_several_readers_are_asked_where_that_is_wanted(cohort, table, tmp_path):
    result = run(cohort.folder, table, "--out", tmp_path / "out", *ASKED, "--readers", env={"COLUMNS": "160"})
    assert result.exit_code == ExitCode.SUCCESS, result.output
    assert "Ranked by Dawid–Skene." in result.output
    results = json.loads((tmp_path / "out" / "results.json").read_text(encoding="utf-8"))
    assert [rater["name"] for rater in results["raters"]["dawid_skene"]] == ["label", "second reader", "machine"]


def test_maps_without_scores_and_labels_of_others_are_told(cohort, tmp_path):
    rows = rows_of(cohort, label=cohort.second_reader)[:96]
    result = run(cohort.folder, written(tmp_path / "some.csv", rows), "--out", tmp_path / "out", *ASKED)
    assert result.exit_code == ExitCode.SUCCESS, result.output
    assert "Not audited: 4 maps of the cohort that are not in the table." in result.output
    n_other = int((cohort.second_reader != cohort.operator)[:16].sum())
    assert f"The table's labels are audited; {n_other} are not those of the cohort's operator." in result.output
    assert len(lines(tmp_path / "out" / "corrected.tsv")) == 96


def test_cases_of_another_cohort_are_refused(cohort, tmp_path, monkeypatch, capsys):
    rows = [row | {"case": f"other-{row['case']}"} if number < 6 else row for number, row in enumerate(rows_of(cohort))]
    bad = written(tmp_path / "bad.csv", rows)
    code, message = told(monkeypatch, capsys, cohort.folder, bad, "--out", tmp_path / "out")
    assert code == ExitCode.NOTHING_USABLE
    assert message.startswith(f"myoqc: {bad}: 1 of 20 cases are not in the cohort {cohort.folder}; expected its slice")
    assert not (tmp_path / "out").exists()


def test_another_truth_than_the_cohorts_is_refused(cohort, tmp_path, monkeypatch, capsys):
    bad = written(tmp_path / "bad.csv", rows_of(cohort, truth=~cohort.motion))
    code, message = told(monkeypatch, capsys, cohort.folder, bad, "--out", tmp_path / "out")
    assert code == ExitCode.NOTHING_USABLE
    assert message.startswith(f"myoqc: {bad}: 20 cases have another truth than the cohort; expected the same")


def test_without_the_optional_part_the_command_that_installs_it_is_told(cohort, table, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("myoqc.extras.find_spec", lambda _: None)
    code, message = told(monkeypatch, capsys, cohort.folder, table, "--out", tmp_path / "out")
    assert code == ExitCode.PART_MISSING
    assert "no cleanlab, crowdkit" in message
    assert "myoqc[audit]" in message


@pytest.mark.parametrize("asked", [["--reread", "1.5"], ["--top", "0"], ["--resamples", "5"]])
def test_options_out_of_range_are_wrong_usage(cohort, table, tmp_path, asked):
    assert run(cohort.folder, table, "--out", tmp_path / "out", *asked).exit_code == ExitCode.USAGE


def test_no_line_of_the_help_is_broken_in_a_narrow_terminal():
    wanted = Text.from_markup(audit.EPILOG.removesuffix(EXIT_CODES_HELP)).plain.splitlines()
    printed = [line.strip() for line in run("--help", env={"COLUMNS": "80"}).output.splitlines()]
    assert [line for line in wanted if line.strip() not in printed] == []


def test_help_does_not_wait_for_the_optional_part():
    code = (
        "import sys, myoqc.cli.app, myoqc.cli.audited_labels;"
        "print([name for name in ('cleanlab', 'crowdkit', 'pandas', 'torch') if name in sys.modules])"
    )
    printed = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    assert printed.strip() == "[]"
