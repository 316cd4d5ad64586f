"""The answer about one slice: what every door shows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from myoqc.aha import AnySegment, Segment
from myoqc.errors import InputError
from myoqc.records.acquisition import Acquisition, Caution
from myoqc.records.arrays import frozen
from myoqc.records.attention import AttentionMaps
from myoqc.records.found_heart import FoundHeart
from myoqc.records.heart import N_SEGMENTS, Contours, Segments
from myoqc.records.maps import ParameterMap


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """Probability of motion per segment; the whole image has motion where any segment has.

    Raises InputError for a probability or a threshold that is not between 0 and 1.
    """

    probability: NDArray[np.float64]
    """(6) 0 to 1; NaN = this segment can't be scored."""
    threshold: float
    """Motion from this probability on."""
    model_name: str
    model_digest: str
    """SHA-256 of what makes the model."""
    performance: str = ""
    """What is known of how well this model does, for people; empty = nothing."""
    unsure: NDArray[np.bool_] | None = None
    """(6) segments of which the model can say neither at its error level; None where it states no level."""
    t1_error_ms: NDArray[np.float64] | None = None
    """(6 3) error of the mean T1 by motion and noise: its 5 %, 50 % and 95 % quantiles; None where it is not told."""
    artefacts: Mapping[str, float] = field(default_factory=dict)
    """Other artefacts by name, and how likely each is, 0 to 1."""
    attention: AttentionMaps | None = None
    """Where the model looked."""

    def __post_init__(self) -> None:
        values = frozen(self.probability, np.float64, str(N_SEGMENTS), "the probabilities")
        object.__setattr__(self, "probability", values)
        object.__setattr__(self, "artefacts", MappingProxyType(dict(self.artefacts)))
        for name, dtype, axes in (("unsure", bool, f"{N_SEGMENTS}"), ("t1_error_ms", np.float64, f"{N_SEGMENTS} 3")):
            if getattr(self, name) is not None:
                object.__setattr__(self, name, frozen(getattr(self, name), dtype, axes, f"the scores' {name}"))
        outside = ~(np.isnan(values) | ((values >= 0.0) & (values <= 1.0)))
        if outside.any():
            raise InputError("not a probability", expected="0 to 1, or NaN where not scored", found=values[outside][0])
        if not 0.0 <= self.threshold <= 1.0:
            raise InputError("not a threshold for probabilities", expected="0 to 1", found=self.threshold)

    @property
    def motion(self) -> NDArray[np.bool_]:
        """(6) which segments have motion; False where not scored."""
        return np.asarray(self.probability >= self.threshold)

    @property
    def image_probability(self) -> float:
        """The highest of the six; NaN where none was scored."""
        return float("nan") if np.isnan(self.probability).all() else float(np.nanmax(self.probability))

    @property
    def image_motion(self) -> bool:
        """True where any segment has motion."""
        return bool(self.motion.any())


@dataclass(frozen=True, slots=True)
class SegmentSummary:
    """The numbers of one segment over its fitted pixels (those with a T1); NaN where there are none."""

    segment: AnySegment
    n_pixels: int
    n_fitted: int
    t1_mean_ms: float
    t1_sd_ms: float
    """Standard deviation of T1 over the fitted pixels (divided by n, not n − 1); not the fit's own precision."""
    r2_mean: float
    """Over the fitted pixels that have an R²; NaN where none has."""
    r2_min: float
    """Over the same pixels."""


@dataclass(frozen=True, slots=True, eq=False)
class Assessment:
    """One slice, read, fitted, located and scored; ``abstained`` holds the reason where it was not scored."""

    acquisition: Acquisition
    maps: ParameterMap
    contours: Contours | None = None
    segments: Segments | None = None
    summaries: tuple[SegmentSummary, ...] = ()
    scores: Scores | None = None
    abstained: str | None = None
    cautions: tuple[Caution, ...] = ()
    """All cautions, those of the acquisition included."""
    found: FoundHeart | None = None
    """What finding the heart gave, before anything was inferred; None where outlines or segments were given."""

    def __post_init__(self) -> None:
        for name in ("summaries", "cautions"):
            object.__setattr__(self, name, tuple(getattr(self, name)))

    @property
    def kinds(self) -> tuple[AnySegment, ...]:
        """The segments that the slice is divided into; six where nobody could divide it."""
        return tuple(Segment) if self.segments is None else self.segments.kinds
