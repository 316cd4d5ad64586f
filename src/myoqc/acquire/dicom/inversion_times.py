"""Where the inversion time of each image comes from.

Vendors keep it in different attributes and fill others with constants, so an attribute counts only where it differs
between the images; the order of preference is that of the field's readers. What contradicts itself is refused.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from myoqc.acquire.dicom.elements import Layers, number, text
from myoqc.errors import InversionTimeError

TRIGGER_TIME = "TriggerTime (0018,1060)"
COMMENT = "ImageComments 'TIeff N ms'"
ATTRIBUTES: Mapping[str, tuple[int, ...]] = {
    "InversionTime (0018,0082)": (0x00180082,),
    "InversionTimes (0018,9079)": (0x00189079,),
    "Philips (2005,1572)": (0x20051572,),
    "Siemens (0021,1189)": (0x00211189,),
    TRIGGER_TIME: (0x00181060, 0x00209153),
}
PREFERENCE = (*(name for name in ATTRIBUTES if name != TRIGGER_TIME), COMMENT, TRIGGER_TIME)
REMEDY = "Export the original images with their private attributes, or give images and times as .npz."
FEWEST_DIFFERENT = 4
MOST_DISAGREEMENT_MS = 1.0
"""Comments hold whole milliseconds."""

Candidates = Mapping[str, float]
"""What each attribute says about one image, in ms."""


@dataclass(frozen=True, slots=True)
class TimesFound:
    """Inversion times of the images (ms), in their order, and the attribute that gave them."""

    ti_ms: tuple[float, ...]
    attribute: str


def candidates(image: Layers) -> Candidates:
    """Everything in a header that could be the inversion time of this image."""
    found = {}
    for name, tags in ATTRIBUTES.items():
        values = [value for value in (number(image, tag) for tag in tags) if value is not None]
        if values:
            found[name] = values[0]
    comments = f"{text(image, 'ImageComments')} {text(image, 'FrameComments')}"
    match = re.search(r"\bTIeff\s*[=:]?\s*(\d{1,6}(?:\.\d{1,6})?)\s*ms", comments, re.IGNORECASE)
    return {**found, COMMENT: float(match[1])} if match else found


def spread(images: Sequence[Candidates]) -> bool:
    """Whether an attribute that only holds inversion times gives these images at least four different ones."""
    return any(len(_different(images, name)) >= FEWEST_DIFFERENT for name in PREFERENCE if name != TRIGGER_TIME)


def choose(images: Sequence[Candidates], *, named_as_mapping: bool) -> TimesFound:
    """The times of the first attribute, in order of preference, that gives every image one and at least four in all.

    The trigger time, which counts heart phases in other series, is asked only where the series is named as T1 mapping.
    Raises InversionTimeError, which says what was tried and what each gave, where none serves or two contradict each
    other.
    """
    asked = [name for name in PREFERENCE if named_as_mapping or name != TRIGGER_TIME]
    serving = [name for name in asked if not _why_not(images, name)]
    if not serving:
        raise InversionTimeError(
            "no attribute tells the inversion times",
            expected=f"one that every image has, with at least {FEWEST_DIFFERENT} different values",
            found="; ".join(f"{name}: {_why_not(images, name)}" for name in asked),
            remedy=REMEDY,
        )
    for other in (name for name in PREFERENCE if name not in (serving[0], TRIGGER_TIME)):
        _refuse_contradiction(images, serving[0], other)
    return TimesFound(tuple(image[serving[0]] for image in images), serving[0])


def _different(images: Sequence[Candidates], name: str) -> set[float]:
    return {image[name] for image in images if name in image}


def _why_not(images: Sequence[Candidates], name: str) -> str:
    n_with = sum(name in image for image in images)
    different = _different(images, name)
    if n_with == 0:
        return "absent"
    if n_with < len(images):
        return f"in {n_with} of {len(images)} images only"
    if len(different) == 1 and len(images) > 1:
        return f"{different.pop():g} ms in every image"
    return "" if len(different) >= FEWEST_DIFFERENT else f"only {len(different)} different values"


def _refuse_contradiction(images: Sequence[Candidates], chosen: str, other: str) -> None:
    if len(_different(images, other)) < FEWEST_DIFFERENT:
        return
    for position, image in enumerate(images, start=1):
        if other in image and abs(image[other] - image[chosen]) > MOST_DISAGREEMENT_MS:
            raise InversionTimeError(
                f"two attributes contradict each other about image {position} of {len(images)}",
                expected="the same inversion time in both",
                found=f"{chosen}: {image[chosen]:g} ms, {other}: {image[other]:g} ms",
                remedy="Find out which is right, and give images and times as .npz.",
            )
