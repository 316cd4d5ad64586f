"""From what a segmenter says to a heart in the pixels of the images, and to the reasons why there is none."""

from dataclasses import dataclass, replace

import numpy as np
import pytest
from scipy.special import expit

from hearts import SHMOLLI_TI_MS, short_axis
from myoqc.errors import ContourError, GeometryError, InputError, NotScorableError, NoVentricleError
from myoqc.fit import fit_maps
from myoqc.locate import find_heart
from myoqc.locate.outputs import INSERTIONS, LEVELS, N_OUTPUTS
from myoqc.polygons import area_px2, centroid_px
from myoqc.records import Acquisition, Contours, FoundHeart, Grid, Level, Origin, ParameterMap, Segments

ENDO_MM, EPI_MM = 22.0, 32.0
RIGHT_MM = 24.0
GRID = short_axis((80, 90), (1.875, 1.875))
CENTRE_MM = GRID.patient_mm((38.3, 47.8))
ANTERIOR_MM, INFERIOR_MM = (
    CENTRE_MM + EPI_MM * (across * GRID.row_direction + down * GRID.column_direction)
    for across, down in ((-0.6, -0.8), (-0.6, 0.8))
)
SIDEWAYS_MM = CENTRE_MM - (EPI_MM + RIGHT_MM / 2) * GRID.row_direction


@dataclass
class Ring:
    """Sees a ring about a place in the patient, wherever the pixels of ``grid`` lie."""

    grid: Grid
    radii_mm: tuple[float, float] = (ENDO_MM, EPI_MM)
    told: float = 0.9
    least_quality: float = 0.7
    name: str = "ring"
    digest: str = "7" * 64
    n_asked: int = 0

    def logits(self, channels):
        self.n_asked += 1
        pixels = np.moveaxis(np.indices(channels.values.shape[1:]), 0, -1)
        places_mm = self.grid.patient_mm(channels.to_image(pixels))
        away_mm = np.linalg.norm(places_mm - CENTRE_MM, axis=-1)
        cavity, left = (expit(2.0 * (radius_mm - away_mm)) for radius_mm in self.radii_mm)
        right = expit(2.0 * (RIGHT_MM - np.linalg.norm(places_mm - SIDEWAYS_MM, axis=-1))) * (1.0 - left)
        outputs = np.empty((N_OUTPUTS, *cavity.shape), dtype=np.float32)
        outputs[:4] = np.log(np.stack([1.0 - left - right, cavity, left - cavity, right]).clip(1e-9))
        for spot, point_mm in zip(outputs[INSERTIONS], (ANTERIOR_MM, INFERIOR_MM), strict=True):
            spot[:] = 3.0 - (np.linalg.norm(places_mm - point_mm, axis=-1) / 4.0) ** 2
        outputs[LEVELS] = np.log([0.1, 0.7, 0.2])[:, None, None]
        return outputs

    def quality(self, expected_dice):
        assert 0.0 < expected_dice <= 1.0
        return self.told


class Blind(Ring):
    """Sees background everywhere."""

    def logits(self, channels):
        outputs = super().logits(channels)
        outputs[:4] = np.array([5.0, -5.0, -5.0, -5.0])[:, None, None]
        return outputs


class Solid(Ring):
    """Sees muscle where the cavity should be."""

    def logits(self, channels):
        outputs = super().logits(channels)
        outputs[2] = np.logaddexp(outputs[1], outputs[2])
        outputs[1] = -9.0
        return outputs


def a_slice(grid=GRID, t1_ms=1200.0, r2=0.99):
    recovered = np.linspace(0.2, 1.0, 7)[:, None, None]
    images = recovered * np.random.default_rng(0).uniform(200.0, 300.0, (7, *grid.shape))
    maps = ParameterMap(np.full(grid.shape, t1_ms), grid, r2=None if r2 is None else np.full(grid.shape, r2))
    return Acquisition.from_arrays(images, SHMOLLI_TI_MS, grid=grid), maps


def elsewhere(down, across, shape, spacing_mm):
    """A grid of the same slice about the same middle, whose rows go down ``down`` and columns along ``across``."""
    middle_mm = GRID.patient_mm((np.array(GRID.shape) - 1) / 2)
    half_mm = (np.array(shape) - 1) / 2 * spacing_mm
    return Grid(shape, np.array(spacing_mm), middle_mm - half_mm[0] * down - half_mm[1] * across, across, down)


RIGHT, DOWN = GRID.row_direction, GRID.column_direction
GRIDS = {
    "as readers look": elsewhere(DOWN, RIGHT, (80, 90), (1.875, 1.875)),
    "turned by 90°": elsewhere(RIGHT, -DOWN, (90, 80), (1.875, 1.875)),
    "turned by 180°": elsewhere(-DOWN, -RIGHT, (80, 90), (1.875, 1.875)),
    "turned by 270°": elsewhere(-RIGHT, DOWN, (90, 80), (1.875, 1.875)),
    "mirrored": elsewhere(DOWN, -RIGHT, (80, 90), (1.875, 1.875)),
    "mirrored and turned": elsewhere(RIGHT, DOWN, (100, 95), (1.5, 1.7)),
    "with oblong pixels": elsewhere(DOWN, RIGHT, (70, 140), (2.1, 1.2)),
    "with fine pixels": elsewhere(DOWN, RIGHT, (160, 180), (0.9375, 0.9375)),
}


@pytest.mark.parametrize("grid", GRIDS.values(), ids=GRIDS.keys())
def test_the_heart_lies_at_the_same_place_in_the_patient_whatever_the_pixels(grid):
    found = find_heart(*a_slice(grid), Ring(grid))
    contours = found.contours
    for points_px, radius_mm in ((contours.endo_px, ENDO_MM), (contours.epi_px, EPI_MM)):
        away_mm = np.linalg.norm(grid.patient_mm(points_px) - CENTRE_MM, axis=1)
        np.testing.assert_allclose(away_mm, radius_mm, atol=0.4)
        np.testing.assert_allclose(grid.patient_mm(centroid_px(points_px)), CENTRE_MM, atol=0.1)
    for point_px, point_mm in ((contours.rv_insertion_px, ANTERIOR_MM), (contours.rv_inferior_px, INFERIOR_MM)):
        assert np.linalg.norm(grid.patient_mm(point_px) - point_mm) < 0.8
    right_mm = grid.patient_mm(centroid_px(found.right_px))
    assert abs((right_mm - CENTRE_MM) @ DOWN) < 0.5
    assert (right_mm - CENTRE_MM) @ RIGHT < -EPI_MM
    assert contours.origin is Origin.AUTOMATIC


def test_what_was_found_can_be_divided_into_segments_of_about_equal_size():
    masks = Segments.from_contours(find_heart(*a_slice(), Ring(GRID)).contours, GRID).masks
    sizes = masks.sum(axis=(1, 2))
    assert len(masks) == 6
    assert sizes.max() < 1.15 * sizes.min()


def test_level_and_quality_are_what_the_segmenter_tells():
    found = find_heart(*a_slice(), Ring(GRID, told=0.83))
    assert found.quality == 0.83
    np.testing.assert_allclose(found.level_probability, [0.1, 0.7, 0.2], rtol=1e-5)
    assert found.level is Level.MID


def test_images_without_orientation_may_hold_a_heart():
    plain = Grid.plain(GRID.shape, GRID.spacing_mm)
    there = replace(Ring(GRID), grid=GRID)
    found = find_heart(*a_slice(plain), there)
    np.testing.assert_allclose(area_px2(found.contours.endo_px) * 1.875**2, np.pi * ENDO_MM**2, rtol=0.02)


def test_maps_without_r2_may_hold_a_heart():
    assert find_heart(*a_slice(r2=None), Ring(GRID)).quality == 0.9


def test_where_nothing_is_seen_there_is_no_ventricle():
    with pytest.raises(NoVentricleError, match=r"^no left ventricle found\. Give contours if there is a heart\.$"):
        find_heart(*a_slice(), Blind(GRID))


def test_no_ventricle_means_not_scorable():
    assert issubclass(NoVentricleError, NotScorableError)


def test_what_is_too_uncertain_is_not_found():
    words = r"certain enough; expected outlines of quality 0\.70 or more; found 0\.69"
    with pytest.raises(NoVentricleError, match=words):
        find_heart(*a_slice(), Ring(GRID, told=0.69))
    assert find_heart(*a_slice(), Ring(GRID, told=0.70)).quality == 0.70


def test_a_ventricle_without_a_cavity_is_none():
    words = r"what looks like one has no sound outline \(the mask is empty\)"
    with pytest.raises(NoVentricleError, match=words):
        find_heart(*a_slice(), Solid(GRID))


AXES = {
    "coronal": ([1.0, 0.0, 0.0], [0.0, 0.0, -1.0]),
    "sagittal": ([0.0, 1.0, 0.0], [0.0, 0.0, -1.0]),
    "axial": ([1.0, 0.0, 0.0], [0.0, 1.0, 0.0]),
    "axial from above": ([-1.0, 0.0, 0.0], [0.0, 1.0, 0.0]),
}


@pytest.mark.parametrize("axes", AXES.values(), ids=AXES.keys())
def test_a_slice_along_the_body_is_no_short_axis_and_nobody_is_asked(axes):
    grid = Grid(GRID.shape, GRID.spacing_mm, np.zeros(3), *map(np.array, axes))
    segmenter = Ring(grid)
    words = r"this slice is no short axis; expected at most 49° from the usual one; found 5\d°"
    with pytest.raises(NoVentricleError, match=words):
        find_heart(*a_slice(grid), segmenter)
    assert segmenter.n_asked == 0


@pytest.mark.parametrize(
    ("radii_mm", "words"),
    [
        ((4.0, 20.0), r"a cavity around 60 to 8500 mm²; found \d\d mm²"),
        ((54.0, 60.0), r"a cavity around 60 to 8500 mm²; found 9\d\d\d mm²"),
        ((6.0, 11.0), r"an outer wall around 500 to 13000 mm²; found 3\d\d mm²"),
        ((40.0, 66.0), r"an outer wall around 500 to 13000 mm²; found 13\d\d\d mm²"),
    ],
)
def test_what_has_an_impossible_size_is_no_ventricle(radii_mm, words):
    with pytest.raises(NoVentricleError, match=f"impossible size; expected {words}"):
        find_heart(*a_slice(), Ring(GRID, radii_mm))


def test_images_that_do_not_recover_hold_no_heart_with_a_t1():
    """As a cine, whose images show the same heart again and again."""
    rng = np.random.default_rng(1)
    images = rng.uniform(100.0, 300.0, GRID.shape) + rng.normal(0.0, 5.0, (7, *GRID.shape))
    acquisition = Acquisition.from_arrays(images, SHMOLLI_TI_MS, grid=GRID)
    with pytest.raises(NoVentricleError, match=r"whose signal recovers as in T1 mapping.*Check that these are images"):
        find_heart(acquisition, fit_maps(acquisition, engine="numpy"), Ring(GRID))


@pytest.mark.parametrize(
    ("t1_ms", "r2", "found"),
    [
        (np.nan, 0.99, "a T1 of 100 to 3000 ms in half of the wall; found 0% of it"),
        (50.0, 0.99, "a T1 of 100 to 3000 ms in half of the wall; found 0% of it"),
        (3500.0, None, "a T1 of 100 to 3000 ms in half of the wall; found 0% of it"),
        (1200.0, 0.3, r"a median R² of 0\.5 or more in the wall; found 0\.30"),
        (1200.0, np.nan, r"a median R² of 0\.5 or more in the wall; found 0\.00"),
    ],
)
def test_a_wall_needs_a_plausible_t1_and_a_fit_that_explains_it(t1_ms, r2, found):
    with pytest.raises(NoVentricleError, match=found):
        find_heart(*a_slice(t1_ms=t1_ms, r2=r2), Ring(GRID))


def test_a_wall_that_is_as_bright_in_every_image_does_not_recover_whatever_the_maps_say():
    acquisition, maps = a_slice()
    still = Acquisition.from_arrays(np.repeat(acquisition.images[-1:], 7, axis=0), SHMOLLI_TI_MS, grid=GRID)
    with pytest.raises(
        NoVentricleError, match="the wall to be 30% darker or more in one image than in another; found 0%"
    ):
        find_heart(still, maps, Ring(GRID))


def test_maps_of_another_matrix_are_refused():
    acquisition, _ = a_slice()
    with pytest.raises(GeometryError, match="the T1 map has another matrix"):
        find_heart(acquisition, a_slice(short_axis((40, 40)))[1], Ring(GRID))


RING = Contours(*(np.array([[0.0, 0.0], [0.0, side], [side, side], [side, 0.0]]) for side in (5.0, 9.0)))


@pytest.mark.parametrize(
    ("level_probability", "quality"),
    [([0.2, 0.9, -0.1], 0.9), ([0.2, 1.1, 0.0], 0.9), ([np.nan, 0.5, 0.5], 0.9), ([0.2, 0.5, 0.3], 1.01)],
)
def test_what_is_no_probability_is_refused(level_probability, quality):
    with pytest.raises(InputError, match="not a probability; expected 0 to 1"):
        FoundHeart(RING, None, level_probability, quality)


def test_a_found_heart_can_not_be_changed():
    right_px = np.array([[1.0, 1.0], [1.0, 2.0], [2.0, 2.0]])
    found = FoundHeart(RING, right_px, np.array([0.2, 0.5, 0.3]), 0.9)
    right_px[:] = 0.0
    assert found.right_px.sum() == 9.0
    with pytest.raises(ValueError, match="read-only"):
        found.right_px[0, 0] = 5.0


def test_an_outline_of_the_right_ventricle_that_is_none_is_refused():
    with pytest.raises(GeometryError, match="the outline of the right ventricle has the wrong shape"):
        FoundHeart(RING, np.zeros((3, 3)), [0.2, 0.5, 0.3], 0.9)
    with pytest.raises(ContourError, match="the outline of the right ventricle"):
        FoundHeart(RING, ["no", "points"], [0.2, 0.5, 0.3], 0.9)
