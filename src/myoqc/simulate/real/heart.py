"""The heart in a real image: ventricles from their masks, what lies in and on them by brightness."""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from myoqc.records import LabelledImage
from myoqc.simulate.physics.tissues import Tissue
from myoqc.simulate.real.labels import Labels, Shades
from myoqc.simulate.scene import Part

FloatMap = NDArray[np.float32]
BoolArray = NDArray[np.bool_]

RV_WALL_MM = 2.5
RIM_MM = 2.5
"""What is as dark as muscle so near to the outer outline is still wall: outlines are drawn inside its edge."""
BETWEEN_MM = 4.5
CLOSED_PX = 2
"""Gaps of the heart that are closed: pericardium and partial volume between its muscles and its fat."""
FAT_MM = 9.0
"""Fat as near as that to a ventricle moves with it."""


def paint_heart(labels: Labels, labelled: LabelledImage, rv: BoolArray, shades: Shades) -> BoolArray:
    """Write the heart into ``labels``; returns its mask (y x), fat included."""
    muscles = labelled.outer | rv
    away_mm = ndimage.distance_transform_edt(~muscles, sampling=labelled.spacing_mm)
    rv_away_mm = ndimage.distance_transform_edt(~rv, sampling=labelled.spacing_mm) if rv.any() else away_mm + np.inf
    outer_away_mm = ndimage.distance_transform_edt(~labelled.outer, sampling=labelled.spacing_mm)
    rv_wall = (rv_away_mm <= RV_WALL_MM) & ~muscles & ~shades.bright
    rim = (outer_away_mm <= RIM_MM) & ~muscles & shades.mid
    fat = _joined(shades.bright & (away_mm <= FAT_MM) & ~muscles, away_mm <= 4.0)
    heart = ndimage.binary_closing(muscles | rv_wall | rim | fat, iterations=CLOSED_PX)
    heart = np.asarray(ndimage.binary_fill_holes(heart))
    labels.paint(heart, Tissue.MYOCARDIUM, Part.HEART)
    labels.paint(heart & shades.bright, Tissue.FAT, Part.HEART)
    # What lies between the septum and the marks of the right ventricle is its blood, not fat.
    between = (rv_away_mm <= BETWEEN_MM) & (outer_away_mm <= BETWEEN_MM) & shades.bright
    labels.paint(rv | between, Tissue.BLOOD, Part.HEART)
    labels.paint(labelled.outer, Tissue.MYOCARDIUM, Part.HEART)
    labels.paint(labelled.cavity, Tissue.BLOOD, Part.HEART)
    dim = (labelled.cavity | ndimage.binary_erosion(rv)) & ~shades.blood
    labels.paint(dim, Tissue.MYOCARDIUM, Part.HEART)
    return heart


def _joined(mask: BoolArray, to: BoolArray) -> BoolArray:
    """The connected parts of ``mask`` that reach into ``to``."""
    found, n_found = ndimage.label(mask)
    keep = np.zeros(n_found + 1, dtype=bool)
    keep[np.unique(found[to])] = True
    keep[0] = False
    return np.asarray(keep[found])
