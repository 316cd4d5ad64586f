"""What the segmenter sees of a slice: eight channels on pixels of 1.875 mm, turned as readers look at a short axis.

The outlines that are wanted belong to the images of the first inversion, on which readers draw them (ShMOLLI's first
five): to where the heart lies in most of them. The segmenter sees each of these images, so that it can tell which of
them moved, their mean, in which noise is least, and the maps, which tell of the recovery where nothing moved.
"""

from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import ArrayLike, NDArray

from myoqc.errors import NoVentricleError
from myoqc.locate.sampling import centres_px, means_at, n_subsamples
from myoqc.records import Acquisition, Grid, ParameterMap
from myoqc.records.arrays import frozen, same_matrix

FloatArray = NDArray[np.float64]
FloatMap = NDArray[np.float32]

N_SHOWN = 5
"""Images of the first inversion that are shown: ShMOLLI's; of fewer, some twice, of more, evenly chosen ones."""
CHANNELS = ("mean", *(f"image {number}" for number in range(1, N_SHOWN + 1)), "t1", "r2")
"""Mean of the first inversion's images, these images from the shortest to the longest time; T1 and R²."""
SPACING_MM = 1.875
"""Half the resolution of the zero-filled images, about that at which they were acquired [Piechnik2010]."""
MULTIPLE_PX = 16
"""The network halves its images four times."""
MOST_FIELD_MM = 800.0
"""Of any scanner's image."""
T1_UNIT_MS = 1500.0
LEAST_MISFIT = 1e-4
"""1 − R² below which better and worse are not told apart."""
BRIGHTEST = 2.0
"""Values are cut off here; 1 is bright blood."""
LEAST_BRIGHT = 1.0 / BRIGHTEST
"""Of what is bright in the mean image, so that it is not cut off where the last image is dark; in simulated slices the
last is at least 0.8 as bright as the mean."""
USUAL_ROW = np.array([0.66, 0.75, -0.03])
"""Direction along a row of a short-axis image as scanners show it, seen from the apex (LPS)."""
USUAL_COLUMN = np.array([-0.42, 0.38, -0.82])
"""The same down a column."""
for _direction in (USUAL_ROW, USUAL_COLUMN):
    _direction.flags.writeable = False


@dataclass(frozen=True, slots=True, eq=False)
class Channels:
    """The input of the segmenter, and where its pixels lie in the image."""

    values: FloatMap
    """(8 v u) in the order of :data:`CHANNELS`; 0 outside the image and where nothing was fitted."""
    origin_px: FloatArray
    """(2) place in the image of the centre of pixel (0, 0)."""
    steps_px: FloatArray
    """(2 2) steps in the image (row, column): down a column of the channels, along a row of them."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", frozen(self.values, np.float32, f"{len(CHANNELS)} v u", "the channels"))
        object.__setattr__(self, "origin_px", frozen(self.origin_px, np.float64, "2", "the origin"))
        object.__setattr__(self, "steps_px", frozen(self.steps_px, np.float64, "2 2", "the steps"))

    def to_image(self, points: ArrayLike) -> FloatArray:
        """Points (… 2) of the channels in pixels of the image."""
        return np.asarray(self.origin_px + np.einsum("...i,ij->...j", np.asarray(points, np.float64), self.steps_px))

    def from_image(self, points_px: ArrayLike) -> FloatArray:
        """Points (… 2) of the image in pixels of the channels."""
        back = np.linalg.inv(self.steps_px)
        return np.asarray(np.einsum("...i,ij->...j", np.asarray(points_px, np.float64) - self.origin_px, back))


def channels(acquisition: Acquisition, maps: ParameterMap) -> Channels:
    """The channels of a slice.

    Raises GeometryError for maps of another matrix, NoVentricleError for a field of view that no scanner has.

    Images without orientation are taken as they lie, others turned by right angles and mirrored so that they come
    nearest to :data:`USUAL_ROW` and :data:`USUAL_COLUMN`.
    """
    grid = acquisition.grid
    same_matrix(maps.grid.shape, grid.shape, "the T1 map")
    origin_px, steps_px, shape = _frame(grid)
    finer = n_subsamples(SPACING_MM, float(grid.spacing_mm.min()))
    points = np.asarray(origin_px + np.einsum("yxi,ij->yxj", centres_px(shape, finer), steps_px))
    misfit = np.full(grid.shape, np.nan) if maps.r2 is None else 1.0 - maps.r2
    stack = np.stack([*_shown(acquisition), maps.t1_ms, misfit])
    return Channels(_scaled(means_at(stack, points, *shape)), origin_px, steps_px)


def reference_images(acquisition: Acquisition) -> NDArray[np.intp]:
    """(n) numbers of the images of the first preparation, or of all where it has only one, or where times are sorted.

    Where a scanner sorted the images by their times the order of acquisition is lost, and with it which are the first.
    """
    first, n_images = acquisition.schedule.samples[0], len(acquisition.images)
    is_sorted = len(acquisition.schedule.samples) > 1 and bool((np.diff(acquisition.ti_ms) > 0).all())
    return np.arange(n_images if first == 1 or is_sorted else first)


def _shown(acquisition: Acquisition) -> list[FloatMap]:
    """Mean of the reference images, and these from the shortest to the longest time."""
    number = reference_images(acquisition)
    images = acquisition.images[number[np.argsort(acquisition.ti_ms[number], kind="stable")]]
    shown = np.rint(np.linspace(0, len(images) - 1, N_SHOWN)).astype(np.intp)
    return [images.mean(axis=0), *images[shown]]


def _scaled(sampled: FloatMap) -> FloatMap:
    """Values of about 0 to 1, whatever the unit of the images."""
    known = np.where(np.isfinite(sampled), sampled, np.float32(0.0))
    images, t1_ms, misfit = known[:-2], known[-2], known[-1]
    mean, last = images[0], images[-1]
    bright = max(_bright(last), LEAST_BRIGHT * _bright(mean[mean > 0.0]), float(np.finfo(np.float32).tiny))
    shown = np.minimum(images, BRIGHTEST * bright)  # or they might overflow where almost all is dark
    good = np.where(
        np.isfinite(sampled[-1]), np.log10(np.clip(misfit, LEAST_MISFIT, 1.0)) / np.log10(LEAST_MISFIT), 0.0
    )
    scaled = np.stack([*(shown / bright), t1_ms / T1_UNIT_MS, good])
    return np.asarray(np.clip(scaled, 0.0, BRIGHTEST), dtype=np.float32)


def _bright(values: FloatMap) -> float:
    """What all but a hundredth stay below, so that a few hot pixels decide nothing; 0 where there are none."""
    return float(np.percentile(values, 99.0)) if values.size else 0.0


def _frame(grid: Grid) -> tuple[FloatArray, FloatArray, tuple[int, int]]:
    """Origin, steps and shape (multiples of 16) of channels that cover the image about its middle."""
    turned = _upright(grid)
    steps_px = turned * SPACING_MM / grid.spacing_mm
    size_px = np.abs(turned) @ (np.array(grid.shape) * grid.spacing_mm) / SPACING_MM
    if size_px.max() * SPACING_MM > MOST_FIELD_MM:
        raise NoVentricleError(
            "no left ventricle found: this image shows more than a person",
            expected=f"a field of view of at most {MOST_FIELD_MM:g} mm",
            found=f"{size_px.max() * SPACING_MM:.0f} mm",
            remedy="Check the pixel spacing: it is meant in mm.",
        )
    rows, columns = (int(np.ceil(length / MULTIPLE_PX - 1e-6)) * MULTIPLE_PX for length in size_px)
    middle = (np.array([rows, columns]) - 1) / 2
    return (np.array(grid.shape) - 1) / 2 - middle @ steps_px, steps_px, (rows, columns)


def _upright(grid: Grid) -> FloatArray:
    """(2 2) which of the image's axes (row, column) lie down a column and along a row of the channels, with signs."""
    if not grid.oriented:
        return np.eye(2)
    axes = np.array([grid.column_direction, grid.row_direction])
    wanted = np.array([USUAL_COLUMN, USUAL_ROW])
    turns = [
        np.diag(signs) @ np.eye(2)[list(order)]
        for order in ((0, 1), (1, 0))
        for signs in product((1.0, -1.0), repeat=2)
    ]
    return max(turns, key=lambda turn: float(((turn @ axes) * wanted).sum()))
