"""The words by which scanners and sites name their series: add yours here.

Regular expressions without regard to case, searched in SeriesDescription, ProtocolName and ImageComments joined by
blanks, unless said otherwise.
"""

import re

from myoqc.aha import Level

T1_MAPPING = r"molli|sasha|t1[ _-]?map"
"""Series that hold, or were made from, T1-weighted images for mapping."""
NO_MAPPING = r"scout|locali[sz]er|look.?locker"
"""Series whose inversion times differ although they are for something else."""
T1_MAP_DESCRIPTION = r"t1[ _-]?map(s|ping)?$|[ _-]t1$"
"""SeriesDescription of a scanner's own T1 map."""
T1_MAP_COMMENT = r"\bt1 ?map\b"
"""ImageComments of one."""
T1_MAP_TYPE = frozenset({"T1 MAP", "T1_MAP", "T1"})
"""Words of ImageType of one."""
COLOUR_COPY = r"\bcolou?r\b"
"""ImageComments of a picture of a map, with its legend burned in."""
MOTION_CORRECTED = r"moco|motion.?corr|\bmc\b"
"""Searched in ImageType as well."""
PHASE_TYPE = frozenset({"P", "PHASE", "PHASE MAP", "P_FFE", "P_IR", "P_SE"})
OTHER_PARTS_TYPE = frozenset({"R", "I", "REAL", "IMAGINARY", "R_IR", "I_IR", "R_FFE", "I_FFE", "MIXED"})

FIT_MAPS_DESCRIPTION = r"fit_?params"
FIT_MAPS_COMMENT = {
    "r2": r"rsquare\*4000",
    "a": r"___AMap___",
    "b": r"___BMap___",
    "t1_star_ms": r"___T1starMap___",
    "samples_used": r"_ShMOLLIT1range",
}
"""ImageComments of the maps of a scanner's fit, by the field of ParameterMap that they fill."""

LEVELS = {
    Level.BASAL: r"(?<![a-z])bas(e|al|is)?(?![a-z])",
    Level.MID: r"(?<![a-z])mid(dle|ven\w*)?(?![a-z])",
    Level.APICAL: r"(?<![a-z])(apex|apical|api)(?![a-z])",
}


def says(pattern: str, *texts: str) -> bool:
    """Whether the pattern occurs in the texts."""
    return re.search(pattern, " ".join(texts), re.IGNORECASE) is not None


def level(*texts: str) -> Level:
    """The level along the long axis that the texts name; unknown where they name none or several."""
    named = [level for level, pattern in LEVELS.items() if says(pattern, *texts)]
    return named[0] if len(named) == 1 else Level.UNKNOWN
