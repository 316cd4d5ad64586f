"""Loads one acquisition as planned: checks that need headers only come first, then the pixels."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from myoqc import schedules
from myoqc.acquire.dicom import inversion_times, phase, vocabulary
from myoqc.acquire.dicom.companions import Plan
from myoqc.acquire.dicom.geometry import grid_of, same_grid
from myoqc.acquire.dicom.headers import Header
from myoqc.acquire.dicom.inversion_times import TRIGGER_TIME, TimesFound, choose
from myoqc.acquire.dicom.pixels import check_size, read_images
from myoqc.acquire.dicom.scanner_maps import scanner_map
from myoqc.acquire.dicom.slices import Slice
from myoqc.acquire.files import Box, reopened
from myoqc.acquire.naming import naming
from myoqc.errors import ImageError, InputError, InversionTimeError
from myoqc.records import Acquisition, CaseKey, Caution, Grid, Source
from myoqc.schedules import FEWEST_IMAGES, MOST_IMAGES, Schedule

USUAL_RR_MS = (300.0, 3000.0)


def load(plan: Plan, root: Path, title: str) -> Acquisition:
    """Read the pixels of one slice from the study at ``root``.

    Raises a kind of InputError that names the file or, where all are concerned, the slice by its ``title``.
    """
    with naming(title):
        times, schedule, grid = from_headers(plan.images)
        with reopened(root) as box:
            images = _stack(box, plan.images.images)
            phase_rad, phase_cautions = _phase(plan, box, grid)
            own_map, map_cautions = scanner_map(plan, box, grid)
        return Acquisition(
            images=images,
            ti_ms=np.array(times.ti_ms),
            schedule=schedule,
            grid=grid,
            key=_key(plan.images),
            phase_rad=phase_rad,
            trigger_ms=_trigger_ms(plan.images.images, times),
            rr_ms=_rr_ms(plan.images.images),
            field_t=plan.images.first.field_t,
            source=_source(plan, times),
            scanner_map=own_map,
            cautions=(*_cautions(plan), *phase_cautions, *map_cautions),
        )


def check(plan: Plan, title: str) -> None:
    """Raise what :func:`load` would raise, as far as headers tell; no pixels are read."""
    with naming(title):
        from_headers(plan.images)


def from_headers(weighted: Slice) -> tuple[TimesFound, Schedule, Grid]:
    """Times, schedule and grid of T1-weighted images from their headers. Raises InputError for what can't be fitted."""
    images = weighted.images
    for image in images:
        check_size(image)
    grid = grid_of(images)
    if not FEWEST_IMAGES <= len(images) <= MOST_IMAGES:
        raise ImageError(
            "T1 can't be fitted to this number of images",
            expected=f"{FEWEST_IMAGES} to {MOST_IMAGES} of one slice",
            found=len(images),
            remedy="Send all images of the series, and no others.",
        )
    times = choose([image.times for image in images], named_as_mapping=weighted.is_named)
    if min(times.ti_ms) <= 0:
        raise InversionTimeError(
            "inversion times must be positive",
            expected="ms after the inversion",
            found=f"{min(times.ti_ms):g} ms from {times.attribute}",
            remedy=inversion_times.REMEDY,
        )
    return times, schedules.recognise(times.ti_ms, f"{images[0].description} {images[0].protocol}"), grid


def _stack(box: Box, headers: Sequence[Header]) -> NDArray[np.float32]:
    images = read_images(box, headers)
    for position, header in enumerate(headers):
        finite = np.isfinite(images[position])
        if not images[position][finite].any():
            raise ImageError(
                f"image {position + 1} of {len(headers)} is empty",
                file=header.name,
                found=f"every pixel is {'zero' if finite.any() else 'not a number'}",
                remedy="Export the series again, or leave this acquisition out.",
            )
    return np.stack([images[position] for position in range(len(headers))])


def _phase(plan: Plan, box: Box, grid: Grid) -> tuple[NDArray[np.float32] | None, tuple[Caution, ...]]:
    """Phase images (t y x) in radians; they help the fit but are not needed: a fault is a caution."""
    if plan.phase is None:
        return None, ()
    headers = plan.phase.images
    try:
        pixels = read_images(box, headers) if same_grid(grid_of(headers), grid) else {}
    except InputError as error:
        return None, (Caution("phase-unusable", f"The phase images can't be used. {error}"),)
    if not pixels:
        return None, (Caution("phase-unusable", "The phase images lie on another grid and were left out."),)
    stack = np.stack([pixels[position] for position in range(len(headers))])
    phase_rad = phase.to_radians(stack, headers)
    if phase_rad is None:
        found = f"RescaleSlope {headers[0].slope:g}, RescaleIntercept {headers[0].intercept:g}"
        text = f"The unit of the phase images is unknown ({found}); they were left out."
        return None, (Caution("phase-unusable", text),)
    return phase_rad, ()


def _key(weighted: Slice) -> CaseKey:
    """``slice_uid`` is the SOP Instance UID of the image acquired first, and its frame in a multi-frame file."""
    first = weighted.first
    return CaseKey(first.patient, first.study_uid, _uid(first), vocabulary.level(first.words))


def _uid(image: Header) -> str:
    """Of a frame of a multi-frame file, which may hold several slices, with its number."""
    frame = "" if image.frame is None else f"#{image.frame + 1}"
    return f"{image.sop_uid or 'unknown'}{frame}"


def _source(plan: Plan, times: TimesFound) -> Source:
    first = plan.images.first
    return Source(
        files=files_of(plan),
        ti_attribute=(times.attribute,) * len(times.ti_ms),
        study_label=first.study_label,
        series_label=first.description,
        series_number=first.series_number,
        manufacturer=first.manufacturer,
        motion_corrected=plan.images.is_motion_corrected,
        image_uids=tuple(_uid(image) for image in _headers(plan) if image.sop_uid and image.shape == first.shape),
    )


def files_of(plan: Plan) -> tuple[str, ...]:
    """Files that the acquisition is made from, each once: images in order of acquisition, phase, maps."""
    return tuple(dict.fromkeys(header.file.name for header in _headers(plan)))


def _headers(plan: Plan) -> list[Header]:
    """Images in order of acquisition, phase, maps."""
    headers = list(plan.images.images)
    headers += plan.phase.images if plan.phase is not None else ()
    headers += [plan.t1_map, *plan.fit_maps] if plan.t1_map is not None else []
    return headers


def _trigger_ms(images: Sequence[Header], times: TimesFound) -> NDArray[np.float64] | None:
    """Trigger delays (t), unless the scanner wrote a constant or they had to serve as inversion times."""
    values = [image.trigger_ms for image in images if image.trigger_ms is not None]
    if times.attribute == TRIGGER_TIME or len(values) < len(images) or len(set(values)) == 1:
        return None
    return np.array(values)


def _rr_ms(images: Sequence[Header]) -> float | None:
    lowest, highest = USUAL_RR_MS
    values = [image.rr_ms for image in images if image.rr_ms is not None and lowest <= image.rr_ms <= highest]
    return float(np.mean(values)) if values else None


def _cautions(plan: Plan) -> tuple[Caution, ...]:
    found = []
    if plan.images.is_motion_corrected:
        text = "The scanner has registered these images already; motion that it hid can't be found."
        found.append(Caution("motion-corrected", text))
    if any(image.syntax_was_guessed for image in plan.images.images):
        text = "The files do not name their transfer syntax; it was told from their bytes."
        found.append(Caution("guessed-transfer-syntax", text))
    return tuple(found)
