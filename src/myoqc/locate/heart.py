"""Finds the left ventricle in a slice: outlines, insertions of the right ventricle, level, and how sure that is."""

import numpy as np
from numpy.typing import NDArray

from myoqc import polygons
from myoqc.aha import BASE_TO_APEX
from myoqc.errors import ContourError, NoVentricleError
from myoqc.locate.channels import Channels, channels
from myoqc.locate.outlines import Shares, insertion, outline, right_outline, shares
from myoqc.locate.segmenter import Segmenter, shipped_segmenter
from myoqc.records import Acquisition, Contours, FoundHeart, Grid, Origin, ParameterMap

FloatArray = NDArray[np.float64]

LEAST_SHORT_AXIS_COSINE = 0.66
"""Between the normal of the slice and the usual long axis: a slice more than 49° off, as every coronal, sagittal or
axial one, is no short axis."""
CAVITY_MM2, OUTER_MM2 = (60.0, 8500.0), (500.0, 13000.0)
"""Areas that a left ventricle can have in a short axis, from a closing apex to a failing heart."""
LEAST_RECOVERING = 0.5
"""Share of the wall's pixels that must have a plausible T1, and median R² that they must have: images whose contrast
does not recover from a preparation, such as cine, show a heart that has no T1."""
PLAUSIBLE_T1_MS = (100.0, 3000.0)
LEAST_CHANGING = 0.3
"""Of the wall's mean signal, between the darkest and the brightest image; simulated slices of all schemes, native and
post-contrast, have 0.43 or more."""
REMEDY = "Give contours if there is a heart."


def find_heart(acquisition: Acquisition, maps: ParameterMap, segmenter: Segmenter | None = None) -> FoundHeart:
    """The left ventricle of a slice, in pixels of its images, by the shipped segmenter unless another is given.

    Raises NoVentricleError with the reason where there is none, where the slice is no short axis, where its images do
    not recover as T1-weighted ones do, and where the outlines are too uncertain to be used.
    """
    segmenter = segmenter or shipped_segmenter()
    _check_short_axis(acquisition.grid)
    seen = channels(acquisition, maps)
    found = shares(segmenter.logits(seen))
    if found is None:
        raise NoVentricleError("no left ventricle found", remedy=REMEDY)
    quality = segmenter.quality(found.expected_dice)
    if quality < segmenter.least_quality:
        raise NoVentricleError(
            "no left ventricle found that is certain enough",
            expected=f"outlines of quality {segmenter.least_quality:.2f} or more",
            found=f"{quality:.2f}",
            remedy=REMEDY,
        )
    contours = outlines_of(found, seen)
    _check_inside(contours, acquisition.grid)
    _check_size(contours, acquisition.grid)
    _check_recovery(contours, acquisition, maps)
    right = right_outline(found.right)
    return FoundHeart(
        contours=contours,
        right_px=None if right is None else seen.to_image(right),
        level_probability=found.level_probability,
        quality=quality,
        model_name=segmenter.name,
        model_digest=segmenter.digest,
    )


def outlines_of(found: Shares, seen: Channels) -> Contours:
    """Outlines and insertions, in pixels of the image; raises NoVentricleError where they are no left ventricle."""
    try:
        endo, epi = outline(found.cavity), outline(found.left)
        anterior, inferior = (insertion(spot, epi) for spot in found.spots)
        return Contours(
            endo_px=seen.to_image(endo),
            epi_px=seen.to_image(epi),
            rv_insertion_px=None if anterior is None else seen.to_image(anterior),
            rv_inferior_px=None if inferior is None else seen.to_image(inferior),
            origin=Origin.AUTOMATIC,
        )
    except ContourError as error:
        raise NoVentricleError(
            f"no left ventricle found: what looks like one has no sound outline ({error.problem})", remedy=REMEDY
        ) from error


def _check_short_axis(grid: Grid) -> None:
    if grid.known_normal is None:
        return
    cosine = abs(float(grid.known_normal @ BASE_TO_APEX)) / float(np.linalg.norm(BASE_TO_APEX))
    if cosine < LEAST_SHORT_AXIS_COSINE:
        raise NoVentricleError(
            "no left ventricle found: this slice is no short axis",
            expected=f"at most {np.degrees(np.arccos(LEAST_SHORT_AXIS_COSINE)):.0f}° from the usual one",
            found=f"{np.degrees(np.arccos(cosine)):.0f}°",
            remedy=REMEDY,
        )


def _check_inside(contours: Contours, grid: Grid) -> None:
    limits = np.array(grid.shape) - 0.5
    if (contours.epi_px < -0.5).any() or (contours.epi_px > limits).any():
        raise NoVentricleError("no left ventricle found: what looks like one is cut by the border", remedy=REMEDY)


def _check_size(contours: Contours, grid: Grid) -> None:
    for name, outline_px, (least, most) in (
        ("a cavity", contours.endo_px, CAVITY_MM2),
        ("an outer wall", contours.epi_px, OUTER_MM2),
    ):
        area_mm2 = polygons.area_px2(outline_px) * float(grid.spacing_mm.prod())
        if not least <= area_mm2 <= most:
            raise NoVentricleError(
                "no left ventricle found: what looks like one has an impossible size",
                expected=f"{name} around {least:g} to {most:g} mm²",
                found=f"{area_mm2:.0f} mm²",
                remedy=REMEDY,
            )


def _check_recovery(contours: Contours, acquisition: Acquisition, maps: ParameterMap) -> None:
    shape = maps.grid.shape
    wall = polygons.fill(contours.epi_px, shape) & ~polygons.fill(contours.endo_px, shape)
    least, most = PLAUSIBLE_T1_MS
    if not wall.any():
        raise NoVentricleError("no left ventricle found: what looks like one has no wall", remedy=REMEDY)
    plausible = float(((maps.t1_ms[wall] > least) & (maps.t1_ms[wall] < most)).mean())
    if plausible < LEAST_RECOVERING:
        raise _no_recovery(f"a T1 of {least:g} to {most:g} ms in half of the wall", f"{plausible:.0%} of it")
    explained = None if maps.r2 is None else float(np.median(np.nan_to_num(maps.r2[wall])))
    if explained is not None and explained < LEAST_RECOVERING:
        raise _no_recovery(f"a median R² of {LEAST_RECOVERING:g} or more in the wall", f"{explained:.2f}")
    signal = np.nan_to_num(acquisition.images[:, wall]).mean(axis=1)
    changing = float(1.0 - signal.min() / max(signal.max(), np.finfo(np.float32).tiny))
    if changing < LEAST_CHANGING:
        darker = f"the wall to be {LEAST_CHANGING:.0%} darker or more in one image than in another"
        raise _no_recovery(darker, f"{changing:.0%}")


def _no_recovery(expected: str, found: str) -> NoVentricleError:
    return NoVentricleError(
        "no left ventricle found whose signal recovers as in T1 mapping",
        expected=expected,
        found=found,
        remedy="Check that these are images of a T1-mapping sequence.",
    )
