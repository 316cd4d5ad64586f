"""From signal to T1, R² and precision."""

from myoqc.fit.maps import fit_maps
from myoqc.fit.methods import METHODS
from myoqc.fit.pixels import ENGINES, fit_pixels

__all__ = ["ENGINES", "METHODS", "fit_maps", "fit_pixels"]
