"""One simulated patient as DICOM, as a scanner writes it, with contours beside it."""

import re
from collections.abc import Callable, Iterable
from pathlib import Path

from myoqc.acquire import SliceContours, write_contours, write_dicom
from myoqc.aha import Level
from myoqc.cohort import scanned, simulate_plan
from myoqc.errors import OutputError
from myoqc.fit import fit_maps
from myoqc.schedules import SHMOLLI, Schedule
from myoqc.simulate.drawn.phenotype import Phenotype
from myoqc.simulate.imaging import habits
from myoqc.simulate.labels import Artefact, Distractor, Motion
from myoqc.simulate.plan import CasePlan, PatientPlan, Subset

SERIES_A_SLICE = 4
"""Magnitude, phase, T1 map and fit parameters."""
OWN_FILE = re.compile(r"\d{4}-\d{3}\.dcm")


def patient_plan(
    name: str,
    seed: int,
    slices: Iterable[tuple[Level, Motion]],
    *,
    schedule: Schedule = SHMOLLI,
    field_t: float = 1.5,
    phenotype: Phenotype = Phenotype.SEPTAL,
    distractor: Distractor = Distractor.NONE,
    artefact: Artefact = Artefact.NONE,
) -> tuple[CasePlan, ...]:
    """The slices of one native patient, drawn from ``seed``; the same heart at every level and with every motion."""
    patient = PatientPlan(
        name=name,
        subject=name,
        subset=Subset.ORDINARY if artefact is Artefact.NONE else Subset.ARTEFACT,
        field_t=field_t,
        schedule=schedule,
        habit=habits.HCMR.name,
        contrast_mmol_l=0.0,
        phenotype=phenotype,
        anatomy=None,
        seed=seed,
    )
    return tuple(
        CasePlan(patient, level, motion, distractor, artefact, seed + number)
        for number, (level, motion) in enumerate(slices, start=1)
    )


def write_study(plans: Iterable[CasePlan], folder: Path, contours: Path, *, advance: Callable[[], None]) -> None:
    """Write the slices as DICOM into ``folder``, four series each, and their contours as JSON.

    Raises OutputError where ``folder`` holds files that this did not write.
    """
    _refuse_strangers(folder)
    outlines = []
    for number, plan in enumerate(plans):
        simulated = simulate_plan(plan)
        acquisition, series = scanned(simulated.acquisition), 1 + SERIES_A_SLICE * number
        write_dicom(
            acquisition,
            folder,
            maps=fit_maps(acquisition),
            patient_name=f"Simulated^{plan.patient.name}",
            series_number=series,
            simulated=True,
        )
        outlines.append(SliceContours(simulated.contours, series_number=series, level=plan.level))
        advance()
    write_contours(outlines, contours)


def _refuse_strangers(folder: Path) -> None:
    """Files of an earlier run are written over; nothing else may lie there."""
    paths = folder.iterdir() if folder.exists() else iter(())
    strangers = [path.name for path in paths if not OWN_FILE.fullmatch(path.name)]
    if strangers:
        raise OutputError(
            "this folder holds files that no simulation made",
            file=folder,
            found=strangers[0],
            remedy="Choose another one.",
        )
