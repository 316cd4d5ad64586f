"""The complex object of each image: every pixel's tissues with the signal that they have at its frequency."""

import numpy as np
from numpy.typing import NDArray

from myoqc.errors import GeometryError
from myoqc.simulate.physics.table import SignalTable
from myoqc.simulate.scene import Scene

FloatMap = NDArray[np.float32]
ComplexStack = NDArray[np.complex64]

FAINT = 1e-3
"""Smaller shares of a tissue are left out: soft borders have many of them, and they cost more than all others."""


def compose(scene: Scene, table: SignalTable, off_resonance_hz: FloatMap) -> ComplexStack:
    """Complex objects (t y x) at rest: texture × Σ share × signal, linear between the frequencies of the table.

    Frequencies (y x) beyond the table's ends have the signal of its end. Raises GeometryError for a map of another
    matrix than the scene's.
    """
    if off_resonance_hz.shape != scene.canvas.shape:
        raise GeometryError(
            "the off-resonance map has another matrix than the scene",
            expected=scene.canvas.shape,
            found=off_resonance_hz.shape,
        )
    node, share_of_next = _nodes(table.off_resonance_hz, off_resonance_hz.ravel())
    seen = np.zeros((off_resonance_hz.size, table.signal.shape[-1]), dtype=np.complex64)
    for shares, signal in zip(scene.shares, table.signal, strict=True):
        pixels = np.flatnonzero(shares > FAINT)
        if not pixels.size or not signal.any():
            continue
        lower, upper = node[pixels], node[pixels] + 1
        weight = (shares.ravel()[pixels] * scene.texture.ravel()[pixels])[:, None]
        of_next = share_of_next[pixels, None]
        seen[pixels] += (weight - weight * of_next) * signal[lower] + (weight * of_next) * signal[upper]
    return np.ascontiguousarray(seen.T).reshape(-1, *scene.canvas.shape)


def _nodes(nodes_hz: NDArray[np.float64], frequency_hz: FloatMap) -> tuple[NDArray[np.intp], FloatMap]:
    """Of frequencies (n): number of the node below, and how far each lies on the way to the next."""
    position = (frequency_hz - nodes_hz[0]) / (nodes_hz[1] - nodes_hz[0])
    position = position.clip(0.0, len(nodes_hz) - 1)
    node = np.minimum(position.astype(np.intp), len(nodes_hz) - 2)
    return node, (position - node).astype(np.float32)
