"""The one road that every door takes: fit, locate, score."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from myoqc import locate, score
from myoqc.aha import ApicalSegment, Level, Segment
from myoqc.errors import InputError, NotScorableError
from myoqc.fit import fit_maps
from myoqc.locate.neighbours import TURNED_DEG_PER_MM, Neighbour, with_insertions
from myoqc.records import (
    Acquisition,
    Assessment,
    Caution,
    Contours,
    ParameterMap,
    Scores,
    Segments,
    SegmentSummary,
)
from myoqc.records.arrays import same_matrix
from myoqc.summary import summarise

NO_CONTOURS = "no contours"
APICAL = "an apical slice has four segments, and only basal and mid slices can be scored yet"
LEAST_FITTED = 0.9
"""Share of a segment's pixels below which its numbers are cautioned against."""


def check(
    acquisition: Acquisition,
    *,
    contours: Contours | None = None,
    segments: Segments | None = None,
    method: str = "auto",
    readout_correction: float = 1.0,
    engine: str = "auto",
    scorer: score.Scorer | None = None,
) -> Assessment:
    """Fit one slice, find its six segments (four of an apical one) and score them for motion.

    Segments come from ``segments``, or from ``contours`` with an RV insertion point; without either, where the
    contours do not suffice, or where the scorer does not know the scheme or the kind of slice, the maps are made and
    ``abstained`` says why there is no score. ``method``, ``engine`` and ``readout_correction`` as in
    :func:`myoqc.fit_maps`; ``scorer`` is the R² rule unless given. Raises InputError for a method that the acquisition
    denies, and GeometryError for segments of another matrix.
    """
    if segments is not None:
        same_matrix(segments.masks.shape, acquisition.grid.shape, "the stack of segment masks")
    maps = fit_maps(acquisition, method, engine=engine, readout_correction=readout_correction)
    return _judged(Assessment(acquisition, maps, contours, segments, cautions=acquisition.cautions), scorer)


def infer_insertions(assessments: Sequence[Assessment], *, scorer: score.Scorer | None = None) -> list[Assessment]:
    """The slices of one study, in order, those that lacked only the RV insertion finished with that of slices beside.

    Nothing is read or fitted again. A slice for which no other serves keeps its maps, and ``abstained`` says why.
    """
    neighbours = [
        Neighbour(each.contours, each.acquisition.grid)
        for each in assessments
        if each.contours is not None and each.segments is not None and each.contours.rv_insertion_px is not None
    ]
    return [_with_insertion(each, neighbours, scorer) if neighbours else each for each in assessments]


def _with_insertion(assessment: Assessment, neighbours: Sequence[Neighbour], scorer: score.Scorer | None) -> Assessment:
    contours = assessment.contours
    if contours is None or contours.rv_insertion_px is not None or assessment.segments is not None:
        return assessment
    try:
        inferred = with_insertions(contours, assessment.acquisition.grid, neighbours)
    except NotScorableError as error:
        return replace(assessment, abstained=str(error))
    cautions = (*assessment.cautions, _inferred(inferred.from_mm))
    return _judged(replace(assessment, contours=inferred.contours, cautions=cautions), scorer)


def _inferred(from_mm: Sequence[float]) -> Caution:
    places = " and ".join(f"{away_mm:.0f} mm" for away_mm in from_mm)
    if len(from_mm) > 1:
        source = f"the slices {places} away on either side"
    else:
        off_deg = TURNED_DEG_PER_MM * from_mm[0]
        source = f"the slice {places} away, so the borders of the segments may be about {off_deg:.0f}° off"
    text = f"The insertion of the right ventricle is not marked in this slice; it was inferred from {source}."
    return Caution("insertion-inferred", text)


def _judged(located: Assessment, scorer: score.Scorer | None) -> Assessment:
    """With its segments, their numbers and their scores, or the reason why there are none."""
    acquisition, maps, segments = located.acquisition, located.maps, located.segments
    scores, abstained = None, None
    if segments is None:
        segments, abstained = _segments(acquisition, located.contours)
    if segments is not None:
        scores, abstained = _scores(acquisition, maps, segments, scorer or score.default_scorer())
    summaries = () if segments is None else summarise(maps, segments)
    return replace(
        located,
        segments=segments,
        summaries=summaries,
        scores=scores,
        abstained=abstained,
        # A slice that is judged again says nothing twice.
        cautions=tuple(dict.fromkeys((*located.cautions, *_cautions(acquisition, maps, summaries, scores)))),
    )


def _segments(acquisition: Acquisition, contours: Contours | None) -> tuple[Segments | None, str | None]:
    """The segments, or the reason why there are none."""
    if contours is None:
        return None, NO_CONTOURS
    try:
        return Segments.from_contours(contours, acquisition.grid, acquisition.key.level), None
    except InputError as error:
        return None, str(error)


def _scores(
    acquisition: Acquisition, maps: ParameterMap, segments: Segments, scorer: score.Scorer
) -> tuple[Scores | None, str | None]:
    """The scores, or the reason why there are none."""
    if acquisition.key.level is Level.APICAL or segments.kinds == tuple(ApicalSegment):
        return None, APICAL
    try:
        return scorer.score(locate.crop(acquisition, maps, segments.centre_px, segments=segments)), None
    except NotScorableError as error:
        return None, str(error)


def _cautions(
    acquisition: Acquisition, maps: ParameterMap, summaries: tuple[SegmentSummary, ...], scores: Scores | None
) -> list[Caution]:
    cautions = []
    if scores is not None and acquisition.key.level is Level.UNKNOWN:
        cautions.append(
            Caution("level-unknown", "It is not known whether this slice is basal or mid: AHA numbers are left out.")
        )
    thin = [each for each in summaries if each.n_fitted < LEAST_FITTED * each.n_pixels or not each.n_pixels]
    if thin:
        shares = ", ".join(f"{each.segment.word} {each.n_fitted} of {each.n_pixels}" for each in thin)
        cautions.append(Caution("pixels-not-fitted", f"Pixels that could be fitted: {shares}."))
    unscored = [] if scores is None else [s.word for s in Segment if np.isnan(scores.probability[s])]
    if unscored:
        cautions.append(Caution("segments-not-scored", f"Too few pixels to score: {', '.join(unscored)}."))
    if maps.readout_correction != 1.0:
        text = f"T1 was multiplied by {maps.readout_correction:g} for the readout."
        cautions.append(Caution("readout-corrected", text))
    return cautions
