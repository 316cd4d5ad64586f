"""Labels and shares around a real heart: no specks, no hard stairs, nothing straight beyond the image."""

import numpy as np
import pytest
from scipy.ndimage import binary_dilation, binary_erosion, label

from labelled_hearts import SPACING_MM, real_heart
from myoqc.simulate.physics.tissues import Tissue
from myoqc.simulate.real import prepare
from myoqc.simulate.real.beyond import paint_beyond
from myoqc.simulate.real.frame import upright
from myoqc.simulate.real.labels import blank
from myoqc.simulate.real.softness import softened
from myoqc.simulate.real.tidy import clear_air, tidy
from myoqc.simulate.scene import Canvas, Part

SHAPE, ONE_MM = (120, 120), 1.0
CANVAS = Canvas((40, 60), 1.0)


@pytest.fixture
def liver():
    """Liver with one speck of fat, a large lump of fat and a vessel."""
    labels, everywhere = blank(SHAPE), np.ones(SHAPE, dtype=bool)
    labels.paint(everywhere, Tissue.LIVER, Part.ABDOMEN)
    for window, tissue in (
        ((slice(20, 25), slice(20, 25)), Tissue.FAT),
        ((slice(60, 90), slice(60, 90)), Tissue.FAT),
        ((slice(20, 24), slice(80, 84)), Tissue.BLOOD),
    ):
        labels.tissue[window] = tissue
    return labels


def test_specks_go_with_what_lies_around_them_but_vessels_stay(liver):
    tidy(liver, np.ones(SHAPE, dtype=bool), ONE_MM)
    assert liver.tissue[22, 22] == Tissue.LIVER
    assert (liver.tissue[20:24, 80:84] == Tissue.BLOOD).all()
    lump = liver.tissue == Tissue.FAT
    assert lump[64:86, 64:86].all()
    assert label(lump)[1] == 1
    assert not lump[60, 60], "corners are rounded off"
    assert (liver.part == Part.ABDOMEN).all()


def test_where_nothing_is_to_be_tidied_specks_stay(liver):
    where = np.ones(SHAPE, dtype=bool)
    where[:40] = False
    tidy(liver, where, ONE_MM)
    assert (liver.tissue[20:25, 20:25] == Tissue.FAT).all()
    tidy(liver, np.zeros(SHAPE, dtype=bool), ONE_MM)
    assert liver.tissue[60, 60] == Tissue.LIVER


def test_specks_in_the_air_are_taken_away_and_an_arm_is_not():
    labels = blank(SHAPE)
    for window, part in (
        ((slice(70, 120), slice(0, 120)), Part.ABDOMEN),
        ((slice(10, 50), slice(10, 50)), Part.CHEST),
        ((slice(20, 30), slice(80, 90)), Part.CHEST),
    ):
        labels.tissue[window], labels.part[window] = Tissue.MUSCLE, part
    clear_air(labels, ONE_MM)
    assert (labels.tissue[20:30, 80:90] < 0).all()
    assert (labels.part[20:30, 80:90] < 0).all()
    assert (labels.tissue[10:50, 10:50] == Tissue.MUSCLE).all()
    assert (labels.tissue[70:] == Tissue.MUSCLE).all()


def test_a_border_becomes_a_ramp_of_the_slices_width_and_its_shares_add_up_to_the_room_of_the_heart():
    fat = np.broadcast_to(np.arange(60) < 30, CANVAS.shape).astype(np.float32)
    room = np.ones(CANVAS.shape, dtype=np.float32)
    room[15:25, 20:45] = 0.0
    planes = np.stack([fat, 1.0 - fat]) * room
    soft = softened(planes, room, CANVAS)
    assert soft.sum(axis=0) == pytest.approx(room, abs=1e-5)
    assert soft[0, 5, 28:32] == pytest.approx([1.0, 2 / 3, 1 / 3, 0.0], abs=1e-5)


def test_nothing_of_an_even_surrounding_is_lost_beside_the_heart():
    room = np.ones(CANVAS.shape, dtype=np.float32)
    room[:, 30:] = 0.0
    room[:, 30] = 0.4
    soft = softened(room[None], room, CANVAS)
    assert soft[0] == pytest.approx(room, abs=1e-5)


def body_of(anatomy):
    return np.pad(anatomy.tissue >= 0, 1)


def test_beyond_a_cropped_image_the_skin_is_round_and_lies_on_fat():
    heart = real_heart()
    crop = (slice(20, 100), slice(30, 110))
    cropped = type(heart)(
        image=heart.image[crop],
        cavity=heart.cavity[crop],
        outer=heart.outer[crop],
        spacing_mm=SPACING_MM,
        subject="cropped",
    )
    found = prepare(cropped)
    skin = body_of(found) & ~binary_erosion(body_of(found))
    seen = np.zeros_like(skin)
    top, left = found.corner_px.astype(int) + 1
    seen[top : top + 80, left : left + 80] = True
    beyond = skin & ~binary_dilation(seen, iterations=8)
    assert beyond.sum() > 50
    assert (np.pad(found.tissue, 1)[beyond] == Tissue.FAT).all()
    y, x = np.nonzero(beyond)
    for line in (y, x):
        assert np.bincount(line).max() < 0.5 * 80, "an edge runs as straight as that of the image"


def test_air_at_the_border_of_the_image_goes_on_as_air_and_what_was_seen_stays():
    labels = blank(SHAPE)
    seen = np.zeros(SHAPE, dtype=bool)
    seen[30:90, 30:90] = True
    labels.paint(seen & (np.indices(SHAPE)[0] > 50), Tissue.LIVER, Part.ABDOMEN)
    before = labels.tissue.copy()
    paint_beyond(labels, seen, upright(SHAPE, ONE_MM, np.array([60.0, 60.0]), 185.0), ONE_MM)
    assert np.array_equal(labels.tissue[seen], before[seen])
    assert (labels.tissue[:28, 45:75] < 0).all()
    assert (labels.tissue[92:100, 45:75] == Tissue.LIVER).all()
