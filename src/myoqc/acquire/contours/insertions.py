"""Where the right ventricle joins the left one in a label mask."""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import binary_closing, distance_transform_edt, label, map_coordinates

from myoqc.aha import sense_through_septum
from myoqc.errors import GeometryError
from myoqc.records import Grid

FloatArray = NDArray[np.float64]

REACH_MM = 2.0
"""The right ventricle lies on the wall where its cavity is this near."""
N_STEPS = 720
"""Points on the outline at equal distances."""
WIDEST_GAP = 40
"""Steps; a shorter gap in the touch is a hole of the labels, not the end of the septum."""
SEPTUM = (40, 340)
"""Steps; a touch shorter or longer than that, of 20° to 170°, is no septum."""


def insertions_px(
    epi_px: FloatArray, right: NDArray[np.bool_], grid: Grid
) -> tuple[FloatArray, FloatArray] | tuple[None, None]:
    """Anterior and inferior insertion point (2) on the epicardial outline; None where they can't be told.

    They are the ends of the longest arc of the outline along which the cavity ``right`` (y x) lies on the wall; the
    patient coordinates tell which of the two is the anterior one [Cerqueira2002].
    """
    if not right.any():
        return None, None
    outline_px = _clockwise_steps_px(epi_px, grid.spacing_mm)
    away_mm = distance_transform_edt(~right, sampling=grid.spacing_mm)
    septum = _longest_run(map_coordinates(away_mm, outline_px.T, order=1, mode="nearest") <= REACH_MM)
    if septum is None:
        return None, None
    try:
        sense = sense_through_septum(grid.known_normal, None)
    except GeometryError:
        return None, None
    first, last = septum[::sense]
    return outline_px[first], outline_px[last]


def _clockwise_steps_px(outline_px: FloatArray, spacing_mm: FloatArray) -> FloatArray:
    """Points (n 2) at equal distances in mm along the outline, clockwise on the screen."""
    rows, columns = outline_px.T
    signed_area = np.sum(columns * np.roll(rows, -1) - np.roll(columns, -1) * rows)
    ring = outline_px if signed_area > 0 else outline_px[::-1]
    ring = np.vstack([ring, ring[:1]])
    walked_mm = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(ring, axis=0) * spacing_mm, axis=1))])
    steps_mm = np.linspace(0.0, walked_mm[-1], N_STEPS, endpoint=False)
    return np.stack([np.interp(steps_mm, walked_mm, ring[:, axis]) for axis in (0, 1)], axis=1)


def _longest_run(touching: NDArray[np.bool_]) -> tuple[int, int] | None:
    """First and last step of the longest run round the ring, short gaps closed; None where it is no septum."""
    closed = binary_closing(np.tile(touching, 3), iterations=WIDEST_GAP // 2)[N_STEPS : 2 * N_STEPS]
    if closed.all():
        return None
    start = int(np.argmin(closed))
    runs, n_runs = label(np.roll(closed, -start))
    lengths = np.bincount(runs, minlength=n_runs + 1)[1:]
    if not n_runs or not SEPTUM[0] <= lengths.max() <= SEPTUM[1]:
        return None
    steps = np.flatnonzero(runs == np.argmax(lengths) + 1) + start
    return int(steps[0] % N_STEPS), int(steps[-1] % N_STEPS)
