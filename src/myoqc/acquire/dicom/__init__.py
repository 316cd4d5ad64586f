"""DICOM files become acquisitions, and acquisitions DICOM files.

The way of a study, and the modules in which it is done::

    bytes      datasets → elements → inversion_times → headers → instances     what each image says of itself
    meaning    duplicates → slices (vocabulary) → companions → study           which image is what to which slice
    pixels     geometry → jpeg (jpeg_process) → pixels → phase, scanner_maps → load
    back       write_header → write

Headers are read for all files, pixels only of the slice that is loaded.
"""

from myoqc.acquire.dicom.study import find_dicom
from myoqc.acquire.dicom.write import write_dicom

__all__ = ["find_dicom", "write_dicom"]
