"""The arrays of a cohort's store, as data: what each holds, and how numbers become codes."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

VERSION = 2
"""Of this layout; a reader refuses every other."""
NOT_FITTED = 65535
NAN = float("nan")


@dataclass(frozen=True, slots=True)
class Array:
    """One array of the store; its first axis, not named here, is the case. Value = code · step."""

    name: str
    axes: str
    """Of one case: t images, y x pixels, p points of an outline; a number is a fixed length."""
    dtype: str
    meaning: str
    unit: str = ""
    step: float = 1.0
    """1 = numbers are stored as they are."""
    missing: float | int = 0
    """Code of what is not there, which arrays are filled up with."""
    shuffle: Literal["noshuffle", "shuffle", "bitshuffle"] | None = None
    """How bytes are ordered before compression, in a chunk a case; None = the whole array is one chunk."""

    def encode(self, values: NDArray[Any]) -> NDArray[Any]:
        """The codes of values (NaN = not there)."""
        if self.step == 1.0:
            return values.astype(self.dtype)
        known = np.isfinite(values)
        codes = np.rint(np.where(known, values, 0.0) / self.step)
        return np.where(known, np.clip(codes, 0, NOT_FITTED - 1), self.missing).astype(self.dtype)

    def decode(self, codes: NDArray[Any]) -> NDArray[Any]:
        """The values of codes."""
        if self.step == 1.0:
            return codes
        return np.where(codes == self.missing, np.nan, codes * self.step)


ARRAYS = (
    Array("images", "t y x", "uint16", "magnitude in order of acquisition, 12 bits", shuffle="bitshuffle"),
    Array("phase", "t y x", "int8", "phase from −π on, below π", "2π/256", shuffle="bitshuffle"),
    Array("t1", "y x", "uint16", "fitted T1; 65535 = not fitted", "0.1 ms", 0.1, NOT_FITTED, "shuffle"),
    Array(
        "r2",
        "y x",
        "uint16",
        "R² (coefficient of determination) of the fit; 65535 = not fitted",
        "1/60000",
        1 / 60000,
        NOT_FITTED,
        "shuffle",
    ),
    Array("segments", "y x", "uint8", "AHA segment within the slice, 1 to 6; 0 elsewhere", shuffle="noshuffle"),
    Array("right_ventricle", "y x", "uint8", "1 in the cavity of the right ventricle", shuffle="noshuffle"),
    Array("n_images", "", "uint8", "number of images; axes over images are filled up behind them"),
    Array("ti_ms", "t", "float64", "inversion times in order of acquisition", "ms", missing=NAN),
    Array("trigger_ms", "t", "float64", "delay of the readout after the R wave", "ms", missing=NAN),
    Array("endo_px", "p 2", "float64", "endocardial contour: row, column", "px", missing=NAN),
    Array("epi_px", "p 2", "float64", "epicardial contour: row, column", "px", missing=NAN),
    Array("insertions_px", "2 2", "float64", "anterior and inferior insertion of the RV: row, column", "px"),
    Array("spacing_mm", "2", "float64", "between rows, between columns", "mm"),
    Array("origin_mm", "3", "float64", "centre of pixel (0, 0) in patient coordinates (LPS)", "mm"),
    Array("directions", "2 3", "float64", "along a row, down a column, in patient coordinates (LPS)"),
    Array("contamination", "t 6", "float64", "share of a segment's pixels that holds other tissue", missing=NAN),
    Array("displacement_mm", "t 6", "float64", "way of a segment's own myocardium", "mm", missing=NAN),
    Array("used", "t 6", "uint8", "1 for images that the fit used in most of a segment's fitted pixels"),
    Array("motion", "6", "uint8", "truth: 1 for segments that move in any image"),
    Array("motion_in_fit", "6", "uint8", "truth: 1 for segments that move in an image that the fit used"),
    Array("t1_error_ms", "6", "float64", "mean T1 less that without motion and noise", "ms"),
    Array("r2_drop", "6", "float64", "mean R² without motion and noise less mean R²"),
)
"""In the order in which they enter the digest of a case."""
READINGS = (
    Array("operator", "6", "uint8", "segments that the simulated operator marks: the label to learn from"),
    Array("second_reader", "6", "uint8", "segments that the simulated second reader marks"),
)
"""Drawn when all cases are there, because readers tire over a session."""
LARGE = tuple(array for array in ARRAYS if array.shuffle is not None)
SMALL = tuple(array for array in ARRAYS if array.shuffle is None)


def filled(array: Array, cases: list[NDArray[Any]]) -> NDArray[Any]:
    """The codes of several cases as one array (case …), each filled up to the longest."""
    shape = np.max([codes.shape for codes in cases], axis=0, initial=0).astype(int)
    whole = np.full((len(cases), *shape), array.missing, dtype=array.dtype)
    for number, codes in enumerate(cases):
        inside: tuple[Any, ...] = (number, *(slice(length) for length in codes.shape))
        whole[inside] = codes
    return whole
