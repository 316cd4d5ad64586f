"""Trained networks as files: safetensors to train on, ONNX to run; each small enough to come with the package."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from onnx_ir.passes.common import ClearMetadataAndDocStringPass
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from myoqc.cohort.files import write_whole
from myoqc.errors import OutputError, ReadError
from myoqc.networks import NetworkKind
from myoqc.train.quiet import quiet


def write_weights(network: nn.Module, path: Path) -> None:
    """The weights as safetensors."""
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file({name: value.contiguous() for name, value in network.state_dict().items()}, path)


def read_weights(network: nn.Module, path: Path, word: str) -> nn.Module:
    """``network`` with the weights in a file, for training on; raises ReadError where they are not its own."""
    try:
        network.load_state_dict(load_file(path))
    except (OSError, RuntimeError, SafetensorError) as error:
        raise ReadError(f"no weights of a {word}", file=path, found=error) from error
    return network.eval()


def write_onnx(
    network: nn.Module, path: Path, examples: Mapping[str, Tensor], outputs: list[str], dynamic: tuple[Any, ...]
) -> None:
    """The network as it is run, traced with ``examples`` by name; ``dynamic`` axes as torch takes them."""
    with quiet():
        program = torch.onnx.export(
            network,
            tuple(examples.values()),
            input_names=list(examples),
            output_names=outputs,
            dynamic_shapes=dynamic,
            dynamo=True,
            verbose=False,
        )
    assert program is not None
    # Each node tells from which file of this machine it came.
    ClearMetadataAndDocStringPass()(program.model)
    program.save(path, external_data=False)


def digests(paths: list[Path], kind: NetworkKind) -> dict[str, str]:
    """SHA-256 of files by name; raises OutputError for one that is larger than may be shipped."""
    for path in paths:
        size = path.stat().st_size
        if size > kind.most_bytes:
            raise OutputError("the weights are too large", file=path, expected=f"{kind.most_bytes} bytes", found=size)
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


def write_card(card: Mapping[str, Any], folder: Path, kind: NetworkKind) -> None:
    """Write the card beside the weights that it names; raises OutputError."""
    text = json.dumps(card, ensure_ascii=False, indent=2, allow_nan=False)
    write_whole(folder / kind.card_file, text + "\n")
