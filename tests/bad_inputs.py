"""Every kind of bad input: how it is made, and what the user gets for it.

The tests run this table through the command line, and ``docs/bad-input.md`` is written from it.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bad_files import (
    cut,
    damaged_codestream,
    declare_syntax,
    deflated_bomb,
    huge_codestream,
    many_elements,
    nested,
)
from bad_studies import (
    BOW,
    CORONAL,
    Make,
    archive,
    archive_inside,
    clutter,
    compressed_image,
    contour_file,
    contours,
    contradictory_times,
    copies,
    cut_phase,
    damaged_image,
    discs,
    flip_in_first_member,
    huge_archive,
    links,
    numpy_archive,
    occupied_output,
    one_file,
    one_image,
    other_modality,
    outlines,
    protect,
    recovering,
    ring,
    series,
    stretch,
    without_value,
)
from dicom_samples import SHMOLLI_TI_MS, image, save, save_all, weighted
from outside_contours import square_segmentation, structures

AGAIN = "Copy or export the file again."
TIMES = "give images and times as .npz"
GEOMETRY = "Export the series with its geometry"
WHOLE_SERIES = "Send all images of the series"
REDRAW = "Draw the outline again"


@dataclass(frozen=True, slots=True)
class BadInput:
    """One kind: the message has to name a file or series, say what is wrong with it, and advise what to do."""

    name: str
    make: Make
    exit_code: int
    names: str
    says: str
    advises: str
    n_checked: int = 1
    """Slices that are checked all the same; the good study beside it is one."""
    beside_good: bool = True
    automatic: bool = False
    """Whether the heart is looked for; there is none in the tiny images of the other rows."""


@dataclass(frozen=True, slots=True)
class Harmless:
    """What lies beside a good study and is no T1 mapping: it is passed over."""

    name: str
    make: Make


def no_heart(name: str, make: Make) -> BadInput:
    """Images that can be fitted and not scored: no failure, and never six scores."""
    says, advises = "no left ventricle found", "Give contours if there is a heart."
    return BadInput(name, make, 0, "not scored", says, advises, beside_good=False, automatic=True)


TUBES = [
    (64 + 26 * row, 64 + 26 * column, 9, 300.0 + 250.0 * (3 * row + column + 4))
    for row in (-1, 0, 1)
    for column in (-1, 0, 1)
]
RING_HEART = ((64, 64, 60, 800), (60, 40, 20, 1600), (64, 68, 22, 960), (64, 68, 14, 1600))
"""A body, the right ventricle, and the left one with its wall."""
HARMLESS = (
    Harmless("another modality beside a good study", other_modality),
    Harmless("a DICOMDIR and files that are not DICOM beside a good study", clutter),
)
BAD_INPUTS = (
    # files
    BadInput("an empty file", one_file("IM01.dcm", Path.touch), 3, "IM01.dcm", "the file is empty", AGAIN),
    BadInput(
        "a text file named .dcm",
        one_file("notes.dcm", lambda path: path.write_text("no image" * 50)),
        3,
        "notes.dcm",
        "not a DICOM file",
        AGAIN,
    ),
    BadInput("a file cut off in its header", damaged_image(lambda path: cut(path, 300)), 3, "03.dcm", "cut off", AGAIN),
    BadInput("a file cut off in its pixels", damaged_image(lambda path: cut(path, -50)), 3, "03.dcm", "cut off", AGAIN),
    BadInput(
        "a wrong transfer syntax",
        damaged_image(lambda path: declare_syntax(path, "1.2.840.10008.1.2.4.90")),
        3,
        "03.dcm",
        "damaged, or not what its header says",
        AGAIN,
    ),
    BadInput(
        "an unknown transfer syntax",
        damaged_image(lambda path: declare_syntax(path, "1.2.3.4")),
        3,
        "03.dcm",
        "damaged, or not what its header says",
        AGAIN,
    ),
    BadInput(
        "a damaged JPEG 2000 image",
        compressed_image(damaged_codestream),
        3,
        "03.dcm",
        "the compressed image can't be decoded",
        "uncompressed",
    ),
    BadInput(
        "a link to itself, and one to the folder above", links, 3, "itself", "Too many levels of symbolic links", "link"
    ),
    # what headers say
    BadInput(
        "no inversion times",
        series(InversionTime=None, TriggerTime=532.5),
        3,
        "series 1 ShMOLLI",
        "no attribute tells the inversion times",
        TIMES,
    ),
    BadInput(
        "the same inversion time in every image",
        series(InversionTime=300),
        3,
        "series 1 ShMOLLI",
        "300 ms in every image",
        TIMES,
    ),
    BadInput(
        "one image without inversion time",
        one_image(3, InversionTime=None),
        3,
        "series 1 ShMOLLI",
        "in 6 of 7 images only",
        TIMES,
    ),
    BadInput(
        "inversion times that contradict each other",
        lambda folder: save_all(weighted(), folder / "bad", contradictory_times) and None,
        3,
        "series 1 ShMOLLI",
        "contradict each other about image 1",
        TIMES,
    ),
    BadInput(
        "an inversion time below zero",
        one_image(1, InversionTime=-100),
        3,
        "series 1 ShMOLLI",
        "inversion times must be positive",
        TIMES,
    ),
    BadInput("no pixel spacing", one_image(5, PixelSpacing=None), 3, "05.dcm", "PixelSpacing is missing", GEOMETRY),
    BadInput("pixels of no size", series(PixelSpacing=[0, 1]), 3, "01.dcm", "pixel spacing must be positive", GEOMETRY),
    BadInput(
        "no orientation",
        series(ImageOrientationPatient=None),
        3,
        "01.dcm",
        "ImageOrientationPatient is missing",
        GEOMETRY,
    ),
    BadInput("no position", one_image(2, ImagePositionPatient=None), 3, "02.dcm", "ImagePositionPatient", GEOMETRY),
    BadInput(
        "directions that are not perpendicular",
        series(ImageOrientationPatient=[1, 0, 0, 1, 0, 0]),
        3,
        "01.dcm",
        "orientation is not usable",
        GEOMETRY,
    ),
    BadInput(
        "unequal matrices",
        one_image(4, Rows=6, Columns=8),
        3,
        "04.dcm",
        "differ in matrix",
        "Send only images that belong",
    ),
    BadInput(
        "six images instead of seven", series(ti_ms=SHMOLLI_TI_MS[:6]), 3, "series 1 ShMOLLI", "found 6", WHOLE_SERIES
    ),
    BadInput(
        "three images", series(ti_ms=(100, 180, 260), description="MOLLI"), 3, "series 1 MOLLI", "found 3", WHOLE_SERIES
    ),
    BadInput("copies of the same files", copies(), 0, "01.dcm", "a copy of a file", "nothing is lost", n_checked=2),
    BadInput(
        "two files that claim to be the same image",
        copies(lambda dataset: setattr(dataset, "PixelData", bytes(95) + b"\x01")),
        3,
        "copy/02.dcm",
        "the same SOP Instance UID",
        "remove the other",
        n_checked=2,
    ),
    # what pixels hold
    BadInput(
        "an image without any value (NaN)", without_value(1), 3, "08.dcm", "not a number", "Export the series again"
    ),
    BadInput(
        "an image of zeros",
        series(lambda datasets: setattr(datasets[5], "PixelData", bytes(96))),
        3,
        "06.dcm",
        "every pixel is zero",
        "Export the series again",
    ),
    BadInput(
        "all images of zeros",
        series(lambda datasets: [setattr(dataset, "PixelData", bytes(96)) for dataset in datasets]),
        3,
        "01.dcm",
        "every pixel is zero",
        "Export the series again",
    ),
    BadInput("phase images that are cut off", cut_phase, 3, "phase/01.dcm", "cut off", AGAIN, n_checked=2),
    # no heart in them
    no_heart("images of noise", recovering(discs())),
    no_heart("a phantom of tubes in a bath", recovering(discs((64, 64, 55, 900), *TUBES))),
    no_heart("a coronal slice", recovering(discs(*RING_HEART), CORONAL)),
    # more than there is
    BadInput(
        "60,000 × 60,000 pixels declared",
        series(Rows=60000, Columns=60000),
        3,
        "01.dcm",
        "found 60000 × 60000",
        "Nothing was allocated",
    ),
    BadInput(
        "60,000 × 60,000 pixels declared inside JPEG 2000",
        compressed_image(huge_codestream),
        3,
        "03.dcm",
        "found 60000 × 60000",
        "uncompressed",
    ),
    BadInput(
        "2 GiB deflated into 2 MiB",
        one_file("bomb.dcm", lambda path: deflated_bomb(path, 2048)),
        3,
        "bomb.dcm",
        "inflates to more than any image",
        "uncompressed",
    ),
    BadInput(
        "sequences nested 1,000 deep",
        one_file("deep.dcm", lambda path: nested(path, 1000)),
        3,
        "deep.dcm",
        "nested too deeply",
        AGAIN,
    ),
    BadInput(
        "a header of millions of elements",
        one_file("flood.dcm", lambda path: many_elements(path, 20 * 2**20)),
        3,
        "flood.dcm",
        "the header is larger than that of any image",
        "Leave the file out",
    ),
    BadInput(
        "a file of 3 GiB",
        damaged_image(stretch),
        3,
        "03.dcm",
        "too large to be T1-mapping images",
        "in files of their own",
    ),
    # folders and archives
    BadInput(
        "a path that does not exist",
        lambda folder: [folder / "nowhere"],
        4,
        "nowhere",
        "no such file",
        "path",
        0,
        False,
    ),
    BadInput("an empty folder", lambda folder: folder.mkdir(), 4, "input", "no T1-mapping images", "--list", 0, False),
    BadInput("a folder of another modality", other_modality, 4, "input", "no T1-mapping images", "--list", 0, False),
    BadInput(
        "a damaged zip archive",
        archive("study.zip", lambda content: content.__delitem__(slice(200, None))),
        4,
        "study.zip",
        "not a zip archive, or damaged",
        "Copy the archive again",
        0,
        False,
    ),
    BadInput(
        "a damaged file in a zip archive",
        archive("study.zip", flip_in_first_member),
        4,
        "study.zip/01.dcm",
        "can't be unpacked",
        "Copy the archive again",
        0,
        False,
    ),
    BadInput(
        "a zip archive with a password",
        archive("study.zip", protect),
        4,
        "study.zip",
        "protected by a password",
        "Unpack the archive and give the folder.",
        0,
        False,
    ),
    BadInput(
        "a zip archive that unpacks to 400 MiB from 0.4",
        huge_archive,
        4,
        "bomb.zip",
        "would unpack to far more than images do",
        "unpack it yourself",
        0,
        False,
    ),
    BadInput("a zip archive within the folder", archive_inside, 3, "inner.zip", "not opened", "Unpack it"),
    # other formats
    BadInput(
        "a NumPy archive that holds Python objects",
        numpy_archive(images=np.array([{}]), ti_ms=np.arange(7.0)),
        3,
        "slice.npz",
        "holds neither numbers nor text",
        "Write the archive again",
    ),
    BadInput(
        "a NumPy archive without time for each image",
        numpy_archive(images=np.ones((7, 4, 4)), ti_ms=np.arange(6.0)),
        3,
        "slice.npz",
        "images and times do not belong together",
        "Write the archive again",
    ),
    BadInput(
        "BIDS images without sidecar",
        one_file("sub-1_inv-1_IRT1.nii.gz", Path.touch),
        3,
        "sub-1_inv-1_IRT1.nii.gz",
        "its sidecar is missing",
        "Copy the .json files",
    ),
    # contours
    BadInput("contours: not JSON", contours("{"), 4, "contours.json", "not JSON", "Write the file again", 0),
    BadInput(
        "contours: JSON nested 100,000 deep",
        contours("[" * 100_000),
        4,
        "contours.json",
        "nested too deep",
        "Write the file again",
        0,
    ),
    BadInput(
        "contours: JSON of something else",
        contours("{}"),
        4,
        "contours.json",
        "not a contour file",
        "write_contours",
        0,
    ),
    BadInput("contours: a crossing outline", outlines(BOW, ring(3)), 4, "contours.json", "crosses itself", REDRAW, 0),
    BadInput(
        "contours: an open outline", outlines(ring(1.5, turn=0.6), ring(3)), 4, "contours.json", "open", REDRAW, 0
    ),
    BadInput(
        "contours: inside out", outlines(ring(3), ring(1.5)), 4, "contours.json", "were they exchanged", REDRAW, 0
    ),
    BadInput(
        "contours: two points", outlines([[1, 1], [4, 4]], ring(3)), 4, "contours.json", "too few points", REDRAW, 0
    ),
    BadInput(
        "contours: outside the image",
        outlines(ring(1.5, 500), ring(3, 500)),
        3,
        "contours.json",
        "leaves the image",
        "Check that the contours belong to this slice",
    ),
    BadInput(
        "contours: a cvi42 workspace with entities in a document type",
        contour_file("w.cvi42wsx", lambda path: path.write_text('<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')),
        4,
        "w.cvi42wsx",
        "declares a document type",
        "Export it in cvi42 again",
        0,
    ),
    BadInput(
        "contours: a cvi42 workspace in binary",
        contour_file("w.cvi42ws", lambda path: path.write_bytes(bytes(range(256)))),
        4,
        "w.cvi42ws",
        "not an XML workspace of cvi42",
        "Cvi42 XML Workspace",
        0,
    ),
    BadInput(
        "contours: DICOM images",
        contour_file("contours.dcm", lambda path: save(image(), path)),
        4,
        "contours.dcm",
        "DICOM, but no contours",
        "Give the segmentation",
        0,
    ),
    BadInput(
        "contours: a DICOM segmentation that is cut off",
        contour_file("seg.dcm", lambda path: cut(square_segmentation(path), -40)),
        4,
        "seg.dcm",
        "damaged, or not what its header says",
        AGAIN,
        0,
    ),
    BadInput(
        "contours: a DICOM segmentation of another study",
        contour_file("seg.dcm", square_segmentation),
        3,
        "seg.dcm",
        "none of its contours",
        "Check that it belongs to this study",
    ),
    BadInput(
        "contours: an RT structure set without a left ventricle",
        contour_file("rt.dcm", lambda path: structures(path, [("Lung", "CLOSED_PLANAR", np.eye(3), ())])),
        4,
        "rt.dcm",
        "no structure of the left ventricle",
        "Export the structure set again",
        0,
    ),
    # results
    BadInput(
        "an output folder that is a file", occupied_output, 6, "results", "can't be written", "choose another one", 0
    ),
)
