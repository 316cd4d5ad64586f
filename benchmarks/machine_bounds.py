"""How a call is measured, alone in a process and on one thread, and what one thread of this machine can do at most."""

import multiprocessing
import os
import re
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import DTypeLike

T = TypeVar("T")

ONE_THREAD = {
    f"{name}_NUM_THREADS": "1" for name in ("OMP", "MKL", "OPENBLAS", "NUMBA", "VECLIB_MAXIMUM", "NUMEXPR", "BLIS")
}
"""Environment that keeps every numerical library to one thread; read when the library is loaded."""
COPIED_MB = 512
MATRIX_SIDE = 1024

GRID_POINTS, CANDIDATES, NEWTON_STEPS = 32, 2, 3
FLOP_PER_SAMPLE_AND_STEP = 40
"""Of a Newton step: exp (20), two derivatives (4), centring (6), and the products with signal and curve (10)."""
MAP_BYTES = 6 * 4 + 1
"""Written per pixel: T1, T1*, A, B, R² and standard deviation in float32, samples used in one byte."""


@dataclass(frozen=True, slots=True)
class Cost:
    """Time of one call: of the processor (all threads of the process) and of the clock."""

    cpu_ms: float
    wall_ms: float

    def least(self, other: "Cost") -> "Cost":
        """The smaller of each: what else runs on the machine only adds."""
        return Cost(min(self.cpu_ms, other.cpu_ms), min(self.wall_ms, other.wall_ms))

    def scaled(self, factor: float) -> "Cost":
        """Both times multiplied."""
        return Cost(self.cpu_ms * factor, self.wall_ms * factor)


def lone_process() -> ProcessPoolExecutor:
    """A fresh interpreter on one thread, for calls that must not share memory, caches or threads with others."""
    os.environ.update(ONE_THREAD)
    return ProcessPoolExecutor(max_workers=1, mp_context=multiprocessing.get_context("spawn"))


def timed(call: Callable[[], T]) -> tuple[Cost, T]:
    """The cost of one call, and its result."""
    cpu, wall = time.process_time(), time.perf_counter()
    result = call()
    return Cost((time.process_time() - cpu) * 1e3, (time.perf_counter() - wall) * 1e3), result


def with_peak_memory(call: Callable[[], T]) -> tuple[float, T]:
    """Largest resident memory during one call less that before it, in MB (NaN where the system is not Linux)."""
    if not sys.platform.startswith("linux"):
        return float("nan"), call()
    Path("/proc/self/clear_refs").write_text("5")
    before = _memory_mb("VmRSS")
    result = call()
    return _memory_mb("VmHWM") - before, result


def _memory_mb(field: str) -> float:
    status = Path("/proc/self/status").read_text()
    return int(re.findall(rf"{field}:\s+(\d+) kB", status)[0]) * 1024 / 1e6


def _best_s(call: Callable[[], object], repeats: int = 7) -> float:
    return min(timed(call)[0].cpu_ms for _ in range(repeats)) / 1e3


def copy_gb_per_s() -> float:
    """Bytes read plus bytes written per second while one large array is copied to another (as STREAM's copy counts)."""
    source = np.ones(COPIED_MB * 2**20 // 8)
    target = np.zeros_like(source)
    return 2 * source.nbytes / _best_s(lambda: np.copyto(target, source)) / 1e9


def product_gflop_per_s(dtype: DTypeLike) -> float:
    """Multiplications and additions per second in a product of two square matrices."""
    matrix = np.random.default_rng(0).standard_normal((MATRIX_SIDE, MATRIX_SIDE)).astype(dtype)
    return 2 * MATRIX_SIDE**3 / _best_s(lambda: matrix @ matrix) / 1e9


def rates() -> dict[str, float]:
    """Measured rates of one thread: copying, and products in single and double precision."""
    return {
        "copy_gb_per_s": copy_gb_per_s(),
        "float32_gflop_per_s": product_gflop_per_s(np.float32),
        "float64_gflop_per_s": product_gflop_per_s(np.float64),
    }


def bounds(pixels: int, n: int = 7) -> dict[str, float]:
    """Least time that memory and arithmetic allow for the 3-parameter fit of ``n`` images, from measured rates."""
    measured = rates()
    moved_mb = pixels * (n * 4 + MAP_BYTES) / 1e6
    scoring_mflop = pixels * 2 * n * n * GRID_POINTS / 1e6
    newton_mflop = pixels * CANDIDATES * NEWTON_STEPS * n * FLOP_PER_SAMPLE_AND_STEP / 1e6
    return measured | {
        "moved_mb": moved_mb,
        "scoring_mflop_float32": scoring_mflop,
        "newton_mflop_float64": newton_mflop,
        "memory_bound_ms": moved_mb / measured["copy_gb_per_s"],
        "arithmetic_bound_ms": scoring_mflop / measured["float32_gflop_per_s"]
        + newton_mflop / measured["float64_gflop_per_s"],
    }
