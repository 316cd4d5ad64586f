"""The scripts that judge scorers: they start, they understand what is asked, and their figures are right."""

import importlib
from pathlib import Path

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from few_examples import made_examples
from myoqc.evaluate import auc
from myoqc.evaluate.bootstrap import value_of
from myoqc.train.attention_loss import Arm

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"
SCRIPTS = ("scorer", "scorer_arms", "scorer_curves", "scorer_pictures", "scorer_networks")


@pytest.fixture(scope="module")
def script():
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(BENCHMARKS)
        yield importlib.import_module


@pytest.mark.parametrize("name", SCRIPTS)
def test_each_says_how_it_is_used(script, name):
    app = typer.Typer()
    app.command()(script(name).main)
    result = CliRunner().invoke(app, ["--help"])
    assert result.exit_code == 0, result.output


@pytest.mark.parametrize("name", ["scorer", "scorer_arms", "scorer_pictures"])
def test_a_folder_without_a_cohort_is_refused_without_a_traceback(script, name, tmp_path):
    app = typer.Typer()
    app.command()(script(name).main)
    more = {"scorer": [], "scorer_arms": ["--out", "out"], "scorer_pictures": ["--arms", "out", "--to", "x.png"]}
    result = CliRunner().invoke(app, [str(tmp_path), *more[name]])
    assert result.exit_code == 4
    assert "no cohort here" in result.output


def test_a_run_is_an_arm_with_its_seed_and_labels(script):
    recipe_of = script("scorer_arms").recipe_of
    plain, other = recipe_of("none", 5), recipe_of("shuffled:2/operator@small", 3)
    assert (plain.attention, plain.seed, plain.labels, plain.schedule.epochs) == (Arm.NONE, 0, "truth", 5)
    assert (other.attention, other.seed, other.labels, other.schedule.epochs) == (Arm.SHUFFLED, 2, "operator", 3)


def test_runs_of_different_names_have_different_folders(script):
    folder_of = script("scorer_arms").folder_of
    names = ["supervised", "supervised:1", "supervised/operator", "supervised@small"]
    assert len({folder_of(name) for name in names}) == len(names)


def test_the_area_over_segments_is_the_plain_one_and_draws_whole_slices(script):
    over_segments = script("scorer_slices").over_segments
    rng = np.random.default_rng(0)
    score, truth = rng.normal(size=(20, 6)), rng.random((20, 6)) < 0.4
    statistic = over_segments(score, truth)
    assert value_of(statistic) == pytest.approx(auc(score.ravel(), truth.ravel()))
    times = np.zeros((1, 20), dtype=np.int64)
    times[0, 3:9] = 1
    assert statistic.of(times)[0] == pytest.approx(auc(score[3:9].ravel(), truth[3:9].ravel()))


def test_hearts_that_move_or_have_another_artefact_are_not_still(script):
    slices = made_examples(
        (5, 5, 5), artefact=np.array([-1, -1, 2]), way_mm=np.array([0.4, 3.0, 0.4], dtype=np.float32)
    )
    assert script("scorer_slices").still_hearts(slices).tolist() == [True, False, False]


def test_the_pictures_show_slices_with_two_to_four_segments_that_moved(script):
    motion = np.zeros((4, 6), dtype=bool)
    motion[0, :1], motion[1, :5], motion[2, :3], motion[3, :2] = True, True, True, True
    names = np.array(["P1", "P2", "P3", "sunnybrook/X"])
    slices = made_examples((5, 5, 5, 5), motion=motion, subject=names, artefact=np.full(4, -1))
    assert script("scorer_pictures").chosen(slices) == {"drawn": 2, "real anatomies": 3}


def test_curves_of_no_training_are_refused(script, tmp_path):
    app = typer.Typer()
    app.command()(script("scorer_curves").main)
    result = CliRunner().invoke(app, [str(tmp_path), "--to", str(tmp_path / "x.png")])
    assert result.exit_code == 4
    assert "no records of a training" in result.output
