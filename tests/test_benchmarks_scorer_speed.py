"""The script that measures a scoring network where a GPU is at hand, run small on a CPU."""

import importlib
from dataclasses import replace
from pathlib import Path

import pytest
import torch
import typer
from typer.testing import CliRunner

from myoqc.train.scorer_network import PAPER, ScorerNetwork

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"
SMALL = replace(PAPER, widths=(2, 2, 4, 4), blocks=(1, 1, 1, 1), first_stride=8)


@pytest.fixture(scope="module")
def scorer_speed():
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(BENCHMARKS)
        return importlib.import_module("scorer_speed")


def test_a_small_network_is_measured_on_a_cpu(scorer_speed):
    speed = scorer_speed.measure(SMALL, "cpu", batch=2, steps=1)
    assert speed.slices_per_s > 0.0
    passed_tflop = scorer_speed.PASSES * scorer_speed.forward_flop(SMALL, 2) / 1e12
    assert speed.tflop_per_s == pytest.approx(passed_tflop * speed.slices_per_s / 2)


def test_operations_are_counted_of_every_slice(scorer_speed):
    one = scorer_speed.forward_flop(SMALL, 1)
    assert scorer_speed.forward_flop(SMALL, 3) == pytest.approx(3 * one)
    # The first convolution alone: 27 products of 2 channels in each of 20 × 20 pixels of 7 images.
    assert one > 2 * 27 * 2 * 400 * 7


def test_a_step_reaches_the_weights_and_is_in_full_precision_on_a_cpu(scorer_speed):
    network = ScorerNetwork(SMALL)
    scorer_speed.step(network, scorer_speed.inputs(SMALL, 2, "cpu"), "cpu")
    assert network.head.weight.grad.abs().sum() > 0.0
    assert network.head.weight.grad.dtype is torch.float32


def test_without_a_gpu_it_says_what_else_can_be_done(scorer_speed, monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    app = typer.Typer()
    app.command()(scorer_speed.main)
    result = CliRunner().invoke(app, [])
    assert result.exit_code == 7
    assert "--device cpu" in result.output
