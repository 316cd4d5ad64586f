"""The images of one slice and what is known about them."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from myoqc.aha import Level
from myoqc.errors import GeometryError, ImageError, InputError, InversionTimeError
from myoqc.records.arrays import frozen, numbers, same_matrix
from myoqc.records.grid import Grid
from myoqc.records.maps import ParameterMap
from myoqc.records.pixels import check_none_empty, magnitudes, phases
from myoqc.schedules import FEWEST_IMAGES, MOST_IMAGES, Preparation, Schedule, by_name, recognise

SHORTEST_LAST_TI_MS = 100.0
"""No scheme ends earlier: shorter times are meant in seconds."""


@dataclass(frozen=True, slots=True)
class Caution:
    """Something that a person should know before trusting a result; ``code`` is stable, ``text`` is for people."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class CaseKey:
    """Who and where: the patient is the unit of folds and bootstraps."""

    patient: str = "unknown"
    study: str = "unknown"
    slice_uid: str = "unknown"
    level: Level = Level.UNKNOWN


@dataclass(frozen=True, slots=True)
class Source:
    """Where an acquisition came from.

    ``ti_attribute`` names, per image, the attribute that supplied its time. ``study_label`` and ``series_label`` are
    what people call them; ``motion_corrected`` says that the scanner registered the images already. ``image_uids`` are
    the SOP Instance UIDs of all DICOM images of the slice, its phase and the scanner's maps included.
    """

    files: tuple[str, ...] = ()
    ti_attribute: tuple[str, ...] = ()
    study_label: str = ""
    series_label: str = ""
    series_number: int | None = None
    manufacturer: str = ""
    motion_corrected: bool = False
    image_uids: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in ("files", "ti_attribute", "image_uids"):
            object.__setattr__(self, name, tuple(getattr(self, name)))


@dataclass(frozen=True, slots=True, eq=False)
class Acquisition:
    """One slice: its T1-weighted images in order of acquisition, with their times.

    Raises ImageError for too few or empty images and for values that are no magnitude or no phase, InversionTimeError
    for times that can't be fitted, GeometryError for axes that do not fit together, InputError for what is no record or
    no number of its kind.
    """

    images: NDArray[np.float32]
    """(t y x) magnitude, arbitrary unit; NaN = no value, which infinite values become."""
    ti_ms: NDArray[np.float64]
    """(t) inversion times, or saturation recovery times (SASHA), in order of acquisition."""
    schedule: Schedule
    grid: Grid
    key: CaseKey = CaseKey()
    phase_rad: NDArray[np.float32] | None = None
    """(t y x) −π to π, or 0 to 2π; NaN = unknown."""
    trigger_ms: NDArray[np.float64] | None = None
    """(t) delay of the readout after the R wave."""
    rr_ms: float | None = None
    """Mean time between heartbeats."""
    field_t: float | None = None
    """Field strength in tesla."""
    source: Source = Source()
    scanner_map: ParameterMap | None = None
    """What the scanner itself fitted, where it was found."""
    cautions: tuple[Caution, ...] = field(default=())

    def __post_init__(self) -> None:
        for name, kind in (("schedule", Schedule), ("grid", Grid)):
            if not isinstance(getattr(self, name), kind):
                raise InputError(f"{name} is not usable", expected=f"a {kind.__name__}", found=getattr(self, name))
        object.__setattr__(self, "images", magnitudes(self.images))
        object.__setattr__(self, "ti_ms", frozen(self.ti_ms, np.float64, "t", "the list of inversion times"))
        same_matrix(self.images.shape, self.grid.shape, "the stack of images")
        if self.phase_rad is not None:
            object.__setattr__(self, "phase_rad", phases(self.phase_rad))
        if self.trigger_ms is not None:
            object.__setattr__(self, "trigger_ms", frozen(self.trigger_ms, np.float64, "t", "trigger_ms"))
        object.__setattr__(self, "cautions", tuple(self.cautions))
        self._check_shapes()
        self._check_number()
        check_none_empty(self.images)
        self._check_times()
        _check_positive(self.rr_ms, "rr_ms", "a length in ms")
        _check_positive(self.field_t, "field_t", "a field strength in tesla")

    def _check_shapes(self) -> None:
        for name in ("phase_rad", "trigger_ms"):
            value = getattr(self, name)
            if value is not None and value.shape != self.images.shape[: value.ndim]:
                raise GeometryError(
                    f"{name} does not match the images",
                    expected=self.images.shape[: value.ndim],
                    found=value.shape,
                )

    def _check_number(self) -> None:
        if not FEWEST_IMAGES <= len(self.images) <= MOST_IMAGES:
            raise ImageError(
                "T1 can't be fitted to this number of images",
                expected=f"{FEWEST_IMAGES} to {MOST_IMAGES}",
                found=len(self.images),
            )
        if len(self.images) != self.schedule.n_images:
            raise ImageError(
                f"{self.schedule.name} has another number of images",
                expected=self.schedule.n_images,
                found=len(self.images),
            )

    def _check_times(self) -> None:
        if len(self.ti_ms) != len(self.images):
            raise InversionTimeError(
                "images and inversion times differ in number",
                expected=len(self.images),
                found=len(self.ti_ms),
            )
        if not (np.isfinite(self.ti_ms).all() and (self.ti_ms > 0).all()):
            raise InversionTimeError("inversion times must be positive numbers of ms", found=_listed(self.ti_ms))
        if self.ti_ms.max() < SHORTEST_LAST_TI_MS:
            raise InversionTimeError(
                "inversion times are too short for a heart",
                expected="ms",
                found=_listed(self.ti_ms),
                remedy="Times in seconds must be multiplied by 1000.",
            )
        fewest = 4 if self.schedule.preparation is Preparation.INVERSION else 2
        if len(np.unique(self.ti_ms)) < fewest:
            raise InversionTimeError(
                "inversion times do not differ enough to fit a curve",
                expected=f"at least {fewest} different ones",
                found=_listed(self.ti_ms),
            )

    @classmethod
    def from_arrays(
        cls,
        images: ArrayLike,
        ti_ms: ArrayLike,
        *,
        phase_rad: ArrayLike | None = None,
        schedule: Schedule | str | None = None,
        spacing_mm: float | ArrayLike = 1.0,
        grid: Grid | None = None,
        field_t: float | None = None,
        rr_ms: float | None = None,
        key: CaseKey | None = None,
        trigger_ms: ArrayLike | None = None,
        source: Source | None = None,
        scanner_map: ParameterMap | None = None,
        cautions: Sequence[Caution] = (),
    ) -> "Acquisition":
        """An acquisition from a stack of images (t y x) and their times (t), both in order of acquisition.

        ``schedule`` is a name ('ShMOLLI', 'MOLLI 5(3)3', 'MOLLI', 'SASHA') or is recognised from the times. ``grid``
        gives the orientation; without it the pixels are ``spacing_mm`` large, and only the two insertion points of the
        right ventricle can tell the side of the septum. Raises the errors of the record.
        """
        stack = numbers(images, np.float32, "the stack of images", ImageError)
        times = numbers(ti_ms, np.float64, "the list of inversion times", InversionTimeError)
        if stack.ndim != 3 or times.shape != stack.shape[:1]:
            raise GeometryError(
                "images and times do not belong together",
                expected="images (t y x) and times (t)",
                found=f"{stack.shape} and {times.shape}",
            )
        if not FEWEST_IMAGES <= len(stack) <= MOST_IMAGES:
            raise ImageError("wrong number of images", expected=f"{FEWEST_IMAGES} to {MOST_IMAGES}", found=len(stack))
        if schedule is None:
            schedule = recognise(times.tolist())
        elif isinstance(schedule, str):
            schedule = by_name(schedule, len(stack))
        return cls(
            images=stack,
            ti_ms=times,
            schedule=schedule,
            grid=grid or Grid.plain((stack.shape[1], stack.shape[2]), spacing_mm),
            key=key or CaseKey(),
            phase_rad=None if phase_rad is None else phases(phase_rad),
            trigger_ms=None if trigger_ms is None else numbers(trigger_ms, np.float64, "trigger_ms"),
            rr_ms=rr_ms,
            field_t=field_t,
            source=source or Source(),
            scanner_map=scanner_map,
            cautions=tuple(cautions),
        )


def _check_positive(value: float | None, name: str, what: str) -> None:
    if value is not None and not (isinstance(value, (int, float, np.number)) and 0 < value < np.inf):
        raise InputError(f"{name} is not usable", expected=f"{what} above 0, or None", found=value)


def _listed(times: NDArray[np.float64]) -> str:
    return ", ".join(f"{time:g}" for time in times) + " ms"
