"""The trained scorer as files: what is run gives scores and attention from one pass."""

from pathlib import Path

import torch
from torch import Tensor, nn

from myoqc.records import CROP_PX
from myoqc.records.heart import N_SEGMENTS
from myoqc.score.apparent_motion import APPARENT_PX
from myoqc.score.network import KIND
from myoqc.train import export
from myoqc.train.attention import grad_cam
from myoqc.train.scorer_network import ERROR_UNIT, Preset, ScorerNetwork

WEIGHTS_FILE = "scorer.safetensors"
MOST_SLICES, IMAGES = 64, (5, 11)


class RunScorer(nn.Module):
    """The network as it is run; its attention is the function that the training's loss uses."""

    def __init__(self, network: ScorerNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(
        self, stack: Tensor, t1: Tensor, r2: Tensor, ti: Tensor, apparent: Tensor, statistics: Tensor
    ) -> tuple[Tensor, ...]:
        """Logits (b 6), attention (b 6 h w), quantiles of the error of T1 (b 6 3), artefacts (b 5) 0 to 1."""
        outputs = self.network(stack, t1, r2, ti, apparent, statistics)
        attention = grad_cam(outputs.features, self.network.head.weight)
        if outputs.error is None or outputs.artefacts is None:
            raise NotImplementedError("only a preset with every output can be shipped")
        return outputs.motion, attention, ERROR_UNIT * outputs.error, outputs.artefacts.sigmoid()


def write_scorer(network: ScorerNetwork, folder: Path) -> dict[str, str]:
    """Write both files into ``folder``; returns their SHA-256 by name.

    Raises OutputError for a network whose files are larger than may be shipped.
    """
    network = network.eval().float().cpu()
    export.write_weights(network, folder / WEIGHTS_FILE)
    slices = torch.export.Dim("slices", min=1, max=MOST_SLICES)
    images = torch.export.Dim("images", min=IMAGES[0], max=IMAGES[1])
    examples = example_inputs(network.preset)
    dynamic = ({0: slices, 1: images}, {0: slices}, {0: slices}, {0: slices, 1: images}, {0: slices}, {0: slices})
    paths = [folder / KIND.model_file, folder / WEIGHTS_FILE]
    export.write_onnx(
        RunScorer(network).eval(), paths[0], examples, ["motion", "attention", "error", "artefacts"], dynamic
    )
    return export.digests(paths, KIND)


def example_inputs(preset: Preset, n_slices: int = 2, n_images: int = 7) -> dict[str, Tensor]:
    """Inputs by name, all 0."""
    return {
        "stack": torch.zeros(n_slices, n_images, CROP_PX, CROP_PX),
        "t1": torch.zeros(n_slices, CROP_PX, CROP_PX),
        "r2": torch.zeros(n_slices, CROP_PX, CROP_PX),
        "ti": torch.zeros(n_slices, n_images),
        "apparent": torch.zeros(n_slices, 2, APPARENT_PX, APPARENT_PX),
        "statistics": torch.zeros(n_slices, N_SEGMENTS, preset.n_statistics),
    }


def read_scorer_weights(network: ScorerNetwork, folder: Path) -> nn.Module:
    """``network`` with the weights in ``folder``, for training on; raises ReadError where they are not its own."""
    return export.read_weights(network, folder / WEIGHTS_FILE, KIND.word)
