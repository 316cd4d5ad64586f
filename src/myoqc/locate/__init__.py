"""Finds the left ventricle in a slice and shows a scorer no more than that."""

from myoqc.locate.crop import crop, put_back, turn_deg
from myoqc.locate.heart import find_heart
from myoqc.locate.neighbours import Inferred, Neighbour, neighbour, with_insertions
from myoqc.locate.segmenter import Segmenter, read_segmenter, shipped_segmenter

__all__ = [
    "Inferred",
    "Neighbour",
    "Segmenter",
    "crop",
    "find_heart",
    "neighbour",
    "put_back",
    "read_segmenter",
    "shipped_segmenter",
    "turn_deg",
    "with_insertions",
]
