"""Real anatomies: a slice at rest made from an image of a real heart in which the ventricles are marked."""

from myoqc.simulate.real.anatomy import RealAnatomy, prepare
from myoqc.simulate.real.injection import scene_of_series
from myoqc.simulate.real.placement import ScenePlacement, draw_placement
from myoqc.simulate.real.scenes import scene, shading

__all__ = ["RealAnatomy", "ScenePlacement", "draw_placement", "prepare", "scene", "scene_of_series", "shading"]
