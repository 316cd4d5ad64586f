"""A segmenter from a cohort: trained, exported, its certainty held against truth, judged, and put on its card."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import linregress, spearmanr

from myoqc import __version__
from myoqc.cohort import Cohort
from myoqc.errors import InputError
from myoqc.locate import Segmenter, read_segmenter
from myoqc.locate.outputs import LEVEL_ORDER
from myoqc.train.division import division_of, numbers_of, trained_on
from myoqc.train.fitting import Tell, Watch
from myoqc.train.segmenter_export import write_card, write_weights
from myoqc.train.segmenter_figures import Judged, figures, judge
from myoqc.train.segmenter_training import Recipe, train_network

FloatArray = NDArray[np.float64]

LEAST_QUALITY, DOUBTFUL_QUALITY = 0.6, 0.75
"""Expected overlap below which outlines are not used, and below which they are cautioned against: set beforehand."""
LEAST_FOUND = 10
"""Slices from which a line, or a rank correlation, is told."""
LIMITS = (
    "Trained and judged on simulated images only, on drawn and on real anatomies; figures on measured images are in "
    "docs/segmenter.md.",
    "Short-axis slices of one heart in the usual place; no situs inversus, no transplant, no device in the wall.",
    "Papillary muscles count as cavity, as in the contours of the simulator.",
    "An insertion of the right ventricle is given only where the slice cuts the right ventricle.",
)


def make_segmenter(cohort: Cohort, folder: Path, recipe: Recipe, watch: Watch, tell: Tell) -> Mapping[str, Any]:
    """Train in ``folder``, or go on there; returns the card of what then lies in it.

    Raises InputError for a cohort without apical slices or with too few subjects, and OutputError for a folder that
    holds another training.
    """
    _check(cohort)
    network = train_network(cohort, folder, recipe, watch, tell)
    division = division_of(cohort, recipe.seed)
    card: dict[str, Any] = {
        "name": f"myoqc segmenter {__version__}",
        "made_by": _command(cohort, recipe),
        "trained_on": trained_on(cohort, division),
        "recipe": asdict(recipe),
        "software": {name: version(name) for name in ("torch", "monai", "lightning", "onnx", "numpy")},
        "files": write_weights(network, folder),
        "quality": {"slope": 1.0, "intercept": 0.0, "least": 0.0, "doubtful": 0.0},
    }
    card["quality"] = _quality(_judged(cohort, division.validated, _opened(card, folder), watch, "validated"))
    tested = _judged(cohort, division.tested, _opened(card, folder), watch, "tested")
    card["figures_on_simulated_images"] = figures(tested)
    card["quality"]["rank_correlation_with_overlap"] = _correlation(tested)
    card["limits"] = LIMITS
    write_card(card, folder)
    return card


def _check(cohort: Cohort) -> None:
    levels = {row["level"] for row in cohort.rows}
    missing = [level.value for level in LEVEL_ORDER if level.value not in levels]
    if missing:
        raise InputError(
            f"this cohort has no {' and no '.join(missing)} slices",
            file=cohort.folder,
            expected="basal, mid and apical ones, all of which a segmenter will meet",
            remedy="Make one with: myoqc simulate cohort FOLDER --preset levels",
        )


def _command(cohort: Cohort, recipe: Recipe) -> str:
    made_of, usual = cohort.about["made_of"], Recipe()
    made = f"myoqc simulate cohort COHORT --preset {made_of['preset']} --seed {made_of['seed']}"
    if made_of["patients"] is not None:
        made += f" --patients {made_of['patients']}"
    if made_of["anatomies"] is not None:
        made += f" --anatomies DIR --real-share {made_of['real_share']}"
    given = [
        f" --{name.replace('_', '-')} {value}"
        for name, value in asdict(recipe).items()
        if value != getattr(usual, name)
    ]
    return f"{made} && myoqc train segmenter COHORT --out OUT{''.join(given)}"


def _opened(card: Mapping[str, Any], folder: Path) -> Segmenter:
    """The segmenter as users will run it, from the files."""
    write_card(card, folder)
    return read_segmenter(folder)


def _judged(cohort: Cohort, part: frozenset[str], segmenter: Segmenter, watch: Watch, name: str) -> list[Judged]:
    numbers = numbers_of(cohort.subjects, part)
    return [judge(cohort.case(number), segmenter) for number in watch(numbers, f"Finding the heart, {name}")]


def _quality(validated: Sequence[Judged]) -> dict[str, Any]:
    """How the overlap that the network promises is to be read: a line through the cases it was validated on."""
    slope, intercept, n_slices = _line(validated)
    return {
        "slope": round(slope, 4),
        "intercept": round(intercept, 4),
        "least": LEAST_QUALITY,
        "doubtful": DOUBTFUL_QUALITY,
        "calibrated_on": n_slices,
    }


def _line(validated: Sequence[Judged]) -> tuple[float, float, int]:
    """Slope, intercept, and how many slices told them: 0 where too few did, or where the best were promised least.

    What the network promises is then taken as it is.
    """
    promised, overlap = _promises(validated)
    if _tells_little(promised):
        return 1.0, 0.0, 0
    line = linregress(promised, overlap)
    return (float(line.slope), float(line.intercept), len(promised)) if line.slope > 0.0 else (1.0, 0.0, 0)


def _correlation(tested: Sequence[Judged]) -> float | None:
    """Of what is promised with what is true, None where too few slices tell."""
    promised, overlap = _promises(tested)
    if _tells_little(promised) or _tells_little(overlap):
        return None
    return round(float(spearmanr(promised, overlap).statistic), 3)


def _promises(cases: Sequence[Judged]) -> tuple[FloatArray, FloatArray]:
    """Overlap of the wall, as promised and as it is, of those in which a heart was found."""
    found = [case for case in cases if case.found]
    return np.array([case.quality for case in found]), np.array([case.dice_wall for case in found])


def _tells_little(values: FloatArray) -> bool:
    return len(values) < LEAST_FOUND or bool(np.ptp(values) == 0.0)
