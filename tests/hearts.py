"""Hand-made slices that several tests share: a ring seen from the apex, with the septum on the left of the screen."""

from pathlib import Path

import numpy as np

from myoqc.records import Acquisition, CaseKey, Contours, Grid, Level, Source

DATA = Path(__file__).parents[2] / "shared" / "data"
SHMOLLI_TI_MS = [100.0, 1100.0, 2100.0, 3100.0, 4100.0, 180.0, 260.0]
ANTERIOR_DEG, INFERIOR_DEG = -120.0, 120.0
"""Angles of the insertions, clockwise on the screen from the right."""

# The short axis of a real patient: right is lateral, down is inferior, the viewer stands at the apex.
_RIGHT = np.array([0.712, 0.701, -0.034]) / np.linalg.norm([0.712, 0.701, -0.034])
_DOWN = np.array([-0.308, 0.268, -0.913]) - _RIGHT * (_RIGHT @ [-0.308, 0.268, -0.913])
_DOWN /= np.linalg.norm(_DOWN)


def short_axis(shape=(60, 70), spacing_mm=(1.0, 1.0)):
    return Grid(shape, spacing_mm, np.array([-30.0, -80.0, 40.0]), _RIGHT, _DOWN)


def on_circle_px(centre_px, radius_mm, angles_deg, spacing_mm):
    angles = np.radians(angles_deg)
    offsets_mm = radius_mm * np.stack([np.sin(angles), np.cos(angles)], axis=-1)
    return np.asarray(centre_px) + offsets_mm / np.asarray(spacing_mm)


def ring(centre_px=(29.3, 35.2), spacing_mm=(1.0, 1.0), turn_deg=0.0, inferior=True, radii_mm=(12.0, 20.0)):
    every_deg = np.arange(0.0, 360.0, 5.0)
    endo, epi = (on_circle_px(centre_px, radius, every_deg, spacing_mm) for radius in radii_mm)
    anterior_px, inferior_px = (
        on_circle_px(centre_px, radii_mm[1], angle + turn_deg, spacing_mm) for angle in (ANTERIOR_DEG, INFERIOR_DEG)
    )
    return Contours(endo, epi, anterior_px, inferior_px if inferior else None)


def acquisition(grid=None, seed=0, phase=True, **more):
    grid = grid or short_axis()
    rng = np.random.default_rng(seed)
    shape = (len(SHMOLLI_TI_MS), *grid.shape)
    given = {
        "grid": grid,
        "field_t": 3.0,
        "rr_ms": 912.5,
        "key": CaseKey("p07", "baseline", "1.2.3.4", Level.MID),
        "trigger_ms": np.linspace(500.0, 560.0, shape[0]),
        "source": Source(series_label="ShMOLLI_192i", series_number=12, manufacturer="SIEMENS"),
    }
    return Acquisition.from_arrays(
        rng.uniform(0.0, 800.0, shape),
        SHMOLLI_TI_MS,
        phase_rad=rng.uniform(-np.pi, np.pi, shape) if phase else None,
        **(given | more),
    )
