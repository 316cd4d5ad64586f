"""Bytes from scanners and archives become acquisitions: DICOM, NumPy archives, BIDS images; and contours."""

from myoqc.acquire.anatomies import Anatomies, read_anatomies
from myoqc.acquire.bids import find_bids, read_bids, write_bids
from myoqc.acquire.catalogue import nothing_usable, read_dicom, scan
from myoqc.acquire.contours import (
    Kind,
    SliceContours,
    contours_for,
    kind_of,
    read_contours,
    write_contours,
    write_label_mask,
)
from myoqc.acquire.dicom import write_dicom
from myoqc.acquire.found import Catalogue, Entry, Role, SeriesFound
from myoqc.acquire.npz import read_npz, write_npz
from myoqc.acquire.problems import Problem

__all__ = [
    "Anatomies",
    "Catalogue",
    "Entry",
    "Kind",
    "Problem",
    "Role",
    "SeriesFound",
    "SliceContours",
    "contours_for",
    "find_bids",
    "kind_of",
    "nothing_usable",
    "read_anatomies",
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
