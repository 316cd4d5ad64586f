"""Networks that come as files: opened only because their digest is the one on their card, run on one thread.

ONNX holds the network itself, without code; nothing in it, or on the card, names something to load.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from typing import TYPE_CHECKING, Any

from myoqc.errors import ReadError

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

Card = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class NetworkKind:
    """What the files of one kind of network are called, and what it takes and gives."""

    word: str
    """What people call it."""
    card_file: str
    model_file: str
    most_bytes: int
    inputs: str
    """Name, type and axes of each, as :func:`form_of` gives them."""
    outputs: str

    @property
    def remedy(self) -> str:
        """What to do where the files are no good."""
        return f"Train the {self.word} again."


def read_files(folder: Traversable, kind: NetworkKind) -> tuple[Card, bytes]:
    """Card and weights; raises ReadError where there are none, and where the weights are not those of the card."""
    try:
        card = json.loads((folder / kind.card_file).read_text(encoding="utf-8"))
        expected = card["files"][kind.model_file]
        with (folder / kind.model_file).open("rb") as file:
            weights = file.read(kind.most_bytes + 1)
    except (OSError, ValueError, KeyError, TypeError) as error:
        files = f"{kind.card_file} and {kind.model_file}"
        raise ReadError(f"no {kind.word} here", file=folder, expected=files) from error
    found = hashlib.sha256(weights).hexdigest()
    if found != expected:
        raise ReadError(
            "these weights are not those of their card",
            file=folder / kind.model_file,
            expected=f"SHA-256 {expected}",
            found=found,
            remedy=f"Install myoqc again, or train the {kind.word} again.",
        )
    return card, weights


def session_of(weights: bytes, file: Traversable, kind: NetworkKind) -> "InferenceSession":
    """The network in ``weights``, which came from ``file``; raises ReadError where it is none of its kind."""
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
    found = form_of(session.get_inputs()), form_of(session.get_outputs())
    if found != (kind.inputs, kind.outputs):
        # Or it would fail, or tell something else, only when it is run.
        raise ReadError(
            f"this network is no {kind.word}",
            file=file,
            expected=f"{kind.inputs} to {kind.outputs}",
            found=" to ".join(found),
            remedy=kind.remedy,
        )
    return session


def form_of(nodes: Sequence[Any]) -> str:
    """Name, type and axes; a point for one slice and for an axis of any length."""
    forms = []
    for node in nodes:
        axes = " ".join(str(axis) if isinstance(axis, int) and axis != 1 else "·" for axis in node.shape)
        forms.append(f"{node.name} {node.type} ({axes})")
    return ", ".join(forms)
