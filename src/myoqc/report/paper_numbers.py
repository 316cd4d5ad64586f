"""What the paper reports, as data: each number as it stands there, to be shown beside ours [Zhang2020].

Agreements are shares, with the operator's labels for the reference; standard deviations are over five folds.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from myoqc.evaluate.three_readers import MACHINE, OPERATOR, SECOND

PLAIN, SUPERVISED = "CNN", "with attention"
"""The paper's two arms: without attention supervision and with it."""


@dataclass(frozen=True, slots=True)
class PaperSpread:
    """Mean ± standard deviation over the paper's folds, and the same mean by level, given without spread."""

    mean: float
    sd: float
    basal: float
    mid: float


@dataclass(frozen=True, slots=True)
class PaperArm:
    """One arm of the paper's Table 1 and Figure 6, and its agreement on maps with another artefact."""

    segment: tuple[PaperSpread, ...]
    """(6)"""
    segments: PaperSpread
    image: PaperSpread
    auc_segments: float
    """n = 15,408, of all folds together."""
    auc_images: float
    """n = 2,568"""
    other_artefact: tuple[float, float]
    """Mean and standard deviation, 'on average' over segments, on 163 maps."""


@dataclass(frozen=True, slots=True)
class PaperPair:
    """A column of Figure 8, over the 21 % of maps with a disagreement."""

    segment: tuple[float, ...]
    """(6)"""
    case: float


ARMS: Mapping[str, PaperArm] = MappingProxyType(
    {
        PLAIN: PaperArm(
            segment=(
                PaperSpread(0.918, 0.009, 0.926, 0.910),
                PaperSpread(0.904, 0.010, 0.913, 0.898),
                PaperSpread(0.907, 0.003, 0.913, 0.904),
                PaperSpread(0.903, 0.009, 0.897, 0.908),
                PaperSpread(0.901, 0.006, 0.908, 0.896),
                PaperSpread(0.910, 0.008, 0.915, 0.903),
            ),
            segments=PaperSpread(0.907, 0.006, 0.912, 0.903),
            image=PaperSpread(0.898, 0.010, 0.897, 0.900),
            auc_segments=0.885,
            auc_images=0.874,
            other_artefact=(0.832, 0.043),
        ),
        SUPERVISED: PaperArm(
            segment=(
                PaperSpread(0.921, 0.007, 0.934, 0.910),
                PaperSpread(0.915, 0.009, 0.924, 0.908),
                PaperSpread(0.919, 0.004, 0.923, 0.916),
                PaperSpread(0.912, 0.006, 0.909, 0.915),
                PaperSpread(0.914, 0.004, 0.918, 0.910),
                PaperSpread(0.919, 0.007, 0.925, 0.913),
            ),
            segments=PaperSpread(0.917, 0.004, 0.922, 0.912),
            image=PaperSpread(0.915, 0.008, 0.915, 0.916),
            auc_segments=0.897,
            auc_images=0.891,
            other_artefact=(0.906, 0.030),
        ),
    }
)
"""Table 1, Figure 6 and §3.2."""
N_PAPER_FOLDS = 5
OTHER_ARTEFACT_MAPS = 163

PAIRS: Mapping[tuple[str, str], PaperPair] = MappingProxyType(
    {
        (OPERATOR, MACHINE): PaperPair((0.557, 0.491, 0.517, 0.523, 0.509, 0.560), 0.471),
        (SECOND, OPERATOR): PaperPair((0.658, 0.698, 0.668, 0.650, 0.663, 0.658), 0.612),
        (SECOND, MACHINE): PaperPair((0.721, 0.663, 0.671, 0.690, 0.690, 0.698), 0.830),
    }
)
"""Figure 8; the paper calls the second reader a validator.

It does not fit Table 1 exactly: operator and machine differ here in 21 % · (1 − 47.1 %) = 11.1 % of images and in
21 % · (1 − 52.6 %) = 10.0 % of segments, there in 8.5 % and 8.3 % with attention, or 10.2 % and 9.3 % without. Which
network the figure is of, and what it calls agreement of a case, is not said.
"""
IDENTICAL = 0.79
"""Of all maps, those in which operator and machine give all six segments the same score (§3.3)."""
