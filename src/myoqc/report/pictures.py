"""Numbers as colours: windows, colour maps, and PNG pictures that stand inside the page."""

from base64 import b64encode
from dataclasses import dataclass
from functools import cache
from io import BytesIO

import numpy as np
from cmcrameri import cm
from matplotlib import colormaps
from matplotlib.colors import Colormap, LinearSegmentedColormap
from numpy.typing import NDArray
from PIL import Image

N_COLOURS = 255
NO_VALUE = 255
"""The palette's last entry, transparent: what lies behind the picture shows where there is no value."""
MOST_PX = 320
"""Longest side of an embedded picture; larger ones are thinned to keep the page small."""

_COLOUR_MAPS: dict[str, Colormap] = {
    "lipari": cm.lipari,
    "lajolla": cm.lajolla,
    "grey": colormaps["gray"],
    "blue-orange": LinearSegmentedColormap.from_list(
        "blue-orange", ("#5a9bd5", "#bcd9ef", "#f7f3ea", "#f6b26b", "#e37a12")
    ),
}


@dataclass(frozen=True, slots=True)
class Scale:
    """Which colour stands for which value; ``middle`` is the value of the central colour, where it isn't half-way."""

    colours: str
    low: float
    high: float
    ticks: tuple[str, ...] = ()
    """Labels at equal distances from low to high."""
    middle: float | None = None

    def share(self, values: NDArray[np.floating]) -> NDArray[np.float64]:
        """Place of each value between low (0) and high (1), clipped; NaN stays."""
        if self.middle is None:
            return np.asarray(np.interp(values, (self.low, self.high), (0.0, 1.0)))
        return np.asarray(np.interp(values, (self.low, self.middle, self.high), (0.0, 0.5, 1.0)))

    def rgb(self, value: float) -> tuple[int, int, int]:
        """Colour of one value, 0–255 each."""
        red, green, blue = palette(self.colours)[round(float(self.share(np.array(value))) * (N_COLOURS - 1))]
        return int(red), int(green), int(blue)


@cache
def palette(colours: str) -> NDArray[np.uint8]:
    """(256 3) the colours from low to high, and black for 'no value'."""
    shades = _COLOUR_MAPS[colours](np.linspace(0.0, 1.0, N_COLOURS))[:, :3]
    return np.concatenate([np.round(shades * 255.0), np.zeros((1, 3))]).astype(np.uint8)


def picture_uri(content: bytes) -> str:
    """A PNG file as the address of an image inside the page."""
    return "data:image/png;base64," + b64encode(content).decode("ascii")


def png_uri(values: NDArray[np.floating], scale: Scale) -> str:
    """A map (y x) as an 8-bit PNG in a ``data:`` address; values that are not finite are transparent."""
    finite = np.isfinite(values)
    shares = scale.share(np.where(finite, values, scale.low))
    indices = np.where(finite, np.round(shares * (N_COLOURS - 1)), NO_VALUE).astype(np.uint8)
    picture = Image.fromarray(indices)
    thinning = max(picture.size) / MOST_PX
    if thinning > 1.0:
        size = (max(1, round(picture.width / thinning)), max(1, round(picture.height / thinning)))
        picture = picture.resize(size, Image.Resampling.NEAREST)
    picture.putpalette(palette(scale.colours).tobytes())
    stream = BytesIO()
    picture.save(stream, "PNG", optimize=True, transparency=NO_VALUE)
    return picture_uri(stream.getvalue())


def bar_uri(scale: Scale) -> str:
    """The colours of a scale from low to high, one pixel high."""
    ends = (scale.low, scale.high) if scale.middle is None else (scale.low, scale.middle, scale.high)
    values = np.interp(np.linspace(0.0, 1.0, N_COLOURS), np.linspace(0.0, 1.0, len(ends)), ends)
    return png_uri(values[np.newaxis], scale)
