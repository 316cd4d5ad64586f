"""What a slice holds below the diaphragm, from the front to the back."""

import numpy as np
from numpy.typing import NDArray

from myoqc.simulate.drawn.abdomen import Abdomen, hung
from myoqc.simulate.drawn.bodies import Bodies, cut
from myoqc.simulate.drawn.diaphragm import below, origin_mm
from myoqc.simulate.drawn.fill import Fill, Outlines
from myoqc.simulate.drawn.liver import liver_outline
from myoqc.simulate.drawn.outline import Outline
from myoqc.simulate.drawn.stomach import above_fluid, inside_folds
from myoqc.simulate.physics.tissues import Tissue
from myoqc.simulate.scene import Part

FloatArray = NDArray[np.float64]

VESSEL_SHARE = 0.6
"""Of blood where a vein of the liver is cut: it is thinner than the slice is thick."""
CHYME_SHARE = 0.6
"""Of water in what fills the bowel."""
FOOD_SHARE = 0.8
SINUS_MM = 13.0
"""From the border of a kidney to the fat in its middle."""


def of_abdomen(abdomen: Abdomen, coat: Outline, front_deg: float, position_mm: float) -> tuple[Fill, ...]:
    """Organs, the fat between them and the diaphragm under a heart with the outer border ``coat``."""
    diaphragm = abdomen.diaphragm
    origin = origin_mm(diaphragm, coat)
    under: Outlines = (below(diaphragm, position_mm, diaphragm.thickness_mm) + origin,)
    liver: Outlines = (liver_outline(abdomen.liver, diaphragm, position_mm) + origin,)

    def organ(tissue: Tissue, bodies: Bodies, grown_mm: float = 0.0) -> Fill:
        return Fill(tissue, Part.ABDOMEN, (hung(diaphragm, bodies, position_mm, grown_mm) + origin,), (under,))

    return (
        Fill(Tissue.BLOOD, Part.ABDOMEN, (cut(abdomen.liver.vessels, position_mm) + origin,), (liver,), VESSEL_SHARE),
        Fill(Tissue.LIVER, Part.ABDOMEN, liver),
        *_stomach(abdomen, origin, front_deg, position_mm, under),
        organ(Tissue.SPLEEN, abdomen.spleen),
        organ(Tissue.FAT, abdomen.kidney, -SINUS_MM),
        organ(Tissue.SPLEEN, abdomen.kidney),
        *_bowel(abdomen, origin, position_mm, under),
        Fill(Tissue.MUSCLE, Part.ABDOMEN, (cut(abdomen.strands, position_mm) + origin,), (under,)),
        Fill(Tissue.FAT, Part.ABDOMEN, under),
        Fill(Tissue.MUSCLE, Part.ABDOMEN, (below(diaphragm, position_mm) + origin,)),
    )


def _stomach(
    abdomen: Abdomen, origin_mm: FloatArray, front_deg: float, position_mm: float, under: Outlines
) -> tuple[Fill, ...]:
    stomach, diaphragm = abdomen.stomach, abdomen.diaphragm
    outlines = hung(diaphragm, stomach.body, position_mm) + origin_mm
    if not len(outlines):
        return ()
    inside = inside_folds(stomach, outlines[0], position_mm)
    food = hung(diaphragm, stomach.food, position_mm) + origin_mm
    content = ((inside,), under)
    return (
        Fill(Tissue.GAS, Part.STOMACH, (above_fluid(stomach, outlines[0], front_deg),), content),
        Fill(Tissue.MUSCLE, Part.STOMACH, (food,), content, FOOD_SHARE),
        Fill(Tissue.STOMACH_FLUID, Part.STOMACH, (inside,), (under,)),
        Fill(Tissue.MUSCLE, Part.STOMACH, (outlines,), (under,)),
    )


def _bowel(abdomen: Abdomen, origin_mm: FloatArray, position_mm: float, under: Outlines) -> tuple[Fill, ...]:
    loops = (abdomen.bowel, abdomen.gassy_bowel)
    full, gassy = (cut(loop, position_mm, -abdomen.bowel_wall_mm) + origin_mm for loop in loops)
    walls = tuple(cut(loop, position_mm) + origin_mm for loop in loops)
    return (
        Fill(Tissue.GAS, Part.STOMACH, (gassy,), (under,)),
        Fill(Tissue.STOMACH_FLUID, Part.STOMACH, (full,), (under,), CHYME_SHARE),
        Fill(Tissue.MUSCLE, Part.STOMACH, walls, (under,)),
    )
