"""The frozen types that travel from step to step.

Times are in ms, lengths in mm, angles in degrees; pixel coordinates are (row, column) from the centre of pixel (0, 0).
"""

from myoqc.aha import ApicalSegment, Level, Segment
from myoqc.records.acquisition import Acquisition, CaseKey, Caution, Source
from myoqc.records.assessment import Assessment, Scores, SegmentSummary
from myoqc.records.attention import AttentionMaps
from myoqc.records.found_heart import FoundHeart
from myoqc.records.grid import Grid
from myoqc.records.heart import CROP_MM, CROP_PX, N_SEGMENTS, Contours, Crop, Origin, Placement, Segments
from myoqc.records.labelled_image import LabelledImage
from myoqc.records.maps import ParameterMap

__all__ = [
    "CROP_MM",
    "CROP_PX",
    "N_SEGMENTS",
    "Acquisition",
    "ApicalSegment",
    "Assessment",
    "AttentionMaps",
    "CaseKey",
    "Caution",
    "Contours",
    "Crop",
    "FoundHeart",
    "Grid",
    "LabelledImage",
    "Level",
    "Origin",
    "ParameterMap",
    "Placement",
    "Scores",
    "Segment",
    "SegmentSummary",
    "Segments",
    "Source",
]
