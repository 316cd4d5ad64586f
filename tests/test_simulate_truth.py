"""What is true of each segment: hand-made answers, and the laws that the label obeys."""

import numpy as np
from numpy.typing import NDArray

from motion_scenes import CANVAS, CENTRE_MM, ENDO_MM, EPI_MM, grid, scene
from myoqc.aha import Segment
from myoqc.records import Contours, Segments
from myoqc.simulate.motion.warp import warp_shares
from myoqc.simulate.truth import Truth, motion_truth

SCENE, GRID = scene(), grid()
SEGMENTS = Segments.from_contours(
    Contours(
        CANVAS.px(SCENE.endo_mm), CANVAS.px(SCENE.epi_mm), CANVAS.px(SCENE.anterior_mm), CANVAS.px(SCENE.inferior_mm)
    ),
    GRID,
)


def uniform(*ways_mm: tuple[float, float]) -> NDArray[np.float32]:
    """Fields (t 2 y x) that shift everything."""
    return np.broadcast_to(np.array(ways_mm, dtype=np.float32)[:, :, None, None], (len(ways_mm), 2, *CANVAS.shape))


def shifted(*ways_mm: tuple[float, float]) -> Truth:
    fields = uniform(*ways_mm)
    walls = warp_shares(np.repeat(SCENE.wall[None], len(fields), axis=0), fields, CANVAS)
    return motion_truth(walls, SCENE.wall, SEGMENTS, fields, np.zeros(len(fields)), CANVAS)


def test_at_the_reference_nothing_is_contaminated_and_nothing_displaced() -> None:
    truth = shifted((0.0, 0.0))
    np.testing.assert_allclose(truth.contamination, 0.0, atol=1e-6)
    np.testing.assert_allclose(truth.displacement_mm, 0.0, atol=0.01)
    assert not truth.any_motion


def test_a_quarter_less_wall_is_a_contamination_of_a_quarter() -> None:
    fields = uniform((0.0, 0.0))
    full = SEGMENTS.myocardium.astype(np.float32)
    less = full.copy()
    less[SEGMENTS.masks[Segment.INFERIOR]] = 0.75
    truth = motion_truth(less[None], full, SEGMENTS, fields, [0.0], CANVAS)
    expected = np.where(np.arange(6) == Segment.INFERIOR, 0.25, 0.0)
    np.testing.assert_allclose(truth.contamination[0], expected, atol=1e-6)
    np.testing.assert_array_equal(truth.motion, expected > 0.0)
    assert truth.any_motion


def test_what_a_segment_holds_at_rest_is_not_held_against_it() -> None:
    fields = uniform((0.0, 0.0))
    partial = 0.7 * SEGMENTS.myocardium.astype(np.float32)
    truth = motion_truth(partial[None], partial, SEGMENTS, fields, [0.0], CANVAS)
    assert not truth.contamination.any()


def test_more_wall_than_at_the_reference_is_no_contamination() -> None:
    fields = uniform((0.0, 0.0))
    wall = SEGMENTS.myocardium.astype(np.float32)
    truth = motion_truth(wall[None], 0.5 * wall, SEGMENTS, fields, [0.0], CANVAS)
    assert not truth.contamination.any()


def test_displacement_is_measured_in_all_three_directions() -> None:
    fields = uniform((3.0, 4.0), (0.0, 0.0))
    walls = np.repeat(SCENE.wall[None], 2, axis=0)
    truth = motion_truth(walls, SCENE.wall, SEGMENTS, fields, [-12.0, 0.0], CANVAS)
    np.testing.assert_allclose(truth.displacement_mm, [[13.0] * 6, [0.0] * 6], atol=0.02)


def test_a_segment_loses_what_a_shift_across_its_wall_uncovers() -> None:
    down_mm = 2 * CANVAS.spacing_mm
    wall = SEGMENTS.myocardium.astype(np.float32)
    fields = uniform((down_mm, 0.0))
    truth = motion_truth(np.roll(wall, 2, axis=0)[None], wall, SEGMENTS, fields, [0.0], CANVAS)
    segment_mm2 = np.pi / 6 * (EPI_MM**2 - ENDO_MM**2)
    middle_deg = [_middle_deg(mask) for mask in SEGMENTS.masks]
    expected = [
        abs(_integral_of_sine(middle)) * down_mm * (ENDO_MM if middle > 0.0 else EPI_MM) / segment_mm2
        for middle in middle_deg
    ]
    np.testing.assert_allclose(truth.contamination[0], expected, rtol=0.08)


def _middle_deg(mask: NDArray[np.bool_]) -> float:
    """Angle of a segment's middle about the centre, clockwise from the right."""
    down, right = np.argwhere(mask).mean(axis=0) - CANVAS.px(CENTRE_MM)
    return float(np.degrees(np.arctan2(down, right)))


def _integral_of_sine(middle_deg: float) -> float:
    """Over the 60° of a segment: the part of a shift downwards that crosses its wall."""
    low, high = np.radians([middle_deg - 30.0, middle_deg + 30.0])
    return float(np.cos(low) - np.cos(high))


def test_contamination_grows_with_the_shift_until_nothing_is_left() -> None:
    truth = shifted((0.0, 2.0), (0.0, 5.0), (0.0, 70.0))
    assert (np.diff(truth.contamination, axis=0) > 0.0).all()
    assert truth.contamination[2].min() > 0.9


def test_motion_can_be_asked_for_the_images_that_a_fit_used() -> None:
    contamination = np.zeros((3, 6))
    contamination[2, 1], contamination[0, 3] = 0.5, 0.3
    truth = Truth(contamination, contamination)
    np.testing.assert_array_equal(np.flatnonzero(truth.motion), [1, 3])
    np.testing.assert_array_equal(np.flatnonzero(truth.motion_in([True, True, False])), [3])
    np.testing.assert_array_equal(truth.worst_image[[1, 3]], [2, 0])


def test_an_empty_segment_has_no_motion() -> None:
    masks = SEGMENTS.masks.copy()
    masks[Segment.ANTERIOR] = False
    fields = uniform((9.0, 0.0))
    walls = warp_shares(SCENE.wall[None], fields, CANVAS)
    truth = motion_truth(walls, SCENE.wall, Segments(masks), fields, [0.0], CANVAS)
    assert truth.contamination[0, Segment.ANTERIOR] == truth.displacement_mm[0, Segment.ANTERIOR] == 0.0
    assert truth.motion.any()
