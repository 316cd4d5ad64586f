"""How fast a scoring network trains on a device: slices per second, share of the chip's peak, memory.

    python benchmarks/scorer_speed.py                                   the published network on a GPU, batch 16
    python benchmarks/scorer_speed.py --device cpu --preset compact     a small one on this processor
    python benchmarks/scorer_speed.py --peak-tflop-s 989                beside the peak of an H200 (bf16, dense)

A step is forward, loss and backward of noise, on a GPU in bfloat16 where torch can. Operations are counted by torch of
the forward pass and taken three times, since the backward pass does twice as many.
"""

import time
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Annotated

import torch
import typer
from torch.utils.flop_counter import FlopCounterMode

from myoqc.aha import Segment
from myoqc.records import CROP_PX
from myoqc.score.apparent_motion import APPARENT_PX
from myoqc.train.scorer_network import PRESETS, Outputs, Preset, ScorerNetwork

N_IMAGES = 7
PASSES = 3
"""Forward once, backward twice."""


@dataclass(frozen=True, slots=True)
class Speed:
    """What was measured."""

    slices_per_s: float
    tflop_per_s: float
    memory_gib: float
    """Largest that torch held on the device; NaN on a CPU."""


def measure(preset: Preset, device: str, batch: int, steps: int) -> Speed:
    """The mean over ``steps`` steps, after two to warm up."""
    network = ScorerNetwork(preset).to(device)
    given = inputs(preset, batch, device)
    for _ in range(2):
        step(network, given, device)
    wait(device)
    start = time.perf_counter()
    for _ in range(steps):
        step(network, given, device)
    wait(device)
    taken_s = (time.perf_counter() - start) / steps
    memory = torch.cuda.max_memory_allocated() / 2**30 if device == "cuda" else float("nan")
    return Speed(batch / taken_s, PASSES * forward_flop(preset, batch) / taken_s / 1e12, memory)


def step(network: ScorerNetwork, given: tuple[torch.Tensor, ...], device: str) -> None:
    network.zero_grad()
    with precision(device):
        outputs: Outputs = network(*given)
    outputs.motion.float().square().mean().backward()  # type: ignore[no-untyped-call]


def precision(device: str) -> AbstractContextManager[object]:
    # On CPUs the backward pass in bfloat16 can write beyond its memory (torch 2.13).
    return torch.autocast("cuda", torch.bfloat16) if device == "cuda" else nullcontext()


def wait(device: str) -> None:
    if device == "cuda":
        torch.cuda.synchronize()


def inputs(preset: Preset, batch: int, device: str) -> tuple[torch.Tensor, ...]:
    """Stack, T1, R², times, apparent motion and statistics: noise."""
    crop = (CROP_PX, CROP_PX)
    shapes = (
        (N_IMAGES, *crop),
        crop,
        crop,
        (N_IMAGES,),
        (2, APPARENT_PX, APPARENT_PX),
        (len(Segment), preset.n_statistics),
    )
    return tuple(torch.randn((batch, *shape), device=device) for shape in shapes)


def forward_flop(preset: Preset, batch: int) -> float:
    with torch.device("meta"):
        network = ScorerNetwork(preset)
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        network(*inputs(preset, batch, "meta"))
    return float(counter.get_total_flops())


def main(
    preset: Annotated[str, typer.Option()] = "paper",
    device: Annotated[str, typer.Option()] = "cuda",
    batch: Annotated[int, typer.Option(min=1)] = 16,
    steps: Annotated[int, typer.Option(min=1)] = 10,
    peak_tflop_s: Annotated[float | None, typer.Option(min=0.1)] = None,
) -> None:
    """Print one line."""
    if device == "cuda" and not torch.cuda.is_available():
        typer.echo("torch finds no GPU here; --device cpu measures this processor", err=True)
        raise typer.Exit(7)
    found = measure(PRESETS[preset], device, batch, steps)
    share = "" if peak_tflop_s is None else f" ({found.tflop_per_s / peak_tflop_s:.0%} of the peak)"
    memory = "" if device == "cpu" else f", {found.memory_gib:.1f} GiB"
    typer.echo(
        f"{preset} on {device}, batch {batch}: {found.slices_per_s:.1f} slices/s, "
        f"{found.tflop_per_s:.2f} TFLOP/s{share}{memory}"
    )


if __name__ == "__main__":
    typer.run(main)
