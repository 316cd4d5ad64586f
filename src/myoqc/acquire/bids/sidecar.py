"""The JSON files beside BIDS images: which belong to an image, and what they say [BIDS]."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from myoqc.acquire.json_file import read_json_object
from myoqc.errors import InversionTimeError, ReadError

OWN_FIELD = "Myoqc"
"""Field of our sidecars that holds what BIDS has no name for."""
LONGEST_TI_S = 20.0
"""No inversion time in seconds is longer; ms written as seconds are."""
MOST_SIDECAR_BYTES = 2**20


def read_sidecar(path: Path, stem: str) -> dict[str, Any]:
    """Fields of the sidecars, from the one of all images to the one of this image, the more special one winning."""
    exact = path.name.removesuffix(".gz").removesuffix(".nii")
    without_part = re.sub(r"_part-[0-9A-Za-z]+", "", exact)
    names = dict.fromkeys((f"{stem}_IRT1.json", f"{without_part}.json", f"{exact}.json"))
    paths = [path.with_name(name) for name in names]
    present = [sidecar for sidecar in paths if sidecar.is_file()]
    if not present:
        raise ReadError(
            "its sidecar is missing",
            file=path,
            expected=f"a file {exact}.json beside it",
            remedy="Copy the .json files together with the images.",
        )
    fields: dict[str, Any] = {}
    for sidecar in present:
        fields |= read_json_object(sidecar, MOST_SIDECAR_BYTES)
    return fields


def inversion_time_ms(path: Path, fields: Mapping[str, Any]) -> float:
    """The inversion time of the image in ``path``; raises InversionTimeError where it is absent or not in seconds."""
    seconds = number_in(fields, "InversionTime")
    if seconds is None:
        raise InversionTimeError(
            "its sidecar gives no inversion time",
            file=path,
            expected="'InversionTime' as a number of seconds",
            found=repr(fields.get("InversionTime", "no such field"))[:60],
            remedy="Add it to the sidecar.",
        )
    if seconds > LONGEST_TI_S:
        raise InversionTimeError(
            "the inversion time is surely in ms",
            file=path,
            expected="'InversionTime' in seconds, as BIDS has it",
            found=f"{seconds:g}",
            remedy="Divide it by 1000 in the sidecar.",
        )
    # 4.1 s must become 4100 ms, not 4099.9999999999995.
    return round(seconds * 1000.0, 6)


def own_fields(fields: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a sidecar says in our own field; empty where there is none."""
    own = fields.get(OWN_FIELD)
    return own if isinstance(own, dict) else {}


def word_in(fields: Mapping[str, Any], name: str) -> str:
    """The text in a field; empty where it is absent or no text."""
    value = fields.get(name)
    return value if isinstance(value, str) else ""


def number_in(fields: Mapping[str, Any], name: str) -> float | None:
    """The number in a field; None where it is absent, infinite or no number."""
    value = fields.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    # A whole number of hundreds of digits is no number of any quantity here.
    return float(value) if abs(value) < 1e300 else None
