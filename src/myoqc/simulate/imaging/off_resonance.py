"""Off-resonance over a slice: what lung and gas do to the field, what the shim leaves of it, and where bands fall."""

from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from myoqc.records.arrays import frozen
from myoqc.simulate.imaging.bands import Source, band_hz, draw_across, draw_beside
from myoqc.simulate.imaging.susceptibility import field_ppm
from myoqc.simulate.physics.tissues import tissues_at
from myoqc.simulate.scene import Part, Scene

FloatArray = NDArray[np.float64]
FloatMap = NDArray[np.float32]

RANGE_HZ = MappingProxyType({1.5: (61.8, 15.5), 3.0: (125.0, 40.6)})
"""Field strength in tesla → mean and standard deviation of the variation over the heart [Kellman2013b]."""
CENTRE_HZ = 7.0
"""Standard deviation of the centre frequency's error, for each tesla."""
MOST_ON_WALL_HZ = 140.0
"""No pixel of the wall is farther off, so that no band touches it, unless one is put there."""
MOST_BESIDE_BAND_HZ = 50.0
"""The same without the field of a band's source that lies beside the heart."""
BEND_MM = 50.0
"""Distance from the heart beyond which the shim's terms bend."""
FAINT_PPM = 1e-3
"""What the shim leaves is never taken for less: a slice without lung and gas has the shim's error alone."""
MOST_HZ = 450.0
"""Nearer to gas the frequency changes within a pixel, and nothing is seen."""


@dataclass(frozen=True, slots=True, eq=False)
class OffResonance:
    """What decides the frequency of every pixel of a scene."""

    range_hz: float
    """From the 1st to the 99th percentile of the heart's pixels."""
    main_field: FloatArray
    """(2) the part (y, x) of the main field's unit vector that lies in the slice."""
    shim_error: FloatArray
    """(5) what the shim does wrong, over what it leaves: terms y, x, y², x², yx of 50 mm."""
    centre_hz: float
    """Error of the centre frequency."""
    most_on_wall_hz: float
    """Limit in the wall of the left ventricle, before ``source`` is added."""
    source: Source | None = None
    """Makes a dark band at a place of its own."""

    def __post_init__(self) -> None:
        for name, axes in (("main_field", "2"), ("shim_error", "5")):
            object.__setattr__(self, name, frozen(getattr(self, name), np.float64, axes, name))


def draw_off_resonance(
    rng: np.random.Generator, scene: Scene, field_t: float, *, band: bool = False, across_heart: bool = False
) -> OffResonance:
    """A slice after a local shim; with ``band`` a dark band beside the heart, with ``across_heart`` one through it.

    Raises InputError for a field strength without tissue values.
    """
    tissues_at(field_t)
    mean_hz, sd_hz = RANGE_HZ[field_t]
    in_slice, upright_deg = rng.uniform(0.6, 0.95), rng.normal(0.0, 15.0)
    source = draw_across(rng, scene) if across_heart else draw_beside(rng, scene) if band else None
    return OffResonance(
        range_hz=mean_hz + sd_hz * float(np.clip(rng.standard_normal(), -2.5, 2.5)),
        main_field=in_slice * np.array([np.cos(np.radians(upright_deg)), np.sin(np.radians(upright_deg))]),
        shim_error=rng.normal(0.0, [0.4, 0.4, 0.25, 0.25, 0.25]),
        centre_hz=float(rng.normal(0.0, CENTRE_HZ * field_t)),
        most_on_wall_hz=MOST_BESIDE_BAND_HZ if band else MOST_ON_WALL_HZ,
        source=source,
    )


def off_resonance_hz(off_resonance: OffResonance, scene: Scene) -> FloatMap:
    """Frequency (y x) of water against the scanner's, within ±450 Hz.

    The field of the slice's own lung, gas and air, less the quadratic that a shim over the heart takes away, plus the
    shim's error, scaled to the heart's range; then the source of a band. The literature's 'variation across the heart'
    is read as that range.
    """
    heart = scene.parts[Part.HEART] > 0.5
    terms = _terms(scene)
    left = _shimmed(field_ppm(scene, off_resonance.main_field), terms, heart)
    left += np.einsum("n,nyx->yx", off_resonance.shim_error.astype(np.float32), terms[1:])
    low, middle, high = np.percentile(left[heart], [1.0, 50.0, 99.0])
    frequency = off_resonance.centre_hz + (left - middle) * (off_resonance.range_hz / (high - low))
    most = np.abs(frequency[scene.wall > 0.0]).max()
    frequency *= min(1.0, off_resonance.most_on_wall_hz / most)
    if off_resonance.source is not None:
        frequency += band_hz(off_resonance.source, frequency, scene.canvas)
    return np.asarray(frequency.clip(-MOST_HZ, MOST_HZ), dtype=np.float32)


def _terms(scene: Scene) -> FloatMap:
    """(6 y x) 1, y, x, y², x², yx in units of 50 mm from the middle of the left ventricle.

    Far from the heart the distances grow more slowly: no shim goes on as a parabola to the end of the body.
    """
    middle = scene.epi_mm.mean(axis=0)
    axes = [
        np.asarray(BEND_MM / 50.0 * np.tanh((scene.canvas.axis_mm(n) - middle[n]) / BEND_MM), dtype=np.float32)
        for n in (0, 1)
    ]
    y, x = np.broadcast_arrays(axes[0][:, None], axes[1])
    return np.stack([np.ones_like(y), y, x, y**2, x**2, y * x])


def _shimmed(field: FloatMap, terms: FloatMap, heart: NDArray[np.bool_]) -> FloatMap:
    """What a quadratic fitted over the heart leaves of a field (y x), in units of its standard deviation there."""
    seen, values = terms[:, heart].astype(np.float64), field[heart]
    # Sums instead of a solver on the whole matrix: the threads of BLAS would decide the last bit.
    normal = np.einsum("in,jn->ij", seen, seen)
    coefficients = np.linalg.solve(normal, np.einsum("in,n->i", seen, values))
    left = field - np.einsum("n,nyx->yx", coefficients.astype(np.float32), terms)
    return np.asarray(left / max(float(left[heart].std()), FAINT_PPM))
