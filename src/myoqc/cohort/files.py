"""Files of a store: whole or not there at all, and what a store that can't be used is told by."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

from myoqc.errors import OutputError, ReadError

ABOUT = "cohort.json"
TABLE = "cases.jsonl"
DATASHEET = "datasheet.md"
WAITING = "unfinished"
"""Folder of the small things of the cases that are done, until all are."""
FORMAT = "myoqc-cohort"


def write_whole(path: Path, text: str) -> None:
    """Write a text under another name and rename it, so that it is never half there; raises OutputError."""
    temporary = path.with_name(f"{path.name}.{uuid4().hex[:8]}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(path)
    except OSError as error:
        raise not_written(path, error) from error


def not_written(path: Path, error: OSError) -> OutputError:
    """The error of what the system would not write."""
    return OutputError(
        f"can't be written ({error.strerror or error})",
        file=path,
        remedy="Make room or get the permission to write, and give the same command again: it goes on where it was.",
    )


def one_line(value: Any) -> str:
    """JSON without line ends, always the same for the same value."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def read_about(folder: Path) -> Mapping[str, Any] | None:
    """What ``cohort.json`` says; None where there is none. Raises ReadError for one that is not ours."""
    path = folder / ABOUT
    try:
        about = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise ReadError("can't be read", file=path, found=error) from error
    if not isinstance(about, dict) or about.get("format") != FORMAT:
        raise ReadError("this describes no cohort of myoqc", file=path, expected=f'"format": "{FORMAT}"')
    return about
