"""What a scoring network learns from: the inputs of a cohort's basal and mid slices, with labels and what is true."""

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from myoqc.aha import Level
from myoqc.cohort import Cohort, CohortCase
from myoqc.errors import ImageError, InputError
from myoqc.locate import crop, turn_deg
from myoqc.records import CROP_PX, Segments
from myoqc.records.arrays import frozen
from myoqc.records.heart import N_SEGMENTS
from myoqc.score.apparent_motion import APPARENT_PX
from myoqc.score.crop_features import WORDS, features_of
from myoqc.score.inputs import Inputs, inputs_of
from myoqc.score.segment_statistics import N_STATISTICS
from myoqc.simulate.labels import Artefact
from myoqc.train.scorer_network import ARTEFACTS

MOST_IMAGES = 11
FEATURES = tuple(WORDS)


@dataclass(frozen=True, slots=True, eq=False)
class ScorerExamples:
    """Slices as the network reads them, n of them."""

    stack: NDArray[np.float16]
    """(n 11 160 160) as :class:`~myoqc.score.inputs.Inputs`; 0 beyond the images that there are."""
    n_images: NDArray[np.int64]
    """(n)"""
    t1: NDArray[np.float16]
    """(n 160 160)"""
    r2: NDArray[np.float16]
    """(n 160 160)"""
    ti: NDArray[np.float32]
    """(n 11)"""
    apparent: NDArray[np.float16]
    """(n 2 80 80)"""
    statistics: NDArray[np.float32]
    """(n 6 k)"""
    segment: NDArray[np.uint8]
    """(n 160 160) 1–6 in the segments, 0 elsewhere."""
    motion: NDArray[np.bool_]
    """(n 6) truth."""
    operator: NDArray[np.bool_]
    """(n 6) what the simulated operator marked."""
    error_ms: NDArray[np.float32]
    """(n 6) error of T1 by motion and noise, NaN where it is not known."""
    artefact: NDArray[np.int64]
    """(n) number in :data:`~myoqc.train.scorer_network.ARTEFACTS`, −1 where there is none."""
    way_mm: NDArray[np.float32]
    """(n) how far the wall went at most, in any segment and image: 0 where the heart is still."""
    distractor: NDArray[np.str_]
    """(n) what else was drawn to move or to disturb, by name."""
    subject: NDArray[np.str_]
    """(n) whose anatomy it is."""
    sequence: NDArray[np.str_]
    """(n 2) name of the scheme, and of the fit."""
    features: NDArray[np.float64]
    """(n f) what the slice is like, by :data:`FEATURES`; NaN for what could not be measured."""

    def __post_init__(self) -> None:
        side = f"{CROP_PX} {CROP_PX}"
        for name, dtype, axes in (
            ("stack", np.float16, f"n {MOST_IMAGES} {side}"),
            ("n_images", np.int64, "n"),
            ("t1", np.float16, f"n {side}"),
            ("r2", np.float16, f"n {side}"),
            ("ti", np.float32, f"n {MOST_IMAGES}"),
            ("apparent", np.float16, f"n 2 {APPARENT_PX} {APPARENT_PX}"),
            ("statistics", np.float32, f"n {N_SEGMENTS} {N_STATISTICS}"),
            ("segment", np.uint8, f"n {side}"),
            ("motion", bool, f"n {N_SEGMENTS}"),
            ("operator", bool, f"n {N_SEGMENTS}"),
            ("error_ms", np.float32, f"n {N_SEGMENTS}"),
            ("artefact", np.int64, "n"),
            ("way_mm", np.float32, "n"),
            ("features", np.float64, f"n {len(FEATURES)}"),
        ):
            object.__setattr__(self, name, frozen(getattr(self, name), dtype, axes, name))

    @property
    def wall_t1_ms(self) -> NDArray[np.float64]:
        """(n) median over the wall; NaN where nothing was fitted."""
        return np.asarray(self.features[:, FEATURES.index("wall_t1_ms")])

    @property
    def error(self) -> NDArray[np.float32]:
        """(n 6) error of T1 as a share of the wall's T1, NaN where it is not known."""
        return np.asarray(self.error_ms / self.wall_t1_ms[:, None], dtype=np.float32)

    def __len__(self) -> int:
        return len(self.n_images)


def scorable_numbers(cohort: Cohort, part: frozenset[str]) -> list[int]:
    """Numbers of the basal and mid slices whose subject is in ``part``; raises InputError where there are none."""
    levels = {Level.BASAL.value, Level.MID.value}
    numbers = [n for n, row in enumerate(cohort.rows) if row["subject"] in part and row["level"] in levels]
    if not numbers:
        raise InputError("no basal or mid slice to learn from", file=cohort.folder)
    return numbers


def scorer_examples(cohort: Cohort, numbers: Iterable[int]) -> ScorerExamples:
    """The cases ``numbers`` of a cohort, in this order, by their true outlines; a progress bar may watch them go by.

    Raises ImageError for a case of more images than fit.
    """
    operator = cohort.operator
    cases = ((cohort.case(number), operator[number]) for number in numbers)
    return examples_of((case, case.segments, marked) for case, marked in cases)


def examples_of(cases: Iterable[tuple[CohortCase, Segments, NDArray[np.bool_]]]) -> ScorerExamples:
    """Cases, seen by these segments, with what the operator marked in the true segments of the same numbers.

    Raises ImageError for a case of more images than fit.
    """
    examples = [_example(*each) for each in cases]
    return ScorerExamples(*(_locked(np.stack(values)) for values in zip(*examples, strict=True)))


def joined(parts: Iterable[ScorerExamples]) -> ScorerExamples:
    """Examples of several cohorts, one after the other."""
    every = list(parts)
    if len(every) == 1:
        return every[0]
    names = [field.name for field in fields(ScorerExamples)]
    return ScorerExamples(*(_locked(np.concatenate([getattr(part, name) for part in every])) for name in names))


def told_apart(examples: ScorerExamples, cohort: int) -> ScorerExamples:
    """Examples of the cohort of this number, from 0: drawn subjects are other people than those of the same name in
    another; real ones are not."""
    if cohort == 0:
        return examples
    names = [name if "/" in name else f"{name} of cohort {cohort + 1}" for name in examples.subject.tolist()]
    return replace(examples, subject=_locked(np.array(names)))


def _locked(array: NDArray[Any]) -> NDArray[Any]:
    """The same array, which a record now takes as it is: a copy would need as much memory again."""
    array.flags.writeable = False
    return array


def _example(case: CohortCase, segments: Segments, operator: NDArray[np.bool_]) -> tuple[Any, ...]:
    cut = crop(
        case.acquisition,
        case.maps,
        segments.centre_px,
        segments=segments,
        angle_deg=turn_deg(segments, case.acquisition.grid),
    )
    assert cut.masks is not None
    seen = inputs_of(cut)
    numbers = np.arange(1, N_SEGMENTS + 1, dtype=np.uint8)
    artefact = -1 if case.artefact is Artefact.NONE else ARTEFACTS.index(case.artefact)
    return (
        *_padded(seen),
        np.einsum("s,svu->vu", numbers, cut.masks.astype(np.uint8)),
        case.truth.motion,
        operator,
        case.harm.t1_error_ms.astype(np.float32),
        np.int64(artefact),
        np.float32(case.truth.displacement_mm.max()),
        np.str_(case.distractor.value),
        np.str_(case.subject),
        np.array([cut.schedule, cut.method]),
        np.array(list(features_of(cut).values())),
    )


def _padded(seen: Inputs) -> tuple[Any, ...]:
    """Fields of the examples up to the statistics."""
    n_images = len(seen.ti)
    if n_images > MOST_IMAGES:
        raise ImageError("too many images to learn from", expected=f"at most {MOST_IMAGES}", found=n_images)
    stack = np.zeros((MOST_IMAGES, CROP_PX, CROP_PX), dtype=np.float16)
    stack[:n_images] = seen.stack
    ti = np.zeros(MOST_IMAGES, dtype=np.float32)
    ti[:n_images] = seen.ti
    maps = (values.astype(np.float16) for values in (seen.t1, seen.r2))
    return stack, np.int64(n_images), *maps, ti, seen.apparent.astype(np.float16), seen.statistics
