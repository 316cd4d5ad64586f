"""The images of one slice and what is known about them."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from myoqc.aha import Level
from myoqc.errors import GeometryError, ImageError, InversionTimeError
from myoqc.records.arrays import frozen, same_matrix
from myoqc.records.grid import Grid
from myoqc.records.maps import ParameterMap
from myoqc.schedules import FEWEST_IMAGES, MOST_IMAGES, Preparation, Schedule, by_name, recognise


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
    what people call them; ``motion_corrected`` says that the scanner registered the images already.
    """

    files: tuple[str, ...] = ()
    ti_attribute: tuple[str, ...] = ()
    study_label: str = ""
    series_label: str = ""
    series_number: int | None = None
    manufacturer: str = ""
    motion_corrected: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Acquisition:
    """One slice: its T1-weighted images in order of acquisition, with their times.

    Raises ImageError for too few or empty images, InversionTimeError for times that can't be fitted, GeometryError for
    axes that do not fit together.
    """

    images: NDArray[np.float32]
    """(t y x) magnitude, arbitrary unit; NaN = no value."""
    ti_ms: NDArray[np.float64]
    """(t) inversion times, or saturation recovery times (SASHA), in order of acquisition."""
    schedule: Schedule
    grid: Grid
    key: CaseKey = CaseKey()
    phase_rad: NDArray[np.float32] | None = None
    """(t y x) −π to π."""
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
        object.__setattr__(self, "images", frozen(self.images, np.float32, "t y x", "the stack of images"))
        object.__setattr__(self, "ti_ms", frozen(self.ti_ms, np.float64, "t", "the list of inversion times"))
        same_matrix(self.images.shape, self.grid.shape, "the stack of images")
        for name in ("phase_rad", "trigger_ms"):
            value = getattr(self, name)
            if value is not None:
                axes, dtype = ("t y x", np.float32) if name == "phase_rad" else ("t", np.float64)
                value = frozen(value, dtype, axes, name)
                object.__setattr__(self, name, value)
                if value.shape != self.images.shape[: value.ndim]:
                    raise GeometryError(
                        f"{name} does not match the images",
                        expected=self.images.shape[: value.ndim],
                        found=value.shape,
                    )
        self._check_images()
        self._check_times()

    def _check_images(self) -> None:
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
        for number, image in enumerate(self.images, start=1):
            finite = np.isfinite(image)
            if not finite.any() or not image[finite].any():
                what = "zero" if finite.any() else "not a number"
                raise ImageError(
                    f"image {number} of {len(self.images)} is empty",
                    found=f"every pixel is {what}",
                    remedy="Export the series again, or leave this acquisition out.",
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
        **more: Any,
    ) -> "Acquisition":
        """An acquisition from a stack of images (t y x) and their times (t), both in order of acquisition.

        ``schedule`` is a name ('ShMOLLI', 'MOLLI 5(3)3', 'MOLLI', 'SASHA') or is recognised from the times; ``grid``
        gives the orientation, without it the images are taken as transverse with pixels of ``spacing_mm``.
        """
        stack = np.asarray(images, dtype=np.float32)
        times = np.asarray(ti_ms, dtype=np.float64)
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
            phase_rad=None if phase_rad is None else np.asarray(phase_rad, dtype=np.float32),
            rr_ms=rr_ms,
            field_t=field_t,
            **more,
        )


def _listed(times: NDArray[np.float64]) -> str:
    return ", ".join(f"{time:g}" for time in times) + " ms"
