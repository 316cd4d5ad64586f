"""How long a slice takes from loaded images to scores, on one thread; the shipped network against itself in torch.

    python benchmarks/scorer_inference.py
    python benchmarks/scorer_inference.py --repeats 30

One simulated ShMOLLI slice of 256 × 192 pixels, its heart known. Medians of processor time, in ms. The bound is what
the network's multiplications would take at the rate of a matrix product measured in the same run.
"""

import os

os.environ |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")

import time
from collections.abc import Callable
from importlib.resources import as_file
from typing import Annotated

import numpy as np
import torch
import typer
from scorer_speed import forward_flop

from myoqc import fit_maps
from myoqc.aha import Level
from myoqc.locate import crop, turn_deg
from myoqc.records import Crop, Segments
from myoqc.schedules import SHMOLLI
from myoqc.score import default_scorer
from myoqc.score.inputs import inputs_of
from myoqc.score.network_scorer import shipped_folder
from myoqc.simulate import Motion, draw_case, patient_plan, simulate
from myoqc.train.saliency_scorer import INPUTS
from myoqc.train.scorer_export import RunScorer, read_scorer_weights
from myoqc.train.scorer_network import PRESETS, ScorerNetwork

BATCH = 16
SIDE = 1024


def median_ms(work: Callable[[], object], repeats: int) -> float:
    work()
    taken = []
    for _ in range(repeats):
        start = time.process_time()
        work()
        taken.append(time.process_time() - start)
    return 1e3 * float(np.median(taken))


def main(repeats: Annotated[int, typer.Option(min=1)] = 11) -> None:
    """Print a table in Markdown."""
    torch.set_num_threads(1)
    scorer = default_scorer()
    (plan,) = patient_plan("simulated", 0, [(Level.MID, Motion.STILL)], schedule=SHMOLLI)
    simulation = simulate(draw_case(plan))
    acquisition = simulation.acquisition
    segments, maps = Segments.from_contours(simulation.contours, acquisition.grid), fit_maps(acquisition)

    def cut() -> Crop:
        angle_deg = turn_deg(segments, acquisition.grid)
        return crop(acquisition, maps, segments.centre_px, segments=segments, angle_deg=angle_deg)

    seen = cut()
    inputs = inputs_of(seen)
    preset = PRESETS[scorer.network.card["recipe"]["preset"]]
    with as_file(shipped_folder()) as folder:
        network = RunScorer(read_scorer_weights(ScorerNetwork(preset), folder)).eval()
    tensors = [torch.from_numpy(getattr(inputs, name).copy())[None] for name in INPUTS]
    batch = [each.expand(BATCH, *each.shape[1:]).contiguous() for each in tensors]
    matrix = np.random.default_rng(0).normal(size=(SIDE, SIDE)).astype(np.float32)
    with torch.no_grad():
        fit_ms = median_ms(lambda: fit_maps(acquisition), repeats)
        cut_ms, inputs_ms = median_ms(cut, repeats), median_ms(lambda: inputs_of(seen), repeats)
        run_ms = median_ms(lambda: scorer.network.answers([inputs]), repeats)
        batch_ms = median_ms(lambda: scorer.network.answers([inputs] * BATCH), repeats) / BATCH
        torch_ms, torch_batch_ms = (
            median_ms(lambda: network(*tensors), repeats),
            median_ms(lambda: network(*batch), repeats) / BATCH,
        )
    rate = 2.0 * SIDE**3 / median_ms(lambda: matrix @ matrix, repeats)
    rows = (
        ("fit, T1 and R² maps", fit_ms),
        ("crop", cut_ms),
        ("inputs, apparent motion among them", inputs_ms),
        ("network, one slice, scores and attention", run_ms),
        ("a slice in all", fit_ms + cut_ms + inputs_ms + run_ms),
        (f"network, a slice of {BATCH} at once", batch_ms),
        ("the same network in torch, one slice", torch_ms),
        (f"the same, a slice of {BATCH} at once", torch_batch_ms),
        ("bound: its multiplications", forward_flop(preset, 1) / rate),
    )
    typer.echo("| step | ms |\n| --- | ---: |")
    for name, taken in rows:
        typer.echo(f"| {name} | {taken:.1f} |")
    typer.echo(
        f"\nAgainst torch: {torch_ms / run_ms:.1f} times as fast, in batches {torch_batch_ms / batch_ms:.1f} times."
    )


if __name__ == "__main__":
    typer.run(main)
