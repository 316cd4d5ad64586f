"""What a scan finds: slices that can be loaded, how each series was understood, and what can't be used."""

from collections.abc import Callable
from dataclasses import dataclass

from myoqc.acquire.problems import Problem
from myoqc.acquire.slices import Role
from myoqc.records import Acquisition


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
    """What was found: slices to load, every series with its meaning, and what could not be used."""

    entries: tuple[Entry, ...]
    series: tuple[SeriesFound, ...]
    problems: tuple[Problem, ...]
