"""Acquisitions as NIfTI images with BIDS names and sidecars [BIDS]."""

import json
import re
from pathlib import Path
from typing import Any

from myoqc.acquire.bids.sidecar import OWN_FIELD
from myoqc.acquire.naming import not_written
from myoqc.acquire.nifti import write_nifti
from myoqc.aha import Level
from myoqc.errors import OutputError
from myoqc.records import Acquisition

BIDS_VERSION = "1.10.0"


def write_bids(
    acquisition: Acquisition, folder: str | Path, *, subject: str, session: str | None = None, run: int | None = None
) -> list[Path]:
    """Write one slice below ``folder``, the root of a BIDS data set; gives the paths of the images.

    ``subject`` and ``session`` are labels of letters and digits; the level of the slice becomes ``acq-``; ``run`` tells
    slices of the same level apart. Images are written as they are, phase in radians; the slice keeps its orientation,
    oblique or mirrored, to the single precision of NIfTI. Raises OutputError for a label that BIDS does not allow and
    where a file can't be written.
    """
    labels = {"sub": subject, "ses": session, "acq": None, "rec": None, "run": None if run is None else str(run)}
    if acquisition.key.level is not Level.UNKNOWN:
        labels["acq"] = acquisition.key.level.value
    if acquisition.source.motion_corrected:
        labels["rec"] = "moco"
    for name, label in labels.items():
        if label is not None and not re.fullmatch("[0-9A-Za-z]+", label):
            raise OutputError(f"not a BIDS label for '{name}-'", expected="letters and digits", found=repr(label))
    stem = "_".join(f"{name}-{label}" for name, label in labels.items() if label is not None)
    root = Path(folder)
    home = root.joinpath(f"sub-{subject}", *([f"ses-{session}"] if session else []), "anat")
    parts = {"_part-mag": acquisition.images, "_part-phase": acquisition.phase_rad}
    if acquisition.phase_rad is None:
        parts = {"": acquisition.images}
    paths = []
    for part, stack in parts.items():
        for number, image in enumerate(() if stack is None else stack):
            path = home / f"{stem}_inv-{number + 1}{part}_IRT1.nii.gz"
            write_nifti(image, acquisition.grid, path)
            fields = _fields(acquisition, number) | ({"Units": "rad"} if part == "_part-phase" else {})
            _write_json(fields, path.with_name(path.name.removesuffix(".nii.gz") + ".json"))
            paths.append(path)
    description = root / "dataset_description.json"
    if not description.exists():
        _write_json({"Name": "T1-mapping acquisitions", "BIDSVersion": BIDS_VERSION}, description)
    return paths


def _fields(acquisition: Acquisition, number: int) -> dict[str, Any]:
    source, trigger_ms = acquisition.source, acquisition.trigger_ms
    fields = {
        "InversionTime": float(acquisition.ti_ms[number]) / 1000.0,
        "MagneticFieldStrength": acquisition.field_t,
        "SeriesDescription": source.series_label or None,
        "SeriesNumber": source.series_number,
        "StudyDescription": source.study_label or None,
        "Manufacturer": source.manufacturer or None,
        "PulseSequenceDetails": acquisition.schedule.name,
        OWN_FIELD: {
            "study": acquisition.key.study,
            "slice_uid": acquisition.key.slice_uid,
            "rr_ms": acquisition.rr_ms,
            "trigger_ms": None if trigger_ms is None else float(trigger_ms[number]),
        },
    }
    return {name: value for name, value in fields.items() if value is not None}


def _write_json(content: dict[str, Any], path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise not_written(path, error) from error
