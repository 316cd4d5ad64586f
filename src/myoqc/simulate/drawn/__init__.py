"""Drawn anatomies: a patient's heart and thorax as outlines, cut by a slice wherever it lies."""
