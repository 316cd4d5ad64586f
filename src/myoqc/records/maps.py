"""What the fit gives for every pixel."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from myoqc.errors import InputError
from myoqc.records.arrays import frozen, same_matrix
from myoqc.records.grid import Grid

FloatMap = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class ParameterMap:
    """Maps (y x) of S(TI) = A − B·exp(−TI/T1*); NaN = not fitted. A map that the source does not give is None.

    Raises GeometryError for a map of another matrix than the grid, InputError for what is not a map of numbers.
    """

    t1_ms: FloatMap
    grid: Grid
    r2: FloatMap | None = None
    """Coefficient of determination; its definition is in ``r2_definition``."""
    t1_sd_ms: FloatMap | None = None
    """Standard deviation of T1 from the residuals and the covariance of the fit [Kellman2013]."""
    t1_star_ms: FloatMap | None = None
    """Apparent T1 of the recovery that the readout disturbs."""
    a: FloatMap | None = None
    """A, the plateau; unit of the images."""
    b: FloatMap | None = None
    """B, plateau minus start; unit of the images."""
    samples_used: NDArray[np.uint8] | None = None
    """Number of images that the fit of this pixel used; 0 = not fitted."""
    method: str = ""
    """Which fit: 'shmolli', 'molli', 'sasha2', 'sasha3', or 'scanner'."""
    r2_definition: str = ""
    readout_correction: float = 1.0
    """Factor that T1 was multiplied by; 1 = none."""

    def __post_init__(self) -> None:
        if not isinstance(self.grid, Grid):
            raise InputError("grid is not usable", expected="a Grid", found=self.grid)
        for name in ("t1_ms", "r2", "t1_sd_ms", "t1_star_ms", "a", "b", "samples_used"):
            value = getattr(self, name)
            if value is not None:
                dtype = np.uint8 if name == "samples_used" else np.float64
                value = frozen(value, dtype, "y x", f"the {name} map")
                object.__setattr__(self, name, value)
                same_matrix(value.shape, self.grid.shape, f"the {name} map")
