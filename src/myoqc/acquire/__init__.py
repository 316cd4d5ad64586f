"""Bytes from scanners and archives become acquisitions: DICOM, NumPy archives, BIDS images; and contours."""

from myoqc.acquire.bids import find_bids, read_bids, write_bids
from myoqc.acquire.catalogue import read_dicom, scan
from myoqc.acquire.contours import read_contours
from myoqc.acquire.contours_json import write_contours
from myoqc.acquire.contours_mask import write_label_mask
from myoqc.acquire.dicom_write import write_dicom
from myoqc.acquire.found import Catalogue, Entry, SeriesFound
from myoqc.acquire.npz import read_npz, write_npz
from myoqc.acquire.problems import Problem
from myoqc.acquire.slice_contours import SliceContours, contours_for
from myoqc.acquire.slices import Role

__all__ = [
    "Catalogue",
    "Entry",
    "Problem",
    "Role",
    "SeriesFound",
    "SliceContours",
    "contours_for",
    "find_bids",
    "read_bids",
    "read_contours",
    "read_dicom",
    "read_npz",
    "scan",
    "write_bids",
    "write_contours",
    "write_dicom",
    "write_label_mask",
    "write_npz",
]
