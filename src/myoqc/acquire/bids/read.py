"""Reads T1-weighted NIfTI images and their sidecars.

Times are in seconds there; the goodness of fit is never called ``R2map``, which in BIDS is a relaxation rate.
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from myoqc.acquire.bids.names import ONE_ACQUISITION, NamedFile, parts
from myoqc.acquire.bids.sidecar import inversion_time_ms, number_in, own_fields, read_sidecar, word_in
from myoqc.acquire.naming import naming
from myoqc.acquire.nifti import Volume, read_nifti
from myoqc.aha import Level
from myoqc.errors import GeometryError, ImageError
from myoqc.records import Acquisition, CaseKey, Caution, Source
from myoqc.schedules import Schedule, recognise

MOST_VOXELS = 2**26
"""Of all files of one acquisition together."""
SCANNER_PI = 4096.0
"""π in the phase images of a scanner that are not in radians."""


def read_bids(files: Sequence[str | Path]) -> list[Acquisition]:
    """One acquisition per slice of the volumes in ``files``, a group as :func:`find_bids` gives it.

    Phase images (``part-phase``) are taken along where there is one per time. Raises ReadError for a missing sidecar or
    a file that can't be read, InversionTimeError for a time that is absent or not in seconds, GeometryError for volumes
    that differ in matrix or position, ImageError without magnitude images, and the errors of the records.
    """
    magnitude, phase = parts(files)
    sidecars = [read_sidecar(file.path, file.stem) for file in magnitude]
    timing = _timing(magnitude, sidecars)
    most_voxels = MOST_VOXELS // len(files)
    volumes = [read_nifti(file.path, most_voxels) for file in magnitude]
    whole_phase = [file.inv for file in phase] == [file.inv for file in magnitude]
    phases = [_in_radians(read_nifti(file.path, most_voxels), file.path) for file in phase] if whole_phase else []
    _check_same_place(magnitude + phase if whole_phase else magnitude, volumes + phases)
    cautions = _cautions(magnitude, phase, whole_phase, volumes[0])
    return [
        _slice(number, magnitude, volumes, phases, sidecars, timing, cautions)
        for number in range(len(volumes[0].slices))
    ]


def check_bids(files: Sequence[str | Path]) -> None:
    """Raise what :func:`read_bids` would raise, as far as names and sidecars tell; no image is read."""
    magnitude, _ = parts(files)
    sidecars = [read_sidecar(file.path, file.stem) for file in magnitude]
    times_ms, schedule = _timing(magnitude, sidecars)
    with naming(magnitude[0].path):
        # The record checks numbers and times; one pixel stands for each image.
        Acquisition.from_arrays(np.ones((len(times_ms), 1, 1)), times_ms, schedule=schedule)


def _check_same_place(files: Sequence[NamedFile], volumes: Sequence[Volume]) -> None:
    first = volumes[0]
    for file, volume in zip(files, volumes, strict=True):
        if volume.slices.shape != first.slices.shape:
            raise GeometryError(
                "another matrix than the first image",
                file=file.path,
                expected=first.slices.shape,
                found=volume.slices.shape,
                remedy=ONE_ACQUISITION,
            )
        if not np.allclose(volume.grids[0].affine, first.grids[0].affine, atol=1e-2):
            raise GeometryError(
                "lies elsewhere in the patient than the first image",
                file=file.path,
                expected=f"the affine of {files[0].path.name}",
                remedy=ONE_ACQUISITION,
            )


def _in_radians(volume: Volume, path: Path) -> Volume:
    """Phase in radians from radians or, where the values are larger, from the scanner's −4096 to 4096."""
    largest = float(np.nanmax(np.abs(volume.slices), initial=0.0))
    if largest <= np.pi + 1e-3:
        return volume
    if largest > SCANNER_PI:
        raise ImageError(
            "not a phase image",
            file=path,
            expected="-π to π, or -4096 to 4096",
            found=f"up to {largest:g}",
            remedy="Convert it to radians, or leave the phase images out.",
        )
    scaled = volume.slices * np.float32(np.pi / SCANNER_PI)
    return Volume(scaled, volume.grids, volume.step_mm, volume.oriented)


def _cautions(
    magnitude: Sequence[NamedFile], phase: Sequence[NamedFile], whole_phase: bool, volume: Volume
) -> tuple[Caution, ...]:
    cautions = []
    if phase and not whole_phase:
        cautions.append(Caution("phase-incomplete", "Phase images are missing for some times; none was used."))
    if magnitude[-1].inv != len(magnitude):
        indices = ", ".join(str(file.inv) for file in magnitude)
        cautions.append(Caution("images-missing", f"The images are not numbered without a gap: inv {indices}."))
    if not volume.oriented:
        cautions.append(
            Caution(
                "no-orientation",
                "The files do not say how the slice lies in the patient; only the insertion points tell the segments.",
            )
        )
    return tuple(cautions)


def _slice(
    number: int,
    files: Sequence[NamedFile],
    volumes: Sequence[Volume],
    phases: Sequence[Volume],
    sidecars: Sequence[Mapping[str, Any]],
    timing: tuple[list[float], Schedule],
    cautions: tuple[Caution, ...],
) -> Acquisition:
    n_slices = len(volumes[0].slices)
    fields = sidecars[0]
    times_ms, schedule = timing
    with naming(files[0].path, f"slice {number + 1} of {n_slices}" if n_slices > 1 else ""):
        return Acquisition(
            images=_stack(volumes, number),
            ti_ms=np.array(times_ms),
            schedule=schedule,
            grid=volumes[0].grids[number],
            key=_key(files[0].stem, fields, number, n_slices),
            phase_rad=_stack(phases, number) if phases else None,
            trigger_ms=_trigger_ms(sidecars),
            rr_ms=number_in(own_fields(fields), "rr_ms"),
            field_t=number_in(fields, "MagneticFieldStrength"),
            source=_source(files, fields),
            cautions=cautions,
        )


def _timing(files: Sequence[NamedFile], sidecars: Sequence[Mapping[str, Any]]) -> tuple[list[float], Schedule]:
    times_ms = [inversion_time_ms(file.path, sidecar) for file, sidecar in zip(files, sidecars, strict=True)]
    words = f"{word_in(sidecars[0], 'SeriesDescription')} {word_in(sidecars[0], 'PulseSequenceDetails')}"
    with naming(files[0].path):
        return times_ms, recognise(times_ms, words)


def _stack(volumes: Iterable[Volume], number: int) -> NDArray[np.float32]:
    return np.stack([volume.slices[number] for volume in volumes])


def _trigger_ms(sidecars: Sequence[Mapping[str, Any]]) -> NDArray[np.float64] | None:
    delays = [number_in(own_fields(fields), "trigger_ms") for fields in sidecars]
    known = [delay for delay in delays if delay is not None]
    return np.array(known) if len(known) == len(delays) else None


def _key(stem: str, fields: Mapping[str, Any], number: int, n_slices: int) -> CaseKey:
    entities = dict(part.split("-", 1) for part in stem.split("_") if "-" in part)
    own = own_fields(fields)
    level = entities.get("acq", "")
    known = level in {level.value for level in Level}
    one_slice_uid = word_in(own, "slice_uid") or stem
    return CaseKey(
        patient=entities.get("sub", "unknown"),
        study=word_in(own, "study") or entities.get("ses", "unknown"),
        slice_uid=one_slice_uid if n_slices == 1 else f"{stem}#{number + 1}",
        level=Level(level) if known else Level.UNKNOWN,
    )


def _source(files: Sequence[NamedFile], fields: Mapping[str, Any]) -> Source:
    label, number = word_in(fields, "SeriesDescription"), number_in(fields, "SeriesNumber")
    return Source(
        files=tuple(str(file.path) for file in files),
        ti_attribute=("InversionTime (sidecar)",) * len(files),
        study_label=word_in(fields, "StudyDescription"),
        series_label=label,
        series_number=int(number) if number is not None and number.is_integer() else None,
        manufacturer=word_in(fields, "Manufacturer"),
        motion_corrected="_rec-moco" in files[0].stem.lower() or "moco" in label.lower(),
    )
