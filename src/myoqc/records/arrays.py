"""Arrays that travel inside records: the right axes, the right type, read-only."""

from mmap import mmap
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from myoqc.errors import GeometryError, InputError

REAL_NUMBERS = "biuf"
"""Kinds of NumPy's types: truth values, whole numbers with and without sign, floating point."""
WANTED = {"b": "only 0 and 1", "i": "whole numbers", "u": "whole numbers, none negative", "f": "numbers"}


def numbers(values: ArrayLike, dtype: DTypeLike, name: str, error: type[InputError] = InputError) -> NDArray[Any]:
    """``values`` as a read-only array of ``dtype`` that nobody else can change; what could be changed is copied.

    Raises ``error``, naming ``name``, for ragged lists, text, complex numbers, and values that ``dtype`` can't hold.
    """
    wanted = np.dtype(dtype)
    try:
        given = np.asarray(values)
        if given.dtype.kind not in REAL_NUMBERS:
            raise error(f"{name}: not real numbers", expected=WANTED[wanted.kind], found=f"type {given.dtype}")
        if given.dtype == wanted and _locked(given):
            return given
        with np.errstate(over="raise", invalid="ignore"):
            array = np.array(given, dtype=wanted)
    except (ValueError, TypeError) as reason:
        raise error(f"{name}: not an array of numbers", expected=WANTED[wanted.kind], found=reason) from reason
    except FloatingPointError as reason:
        raise error(f"{name}: numbers too large", expected=f"at most {np.finfo(wanted).max:.1e} ({wanted})") from reason
    if wanted.kind != "f" and not np.array_equal(array, given):
        raise error(f"{name}: values that can't be used", expected=WANTED[wanted.kind], found=given[array != given][0])
    array.flags.writeable = False
    return array


def frozen(
    values: ArrayLike, dtype: DTypeLike, axes: str, name: str, error: type[InputError] = InputError
) -> NDArray[Any]:
    """``values`` as a read-only array of ``dtype`` whose axes are those named in ``axes`` (``"t y x"``, ``"6 y x"``).

    A number among the axes is a fixed length. An array that could still be changed, here or through another view of
    its memory, is copied. Raises GeometryError, naming ``name``, where number or length of the axes differ, and
    ``error`` for what is not numbers.
    """
    array = numbers(values, dtype, name, error)
    wanted = axes.split()
    fits = array.ndim == len(wanted) and all(
        not axis.isdigit() or int(axis) == length for axis, length in zip(wanted, array.shape, strict=True)
    )
    if not fits:
        raise GeometryError(f"{name} has the wrong shape", expected=f"axes ({axes})", found=array.shape)
    return array


def same_matrix(shape: tuple[int, ...], matrix: tuple[int, int], name: str) -> None:
    """Raise GeometryError unless the last two axes of ``shape`` are the (y x) of ``matrix``."""
    if tuple(shape[-2:]) != tuple(matrix):
        raise GeometryError(f"{name} has another matrix than the images", expected=matrix, found=tuple(shape[-2:]))


def _locked(array: NDArray[Any]) -> bool:
    """Whether neither the array nor any whose memory it shows can be written to; a file mapped for reading can't."""
    shown: Any = array
    while isinstance(shown, np.ndarray) and not shown.flags.writeable:
        shown = shown.base
    return shown is None or (isinstance(shown, mmap) and memoryview(shown).readonly)
