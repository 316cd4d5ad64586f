"""What the networks of a cross-validation say of the cases that they have not learnt from, kept a file a training."""

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any
from uuid import uuid4
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from myoqc.cohort.files import not_written
from myoqc.errors import ReadError
from myoqc.records.arrays import frozen
from myoqc.records.heart import N_SEGMENTS

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class RunScores:
    """Of n cases: those of the tested fold, and those with another artefact."""

    number: NDArray[np.int64]
    """(n) of the example."""
    logits: NDArray[np.float32]
    """(n 6) of motion."""
    probability: FloatArray
    """(n 6) calibrated on the validated fold."""
    threshold: FloatArray
    """(2) probability that 90 and 95 % of the validated segments without motion stay below; NaN where the network
    learnt nothing, so that nothing could be calibrated."""
    attention: NDArray[np.float16]
    """(n 6 h w) Grad-CAM."""
    error: NDArray[np.float32]
    """(n 6 3) quantiles of the error of T1, as a share of the wall's."""
    artefacts: NDArray[np.float32]
    """(n 5) 0 to 1."""
    minutes: float
    """That the training took."""

    def __post_init__(self) -> None:
        for name, dtype, axes in (
            ("number", np.int64, "n"),
            ("logits", np.float32, f"n {N_SEGMENTS}"),
            ("probability", np.float64, f"n {N_SEGMENTS}"),
            ("threshold", np.float64, "2"),
            ("attention", np.float16, f"n {N_SEGMENTS} h w"),
            ("error", np.float32, f"n {N_SEGMENTS} 3"),
            ("artefacts", np.float32, "n a"),
        ):
            object.__setattr__(self, name, frozen(getattr(self, name), dtype, axes, name))


def write_scores(scores: RunScores, path: Path) -> None:
    """Write the file, whole or not at all; raises OutputError where that can't be done."""
    aside = path.with_name(f"{path.stem}.{uuid4().hex[:8]}.partial.npz")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        arrays: dict[str, Any] = {field.name: np.asarray(getattr(scores, field.name)) for field in fields(scores)}
        np.savez_compressed(aside, **arrays)
        aside.replace(path)
    except OSError as error:
        raise not_written(path, error) from error


def read_scores(path: Path) -> RunScores:
    """The scores in a file; raises ReadError where they are damaged."""
    try:
        with np.load(path) as stored:
            found: dict[str, Any] = {field.name: stored[field.name] for field in fields(RunScores)}
        return RunScores(**found | {"minutes": float(found["minutes"])})
    except (OSError, ValueError, KeyError, BadZipFile) as error:
        raise ReadError("these scores are damaged", file=path, found=error, remedy="Remove them.") from error
