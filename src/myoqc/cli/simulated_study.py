"""Simulated slices as DICOM, as a scanner writes them, with contours and the truth beside them."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from myoqc.acquire import SliceContours, read_anatomies, write_contours, write_dicom
from myoqc.aha import Level
from myoqc.cli.console import console, steps
from myoqc.cli.simulated_truth import SIMULATED, SliceTruth, write_truth
from myoqc.cli.slices import tell
from myoqc.cohort import make_case
from myoqc.cohort.scanned import DICOM_PHASE_STEPS
from myoqc.errors import OutputError
from myoqc.records import LabelledImage
from myoqc.schedules import KNOWN
from myoqc.simulate import Artefact, CasePlan, Distractor, Motion, patient_plan

DICOM, CONTOURS, TRUTH = "dicom", "contours.json", "truth.json"
"""What a study consists of."""
SERIES_A_SLICE = 4
"""Magnitude, phase, T1 map and fit parameters."""
SEEDS_A_PATIENT = 1000
OWN_FILE = re.compile(r"\d{4}-\d{3}\.dcm")

Subjects = Mapping[str, Sequence[LabelledImage]]
"""Name → images of one real heart."""
NONE: Subjects = MappingProxyType({})


def choices(schedule: str, field: str, distractor: str, artefact: str) -> dict[str, Any]:
    """Options of the command line as those of :func:`myoqc.simulate.patient_plan`."""
    return {
        "schedule": next(each for each in KNOWN if each.name == schedule),
        "field_t": float(field),
        "distractor": Distractor(distractor),
        "artefact": Artefact(artefact),
    }


def read_subjects(sources: Iterable[Path]) -> Subjects:
    """The real hearts in files and folders; what can't be used is told."""
    subjects: dict[str, list[LabelledImage]] = {}
    for source in sources:
        found = read_anatomies(source)
        tell(found.problems)
        for image in found.images:
            subjects.setdefault(image.subject, []).append(image)
    return subjects


def with_anatomies(subjects: Subjects, seed: int, motion: Motion, **more: Any) -> tuple[CasePlan, ...]:
    """A patient for each subject, with a slice for each level that there is an image of.

    ``more`` as in :func:`myoqc.simulate.patient_plan`.
    """
    plans: list[CasePlan] = []
    for number, (subject, images) in enumerate(sorted(subjects.items())):
        levels = [level for level in Level if any(image.level is level for image in images)]
        slices = [(level, motion) for level in levels]
        drawn = patient_plan(subject, seed + SEEDS_A_PATIENT * number, slices, **more)
        patient = replace(drawn[0].patient, anatomy=subject, phenotype=None)
        plans += [replace(plan, patient=patient) for plan in drawn]
    return tuple(plans)


def write_with_progress(plans: Sequence[CasePlan], out: Path, subjects: Subjects = NONE) -> None:
    """Write the slices below ``out``, and say where they are."""
    with steps("Simulating", len(plans)) as advance:
        write_study(plans, out, subjects=subjects, advance=advance)
    say_where("A simulated study", out)


def say_where(what: str, out: Path) -> None:
    """Print where the parts of a study below ``out`` are."""
    places = f"DICOM files in {out / DICOM}, contours in {out / CONTOURS}, truth in {out / TRUTH}"
    console.print(f"{what}: {places}", soft_wrap=True, markup=False)


def write_study(
    plans: Iterable[CasePlan], out: Path, *, subjects: Subjects = NONE, advance: Callable[[], None]
) -> None:
    """Write the slices as DICOM, four series each, below ``out``; their contours and their truth as JSON beside.

    ``subjects`` are the real hearts that the plans name. Raises OutputError where the folder of the DICOM files holds
    files that this did not write.
    """
    _refuse_strangers(out / DICOM)
    outlines, truths = [], []
    for number, plan in enumerate(plans):
        case = make_case(plan, subjects.get(plan.patient.subject, ()), phase_steps=DICOM_PHASE_STEPS)
        series = 1 + SERIES_A_SLICE * number
        write_dicom(
            case.acquisition,
            out / DICOM,
            maps=case.maps,
            patient_name=f"Simulated^{plan.patient.name}",
            series_number=series,
            simulated=True,
        )
        outlines.append(SliceContours(case.contours, series_number=series, level=plan.level))
        drawn = {name: getattr(plan, name) for name in ("motion", "distractor", "artefact")}
        truths.append(SliceTruth(series, case.acquisition, drawn, case.truth, case.harm))
        advance()
    write_contours(outlines, out / CONTOURS)
    write_truth(truths, out / TRUTH, SIMULATED)


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
