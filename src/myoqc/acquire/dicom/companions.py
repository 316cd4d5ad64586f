"""Ties phase images and the scanner's own maps to the magnitude images that they belong to.

A companion lies in the same plane of the same study. Of several acquisitions of that plane it belongs to the one during
which it says it was acquired, else to the nearest one before it by series number, as scanners count.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from myoqc.acquire.dicom.headers import Header
from myoqc.acquire.dicom.slices import Slice, has_plane, map_field, same_plane
from myoqc.acquire.found import Role

SAME_TIME_S, SAME_TIME_MS = 0.01, 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """What one acquisition is to be loaded from."""

    images: Slice
    phase: Slice | None = None
    t1_map: Header | None = None
    fit_maps: tuple[Header, ...] = ()
    same_series: int = 1
    """Number of slices of the same role in this series."""


def plans(slices: Sequence[Slice]) -> tuple[Plan, ...]:
    """One plan for each slice of original images, and for motion-corrected ones that have no original."""
    originals = [found for found in slices if found.role is Role.MAGNITUDE]
    lonely = [
        found
        for found in slices
        if found.role is Role.MOTION_CORRECTED and not any(_same_place(found, other) for other in originals)
    ]
    wanted = originals + lonely
    tied: dict[int, list[Slice]] = {id(found): [] for found in wanted}
    for companion in slices:
        if companion.role in (Role.PHASE, Role.T1_MAP, Role.FIT_MAPS):
            owner = _owner(companion, wanted)
            if owner is not None:
                tied[id(owner)].append(companion)
    return tuple(_plan(found, tied[id(found)], wanted) for found in wanted)


def _plan(images: Slice, companions: Sequence[Slice], wanted: Sequence[Slice]) -> Plan:
    maps = [found for found in companions if found.role is Role.T1_MAP]
    maps.sort(key=lambda found: found.is_motion_corrected)
    phases = [found for found in companions if found.role is Role.PHASE]
    return Plan(
        images=images,
        phase=phases[0] if phases else None,
        t1_map=maps[0].first if maps else None,
        fit_maps=tuple(image for found in companions for image in found.images if map_field(image)),
        same_series=sum(found.first.series_uid == images.first.series_uid for found in wanted),
    )


def _owner(companion: Slice, wanted: Sequence[Slice]) -> Slice | None:
    here = [found for found in wanted if _same_place(companion, found) and _may_belong(companion, found)]
    same_series = [found for found in here if found.first.series_uid == companion.first.series_uid]
    for choice in (same_series, [found for found in here if _is_during(companion, found)], here):
        if len(choice) == 1:
            return choice[0]
    before = [found for found in here if _number(found) <= _number(companion)]
    return max(before, key=_number, default=None)


def _may_belong(companion: Slice, found: Slice) -> bool:
    """Phase images are of the very readouts of the magnitude images; maps may be of any later time."""
    if companion.role is not Role.PHASE:
        return True
    if len(companion.images) != len(found.images):
        return False
    return all(_same_readout(one, other) for one, other in zip(companion.images, found.images, strict=True))


def _same_readout(one: Header, other: Header) -> bool:
    if any(abs(one.times[name] - other.times[name]) > SAME_TIME_MS for name in one.times if name in other.times):
        return False
    known = one.acquired_s is not None and other.acquired_s is not None
    return not known or abs((one.acquired_s or 0.0) - (other.acquired_s or 0.0)) <= SAME_TIME_S


def _same_place(one: Slice, other: Slice) -> bool:
    return (
        one.first.study_uid == other.first.study_uid
        and has_plane(one.first)
        and has_plane(other.first)
        and same_plane(one.first, other.first)
    )


def _is_during(companion: Slice, found: Slice) -> bool:
    times = [image.acquired_s for image in found.images if image.acquired_s is not None]
    own = companion.first.acquired_s
    return own is not None and bool(times) and min(times) - SAME_TIME_S <= own <= max(times) + SAME_TIME_S


def _number(found: Slice) -> int:
    return found.first.series_number if found.first.series_number is not None else 0
