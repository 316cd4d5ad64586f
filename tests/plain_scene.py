"""A plain slice for tests of what happens after the anatomy: a ring of muscle in a round chest."""

import numpy as np

from myoqc.simulate.physics.tissues import Tissue
from myoqc.simulate.scene import Canvas, Part, Scene

CANVAS = Canvas((120, 160), 1.875)
HEART_MM = np.array([-4.0, -6.0])
ENDO_MM, EPI_MM = 22.0, 32.0


def plain_scene(canvas: Canvas = CANVAS) -> Scene:
    """Left ventricle right of the right one, lung around both, liver below, muscle and fat outside, air beyond."""
    y, x = np.meshgrid(canvas.axis_mm(0), canvas.axis_mm(1), indexing="ij")
    shares = np.zeros((len(Tissue), *canvas.shape), dtype=np.float32)
    parts = np.zeros((len(Part), *canvas.shape), dtype=np.float32)
    left = np.ones(canvas.shape, dtype=bool)

    def fill(inside: np.ndarray, tissue: Tissue, part: Part) -> None:
        shares[tissue][inside & left] = 1.0
        parts[part][inside & left] = 1.0
        left[inside] = False

    from_lv_mm = np.hypot(y - HEART_MM[0], x - HEART_MM[1])
    body = np.hypot(y / 92.0, x / 112.0)
    fill(from_lv_mm < ENDO_MM, Tissue.BLOOD, Part.HEART)
    fill(from_lv_mm < EPI_MM, Tissue.MYOCARDIUM, Part.HEART)
    fill(np.hypot(y - HEART_MM[0], x - HEART_MM[1] + 30.0) < 28.0, Tissue.BLOOD, Part.HEART)
    fill((body < 0.75) & (y > 36.0) & (np.hypot(y - 55.0, x - 30.0) < 12.0), Tissue.GAS, Part.STOMACH)
    fill((body < 0.75) & (y > 36.0), Tissue.LIVER, Part.ABDOMEN)
    fill(body < 0.75, Tissue.LUNG, Part.LUNG)
    fill(body < 0.88, Tissue.MUSCLE, Part.CHEST)
    fill(body < 1.0, Tissue.FAT, Part.CHEST)
    angle = np.linspace(0.0, 2 * np.pi, 64, endpoint=False)
    circle = np.stack([np.sin(angle), np.cos(angle)], axis=-1)
    return Scene(
        canvas=canvas,
        shares=shares,
        texture=np.ones(canvas.shape),
        parts=parts,
        wall=shares[Tissue.MYOCARDIUM],
        endo_mm=HEART_MM + ENDO_MM * circle,
        epi_mm=HEART_MM + EPI_MM * circle,
        anterior_mm=HEART_MM + EPI_MM * np.array([-0.7, -0.7]),
        inferior_mm=HEART_MM + EPI_MM * np.array([0.7, -0.7]),
    )
