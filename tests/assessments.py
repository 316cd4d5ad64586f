"""Assessments made by hand for the tests of the report: a ring heart beside a right ventricle, in a body."""

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from myoqc.aha import AnySegment, Level, Segment
from myoqc.records import (
    Acquisition,
    Assessment,
    CaseKey,
    Contours,
    FoundHeart,
    Grid,
    Origin,
    ParameterMap,
    Scores,
    Segments,
    SegmentSummary,
    Source,
)

SHAPE = (128, 160)
SPACING_MM = (1.5, 1.4)
CENTRE_PX = np.array([62.0, 84.0])
ENDO_MM, EPI_MM = 22.0, 32.0
PERFORMANCE = "On simulated hearts it finds 40 % of the segments with motion."
SHMOLLI_TI_MS = (100.0, 1100.0, 2100.0, 3100.0, 4100.0, 180.0, 260.0)
THRESHOLD = 0.5


def distance_mm(centre_px: NDArray[np.float64], shape: tuple[int, int], spacing: tuple[float, float]) -> NDArray[Any]:
    rows, columns = np.mgrid[: shape[0], : shape[1]]
    return np.hypot((rows - centre_px[0]) * spacing[0], (columns - centre_px[1]) * spacing[1])


def circle_px(radius_mm: float, n: int = 90) -> NDArray[np.float64]:
    turn = np.linspace(0, 2 * np.pi, n, endpoint=False)
    return CENTRE_PX + radius_mm * np.stack([np.sin(turn), np.cos(turn)], axis=1) / SPACING_MM


def ring_contours(**changes: Any) -> Contours:
    turns = np.radians([225.0, 135.0])
    anterior, inferior = (CENTRE_PX + EPI_MM * np.array([np.sin(t), np.cos(t)]) / SPACING_MM for t in turns)
    return replace(
        Contours(circle_px(ENDO_MM), circle_px(EPI_MM), rv_insertion_px=anterior, rv_inferior_px=inferior), **changes
    )


def tissue() -> NDArray[np.float32]:
    """T1 (y x) in ms of fat, lung, liver, blood and muscle; NaN outside the body."""
    grid = (SHAPE, SPACING_MM)
    rows, columns = np.mgrid[: SHAPE[0], : SHAPE[1]]
    body = np.hypot((rows - 64) / 60, (columns - 80) / 74)
    from_left = distance_mm(CENTRE_PX, *grid)
    from_right = distance_mm(CENTRE_PX - (4, 34), *grid)
    t1_ms = np.where(body < 0.93, 780.0, 320.0)
    t1_ms = np.where((from_right < 30.0), 1550.0, t1_ms)
    t1_ms = np.where(from_left < EPI_MM, 960.0, t1_ms)
    t1_ms = np.where(from_left < ENDO_MM, 1600.0, t1_ms)
    return np.where(body < 1.0, t1_ms, np.nan).astype(np.float32)


def acquisition(
    level: Level = Level.MID, *, ti_ms: tuple[float, ...] = SHMOLLI_TI_MS, seed: int = 7, **more: Any
) -> Acquisition:
    t1_ms = np.nan_to_num(tissue(), nan=1.0)
    times = np.asarray(ti_ms)[:, None, None]
    noise = np.random.default_rng(seed).normal(0, 4, (len(ti_ms), *SHAPE))
    signal = np.where(np.isnan(tissue()), 0.0, 300.0) * np.abs(1 - 1.95 * np.exp(-times / t1_ms)) + noise
    given: dict[str, Any] = {
        "spacing_mm": SPACING_MM,
        "field_t": 1.5,
        "rr_ms": 905.0,
        "key": CaseKey("P-017", "S-2", "1.2.3.4", level),
        "source": Source(
            files=tuple(f"series-03/IM{number:04d}.dcm" for number in range(1, len(ti_ms) + 1)),
            ti_attribute=("InversionTime (0018,0082)",) * len(ti_ms),
            study_label="Cardiac MR",
            series_label=f"ShMOLLI_{level.value}",
            series_number=3,
            manufacturer="SIEMENS",
        ),
    }
    return Acquisition.from_arrays(np.abs(signal), ti_ms, **(given | more))


def fitted_maps(grid: Grid, segments: Segments, motion: tuple[Segment, ...], **changes: Any) -> ParameterMap:
    generator = np.random.default_rng(11)
    t1_ms = tissue() + generator.normal(0, 15, SHAPE)
    r2 = 1.0 - np.abs(generator.normal(0.004, 0.003, SHAPE))
    for segment in motion:
        r2[segments.masks[segment]] -= np.abs(generator.normal(0.03, 0.02, int(segments.masks[segment].sum())))
        t1_ms[segments.masks[segment]] += generator.normal(40, 60, int(segments.masks[segment].sum()))
    r2 = np.where(np.isnan(t1_ms), np.nan, r2)
    maps = ParameterMap(
        t1_ms=t1_ms.astype(np.float32),
        grid=grid,
        r2=r2.astype(np.float32),
        t1_sd_ms=np.where(np.isnan(t1_ms), np.nan, 12.0).astype(np.float32),
        samples_used=np.where(np.isnan(t1_ms), 0, np.where(t1_ms > 1300, 5, 7)).astype(np.uint8),
        method="shmolli",
        r2_definition="1 − residual sum of squares / total sum of squares of the magnitude with restored polarity",
    )
    return replace(maps, **changes)


def summaries(maps: ParameterMap, segments: Segments) -> tuple[SegmentSummary, ...]:
    return tuple(_summary(kind, maps, mask) for kind, mask in zip(segments.kinds, segments.masks, strict=True))


def _summary(segment: AnySegment, maps: ParameterMap, mask: NDArray[np.bool_]) -> SegmentSummary:
    fitted = mask & np.isfinite(maps.t1_ms)
    if not fitted.any() or maps.r2 is None:
        return SegmentSummary(segment, int(mask.sum()), 0, *(float("nan"),) * 4)
    t1_ms, r2 = maps.t1_ms[fitted], maps.r2[fitted]
    return SegmentSummary(
        segment, int(mask.sum()), len(t1_ms), float(t1_ms.mean()), float(t1_ms.std()), float(r2.mean()), float(r2.min())
    )


def scores(motion: tuple[Segment, ...] = (), unscored: tuple[Segment, ...] = ()) -> Scores:
    probability = np.array([0.03, 0.08, 0.05, 0.11, 0.06, 0.04])
    for segment in motion:
        probability[segment] = 0.78 + 0.03 * segment
    for segment in unscored:
        probability[segment] = np.nan
    digest = "3f786850e387550fdab836ed7e6dc881de23001b" + "0" * 24
    return Scores(probability, THRESHOLD, "r2-rule 1", digest, PERFORMANCE)


def scored(
    level: Level = Level.MID,
    motion: tuple[Segment, ...] = (),
    unscored: tuple[Segment, ...] = (),
    *,
    images: Acquisition | None = None,
    **changes: Any,
) -> Assessment:
    images = images or acquisition(level)
    contours = ring_contours()
    segments = Segments.from_contours(contours, images.grid)
    maps = fitted_maps(images.grid, segments, motion)
    return replace(
        Assessment(
            images,
            maps,
            contours,
            segments,
            summaries(maps, segments),
            scores(motion, unscored),
            cautions=images.cautions,
        ),
        **changes,
    )


def apical(**changes: Any) -> Assessment:
    """An apical slice: four segments with their numbers, no scores."""
    images, contours = acquisition(Level.APICAL), ring_contours()
    segments = Segments.from_contours(contours, images.grid, Level.APICAL)
    maps = fitted_maps(images.grid, segments, ())
    whole = Assessment(images, maps, contours, segments, summaries(maps, segments), abstained="four segments")
    return replace(whole, **changes)


def found(level: Level = Level.MID, **more: Any) -> Assessment:
    """A scored slice whose outlines nobody drew."""
    contours = ring_contours(origin=Origin.AUTOMATIC)
    right_px = circle_px(30.0) - (4, 34)
    heart = FoundHeart(contours, right_px, np.array([0.04, 0.93, 0.03]), 0.914, "segmenter 1", "5" * 64)
    return replace(scored(level, **more), contours=contours, found=heart)


def unscored(reason: str = "no contours", level: Level = Level.UNKNOWN, **more: Any) -> Assessment:
    """Maps only: nobody said where the heart is."""
    whole = scored(level, images=acquisition(level, **more))
    return replace(whole, contours=None, segments=None, summaries=(), scores=None, abstained=reason)
