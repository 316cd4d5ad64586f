"""ROC, reliability and decision curves of an evaluation: a row of panels for each reference, a column for each unit."""

from collections.abc import Callable, Mapping, Sequence
from io import BytesIO
from typing import Any, Literal

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from myoqc.evaluate.scored import Curves

LINES: Mapping[str, dict[str, Any]] = {
    "score": {"color": "#0072B2", "linestyle": "-", "marker": "o"},
    "second": {"color": "#D55E00", "linestyle": "--", "marker": "s"},
}
"""Colours that people tell apart who see fewer of them, and differences beside colour."""
PLAIN: dict[str, Any] = {"color": "0.55", "linestyle": ":", "linewidth": 1.2}
PANEL_INCHES, TITLE_INCHES = 3.4, 0.3
DPI = 120
LEAST_HEIGHT = 0.01
"""Of the axis of net benefit: where motion is rarer than the lowest threshold, acting always has none."""
Draw = Callable[[Axes, Sequence[Curves]], None]


def pictures(curves: Sequence[Curves]) -> dict[str, bytes]:
    """File name → content of each picture as PNG and as SVG; the same curves give the same bytes."""
    drawn: Mapping[str, Draw] = {"roc": _roc, "reliability": _reliability, "decision": _decision}
    return {
        f"{name}.{kind}": content
        for name, draw in drawn.items()
        for kind, content in saved(_panels(curves, draw)).items()
    }


def _panels(curves: Sequence[Curves], draw: Draw) -> Figure:
    references = list(dict.fromkeys(each.reference for each in curves))
    units = list(dict.fromkeys(each.unit for each in curves))
    size = PANEL_INCHES * len(units), (PANEL_INCHES + TITLE_INCHES) * len(references)
    figure = Figure(figsize=size, layout="compressed")
    grid = figure.subplots(len(references), len(units), squeeze=False)
    for row, reference in zip(grid, references, strict=True):
        for axes, unit in zip(row, units, strict=True):
            draw(axes, [each for each in curves if (each.reference, each.unit) == (reference, unit)])
            axes.set_title(f"{unit}, against {reference}", fontsize=10)
            axes.tick_params(labelsize=8)
            axes.spines[["top", "right"]].set_visible(False)
            axes.xaxis.label.set_size(9)
            axes.yaxis.label.set_size(9)
    return figure


def _roc(axes: Axes, curves: Sequence[Curves]) -> None:
    axes.plot([0, 1], [0, 1], label="chance", **PLAIN)
    for each in curves:
        if each.roc is not None:
            axes.plot(each.roc.false_alarms, each.roc.found, label=each.scorer, **(_line(each) | {"marker": ""}))
    _explain(axes, "lower right")
    axes.set(xlabel="1 − specificity", ylabel="sensitivity", aspect="equal", xlim=(-0.01, 1.01), ylim=(-0.01, 1.01))


def _reliability(axes: Axes, curves: Sequence[Curves]) -> None:
    axes.plot([0, 1], [0, 1], label="as said", **PLAIN)
    for each in curves:
        axes.plot(each.reliability.probability, each.reliability.share, label=each.scorer, markersize=4, **_line(each))
    _explain(axes, "upper left")
    axes.set(xlabel="mean score", ylabel="share with motion", aspect="equal", xlim=(-0.02, 1.02), ylim=(-0.02, 1.02))


def _decision(axes: Axes, curves: Sequence[Curves]) -> None:
    decision = curves[0].decision
    axes.plot(decision.threshold, decision.of_all, label="act always", **(PLAIN | {"linestyle": "-."}))
    axes.axhline(0.0, label="act never", **PLAIN)
    for each in curves:
        axes.plot(
            each.decision.threshold, each.decision.net_benefit, label=each.scorer, **(_line(each) | {"marker": ""})
        )
    _explain(axes, "upper right")
    highest = max(
        LEAST_HEIGHT, *(float(of.max()) for each in curves for of in (decision.of_all, each.decision.net_benefit))
    )
    axes.set(xlabel="threshold", ylabel="net benefit per case", xlim=(0, 1), ylim=(-0.3 * highest, 1.6 * highest))


def _explain(axes: Axes, place: Literal["lower right", "upper left", "upper right"]) -> None:
    axes.legend(fontsize=8, frameon=False, loc=place)


def _line(curves: Curves) -> dict[str, Any]:
    return LINES[curves.scorer]


def saved(figure: Figure) -> dict[str, bytes]:
    """Ending → content as PNG and as SVG; the same figure gives the same bytes."""
    contents = {}
    with mpl.rc_context({"svg.hashsalt": "myoqc"}):
        for kind, metadata in (("png", {"Software": None}), ("svg", {"Date": None, "Creator": None})):
            buffer = BytesIO()
            figure.savefig(buffer, format=kind, dpi=DPI, metadata=metadata)
            contents[kind] = buffer.getvalue()
    return contents
