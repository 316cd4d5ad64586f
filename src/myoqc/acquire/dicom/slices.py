"""Sorts images into slices, in order of acquisition, and tells from words and times what each is.

ImageType alone is not to be trusted (maps call themselves ORIGINAL\\PRIMARY\\P), so the words that people and scanners
wrote and the spread of the inversion times are used together, and each decision keeps its reason.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from myoqc.acquire.dicom import inversion_times, vocabulary
from myoqc.acquire.dicom.headers import Header
from myoqc.acquire.dicom.vocabulary import says
from myoqc.acquire.found import Role
from myoqc.schedules import FEWEST_IMAGES, MOST_IMAGES

SAME_PLANE_MM = 0.5
SAME_DIRECTION = 1e-3
FEWEST_NAMED = 3
"""From this number on, images of a series named as T1 mapping are taken for its images, and others are missed."""


@dataclass(frozen=True, slots=True, eq=False)
class Slice:
    """Images of one series and one plane that have the same role, in order of acquisition."""

    images: tuple[Header, ...]
    role: Role
    why: str

    @property
    def first(self) -> Header:
        """The image acquired first; it stands for all."""
        return self.images[0]

    @property
    def is_named(self) -> bool:
        """Whether its words call it T1 mapping."""
        return says(vocabulary.T1_MAPPING, self.first.words)

    @property
    def is_motion_corrected(self) -> bool:
        """Whether its words say that the scanner registered the images."""
        return is_motion_corrected(self.first)


def understand(headers: Iterable[Header]) -> tuple[Slice, ...]:
    """All images sorted into slices with a role, in order of study, series number and position in the file list."""
    series = defaultdict(list)
    for header in headers:
        series[header.study_uid, header.series_uid].append(header)
    return tuple(found for images in series.values() for found in _in_series(images))


def same_plane(one: Header, other: Header) -> bool:
    """Whether two images with position and orientation lie in the same plane of the same study."""
    if any(abs(a - b) > SAME_DIRECTION for a, b in zip(one.orientation, other.orientation, strict=True)):
        return False
    # Plain Python: thousands of pairs of three numbers each, where NumPy takes many times longer.
    (x, y, z), (u, v, w) = one.orientation[:3], one.orientation[3:]
    normal = (y * w - z * v, z * u - x * w, x * v - y * u)
    apart = (n * (a - b) for n, a, b in zip(normal, one.position_mm, other.position_mm, strict=True))
    return abs(sum(apart)) < SAME_PLANE_MM


def has_plane(header: Header) -> bool:
    """Whether an image says where it lies."""
    return len(header.position_mm) == 3 and len(header.orientation) == 6


def in_order(images: Iterable[Header]) -> tuple[Header, ...]:
    """Images in order of acquisition: by time, acquisition number and instance number, as far as all images have them.

    Where a scanner stores no times and has sorted its images by inversion time, that order is kept.
    """
    images = list(images)
    keys = [
        name
        for name in ("acquired_s", "acquisition_number", "instance_number", "frame")
        if all(getattr(image, name) is not None for image in images)
    ]
    return tuple(sorted(images, key=lambda image: tuple(getattr(image, name) for name in keys)))


def _in_series(images: Sequence[Header]) -> list[Slice]:
    """Special images first, one by one; what is left is judged slice by slice."""
    special: defaultdict[tuple[Role, str], list[Header]] = defaultdict(list)
    plain: defaultdict[bool, list[Header]] = defaultdict(list)
    for image in images:
        told = _told_by_itself(image)
        if told is None:
            plain[_is_phase(image)].append(image)
        else:
            special[told].append(image)
    slices = [Slice(in_order(plane), role, why) for (role, why), found in special.items() for plane in _by_plane(found)]
    for is_phase, found in plain.items():
        slices += [_judged(in_order(plane), is_phase) for plane in _by_plane(found)]
    return slices


def _told_by_itself(image: Header) -> tuple[Role, str] | None:
    if not image.is_grey_mr:
        return Role.OTHER, "not an MR image with one grey value per pixel"
    if says(vocabulary.COLOUR_COPY, image.comments):
        return Role.OTHER, "its comment calls it a coloured copy"
    if map_field(image) or says(vocabulary.FIT_MAPS_DESCRIPTION, image.description):
        return Role.FIT_MAPS, "its description or comment names a map of the fit"
    if says(vocabulary.T1_MAP_COMMENT, image.comments) or vocabulary.T1_MAP_TYPE & set(image.image_type):
        return Role.T1_MAP, "its comment or image type names a T1 map"
    if vocabulary.OTHER_PARTS_TYPE & set(image.image_type):
        return Role.OTHER, "a real or imaginary part"
    return None


def map_field(image: Header) -> str | None:
    """Which field of ParameterMap an image fills, by its comment."""
    for name, pattern in vocabulary.FIT_MAPS_COMMENT.items():
        if says(pattern, image.comments):
            return name
    return None


def _is_phase(image: Header) -> bool:
    return bool(vocabulary.PHASE_TYPE & set(image.image_type))


def is_motion_corrected(image: Header) -> bool:
    """Whether the words of an image say that the scanner registered it."""
    return says(vocabulary.MOTION_CORRECTED, image.description, image.comments, " ".join(image.image_type))


def _by_plane(images: Sequence[Header]) -> list[list[Header]]:
    """Images by plane. One that does not say where it lies joins the others if they have one plane: to be noticed."""
    planes: list[list[Header]] = []
    lost = []
    for image in images:
        if not has_plane(image):
            lost.append(image)
            continue
        plane = next((plane for plane in planes if same_plane(plane[0], image)), None)
        if plane is None:
            planes.append([image])
        else:
            plane.append(image)
    if lost and len(planes) == 1:
        planes[0] += lost
    elif lost:
        planes.append(lost)
    return planes


def _judged(images: tuple[Header, ...], is_phase: bool) -> Slice:
    first, n_images = images[0], len(images)
    named = says(vocabulary.T1_MAPPING, first.words)
    has_spread = inversion_times.spread([image.times for image in images])
    if says(vocabulary.NO_MAPPING, first.description, first.protocol):
        return Slice(images, Role.OTHER, "its name is that of a scout or of another method")
    if _is_weighted(images, named, has_spread):
        reason = f"{n_images} images of one slice" + (", inversion times that differ" if has_spread else "")
        reason += ", named as T1 mapping" if named else ""
        if is_phase:
            return Slice(images, Role.PHASE, f"{reason}, marked as phase")
        if is_motion_corrected(first):
            return Slice(images, Role.MOTION_CORRECTED, f"{reason}, and as motion-corrected")
        return Slice(images, Role.MAGNITUDE, reason)
    if says(vocabulary.T1_MAP_DESCRIPTION, first.description):
        return Slice(images, Role.T1_MAP, "its description names a T1 map")
    why = "inversion times do not differ" if n_images >= FEWEST_IMAGES else f"{n_images} image(s) of the slice"
    return Slice(images, Role.OTHER, why)


def _is_weighted(images: Sequence[Header], named: bool, has_spread: bool) -> bool:
    """Whether these are T1-weighted images: by their times, or by their name, so that missing times are noticed."""
    if has_spread and FEWEST_IMAGES <= len(images) <= MOST_IMAGES:
        return True
    return named and len(images) >= FEWEST_NAMED and "DERIVED" not in images[0].image_type
