"""Numbers as colours, and which values a picture spans."""

import base64
import io
from dataclasses import replace

import numpy as np
import pytest
from cmcrameri import cm
from PIL import Image

import assessments as made
from myoqc.aha import Level
from myoqc.report.bullseye import ink
from myoqc.report.pictures import MOST_PX, Scale, bar_uri, png_uri
from myoqc.report.windows import R2_SCALE, image_scale, probability_scale, t1_scale

NAN = float("nan")


def decoded(uri: str) -> np.ndarray:
    """(y x 4) red, green, blue, opacity of a PNG in a data: address."""
    head, content = uri.split(",", 1)
    assert head == "data:image/png;base64"
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(content))).convert("RGBA"))


def test_a_grey_map_has_the_shades_of_its_window() -> None:
    pixels = decoded(png_uri(np.array([[0.85, 0.9, 0.95], [1.0, 1.2, 0.99]]), R2_SCALE))
    np.testing.assert_allclose(pixels[..., 0], [[0, 0, 128], [255, 255, 230]], atol=1)


def test_t1_is_shown_in_lipari() -> None:
    scale = t1_scale(made.unscored())
    pixels = decoded(png_uri(np.array([[0.0, 1000.0, 2000.0]]), scale))
    np.testing.assert_allclose(pixels[0, :, :3], 255 * cm.lipari([0.0, 0.5, 1.0])[:, :3], atol=2)


def test_a_pixel_without_value_is_transparent_and_the_others_are_not() -> None:
    pixels = decoded(png_uri(np.array([[NAN, 500.0], [np.inf, 2000.0]]), Scale("lipari", 0.0, 2000.0)))
    np.testing.assert_array_equal(pixels[..., 3], [[0, 255], [0, 255]])


def test_a_map_without_any_value_is_wholly_transparent() -> None:
    assert not decoded(png_uri(np.full((3, 4), np.nan), R2_SCALE))[..., 3].any()


def test_a_large_image_is_thinned_and_keeps_its_proportions() -> None:
    assert decoded(png_uri(np.ones((2 * MOST_PX, MOST_PX)), R2_SCALE)).shape == (MOST_PX, MOST_PX // 2, 4)


def test_a_small_image_keeps_every_pixel() -> None:
    checks = np.indices((MOST_PX, 7)).sum(axis=0) % 2
    np.testing.assert_array_equal(decoded(png_uri(checks, Scale("grey", 0, 1)))[..., 0], 255 * checks)


def test_the_threshold_is_the_middle_of_the_colours_of_probability() -> None:
    scale = probability_scale(0.2)
    np.testing.assert_allclose(scale.share(np.array([0.0, 0.1, 0.2, 0.6, 1.0])), [0.0, 0.25, 0.5, 0.75, 1.0])
    blue, orange = scale.rgb(0.0), scale.rgb(1.0)
    assert blue[2] > blue[0]
    assert orange[0] > orange[2]


@pytest.mark.parametrize("threshold", [0.0, 1.0])
def test_a_threshold_at_the_end_still_gives_two_sides(threshold: float) -> None:
    shares = probability_scale(threshold).share(np.array([0.0, 1.0]))
    np.testing.assert_allclose(shares, [0.0, 1.0])


def test_a_colour_bar_runs_from_low_to_high_with_its_middle_in_the_middle() -> None:
    scale = probability_scale(0.2)
    bar = decoded(bar_uri(scale))
    assert tuple(bar[0, 0, :3]) == scale.rgb(0.0)
    assert tuple(bar[0, bar.shape[1] // 2, :3]) == scale.rgb(0.2)
    assert tuple(bar[0, -1, :3]) == scale.rgb(1.0)


def test_the_range_of_t1_follows_the_field_and_the_contrast_agent() -> None:
    scored = made.scored(Level.MID)
    at_3t = replace(scored, acquisition=replace(scored.acquisition, field_t=3.0))
    after_contrast = replace(at_3t, maps=replace(at_3t.maps, t1_ms=at_3t.maps.t1_ms * 0.45))
    unknown = replace(scored, acquisition=replace(scored.acquisition, field_t=None))
    assert [t1_scale(each).high for each in (scored, at_3t, after_contrast, unknown)] == [2000, 2500, 1000, 2000]


def test_muscle_without_any_t1_does_not_change_the_range() -> None:
    scored = made.scored(Level.MID)
    assert t1_scale(replace(scored, maps=replace(scored.maps, t1_ms=np.full(made.SHAPE, np.nan)))).high == 2000


def test_one_glaring_pixel_does_not_darken_the_images() -> None:
    images = np.full((5, 20, 20), 100.0, dtype=np.float32)
    images[0, 0, 0] = 30000.0
    assert image_scale(images).high == pytest.approx(100.0)


@pytest.mark.parametrize("value", [0.0, np.nan])
def test_images_without_signal_have_a_window_too(value: float) -> None:
    scale = image_scale(np.full((5, 2, 2), value, dtype=np.float32))
    assert (scale.low, scale.high) == (0.0, 1.0)


def test_ink_stands_out_from_its_ground() -> None:
    assert ink((255, 255, 255)) == "#17202b"
    assert ink((0, 0, 40)) == "#ffffff"
