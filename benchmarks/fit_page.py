"""Writes the page about the fit's speed from the numbers that ``benchmarks/fit.py --json`` saved.

``python benchmarks/fit_page.py numbers.json docs/benchmarks.md``
"""

import json
import sys
from pathlib import Path
from typing import Any

HEAD = """# Speed and accuracy of the fit

Printed by `make bench` (`python benchmarks/fit.py`), on **synthetic data**: maps of 256 × 192 pixels, T1 200 to
2500 ms, SNR 20 to 100, Rician noise; one thread. Every method runs alone in a fresh process, and the least of several
rounds counts. The rivals: mrpro's dictionary match followed by its LBFGS, given the true polarity, and scipy's
`curve_fit` on a random part of the pixels, scaled. Errors are |ΔT1| in ms against the converged optimum, found by a
slow search that shares no code with the package. The numbers below are those of one run on two cores of a server;
`benchmarks/fit_page.py` wrote this page from them.
"""
NAMES = ("numpy", "numba")
TAIL = """
## Against the scanner

On the real ShMOLLI phantom (not part of this repository) all 6,935 pixels with a scanner's T1 of 200 ms or more, a
mean signal of 200 or more, and outside the colour bar agree with the scanner in T1 (within 1 ms), in the number of
samples used and in floor(4000·R²). Of the 22,709 such pixels with a shorter T1, 22,577 agree within 1 ms and 132 are
not fitted. The tests `test_every_judged_pixel_of_the_phantom_equals_the_scanners_own_fit` and
`test_the_shortest_t1_of_the_phantom_are_the_scanners_or_none_at_all` hold it where the data are at hand.
"""


def page(numbers: dict[str, Any]) -> str:
    parts = [HEAD]
    for schedule, rows in numbers["schedules"].items():
        parts.append(f"\n## {schedule}\n\n{table(rows)}")
    parts += [bounds(numbers["bounds"]), goals(numbers["schedules"]["ShMOLLI"]), growth(numbers["growth"]), TAIL]
    return "".join(parts)


def table(rows: list[dict[str, Any]]) -> str:
    head = "| method | CPU ms a map | × mrpro | error median | p99 | largest | > 1 ms | MB | first call s |\n"
    lines = [
        f"| {row['method']} | {row['cpu_ms']:,.1f} | {row['times_faster_than_mrpro']:.3g} "
        f"| {row['error_median_ms']:.1g} "
        f"| {row['error_p99_ms']:.1g} | {row['error_max_ms']:.2g} | {row['share_over_1_ms']:.2%} "
        f"| {row['memory_mb']:.0f} | {row['first_call_s']:.1f} |\n"
        for row in rows
    ]
    return head + "| --- |" + " ---: |" * 8 + "\n" + "".join(lines)


def bounds(bound: dict[str, float]) -> str:
    memory = f"{bound['moved_mb']:.1f} MB at {bound['copy_gb_per_s']:.0f} GB/s"
    single = f"{bound['scoring_mflop_float32']:.0f} Mflop at {bound['float32_gflop_per_s']:.0f} Gflop/s in single"
    double = f"{bound['newton_mflop_float64']:.0f} Mflop at {bound['float64_gflop_per_s']:.0f} Gflop/s in double"
    return (
        "\n## What bounds it\n\n"
        f"Reading the images and writing the maps ({memory}) takes {bound['memory_bound_ms']:.2f} ms, the arithmetic "
        f"of the three-parameter fit ({single} and {double} precision) {bound['arithmetic_bound_ms']:.1f} ms, both "
        "measured in the same run.\n"
    )


def goals(rows: list[dict[str, Any]]) -> str:
    numpy, numba = (next(row for row in rows if row["method"] == f"myoqc {name}, 3 parameters") for name in NAMES)
    reached = {True: "reached", False: "**not reached**"}
    return (
        "\n## Goals (three-parameter fit, the model that mrpro fits)\n\n"
        f"- NumPy at least 12 times faster than mrpro: {numpy['times_faster_than_mrpro']:.1f} times, "
        f"{reached[numpy['times_faster_than_mrpro'] >= 12]}.\n"
        f"- With numba at least 60 times: {numba['times_faster_than_mrpro']:.1f} times, "
        f"{reached[numba['times_faster_than_mrpro'] >= 60]}; at most 15 ms a map: {numba['cpu_ms']:.1f} ms, "
        f"{reached[numba['cpu_ms'] <= 15]}.\n"
        f"- Under 300 MB: {max(row['memory_mb'] for row in rows if row['method'].startswith('myoqc')):.0f} MB, "
        f"{reached[all(row['memory_mb'] < 300 for row in rows if row['method'].startswith('myoqc'))]}.\n"
        "- Every pixel within 0.001 ms of the converged optimum: "
        f"{reached[all(row['error_max_ms'] <= 1e-3 for row in rows if row['method'].startswith('myoqc'))]}.\n"
    )


def growth(rows: list[dict[str, Any]]) -> str:
    head = (
        "\n## Growth with the image (ShMOLLI's conditional fit)\n\n| engine | pixels a side | CPU ms | µs a pixel |\n"
    )
    lines = [
        f"| {row['engine']} | {row['side_px']} | {row['cpu_ms']:.1f} | {row['us_per_pixel']:.2f} |\n" for row in rows
    ]
    return head + "| --- | ---: | ---: | ---: |\n" + "".join(lines)


if __name__ == "__main__":
    Path(sys.argv[2]).write_text(page(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))), encoding="utf-8")
