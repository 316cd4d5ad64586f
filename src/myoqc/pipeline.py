"""The one road that every door takes: fit, locate, score."""

import numpy as np

from myoqc import locate, score
from myoqc.aha import Level, Segment
from myoqc.errors import InputError, NotScorableError
from myoqc.fit import fit_maps
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
    """Fit one slice, find its six segments and score them for motion.

    Segments come from ``segments``, or from ``contours`` with an RV insertion point; without either, where the
    contours do not suffice, or where the scorer does not know the scheme, the maps are made and ``abstained`` says why
    there is no score. ``method``, ``engine`` and ``readout_correction`` as in :func:`myoqc.fit_maps`; ``scorer`` is the
    R² rule unless given. Raises InputError for a method that the acquisition denies, and GeometryError for segments of
    another matrix.
    """
    if segments is not None:
        same_matrix(segments.masks.shape, acquisition.grid.shape, "the stack of segment masks")
    maps = fit_maps(acquisition, method, engine=engine, readout_correction=readout_correction)
    scores, abstained = None, None
    if segments is None:
        segments, abstained = _segments(acquisition, contours)
    if segments is not None:
        scores, abstained = _scores(acquisition, maps, segments, scorer or score.default_scorer())
    summaries = () if segments is None else summarise(maps, segments)
    return Assessment(
        acquisition=acquisition,
        maps=maps,
        contours=contours,
        segments=segments,
        summaries=summaries,
        scores=scores,
        abstained=abstained,
        cautions=(*acquisition.cautions, *_cautions(acquisition, maps, summaries, scores)),
    )


def _segments(acquisition: Acquisition, contours: Contours | None) -> tuple[Segments | None, str | None]:
    """The segments, or the reason why there are none."""
    if contours is None:
        return None, NO_CONTOURS
    try:
        return Segments.from_contours(contours, acquisition.grid), None
    except InputError as error:
        return None, str(error)


def _scores(
    acquisition: Acquisition, maps: ParameterMap, segments: Segments, scorer: score.Scorer
) -> tuple[Scores | None, str | None]:
    """The scores, or the reason why there are none."""
    if acquisition.key.level is Level.APICAL:
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
