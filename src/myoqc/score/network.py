"""The network that scores six segments for motion, run by onnxruntime from weights with a card."""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from myoqc.errors import InputError
from myoqc.networks import Card, NetworkKind, read_files, session_of
from myoqc.records import CROP_PX
from myoqc.records.heart import N_SEGMENTS
from myoqc.score.apparent_motion import APPARENT_PX
from myoqc.score.inputs import Inputs
from myoqc.score.segment_statistics import N_STATISTICS

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

FloatMap = NDArray[np.float32]

CELLS = 20
"""Of the attention, along each side of the crop."""
ARTEFACTS = ("mistriggering", "off-resonance", "phase", "planning", "low-snr")
"""What the shares of artefacts are of, in their order."""
_SIDE = f"{CROP_PX} {CROP_PX}"
KIND = NetworkKind(
    word="scorer",
    card_file="scorer.json",
    model_file="scorer.onnx",
    most_bytes=5_000_000,
    inputs=(
        f"stack tensor(float) (· · {_SIDE}), t1 tensor(float) (· {_SIDE}), r2 tensor(float) (· {_SIDE}), "
        f"ti tensor(float) (· ·), apparent tensor(float) (· 2 {APPARENT_PX} {APPARENT_PX}), "
        f"statistics tensor(float) (· {N_SEGMENTS} {N_STATISTICS})"
    ),
    outputs=(
        f"motion tensor(float) (· {N_SEGMENTS}), attention tensor(float) (· {N_SEGMENTS} {CELLS} {CELLS}), "
        f"error tensor(float) (· {N_SEGMENTS} 3), artefacts tensor(float) (· {len(ARTEFACTS)})"
    ),
)


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """What the network says of n slices, before anything is calibrated."""

    logits: FloatMap
    """(n 6) of motion."""
    attention: FloatMap
    """(n 6 20 20) Grad-CAM."""
    error: FloatMap
    """(n 6 3) quantiles at 5, 50 and 95 % of the error of T1, as a share of the wall's T1."""
    artefacts: FloatMap
    """(n 5) 0 to 1, by :data:`ARTEFACTS`."""


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """Weights, opened only because their digest is the one on their card."""

    card: Card
    session: "InferenceSession"

    @property
    def digest(self) -> str:
        """SHA-256 of the weights."""
        return str(self.card["files"][KIND.model_file])

    def answers(self, slices: Sequence[Inputs]) -> Answers:
        """What the network says of slices that all have as many images; raises InputError where they have not."""
        counts = {len(each.ti) for each in slices}
        if len(counts) != 1:
            raise InputError("slices of one batch differ in their number of images", expected="one", found=counts)
        names = [node.name for node in self.session.get_inputs()]
        batch = {name: np.stack([getattr(each, name) for each in slices]) for name in names}
        return Answers(*(np.asarray(values, dtype=np.float32) for values in self.session.run(None, batch)))


def read_network(folder: Traversable) -> Network:
    """The weights in a folder with their card.

    Raises ReadError where they are not those of the card, and where they are no network that can be run here.
    """
    card, weights = read_files(folder, KIND)
    return Network(card, session_of(weights, folder / KIND.model_file, KIND))
