"""What the page shows of one slice: pictures with their captions, and the rows of its table."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from myoqc.records import Assessment, SegmentSummary
from myoqc.report.attention import TITLES, attention_map, shown_segments
from myoqc.report.document import segment_answers, segment_is_unsure, t1_error_ms
from myoqc.report.facts import Fact, agreement_sentence, facts, number, time_symbol
from myoqc.report.frames import Frame, heart, whole
from myoqc.report.overlay import Overlay, overlay
from myoqc.report.pictures import Scale, png_uri
from myoqc.report.windows import ATTENTION_SCALE, R2_SCALE, image_scale, t1_scale
from myoqc.report.words import (
    NOT_SCORED_HINT,
    Verdict,
    error_words,
    headline,
    is_scored,
    outlines_sentence,
    segment_mark,
    verdict,
)

T1_TITLE = "T1"
R2_TITLE = "R² (coefficient of determination)"


@dataclass(frozen=True, slots=True)
class Picture:
    """One map or image inside a frame; ``uri`` holds the PNG itself."""

    uri: str
    frame: Frame
    title: str
    caption: str = ""
    scale: Scale | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table of segments, as text; ``motion`` None = not scored."""

    mark: str
    segment: str
    t1_mean: str
    t1_sd: str
    t1_error: str
    """What motion and noise added to T1, with its range; empty where the scorer does not tell."""
    r2_mean: str
    r2_min: str
    fitted: str
    probability: float | None
    motion: bool | None
    unsure: bool


@dataclass(frozen=True, slots=True)
class SliceView:
    """Everything that the page says about one slice."""

    number: int
    name: str
    assessment: Assessment
    headline: str
    verdict: Verdict
    performance: str
    """How well the scorer is known to do; empty where the slice was not scored."""
    outlined: str
    """Where the outlines come from; empty where there are none."""
    hint: str
    overlay: Overlay
    maps: tuple[Picture, ...]
    attention: tuple[Picture, ...]
    """Where the scorer looked, over the same part; empty where it does not tell."""
    overviews: tuple[Picture, ...]
    """The same maps over the whole image; empty where ``maps`` show all of it already."""
    weighted: tuple[Picture, ...]
    rows: tuple[Row, ...]
    agreement: str
    facts: list[Fact]


def slice_view(number: int, name: str, assessment: Assessment, hint: str | None) -> SliceView:
    """Prepare one slice for the page; ``hint`` replaces the advice where it wasn't scored for want of contours."""
    everything = whole(assessment.acquisition.grid)
    frame = heart(assessment) or everything
    shows_all = (frame.rows, frame.columns) == (everything.rows, everything.columns)
    lacks_contours = not is_scored(assessment) and assessment.segments is None
    return SliceView(
        number=number,
        name=name,
        assessment=assessment,
        headline=headline(assessment, name),
        verdict=verdict(assessment),
        performance=assessment.scores.performance if assessment.scores and is_scored(assessment) else "",
        outlined=outlines_sentence(assessment),
        hint=(hint or NOT_SCORED_HINT) if lacks_contours else "",
        overlay=overlay(assessment),
        maps=map_pictures(assessment, frame),
        attention=_attention(assessment, frame),
        overviews=() if shows_all else map_pictures(assessment, everything),
        weighted=weighted_pictures(assessment, frame),
        rows=rows(assessment),
        agreement=agreement_sentence(assessment),
        facts=facts(assessment),
    )


def map_pictures(assessment: Assessment, frame: Frame) -> tuple[Picture, ...]:
    """T1 and R² inside a frame, on the scales of the page."""
    shown: Sequence[tuple[str, NDArray[np.floating] | None, Scale]] = (
        (T1_TITLE, assessment.maps.t1_ms, t1_scale(assessment)),
        (R2_TITLE, assessment.maps.r2, R2_SCALE),
    )
    return tuple(
        Picture(png_uri(frame.cut(values), scale), frame, title, scale=scale)
        for title, values, scale in shown
        if values is not None
    )


def _attention(assessment: Assessment, frame: Frame) -> tuple[Picture, ...]:
    values, scores = attention_map(assessment), assessment.scores
    if values is None or scores is None or scores.attention is None:
        return ()
    segments = ", ".join(segment.word for segment in shown_segments(assessment))
    said = "with motion" if scores.image_motion else "most suspect, no motion"
    title, caption = TITLES[scores.attention.method], f"{segments}: {said}" if segments else ""
    return (Picture(png_uri(frame.cut(values), ATTENTION_SCALE), frame, title, caption, ATTENTION_SCALE),)


def weighted_pictures(assessment: Assessment, frame: Frame) -> tuple[Picture, ...]:
    """The weighted images inside a frame in order of acquisition, in one grey window."""
    acquisition = assessment.acquisition
    images, symbol = frame.cut(acquisition.images), time_symbol(acquisition)
    scale = image_scale(images)
    preparations = _preparations(acquisition.schedule.samples, acquisition.schedule.preparation.value)
    return tuple(
        Picture(png_uri(image, scale), frame, f"{symbol} {time_ms:.0f} ms", caption)
        for image, time_ms, caption in zip(images, acquisition.ti_ms, preparations, strict=True)
    )


def _preparations(samples: Sequence[int], preparation: str) -> list[str]:
    return [
        f"{preparation} {number}" if len(samples) > 1 else ""
        for number, n_images in enumerate(samples, start=1)
        for _ in range(n_images)
    ]


def rows(assessment: Assessment) -> tuple[Row, ...]:
    """The table of one slice, in the order of its summaries."""
    probability, motion = segment_answers(assessment)
    return tuple(
        _row(summary, assessment, probability[summary.segment], motion[summary.segment])
        for summary in assessment.summaries
    )


def _row(summary: SegmentSummary, assessment: Assessment, probability: float | None, motion: bool | None) -> Row:
    return Row(
        mark=segment_mark(summary.segment, assessment.acquisition.key.level),
        segment=summary.segment.word,
        t1_mean=number(summary.t1_mean_ms),
        t1_sd=number(summary.t1_sd_ms),
        t1_error=error_words(t1_error_ms(assessment, summary.segment)),
        r2_mean=number(summary.r2_mean, 4),
        r2_min=number(summary.r2_min, 4),
        fitted=f"{summary.n_fitted} / {summary.n_pixels}",
        probability=probability,
        motion=motion,
        unsure=bool(segment_is_unsure(assessment, summary.segment)),
    )
