"""``truth.json``: what is known about motion in simulated slices, as plain data; docs/labels.md explains the terms."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from myoqc import __version__
from myoqc.aha import Segment
from myoqc.cohort import Harm
from myoqc.cohort.drawn import plain
from myoqc.records import Acquisition
from myoqc.report import write_json
from myoqc.simulate import POSITIVE_FROM, Truth

FORMAT, VERSION = "myoqc-truth", 1
SIMULATED = MappingProxyType({"images": "simulated", "compared_with": "the same slice without motion and noise"})
MOVED = MappingProxyType(
    {"images": "measured, with simulated motion", "compared_with": "the same images as they were measured"}
)
"""What the images are, and what T1 error and R² drop are measured against."""


@dataclass(frozen=True, slots=True, eq=False)
class SliceTruth:
    """One slice as it was written, and what is known about it."""

    series_number: int
    acquisition: Acquisition
    drawn: Mapping[str, Any]
    """What was asked for or drawn: motion, distractor and the like, in words."""
    truth: Truth
    harm: Harm


def write_truth(slices: Sequence[SliceTruth], path: Path, made: Mapping[str, str]) -> None:
    """Write what is known about ``slices``; ``made`` is :data:`SIMULATED` or :data:`MOVED`. Raises OutputError."""
    content = {
        "format": FORMAT,
        "version": VERSION,
        "software": {"name": "myoqc", "version": __version__},
        "simulated": True,
        **made,
        "motion_from_contamination": POSITIVE_FROM,
        "slices": [_slice(each) for each in slices],
    }
    write_json(content, path)


def _slice(known: SliceTruth) -> dict[str, Any]:
    acquisition = known.acquisition
    return {
        "series_number": known.series_number,
        "patient": acquisition.key.patient,
        "level": acquisition.key.level.value,
        "schedule": acquisition.schedule.name,
        "field_t": acquisition.field_t,
        "drawn": plain(known.drawn),
        "any_motion": known.truth.any_motion,
        "segments": [_segment(known, segment) for segment in Segment],
    }


def _segment(known: SliceTruth, segment: Segment) -> dict[str, Any]:
    """The answer for one segment, then its numbers image by image, in order of acquisition."""
    contamination, way_mm = known.truth.contamination[:, segment], known.truth.displacement_mm[:, segment]
    numbers = {
        "motion": known.truth.motion[segment],
        "largest_contamination": contamination.max(),
        "largest_displacement_mm": way_mm.max(),
        "t1_error_ms": known.harm.t1_error_ms[segment],
        "r2_drop": known.harm.r2_drop[segment],
        "contamination": contamination,
        "displacement_mm": way_mm,
    }
    aha = segment.aha(known.acquisition.key.level)
    return {"segment": segment.word, "aha": aha, **{name: plain(value) for name, value in numbers.items()}}
