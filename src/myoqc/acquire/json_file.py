"""JSON objects from files that may be anything."""

import json
from pathlib import Path
from typing import Any

from myoqc.acquire.naming import naming
from myoqc.errors import ReadError


def read_json_object(path: Path, most_bytes: int) -> dict[str, Any]:
    """The JSON object in ``path``; raises ReadError where it is unreadable, too large, nested too deep or no object."""
    with naming(path, remedy="Write the file again, or correct it there."):
        return _object(path, most_bytes)


def _object(path: Path, most_bytes: int) -> dict[str, Any]:
    try:
        size = path.stat().st_size
        if size > most_bytes:
            raise ReadError(
                "too large to be read",
                expected=f"at most {most_bytes / 1e6:g} MB",
                found=f"{size / 1e6:g} MB",
            )
        content = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise ReadError("can't be opened", found=error.strerror or error) from error
    except RecursionError as error:
        raise ReadError("nested too deep", expected="a few levels of brackets") from error
    except ValueError as error:
        raise ReadError("not JSON", found=error) from error
    if not isinstance(content, dict):
        raise ReadError("not a JSON object", expected="{...}", found=type(content).__name__)
    return content
