"""What a cohort is made of, as data: its size, and the shares of everything that differs from case to case."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from myoqc.aha import Level
from myoqc.errors import InputError
from myoqc.schedules import KNOWN, MOLLI_5S_3S, SHMOLLI, Schedule
from myoqc.simulate.drawn.phenotype import Phenotype
from myoqc.simulate.imaging import habits
from myoqc.simulate.labels import Artefact, Distractor, Motion
from myoqc.simulate.physics.values import CONTRAST_MMOL_L


@dataclass(frozen=True, slots=True, eq=False)
class Preset:
    """A cohort of two sets of patients: ordinary maps, and maps with another artefact than motion.

    Shares are relative: each kind gets its part of their sum.
    """

    name: str
    patients: int
    """Of the ordinary set at its full size, with a map at every level each."""
    levels: tuple[Level, ...]
    one_level: int
    """How many patients have only one of the levels."""
    artefact_maps: int
    """Maps of the set with other artefacts; its patients are others."""
    field_t: Mapping[float, float]
    """Field strength in tesla → share of patients."""
    schedules: Mapping[Schedule, float]
    habits: Mapping[str, float]
    """Name of a scanner's habit → share of patients."""
    phenotypes: Mapping[Phenotype, float]
    """Of the patients whose heart is drawn."""
    post_contrast: float
    """Share of patients imaged after a contrast agent."""
    contrast_mmol_l: tuple[float, float]
    """Range of its concentration in plasma."""
    moving: float
    """Share of ordinary maps whose heart is drawn to move; some move too little for any segment to be positive."""
    moving_with_artefact: float
    """The same in the set with other artefacts."""
    restlessness: float
    """Standard deviation over patients of the logarithm of their odds to move; 0 = all patients hold alike."""
    motions: Mapping[Motion, float]
    """Of the maps that move."""
    distractors: Mapping[Distractor, float]
    """Of all maps, moving or not."""
    artefacts: Mapping[Artefact, float]
    """Of the maps with another artefact."""

    @property
    def ordinary_maps(self) -> int:
        """Number of maps of the ordinary set at its full size."""
        return len(self.levels) * self.patients - (len(self.levels) - 1) * self.one_level


MOTIONS = MappingProxyType(
    {
        Motion.DRIFT: 0.30,
        Motion.RELEASE: 0.20,
        Motion.OSCILLATION: 0.20,
        Motion.LATE_BREATH: 0.22,
        Motion.SHIFT: 0.08,
    }
)
DISTRACTORS = MappingProxyType(
    {
        Distractor.NONE: 0.70,
        Distractor.STOMACH: 0.09,
        Distractor.DIAPHRAGM: 0.06,
        Distractor.GHOST: 0.05,
        Distractor.BAND: 0.06,
        Distractor.FOLD_OVER: 0.04,
    }
)
ARTEFACTS = MappingProxyType(
    {
        Artefact.MISTRIGGERING: 0.30,
        Artefact.OFF_RESONANCE: 0.25,
        Artefact.PHASE: 0.15,
        Artefact.PLANNING: 0.20,
        Artefact.LOW_SNR: 0.10,
    }
)
"""The four kinds that [Zhang2020] names, and noise; how common motion and the others are among each other is plausible,
not measured."""

HCMR = Preset(
    name="hcmr",
    patients=1290,
    levels=(Level.BASAL, Level.MID),
    one_level=12,
    artefact_maps=163,
    field_t=MappingProxyType({1.5: 0.73, 3.0: 0.27}),
    schedules=MappingProxyType({SHMOLLI: 1.0}),
    habits=MappingProxyType({habits.HCMR.name: 1.0}),
    phenotypes=MappingProxyType(
        {
            Phenotype.SEPTAL: 0.55,
            Phenotype.CONCENTRIC: 0.15,
            Phenotype.APICAL: 0.12,
            Phenotype.MILD: 0.13,
            Phenotype.NORMAL: 0.05,
        }
    ),
    post_contrast=0.0,
    contrast_mmol_l=CONTRAST_MMOL_L,
    moving=0.15,
    moving_with_artefact=0.30,
    restlessness=1.0,
    motions=MOTIONS,
    distractors=DISTRACTORS,
    artefacts=ARTEFACTS,
)
"""A twin of the cohort of [Zhang2020]: 2568 native ShMOLLI maps of hypertrophic hearts, and 163 with another artefact.

Normal and mild walls stand for patients whose thickening is elsewhere. Those who can't hold their breath are triggered
badly too, so the 163 move more often; how often they did is not in the paper."""

MULTI = Preset(
    name="multi",
    patients=1000,
    levels=(Level.BASAL, Level.MID),
    one_level=0,
    artefact_maps=200,
    field_t=MappingProxyType({1.5: 0.55, 3.0: 0.45}),
    schedules=MappingProxyType(dict.fromkeys((*KNOWN, MOLLI_5S_3S), 0.2)),
    habits=MappingProxyType(dict.fromkeys(habits.HABITS, 0.2)),
    phenotypes=MappingProxyType(
        {
            Phenotype.NORMAL: 0.40,
            Phenotype.SEPTAL: 0.25,
            Phenotype.MILD: 0.15,
            Phenotype.CONCENTRIC: 0.12,
            Phenotype.APICAL: 0.08,
        }
    ),
    post_contrast=0.35,
    contrast_mmol_l=CONTRAST_MMOL_L,
    moving=0.40,
    moving_with_artefact=0.40,
    restlessness=0.5,
    motions=MOTIONS,
    distractors=DISTRACTORS,
    artefacts=ARTEFACTS,
)
"""For a model that is tied to no sequence: inversion schemes, field strengths and scanners' habits, native and
post-contrast, normal and hypertrophic hearts; moving maps are as many as training wants, not as life has.

SASHA is left out, as no scorer knows it."""

LEVELS = replace(MULTI, name="levels", levels=(Level.BASAL, Level.MID, Level.APICAL))
"""The same with an apical map of every patient: for what finds the heart, not for what scores it."""

ARTEFACT_RICH = replace(
    MULTI,
    name="artefacts",
    artefact_maps=10_000,
    artefacts=MappingProxyType(dict.fromkeys(ARTEFACTS, 0.2)),
)
"""The same with five maps that have another artefact for each that has none, every kind as often: for what learns to
tell them, beside an ordinary cohort."""

PRESETS: Mapping[str, Preset] = MappingProxyType(
    {preset.name: preset for preset in (HCMR, MULTI, LEVELS, ARTEFACT_RICH)}
)


def preset_named(name: str) -> Preset:
    """The preset called ``name``; raises InputError for an unknown one."""
    if name not in PRESETS:
        raise InputError(f"unknown preset {name!r}", expected=f"one of {', '.join(PRESETS)}")
    return PRESETS[name]
