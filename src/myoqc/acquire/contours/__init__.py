"""Outlines of the left ventricle from files of many kinds: our JSON, masks, and what other programs write."""

from myoqc.acquire.contours.kinds import Kind, kind_of
from myoqc.acquire.contours.label_mask import write_label_mask
from myoqc.acquire.contours.own_json import write_contours
from myoqc.acquire.contours.read import read_contours
from myoqc.acquire.contours.slice_contours import SliceContours, contours_for

__all__ = ["Kind", "SliceContours", "contours_for", "kind_of", "read_contours", "write_contours", "write_label_mask"]
