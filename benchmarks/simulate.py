"""How many maps a second are simulated, fitted and stored: by part, by number of workers, beside a rival and bounds.

Run ``python benchmarks/simulate.py``. The parts are timed in one process on one thread, in CPU seconds of their own,
without those of parts that they call. The rival is what the tables of the physics replace: the magnetisation of every
tissue in every pixel followed by itself, by the same equations.
"""

import json
import os
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import wraps
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any
from unittest.mock import patch

import numpy as np
import scipy.fft
import typer
from machine_bounds import bounds, lone_process, timed
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from myoqc.cohort import Request, make_case, make_cohort
from myoqc.cohort.store import create_arrays, write_case
from myoqc.simulate import CasePlan, draw_case
from myoqc.simulate.enrolment import draw_plan
from myoqc.simulate.imaging.habits import SHAPE
from myoqc.simulate.physics.signal import complex_signals
from myoqc.simulate.physics.tissues import Tissue
from myoqc.simulate.presets import HCMR

Numbers = dict[str, Any]
Tick = Callable[[str], None]
"""Told what comes next, once a step."""

PARTS = {
    "draw": ["myoqc.cohort.make:draw_case"],
    "scene": ["myoqc.simulate.case:draw_subject", "myoqc.simulate.case:cut", "myoqc.simulate.views:cut"],
    "physics": [f"myoqc.simulate.views:{name}" for name in ("signal_table", "compose", "off_resonance_hz")],
    "motion": [
        *(f"myoqc.simulate.views:{name}" for name in ("displacement_fields", "through_plane_mm", "depths_mm")),
        *(f"myoqc.simulate.views:{name}" for name in ("blend", "warp", "warp_shares")),
    ],
    "imaging": [
        *(f"myoqc.simulate.synthesis:{name}" for name in ("sensitivity", "noise_gain", "scan")),
        *(f"myoqc.simulate.synthesis:apply_{name}" for name in ("ghosts", "fold_over", "phase")),
    ],
    "truth": ["myoqc.simulate.synthesis:motion_truth"],
    "rest of the simulation": ["myoqc.cohort.make:simulate"],
    "fit": ["myoqc.cohort.make:fit_maps"],
    "harm": ["myoqc.cohort.make:harm"],
}
"""Part → functions, each named in the module that calls it."""
STORE = "store"
SAMPLE = 2000
FULL_COHORT = 2731
GOAL_MINUTES = 15.0


# --- inside a process of its own --------------------------------------------------------------------------------------


class Clock:
    """CPU seconds of each part by itself: what a part calls is taken from it."""

    def __init__(self) -> None:
        self.seconds: Counter[str] = Counter()
        self._inner = [0.0]

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        before = time.process_time()
        self._inner.append(0.0)
        try:
            yield
        finally:
            spent = time.process_time() - before
            self.seconds[name] += spent - self._inner.pop()
            self._inner[-1] += spent

    def timed(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def call(*given: Any, **more: Any) -> Any:
            with self.part(name):
                return function(*given, **more)

        return call


def plans_of(n_cases: int) -> tuple[CasePlan, ...]:
    """As many cases as asked for, from all over a cohort."""
    plans = draw_plan(HCMR, seed=0)
    return tuple(plans[number] for number in np.linspace(0, len(plans) - 1, n_cases).astype(int))


def by_part(n_cases: int) -> Numbers:
    """CPU ms a map of every part, after one case that warms up; and the bytes of a stored case."""
    first, *plans = plans_of(n_cases + 1)
    make_case(first)
    clock = Clock()
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        create_arrays(Path(folder), len(plans), {"t": 7, "y": SHAPE[0], "x": SHAPE[1]})
        for part, functions in PARTS.items():
            for name in functions:
                module, _, function = name.partition(":")
                original = getattr(import_module(module), function)
                stack.enter_context(patch(f"{module}.{function}", clock.timed(part, original)))
        for number, plan in enumerate(plans):
            case = make_case(plan)
            with clock.part(STORE):
                write_case(Path(folder), number, case)
        stored = sum(path.stat().st_size for path in Path(folder).rglob("c.*"))
    return {
        "cpu_ms": {part: 1e3 * clock.seconds[part] / n_cases for part in (*PARTS, STORE)},
        "stored_mb": stored / n_cases / 1e6,
    }


def rival() -> Numbers:
    """CPU ms of following every tissue of every pixel of one slice by itself, from a sample of them."""
    rng = np.random.default_rng(0)
    case = draw_case(plans_of(1)[0])
    t1_ms, t2_ms = rng.uniform(300.0, 2000.0, SAMPLE), rng.uniform(40.0, 250.0, SAMPLE)
    off_hz = rng.normal(0.0, 40.0, SAMPLE)
    cost, _ = min(
        (timed(lambda: complex_signals(t1_ms, t2_ms, case.timing, off_resonance_hz=off_hz)) for _ in range(3)),
        key=lambda pair: pair[0].cpu_ms,
    )
    shares = int((case.scene.shares > 0).sum())
    return {"name": "every tissue of every pixel by itself", "shares": shares, "cpu_ms": cost.cpu_ms * shares / SAMPLE}


def least() -> Numbers:
    """CPU ms a map that this machine needs for the same work at its measured rates.

    Two Fourier transforms an image; the shares of every tissue read once for every image, and images and maps written;
    the arithmetic of the fit.
    """
    pixels, n_images = SHAPE[0] * SHAPE[1], 7
    images = np.zeros((n_images, *SHAPE), dtype=np.complex64)
    fourier_ms = 2 * min(timed(lambda: scipy.fft.fft2(images, workers=1))[0].cpu_ms for _ in range(5))
    of_fit = bounds(pixels, n_images)
    moved_mb = pixels * n_images * (4 * len(Tissue) + 8) / 1e6
    parts = {
        "Fourier transforms": fourier_ms,
        "memory": moved_mb / of_fit["copy_gb_per_s"],
        "arithmetic of the fit": of_fit["arithmetic_bound_ms"],
    }
    return {"cpu_ms": parts, "moved_mb": moved_mb, "copy_gb_per_s": of_fit["copy_gb_per_s"]}


# --- several processes ------------------------------------------------------------------------------------------------


def with_workers(workers: int, patients: int) -> Numbers:
    """Maps a second once every worker has done its first, and seconds of the whole with the start of the processes."""
    done_at: list[float] = []
    begin = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        cohort = make_cohort(
            Path(folder),
            Request(patients=patients),
            workers=workers,
            progress=lambda done, total: done_at.append(time.perf_counter()),
        )
        whole_s = time.perf_counter() - begin
    steady = (len(cohort) - workers) / (done_at[-1] - done_at[workers])
    return {"workers": workers, "maps": len(cohort), "maps_per_s": steady, "whole_s": whole_s}


# --- all of it --------------------------------------------------------------------------------------------------------


def measure(n_cases: int, patients: int, workers: Sequence[int], tick: Tick) -> Numbers:
    """Everything, as one tree of numbers."""
    result: Numbers = {"data": "simulated", "cases": n_cases, "shape": SHAPE}
    for name, work, given in (("parts", by_part, (n_cases,)), ("rival", rival, ()), ("bound", least, ())):
        tick(name)
        with lone_process() as process:
            result[name] = process.submit(work, *given).result()
    result["workers"] = []
    for number in workers:
        tick(f"{number} workers")
        result["workers"].append(with_workers(number, patients))
    return result


def main(
    quick: Annotated[bool, typer.Option("--quick", help="Few cases.")] = False,
    workers: Annotated[list[int] | None, typer.Option("--workers", help="Numbers of workers to measure.")] = None,
    json_file: Annotated[Path | None, typer.Option("--json", help="Save the numbers here.")] = None,
) -> None:
    """Measure the simulator, the join with the fit, and the store."""
    console = Console(width=120)
    n_cases, patients = (4, 5) if quick else (20, 30)
    several = workers or sorted({1, os.cpu_count() or 1})
    with Progress(console=console, transient=True) as progress:
        bar = progress.add_task("", total=3 + len(several))
        numbers = measure(n_cases, patients, several, lambda text: progress.update(bar, description=text, advance=1))
    show(console, numbers)
    if json_file is not None:
        json_file.write_text(json.dumps(numbers, indent=1))


def show(console: Console, numbers: Numbers) -> None:
    """Print all tables and how to read them."""
    shape, parts = numbers["shape"], numbers["parts"]["cpu_ms"]
    total_ms = sum(parts.values())
    table = Table(
        "part", title=f"CPU ms a map, {shape[0]}×{shape[1]}, {numbers['cases']} maps, one thread", title_justify="left"
    )
    for name in ("CPU ms", "share", "maps a second"):
        table.add_column(name, justify="right")
    for part, cpu_ms in (*parts.items(), ("all", total_ms)):
        table.add_row(part, f"{cpu_ms:.1f}", f"{cpu_ms / total_ms:.0%}", f"{1e3 / max(cpu_ms, 1e-3):.1f}")
    console.print(table)
    _show_workers(console, numbers["workers"])
    _show_rival_and_bound(console, numbers, total_ms)


def _show_workers(console: Console, numbers: list[Numbers]) -> None:
    table = Table("workers", title="By number of workers", title_justify="left")
    for name in ("maps", "maps a second", "× the first row", f"minutes for {FULL_COHORT}"):
        table.add_column(name, justify="right")
    for row in numbers:
        rate = row["maps_per_s"]
        ratio = rate / numbers[0]["maps_per_s"]
        minutes = FULL_COHORT / rate / 60
        table.add_row(str(row["workers"]), str(row["maps"]), f"{rate:.2f}", f"{ratio:.2f}", f"{minutes:.1f}")
    console.print(table)
    console.print(f"Goal: {GOAL_MINUTES:g} minutes with 2 workers.")


def _show_rival_and_bound(console: Console, numbers: Numbers, total_ms: float) -> None:
    other, physics_ms = numbers["rival"], numbers["parts"]["cpu_ms"]["physics"]
    least_ms = numbers["bound"]["cpu_ms"]
    console.print(
        f"Rival, {other['name']} ({other['shares']} of them, scaled from {SAMPLE}): {other['cpu_ms']:,.0f} ms for the "
        f"images at rest; the part that replaces it, twice a map, takes {physics_ms:.0f} ms."
    )
    listed = ", ".join(f"{name} {cpu_ms:.1f}" for name, cpu_ms in least_ms.items())
    bound_ms = sum(least_ms.values())
    console.print(
        f"Bound of this machine: {bound_ms:.0f} ms a map ({listed}); parts: {total_ms / bound_ms:.0f} times that."
    )
    stored_mb = numbers["parts"]["stored_mb"]
    console.print(f"A stored map takes {stored_mb:.2f} MB; {FULL_COHORT} take {stored_mb * FULL_COHORT / 1e3:.2f} GB.")


if __name__ == "__main__":
    typer.run(main)
