"""The trained segmenter as files, and the card that names them by digest."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import nn

from myoqc.locate.channels import CHANNELS, MULTIPLE_PX
from myoqc.locate.segmenter import KIND
from myoqc.train import export
from myoqc.train.segmenter_network import segmenter

WEIGHTS_FILE = "segmenter.safetensors"
SIZE_PX = (144, 176)
"""Of the example with which the network is traced; any multiples of 16 can be run."""


def write_weights(network: nn.Module, folder: Path) -> dict[str, str]:
    """Write both files into ``folder``; returns their SHA-256 by name.

    Raises OutputError for a network whose files are larger than may be shipped.
    """
    network = network.eval().float().cpu()
    paths = [folder / KIND.model_file, folder / WEIGHTS_FILE]
    export.write_weights(network, folder / WEIGHTS_FILE)
    rows, columns = (MULTIPLE_PX * torch.export.Dim(name, min=2, max=64) for name in ("rows", "columns"))
    examples = {"channels": torch.zeros(1, len(CHANNELS), *SIZE_PX)}
    export.write_onnx(network, folder / KIND.model_file, examples, ["logits"], ({2: rows, 3: columns},))
    return export.digests(paths, KIND)


def read_network(folder: Path) -> nn.Module:
    """The network with the weights in ``folder``, for training on; raises ReadError where they are not its own."""
    return export.read_weights(segmenter(), folder / WEIGHTS_FILE, KIND.word)


def write_card(card: Mapping[str, Any], folder: Path) -> None:
    """Write the card beside the weights that it names; raises OutputError."""
    export.write_card(card, folder, KIND)
