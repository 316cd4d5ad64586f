"""Outlines of the left ventricle from files: our JSON, the Sunnybrook Cardiac Data's text, NIfTI label masks."""

from myoqc.acquire.contours.label_mask import write_label_mask
from myoqc.acquire.contours.own_json import write_contours
from myoqc.acquire.contours.read import read_contours
from myoqc.acquire.contours.slice_contours import SliceContours, contours_for

__all__ = ["SliceContours", "contours_for", "read_contours", "write_contours", "write_label_mask"]
