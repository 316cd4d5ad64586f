"""Which values a picture spans: fixed for maps, so that two reports compare; by the images for weighted images."""

import numpy as np
from numpy.typing import NDArray

from myoqc.records import Assessment
from myoqc.report.pictures import Scale

HIGH_FIELD_T = 2.5
AFTER_CONTRAST_T1_MS = 700.0
"""Median T1 of the myocardium below which a contrast agent must have been given; native muscle lies above 850 ms."""
BRIGHTEST_PERCENTILE = 99.5

R2_SCALE = Scale("grey", 0.9, 1.0, ("≤ 0.90", "0.95", "1.00"))
ATTENTION_SCALE = Scale("lajolla", 0.0, 1.0, ("nowhere", "most"))


def t1_scale(assessment: Assessment) -> Scale:
    """Lipari [Fuderer2024] over 0–2000 ms, 0–2500 ms at 3 T, or 0–1000 ms in myocardium after a contrast agent."""
    field_t = assessment.acquisition.field_t
    if _after_contrast(assessment):
        return Scale("lipari", 0.0, 1000.0, ("0", "250", "500", "750", "≥ 1000 ms"))
    if field_t is not None and field_t >= HIGH_FIELD_T:
        return Scale("lipari", 0.0, 2500.0, ("0", "500", "1000", "1500", "2000", "≥ 2500 ms"))
    return Scale("lipari", 0.0, 2000.0, ("0", "500", "1000", "1500", "≥ 2000 ms"))


def image_scale(images: NDArray[np.floating]) -> Scale:
    """One grey window for all weighted images (t y x): from 0 to nearly the brightest, so that recovery is seen."""
    finite = images[np.isfinite(images)]
    brightest = float(np.percentile(finite, BRIGHTEST_PERCENTILE)) if finite.size else 0.0
    return Scale("grey", 0.0, brightest if brightest > 0.0 else 1.0)


def probability_scale(threshold: float) -> Scale:
    """Blue below the threshold, orange above it."""
    middle = min(max(threshold, 0.01), 0.99)
    return Scale("blue-orange", 0.0, 1.0, ("0", f"{threshold:.2f}", "1"), middle)


def _after_contrast(assessment: Assessment) -> bool:
    if assessment.segments is None:
        return False
    muscle_ms = assessment.maps.t1_ms[assessment.segments.myocardium]
    fitted_ms = muscle_ms[np.isfinite(muscle_ms)]
    return bool(fitted_ms.size and np.median(fitted_ms) < AFTER_CONTRAST_T1_MS)
