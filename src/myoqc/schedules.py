"""Sequence timing as data: how many images each preparation gives, and which scheme a list of times is.

Times are inversion times (after an inversion) or saturation recovery times (SASHA), in ms, in order of acquisition.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise
from statistics import fmean

from myoqc.errors import ImageError, InversionTimeError

FEWEST_IMAGES, MOST_IMAGES = 5, 30
SHORTEST_RR_MS = 300.0
"""No heart beats faster; images of one recovery lie at least this far apart."""
UNTIL_RECOVERED_MS = 8000.0
"""A saturation recovery time from which an image counts as taken without saturation."""
LONGEST_SASHA_MS = 1500.0
"""Every other image of SASHA is taken within the heartbeat of its saturation."""
SHMOLLI_STEP_MS = (65.0, 95.0)
"""The first times of ShMOLLI's three inversions rise by 80 ms [Piechnik2010]."""
MOST_UNEVEN = 0.3
"""A heartbeat of one breath-hold may differ from their mean by this share."""


class Preparation(Enum):
    """What the magnetisation recovers from."""

    INVERSION = "inversion"
    SATURATION = "saturation"


@dataclass(frozen=True, slots=True)
class Schedule:
    """Timing of one T1-mapping scheme.

    ``samples`` images after each preparation; ``pauses`` between the groups, in ``pause_unit`` (beats or s).
    """

    name: str
    preparation: Preparation
    samples: tuple[int, ...]
    pauses: tuple[int, ...] = ()
    pause_unit: str = "beats"

    def __post_init__(self) -> None:
        for name in ("samples", "pauses"):
            object.__setattr__(self, name, tuple(getattr(self, name)))

    @property
    def n_images(self) -> int:
        """Number of images of the whole scheme."""
        return sum(self.samples)


SHMOLLI = Schedule("ShMOLLI", Preparation.INVERSION, (5, 1, 1), (1, 1))
"""5(1)1(1)1 in nine heartbeats [Piechnik2010]."""

SHMOLLI_SORTED = (1, 1, 5)
KNOWN = (
    SHMOLLI,
    Schedule("MOLLI 5(3)3", Preparation.INVERSION, (5, 3), (3,)),
    Schedule("MOLLI 4(1)3(1)2", Preparation.INVERSION, (4, 3, 2), (1, 1)),
    Schedule("MOLLI 3(3)3(3)5", Preparation.INVERSION, (3, 3, 5), (3, 3)),
)
MOLLI_5S_3S = Schedule("MOLLI 5s(3s)3s", Preparation.INVERSION, (5, 3), (3,), "s")
"""Counted in seconds instead of beats: the number of images follows the heart rate [Kellman2014]."""


def _simplified(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())


def by_name(name: str, n_images: int) -> Schedule:
    """The schedule called ``name`` (``ShMOLLI``, ``MOLLI 5(3)3``, ``MOLLI``, ``SASHA``) for ``n_images`` images.

    Raises InversionTimeError for an unknown name and ImageError where the number of images contradicts it.
    """
    wanted = _simplified(name)
    for schedule in KNOWN:
        if wanted == _simplified(schedule.name):
            if schedule.n_images != n_images:
                raise ImageError(
                    f"{schedule.name} has a fixed number of images",
                    expected=schedule.n_images,
                    found=n_images,
                    remedy="Send all images of the series, or name another schedule.",
                )
            return schedule
    if wanted == _simplified(MOLLI_5S_3S.name):
        return Schedule(MOLLI_5S_3S.name, Preparation.INVERSION, (n_images,), (), "s")
    if wanted == "molli":
        return Schedule("MOLLI", Preparation.INVERSION, (n_images,))
    if wanted == "sasha":
        return Schedule("SASHA", Preparation.SATURATION, (1,) * n_images)
    known = ", ".join([s.name for s in KNOWN] + [MOLLI_5S_3S.name, "MOLLI", "SASHA"])
    raise InversionTimeError(f"unknown schedule {name!r}", expected=f"one of {known}")


def groups(ti_ms: Sequence[float]) -> tuple[int, ...]:
    """Number of images after each preparation: a new one is where the time falls, or rises by less than a heartbeat."""
    sizes = [1]
    for before, after in pairwise(ti_ms):
        if after - before >= SHORTEST_RR_MS:
            sizes[-1] += 1
        else:
            sizes.append(1)
    return tuple(sizes)


def recognise(ti_ms: Sequence[float], description: str = "") -> Schedule:
    """The schedule that fits the times (in order of acquisition) and the words of the series.

    A description that names ShMOLLI or SASHA decides; otherwise the pattern of the times does. Times that rise all
    through (sorted by a scanner) are ShMOLLI if the second and the third follow in steps of 80 ms (65 to 95) and the
    others follow the first at an even heartbeat: each interval within 30 % of their mean. They are SASHA if one time is
    8 s or more (no saturation) and all others are at most 1.5 s. Any other pattern is MOLLI with the groups found.
    Raises ImageError where a named scheme lacks images.
    """
    words, found = _simplified(description), groups(ti_ms)
    if "shmolli" in words or (found == SHMOLLI_SORTED and _is_shmolli(ti_ms)):
        return by_name(SHMOLLI.name, len(ti_ms))
    if "sasha" in words or _is_sasha(ti_ms):
        return by_name("SASHA", len(ti_ms))
    if "5s3s3s" in words:
        return Schedule(MOLLI_5S_3S.name, Preparation.INVERSION, found, MOLLI_5S_3S.pauses, "s")
    for schedule in KNOWN:
        if schedule.samples == found:
            return schedule
    if list(ti_ms) == sorted(ti_ms):
        return by_name("MOLLI", len(ti_ms))
    return Schedule(f"MOLLI, {'+'.join(map(str, found))} images", Preparation.INVERSION, found)


def _is_shmolli(ti_ms: Sequence[float]) -> bool:
    """Whether seven rising times are those of 5(1)1(1)1, sorted."""
    first, second, third, *later = ti_ms
    shortest, longest = SHMOLLI_STEP_MS
    beats_ms = [after - before for before, after in pairwise([first, *later])]
    mean_ms = fmean(beats_ms)
    return all(shortest <= step <= longest for step in (second - first, third - second)) and all(
        abs(beat - mean_ms) <= MOST_UNEVEN * mean_ms for beat in beats_ms
    )


def _is_sasha(ti_ms: Sequence[float]) -> bool:
    """Whether some image was taken without saturation, and every other within one heartbeat of it."""
    saturated = [time for time in ti_ms if time < UNTIL_RECOVERED_MS]
    return 0 < len(saturated) < len(ti_ms) and max(saturated) <= LONGEST_SASHA_MS
