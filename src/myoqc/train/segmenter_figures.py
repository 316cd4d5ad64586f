"""How well the heart is found in cases whose outlines are known, case by case and over kinds of cases."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from myoqc import polygons
from myoqc.aha import Level
from myoqc.cohort import CohortCase
from myoqc.errors import InputError, NoVentricleError
from myoqc.evaluate import dice, insertion_error_mm, outline_distance, segment_overlap
from myoqc.locate import Segmenter, find_heart
from myoqc.records import Contours, FoundHeart, Segments
from myoqc.simulate.labels import Artefact

NAN = float("nan")


@dataclass(frozen=True, slots=True)
class Judged:
    """One case, found against true; where no heart was found, overlaps are 0 and the rest is NaN."""

    subject: str
    real: bool
    level: Level
    schedule: str
    motion: bool
    """Truth: any segment moves."""
    artefact: Artefact
    found: bool
    quality: float
    dice_wall: float
    dice_cavity: float
    dice_right: float
    """NaN where the slice does not cut the right ventricle."""
    segments: float
    """Mean overlap of the segments; 0 where they could not be told apart."""
    anterior_mm: float
    """Error of the insertion; NaN where none is there or none was found."""
    inferior_mm: float
    shown: bool
    """Whether the right ventricle is there, so that insertions can be seen."""
    distance_mm: float
    """Mean distance of the inner and outer outlines."""
    level_is_right: bool
    seconds: float


@dataclass(frozen=True, slots=True, eq=False)
class Search:
    """What came of looking for the heart in a case."""

    found: FoundHeart | None
    why_not: str
    """Reason for a person; empty where a heart was found."""
    seconds: float


def search(case: CohortCase, segmenter: Segmenter | None = None) -> Search:
    """Find the heart of a case from its images and maps alone."""
    began = perf_counter()
    try:
        found, why_not = find_heart(case.acquisition, case.maps, segmenter), ""
    except NoVentricleError as error:
        found, why_not = None, error.problem
    return Search(found, why_not, perf_counter() - began)


def judge(case: CohortCase, segmenter: Segmenter | None = None) -> Judged:
    """Find the heart of a case, and compare it with the truth."""
    return compare(case, search(case, segmenter))


def compare(case: CohortCase, looked: Search) -> Judged:
    """What was found against the truth."""
    found, true = looked.found, case.contours
    overlaps = (0.0,) * 3 if found is None else _overlaps(case, found)
    return Judged(
        subject=case.subject,
        real=case.drawn["plan"]["patient"]["anatomy"] is not None,
        level=case.acquisition.key.level,
        schedule=case.acquisition.schedule.name,
        motion=case.truth.any_motion,
        artefact=case.artefact,
        found=found is not None,
        quality=NAN if found is None else found.quality,
        dice_wall=overlaps[0],
        dice_cavity=overlaps[1],
        dice_right=overlaps[2] if case.right_ventricle.any() else NAN,
        segments=0.0 if found is None else _segments(case, found.contours),
        anterior_mm=_away_mm(case, found, true.rv_insertion_px, "rv_insertion_px"),
        inferior_mm=_away_mm(case, found, true.rv_inferior_px, "rv_inferior_px"),
        shown=bool(case.right_ventricle.any()),
        distance_mm=NAN if found is None else _distance_mm(case, found.contours),
        level_is_right=found is not None and found.level is case.acquisition.key.level,
        seconds=looked.seconds,
    )


def _overlaps(case: CohortCase, found: FoundHeart) -> tuple[float, float, float]:
    """Dice of wall, left cavity and right cavity, on the pixels of the images."""
    shape = case.acquisition.grid.shape
    true_wall, true_cavity = _wall_and_cavity(case.contours, shape)
    wall, cavity = _wall_and_cavity(found.contours, shape)
    right = np.zeros(shape, dtype=bool) if found.right_px is None else polygons.fill(found.right_px, shape)
    pairs = ((wall, true_wall), (cavity, true_cavity), (right, case.right_ventricle))
    first, second, third = (float(dice(a, b)) for a, b in pairs)
    return first, second, third


def _wall_and_cavity(contours: Contours, shape: tuple[int, int]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    cavity = polygons.fill(contours.endo_px, shape)
    return polygons.fill(contours.epi_px, shape) & ~cavity, cavity


def _segments(case: CohortCase, contours: Contours) -> float:
    """Mean overlap of the segments that this level has."""
    level, grid = case.acquisition.key.level, case.acquisition.grid
    try:
        masks = Segments.from_contours(contours, grid, level).masks
    except InputError:
        return 0.0
    return float(np.nanmean(segment_overlap(masks, Segments.from_contours(case.contours, grid, level).masks)))


def _away_mm(case: CohortCase, found: FoundHeart | None, true_px: NDArray[np.float64] | None, name: str) -> float:
    point = None if found is None else getattr(found.contours, name)
    if point is None or true_px is None or not case.right_ventricle.any():
        return NAN
    return insertion_error_mm(point, true_px, case.acquisition.grid.spacing_mm)


def _distance_mm(case: CohortCase, contours: Contours) -> float:
    pairs = ((contours.endo_px, case.contours.endo_px), (contours.epi_px, case.contours.epi_px))
    return float(np.mean([outline_distance(a, b, case.acquisition.grid.spacing_mm).mean_mm for a, b in pairs]))


KINDS: Mapping[str, Callable[[Judged], bool]] = {
    "all": lambda case: True,
    "drawn": lambda case: not case.real,
    "real anatomies": lambda case: case.real,
    "without motion": lambda case: not case.motion,
    "with motion": lambda case: case.motion,
    "other artefact": lambda case: case.artefact is not Artefact.NONE,
    "basal": lambda case: case.level is Level.BASAL,
    "mid": lambda case: case.level is Level.MID,
    "apical": lambda case: case.level is Level.APICAL,
}
"""Kinds of cases for which figures are given."""


def figures(cases: Sequence[Judged]) -> dict[str, dict[str, float | None]]:
    """Figures of every kind of cases that there is, as plain JSON."""
    groups = {name: [case for case in cases if is_one(case)] for name, is_one in KINDS.items()}
    return {name: _figures(group) for name, group in groups.items() if group}


def _figures(cases: Sequence[Judged]) -> dict[str, float | None]:
    def values(name: str) -> NDArray[np.float64]:
        return np.array([getattr(case, name) for case in cases], dtype=np.float64)

    wall, away_mm = values("dice_wall"), np.concatenate([values("anterior_mm"), values("inferior_mm")])
    shown = values("shown") > 0
    return {
        "n": len(cases),
        "subjects": len({case.subject for case in cases}),
        "found": _rounded(values("found").mean()),
        "dice_wall": _rounded(wall.mean()),
        "dice_wall_5_percent": _rounded(np.percentile(wall, 5)),
        "dice_cavity": _rounded(values("dice_cavity").mean()),
        "dice_right": _rounded(_nanmean(values("dice_right"))),
        "segment_overlap": _rounded(_nanmean(values("segments")[shown])),
        "insertion_median_mm": _rounded(_nanpercentile(away_mm, 50)),
        "insertion_95_percent_mm": _rounded(_nanpercentile(away_mm, 95)),
        "insertions_found": _rounded(
            _nanmean(np.isfinite(np.r_[values("anterior_mm")[shown], values("inferior_mm")[shown]]))
        ),
        "distance_mm": _rounded(_nanmean(values("distance_mm"))),
        "level_is_right": _rounded(values("level_is_right").mean()),
        "seconds": _rounded(np.median(values("seconds"))),
    }


def _nanmean(values: Iterable[float]) -> float:
    known = [value for value in values if np.isfinite(value)]
    return float(np.mean(known)) if known else NAN


def _nanpercentile(values: NDArray[np.float64], percent: float) -> float:
    known = values[np.isfinite(values)]
    return float(np.percentile(known, percent)) if known.size else NAN


def _rounded(value: float) -> float | None:
    return None if not np.isfinite(value) else round(float(value), 4)
