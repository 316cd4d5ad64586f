"""Ways in which scanners take and give T1-mapping images, as data; named by what they do, not by who does it."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from myoqc.errors import InputError
from myoqc.simulate.scene import Canvas

SHAPE = (240, 320)
"""Matrix of every canvas, so that slices of all habits can stand in one array."""


@dataclass(frozen=True, slots=True)
class Habit:
    """What one kind of scanner does with every slice. Ranges are drawn from anew for each patient."""

    name: str
    spacing_mm: float
    """Pixel of the image, zero-filled or not."""
    acquired_mm: tuple[float, float]
    """Range of the acquired pixel."""
    partial_fourier: float = 1.0
    """How far the shorter side of k-space reaches along phase encoding; 0.5 is what is called 6/8, 0.75 is 7/8."""
    partial_echo: float = 1.0
    """The same along the readout."""
    taper: tuple[float, float] = (0.0, 0.0)
    """Range of the share of k-space's ends that a filter rounds off."""
    acceleration: float = 2.0
    """Of parallel imaging."""
    phase_down_share: float = 1.0
    """Share of patients with phase encoding down the columns."""
    keeps_phase: bool = True
    """False where only magnitudes leave the scanner."""

    @property
    def canvas(self) -> Canvas:
        """The pixels of its images."""
        return Canvas(SHAPE, self.spacing_mm)


HCMR = Habit(
    "interpolated, with phase",
    spacing_mm=0.9375,
    acquired_mm=(1.8, 2.0),
    partial_fourier=0.5,
    partial_echo=0.6,
    taper=(0.05, 0.25),
)
"""ShMOLLI as in a phantom's DICOM files: 3/4 of the lines and 4/5 of the echo of 1.9 mm, the rest zeros."""
HABITS: Mapping[str, Habit] = MappingProxyType(
    {
        habit.name: habit
        for habit in (
            HCMR,
            Habit(
                "as acquired, with phase",
                spacing_mm=1.4,
                acquired_mm=(1.4, 1.5),
                partial_fourier=0.75,
                partial_echo=0.7,
                taper=(0.0, 0.1),
            ),
            Habit(
                "finely interpolated magnitude",
                spacing_mm=0.85,
                acquired_mm=(1.6, 2.1),
                partial_fourier=0.75,
                taper=(0.4, 0.9),
                phase_down_share=0.6,
                keeps_phase=False,
            ),
            Habit(
                "coarse magnitude, strongly filtered",
                spacing_mm=1.25,
                acquired_mm=(1.9, 2.2),
                taper=(0.7, 1.0),
                phase_down_share=0.5,
                keeps_phase=False,
            ),
            Habit(
                "full k-space, unfiltered",
                spacing_mm=1.1,
                acquired_mm=(1.5, 1.9),
                acceleration=1.5,
                phase_down_share=0.7,
            ),
        )
    }
)
"""Name → habit: what a model that is not tied to one scanner has to see."""


def habit_named(name: str) -> Habit:
    """The habit called ``name``; raises InputError for an unknown one."""
    if name not in HABITS:
        raise InputError(f"unknown habit {name!r}", expected=f"one of {', '.join(HABITS)}")
    return HABITS[name]
