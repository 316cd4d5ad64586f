"""How fast and how exact the fit is, beside its rivals and the limits of this machine, on synthetic data.

Run ``python benchmarks/fit.py`` with ``myoqc[bench]`` installed. Every method runs alone in a fresh process on one
thread; the methods take turns, and the least time of several rounds counts, since what else runs can only add.
"""

import json
import os
import platform
import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from fit_rivals import Method, methods
from fit_truth import TIMES_MS, optimum, stack
from machine_bounds import CANDIDATES, GRID_POINTS, NEWTON_STEPS, Cost, bounds, lone_process, timed, with_peak_memory
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from myoqc.errors import MissingExtraError, MyoqcError

FloatArray = NDArray[np.float64]
Numbers = dict[str, Any]
Tick = Callable[[str], None]
"""Told what comes next, once a step."""


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured: image (y x), rounds of which the best counts, sides of the square images."""

    shape: tuple[int, int]
    rounds: int
    sides_px: tuple[int, ...]

    def steps(self, n_methods: int, n_optima: int, n_engines: int) -> int:
        """Number of steps, for the progress bar."""
        return 2 + n_methods * (1 + self.rounds) + n_optima + n_engines * len(self.sides_px)


FULL = Size((256, 192), 5, (64, 128, 256, 512))
QUICK = Size((64, 48), 2, (64, 128))
NEVER = Cost(np.inf, np.inf)


# --- inside a process of its own --------------------------------------------------------------------------------------


def first_call(method: Method, schedule: str, shape: tuple[int, int]) -> tuple[float, float, FloatArray]:
    """Seconds of import and first call, peak memory of that call in MB, and its T1."""
    data = stack(schedule, shape)
    loading, _ = timed(method.load)
    cost, (memory_mb, t1_ms) = timed(lambda: with_peak_memory(lambda: method.run(data, slice(method.pixels))))
    return (loading.wall_ms + cost.wall_ms) / 1e3, memory_mb, t1_ms


def next_call(method: Method, schedule: str, shape: tuple[int, int]) -> Cost:
    """Cost of a further call, scaled to the whole image."""
    data = stack(schedule, shape)
    cost, _ = timed(lambda: method.run(data, slice(method.pixels)))
    return cost.scaled(1.0 if method.pixels is None else data.magnitude.shape[1] / method.pixels)


# --- all methods in turn ----------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Row:
    """What was measured of one method."""

    method: Method
    process: ProcessPoolExecutor
    first_s: float
    memory_mb: float
    t1_ms: FloatArray
    cost: Cost = NEVER


def compare(schedule: str, rows: list[Method], size: Size, tick: Tick) -> list[Numbers]:
    """Run all methods in turn and judge them by the converged optimum."""
    measured = []
    for method in rows:
        tick(method.label)
        process = lone_process()
        measured.append(Row(method, process, *process.submit(first_call, method, schedule, size.shape).result()))
    for _ in range(size.rounds):
        for row in measured:
            tick(row.method.label)
            row.cost = row.cost.least(row.process.submit(next_call, row.method, schedule, size.shape).result())
    for row in measured:
        row.process.shutdown()
    mrpro = next((row.cost for row in measured if row.method.optimum == "signed"), None)
    wanted_ms = {}
    with lone_process() as process:
        for kind in {row.method.optimum for row in measured}:
            tick(f"converged optimum ({kind})")
            wanted_ms[kind] = process.submit(optimum, schedule, size.shape, kind).result()
    return [judged(row, wanted_ms[row.method.optimum], mrpro) for row in measured]


def judged(row: Row, wanted_ms: FloatArray, mrpro: Cost | None) -> Numbers:
    """The row's numbers; errors over the pixels that have an optimum, an unfitted one among them counts as infinite."""
    wanted_ms = wanted_ms[: len(row.t1_ms)]
    sound = np.isfinite(wanted_ms)
    error_ms = np.nan_to_num(np.abs(row.t1_ms - wanted_ms)[sound], nan=np.inf)
    return {
        "method": row.method.label,
        "pixels": len(row.t1_ms),
        "cpu_ms": row.cost.cpu_ms,
        "wall_ms": row.cost.wall_ms,
        "times_faster_than_mrpro": mrpro.cpu_ms / row.cost.cpu_ms if mrpro else None,
        "error_median_ms": float(np.median(error_ms)),
        "error_p99_ms": float(np.quantile(error_ms, 0.99, method="lower")),
        "error_max_ms": float(error_ms.max()),
        "share_over_1_ms": float((error_ms > 1).mean()),
        "fitted_without_optimum": int(np.isfinite(row.t1_ms[~sound]).sum()),
        "memory_mb": row.memory_mb,
        "first_call_s": row.first_s,
    }


def growth(engine: str, size: Size, tick: Tick) -> list[Numbers]:
    """Cost of the conditional fit of square images of rising size."""
    method = next(row for row in methods("ShMOLLI", engines=[engine], mrpro=False) if row.optimum == "shmolli")
    numbers = []
    with lone_process() as process:
        for side in size.sides_px:
            tick(f"{method.label}, {side}²")
            shape = (side, side)
            process.submit(first_call, method, "ShMOLLI", shape).result()
            costs = [process.submit(next_call, method, "ShMOLLI", shape).result() for _ in range(size.rounds)]
            cpu_ms = min(cost.cpu_ms for cost in costs)
            numbers.append(
                {"engine": engine, "side_px": side, "cpu_ms": cpu_ms, "us_per_pixel": 1e3 * cpu_ms / side**2}
            )
    return numbers


# --- all of it --------------------------------------------------------------------------------------------------------


def engines_here(*, mrpro: bool) -> list[str]:
    """The engines to measure. Raises MissingExtraError where a rival that was not left out is not installed."""
    if mrpro and (find_spec("mrpro") is None or find_spec("torch") is None):
        raise MissingExtraError(
            "the comparison needs the optional part 'bench'",
            found="no mrpro",
            remedy="Install it with: pip install 'myoqc[bench]', or run with --without-mrpro.",
        )
    return ["numpy", "numba"] if find_spec("numba") else ["numpy"]


def measure(rows: dict[str, list[Method]], engines: list[str], size: Size, tick: Tick) -> Numbers:
    """Everything, as one tree of numbers."""
    result: Numbers = {"data": "synthetic", "shape": size.shape, "processor": platform.processor()}
    with lone_process() as process:
        tick("rates of this machine")
        result["bounds"] = process.submit(bounds, size.shape[0] * size.shape[1]).result()
    if "numba" in engines:
        tick("numba, first compilation")
        compiled = next(row for row in rows["ShMOLLI"] if row.engine == "numba")
        with lone_process() as process:
            result["numba_first_compile_s"] = process.submit(first_call, compiled, "ShMOLLI", QUICK.shape).result()[0]
    result["schedules"] = {schedule: compare(schedule, of_one, size, tick) for schedule, of_one in rows.items()}
    result["growth"] = [row for engine in engines for row in growth(engine, size, tick)]
    return result


def main(
    quick: Annotated[bool, typer.Option("--quick", help="A small image and few rounds.")] = False,
    without_mrpro: Annotated[bool, typer.Option("--without-mrpro", help="Leave the rival out.")] = False,
    json_file: Annotated[Path | None, typer.Option("--json", help="Save the numbers here.")] = None,
) -> None:
    """Measure the fit on synthetic data beside mrpro, scipy, and the limits of this machine."""
    console = Console(width=150)
    try:
        engines = engines_here(mrpro=not without_mrpro)
    except MyoqcError as error:
        console.print(str(error), style="red", markup=False)
        sys.exit(1)
    size = QUICK if quick else FULL
    rows = {schedule: methods(schedule, engines=engines, mrpro=not without_mrpro) for schedule in TIMES_MS}
    n_optima = sum(len({row.optimum for row in of_one}) for of_one in rows.values())
    steps = size.steps(sum(map(len, rows.values())), n_optima, len(engines))
    with tempfile.TemporaryDirectory() as folder, Progress(console=console, transient=True) as progress:
        os.environ["NUMBA_CACHE_DIR"] = folder
        bar = progress.add_task("", total=steps)
        numbers = measure(rows, engines, size, lambda text: progress.update(bar, description=text, advance=1))
    show_all(console, numbers)
    if json_file is not None:
        json_file.write_text(json.dumps(numbers, indent=1))


# --- tables -----------------------------------------------------------------------------------------------------------


def show_all(console: Console, numbers: Numbers) -> None:
    """Print all tables and how to read them."""
    console.print("All on synthetic data, one thread. Errors: |ΔT1| in ms against the converged optimum.")
    _show_bounds(console, numbers["shape"], numbers["bounds"])
    for schedule, rows in numbers["schedules"].items():
        _show_methods(console, schedule, numbers["shape"], rows)
    console.print(
        "mrpro gets the true polarity and is judged by the optimum of the signed signal; the others search for it. "
        "MB: peak of the first call beyond what was loaded. First s: import and first call, compiled code from disk."
    )
    if "numba_first_compile_s" in numbers:
        console.print(f"numba, import and first compilation without a cache: {numbers['numba_first_compile_s']:.1f} s.")
    _show_growth(console, numbers["growth"])


def _show_methods(console: Console, schedule: str, shape: tuple[int, int], numbers: list[Numbers]) -> None:
    title = f"{schedule}, {shape[0]}×{shape[1]}×{len(TIMES_MS[schedule])}, synthetic data"
    table = Table(title=title, title_justify="left")
    table.add_column("method")
    for name in ("CPU ms", "wall ms", "× mrpro", "median", "p99", "max", "> 1 ms", "MB", "first s"):
        table.add_column(name, justify="right")
    for row in numbers:
        scaled = "" if row["pixels"] == shape[0] * shape[1] else f" ({row['pixels']} px, scaled)"
        ratio = row["times_faster_than_mrpro"]
        errors = (row[f"error_{name}_ms"] for name in ("median", "p99", "max"))
        table.add_row(
            f"{row['method']}{scaled}",
            f"{row['cpu_ms']:,.1f}",
            f"{row['wall_ms']:,.1f}",
            "–" if ratio is None else f"{ratio:.3g}",
            *(f"{error:.2g}" for error in errors),
            f"{row['share_over_1_ms']:.2%}",
            f"{row['memory_mb']:.0f}",
            f"{row['first_call_s']:.1f}",
        )
    console.print(table)


def _show_bounds(console: Console, shape: tuple[int, int], numbers: Numbers) -> None:
    console.print(
        f"Bounds of {shape[0]}×{shape[1]}×7, one thread: memory {numbers['memory_bound_ms']:.2f} ms "
        f"({numbers['moved_mb']:.1f} MB of images and maps at {numbers['copy_gb_per_s']:.1f} GB/s), arithmetic "
        f"{numbers['arithmetic_bound_ms']:.2f} ms ({numbers['scoring_mflop_float32']:.0f} Mflop for 7 polarities × "
        f"{GRID_POINTS} grid points at {numbers['float32_gflop_per_s']:.0f} Gflop/s in float32, "
        f"{numbers['newton_mflop_float64']:.0f} Mflop for {CANDIDATES} × {NEWTON_STEPS} Newton steps at "
        f"{numbers['float64_gflop_per_s']:.0f} Gflop/s in float64)."
    )


def _show_growth(console: Console, numbers: list[Numbers]) -> None:
    table = Table("engine", title="Growth with the image (ShMOLLI, conditional), synthetic data", title_justify="left")
    for name in ("side px", "CPU ms", "µs per pixel"):
        table.add_column(name, justify="right")
    for row in numbers:
        table.add_row(row["engine"], str(row["side_px"]), f"{row['cpu_ms']:.1f}", f"{row['us_per_pixel']:.2f}")
    console.print(table)


if __name__ == "__main__":
    typer.run(main)
