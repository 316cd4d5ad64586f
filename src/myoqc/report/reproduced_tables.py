"""The paper's Table 1, and its agreement on maps with another artefact, from our folds: each beside the paper's own.

The paper's labels are its operator's, so its numbers stand in tables against the operator, and not in those against the
truth.
"""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from myoqc.aha import Segment
from myoqc.evaluate import OPERATOR, FoldAgreement, FoldShares, spread
from myoqc.report.figures_in_words import NONE, number_spread, percent, percent_spread
from myoqc.report.paper_numbers import ARMS, OTHER_ARTEFACT_MAPS, PLAIN, SUPERVISED, PaperArm
from myoqc.report.sheet import Sheet

COUNTERPARTS: Mapping[str, str] = {"none": PLAIN, "supervised": SUPERVISED}
"""Our arm → the paper's."""
SEGMENT_NAMES = tuple(f"{segment + 1} {segment.word}" for segment in Segment)
BASAL, MID = "basal", "mid"
Column = dict[str, str]
"""Row → cell."""


def table_1(found: Mapping[str, FoldAgreement], reference: str) -> Sheet:
    """Agreement with the ``reference``, mean ± standard deviation over folds, of each scorer; and AUC.

    Scorers that are called 'none' and 'supervised' stand beside the paper's arms; others, and baselines, by themselves.
    ``reference`` is 'operator' or 'truth'.
    """
    ours = {name: _of_folds(each) for name, each in found.items()}
    return _beside(f"SIMULATED, against the {reference}: agreement, and AUC (Table 1)", ours, _of_paper, reference)


def other_artefacts(found: Mapping[str, FoldShares], reference: str) -> Sheet:
    """Agreement on maps with another artefact, mean ± standard deviation over the networks of all folds.

    What the paper calls 'on average' stands beside all segments.
    """
    ours = {name: _of_networks(each) for name, each in found.items()}
    title = f"SIMULATED, against the {reference}: agreement on maps with another artefact"
    return _beside(title, ours, _of_paper_elsewhere, reference)


def _beside(title: str, ours: Mapping[str, Column], of_paper: Callable[[PaperArm], Column], reference: str) -> Sheet:
    """A column for each scorer, and before it that of the paper's arm, if it has one."""
    columns: dict[str, Column] = {}
    for name, column in ours.items():
        if reference == OPERATOR and name in COUNTERPARTS:
            columns[f"paper: {COUNTERPARTS[name]}"] = of_paper(ARMS[COUNTERPARTS[name]])
        columns[name] = column
    rows = list(dict.fromkeys(row for column in ours.values() for row in column))
    cells = tuple((row, *(column.get(row, NONE) for column in columns.values())) for row in rows)
    return Sheet(title, ("", *columns), cells)


def _of_folds(found: FoldAgreement) -> Column:
    column = _segments(found.everything)
    for name, unit in (("all segments", "segments"), ("whole image", "image")):
        column[name] = _spread(getattr(found.everything, unit))
        for level, of in ((BASAL, found.basal), (MID, found.mid)):
            column[f"{name}, {level}"] = _spread(getattr(of, unit))
    column["AUC of segments, together"] = _area(found.pooled_auc_segments)
    column["AUC of segments, by fold"] = number_spread(spread(found.auc_segments), len(found.auc_segments))
    column["AUC of images, together"] = _area(found.pooled_auc_images)
    column["AUC of images, by fold"] = number_spread(spread(found.auc_images), len(found.auc_images))
    return column


def _of_paper(arm: PaperArm) -> Column:
    column = {name: _plus_minus(of.mean, of.sd) for name, of in zip(SEGMENT_NAMES, arm.segment, strict=True)}
    for name, of in (("all segments", arm.segments), ("whole image", arm.image)):
        column[name] = _plus_minus(of.mean, of.sd)
        column |= {f"{name}, {BASAL}": percent(of.basal), f"{name}, {MID}": percent(of.mid)}
    column["AUC of segments, together"] = _area(arm.auc_segments)
    column["AUC of images, together"] = _area(arm.auc_images)
    return column


def _of_networks(found: FoldShares) -> Column:
    column = _segments(found) | {"all segments": _spread(found.segments), "whole image": _spread(found.image)}
    fewest, most = int(found.n_maps.min()), int(found.n_maps.max())
    return column | {"maps": f"{most}" if fewest == most else f"{fewest} to {most}"}


def _of_paper_elsewhere(arm: PaperArm) -> Column:
    return {"all segments": _plus_minus(*arm.other_artefact), "maps": f"{OTHER_ARTEFACT_MAPS}"}


def _segments(found: FoldShares) -> Column:
    return {name: _spread(shares) for name, shares in zip(SEGMENT_NAMES, found.segment.T, strict=True)}


def _spread(shares: NDArray[np.float64]) -> str:
    return percent_spread(spread(shares), len(shares))


def _plus_minus(mean: float, sd: float) -> str:
    return f"{100.0 * mean:.1f} ± {100.0 * sd:.1f} %"


def _area(auc: float) -> str:
    return NONE if np.isnan(auc) else f"{auc:.3f}"
