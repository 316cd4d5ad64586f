"""The trained segmenter as files: safetensors to train on, ONNX to run, and the card that names both by digest."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from onnx_ir.passes.common import ClearMetadataAndDocStringPass
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import nn

from myoqc.cohort.files import write_whole
from myoqc.errors import OutputError, ReadError
from myoqc.locate.channels import CHANNELS, MULTIPLE_PX
from myoqc.locate.segmenter import CARD_FILE, MODEL_FILE, MOST_BYTES
from myoqc.train.quiet import quiet
from myoqc.train.segmenter_network import segmenter

WEIGHTS_FILE = "segmenter.safetensors"
SIZE_PX = (144, 176)
"""Of the example with which the network is traced; any multiples of 16 can be run."""


def write_weights(network: nn.Module, folder: Path) -> dict[str, str]:
    """Write both files into ``folder``; returns their SHA-256 by name.

    Raises OutputError for a network whose files are larger than may be shipped.
    """
    network = network.eval().float().cpu()
    folder.mkdir(parents=True, exist_ok=True)
    save_file({name: value.contiguous() for name, value in network.state_dict().items()}, folder / WEIGHTS_FILE)
    _write_onnx(network, folder / MODEL_FILE)
    for name in (WEIGHTS_FILE, MODEL_FILE):
        size = (folder / name).stat().st_size
        if size > MOST_BYTES:
            raise OutputError(
                "the weights are too large", file=folder / name, expected=f"{MOST_BYTES} bytes", found=size
            )
    return {name: _digest(folder / name) for name in (MODEL_FILE, WEIGHTS_FILE)}


def read_network(folder: Path) -> nn.Module:
    """The network with the weights in ``folder``, for training on; raises ReadError where they are not its own."""
    path, network = folder / WEIGHTS_FILE, segmenter()
    try:
        network.load_state_dict(load_file(path))
    except (OSError, RuntimeError, SafetensorError) as error:
        raise ReadError("no weights of a segmenter", file=path, found=error) from error
    return network.eval()


def write_card(card: Mapping[str, Any], folder: Path) -> None:
    """Write the card beside the weights that it names; raises OutputError."""
    text = json.dumps(card, ensure_ascii=False, indent=2, allow_nan=False)
    write_whole(folder / CARD_FILE, text + "\n")


def _write_onnx(network: nn.Module, path: Path) -> None:
    rows, columns = (MULTIPLE_PX * torch.export.Dim(name, min=2, max=64) for name in ("rows", "columns"))
    with quiet():
        program = torch.onnx.export(
            network,
            (torch.zeros(1, len(CHANNELS), *SIZE_PX),),
            input_names=["channels"],
            output_names=["logits"],
            dynamic_shapes=({2: rows, 3: columns},),
            dynamo=True,
            verbose=False,
        )
    assert program is not None
    # Each node tells from which file of this machine it came.
    ClearMetadataAndDocStringPass()(program.model)
    program.save(path, external_data=False)


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
