"""The network that finds the heart, run by onnxruntime from the weights that come with the package."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from myoqc.errors import ReadError
from myoqc.locate.channels import CHANNELS, Channels
from myoqc.locate.outputs import N_OUTPUTS
from myoqc.networks import NetworkKind, read_files, session_of

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

CARD_FILE, MODEL_FILE = "segmenter.json", "segmenter.onnx"
MOST_BYTES = 10_000_000
QUALITY = ("slope", "intercept", "least", "doubtful")
"""Numbers of the card by which the certainty is read."""
KIND = NetworkKind(
    word="segmenter",
    card_file=CARD_FILE,
    model_file=MODEL_FILE,
    most_bytes=MOST_BYTES,
    inputs=f"channels tensor(float) (· {len(CHANNELS)} · ·)",
    outputs=f"logits tensor(float) (· {N_OUTPUTS} · ·)",
)
"""It takes and gives any number of pixels."""


@dataclass(frozen=True, slots=True, eq=False)
class Segmenter:
    """Weights, opened only because their digest is the one on their card."""

    card: Mapping[str, Any]
    """What the weights were made of, how good they are, and how their certainty is to be read."""
    session: "InferenceSession"

    @property
    def name(self) -> str:
        """What people call it."""
        return str(self.card["name"])

    @property
    def digest(self) -> str:
        """SHA-256 of the weights."""
        return str(self.card["files"][MODEL_FILE])

    def logits(self, channels: Channels) -> NDArray[np.float32]:
        """Outputs (9 v u), as :mod:`myoqc.locate.outputs` says."""
        (outputs,) = self.session.run(None, {"channels": channels.values[None]})
        return np.asarray(outputs[0], dtype=np.float32)

    def quality(self, expected_dice: float) -> float:
        """The Dice of the wall to be expected, from what the network promises: what it tells was held against truth."""
        quality = self.card["quality"]
        return float(np.clip(quality["intercept"] + quality["slope"] * expected_dice, 0.0, 1.0))

    @property
    def least_quality(self) -> float:
        """Below it the outlines are not to be used."""
        return float(self.card["quality"]["least"])


def read_segmenter(folder: Traversable) -> Segmenter:
    """The weights in a folder with their card.

    Raises ReadError where they are not those of the card, where the card does not say how they are to be used, and
    where they are no network that can be run here.
    """
    card, weights = read_files(folder, KIND)
    _check_card(card, folder / CARD_FILE)
    return Segmenter(card, session_of(weights, folder / MODEL_FILE, KIND))


def _check_card(card: Mapping[str, Any], file: Traversable) -> None:
    """Refuse a card that would fail, or switch a threshold off, only when the weights are used."""
    name, quality = card.get("name"), card.get("quality")
    numbers = quality if isinstance(quality, Mapping) else {}
    absent = [key for key in QUALITY if not _is_finite(numbers.get(key))]
    if not (isinstance(name, str) and name and name.isprintable()):
        absent.insert(0, "name")
    if absent:
        raise ReadError(
            "this card does not say how its weights are to be used",
            file=file,
            expected=f"a name on one line, and finite numbers as quality: {', '.join(QUALITY)}",
            found=f"nothing of use as {', '.join(absent)}",
            remedy=KIND.remedy,
        )


def _is_finite(value: object) -> bool:
    """Whether this is a number, and one that a float can hold: JSON's whole numbers may be larger."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return abs(value) <= sys.float_info.max


@cache
def shipped_segmenter() -> Segmenter:
    """The segmenter that comes with the package."""
    return read_segmenter(files("myoqc.locate") / "weights")
