"""The same slice, laid on its pixels in another way."""

from dataclasses import replace

import numpy as np

from myoqc.records import Grid, ParameterMap


def turned(acquisition, maps, quarters, mirrored):
    """The same slice as a scanner would store it that lays rows and columns otherwise."""

    def pixels(values):
        values = np.flip(values, axis=-1) if mirrored else values
        return np.rot90(values, quarters, axes=(-2, -1)).copy()

    grid = acquisition.grid
    places_mm = pixels(np.moveaxis(grid.patient_mm(np.moveaxis(np.indices(grid.shape), 0, -1)), -1, 0))
    down, along = places_mm[:, 1, 0] - places_mm[:, 0, 0], places_mm[:, 0, 1] - places_mm[:, 0, 0]
    spacing_mm = np.array([np.linalg.norm(down), np.linalg.norm(along)])
    elsewhere = Grid(
        places_mm.shape[1:], spacing_mm, places_mm[:, 0, 0], along / spacing_mm[1], down / spacing_mm[0], grid.oriented
    )
    images = replace(acquisition, images=pixels(acquisition.images), grid=elsewhere, phase_rad=None)
    return images, ParameterMap(pixels(maps.t1_ms), elsewhere, r2=pixels(maps.r2))
