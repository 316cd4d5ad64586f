"""What a scan finds: slices that can be loaded, how each series was understood, and what can't be used."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from myoqc.acquire.problems import Problem
from myoqc.errors import InputError
from myoqc.records import Acquisition

Progress = Callable[[int, int], None]
"""Called with the number of files done and their total."""


class Role(Enum):
    """What a series is to T1 mapping."""

    MAGNITUDE = "T1-weighted magnitude images"
    PHASE = "phase images"
    T1_MAP = "scanner's T1 map"
    FIT_MAPS = "maps of the scanner's fit"
    MOTION_CORRECTED = "motion-corrected T1-weighted images"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Entry:
    """One slice that can become an Acquisition; ``load`` reads its pixels and raises InputError where it can't."""

    label: str
    """For people: series and slice."""
    study_uid: str
    study_label: str
    patient: str
    files: tuple[str, ...]
    load: Callable[[], Acquisition]
    obstacle: str = ""
    """What ``load`` will refuse it with, as far as that is known without reading pixels; empty = nothing known."""


def obstacle(check: Callable[[], object]) -> str:
    """The message of the InputError that ``check`` raises; empty where it raises none."""
    try:
        check()
    except InputError as error:
        return str(error)
    return ""


@dataclass(frozen=True, slots=True)
class SeriesFound:
    """How the images of one series were understood; a series with images of several roles is there once for each."""

    study_label: str
    number: int | None
    description: str
    n_images: int
    role: Role
    why: str
    ti_source: str = ""
    """Attribute that gave the inversion times; empty where there are none."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What was found: slices to load, every series with its meaning, what could not be used, and notes."""

    entries: tuple[Entry, ...]
    series: tuple[SeriesFound, ...]
    problems: tuple[Problem, ...]

    @property
    def lost(self) -> tuple[Problem, ...]:
        """The problems that take something away."""
        return tuple(problem for problem in self.problems if problem.lost)

    @property
    def notes(self) -> tuple[Problem, ...]:
        """What should be known although nothing is lost."""
        return tuple(problem for problem in self.problems if not problem.lost)
