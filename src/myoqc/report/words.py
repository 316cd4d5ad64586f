"""The answer in plain words: what a person reads first, in the report and on the command line."""

import math
from collections.abc import Sequence
from enum import Enum

import numpy as np

from myoqc.aha import AnySegment, Level, Segment
from myoqc.records import N_SEGMENTS, Assessment, Origin

DISCLAIMER = "Research software, not a medical device: not for diagnosis, nor for decisions about a patient."
NOT_SCORED_HINT = "To have it scored, give the contours: myoqc check FOLDER --contours FILE (see the README)."

_ABBREVIATIONS = {
    "anterior": "A",
    "anteroseptal": "AS",
    "inferoseptal": "IS",
    "septal": "S",
    "inferior": "I",
    "inferolateral": "IL",
    "lateral": "L",
    "anterolateral": "AL",
}


class Verdict(Enum):
    """The answer about one slice or study; the value is the word on its badge."""

    MOTION = "motion"
    CLEAR = "no motion"
    UNSCORED = "not scored"


def is_scored(assessment: Assessment) -> bool:
    """True where at least one segment has a probability and the scorer did not abstain."""
    scores = assessment.scores
    return scores is not None and assessment.abstained is None and not math.isnan(scores.image_probability)


def verdict(assessment: Assessment) -> Verdict:
    """What a person must know first about one slice."""
    if assessment.scores is None or not is_scored(assessment):
        return Verdict.UNSCORED
    return Verdict.MOTION if assessment.scores.image_motion else Verdict.CLEAR


def study_verdict(assessments: Sequence[Assessment]) -> Verdict:
    """Motion where any slice has it; 'no motion' only where every slice was scored."""
    verdicts = {verdict(assessment) for assessment in assessments}
    if Verdict.MOTION in verdicts:
        return Verdict.MOTION
    return Verdict.CLEAR if verdicts == {Verdict.CLEAR} else Verdict.UNSCORED


def segment_mark(segment: AnySegment, level: Level) -> str:
    """What stands beside a segment in a picture: its AHA number, or letters where the level gives none."""
    number = segment.aha(level)
    return _ABBREVIATIONS[segment.word] if number is None else str(number)


def listed(words: Sequence[str]) -> str:
    """Words as a person lists them: ``a``, ``a and b``, ``a, b and c``."""
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def slice_name(level: Level) -> str:
    """'Mid slice', or just 'Slice' where the level is unknown."""
    return "Slice" if level is Level.UNKNOWN else f"{level.value.capitalize()} slice"


def slice_names(assessments: Sequence[Assessment]) -> list[str]:
    """A name for each slice of a study; those that would be called the same are numbered."""
    names = [slice_name(assessment.acquisition.key.level) for assessment in assessments]
    return [
        name if names.count(name) == 1 else f"{name} {names[: number + 1].count(name)}"
        for number, name in enumerate(names)
    ]


def headline(assessment: Assessment, name: str | None = None) -> str:
    """One sentence that answers for one slice; ``name`` replaces the slice's level."""
    name = name or slice_name(assessment.acquisition.key.level)
    if assessment.scores is None or not is_scored(assessment):
        return f"{name} not scored{_reason(assessment)}."
    suspect = _segments(assessment.scores.motion.tolist())
    unscored = _segments(np.isnan(assessment.scores.probability).tolist())
    answer = f"motion likely in {_placed(suspect)}" if suspect else "no motion found"
    return f"{name}: {answer}{f'; {_placed(unscored)} could not be scored' if unscored else ''}."


def outlines_sentence(assessment: Assessment) -> str:
    """Who says where the heart is; empty where nobody does."""
    if assessment.found is not None:
        return f"Outlines found automatically (expected overlap {assessment.found.quality:.2f})."
    if assessment.contours is not None:
        before = ", once found automatically" if is_automatic(assessment) else ""
        return f"Outlines given{before}."
    return "" if assessment.segments is None else "Segments given."


def is_automatic(assessment: Assessment) -> bool:
    """True where no hand drew the outlines."""
    return assessment.contours is not None and assessment.contours.origin is Origin.AUTOMATIC


def summary_lines(assessments: Sequence[Assessment]) -> list[str]:
    """The headline of each slice, in order, with names that tell the slices apart."""
    return [headline(assessment, name) for assessment, name in zip(assessments, slice_names(assessments), strict=True)]


def study_headline(assessments: Sequence[Assessment]) -> str:
    """One sentence that answers for the whole study."""
    if not assessments:
        return "Nothing could be checked."
    if len(assessments) == 1:
        return headline(assessments[0])
    counts = {kind: sum(verdict(each) is kind for each in assessments) for kind in Verdict}
    n_slices, n_scored = len(assessments), len(assessments) - counts[Verdict.UNSCORED]
    if not n_scored:
        reasons = {_reason(assessment) for assessment in assessments}
        return f"None of the {n_slices} slices was scored{reasons.pop() if len(reasons) == 1 else ''}."
    if counts[Verdict.MOTION]:
        answer = f"Motion likely in {counts[Verdict.MOTION]} of {n_slices} slices"
    elif n_scored == n_slices:
        answer = f"No motion found in any of the {n_slices} slices"
    else:
        answer = f"No motion found in {n_scored} of {n_slices} slices"
    unscored = counts[Verdict.UNSCORED]
    return f"{answer}; {unscored} not scored." if unscored else f"{answer}."


def _reason(assessment: Assessment) -> str:
    if assessment.abstained:
        return f": {assessment.abstained.strip().rstrip('.')}"
    return "" if assessment.scores is None else ": no segment has a usable value"


def _segments(chosen: Sequence[bool]) -> list[str]:
    return [segment.word for segment, yes in zip(Segment, chosen, strict=True) if yes]


def _placed(words: Sequence[str]) -> str:
    if len(words) == N_SEGMENTS:
        return "all six segments"
    return f"the {listed(words)} segment{'s' if len(words) > 1 else ''}"


def error_words(quantiles_ms: Sequence[float] | None) -> str:
    """What motion and noise are expected to have added to T1, with its range (5 to 95 %); empty for None."""
    if quantiles_ms is None:
        return ""
    low, middle, high = (f"{value:+.0f}".replace("-", "−") for value in quantiles_ms)
    return f"error {middle} ({low} to {high}) ms"
