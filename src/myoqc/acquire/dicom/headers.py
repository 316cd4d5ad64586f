"""What the header of one DICOM image says, as far as it matters here."""

import re
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from pydicom import Dataset
from pydicom.datadict import tag_for_keyword

from myoqc.acquire.dicom import inversion_times
from myoqc.acquire.dicom.datasets import Opened
from myoqc.acquire.dicom.elements import Layers, layers, number, numbers, text, whole, words
from myoqc.acquire.dicom.inversion_times import Candidates
from myoqc.acquire.files import FoundFile

IMAGE_KEYWORDS = (
    "ImageType",
    "ComplexImageComponent",
    "SOPClassUID",
    "SOPInstanceUID",
    "StudyDate",
    "AcquisitionDate",
    "AcquisitionTime",
    "AcquisitionDateTime",
    "Modality",
    "Manufacturer",
    "StudyDescription",
    "SeriesDescription",
    "PatientID",
    "MagneticFieldStrength",
    "NominalInterval",
    "HeartRate",
    "ProtocolName",
    "StudyInstanceUID",
    "SeriesInstanceUID",
    "SeriesNumber",
    "AcquisitionNumber",
    "InstanceNumber",
    "ImagePositionPatient",
    "ImageOrientationPatient",
    "ImageComments",
    "SamplesPerPixel",
    "PhotometricInterpretation",
    "NumberOfFrames",
    "Rows",
    "Columns",
    "PixelSpacing",
    "BitsAllocated",
    "BitsStored",
    "PixelRepresentation",
    "RescaleIntercept",
    "RescaleSlope",
    "SharedFunctionalGroupsSequence",
    "PerFrameFunctionalGroupsSequence",
)
TAGS = tuple(
    tag
    for tag in (
        *map(tag_for_keyword, IMAGE_KEYWORDS),
        *(tag for tags in inversion_times.ATTRIBUTES.values() for tag in tags),
    )
    if tag is not None
)

Vector = tuple[float, ...]


class Frame(NamedTuple):
    """One frame of a multi-frame file, or the whole of a file that is one image."""

    number: int | None = None
    """From 0."""
    group: Dataset | None = None
    """The functional group that describes it."""


@dataclass(frozen=True, slots=True, eq=False)
class Header:
    """One image: a classic file, or one frame of a multi-frame file. What the file does not say is None or empty."""

    file: FoundFile
    frame: int | None
    """From 0; None where the file is one image."""
    sop_uid: str
    study_uid: str
    series_uid: str
    patient: str
    study_label: str
    series_number: int | None
    description: str
    protocol: str
    comments: str
    image_type: tuple[str, ...]
    """Words of ImageType, FrameType and ComplexImageComponent, in capitals."""
    is_grey_mr: bool
    """An MR image with one grey value per pixel."""
    manufacturer: str
    acquired_s: float | None
    """Time of acquisition, seconds from an arbitrary day."""
    acquisition_number: int | None
    instance_number: int | None
    shape: tuple[int, int]
    """(y x): rows, columns."""
    spacing_mm: Vector
    position_mm: Vector
    orientation: Vector
    """(6) row direction, column direction."""
    slope: float
    intercept: float
    bits_stored: int | None
    times: Candidates
    trigger_ms: float | None
    rr_ms: float | None
    field_t: float | None
    syntax_was_guessed: bool
    defect: str
    """Why the pixels can't be used, known without reading them; empty = nothing known."""

    @property
    def name(self) -> str:
        """The file, and the frame where there are several, for people."""
        return self.file.name if self.frame is None else f"{self.file.name} (frame {self.frame + 1})"

    @property
    def words(self) -> str:
        """Everything that people wrote about the image."""
        return " ".join((self.description, self.protocol, self.comments))


def header_of(opened: Opened, file: FoundFile, frame: Frame, defect: str) -> Header:
    """What the dataset of a file says about its only image or about one of its frames."""
    image = layers(opened.dataset, frame.group)
    slope, intercept = number(image, "RescaleSlope"), number(image, "RescaleIntercept")
    return Header(
        file=file,
        frame=frame.number,
        sop_uid=text(image, "SOPInstanceUID"),
        study_uid=text(image, "StudyInstanceUID") or "unknown",
        series_uid=text(image, "SeriesInstanceUID") or "unknown",
        patient=text(image, "PatientID") or "unknown",
        study_label=_study_label(image),
        series_number=whole(image, "SeriesNumber"),
        description=text(image, "SeriesDescription"),
        protocol=text(image, "ProtocolName"),
        comments=text(image, "ImageComments"),
        image_type=_image_type(image),
        is_grey_mr=_is_grey_mr(image),
        manufacturer=text(image, "Manufacturer"),
        acquired_s=_acquired_s(image),
        acquisition_number=whole(image, "AcquisitionNumber"),
        instance_number=whole(image, "InstanceNumber"),
        shape=(whole(image, "Rows") or 0, whole(image, "Columns") or 0),
        spacing_mm=numbers(image, "PixelSpacing"),
        position_mm=numbers(image, "ImagePositionPatient"),
        orientation=numbers(image, "ImageOrientationPatient"),
        slope=1.0 if slope is None else slope,
        intercept=0.0 if intercept is None else intercept,
        bits_stored=whole(image, "BitsStored"),
        times=inversion_times.candidates(image),
        trigger_ms=number(image, "TriggerTime") or number(image, "NominalCardiacTriggerDelayTime"),
        rr_ms=_rr_ms(image),
        field_t=number(image, "MagneticFieldStrength") or None,
        syntax_was_guessed=opened.syntax_was_guessed,
        defect=defect,
    )


def _study_label(image: Layers) -> str:
    day = re.sub(r"^(\d{4})(\d{2})(\d{2})$", r"\1-\2-\3", text(image, "StudyDate"))
    return " ".join(part for part in (text(image, "PatientID"), day, text(image, "StudyDescription")) if part)


def _image_type(image: Layers) -> tuple[str, ...]:
    frame_type = words(image, "FrameType") or words(image, "ImageType")
    return frame_type + words(image, "ComplexImageComponent")


def _is_grey_mr(image: Layers) -> bool:
    modality, samples = text(image, "Modality"), whole(image, "SamplesPerPixel")
    grey = text(image, "PhotometricInterpretation") in ("", "MONOCHROME1", "MONOCHROME2")
    return modality == "MR" and grey and samples in (None, 1)


def _acquired_s(image: Layers) -> float | None:
    stamp = text(image, "FrameAcquisitionDateTime") or text(image, "AcquisitionDateTime")
    day, clock = (stamp[:8], stamp[8:]) if stamp else (text(image, "AcquisitionDate"), text(image, "AcquisitionTime"))
    match = re.match(r"(\d{2}):?(\d{2}):?(\d{2}(?:\.\d{1,6})?)", clock)
    if match is None:
        return None
    try:
        days = date.fromisoformat(day).toordinal()
    except ValueError:
        days = 0  # de-identified dates such as 20120000 are common
    return days * 86400.0 + int(match[1]) * 3600 + int(match[2]) * 60 + float(match[3])


def _rr_ms(image: Layers) -> float | None:
    for name in ("NominalInterval", "RRIntervalTimeNominal"):
        interval = number(image, name)
        if interval is not None and interval > 0:
            return interval
    rate = number(image, "HeartRate")
    return 60000.0 / rate if rate is not None and rate > 0 else None
