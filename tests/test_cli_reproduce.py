"""``myoqc reproduce``: a cohort becomes scores, tables, figures and a page; what is refused."""

import json

import pytest
from typer.testing import CliRunner

from myoqc.acquire.score_table import read_scores
from myoqc.cli.app import app
from myoqc.cli.exit_codes import ExitCode
from myoqc.errors import InputError
from stability_cohort import small_cohort

ARMS = "none,supervised,shuffled,corrected"


def run(*arguments):
    return CliRunner().invoke(app, ["reproduce", *map(str, arguments)], env={"COLUMNS": "200"})


@pytest.fixture(scope="module")
def cohort(tmp_path_factory):
    return small_cohort(tmp_path_factory.mktemp("reproduce") / "cohort", n_subjects=24, n_disturbed=3).folder


@pytest.fixture(scope="module")
def reproduced(cohort, tmp_path_factory):
    out = tmp_path_factory.mktemp("reproduced") / "out"
    return out, run(cohort, "--out", out, "--scale", "smoke", "--arms", ARMS, "--resamples", 100)


def test_a_trial_run_does_all_of_it(reproduced):
    out, result = reproduced
    assert result.exit_code == ExitCode.SUCCESS, result.output
    assert "A trial run: these figures mean nothing" in result.output
    page = (out / "index.html").read_text(encoding="utf-8")
    for part in (
        "Table 1",
        "Fig. 5 and 7",
        "Maps with another artefact",
        "Fig. 8",
        "Who is right?",
        "corrected labels",
    ):
        assert part in page
    for name in ("roc", "table_1_operator", "table_1_truth", "three_readers", "figure-5"):
        assert (out / "figures" / f"{name}.png").read_bytes().startswith(b"\x89PNG")
        assert b"<svg" in (out / "figures" / f"{name}.svg").read_bytes()
    tables = {path.suffix for path in (out / "tables").iterdir()}
    assert tables == {".tsv", ".html", ".tex"}
    segments = {of: (out / "tables" / f"against-truth-segments{of}.tsv").read_text() for of in ("", "-differences")}
    assert "always clean" in segments[""].splitlines()[0]
    assert "supervised − none" in segments["-differences"].splitlines()[0]
    assert "SIMULATED" in (out / "tables" / "table-1-operator.tex").read_text(encoding="utf-8")


def test_results_hold_every_arm_and_baseline_against_operator_and_truth_apart(reproduced):
    out, _ = reproduced
    results = json.loads((out / "results.json").read_text(encoding="utf-8"))
    assert results["simulated"] is True
    assert set(results["folds"]) == {"operator", "truth"}
    scorers = {"supervised", "none", "shuffled", "corrected", "lowest R²", "boosted trees", "boosted trees with motion"}
    assert set(results["folds"]["truth"]) == scorers
    assert len(results["minutes"]) == 4 * 5
    clean = json.loads((out / "clean.json").read_text(encoding="utf-8"))
    assert {each["scorer"] for each in clean["figures"]} >= scorers | {"always clean", "corrected − supervised"}


def test_scores_are_tables_that_other_commands_read(reproduced, cohort):
    out, _ = reproduced
    scores = read_scores(out / "scores-supervised.csv")
    assert len(scores.case) == 2 * 12
    assert set(scores.strata["fold"]) == set("01234")
    assert set(scores.labels) == {"label", "truth"}
    audited = CliRunner().invoke(
        app, ["audit", str(cohort), str(out / "scores-none.csv"), "--out", str(out / "audit"), "--top", "1"]
    )
    assert audited.exit_code == ExitCode.SUCCESS, audited.output


def test_what_is_done_is_not_done_again_and_gives_the_same_bytes(reproduced, cohort):
    out, _ = reproduced
    before = {path.name: path.read_bytes() for path in out.iterdir() if path.is_file()}
    trained = {path: path.stat().st_mtime_ns for path in (out / "scores").iterdir()}
    assert run(cohort, "--out", out, "--scale", "smoke", "--arms", ARMS, "--resamples", 100).exit_code == 0
    assert {path.name: path.read_bytes() for path in out.iterdir() if path.is_file()} == before
    assert {path: path.stat().st_mtime_ns for path in (out / "scores").iterdir()} == trained


def test_the_truth_is_not_corrected(cohort, tmp_path):
    result = run(cohort, "--out", tmp_path / "out", "--arms", "supervised,corrected", "--labels", "truth")
    assert "the truth has nothing to correct" in str(result.exception)


@pytest.mark.parametrize(
    ("arms", "said"),
    [("none,sideways", "no such arm"), ("corrected", "no such arm"), ("none,automatic", "is compared with another")],
)
def test_arms_that_there_are_not_are_refused_before_any_work(cohort, tmp_path, arms, said):
    result = run(cohort, "--out", tmp_path / "out", "--arms", arms)
    assert isinstance(result.exception, InputError)
    assert said in str(result.exception)
    assert not (tmp_path / "out").exists()
