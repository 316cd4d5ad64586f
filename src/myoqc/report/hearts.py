"""Which slices of a study one bullseye shows, and the values of its rings."""

from collections.abc import Iterable, Sequence

from myoqc.aha import Level
from myoqc.records import Assessment
from myoqc.report.bullseye import WITH_APEX, Bullseye, Ring, bullseye
from myoqc.report.document import segment_answers
from myoqc.report.facts import number
from myoqc.report.pictures import Scale
from myoqc.report.windows import probability_scale, t1_scale
from myoqc.report.words import is_scored


def bullseyes(assessments: Sequence[Assessment], names: Sequence[str]) -> list[Bullseye]:
    """Probability, then T1, of each heart.

    Slices of different known levels share a drawing; one of an unknown level has its own.
    """
    drawings = []
    for group in _hearts(assessments):
        members = [assessments[index] for index in group]
        caption = _caption([(assessments[index].acquisition.key.level, names[index]) for index in group])
        if any(is_scored(member) for member in members):
            threshold = next(member.scores.threshold for member in members if member.scores is not None)
            rings = [_probability_ring(member) for member in members]
            drawings.append(bullseye("Probability of motion", caption, probability_scale(threshold), rings))
        drawings.append(bullseye("Mean T1 (ms)", caption, t1_scale(members[0]), [_t1_ring(each) for each in members]))
    return drawings


def _caption(slices: Iterable[tuple[Level, str]]) -> str:
    """Which slice is which ring: 'outer ring: basal slice; inner ring: mid slice'."""
    named = list(slices)
    apex = any(level is Level.APICAL for level, _ in named)
    places = {
        Level.BASAL: "outer ring: {}",
        Level.MID: "middle ring: {}" if apex else "inner ring: {}",
        Level.APICAL: "inner ring: {}",
        Level.UNKNOWN: "{}, level unknown",
    }
    return "; ".join(places[level].format(name.lower()) for level, name in named)


def _hearts(assessments: Sequence[Assessment]) -> list[list[int]]:
    """Positions of the slices that one bullseye shows: different levels on the same scales of T1 and probability.

    A slice without scores, as an apical one, goes with those of any model.
    """
    groups: list[list[int]] = []
    for position, assessment in enumerate(assessments):
        if assessment.summaries:
            home = next((group for group in groups if _joins(assessment, [assessments[i] for i in group])), None)
            if home is None:
                groups.append([position])
            else:
                home.append(position)
    return groups


def _joins(assessment: Assessment, members: Iterable[Assessment]) -> bool:
    def standing(each: Assessment) -> tuple[Level, Scale, tuple[str, float] | None]:
        model = None if each.scores is None else (each.scores.model_digest, each.scores.threshold)
        return each.acquisition.key.level, t1_scale(each), model

    level, scale, model = standing(assessment)
    return level in WITH_APEX and all(
        other in WITH_APEX
        and other is not level
        and other_scale == scale
        and (model == other_model or None in (model, other_model))
        for other, other_scale, other_model in map(standing, members)
    )


def _probability_ring(assessment: Assessment) -> Ring:
    probability, motion = segment_answers(assessment)
    texts = [number(value, 2) if value is not None else "" for value in probability]
    return Ring(assessment.acquisition.key.level, assessment.kinds, probability, texts, motion)


def _t1_ring(assessment: Assessment) -> Ring:
    means_ms: list[float | None] = [None] * len(assessment.kinds)
    for summary in assessment.summaries:
        means_ms[summary.segment] = summary.t1_mean_ms if summary.t1_mean_ms == summary.t1_mean_ms else None
    texts = [number(mean_ms) if mean_ms is not None else "" for mean_ms in means_ms]
    return Ring(assessment.acquisition.key.level, assessment.kinds, means_ms, texts, segment_answers(assessment)[1])
