"""Drawn anatomies: a patient's heart and thorax as outlines, cut by a slice wherever it lies."""

from myoqc.simulate.drawn.cut_scene import scene
from myoqc.simulate.drawn.patient import Patient, draw_patient, draw_position

__all__ = ["Patient", "draw_patient", "draw_position", "scene"]
