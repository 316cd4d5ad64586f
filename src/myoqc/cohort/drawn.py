"""All that was drawn for a case as plain JSON, whatever records hold it."""

import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any

import numpy as np

MOST_NUMBERS = 64
"""Longer arrays are left out: they come again from the same plan."""


def plain(value: Any) -> Any:
    """``value`` in the types of JSON: records as objects, Enums by name, short arrays as lists.

    Numbers that are not finite become null, longer arrays ``{"shape": [...]}``; what is none of these, its type.
    """
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(plain(key)): plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(each) for each in value]
    if isinstance(value, (np.ndarray, np.generic)):
        return plain(value.tolist()) if value.size <= MOST_NUMBERS else {"shape": list(value.shape)}
    return _simple(value)


def _simple(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value if isinstance(value.value, str) else value.name.lower()
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value if value is None or isinstance(value, (str, int)) else type(value).__name__
