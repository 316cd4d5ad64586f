"""Tissues, parts and outlines found in a hand-made image, in which they are known."""

import numpy as np
import pytest
from scipy.ndimage import binary_erosion, binary_fill_holes, gaussian_filter

from hearts import DATA
from labelled_hearts import (
    BLOOD,
    CENTRE_PX,
    MUSCLE,
    OUTER_MM,
    SEPTUM_DEG,
    SHAPE,
    SPACING_MM,
    coil,
    offsets_mm,
    pieces,
    real_heart,
)
from myoqc.acquire import read_anatomies
from myoqc.aha import turn_deg
from myoqc.simulate.physics.tissues import Tissue, tissues_at
from myoqc.simulate.real import prepare
from myoqc.simulate.real.frame import framed
from myoqc.simulate.real.right_ventricle import right_ventricle, septum_deg
from myoqc.simulate.real.shading import unshaded
from myoqc.simulate.scene import Part

ANATOMIES = DATA / "anatomies"
TURNS_DEG = (0.0, -80.0, 35.0)


def in_image(anatomy, frame_map):
    """The part (y x) of a map of the frame that the image itself fills."""
    top, left = anatomy.corner_px.astype(int)
    return frame_map[top : top + SHAPE[0], left : left + SHAPE[1]]


def eroded(name, by_px=2, turn_deg=0.0):
    found = pieces(turn_deg)
    names = list(found)
    hidden = np.any([found[front] for front in names[names.index(name) + 1 :]] or [np.zeros(SHAPE, bool)], axis=0)
    return binary_erosion(found[name] & ~hidden, iterations=by_px)


@pytest.fixture(scope="module")
def anatomy():
    return prepare(real_heart())


def test_shading_is_taken_away_in_the_heart_and_much_of_it_around():
    heart = real_heart()
    flat, field = unshaded(heart)
    assert flat * field == pytest.approx(heart.image, rel=1e-4)
    truth = coil() / np.median(coil()[heart.cavity])
    found = field / np.median(field[heart.cavity])
    assert np.abs(found / truth - 1.0)[heart.outer].max() < 0.1
    near = np.hypot(*offsets_mm()) < 80.0
    tissue = near & (eroded("muscle") | eroded("fat") | eroded("liver"))
    left_over, before = np.abs(np.log(found / truth))[tissue], np.abs(np.log(truth))[tissue]
    assert np.median(left_over) < 0.65 * np.median(before)


def test_an_image_without_shading_is_left_as_it_is():
    flat, _ = unshaded(real_heart(shaded=False))
    for name, value in (("cavity", BLOOD), ("outer", MUSCLE)):
        assert np.median(flat[eroded(name)]) == pytest.approx(value, rel=0.08)


@pytest.mark.parametrize("turned_deg", TURNS_DEG)
def test_the_right_ventricle_is_found_without_marks_whichever_way_the_image_is_turned(turned_deg):
    heart = real_heart(turned_deg)
    flat, _ = unshaded(heart)
    towards_deg = septum_deg(heart, flat)
    assert abs(turn_deg(towards_deg, SEPTUM_DEG + turned_deg)) < 40.0
    found, truth = right_ventricle(heart, flat, towards_deg), pieces(turned_deg)["rv"]
    assert 2 * (found & truth).sum() / (found.sum() + truth.sum()) > 0.85


@pytest.mark.parametrize("marked_rv", [False, True])
def test_insertions_lie_on_the_outer_wall_where_the_right_ventricle_ends(marked_rv):
    found = prepare(real_heart(marked_rv=marked_rv))
    for point_px, down in ((found.anterior_px, -1.0), (found.inferior_px, 1.0)):
        offset_mm = (point_px - found.corner_px - CENTRE_PX) * SPACING_MM
        assert np.linalg.norm(offset_mm) == pytest.approx(OUTER_MM, abs=2.5)
        assert offset_mm[0] * down > 15.0
    assert abs(turn_deg(found.septum_deg, SEPTUM_DEG)) < 10.0


def test_known_insertions_are_kept():
    points = np.array([40.0, 62.0]), np.array([75.0, 60.0])
    found = prepare(real_heart(), insertions_px=points)
    assert np.allclose(found.anterior_px - found.corner_px, points[0])
    assert np.allclose(found.inferior_px - found.corner_px, points[1])


@pytest.mark.parametrize(
    ("name", "tissue", "part", "least"),
    [
        ("outer", Tissue.MYOCARDIUM, Part.HEART, 1.0),
        ("cavity", Tissue.BLOOD, Part.HEART, 0.98),
        ("papillary", Tissue.MYOCARDIUM, Part.HEART, 0.9),
        ("rv", Tissue.BLOOD, Part.HEART, 0.9),
        ("lung", Tissue.LUNG, Part.LUNG, 0.95),
        ("liver", Tissue.LIVER, Part.ABDOMEN, 0.6),
        ("fat", Tissue.FAT, Part.CHEST, 0.8),
        ("muscle", Tissue.MUSCLE, Part.CHEST, 0.7),
    ],
)
def test_pieces_of_the_hand_made_body_get_their_tissue_and_part(anatomy, name, tissue, part, least):
    inside = eroded(name, 1)
    assert (in_image(anatomy, anatomy.tissue)[inside] == tissue).mean() >= least
    assert (in_image(anatomy, anatomy.part)[inside] == part).mean() >= least


def test_fat_is_not_taken_for_blood_nor_the_right_ventricle_for_liver(anatomy):
    tissue = in_image(anatomy, anatomy.tissue)
    assert not (tissue[eroded("fat")] == Tissue.BLOOD).any()
    assert not np.isin(tissue[eroded("rv")], [Tissue.LIVER, Tissue.FAT]).any()


def test_the_heart_has_no_holes_and_air_belongs_to_no_part(anatomy):
    heart = anatomy.part == Part.HEART
    assert np.array_equal(binary_fill_holes(heart), heart)
    assert ((anatomy.tissue < 0) == (anatomy.part < 0)).all()


def test_texture_is_the_image_over_its_tissue_and_stays_within_its_limits(anatomy):
    assert anatomy.texture.min() >= 0.3
    assert anatomy.texture.max() <= 2.0
    own = in_image(anatomy, anatomy.texture)
    for name in ("outer", "cavity", "liver"):
        assert own[eroded(name)].mean() == pytest.approx(1.0, abs=0.05)
        assert own[eroded(name, 3)].std() == pytest.approx(0.05, rel=0.6)


def test_a_border_of_a_tissue_does_not_take_the_brightness_of_its_neighbour():
    heart = real_heart(shaded=False)
    blurred = type(heart)(
        image=gaussian_filter(heart.image, 1.0),
        cavity=heart.cavity,
        outer=heart.outer,
        spacing_mm=SPACING_MM,
        subject="blurred",
    )
    found = prepare(blurred)
    wall = heart.outer & ~heart.cavity
    rim = wall & ~binary_erosion(wall)
    muscle = np.median(blurred.image[wall])
    assert np.abs(blurred.image[rim] / muscle - 1.0).max() > 0.6
    assert np.abs(in_image(found, found.texture)[rim] - 1.0).max() < 0.45


def test_beyond_the_image_the_body_goes_on_and_ends():
    heart = real_heart()
    crop = (slice(20, 100), slice(30, 130))
    found = prepare(
        type(heart)(
            image=heart.image[crop],
            cavity=heart.cavity[crop],
            outer=heart.outer[crop],
            spacing_mm=SPACING_MM,
            subject="cropped",
        )
    )
    _, seen, corner_px = framed(heart)
    top, left = found.corner_px.astype(int)
    below = found.tissue[top + 80 : top + 90, left + 50]
    assert (below == Tissue.LIVER).all()
    assert (found.tissue[[0, -1]] < 0).all()
    assert 0.995 < seen.sum() / heart.image.size <= 1.0
    assert corner_px.min() > 0


def test_a_t1_map_decides_tissues_and_mixes_altered_myocardium_into_the_wall():
    table = tissues_at(1.5)
    heart = real_heart()
    t1_ms = np.full(SHAPE, np.nan)
    of_piece = {"fat": Tissue.FAT, "muscle": Tissue.MUSCLE, "liver": Tissue.LIVER, "outer": Tissue.MYOCARDIUM}
    for name, mask in pieces().items():
        t1_ms[mask] = table[of_piece[name]].t1_ms if name in of_piece else np.nan
    found_pieces = pieces()
    t1_ms[found_pieces["cavity"] | found_pieces["rv"]] = table[Tissue.BLOOD].t1_ms
    wall = heart.outer & ~heart.cavity
    patch = wall & (np.indices(SHAPE)[1] > CENTRE_PX[1])
    sound_ms, altered_ms = table[Tissue.MYOCARDIUM].t1_ms, table[Tissue.SCAR].t1_ms
    t1_ms[patch] = 0.5 * (sound_ms + altered_ms)
    # The median of the wall is what counts as sound.
    t1_ms[patch & (np.indices(SHAPE)[0] < CENTRE_PX[0])] = sound_ms
    found = prepare(real_heart_with(heart, t1_ms))
    altered = in_image(found, found.altered)
    assert np.median(altered[binary_erosion(patch) & (np.indices(SHAPE)[0] > CENTRE_PX[0] + 3)]) == pytest.approx(0.5)
    assert not altered[~wall].any()
    for name, tissue in (("liver", Tissue.LIVER), ("muscle", Tissue.MUSCLE), ("fat", Tissue.FAT)):
        assert (in_image(found, found.tissue)[eroded(name)] == tissue).mean() > 0.8


def real_heart_with(heart, t1_ms):
    return type(heart)(
        image=heart.image,
        cavity=heart.cavity,
        outer=heart.outer,
        spacing_mm=heart.spacing_mm,
        subject=heart.subject,
        t1_ms=t1_ms,
    )


@pytest.mark.skipif(not ANATOMIES.is_dir(), reason="the real anatomies are not on this machine")
def test_real_right_ventricles_are_found_where_they_were_marked_by_hand():
    overlaps = []
    for image in read_anatomies(ANATOMIES / "autofd").images[::3]:
        flat, _ = unshaded(image)
        bare = type(image)(
            image=image.image, cavity=image.cavity, outer=image.outer, spacing_mm=image.spacing_mm, subject="bare"
        )
        found = right_ventricle(bare, flat, septum_deg(bare, flat))
        overlaps.append(2 * (found & image.rv).sum() / (found.sum() + image.rv.sum()))
    assert np.median(overlaps) > 0.75
