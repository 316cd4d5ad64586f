"""Names of result folders: readable, safe on every file system, and different for different studies and slices."""

import hashlib
import re

from myoqc.acquire import Entry
from myoqc.records import Acquisition


def study_folder(entry: Entry) -> str:
    """The patient's identifier and a digest of the study's."""
    return f"{_safe(entry.patient)}-{_digest(entry.study_uid)}"


def slice_folder(acquisition: Acquisition) -> str:
    """Series number, level, and a digest of the slice's identifier."""
    key, number = acquisition.key, acquisition.source.series_number
    series = [] if number is None else [f"series{number:03d}"]
    return "-".join([*series, key.level.value, _digest(key.slice_uid)])


def _safe(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9]+", "-", text).strip("-")[:40] or "study"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogateescape")).hexdigest()[:8]
