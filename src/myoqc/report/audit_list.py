"""The audited maps as a list for people: what is in question in each, and why."""

from collections.abc import Sequence
from dataclasses import dataclass

from myoqc.aha import Segment
from myoqc.evaluate.audit import DAWID_SKENE, AuditedLabels, Suspicion
from myoqc.records.heart import N_SEGMENTS
from myoqc.report.words import listed

WORDS = {DAWID_SKENE: ("the raters together say motion", "the raters together say none")}
OF_SCORES = ("high score", "low score")


@dataclass(frozen=True, slots=True)
class ListedMap:
    """One line of the list."""

    rank: int
    """From 1."""
    place: int
    """Of the map among the labels."""
    case: str
    patient: str
    in_question: tuple[Segment, ...]
    marked: str
    """What the reader marks, in words."""
    score: tuple[float, ...]
    """Of the segments in question."""
    suspicion: float
    why: str


def listed_maps(labels: AuditedLabels, ranking: Suspicion) -> list[ListedMap]:
    """All maps, the most suspicious one first."""
    return [_listed(rank, int(place), labels, ranking) for rank, place in enumerate(ranking.order, start=1)]


def marked_words(marked: Sequence[bool]) -> str:
    """Which segments are marked: 'none', 'all six', or their names."""
    names = [segment.word for segment, yes in zip(Segment, marked, strict=True) if yes]
    if len(names) == N_SEGMENTS:
        return "all six"
    return listed(names) if names else "none"


def _listed(rank: int, place: int, labels: AuditedLabels, ranking: Suspicion) -> ListedMap:
    segments = tuple(segment for segment in Segment if ranking.in_question[place, segment])
    return ListedMap(
        rank=rank,
        place=place,
        case=labels.case[place],
        patient=labels.patient[place],
        in_question=segments,
        marked=marked_words(labels.label[place].tolist()),
        score=tuple(float(labels.score[place, segment]) for segment in segments),
        suspicion=float(ranking.map[place]),
        why=_why(segments, place, labels, ranking),
    )


def _why(segments: Sequence[Segment], place: int, labels: AuditedLabels, ranking: Suspicion) -> str:
    said = ranking.probability[place]
    moving, still = WORDS.get(ranking.by, OF_SCORES)
    parts = {
        f"{moving}, not marked": [each for each in segments if not labels.label[place, each] and said[each] >= 0.5],
        f"{still}, marked": [each for each in segments if labels.label[place, each] and said[each] <= 0.5],
    }
    told = [f"{words}: {_named(some, said)}" for words, some in parts.items() if some]
    return "; ".join(told) or f"nothing speaks against a label; the least sure: {_named(segments, said)}"


def _named(segments: Sequence[Segment], probability: Sequence[float]) -> str:
    return ", ".join(f"{segment.word} ({probability[segment]:.2f})" for segment in segments)
