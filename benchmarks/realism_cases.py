"""Simulated slices to measure: planned as those of a cohort, but the heart lies still and nothing else is wrong."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from realism_measures import Ventricle
from realism_table import Case, of_acquisition
from rich.console import Console
from rich.progress import track

from myoqc import polygons
from myoqc.aha import screen_angle_deg, turn_deg
from myoqc.cohort.anatomies import read_subjects
from myoqc.fit import fit_maps
from myoqc.records import Acquisition, Contours, LabelledImage, ParameterMap
from myoqc.simulate import draw_case, simulate
from myoqc.simulate.enrolment import draw_plan
from myoqc.simulate.labels import Artefact, Distractor, Motion
from myoqc.simulate.plan import CasePlan
from myoqc.simulate.presets import preset_named

ON_ANATOMIES = "{}, real anatomies"


@dataclass(frozen=True, slots=True, eq=False)
class SimulatedSlice:
    """One simulated slice with what a scanner would give and the fit makes of it."""

    plan: CasePlan
    acquisition: Acquisition
    maps: ParameterMap
    ventricle: Ventricle

    @property
    def case(self) -> Case:
        """All rows of the table."""
        numbers = of_acquisition(self.acquisition, self.maps, self.ventricle)
        return Case(numbers, self.acquisition.schedule.name, native=self.plan.patient.contrast_mmol_l == 0.0)


def plans(preset: str, cases: int, seed: int, subjects: tuple[str, ...] = ()) -> list[CasePlan]:
    """The first cases of a cohort, without motion and artefacts; on real anatomies where subjects are given."""
    share = 1.0 if subjects else 0.0
    drawn = draw_plan(preset_named(preset), seed=seed, patients=cases, subjects=subjects, real_share=share)
    # One slice a patient, its level in turn: many patients tell more than both levels of few.
    by_patient = {plan.patient.name: plan for number, plan in enumerate(drawn) if number % 4 in (0, 3)}
    return [
        replace(plan, motion=Motion.STILL, distractor=Distractor.NONE, artefact=Artefact.NONE)
        for plan in list(by_patient.values())[:cases]
    ]


def simulated(plan: CasePlan, images: tuple[LabelledImage, ...] = ()) -> SimulatedSlice:
    """The slice of a plan."""
    simulation = simulate(draw_case(plan, images))
    acquisition = simulation.acquisition
    return SimulatedSlice(plan, acquisition, fit_maps(acquisition), ventricle_of(simulation.contours, acquisition))


def ventricle_of(contours: Contours, acquisition: Acquisition) -> Ventricle:
    """The masks inside the contours; the right ventricle lies where the middle of the septum is."""
    grid = acquisition.grid
    cavity = polygons.fill(contours.endo_px, grid.shape)
    wall = polygons.fill(contours.epi_px, grid.shape) & ~cavity
    anterior, inferior = (
        float(screen_angle_deg(np.asarray(point), contours.centre_px, grid.spacing_mm))
        for point in (contours.rv_insertion_px, contours.rv_inferior_px)
    )
    return Ventricle(cavity, wall, float(grid.spacing_mm[0]), anterior + 0.5 * turn_deg(anterior, inferior))


def draw_all(
    presets: list[str], cases: int, seed: int, anatomies: Path | None, console: Console
) -> dict[str, list[SimulatedSlice]]:
    """Name of the preset → its slices; the first once more on real anatomies where a folder of them is given."""
    subjects = {} if anatomies is None else dict(read_subjects(anatomies))
    wanted = {name: plans(name, cases, seed + number) for number, name in enumerate(presets)}
    if subjects:
        wanted[ON_ANATOMIES.format(presets[0])] = plans(presets[0], cases, seed + len(presets), tuple(subjects))
    return {
        name: [
            simulated(plan, subjects.get(plan.patient.anatomy or "", ()))
            for plan in track(members, f"simulated slices, {name}", console=console, transient=True)
        ]
        for name, members in wanted.items()
    }
