"""The most suspicious labels with pictures of their slices, on one self-contained page."""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass

from myoqc import __version__
from myoqc.aha import Segment
from myoqc.evaluate.audit import AuditResult
from myoqc.records import Assessment
from myoqc.report.audit_list import ListedMap
from myoqc.report.audit_tables import LEGEND, sheets
from myoqc.report.frames import heart, whole
from myoqc.report.overlay import Overlay, overlay
from myoqc.report.page import page_environment, page_style
from myoqc.report.views import Picture, map_pictures, weighted_pictures
from myoqc.report.words import DISCLAIMER, segment_mark, slice_name


@dataclass(frozen=True, slots=True)
class LabelRow:
    """One segment of a slice, as text."""

    mark: str
    segment: str
    label: str
    score: str
    suspicion: str
    in_question: bool


@dataclass(frozen=True, slots=True)
class AuditedSlice:
    """Everything that the page shows of one slice."""

    number: int
    """Its rank."""
    name: str
    listed: ListedMap
    overlay: Overlay
    maps: tuple[Picture, ...]
    weighted: tuple[Picture, ...]
    rows: tuple[LabelRow, ...]


def audited_slice(listed: ListedMap, result: AuditResult, assessment: Assessment) -> AuditedSlice:
    """Prepare one slice, the segments in question outlined; ``assessment`` needs no scores."""
    frame = heart(assessment) or whole(assessment.acquisition.grid)
    level = assessment.acquisition.key.level
    in_question = [segment in listed.in_question for segment in Segment]
    return AuditedSlice(
        number=listed.rank,
        name=f"{listed.case}, {slice_name(level).lower()}",
        listed=listed,
        overlay=overlay(assessment, in_question),
        maps=map_pictures(assessment, frame),
        weighted=weighted_pictures(assessment, frame),
        rows=tuple(_row(segment, segment_mark(segment, level), listed, result) for segment in Segment),
    )


def audit_page(slices: Sequence[AuditedSlice], result: AuditResult, told: Sequence[str], picture: bytes) -> str:
    """The page: what was audited, the slices, and what the truth says of the list; ``picture`` is a PNG."""
    return (
        page_environment()
        .get_template("audit.html.j2")
        .render(
            css=page_style(),
            slices=slices,
            n_maps=len(result.labels.case),
            told=told,
            sheets=sheets(result),
            legend=LEGEND,
            picture="data:image/png;base64," + b64encode(picture).decode("ascii"),
            disclaimer=DISCLAIMER,
            version=__version__,
        )
    )


def _row(segment: Segment, mark: str, listed: ListedMap, result: AuditResult) -> LabelRow:
    at = listed.place, segment
    return LabelRow(
        mark=mark,
        segment=segment.word,
        label="motion" if result.labels.label[at] else "none",
        score=f"{result.labels.score[at]:.2f}",
        suspicion=f"{result.ranking.segment[at]:.2f}",
        in_question=segment in listed.in_question,
    )
