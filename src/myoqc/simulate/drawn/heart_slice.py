"""How a slice cuts the heart: the outlines of both ventricles and of what wraps them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from myoqc.simulate.drawn.bodies import cut
from myoqc.simulate.drawn.fat import Wrapping, envelope, wrapped
from myoqc.simulate.drawn.left_ventricle import (
    LeftVentricle,
    blood_outline,
    cavity_outline,
    papillary_outlines,
    wall_mm,
)
from myoqc.simulate.drawn.outline import Outline
from myoqc.simulate.drawn.right_ventricle import (
    RightVentricle,
    cavity,
    free_wall,
    insertions_deg,
    whole,
)

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class HeartSlice:
    """Outlines (n 2) in mm in the patient's frame, clockwise on the screen."""

    endo: Outline
    epi: Outline
    blood: Outline
    """The left cavity without the trabeculae on its wall."""
    papillary: FloatArray
    """(m n 2)"""
    rv: FloatArray
    rv_blood: FloatArray
    rv_inside: FloatArray
    """(m n 2) muscle inside the right cavity."""
    epicardial: Outline
    pericardium: Outline
    coat: Outline
    """Outer border of the fat around the pericardium."""
    insertions_deg: tuple[float, float]
    """Directions of the anterior and the inferior insertion from the middle of the left cavity."""

    @property
    def insertions_mm(self) -> tuple[FloatArray, FloatArray]:
        """(2) each, on the epicardial outline."""
        anterior, inferior = self.insertions_deg
        return self.epi.point_mm(anterior), self.epi.point_mm(inferior)


def heart_slice(lv: LeftVentricle, rv: RightVentricle, wrapping: Wrapping, position_mm: float) -> HeartSlice:
    """The heart at ``position_mm`` from the base."""
    endo = cavity_outline(lv, position_mm)
    epi = endo.grown(wall_mm(lv, position_mm))
    free = free_wall(rv, lv, epi, position_mm)
    coats = wrapped(wrapping, envelope(np.concatenate([epi.points_mm, free])), position_mm)
    return HeartSlice(
        endo=endo,
        epi=epi,
        blood=blood_outline(lv, endo, position_mm),
        papillary=papillary_outlines(lv, endo, position_mm),
        rv=whole(free, epi.centre_mm),
        rv_blood=cavity(rv, free, epi.centre_mm, position_mm),
        rv_inside=cut(rv.inside, position_mm) + _middle(lv, epi, free),
        epicardial=coats[0],
        pericardium=coats[1],
        coat=coats[2],
        insertions_deg=insertions_deg(rv, lv, position_mm),
    )


def _middle(lv: LeftVentricle, epi: Outline, free: FloatArray) -> FloatArray:
    """(2) half-way between the septum and the free wall of the right ventricle."""
    return np.asarray(0.5 * (epi.point_mm(lv.septum_deg) + free[len(free) // 2]))
