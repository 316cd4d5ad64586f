"""Where a slice's numbers came from, as lines of words for the foot of its section."""

import math
from collections.abc import Iterable, Sequence
from math import isfinite

from myoqc.records import Acquisition, Assessment
from myoqc.report.document import samples_histogram, scanner_agreement
from myoqc.schedules import Preparation

MISSING = "–"
DIGEST_CHARACTERS = 12

Fact = tuple[str, str]


def facts(assessment: Assessment) -> list[Fact]:
    """(term, value) pairs in reading order; what isn't known is left out."""
    pairs = [*_image_facts(assessment.acquisition), *_fit_facts(assessment), *_scoring_facts(assessment)]
    return [(term, value) for term, value in pairs if value]


def is_simulated(assessments: Iterable[Assessment]) -> bool:
    """True where a study or series says that it is simulated."""
    labels = (f"{each.acquisition.source.study_label} {each.acquisition.source.series_label}" for each in assessments)
    return any("simulated" in label.lower() for label in labels)


def number(value: float | None, digits: int = 0) -> str:
    """A number for people, or a dash where there is none."""
    return MISSING if value is None or math.isnan(value) else f"{value:.{digits}f}"


def time_symbol(acquisition: Acquisition) -> str:
    """TI after an inversion, TS after a saturation."""
    return "TI" if acquisition.schedule.preparation is Preparation.INVERSION else "TS"


def agreement_sentence(assessment: Assessment) -> str:
    """How far T1 lies from the scanner's own map; empty where there is none."""
    found = scanner_agreement(assessment)
    if found is None:
        return ""
    return (
        f"Scanner's own T1 map: median difference {found['median_abs_difference_ms']:.1f} ms, 95th percentile "
        f"{found['p95_abs_difference_ms']:.1f} ms over {found['pixels']:,} pixels with signal."
    )


def _image_facts(acquisition: Acquisition) -> list[Fact]:
    source, symbol = acquisition.source, time_symbol(acquisition)
    rows, columns = acquisition.grid.shape
    down, across = acquisition.grid.spacing_mm
    numbered = "" if source.series_number is None else f" (series {source.series_number})"
    corrected = "; images registered by the scanner" if source.motion_corrected else ""
    return [
        ("Series", f"{source.series_label or 'no description'}{numbered}{corrected}"),
        ("Scanner", _joined([source.manufacturer, _measure(acquisition.field_t, "T", 2)])),
        ("Matrix", f"{rows} × {columns}, pixels of {down:.2f} × {across:.2f} mm"),
        ("Schedule", f"{acquisition.schedule.name}, {len(acquisition.ti_ms)} images"),
        (f"{symbol} (ms)", ", ".join(f"{time:.0f}" for time in acquisition.ti_ms)),
        (f"{symbol} from", ", ".join(dict.fromkeys(source.ti_attribute))),
        ("Heartbeat", _measure(acquisition.rr_ms, "ms", 0)),
    ]


def _fit_facts(assessment: Assessment) -> list[Fact]:
    maps = assessment.maps
    fitted = int((maps.t1_ms == maps.t1_ms).sum())
    histogram = samples_histogram(maps) or {}
    used = "; ".join(f"{count:,} pixels with {images}" for images, count in histogram.items() if images != "0")
    corrected = "" if maps.readout_correction == 1.0 else f", T1 × {maps.readout_correction:g} for the readout"
    return [
        ("Fit", f"{maps.method or 'unknown'}{corrected}"),
        ("R²", maps.r2_definition),
        ("Pixels fitted", f"{fitted:,} of {maps.t1_ms.size:,}"),
        ("Images used", used),
    ]


def _scoring_facts(assessment: Assessment) -> list[Fact]:
    contours, found, scores = assessment.contours, assessment.found, assessment.scores
    pairs: list[Fact] = [("Contours", contours.origin.value if contours else "none")]
    if found is not None:
        basal, mid, apical = found.level_probability
        pairs += [
            ("Overlap", f"{found.quality:.2f} (Dice) expected between the wall found and one by a careful hand"),
            ("Level by look", f"probability basal {basal:.2f}, mid {mid:.2f}, apical {apical:.2f}"),
        ]
    if scores is not None:
        pairs += [
            ("Model", f"{scores.model_name}, digest {scores.model_digest[:DIGEST_CHARACTERS]}"),
            ("Threshold", f"motion from a probability of {scores.threshold:.2f}"),
        ]
    return pairs


def _measure(value: float | None, unit: str, digits: int) -> str:
    return "" if value is None or not isfinite(value) else f"{round(value, digits):g} {unit}"


def _joined(parts: Sequence[str]) -> str:
    return ", ".join(filter(None, parts))
