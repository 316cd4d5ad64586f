"""What tells a simulated slice from a real one, as numbers: pure functions of images, maps and masks.

Axes are (t y x) or (y x), times in ms, lengths in mm. Angles are in degrees, clockwise on the screen from the direction
of a row, as in ``myoqc.aha``. The median of the heart is that of the left ventricle, wall and cavity together.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from myoqc.aha import screen_angle_deg, turn_deg
from myoqc.records import ParameterMap

FloatArray = NDArray[np.float64]
FloatImage = NDArray[np.floating]
BoolImage = NDArray[np.bool_]

N_SECTORS = 36
BRIGHT = 2.5
"""Pixels above so many medians of the heart count as bright."""
BRIGHTEST_SHARE = 0.02
FAR_MM = 25.0
"""Background begins so far from the left ventricle."""
POOR_R2 = 0.98
NEAR_MM = 80.0
SCALES_MM = (2.0, 4.0, 8.0, 16.0, 32.0)


@dataclass(frozen=True, slots=True, eq=False)
class Ventricle:
    """The left ventricle in one image, as masks (y x)."""

    cavity: BoolImage
    """All inside the endocardial border, papillary muscles too."""
    wall: BoolImage
    spacing_mm: float
    rv_deg: float | None = None
    """Direction from the cavity's centre to the right ventricle: the middle of the septum."""

    @property
    def whole(self) -> BoolImage:
        """(y x) wall and cavity."""
        return np.asarray(self.wall | self.cavity)

    @property
    def centre_px(self) -> FloatArray:
        """(2) centre of the cavity."""
        return np.asarray(np.argwhere(self.cavity).mean(axis=0))

    @property
    def inner_wall(self) -> BoolImage:
        """(y x) the wall without the pixels at its borders, where that leaves a third of it or more."""
        return _core(self.wall)

    @property
    def inner_cavity(self) -> BoolImage:
        """(y x) the cavity without the pixels at its border."""
        return _core(self.cavity)


def _core(mask: BoolImage) -> BoolImage:
    eroded = ndimage.binary_erosion(mask)
    return np.asarray(eroded if 3 * eroded.sum() >= mask.sum() else mask)


def near(ventricle: Ventricle) -> BoolImage:
    """(y x) the pixels within 80 mm of the cavity's centre."""
    rows, columns = np.indices(ventricle.wall.shape)
    away_px = np.hypot(rows - ventricle.centre_px[0], columns - ventricle.centre_px[1])
    return np.asarray(away_px * ventricle.spacing_mm < NEAR_MM)


# --- the ten rows of the table ----------------------------------------------------------------------------------------


def wall_t1_ms(t1_ms: FloatImage, ventricle: Ventricle) -> float:
    """Median T1 of the wall's inner pixels."""
    return float(np.nanmedian(t1_ms[ventricle.inner_wall]))


def wall_r2(r2: FloatImage, ventricle: Ventricle) -> float:
    """Median R² of the wall's inner pixels."""
    return float(np.nanmedian(r2[ventricle.inner_wall]))


def signed_r2(images: FloatImage, ti_ms: FloatArray, maps: ParameterMap) -> FloatArray:
    """1 − SSE/SST (y x) of the signals with the sign of the fit, over the images that it used, the first so many."""
    a, b, t1_star_ms, used = (np.asarray(each) for each in (maps.a, maps.b, maps.t1_star_ms, maps.samples_used))
    model = a - b * np.exp(-ti_ms[:, None, None] / t1_star_ms)
    signal = np.copysign(images, model)
    counts = np.arange(len(ti_ms))[:, None, None] < used
    n_used = np.maximum(used, 1)
    middle = np.sum(signal, axis=0, where=counts) / n_used
    residual = np.sum((signal - model) ** 2, axis=0, where=counts)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(1.0 - residual / np.sum((signal - middle) ** 2, axis=0, where=counts))


def wall_thickness_mm(ventricle: Ventricle) -> FloatArray:
    """Thickness (sector) of the wall in 36 sectors of 10° about the cavity's centre.

    In each the outer and the inner radius are those of circles with as much area in the sector.
    """
    radii_mm = [_sector_radius_mm(mask, ventricle) for mask in (ventricle.whole, ventricle.cavity)]
    return np.asarray(radii_mm[0] - radii_mm[1])


def _sector_radius_mm(mask: BoolImage, ventricle: Ventricle) -> FloatArray:
    pixels = np.argwhere(mask).astype(np.float64)
    angle = screen_angle_deg(pixels, ventricle.centre_px, np.full(2, ventricle.spacing_mm))
    sector = np.floor((angle % 360.0) * (N_SECTORS / 360.0)).astype(int) % N_SECTORS
    area_mm2 = np.bincount(sector, minlength=N_SECTORS) * ventricle.spacing_mm**2
    return np.asarray(np.sqrt(2.0 * area_mm2 / np.radians(360.0 / N_SECTORS)))


def normalised_signal(images: FloatImage, mask: BoolImage) -> FloatArray:
    """Median magnitude (t) in ``mask`` in each image, in order of acquisition, over its mean over all images.

    The quoted values of real hearts (1.35–1.42, .19–.24, 1.03–1.06 in images 1, 2, 6) are those of a MOLLI 5(3)3 in
    this order at about 80 beats a minute: image 6 follows the second inversion, and image 2 is near the null.
    """
    signal = np.median(images[:, mask], axis=1)
    return np.asarray(signal / signal.mean())


def blood_over_muscle(image: FloatImage, ventricle: Ventricle) -> float:
    """Median of the cavity over median of the wall."""
    return float(np.median(image[ventricle.inner_cavity]) / np.median(image[ventricle.inner_wall]))


def relative_to_heart(image: FloatImage, ventricle: Ventricle) -> FloatArray:
    """The image (y x) over the median of the heart in it."""
    return np.asarray(image / np.median(image[ventricle.whole]), dtype=np.float64)


def brightest(image: FloatImage, ventricle: Ventricle) -> float:
    """The brightest pixel over the median of the heart."""
    return float(relative_to_heart(image, ventricle).max())


def bright_share(image: FloatImage, ventricle: Ventricle) -> float:
    """Share of the image above 2.5 medians of the heart."""
    return float((relative_to_heart(image, ventricle) > BRIGHT).mean())


def bright_direction_deg(image: FloatImage, ventricle: Ventricle) -> float:
    """Angle (0 to 180) between right ventricle and middle of the brightest 2 % of pixels, seen from the cavity."""
    if ventricle.rv_deg is None:
        return float("nan")
    pixels = np.argwhere(image >= np.quantile(image, 1.0 - BRIGHTEST_SHARE)).astype(np.float64)
    middle = pixels.mean(axis=0)
    angle = float(screen_angle_deg(middle, ventricle.centre_px, np.full(2, ventricle.spacing_mm)))
    return abs(turn_deg(ventricle.rv_deg, angle))


def variation(image: FloatImage, mask: BoolImage) -> float:
    """Standard deviation over mean of the pixels in ``mask``."""
    return float(np.std(image[mask]) / np.mean(image[mask]))


def poor_background(r2: FloatImage, ventricle: Ventricle) -> float:
    """Share with R² below .98 among the fitted pixels more than 25 mm from the left ventricle."""
    far = ndimage.distance_transform_edt(~ventricle.whole) * ventricle.spacing_mm > FAR_MM
    return float((r2[far & np.isfinite(r2)] < POOR_R2).mean())


def snr(images: FloatImage, ti_ms: FloatArray, mask: BoolImage) -> float:
    """Mean signal over the noise of one image, from the two images with the longest inversion times.

    Their difference, the second scaled to the first, holds √2 times the noise; a plane over ``mask`` is taken out of
    it, since blood and coils change it smoothly. Meant for hearts that lie still: motion counts as noise.
    """
    second, first = (images[number][mask].astype(np.float64) for number in np.argsort(ti_ms)[-2:])
    difference = first - second * (first.mean() / second.mean())
    rows, columns = np.nonzero(mask)
    plane = np.stack([np.ones(len(rows)), rows - rows.mean(), columns - columns.mean()], axis=1)
    rest = difference - plane @ np.linalg.lstsq(plane, difference, rcond=None)[0]
    return float(first.mean() / (rest.std() / np.sqrt(2.0)))


# --- spectra ----------------------------------------------------------------------------------------------------------


def gradient_per_mm(image: FloatImage, ventricle: Ventricle) -> FloatArray:
    """Size (y x) of the gradient of the image relative to the heart, per mm."""
    down, across = np.gradient(relative_to_heart(image, ventricle), ventricle.spacing_mm)
    return np.asarray(np.hypot(down, across))


def local_variation(image: FloatImage, mask: BoolImage, spacing_mm: float) -> FloatArray:
    """Median (scale) over ``mask`` of the local standard deviation over the local mean, only ``mask`` being looked at.

    Local is a Gaussian window with a full width at half maximum of 2, 4, 8, 16 and 32 mm.
    """
    inside = mask.astype(np.float64)
    plain = np.where(mask, image, 0.0)
    found = []
    for scale_mm in SCALES_MM:
        sigma_px = scale_mm / 2.355 / spacing_mm
        share, mean, square = (ndimage.gaussian_filter(field, sigma_px)[mask] for field in (inside, plain, plain**2))
        variance = square / share - (mean / share) ** 2
        found.append(float(np.median(np.sqrt(np.clip(variance, 0.0, None)) * share / np.maximum(mean, 1e-9))))
    return np.asarray(found)


def power_spectrum(image: FloatImage, ventricle: Ventricle, per_mm: FloatArray) -> FloatArray:
    """Radial power spectrum (band) of the 100 mm about the cavity, Hann window, in bands between ``per_mm`` (band + 1).

    Power relative to the squared median of the heart, times mm²; NaN in a band without a sample.
    """
    half = round(50.0 / ventricle.spacing_mm)
    row, column = (round(position) for position in ventricle.centre_px)
    padded = np.pad(relative_to_heart(image, ventricle), half, mode="reflect")
    patch = padded[row : row + 2 * half, column : column + 2 * half]
    window = np.outer(np.hanning(2 * half), np.hanning(2 * half))
    power = np.abs(np.fft.fft2((patch - patch.mean()) * window)) ** 2 / (window**2).sum() * ventricle.spacing_mm**2
    wave = np.fft.fftfreq(2 * half, ventricle.spacing_mm)
    band = np.digitize(np.hypot(wave[:, None], wave), per_mm) - 1
    return np.array(
        [power[band == number].mean() if (band == number).any() else np.nan for number in range(len(per_mm) - 1)]
    )


def slope(per_mm: FloatArray, power: FloatArray) -> float:
    """Exponent of power over spatial frequency, from the middles of the bands."""
    middle = np.sqrt(per_mm[1:] * per_mm[:-1])
    known = np.isfinite(power) & (power > 0)
    return float(np.polyfit(np.log(middle[known]), np.log(power[known]), 1)[0])
