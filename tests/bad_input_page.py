"""Runs the whole table of bad input through the command line, and writes the page about it.

``python tests/bad_input_page.py docs/bad-input.md`` writes the page; without an argument the outcomes are printed as
JSON, with the most memory that it took.
"""

import io
import json
import re
import resource
import sys
from collections.abc import Iterable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from bad_inputs import BAD_INPUTS, HARMLESS, BadInput, Harmless
from bad_studies import good_study
from myoqc.cli import main

SILENT = "nothing: it is passed over"
HEAD = """# What happens to bad input

Each row was run as `myoqc check FOLDER`, beside a good study wherever the row leaves room for one, and paths were
shortened. Most of these images are too small to hold a heart, so all rows but those that say 'no left ventricle found'
were run with `--no-automatic`. Whatever is wrong with one file, the other studies are checked; contours are asked for
by name, so a file of them that can't be used stops the run. Images without a heart are no failure: they get their maps,
and never a score. Exit codes: 0 success, 3 some input could not be used, 4 nothing could be used, 6 results could not
be written. The tests run the same table, `tests/bad_inputs.py`, and `tests/bad_input_page.py` writes this page from it.

| input | what the user gets | exit code |
| --- | --- | --- |
"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one run gave: every message on its own, and how many slices were checked."""

    name: str
    exit_code: int
    messages: list[str]
    n_checked: int
    printed: str


def run(bad: BadInput | Harmless, home: Path) -> Outcome:
    """``myoqc check`` over one bad input, in the empty folder ``home``."""
    folder, results = home / "input", home / "results"
    if isinstance(bad, Harmless) or bad.beside_good:
        good_study(folder)
    arguments = list(bad.make(folder) or [folder])
    if "--out" not in arguments:
        arguments += ["--out", results]
    if not (isinstance(bad, BadInput) and bad.automatic):
        arguments += ["--no-automatic"]
    sys.argv = ["myoqc", "check", *map(str, arguments), "--engine", "numpy"]
    out, errors = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(errors):
        try:
            main()
            exit_code = 0
        except SystemExit as stop:
            exit_code = int(stop.code or 0)
    found = [json.loads(path.read_text()) for path in sorted(results.rglob("assessment.json"))]
    messages = [line.removeprefix("! ").removeprefix("· ") for line in errors.getvalue().splitlines() if line.strip()]
    reasons = [each["abstained_reason"] for each in found]
    messages += [f"not scored: {reason}" for reason in reasons if reason != "no contours"]
    messages += [f"caution: {caution['text']}" for each in found for caution in each["cautions"]]
    printed = out.getvalue() + errors.getvalue()
    return Outcome(bad.name, exit_code, [text.replace(f"{home}/", "") for text in messages], len(found), printed)


def run_all() -> list[Outcome]:
    """All rows, each in a folder of its own."""
    outcomes = []
    for bad in (*BAD_INPUTS, *HARMLESS):
        with TemporaryDirectory() as home:
            outcomes.append(run(bad, Path(home)))
    return outcomes


def peak_memory_kib() -> int:
    """The most that this process held at a time, and the most that one of its children did.

    What getrusage tells of this process counts what its parent held when it was started, so the kernel is asked.
    """
    status = Path("/proc/self/status").read_text(encoding="ascii")
    own_kib = int(re.search(r"^VmHWM:\s+(\d+) kB$", status, re.MULTILINE)[1])
    return own_kib + resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss


def row(outcome: Outcome) -> str:
    """One line of the page's table."""
    messages = "<br>".join(text.replace("|", "\\|").replace("<", "&lt;") for text in outcome.messages) or SILENT
    return f"| {outcome.name} | {messages} | {outcome.exit_code} |"


def page(outcomes: Iterable[Outcome]) -> str:
    """The whole page."""
    return HEAD + "\n".join(map(row, outcomes)) + "\n"


if __name__ == "__main__":
    target = sys.argv[1:]
    outcomes = run_all()
    if target:
        Path(target[0]).write_text(page(outcomes), encoding="utf-8")
    else:
        print(json.dumps({"peak_kib": peak_memory_kib(), "outcomes": [asdict(outcome) for outcome in outcomes]}))
