"""A case as arrays of codes and a row of plain JSON, and back; and the digest that says whether both are the same."""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from myoqc.aha import Level
from myoqc.cohort.case import CohortCase
from myoqc.cohort.harm import Harm
from myoqc.cohort.layout import ARRAYS
from myoqc.cohort.scanned import STORE_PHASE_STEPS, phase_code, phase_of
from myoqc.records import (
    Acquisition,
    CaseKey,
    Contours,
    Grid,
    Origin,
    ParameterMap,
    Segments,
    Source,
)
from myoqc.schedules import Preparation, Schedule
from myoqc.simulate.labels import Artefact, Distractor
from myoqc.simulate.truth import Truth

Codes = Mapping[str, NDArray[Any]]
Row = Mapping[str, Any]


def pack(case: CohortCase) -> dict[str, NDArray[Any]]:
    """The codes of every array of the store, none filled up."""
    acquisition, grid = case.acquisition, case.acquisition.grid
    contours, numbers = case.contours, np.arange(1, 7, dtype=np.uint8)
    values = {
        "images": acquisition.images,
        "phase": _phase(acquisition),
        "t1": case.maps.t1_ms,
        "r2": _there(case.maps.r2),
        "segments": np.einsum("syx,s->yx", case.segments.masks, numbers),
        "right_ventricle": case.right_ventricle,
        "n_images": np.array(len(acquisition.images)),
        "ti_ms": acquisition.ti_ms,
        "trigger_ms": _there(acquisition.trigger_ms),
        "endo_px": contours.endo_px,
        "epi_px": contours.epi_px,
        "insertions_px": np.array([_there(contours.rv_insertion_px), _there(contours.rv_inferior_px)]),
        "spacing_mm": grid.spacing_mm,
        "origin_mm": grid.origin_mm,
        "directions": np.array([grid.row_direction, grid.column_direction]),
        "contamination": case.truth.contamination,
        "displacement_mm": case.truth.displacement_mm,
        "used": case.used,
        "motion": case.truth.motion,
        "motion_in_fit": case.truth.motion_in(case.used),
        "t1_error_ms": case.harm.t1_error_ms,
        "r2_drop": case.harm.r2_drop,
    }
    return {array.name: array.encode(values[array.name]) for array in ARRAYS}


def _phase(acquisition: Acquisition) -> NDArray[np.int16]:
    """Steps of the phase; 0 where there is none."""
    if acquisition.phase_rad is None:
        return np.zeros(acquisition.images.shape, dtype=np.int16)
    return phase_code(acquisition.phase_rad, STORE_PHASE_STEPS)


def _there(values: NDArray[Any] | None) -> NDArray[Any]:
    """What every simulated case has, though records in general may lack it."""
    assert values is not None
    return values


def row_of(case: CohortCase) -> dict[str, Any]:
    """What is known of a case beside its arrays, as plain JSON."""
    acquisition, schedule = case.acquisition, case.acquisition.schedule
    return {
        "patient": acquisition.key.patient,
        "subject": case.subject,
        "study": acquisition.key.study,
        "slice_uid": acquisition.key.slice_uid,
        "level": acquisition.key.level.value,
        "field_t": acquisition.field_t,
        "rr_ms": acquisition.rr_ms,
        "phase": acquisition.phase_rad is not None,
        "schedule": asdict(schedule) | {"preparation": schedule.preparation.value},
        "fit": {"method": case.maps.method, "r2_definition": case.maps.r2_definition},
        "label": {"study": acquisition.source.study_label, "series": acquisition.source.series_label},
        "manufacturer": acquisition.source.manufacturer,
        "motion": case.truth.motion.astype(int).tolist(),
        "distractor": case.distractor.value,
        "artefact": case.artefact.value,
        "drawn": dict(case.drawn),
    }


def digest(codes: Codes) -> str:
    """SHA-256 over name, type, shape and codes of every array of a case, none filled up."""
    total = hashlib.sha256()
    for name, values in codes.items():
        total.update(f"{name} {values.dtype.str} {values.shape}".encode())
        total.update(values.tobytes())
    return total.hexdigest()


def unpack(codes: Codes, row: Row) -> CohortCase:
    """The case whose arrays, filled up or not, and row these are."""
    n_images = int(codes["n_images"])
    values = {array.name: array.decode(codes[array.name]) for array in ARRAYS}
    grid = _grid(values)
    truth = Truth(
        contamination=values["contamination"][:n_images],
        displacement_mm=values["displacement_mm"][:n_images],
    )
    return CohortCase(
        acquisition=_acquisition(values, n_images, grid, row),
        maps=ParameterMap(t1_ms=values["t1"], grid=grid, r2=values["r2"], **row["fit"]),
        contours=_contours(values),
        segments=Segments.from_labels(values["segments"]),
        right_ventricle=values["right_ventricle"],
        truth=truth,
        used=values["used"][:n_images],
        harm=Harm(values["t1_error_ms"], values["r2_drop"]),
        subject=row["subject"],
        distractor=Distractor(row["distractor"]),
        artefact=Artefact(row["artefact"]),
        drawn=row["drawn"],
    )


def _grid(values: Codes) -> Grid:
    shape = values["t1"].shape
    return Grid((shape[0], shape[1]), values["spacing_mm"], values["origin_mm"], *values["directions"])


def _contours(values: Codes) -> Contours:
    endo, epi = (values[name][np.isfinite(values[name]).all(axis=1)] for name in ("endo_px", "epi_px"))
    anterior, inferior = values["insertions_px"]
    return Contours(endo, epi, anterior, inferior, Origin.PHANTOM)


def _acquisition(values: Codes, n_images: int, grid: Grid, row: Row) -> Acquisition:
    schedule = row["schedule"] | {"preparation": Preparation(row["schedule"]["preparation"])}
    return Acquisition(
        images=values["images"][:n_images],
        ti_ms=values["ti_ms"][:n_images],
        schedule=Schedule(**schedule),
        grid=grid,
        key=CaseKey(row["patient"], row["study"], row["slice_uid"], Level(row["level"])),
        phase_rad=phase_of(values["phase"][:n_images], STORE_PHASE_STEPS) if row["phase"] else None,
        trigger_ms=values["trigger_ms"][:n_images],
        rr_ms=row["rr_ms"],
        field_t=row["field_t"],
        source=Source(
            study_label=row["label"]["study"], series_label=row["label"]["series"], manufacturer=row["manufacturer"]
        ),
    )
