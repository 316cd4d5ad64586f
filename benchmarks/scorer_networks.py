"""What candidates for the compact scoring network cost, beside the published one: a table in Markdown.

    python benchmarks/scorer_networks.py             print the table
    python benchmarks/scorer_networks.py --repeats 9 take the fastest of nine steps

Operations are those of a forward pass. A step is forward and backward in float32 on one thread, in seconds of that
thread, so that what else a machine does counts for little. The published network is counted and not timed.
"""

import time
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Annotated

import torch
import typer
from scorer_speed import forward_flop, inputs

from myoqc.train.scorer_network import COMPACT, PAPER, Preset, ScorerNetwork

CANDIDATES: Mapping[str, Preset] = MappingProxyType(
    {
        "small": replace(COMPACT, widths=(8, 16, 32, 64)),
        "compact": COMPACT,
        "deep": replace(COMPACT, blocks=(1, 2, 2, 2)),
        "deep in 3D": replace(COMPACT, blocks=(2, 1, 1, 1)),
        "two stages in 3D": replace(COMPACT, volumetric=2),
        "maps as slices": replace(COMPACT, maps="slices"),
        "fine": replace(COMPACT, widths=(8, 32, 64, 128), strides=(1, 2, 2, 1)),
        "large": replace(COMPACT, strides=(1, 2, 2, 1), blocks=(1, 2, 2, 2)),
    }
)
"""Small, middle and large; and what the choices in the middle one cost."""
BATCH = 8
COLUMNS = ("network", "widths", "blocks", "strides", "in 3D", "parameters", "GFLOP", "ms per slice")


def step_ms(preset: Preset, repeats: int) -> float:
    """Forward and backward, per slice: the fastest of ``repeats`` steps, after one to warm up."""
    network, batch = ScorerNetwork(preset), inputs(preset, BATCH, "cpu")
    taken = []
    for _ in range(1 + repeats):
        start = time.process_time()
        outputs = network(*batch)
        sum(output.square().mean() for output in outputs[:-1]).backward()
        taken.append(time.process_time() - start)
    return 1e3 * min(taken[1:]) / BATCH


def row(name: str, preset: Preset, taken: str) -> str:
    with torch.device("meta"):
        n = sum(parameter.numel() for parameter in ScorerNetwork(preset).parameters())
    numbers = (" ".join(map(str, values)) for values in (preset.widths, preset.blocks, preset.strides))
    cells = (name, *numbers, str(preset.volumetric), f"{n / 1e6:.2f} M", f"{forward_flop(preset, 1) / 1e9:.2f}", taken)
    return f"| {' | '.join(cells)} |"


def main(repeats: Annotated[int, typer.Option(min=1)] = 5) -> None:
    """Print a row per network."""
    torch.set_num_threads(1)
    torch.manual_seed(0)
    typer.echo(f"| {' | '.join(COLUMNS)} |\n|{' --- |' * len(COLUMNS)}")
    typer.echo(row("paper", PAPER, "–"))
    for name, preset in CANDIDATES.items():
        typer.echo(row(name, preset, f"{step_ms(preset, repeats):.1f}"))


if __name__ == "__main__":
    typer.run(main)
