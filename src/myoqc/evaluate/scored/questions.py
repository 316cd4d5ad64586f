"""All that is asked of a table: of each scorer against each reference, over all cases and over those of each kind."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from myoqc.aha import Segment
from myoqc.errors import InputError
from myoqc.evaluate.bootstrap import Resamples, draw_resamples
from myoqc.evaluate.holm import holm
from myoqc.evaluate.scored import measures as measure
from myoqc.evaluate.scored.figure import ALWAYS_CLEAN, EVERYTHING, TOO_FEW, Estimate, Figure
from myoqc.evaluate.scored.sample import Maps, Sample, among, images_of, segment_of, segments_of, within
from myoqc.records.heart import N_SEGMENTS
from myoqc.records.scored_cases import ScoredCases

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
LEAST_MAPS = 10
"""Of a class, for a figure of a stratum."""
NEEDS = {measure.SENSITIVITY: (True, False), measure.SPECIFICITY: (False, True), measure.AGREEMENT: (False, False)}
"""Measure → whether it needs maps with motion, and without; others need both."""


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """A figure that is not known yet, and what gives it."""

    blank: Figure
    ask: Callable[[], Estimate]


class _Kind(NamedTuple):
    """The slices of a stratum, whoever scored them."""

    stratum: str
    chosen: BoolArray
    """(n)"""
    resamples: Resamples
    """Of the chosen ones."""


def draw_maps(rng: np.random.Generator, cases: ScoredCases, n_resamples: int) -> Resamples:
    """Draw the patients that all figures share, so that they are paired; raises InputError for fewer than two."""
    return draw_resamples(rng, cases.patient, n_resamples)


def questions(cases: ScoredCases, drawn: Resamples, threshold: float) -> list[Question]:
    """Every figure that a table can give; a segment is called where its score is ``threshold`` or more.

    References are kept apart. Asking costs little beside answering, and the order is always the same: leave out what is
    not wanted by its ``blank``, or let several processes each answer a share. Where a figure can't be had,
    :func:`answer` says why. Raises InputError where a scorer has the name of the baseline.
    """
    if ALWAYS_CLEAN in cases.scores:
        raise InputError("a scorer has the name of the baseline", expected="another name", found=ALWAYS_CLEAN)
    asked: list[Question] = []
    baseline = {ALWAYS_CLEAN: np.zeros((len(cases.case), N_SEGMENTS))}
    kinds = _kinds(cases, drawn)
    for reference, motion in cases.labels.items():
        maps = Maps(motion, drawn)
        for scorer, score in (dict(cases.scores) | baseline).items():
            asked += [_with(each, reference, scorer) for each in _of_scorer(maps, score, threshold)]
            asked += [_with(each, reference, scorer) for each in _of_kinds(motion, score, kinds, threshold)]
        for name, (first, second) in cases.differences.items():
            compared = _of_two(maps, cases.scores[first], cases.scores[second], threshold)
            asked += [_with(each, reference, name) for each in compared]
    return asked


def answer(question: Question) -> Figure:
    """The figure, or the note that says why there is none."""
    if question.blank.note:
        return question.blank
    try:
        return replace(question.blank, **asdict(question.ask()))
    except InputError as error:
        return replace(question.blank, note=error.problem)


def with_holm(figures: Sequence[Figure]) -> list[Figure]:
    """The same figures; the p-values of the six segments of one question are adjusted for each other [Holm1979]."""
    adjusted = list(figures)
    places: dict[tuple[str, ...], list[int]] = {}
    for place, each in enumerate(figures):
        if each.unit in {segment.word for segment in Segment}:
            places.setdefault((each.reference, each.scorer, each.stratum, each.measure), []).append(place)
    for family in places.values():
        for place, p_holm in zip(family, holm([figures[place].p_value for place in family]), strict=True):
            adjusted[place] = replace(figures[place], p_holm=float(p_holm))
    return adjusted


def _of_scorer(maps: Maps, score: FloatArray, threshold: float) -> Iterator[Question]:
    everything = {**measure.ranking(), **measure.decisions(threshold), **measure.probabilities(threshold)}
    yield from _asked(segments_of(maps, score), everything)
    yield from _asked(within(maps, score), measure.within_maps())
    yield from _asked(images_of(maps, score), everything)
    for segment in Segment:
        of_one = {measure.AUC: measure.area, **measure.decisions(threshold)}
        yield from _asked(segment_of(maps, score, segment), of_one)


def _kinds(cases: ScoredCases, drawn: Resamples) -> list[_Kind]:
    found = []
    for column, kinds in cases.strata.items():
        for kind in sorted(set(kinds)):
            chosen = np.array([each == kind for each in kinds])
            found.append(_Kind(f"{column} {kind}", chosen, among(drawn, chosen)))
    return found


def _of_kinds(motion: BoolArray, score: FloatArray, kinds: Sequence[_Kind], threshold: float) -> Iterator[Question]:
    decided = measure.decisions(threshold)
    some = {measure.AUC: measure.area} | {name: decided[name] for name in NEEDS}
    for kind in kinds:
        maps, part = Maps(motion[kind.chosen], kind.resamples), score[kind.chosen]
        yield from _asked(segments_of(maps, part), some, kind.stratum)
        yield from _asked(within(maps, part), measure.within_maps(), kind.stratum)
        yield from _asked(images_of(maps, part), some, kind.stratum)


def _of_two(maps: Maps, first: FloatArray, second: FloatArray, threshold: float) -> Iterator[Question]:
    compared = measure.comparisons(threshold)
    yield from _compared(segments_of(maps, first), segments_of(maps, second), compared)
    yield from _compared(within(maps, first), within(maps, second), measure.comparisons_within_maps())
    yield from _compared(images_of(maps, first), images_of(maps, second), compared)
    for segment in Segment:
        of_one = {name: compared[name] for name in (measure.AUC, measure.AGREEMENT)}
        yield from _compared(segment_of(maps, first, segment), segment_of(maps, second, segment), of_one)


def _asked(sample: Sample, measures: Mapping[str, measure.Measure], stratum: str = EVERYTHING) -> Iterator[Question]:
    for name, of in measures.items():
        note = "" if stratum == EVERYTHING else _too_few(sample, name)
        yield Question(_blank(sample, name, stratum, note), partial(of, sample))


def _compared(first: Sample, second: Sample, comparisons: Mapping[str, measure.Comparison]) -> Iterator[Question]:
    for name, of in comparisons.items():
        yield Question(_blank(first, name, EVERYTHING, ""), partial(of, first, second))


def _blank(sample: Sample, name: str, stratum: str, note: str) -> Figure:
    return Figure("", "", stratum, sample.unit, name, sample.n_with, sample.n_without, note=note)


def _with(question: Question, reference: str, scorer: str) -> Question:
    return replace(question, blank=replace(question.blank, reference=reference, scorer=scorer))


def _too_few(sample: Sample, name: str) -> str:
    """What a stratum lacks for this measure; empty where it has enough."""
    with_motion, without = NEEDS.get(name, (True, True))
    n_with, n_without = sample.n_maps_with, sample.n_maps_without
    lacks = (with_motion and n_with < LEAST_MAPS) or (without and n_without < LEAST_MAPS)
    if lacks or sample.n_maps < LEAST_MAPS:
        return f"{TOO_FEW}: {n_with} slices with motion, {n_without} without"
    return ""
