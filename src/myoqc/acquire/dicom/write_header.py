"""What a scanner writes about an image: the DICOM attributes of one file."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.uid import MRImageStorage, generate_uid
from pydicom.valuerep import DSfloat

from myoqc.aha import Level
from myoqc.records import Acquisition
from myoqc.schedules import Preparation, Schedule

USUAL_RR_MS = 1000.0


@dataclass(frozen=True, slots=True)
class Scale:
    """Value = slope · stored + intercept, of so many bits."""

    slope: float = 1.0
    intercept: float = 0.0
    bits: int = 12


@dataclass(frozen=True, slots=True, eq=False)
class StoredImage:
    """Pixels (y x) as stored; ``number`` is that of the acquired image, from 0, and of the last one for a map."""

    pixels: NDArray[np.uint16]
    comment: str
    number: int
    scale: Scale = Scale()


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """Images under one series number; ``suffix`` follows the description, ``kind`` (M, P) stands in ImageType."""

    number: int
    suffix: str
    kind: str
    images: Sequence[StoredImage]
    is_map: bool = False


@dataclass(frozen=True, slots=True)
class Study:
    """What all files share beside the acquisition."""

    patient_name: str
    started: datetime
    simulated: bool
    derivation: str = ""
    """How the images were made from measured ones; empty where they are as they were taken."""


def dicom_header(acquisition: Acquisition, study: Study, series: Series, instance: int, image: StoredImage) -> Dataset:
    """The whole data set of one image, the ``instance``-th of its series, with its pixels."""
    dataset = Dataset()
    _patient_and_study(dataset, acquisition, study)
    _series_and_instance(dataset, acquisition, study, series, instance, image)
    _sequence(dataset, acquisition, series, image)
    _place(dataset, acquisition)
    _pixels(dataset, image)
    return dataset


def family(schedule: Schedule) -> str:
    """The kind of sequence without its pattern: ShMOLLI, MOLLI, SASHA."""
    return schedule.name.split()[0].rstrip(",")


def decimal(value: float) -> DSfloat:
    """A number as DICOM writes it, in 16 characters."""
    return DSfloat(float(value), auto_format=True)


def _description(acquisition: Acquisition) -> str:
    if acquisition.source.series_label:
        return acquisition.source.series_label
    level = acquisition.key.level
    words = f"{family(acquisition.schedule)}_{max(acquisition.grid.shape)}i"
    return words if level is Level.UNKNOWN else f"{words}_{level.value}"


def _started_ms(acquisition: Acquisition, number: int) -> float:
    """When an image was taken, after the first one: a heartbeat each, and the pauses between the groups."""
    schedule, rr_ms = acquisition.schedule, acquisition.rr_ms or USUAL_RR_MS
    pause_ms = 1000.0 if schedule.pause_unit == "s" else rr_ms
    last_of_groups = np.cumsum(schedule.samples)
    group = int(np.searchsorted(last_of_groups, number, side="right"))
    return number * rr_ms + sum(schedule.pauses[:group]) * pause_ms


def _uid(*sources: object) -> str:
    return str(generate_uid(entropy_srcs=["myoqc", *map(str, sources)]))


def _patient_and_study(dataset: Dataset, acquisition: Acquisition, study: Study) -> None:
    key, source = acquisition.key, acquisition.source
    dataset.SpecificCharacterSet = "ISO_IR 192"
    dataset.PatientName = study.patient_name
    dataset.PatientID = key.patient[:64]
    dataset.PatientBirthDate = dataset.PatientSex = ""
    dataset.PatientIdentityRemoved = "YES"
    dataset.DeidentificationMethod = "written without personal data"
    dataset.StudyInstanceUID = _uid(key.patient, key.study)
    dataset.FrameOfReferenceUID = _uid(key.patient, key.study, "frame of reference")
    dataset.StudyID = dataset.AccessionNumber = dataset.ReferringPhysicianName = dataset.PositionReferenceIndicator = ""
    dataset.StudyDescription = "SIMULATED" if study.simulated else source.study_label[:64]
    dataset.StudyDate = dataset.SeriesDate = dataset.AcquisitionDate = dataset.ContentDate = f"{study.started:%Y%m%d}"
    dataset.StudyTime = f"{study.started:%H%M%S}"
    dataset.Manufacturer = source.manufacturer[:64] or "myoqc"
    dataset.PatientPosition = "HFS"


def _series_and_instance(
    dataset: Dataset, acquisition: Acquisition, study: Study, series: Series, instance: int, image: StoredImage
) -> None:
    key = acquisition.key
    names = (key.patient, key.study, key.slice_uid, key.level.value, series.number)
    taken = study.started + timedelta(milliseconds=_started_ms(acquisition, image.number))
    dataset.SOPClassUID = MRImageStorage
    dataset.SOPInstanceUID = _uid(*names, instance)
    dataset.SeriesInstanceUID = _uid(*names)
    dataset.SeriesNumber = series.number
    dataset.SeriesDescription = (_description(acquisition) + series.suffix)[:64]
    dataset.ProtocolName = _description(acquisition)[:64]
    dataset.InstanceNumber = instance
    dataset.AcquisitionNumber = 1
    dataset.AcquisitionTime = f"{taken:%H%M%S.%f}"
    dataset.ContentTime = dataset.AcquisitionTime
    dataset.SeriesTime = f"{study.started:%H%M%S}"
    dataset.ImageType = ["DERIVED" if study.derivation else "ORIGINAL", "PRIMARY", series.kind, "ND"]
    if study.derivation:
        dataset.DerivationDescription = study.derivation
    dataset.ImageComments = image.comment
    dataset.Modality = "MR"


def _sequence(dataset: Dataset, acquisition: Acquisition, series: Series, image: StoredImage) -> None:
    inverted = acquisition.schedule.preparation is Preparation.INVERSION
    dataset.ScanningSequence = ["GR", "IR"] if inverted else ["GR"]
    dataset.SequenceVariant = ["SK", "SS", "MP"]
    dataset.ScanOptions = ["IR", "CT"] if inverted else ["CT"]
    dataset.MRAcquisitionType = "2D"
    dataset.RepetitionTime = dataset.EchoTime = dataset.EchoTrainLength = dataset.SliceThickness = None
    if not series.is_map:
        dataset.InversionTime = decimal(acquisition.ti_ms[image.number])
    if acquisition.trigger_ms is not None:
        dataset.TriggerTime = decimal(acquisition.trigger_ms[image.number])
    if acquisition.rr_ms is not None:
        dataset.NominalInterval = round(acquisition.rr_ms)
    if acquisition.field_t is not None:
        dataset.MagneticFieldStrength = decimal(acquisition.field_t)


def _place(dataset: Dataset, acquisition: Acquisition) -> None:
    grid = acquisition.grid
    dataset.Rows, dataset.Columns = grid.shape
    dataset.PixelSpacing = [decimal(length) for length in grid.spacing_mm]
    dataset.ImagePositionPatient = [decimal(place) for place in grid.origin_mm]
    dataset.ImageOrientationPatient = [decimal(cosine) for cosine in (*grid.row_direction, *grid.column_direction)]
    dataset.SliceLocation = decimal(float(grid.origin_mm @ grid.normal))


def _pixels(dataset: Dataset, image: StoredImage) -> None:
    scale = image.scale
    dataset.SamplesPerPixel = 1
    dataset.PhotometricInterpretation = "MONOCHROME2"
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = 16, scale.bits, scale.bits - 1
    dataset.PixelRepresentation = 0
    if (scale.slope, scale.intercept) != (1.0, 0.0):
        dataset.RescaleSlope, dataset.RescaleIntercept = decimal(scale.slope), decimal(scale.intercept)
        dataset.RescaleType = "US"
    dataset.PixelData = image.pixels.astype("<u2").tobytes()
