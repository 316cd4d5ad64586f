"""Files that are there completely or not at all."""

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

from myoqc.errors import OutputError


def write_together(contents: Mapping[Path, bytes]) -> tuple[Path, ...]:
    """Write each content to its path: first all under temporary names beside them, then renamed.

    Missing folders are made. Raises OutputError, naming the path; no temporary file remains.
    """
    waiting: dict[Path, Path] = {}
    path = Path()
    try:
        for path, content in contents.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            waiting[path] = path.with_name(f".{path.name}.{uuid4().hex[:8]}.part")
            waiting[path].write_bytes(content)
        for path, temporary in waiting.items():
            temporary.replace(path)
    except OSError as error:
        raise OutputError(
            f"can't be written ({error.strerror or error})",
            file=path,
            remedy="Check the folder's permissions and free space, or choose another one.",
        ) from error
    finally:
        for temporary in waiting.values():
            with suppress(OSError):
                temporary.unlink(missing_ok=True)
    return tuple(contents)
