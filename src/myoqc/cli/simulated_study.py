"""One simulated patient as DICOM, as a scanner writes it, with contours beside it."""

import re
from collections.abc import Callable, Iterable
from pathlib import Path

from myoqc.acquire import SliceContours, write_contours, write_dicom
from myoqc.cohort import scanned
from myoqc.errors import OutputError
from myoqc.fit import fit_maps
from myoqc.simulate import CasePlan, draw_case, simulate

SERIES_A_SLICE = 4
"""Magnitude, phase, T1 map and fit parameters."""
OWN_FILE = re.compile(r"\d{4}-\d{3}\.dcm")


def write_study(plans: Iterable[CasePlan], folder: Path, contours: Path, *, advance: Callable[[], None]) -> None:
    """Write the slices as DICOM into ``folder``, four series each, and their contours as JSON.

    Raises OutputError where ``folder`` holds files that this did not write.
    """
    _refuse_strangers(folder)
    outlines = []
    for number, plan in enumerate(plans):
        simulated = simulate(draw_case(plan))
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
