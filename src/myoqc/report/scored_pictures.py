"""ROC, reliability and decision curves of an evaluation: a row of panels for each reference, a column for each unit."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from myoqc.errors import InputError
from myoqc.evaluate.scored import Curves
from myoqc.report.picture_files import picture_files

STYLES: Sequence[dict[str, Any]] = (
    {"color": "#0072B2", "linestyle": "-", "marker": "o"},
    {"color": "#D55E00", "linestyle": "--", "marker": "s"},
    {"color": "#009E73", "linestyle": "-.", "marker": "^"},
    {"color": "#CC79A7", "linestyle": (0, (5, 1, 1, 1, 1, 1)), "marker": "D"},
    {"color": "#E69F00", "linestyle": (0, (1, 1)), "marker": "v"},
    {"color": "#56B4E9", "linestyle": (0, (8, 2)), "marker": "P"},
    {"color": "#000000", "linestyle": (0, (3, 1, 1, 1)), "marker": "X"},
    {"color": "#7F5F00", "linestyle": (0, (2, 2)), "marker": "*"},
)
"""Of scorers in their order: colours that people tell apart who see fewer of them, and differences beside colour."""
MOST_IN_FULL = 2
"""Scorers up to which all are drawn in full, with a band to each ROC curve; of more, only the first is."""
FULL, THIN = 1.5, 0.9
"""Widths of lines, in points."""
PLAIN: dict[str, Any] = {"color": "0.55", "linestyle": ":", "linewidth": 1.2}
PANEL_INCHES, TITLE_INCHES = 3.4, 0.3
LEAST_HEIGHT = 0.01
"""Of the axis of net benefit: where motion is rarer than the lowest threshold, acting always has none."""
ROOM, ROOM_OF_EACH = 1.6, 0.2
"""Top of that axis, over the highest curve, so that the key lies above the curves; it grows with the scorers."""
Style = dict[str, Any]
Drawn = Sequence[tuple[Curves, Style]]
Draw = Callable[[Axes, Drawn], None]


def pictures(curves: Sequence[Curves]) -> dict[str, bytes]:
    """File name → content of each picture as PNG and as SVG; the same curves give the same bytes.

    Raises InputError for more scorers than can be told apart.
    """
    drawn: Mapping[str, Draw] = {"roc": _roc, "reliability": _reliability, "decision": _decision}
    return {
        f"{name}.{kind}": content
        for name, draw in drawn.items()
        for kind, content in picture_files(_panels(curves, draw)).items()
    }


def _panels(curves: Sequence[Curves], draw: Draw) -> Figure:
    styles = _styles(list(dict.fromkeys(each.scorer for each in curves)))
    references = list(dict.fromkeys(each.reference for each in curves))
    units = list(dict.fromkeys(each.unit for each in curves))
    size = PANEL_INCHES * len(units), (PANEL_INCHES + TITLE_INCHES) * len(references)
    figure = Figure(figsize=size, layout="compressed")
    grid = figure.subplots(len(references), len(units), squeeze=False)
    for row, reference in zip(grid, references, strict=True):
        for axes, unit in zip(row, units, strict=True):
            of_panel = [each for each in curves if (each.reference, each.unit) == (reference, unit)]
            draw(axes, [(each, styles[each.scorer]) for each in of_panel])
            axes.set_title(f"{unit}, against {reference}", fontsize=10)
            axes.tick_params(labelsize=8)
            axes.spines[["top", "right"]].set_visible(False)
            axes.xaxis.label.set_size(9)
            axes.yaxis.label.set_size(9)
    return figure


def _styles(scorers: Sequence[str]) -> dict[str, Style]:
    if len(scorers) > len(STYLES):
        raise InputError("too many scorers to tell apart", expected=f"at most {len(STYLES)}", found=len(scorers))
    thin = len(scorers) > MOST_IN_FULL
    widths = [THIN if thin and place else FULL for place in range(len(scorers))]
    return {
        scorer: style | {"label": scorer, "linewidth": width, "markersize": 4}
        for scorer, style, width in zip(scorers, STYLES, widths, strict=False)
    }


def _roc(axes: Axes, drawn: Drawn) -> None:
    axes.plot([0, 1], [0, 1], label="chance", **PLAIN)
    for each, style in drawn:
        if each.band is not None and style["linewidth"] == FULL:
            axes.fill_between(
                each.band.false_alarms, each.band.low, each.band.high, color=style["color"], alpha=0.2, linewidth=0
            )
        if each.roc is not None:
            axes.plot(each.roc.false_alarms, each.roc.found, **_plain_line(style))
    _explain(axes, "lower right")
    axes.set(xlabel="1 − specificity", ylabel="sensitivity", aspect="equal", xlim=(-0.01, 1.01), ylim=(-0.01, 1.01))


def _reliability(axes: Axes, drawn: Drawn) -> None:
    axes.plot([0, 1], [0, 1], label="as said", **PLAIN)
    for each, style in drawn:
        axes.plot(each.reliability.probability, each.reliability.share, **style)
    _explain(axes, "upper left")
    axes.set(xlabel="mean score", ylabel="share with motion", aspect="equal", xlim=(-0.02, 1.02), ylim=(-0.02, 1.02))


def _decision(axes: Axes, drawn: Drawn) -> None:
    decision = drawn[0][0].decision
    axes.plot(decision.threshold, decision.of_all, label="act always", **(PLAIN | {"linestyle": "-."}))
    axes.axhline(0.0, label="act never", **PLAIN)
    for each, style in drawn:
        axes.plot(each.decision.threshold, each.decision.net_benefit, **_plain_line(style))
    _explain(axes, "upper right")
    benefits = [decision.of_all, *(each.decision.net_benefit for each, _ in drawn)]
    highest = max(LEAST_HEIGHT, *(float(each.max()) for each in benefits))
    top = ROOM + ROOM_OF_EACH * max(0, len(drawn) - MOST_IN_FULL)
    axes.set(xlabel="threshold", ylabel="net benefit per case", xlim=(0, 1), ylim=(-0.3 * highest, top * highest))


def _plain_line(style: Style) -> Style:
    return style | {"marker": ""}


def _explain(axes: Axes, place: Literal["lower right", "upper left", "upper right"]) -> None:
    axes.legend(fontsize=8, frameon=False, loc=place)
