"""What is measured of a reproduction: every statistic of the paper's §2.4 and §3, and those it lacks [Zhang2020]."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from myoqc.evaluate import (
    SECOND,
    FoldAgreement,
    FoldShares,
    Resamples,
    Rightness,
    SelectionEffect,
    ThreeReaders,
    auc,
    auc_within_maps,
    by_image,
    by_segment,
    draw_rereading,
    draw_resamples,
    fold_agreement,
    network_agreement,
    only_disputed,
    selection_effect,
    three_readers,
    who_is_right,
)
from myoqc.evaluate.audit import CALLED_FROM
from myoqc.evaluate.scored import (
    EVERYTHING,
    IMAGES,
    SEGMENTS,
    WITHIN,
    Curves,
    Figure,
    Question,
    answer,
    curves,
    questions,
    with_holm,
)
from myoqc.evaluate.selection_effect import DISPUTED, MIXED
from myoqc.records.scored_cases import ScoredCases
from myoqc.train.attention_loss import Arm
from myoqc.train.crossval_attention import AttentionFigure, attention_figures
from myoqc.train.crossval_cases import OPERATOR, TRUTH, kinds_of, scored_cases
from myoqc.train.crossval_labels import CORRECTED
from myoqc.train.crossval_outlines import TRUE, Cell
from myoqc.train.out_of_fold import OutOfFold
from myoqc.train.reproduction import Scored

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
FEWEST_PATIENTS = 2
"""For an interval."""
UNITS = (SEGMENTS, IMAGES, WITHIN)
Watch = Callable[[Sequence[Question], str], Iterable[Question]]
"""Shows on a screen how many of the questions are answered."""


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """Figures of scores: of which cases, every one of them, and curves."""

    cases: ScoredCases
    figures: tuple[Figure, ...]
    curves: tuple[Curves, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Reproduced:
    """SIMULATED. Everything that was measured."""

    clean: Measured
    """Of maps without another artefact."""
    folds: Mapping[str, Mapping[str, FoldAgreement]]
    """Reference → scorer → Table 1."""
    disturbed: Measured | None
    """Of maps with another artefact, by the mean of the networks that don't know the subject; None without any."""
    networks: Mapping[str, Mapping[str, FoldShares]]
    """Reference → scorer → agreement of each fold's network on maps with another artefact."""
    three: Mapping[str, ThreeReaders]
    """Which maps are read → agreement of operator, machine and second reader."""
    selection: Mapping[str, Sequence[SelectionEffect]]
    """Reference → what rereading disagreements alone does."""
    rightness: Mapping[str, Sequence[Rightness]]
    """Scorer → machine against truth beside operator against truth."""
    attention: Sequence[AttentionFigure]
    outlines: Measured | None
    """What networks say of slices by the outlines that they learnt from and those they are tested on."""
    seeds: Mapping[str, Mapping[str, tuple[float, ...]]]
    """Unit → arm → AUC against the truth of each seed."""


def measure_all(scored: Scored, watch: Watch) -> Reproduced:
    """Measure everything; raises InputError for fewer than two patients."""
    first = next(iter(scored.networks.values()))
    rng = np.random.default_rng(scored.wanted.seed)
    clean = _cases(scored, first.number, {name: each.probability for name, each in scorers_of(scored).items()})
    drawn = draw_resamples(rng, clean.patient, scored.wanted.resamples)
    second = scored.material.second_reader[first.number]
    called = clean.scores[scored.first] >= CALLED_FROM
    operator, truth = clean.labels[OPERATOR], clean.labels[TRUTH]
    mixed = draw_rereading(rng, operator, called)
    kinds = {name: each for name, each in clean.strata.items() if name in ("level", "field")}
    return Reproduced(
        clean=_measured(clean, drawn, watch, "Measuring"),
        folds=_folds(scored, clean),
        disturbed=_of_disturbed(scored, rng, watch),
        networks=_networks(scored),
        three={
            DISPUTED: three_readers(operator, called, second, only_disputed(operator, called), drawn),
            MIXED: three_readers(operator, called, second, mixed, drawn),
        },
        selection={
            name: selection_effect(operator, called, reference, mixed, drawn)
            for name, reference in ((SECOND, second), (TRUTH, truth))
        },
        rightness={
            name: who_is_right(score >= CALLED_FROM, operator, truth, drawn, kinds)
            for name, score in clean.scores.items()
        },
        attention=attention_figures(scored.examples, scored.attention, rng, scored.wanted.resamples),
        outlines=_by_outlines(scored, rng, watch),
        seeds=_seeds(scored),
    )


def scorers_of(scored: Scored) -> dict[str, OutOfFold]:
    """Name → scores: the arms of the first seed, the one in question first, and the baselines."""
    arms = {arm: each for (arm, seed), each in scored.networks.items() if seed == 0}
    return arms | dict(scored.baselines)


def _cases(scored: Scored, number: NDArray[np.int64], scores: Mapping[str, FloatArray]) -> ScoredCases:
    """The scorer in question is compared with every other, and the one that learnt again with it."""
    others = [name for name in scores if name not in (scored.first, CORRECTED)]
    compared = [(scored.first, name) for name in others] + [(CORRECTED, scored.first)] * (CORRECTED in scores)
    return scored_cases(scored.material, scored.examples, number, scores, compared)


def _measured(cases: ScoredCases, drawn: Resamples, watch: Watch, text: str, *, brief: bool = False) -> Measured:
    """Every figure; ``brief`` leaves out kinds of slices, and each segment by itself."""
    asked = questions(cases, drawn, CALLED_FROM)
    if brief:
        asked = [each for each in asked if each.blank.stratum == EVERYTHING and each.blank.unit in UNITS]
    figures = with_holm([answer(each) for each in watch(asked, text)])
    return Measured(cases, tuple(figures), tuple(curves(cases, drawn)))


def _folds(scored: Scored, cases: ScoredCases) -> dict[str, dict[str, FoldAgreement]]:
    first = next(iter(scored.networks.values()))
    fold, level = first.fold, kinds_of(scored.material, scored.examples, first.number)["level"]
    return {
        reference: {
            name: fold_agreement(score >= CALLED_FROM, score, motion, level, fold)
            for name, score in cases.scores.items()
        }
        for reference, motion in cases.labels.items()
    }


def _networks(scored: Scored) -> dict[str, dict[str, FoldShares]]:
    """Agreement on maps with another artefact; empty where there is none."""
    every = scorers_of(scored)
    numbers = next(iter(every.values())).disturbed
    labels = {OPERATOR: scored.examples.operator[numbers], TRUTH: scored.examples.motion[numbers]}
    return {
        reference: {name: network_agreement(_calls(each.disturbed_probability), motion) for name, each in every.items()}
        for reference, motion in labels.items()
        if len(numbers)
    }


def _calls(probability: FloatArray) -> FloatArray:
    return np.where(np.isnan(probability), np.nan, probability >= CALLED_FROM)


def _of_disturbed(scored: Scored, rng: np.random.Generator, watch: Watch) -> Measured | None:
    every = scorers_of(scored)
    numbers = next(iter(every.values())).disturbed
    if len(np.unique(scored.examples.subject[numbers])) < FEWEST_PATIENTS:
        return None
    cases = _cases(
        scored, numbers, {name: np.nanmean(each.disturbed_probability, axis=0) for name, each in every.items()}
    )
    drawn = draw_resamples(rng, cases.patient, scored.wanted.resamples)
    return _measured(cases, drawn, watch, "Measuring maps with another artefact")


def _by_outlines(scored: Scored, rng: np.random.Generator, watch: Watch) -> Measured | None:
    """On the slices that are scored by either outlines."""
    if not scored.by_outlines:
        return None
    number = next(iter(scored.by_outlines.values())).number
    true = scored.networks[Arm.SUPERVISED.value, 0]
    scores = {named(Cell(TRUE, TRUE)): true.probability[np.isin(true.number, number)]}
    scores |= {named(cell): each.probability for cell, each in scored.by_outlines.items()}
    first, *others = scores
    cases = scored_cases(scored.material, scored.examples, number, scores, [(other, first) for other in others])
    drawn = draw_resamples(rng, cases.patient, scored.wanted.resamples)
    return _measured(cases, drawn, watch, "Measuring by other outlines", brief=True)


def named(cell: Cell) -> str:
    """A cell in words."""
    return f"{cell.trained} → {cell.tested}"


def _seeds(scored: Scored) -> dict[str, dict[str, tuple[float, ...]]]:
    found: dict[str, dict[str, tuple[float, ...]]] = {SEGMENTS: {}, IMAGES: {}, WITHIN: {}}
    for (arm, _), each in scored.networks.items():
        motion = scored.examples.motion[each.number]
        areas = {
            SEGMENTS: auc(*by_segment(each.probability, motion)),
            IMAGES: auc(*by_image(each.probability, motion)),
            WITHIN: auc_within_maps(each.probability, motion),
        }
        for unit, value in areas.items():
            found[unit][arm] = (*found[unit].get(arm, ()), value)
    return found
