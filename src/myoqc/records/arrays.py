"""Arrays that travel inside records: the right axes, the right type, read-only."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from myoqc.errors import GeometryError


def frozen(values: ArrayLike, dtype: DTypeLike, axes: str, name: str) -> NDArray[Any]:
    """``values`` as a read-only array of ``dtype`` whose axes are those named in ``axes`` (``"t y x"``, ``"6 y x"``).

    A number among the axes is a fixed length. An array that the caller could still change is copied. Raises
    GeometryError, naming ``name``, where number or length differ.
    """
    array = np.asarray(values, dtype=dtype)
    wanted = axes.split()
    fits = array.ndim == len(wanted) and all(
        not axis.isdigit() or int(axis) == length for axis, length in zip(wanted, array.shape, strict=True)
    )
    if not fits:
        raise GeometryError(f"{name} has the wrong shape", expected=f"axes ({axes})", found=array.shape)
    if array.flags.writeable and np.may_share_memory(array, values):
        array = array.copy()
    array.flags.writeable = False
    return array


def same_matrix(shape: tuple[int, ...], matrix: tuple[int, int], name: str) -> None:
    """Raise GeometryError unless the last two axes of ``shape`` are the (y x) of ``matrix``."""
    if tuple(shape[-2:]) != tuple(matrix):
        raise GeometryError(f"{name} has another matrix than the images", expected=matrix, found=tuple(shape[-2:]))
