"""A whole cohort: plan, make and store every case in several processes; go on where an earlier run was stopped."""

import platform
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from myoqc import __version__
from myoqc.cohort.anatomies import digest_of_subjects, read_subjects
from myoqc.cohort.files import ABOUT, FORMAT, one_line, read_about, write_whole
from myoqc.cohort.finish import finish
from myoqc.cohort.layout import VERSION
from myoqc.cohort.make import make_case
from myoqc.cohort.read import Cohort
from myoqc.cohort.store import clear, create_arrays, finished_cases, write_case
from myoqc.cohort.workers import in_processes
from myoqc.errors import OutputError
from myoqc.extras import available
from myoqc.simulate import CasePlan
from myoqc.simulate.enrolment import draw_plan
from myoqc.simulate.imaging.habits import SHAPE
from myoqc.simulate.presets import preset_named

Progress = Callable[[int, int], None]
"""Told the number of cases that are done, and of all."""


@dataclass(frozen=True, slots=True)
class Request:
    """What decides every bit of a cohort, together with the versions of the software."""

    preset: str = "hcmr"
    patients: int | None = None
    """Of the ordinary set; the one with other artefacts follows in proportion. None = the preset's."""
    seed: int = 0
    anatomies: Path | None = None
    """Folder of real anatomies."""
    real_share: float = 0.0
    """Of the patients who are given one."""


def make_cohort(folder: Path, request: Request, *, workers: int = 1, progress: Progress | None = None) -> Cohort:
    """Make the cohort in ``folder``, or what is still lacking of it.

    The same request gives the same arrays and the same table to the bit, whatever the number of ``workers`` and
    however often it was stopped. Raises OutputError where the folder holds something else, or can't be written.
    """
    subjects = {} if request.anatomies is None else read_subjects(request.anatomies)
    plans = draw_plan(
        preset_named(request.preset),
        seed=request.seed,
        patients=request.patients,
        subjects=tuple(subjects),
        real_share=request.real_share,
    )
    made_of = asdict(request) | {"anatomies": digest_of_subjects(subjects) if subjects else None} | software()
    about = _begun(folder, made_of) or _begin(folder, made_of, len(plans))
    if about["state"] != "complete":
        _make_cases(folder, plans, request.anatomies, workers, progress)
        finish(folder, about)
    clear(folder)
    return Cohort.open(folder)


def software() -> dict[str, str]:
    """Everything whose version may decide a bit."""
    engine = "numba" if available("fast") else "numpy"
    versions = {name: version(name) for name in ("numpy", "scipy", *(("numba",) if engine == "numba" else ()))}
    return {
        "myoqc": __version__,
        "layout": str(VERSION),
        "fit_engine": engine,
        **versions,
        "machine": platform.machine(),
    }


def _begun(folder: Path, made_of: dict[str, Any]) -> Mapping[str, Any] | None:
    """What ``folder`` says of this very cohort, None if it is empty; raises OutputError where it holds another."""
    about = read_about(folder)
    if about is None:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise OutputError("this is not an empty folder", file=folder, remedy="Choose another one.")
        return None
    if about["made_of"] != made_of:
        raise OutputError(
            "this folder holds another cohort",
            file=folder,
            expected=one_line(made_of),
            found=one_line(about["made_of"]),
            remedy="Choose another folder, or give the options and use the versions that it was begun with.",
        )
    return about


def _begin(folder: Path, made_of: dict[str, Any], n_cases: int) -> Mapping[str, Any]:
    """The file that says whose folder this is."""
    about = {"format": FORMAT, "version": VERSION, "state": "unfinished", "n_cases": n_cases, "made_of": made_of}
    write_whole(folder / ABOUT, one_line(about))
    return about


def _make_cases(
    folder: Path, plans: tuple[CasePlan, ...], anatomies: Path | None, workers: int, progress: Progress | None
) -> None:
    done = finished_cases(folder)
    if not done:
        n_images = max(plan.patient.schedule.n_images for plan in plans)
        create_arrays(folder, len(plans), {"t": n_images, "y": SHAPE[0], "x": SHAPE[1]})
    tasks = [(folder, number, plan, anatomies) for number, plan in enumerate(plans) if number not in done]
    count = len(done)
    if progress is not None:
        progress(count, len(plans))
    for _ in in_processes(_make_one, tasks, workers) if tasks else ():
        count += 1
        if progress is not None:
            progress(count, len(plans))


def _make_one(folder: Path, number: int, plan: CasePlan, anatomies: Path | None) -> None:
    subject = plan.patient.anatomy
    images = () if anatomies is None or subject is None else read_subjects(anatomies)[subject]
    write_case(folder, number, make_case(plan, images))
