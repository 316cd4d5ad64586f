"""From signal to T1, R² and precision."""

from myoqc.fit.maps import ENGINES, METHODS, fit_maps

__all__ = ["ENGINES", "METHODS", "fit_maps"]
