"""The scripts that judge scorers: they start, they understand what is asked, and their figures are right."""

import importlib
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from few_examples import made_examples
from myoqc.evaluate import auc
from myoqc.evaluate.bootstrap import value_of
from myoqc.train.attention_loss import Arm
from myoqc.train.scorer_network import COMPACT, ScorerNetwork

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"
SCRIPTS = ("scorer", "scorer_arms", "scorer_curves", "scorer_pictures", "scorer_networks", "scorer_seeds")


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
    plain, other = recipe_of("none", 5), recipe_of("shuffled:2/operator@small+plain", 3)
    assert (plain.attention, plain.seed, plain.labels, plain.schedule.epochs) == (Arm.NONE, 0, "truth", 5)
    assert (other.attention, other.seed, other.labels, other.schedule.epochs) == (Arm.SHUFFLED, 2, "operator", 3)


def card_of(seed, segment_auc):
    areas = {"segment AUC": segment_auc, "image AUC": 0.9, "AUC within maps": 0.8}
    figures = {
        "network, against truth": areas,
        "lowest R², against truth": areas,
        "segments of still slices called moved": 0.02,
        "peak of attention in the segment": 1.0,
        "mean absolute error of the error of T1, ms": 20.0,
        "the same of calling it 0, ms": 60.0,
        "its intervals that hold the truth": 0.9,
    }
    return {"recipe": {"seed": seed}, "figures_on_simulated_images": {"all": figures}}


def seeds_table(script, folder, cards):
    for number, card in enumerate(cards):
        (folder / str(number)).mkdir()
        (folder / str(number) / "scorer.json").write_text(json.dumps(card))
    app = typer.Typer()
    app.command()(script("scorer_seeds").main)
    return CliRunner().invoke(app, [str(folder / str(number)) for number in range(len(cards))])


def test_seeds_are_told_by_their_mean_and_spread(script, tmp_path):
    result = seeds_table(script, tmp_path, [card_of(0, 0.90), card_of(1, 0.91), card_of(2, 0.92)])
    assert result.exit_code == 0, result.output
    assert "seeds 0, 1, 2" in result.output
    assert "| segment | 0.910 ± 0.010 |" in result.output
    assert "| error of T1, ms | 20.0 ± 0.0 |" in result.output


def test_one_seed_twice_has_no_spread_by_seed(script, tmp_path):
    result = seeds_table(script, tmp_path, [card_of(1, 0.90), card_of(1, 0.91)])
    assert result.exit_code == 4
    assert "the same seed twice" in result.output


def test_runs_of_different_names_have_different_folders(script):
    folder_of = script("scorer_arms").folder_of
    names = ["supervised", "supervised:1", "supervised/operator", "supervised@small", "supervised+plain"]
    assert len({folder_of(name) for name in names}) == len(names)


def test_plain_inputs_are_t1_in_seconds_r2_as_it_is_and_no_pixel_above_1(script):
    examples = made_examples((5, 7))
    wall = examples.segment > 0
    found = script("scorer_normalisation").plain(examples)
    for one in range(2):
        t1_s = found.t1[one][wall[one] & (examples.t1[one] != 0.0)].astype(np.float64)
        assert np.median(t1_s) == pytest.approx(examples.wall_t1_ms[one] / 1000.0, rel=2e-3)
        assert found.stack[one].max() == pytest.approx(1.0, abs=1e-3)
    usual = made_examples((5,), r2=np.full((1, 160, 160), 0.5, dtype=np.float16))  # log10(1 − R²) = −2
    assert script("scorer_normalisation").plain(usual).r2[0, 0, 0] == pytest.approx((0.99 - 0.98) / 0.02, abs=1e-3)


def test_images_scaled_by_themselves_have_mean_0_and_deviation_1_and_those_that_are_not_there_stay_empty(script):
    found = script("scorer_normalisation").each_image(made_examples((5, 7))).stack.astype(np.float64)
    np.testing.assert_allclose(found[0, :5].mean(axis=(1, 2)), 0.0, atol=1e-3)
    np.testing.assert_allclose(found[0, :5].std(axis=(1, 2)), 1.0, atol=1e-2)
    assert not found[0, 5:].any()


def test_what_the_maps_say_alone_does_not_depend_on_the_statistics(script):
    maps_alone = script("scorer_slices").maps_alone
    network, examples = ScorerNetwork(COMPACT), made_examples((5, 7, 5))
    other = replace(examples, statistics=examples.statistics + 1.0)
    found = maps_alone(network, examples)
    assert np.isfinite(found).all()
    np.testing.assert_array_equal(found, maps_alone(network, other))


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
