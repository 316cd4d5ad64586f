"""The network that finds the heart, run by onnxruntime from the weights that come with the package."""

import hashlib
import json
import sys
from collections.abc import Mapping, Sequence
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

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

CARD_FILE, MODEL_FILE = "segmenter.json", "segmenter.onnx"
MOST_BYTES = 10_000_000
QUALITY = ("slope", "intercept", "least", "doubtful")
"""Numbers of the card by which the certainty is read."""
INPUT, OUTPUT = f"channels tensor(float) (· {len(CHANNELS)} · ·)", f"logits tensor(float) (· {N_OUTPUTS} · ·)"
"""What a network takes and gives, on any number of pixels."""


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
    try:
        card = json.loads((folder / CARD_FILE).read_text(encoding="utf-8"))
        expected = card["files"][MODEL_FILE]
        with (folder / MODEL_FILE).open("rb") as file:
            weights = file.read(MOST_BYTES + 1)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ReadError("no segmenter here", file=folder, expected=f"{CARD_FILE} and {MODEL_FILE}") from error
    _check_card(card, folder / CARD_FILE)
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
            remedy="Train the segmenter again.",
        )


def _is_finite(value: object) -> bool:
    """Whether this is a number, and one that a float can hold: JSON's whole numbers may be larger."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return abs(value) <= sys.float_info.max


def _session(weights: bytes, file: Traversable) -> "InferenceSession":
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    try:
        session = onnxruntime.InferenceSession(weights, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime's errors have no base of their own
        raise ReadError(
            "no network that can be run", file=file, found=error, remedy="Install onnxruntime and myoqc again."
        ) from error
    _check_form(session, file)
    return session


def _check_form(session: "InferenceSession", file: Traversable) -> None:
    """Refuse a network that would fail, or tell something else, only when it is run."""
    found = _form(session.get_inputs()), _form(session.get_outputs())
    if found != (INPUT, OUTPUT):
        raise ReadError(
            "this network is no segmenter",
            file=file,
            expected=f"{INPUT} to {OUTPUT}",
            found=" to ".join(found),
            remedy="Train the segmenter again.",
        )


def _form(nodes: Sequence[Any]) -> str:
    """Name, type and axes; a point for one slice and for an axis of any length."""
    forms = []
    for node in nodes:
        axes = " ".join(str(axis) if isinstance(axis, int) and axis != 1 else "·" for axis in node.shape)
        forms.append(f"{node.name} {node.type} ({axes})")
    return ", ".join(forms)


@cache
def shipped_segmenter() -> Segmenter:
    """The segmenter that comes with the package."""
    return read_segmenter(files("myoqc.locate") / "weights")
