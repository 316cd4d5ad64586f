"""The one road that every door takes: fit, locate, score."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from myoqc import locate, score
from myoqc.aha import ApicalSegment, Level, Segment
from myoqc.errors import InputError, NotScorableError, NoVentricleError
from myoqc.fit import fit_maps
from myoqc.locate.neighbours import Inferred, Neighbour, neighbour, with_insertions
from myoqc.records import (
    Acquisition,
    Assessment,
    Caution,
    Contours,
    FoundHeart,
    Origin,
    ParameterMap,
    Scores,
    Segments,
    SegmentSummary,
)
from myoqc.records.arrays import same_matrix
from myoqc.summary import summarise

NO_CONTOURS = "no contours"
LEVEL_FOUND = "level-found"
"""Code of the caution about a level that neither the images nor the user said."""
APICAL = "an apical slice has four segments, and only basal and mid slices can be scored yet"
LEAST_FITTED = 0.9
"""Share of a segment's pixels below which its numbers are cautioned against."""
LIKELY_ARTEFACT = 0.6
"""Probability from which another artefact is cautioned against."""
LIKELY, CERTAIN = 0.6, 0.9
"""Probabilities from which a level that was found fills in for one that is not said, and casts doubt on one that is."""


def check(
    acquisition: Acquisition,
    *,
    contours: Contours | None = None,
    segments: Segments | None = None,
    automatic: bool = True,
    method: str = "auto",
    readout_correction: float = 1.0,
    engine: str = "auto",
    scorer: score.Scorer | None = None,
    segmenter: locate.Segmenter | None = None,
) -> Assessment:
    """Fit one slice, find its six segments (four of an apical one) and score them for motion.

    Segments come from ``segments``, else from ``contours`` with an RV insertion point, else, if ``automatic``, from
    outlines that ``segmenter`` finds (the shipped one unless given), which also tells a level that the images do not
    say. What was given is never replaced by what would be found, even where it does not suffice. Then, and where there
    is no left ventricle or the scorer does not know the scheme or the kind of slice, the maps are made and
    ``abstained`` says why there is no score. ``method``, ``engine`` and ``readout_correction`` as in
    :func:`myoqc.fit_maps`; ``scorer`` is the shipped network unless given. Raises InputError for a method that the
    acquisition denies, GeometryError for segments of another matrix, ReadError where a shipped network is damaged.
    """
    if segments is not None:
        same_matrix(segments.masks.shape, acquisition.grid.shape, "the stack of segment masks")
    maps = fit_maps(acquisition, method, engine=engine, readout_correction=readout_correction)
    given = Assessment(acquisition, maps, contours, segments, cautions=acquisition.cautions)
    if automatic and contours is None and segments is None:
        return _judged_as_found(given, segmenter or locate.shipped_segmenter(), scorer)
    return _judged(given, scorer)


def infer_insertions(assessments: Sequence[Assessment], *, scorer: score.Scorer | None = None) -> list[Assessment]:
    """The slices of one study, in order, those that lacked only the RV insertion finished with that of slices beside.

    Nothing is read or fitted again. A slice for which no other serves keeps its maps, and ``abstained`` says why.
    """
    beside = [neighbour(each.contours, each.segments, each.acquisition.grid) for each in assessments]
    neighbours = [each for each in beside if each is not None]
    return [_with_insertion(each, neighbours, scorer) if neighbours else each for each in assessments]


def _judged_as_found(plain: Assessment, segmenter: locate.Segmenter, scorer: score.Scorer | None) -> Assessment:
    """With the outlines and the level that the segmenter finds, and what follows from them."""
    try:
        found = locate.find_heart(plain.acquisition, plain.maps, segmenter)
    except NoVentricleError as error:
        return replace(plain, abstained=str(error))
    acquisition, cautions = _at_found_level(plain.acquisition, found)
    doubtful = segmenter.card["quality"].get("doubtful")
    if doubtful is not None and found.quality < doubtful:
        text = "The outlines are uncertain: see whether they lie on the heart's wall before trusting its numbers."
        cautions.append(Caution("outlines-doubtful", text))
    located = replace(plain, acquisition=acquisition, contours=found.contours, found=found)
    return _judged(replace(located, cautions=(*plain.cautions, *cautions)), scorer)


def _at_found_level(acquisition: Acquisition, found: FoundHeart) -> tuple[Acquisition, list[Caution]]:
    """What the images say about the level is believed; where they say nothing, what was found is."""
    said, seems, probability = acquisition.key.level, found.level.value, float(found.level_probability.max())
    if said is Level.UNKNOWN and probability >= LIKELY:
        text = f"The images do not say their level; by its look this slice is {seems} (probability {probability:.2f})."
        return replace(acquisition, key=replace(acquisition.key, level=found.level)), [Caution(LEVEL_FOUND, text)]
    if said not in (Level.UNKNOWN, found.level) and probability > CERTAIN:
        text = f"The images are called {said.value}, but look {seems} (probability {probability:.2f})."
        return acquisition, [Caution("level-doubtful", f"{text} What they are called was believed.")]
    return acquisition, []


def _with_insertion(assessment: Assessment, neighbours: Sequence[Neighbour], scorer: score.Scorer | None) -> Assessment:
    contours = assessment.contours
    if contours is None or contours.rv_insertion_px is not None or assessment.segments is not None:
        return assessment
    try:
        inferred = with_insertions(contours, assessment.acquisition.grid, neighbours)
    except NotScorableError as error:
        return replace(assessment, abstained=str(error))
    cautions = (*assessment.cautions, _inferred(contours.origin, inferred))
    return _judged(replace(assessment, contours=inferred.contours, cautions=cautions), scorer)


def _inferred(origin: Origin, inferred: Inferred) -> Caution:
    places = " and ".join(f"{away_mm:.0f} mm" for away_mm in inferred.from_mm)
    if inferred.off_deg is None:
        source = f"the slices {places} away on either side"
    else:
        off = f"{inferred.off_deg:.0f}°"
        source = f"the slice {places} away, so the borders of the segments may be about {off} off"
    lacks = "was not found" if origin is Origin.AUTOMATIC else "is not marked"
    text = f"The insertion of the right ventricle {lacks} in this slice; it was inferred from {source}."
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
        if contours.origin is Origin.AUTOMATIC:
            problem = f"the outlines that were found can't be divided into segments: {error.problem}"
            return None, str(NotScorableError(problem, remedy="Give contours of this slice."))
        return None, str(error)


def _scores(
    acquisition: Acquisition, maps: ParameterMap, segments: Segments, scorer: score.Scorer
) -> tuple[Scores | None, str | None]:
    """The scores, or the reason why there are none."""
    if acquisition.key.level is Level.APICAL or segments.kinds == tuple(ApicalSegment):
        return None, APICAL
    try:
        angle_deg = locate.turn_deg(segments, acquisition.grid) if scorer.turned else 0.0
        crop = locate.crop(acquisition, maps, segments.centre_px, segments=segments, angle_deg=angle_deg)
        return scorer.score(crop), None
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
    cautions += [] if scores is None else _cautions_of_scores(scores)
    if maps.readout_correction != 1.0:
        text = f"T1 was multiplied by {maps.readout_correction:g} for the readout."
        cautions.append(Caution("readout-corrected", text))
    return cautions


def _cautions_of_scores(scores: Scores) -> list[Caution]:
    """What could not be scored, what the scorer is not sure of, and which other artefacts it sees."""
    cautions = []
    unscored = [segment.word for segment in Segment if np.isnan(scores.probability[segment])]
    if unscored:
        cautions.append(Caution("segments-not-scored", f"Too few pixels to score: {', '.join(unscored)}."))
    unsure = [] if scores.unsure is None else [s.word for s in Segment if scores.unsure[s] and s.word not in unscored]
    if unsure:
        cautions.append(Caution("segments-unsure", f"Look yourself, the scorer is not sure of: {', '.join(unsure)}."))
    seen = [name for name, share in scores.artefacts.items() if share >= LIKELY_ARTEFACT]
    if seen:
        cautions.append(Caution("other-artefact", f"Another artefact than motion is likely: {', '.join(seen)}."))
    return cautions
