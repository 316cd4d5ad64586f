"""An assessment as plain data: the content of ``assessment.json``, and the JSON Schema that it obeys.

Times are in ms, lengths in mm; a number that does not exist (NaN, infinity) is null.
"""

import json
import math
from importlib.resources import files
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from myoqc import __version__
from myoqc.records import Acquisition, Assessment, Level, ParameterMap, SegmentSummary
from myoqc.report.words import DISCLAIMER, is_scored

SCHEMA_VERSION = "1.3"
LEAST_COMPARED_T1_MS = 200.0
LEAST_COMPARED_BRIGHTNESS = 0.2
"""Below these a scanner's T1 map holds mostly air and noise (or a colour bar), and says nothing about agreement."""


def schema() -> dict[str, Any]:
    """The published JSON Schema (draft 2020-12) of ``assessment.json``."""
    text = files("myoqc.report").joinpath("assessment.schema.json").read_text(encoding="utf-8")
    return cast(dict[str, Any], json.loads(text))


def to_json(assessment: Assessment) -> dict[str, Any]:
    """The content of ``assessment.json``, keys in a fixed order, values that JSON can hold."""
    return {
        "schema_version": SCHEMA_VERSION,
        "software": {"name": "myoqc", "version": __version__},
        "disclaimer": DISCLAIMER,
        "case": _case(assessment.acquisition),
        "input": _input(assessment.acquisition),
        "fit": _fit(assessment),
        "contours": _contours(assessment),
        "segments": _segments(assessment),
        "image": _image(assessment),
        "abstained": not is_scored(assessment),
        "abstained_reason": assessment.abstained,
        "cautions": [{"code": caution.code, "text": caution.text} for caution in assessment.cautions],
        "model": _model(assessment),
    }


def scanner_agreement(assessment: Assessment) -> dict[str, Any] | None:
    """|ΔT1| (ms) against the scanner's own map: number of pixels, median, 95th percentile.

    Over pixels that both fitted, with a scanner's T1 of at least 200 ms and a fifth or more of the brightness of the
    brightest (99.9th percentile of the mean image); None where there is nothing to compare.
    """
    scanner = assessment.acquisition.scanner_map
    if scanner is None or scanner.t1_ms.shape != assessment.maps.t1_ms.shape:
        return None
    mean = assessment.acquisition.images.mean(axis=0)
    bright = mean >= LEAST_COMPARED_BRIGHTNESS * np.nanpercentile(mean, 99.9)
    both = bright & np.isfinite(assessment.maps.t1_ms) & (np.nan_to_num(scanner.t1_ms) >= LEAST_COMPARED_T1_MS)
    if not both.any():
        return None
    difference_ms = np.abs(assessment.maps.t1_ms[both].astype(np.float64) - scanner.t1_ms[both])
    return {
        "pixels": int(both.sum()),
        "median_abs_difference_ms": _number(np.median(difference_ms)),
        "p95_abs_difference_ms": _number(np.percentile(difference_ms, 95)),
    }


def _number(value: float | np.floating[Any] | None) -> float | None:
    return None if value is None or not math.isfinite(value) else float(value)


def _case(acquisition: Acquisition) -> dict[str, Any]:
    key = acquisition.key
    return {"patient": key.patient, "study": key.study, "slice_uid": key.slice_uid, "level": key.level.value}


def _input(acquisition: Acquisition) -> dict[str, Any]:
    source, schedule = acquisition.source, acquisition.schedule
    return {
        "files": list(source.files),
        "series_label": source.series_label,
        "series_number": source.series_number,
        "manufacturer": source.manufacturer,
        "field_t": _number(acquisition.field_t),
        "schedule": {
            "name": schedule.name,
            "preparation": schedule.preparation.value,
            "samples": list(schedule.samples),
        },
        "ti_ms": acquisition.ti_ms.tolist(),
        "ti_source": list(source.ti_attribute),
        "rr_ms": _number(acquisition.rr_ms),
        "motion_corrected": source.motion_corrected,
        "matrix": list(acquisition.grid.shape),
        "spacing_mm": acquisition.grid.spacing_mm.tolist(),
    }


def _fit(assessment: Assessment) -> dict[str, Any]:
    maps = assessment.maps
    return {
        "method": maps.method,
        "r2_definition": maps.r2_definition,
        "readout_correction": _number(maps.readout_correction),
        "pixels_fitted": int(np.isfinite(maps.t1_ms).sum()),
        "pixels_total": int(maps.t1_ms.size),
        "samples_used": samples_histogram(maps),
        "scanner_agreement": scanner_agreement(assessment),
    }


def samples_histogram(maps: ParameterMap) -> dict[str, int] | None:
    """How many pixels were fitted with how many images ('0' = not fitted); None where it isn't known."""
    if maps.samples_used is None:
        return None
    numbers, counts = np.unique(maps.samples_used, return_counts=True)
    return {str(number): int(count) for number, count in zip(numbers, counts, strict=True)}


def _contours(assessment: Assessment) -> dict[str, Any] | None:
    contours, found = assessment.contours, assessment.found
    if contours is None:
        return None
    levels = (Level.BASAL, Level.MID, Level.APICAL)
    return {
        "origin": contours.origin.value,
        "model_name": None if found is None else found.model_name,
        "model_digest": None if found is None else found.model_digest,
        "quality": None if found is None else found.quality,
        "level_probability": None
        if found is None
        else {level.value: float(share) for level, share in zip(levels, found.level_probability, strict=True)},
        "right_px": None if found is None or found.right_px is None else found.right_px.tolist(),
    }


def _segments(assessment: Assessment) -> list[dict[str, Any]]:
    probability, motion = segment_answers(assessment)
    return [
        _segment(summary, assessment, probability[summary.segment], motion[summary.segment])
        for summary in assessment.summaries
    ]


def segment_answers(assessment: Assessment) -> tuple[list[float | None], list[bool | None]]:
    """Probability and motion of each segment, in order; None where it was not scored."""
    scores = assessment.scores
    if scores is None or not is_scored(assessment):
        return [None] * len(assessment.kinds), [None] * len(assessment.kinds)
    scored: NDArray[np.bool_] = np.isfinite(scores.probability)
    return (
        [_number(value) for value in scores.probability],
        [bool(motion) if known else None for motion, known in zip(scores.motion, scored, strict=True)],
    )


def segment_is_unsure(assessment: Assessment, segment: int) -> bool | None:
    """Whether the scorer can say neither answer of a segment at its error level; None where it states no level."""
    scores = assessment.scores
    if scores is None or scores.unsure is None or not is_scored(assessment) or np.isnan(scores.probability[segment]):
        return None
    return bool(scores.unsure[segment])


def t1_error_ms(assessment: Assessment, segment: int) -> list[float] | None:
    """Quantiles (5, 50, 95 %) of the error of a segment's mean T1 by motion and noise; None where nobody tells them."""
    scores = assessment.scores
    if scores is None or scores.t1_error_ms is None or not is_scored(assessment):
        return None
    return [float(value) for value in scores.t1_error_ms[segment]]


def _segment(
    summary: SegmentSummary, assessment: Assessment, probability: float | None, motion: bool | None
) -> dict[str, Any]:
    return {
        "segment": summary.segment.word,
        "aha": summary.segment.aha(assessment.acquisition.key.level),
        "probability": probability,
        "motion": motion,
        "unsure": segment_is_unsure(assessment, summary.segment),
        "t1_error_ms": t1_error_ms(assessment, summary.segment),
        "t1_mean_ms": _number(summary.t1_mean_ms),
        "t1_sd_ms": _number(summary.t1_sd_ms),
        "r2_mean": _number(summary.r2_mean),
        "r2_min": _number(summary.r2_min),
        "n_pixels": int(summary.n_pixels),
        "n_fitted": int(summary.n_fitted),
    }


def _image(assessment: Assessment) -> dict[str, Any]:
    scores = assessment.scores
    if scores is None or not is_scored(assessment):
        return {"probability": None, "motion": None}
    return {"probability": _number(scores.image_probability), "motion": scores.image_motion}


def _model(assessment: Assessment) -> dict[str, Any] | None:
    scores = assessment.scores
    if scores is None:
        return None
    return {
        "name": scores.model_name,
        "digest": scores.model_digest,
        "threshold": _number(scores.threshold),
        "performance": scores.performance,
        "artefacts": dict(scores.artefacts),
    }
