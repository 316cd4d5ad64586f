"""A real image as small as can be, made by hand: every tissue at a known place, under a coil on the chest."""

import numpy as np

from myoqc.records import LabelledImage, Level

SHAPE, SPACING_MM = (120, 150), 2.0
CENTRE_PX = np.array([60.0, 65.0])
CAVITY_MM, OUTER_MM = 22.0, 32.0
SEPTUM_DEG = 180.0
BLOOD, MUSCLE, FAT, LIVER, LUNG, AIR = 1.0, 0.35, 1.15, 0.45, 0.05, 0.01


def offsets_mm(turn_deg=0.0):
    """Down and right (y x) from the middle of the cavity, in the frame of a body that is turned clockwise."""
    y, x = ((np.arange(n) - middle) * SPACING_MM for n, middle in zip(SHAPE, CENTRE_PX, strict=True))
    angle = np.radians(turn_deg)
    y, x = y[:, None], x[None, :]
    return y * np.cos(angle) - x * np.sin(angle), y * np.sin(angle) + x * np.cos(angle)


def pieces(turn_deg=0.0):
    """Masks (y x) by name, from the back to the front."""
    down, right = offsets_mm(turn_deg)
    body = ((down - 55.0) / 155.0) ** 2 + ((right - 25.0) / 118.0) ** 2
    rv = ((down / 40.0) ** 2 + ((right + 32.0) / 34.0) ** 2 < 1.0) & (np.hypot(down, right) > OUTER_MM + 0.5)
    return {
        "air": np.ones(SHAPE, dtype=bool),
        "fat": body < 1.0,
        "muscle": body < 0.8,
        "lung": body < 0.66,
        "liver": (body < 0.66) & (down > 46.0),
        "rv wall": (down / 44.0) ** 2 + ((right + 32.0) / 38.0) ** 2 < 1.0,
        "rv": rv,
        "outer": np.hypot(down, right) <= OUTER_MM,
        "cavity": np.hypot(down, right) <= CAVITY_MM,
        "papillary": np.hypot(down - 8.0, right - 9.0) <= 4.5,
    }


BRIGHTNESS = {
    "air": AIR,
    "fat": FAT,
    "muscle": MUSCLE,
    "lung": LUNG,
    "liver": LIVER,
    "rv wall": MUSCLE,
    "rv": BLOOD,
    "outer": MUSCLE,
    "cavity": BLOOD,
    "papillary": MUSCLE,
}


def coil(turn_deg=0.0):
    """Sensitivity (y x): strong in front of the breast bone, 1 in the heart."""
    down, right = offsets_mm(turn_deg)
    return 0.25 + 1.9 / (1.0 + ((down + 30.0) ** 2 + (right + 90.0) ** 2) / 80.0**2)


def real_heart(turn_deg=0.0, marked_rv=False, shaded=True, seed=0, **more):
    """A hand-made image with its masks."""
    image = np.zeros(SHAPE)
    found = pieces(turn_deg)
    for name, mask in found.items():
        image[mask] = BRIGHTNESS[name]
    rng = np.random.default_rng(seed)
    image *= 1.0 + 0.05 * rng.standard_normal(SHAPE)
    image = 300.0 * (image * (coil(turn_deg) if shaded else 1.0) + np.abs(0.004 * rng.standard_normal(SHAPE)))
    return LabelledImage(
        image=image,
        cavity=found["cavity"],
        outer=found["outer"],
        rv=found["rv"] if marked_rv else None,
        spacing_mm=SPACING_MM,
        subject="made by hand",
        **{"level": Level.MID, **more},
    )
