"""Which share of the wrong labels is found by re-reading how many maps, as a picture."""

from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from myoqc.evaluate.audit import CLEANLAB, DAWID_SKENE, DIFFERENCE, SHARES, UNITS, FoundCurve
from myoqc.report.picture_files import picture_files
from myoqc.report.scored_pictures import PLAIN

LINES: Mapping[str, dict[str, Any]] = {
    CLEANLAB: {"color": "#0072B2", "linestyle": "-"},
    DIFFERENCE: {"color": "#D55E00", "linestyle": "--"},
    DAWID_SKENE: {"color": "#009E73", "linestyle": "-."},
}
"""Colours that people tell apart who see fewer of them, and differences beside colour."""
WHAT = {"segments": "wrong labels", "maps": "maps with wrong labels"}
INCHES = (7.4, 3.9)


def pictures(curves: Sequence[FoundCurve]) -> dict[str, bytes]:
    """File name → content of the picture as PNG and as SVG; the same curves give the same bytes."""
    figure = Figure(figsize=INCHES, layout="compressed")
    for axes, unit in zip(figure.subplots(1, len(UNITS)), UNITS, strict=True):
        _draw(axes, [each for each in curves if each.unit == unit], WHAT[unit])
    figure.suptitle("SIMULATED readers", fontsize=10)
    return {f"found.{kind}": content for kind, content in picture_files(figure).items()}


def _draw(axes: Axes, curves: Sequence[FoundCurve], what: str) -> None:
    axes.plot([0, 1], [0, 1], label="chance", **PLAIN)
    for each in curves:
        axes.plot(each.reread, each.found, label=each.by, **LINES[each.by])
    for share in SHARES:
        axes.axvline(share, color="0.85", linewidth=0.8, zorder=0)
    axes.set(xlim=(0, 1), ylim=(0, 1.01))
    axes.set_xlabel("share of maps re-read", fontsize=9)
    axes.set_ylabel(f"share found of {what}", fontsize=9)
    axes.set_aspect("equal")
    axes.legend(fontsize=8, frameon=False, loc="lower right")
    axes.tick_params(labelsize=8)
    axes.spines[["top", "right"]].set_visible(False)
