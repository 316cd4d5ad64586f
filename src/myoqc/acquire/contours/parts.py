"""What people and programs call the parts of a heart that they outline: add names here.

Regular expressions, searched in names in small letters whose separators have become blanks; the first that matches
counts. Codes are those that DICOM uses for the cardiac structures of its context group 7152 and for the myocardium.
"""

import re
from collections.abc import Collection, Mapping
from enum import Enum
from typing import TypeVar


class Part(Enum):
    """A part of the heart, in words for people."""

    CAVITY = "cavity of the left ventricle"
    WALL = "wall of the left ventricle"
    OUTER = "left ventricle with its wall"
    VENTRICLE = "left ventricle"
    """With or without its wall: told by what else was outlined."""
    RIGHT = "right ventricle"
    ANTERIOR = "anterior insertion of the right ventricle"
    INFERIOR = "inferior insertion of the right ventricle"
    OTHER = "something else"


OURS = r"(\blv\b|left.*ventric|ventric.*left|\bmyo|\bleft (?=blood|pool|cavit|lumen|wall))"
"""What must stand beside a word that any organ may have."""
HOLLOW = "(blood|pool|cavit|lumen)"
NAMES = (
    (Part.OTHER, r"atri|\b[lr]a\b|aort|pericard|valve|septum|outflow|\blv ot\b"),
    (Part.OTHER, r"\bfat|adipos|chest|thora|lung|pulmon|vessel|arter|\bvein|\bvena\b|coronar|o?esophag|\bleads?\b"),
    (Part.OTHER, r"scar|infarct|fibros|edema|remote|\blge\b"),
    # What an outline of the left ventricle leaves out, or takes in, does not make it something else.
    (Part.OTHER, r"^(?!.*(endo|epi(card|\b)|cavit|pool)).*papill"),
    (Part.INFERIOR, r"\b(inf|post).*(insert|hinge|\brv i(p|\b)|ref)|(insert|hinge|\brv i(p|\b)|ref).*\b(inf|post)"),
    (Part.ANTERIOR, r"insert|hinge|\brv i(p|\b)|ref ?point"),
    (Part.OTHER, r"(\brv|right.*ventric|ventric.*right).*(epi|myo|wall)|(epi|myo|wall).*(\brv|right.*ventric)"),
    (Part.RIGHT, r"\brv|right.*ventric|ventric.*right|(endo|epi)rv\b"),
    (Part.CAVITY, r"endo(card\w*|lv|contour)?\d*\b|\blv (bp|c)\b"),
    (Part.CAVITY, rf"{OURS}.*{HOLLOW}|{HOLLOW}.*{OURS}|^(blood( ?pool)?|pool|cavity|lumen)$"),
    (Part.WALL, rf"\bmyo|{OURS}.*\bwall\b|\bwall\b.*{OURS}|^wall$|\blv m\b"),
    (Part.OUTER, r"epi(card\w*|lv|contour)?\d*\b"),
    (Part.VENTRICLE, r"\blv\b|left.*ventric|ventric.*left"),
)
CODES = {
    ("SCT", "87878005"): Part.VENTRICLE,
    ("SCT", "49848007"): Part.WALL,
    ("SCT", "53085002"): Part.RIGHT,
    ("SRT", "T-32600"): Part.VENTRICLE,
    ("SRT", "T-32620"): Part.WALL,
    ("SRT", "T-32500"): Part.RIGHT,
}
"""By coding scheme and value; SNOMED-RT, which older objects use, calls itself SRT."""

Thing = TypeVar("Thing")


def part_named(name: str) -> Part | None:
    """The part that a name means; None where it says nothing of the heart."""
    words = re.sub(r"[\W_]+", " ", name)
    words = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<![A-Za-z])([LRlr][Vv])(?=[A-Za-z])", r"\1 ", words).strip().lower()
    return next((part for part, pattern in NAMES if re.search(pattern, words)), None)


def settled(found: Mapping[Part, Thing]) -> dict[Part, Thing]:
    """The same, with 'left ventricle' taken for the cavity, or for all of it where the cavity was outlined as well."""
    known = dict(found)
    ventricle = known.pop(Part.VENTRICLE, None)
    if ventricle is None:
        return known
    if Part.CAVITY not in known:
        known[Part.CAVITY] = ventricle
    elif not known.keys() & {Part.WALL, Part.OUTER}:
        known[Part.OUTER] = ventricle
    return known


def listed(names: Collection[str]) -> str:
    """Names for a message, at most eight."""
    shown = [repr(name)[:40] for name in names]
    return ", ".join(shown[:8]) + (f" and {len(shown) - 8} more" if len(shown) > 8 else "") if shown else "none"
