"""The network that finds the heart, run by onnxruntime from the weights that come with the package."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from myoqc.errors import ReadError
from myoqc.locate.channels import Channels

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

CARD_FILE, MODEL_FILE = "segmenter.json", "segmenter.onnx"
MOST_BYTES = 10_000_000


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
    """The weights in a folder with their card; raises ReadError where they are not those of the card, or can't run."""
    try:
        card = json.loads((folder / CARD_FILE).read_text(encoding="utf-8"))
        expected = card["files"][MODEL_FILE]
        for name in ("slope", "intercept", "least"):
            float(card["quality"][name])
        with (folder / MODEL_FILE).open("rb") as file:
            weights = file.read(MOST_BYTES + 1)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ReadError("no segmenter here", file=folder, expected=f"{CARD_FILE} and {MODEL_FILE}") from error
    found = hashlib.sha256(weights).hexdigest()
    if found != expected:
        raise ReadError(
            "these weights are not those of their card",
            file=folder / MODEL_FILE,
            expected=f"SHA-256 {expected}",
            found=found,
            remedy="Install myoqc again, or train the segmenter again.",
        )
    return Segmenter(card, _session(weights, folder / MODEL_FILE))


def _session(weights: bytes, file: Traversable) -> "InferenceSession":
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    try:
        return onnxruntime.InferenceSession(weights, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime's errors have no base of their own
        raise ReadError(
            "no network that can be run", file=file, found=error, remedy="Install onnxruntime and myoqc again."
        ) from error


@cache
def shipped_segmenter() -> Segmenter:
    """The segmenter that comes with the package."""
    return read_segmenter(files("myoqc.locate") / "weights")
