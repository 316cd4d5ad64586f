"""The paper's Figure 8 as bars, and its Table 1 as a picture: ours in colour, the paper's values as open diamonds."""

from collections.abc import Mapping, Sequence
from itertools import cycle
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from myoqc.evaluate import OPERATOR, FoldAgreement, PairAgreement, Spread, ThreeReaders, spread
from myoqc.evaluate.scored.figure import Estimate
from myoqc.report.paper_numbers import ARMS, N_PAPER_FOLDS, PAIRS, PaperArm
from myoqc.report.picture_files import picture_files
from myoqc.report.reproduced_tables import COUNTERPARTS, SEGMENT_NAMES

FloatArray = NDArray[np.float64]

COLOURS = ("#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9", "#000000")
"""Of [Wong2011], which people tell apart who see fewer colours; markers and hatches differ as well."""
MARKERS = ("o", "s", "^", "v", "P", "X", "*")
HATCHES = ("", "///", "...")
PAPER: dict[str, Any] = {"marker": "D", "markerfacecolor": "white", "markersize": 5, "linestyle": ""}
BAR_WIDTH = 0.27
"""Of the distance between groups."""
SIZE_INCHES = 9.0, 4.2
WIDTH_INCHES, ROW_INCHES, REST_INCHES = 9.0, 0.46, 1.4
AGREEMENT_ROWS = (
    *SEGMENT_NAMES,
    *("all segments", "all segments, basal", "all segments, mid"),
    *("whole image", "whole image, basal", "whole image, mid"),
)
AREA_ROWS = "segments", "images"


def three_readers_picture(found: ThreeReaders, machine: str) -> dict[str, bytes]:
    """'three_readers.png' and '.svg': who agrees with whom over the disputed maps, by segment and by case.

    Lines are intervals of 95 % by patient. ``machine`` is the name of the scorer whose calls are the machine's.
    """
    figure = Figure(figsize=SIZE_INCHES, layout="constrained")
    axes = figure.subplots()
    for place, (pair, of) in enumerate(found.pairs.items()):
        middle: FloatArray = np.arange(len(SEGMENT_NAMES) + 1, dtype=np.float64) + (place - 1) * BAR_WIDTH
        _bars(axes, middle, of, label=" and ".join(pair), color=COLOURS[place], hatch=HATCHES[place])
        theirs = 100.0 * np.array([*PAIRS[pair].segment, PAIRS[pair].case])
        axes.plot(middle, theirs, color="black", label="the paper's" if place == 0 else None, **PAPER)
    axes.set_xticks(range(len(SEGMENT_NAMES) + 1), [*(name.replace(" ", "\n", 1) for name in SEGMENT_NAMES), "case"])
    axes.set(ylim=(0, 100), ylabel="agreement (%)")
    maps = f"{found.n_disputed} of {found.n_maps} maps on which operator and machine '{machine}' differ"
    _finish(figure, [axes], f"SIMULATED, against one another: {maps} (Fig. 8)")
    return _named("three_readers", figure)


def table_1_picture(found: Mapping[str, FoldAgreement], reference: str) -> dict[str, bytes]:
    """'table_1_operator.png' and '.svg' (or '_truth'): mean ± standard deviation over folds of each scorer.

    AUCs are of all folds together, as the paper's; their lines are the standard deviation over folds.
    """
    height = ROW_INCHES * (len(AGREEMENT_ROWS) + len(AREA_ROWS)) + REST_INCHES
    figure = Figure(figsize=(WIDTH_INCHES, height), layout="constrained")
    panels = figure.subplots(2, height_ratios=(len(AGREEMENT_ROWS), len(AREA_ROWS)))
    all_series = _all_series(found, reference)
    below = np.linspace(-0.5, 0.5, len(all_series) + 2)[1:-1]
    for place, series in zip(below, all_series, strict=True):
        _points(panels[0], place, series.agreements, 100.0, series.style)
        _points(panels[1], place, series.areas, 1.0, series.style)
    _rows(panels[0], AGREEMENT_ROWS, "agreement (%)")
    _rows(panels[1], AREA_ROWS, "AUC")
    _finish(figure, panels, f"SIMULATED, against the {reference}: mean ± standard deviation over folds (Table 1)")
    return _named(f"table_1_{reference}", figure)


class _Series(NamedTuple):
    """What one scorer, or the paper, has in every row."""

    agreements: list[Spread]
    areas: list[Spread]
    style: dict[str, Any]


def _all_series(found: Mapping[str, FoldAgreement], reference: str) -> list[_Series]:
    """Each scorer, after the paper's arm of the same colour, if it has one."""
    made = []
    looks = zip(cycle(COLOURS), cycle(MARKERS))
    for (name, of), (colour, marker) in zip(found.items(), looks, strict=False):
        if reference == OPERATOR and name in COUNTERPARTS:
            theirs = PAPER | {"color": colour, "label": f"the paper's {COUNTERPARTS[name]}"}
            made.append(_of_paper(ARMS[COUNTERPARTS[name]], theirs))
        ours = {"color": colour, "marker": marker, "markersize": 5, "linestyle": "", "label": name}
        made.append(_Series(_agreements(of), _areas(of), ours))
    return made


def _bars(axes: Axes, middle: FloatArray, found: PairAgreement, **style: Any) -> None:
    value, low, high = 100.0 * np.array([_ends(each) for each in (*found.segment, found.case)]).T
    axes.bar(middle, value, BAR_WIDTH, edgecolor="white", linewidth=0.5, **style)
    axes.vlines(middle, low, high, color="0.15", linewidth=1.2)


def _ends(found: Estimate) -> tuple[float, float, float]:
    return found.value, found.low, found.high


def _points(axes: Axes, below: float, spreads: Sequence[Spread], scale: float, style: dict[str, Any]) -> None:
    """A mark for each row at the mean, with a line of the standard deviation; ``below`` the middle of the row."""
    place = np.arange(len(spreads)) + below
    mean, sd = (scale * np.array([getattr(each, name) for each in spreads]) for name in ("mean", "sd"))
    axes.hlines(place, mean - sd, mean + sd, color=style["color"], linewidth=1.2)
    axes.plot(mean, place, **style)


def _rows(axes: Axes, names: Sequence[str], title: str) -> None:
    axes.set_yticks(range(len(names)), names)
    axes.set(xlabel=title, ylim=(len(names) - 0.5, -0.5))
    axes.hlines(np.arange(len(names) - 1) + 0.5, 0, 1, transform=axes.get_yaxis_transform(), color="0.9", linewidth=0.8)


def _agreements(found: FoldAgreement) -> list[Spread]:
    """In the order of the rows."""
    levels = found.everything, found.basal, found.mid
    shares = [*found.everything.segment.T, *(of.segments for of in levels), *(of.image for of in levels)]
    return [spread(each) for each in shares]


def _areas(found: FoldAgreement) -> list[Spread]:
    by_fold = spread(found.auc_segments), spread(found.auc_images)
    pooled = found.pooled_auc_segments, found.pooled_auc_images
    return [Spread(value, of.sd, of.n_folds) for value, of in zip(pooled, by_fold, strict=True)]


def _of_paper(arm: PaperArm, style: dict[str, Any]) -> _Series:
    shares = [_known(of.mean, of.sd) for of in arm.segment]
    for of in (arm.segments, arm.image):
        shares += [_known(of.mean, of.sd), _known(of.basal), _known(of.mid)]
    return _Series(shares, [_known(arm.auc_segments), _known(arm.auc_images)], style)


def _known(mean: float, sd: float = float("nan")) -> Spread:
    return Spread(mean, sd, N_PAPER_FOLDS)


def _finish(figure: Figure, panels: Sequence[Axes], title: str) -> None:
    for axes in panels:
        axes.spines[["top", "right"]].set_visible(False)
        axes.tick_params(labelsize=8)
        axes.xaxis.label.set_fontsize(9)
        axes.yaxis.label.set_fontsize(9)
    handles, labels = panels[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=4, fontsize=8, frameon=False)
    figure.suptitle(title, fontsize=10)


def _named(name: str, figure: Figure) -> dict[str, bytes]:
    return {f"{name}.{kind}": content for kind, content in picture_files(figure).items()}
