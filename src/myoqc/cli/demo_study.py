"""The study of the demo: one simulated patient, a still mid slice and a basal slice with a sudden breath."""

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np

from myoqc.acquire import SliceContours, write_contours, write_dicom
from myoqc.aha import Level
from myoqc.errors import OutputError
from myoqc.fit import fit_maps
from myoqc.simulate import Motion, draw_case, simulate

SLICES = ((Level.MID, Motion.STILL), (Level.BASAL, Motion.STEP))
SERIES_A_SLICE = 4
"""Magnitude, phase, T1 map and fit parameters."""
OWN_FILE = re.compile(r"\d{4}-\d{3}\.dcm")


def write_demo_study(seed: int, folder: Path, contours: Path, *, advance: Callable[[], None]) -> None:
    """Write both slices as DICOM into ``folder``, and their contours as JSON.

    Raises OutputError where ``folder`` holds other files.
    """
    _refuse_strangers(folder)
    outlines = []
    for number, (level, motion) in enumerate(SLICES):
        case = draw_case(np.random.default_rng(seed), level=level, motion=motion, patient=f"DEMO-{seed}")
        simulated = simulate(case)
        series = 1 + SERIES_A_SLICE * number
        maps = fit_maps(simulated.acquisition)
        write_dicom(
            simulated.acquisition,
            folder,
            maps=maps,
            patient_name="Simulated^Demo",
            series_number=series,
            simulated=True,
        )
        outlines.append(SliceContours(simulated.contours, series_number=series, level=level))
        advance()
    write_contours(outlines, contours)


def _refuse_strangers(folder: Path) -> None:
    """Files of an earlier demo are written over; nothing else may lie there."""
    paths = folder.iterdir() if folder.exists() else iter(())
    strangers = [path.name for path in paths if not OWN_FILE.fullmatch(path.name)]
    if strangers:
        raise OutputError(
            "this folder holds files that the demo did not make",
            file=folder,
            found=strangers[0],
            remedy="Choose another one with --out.",
        )
