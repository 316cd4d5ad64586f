"""The card of the R² rule: what is the same for every schedule, words for a threshold, and the layout of the file."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from myoqc import score
from myoqc.schedules import KNOWN
from myoqc.score.calibration import SPECIFICITY
from myoqc.score.r2_rule import CARD_FILE, R2Rule
from myoqc.score.statistics import LOW_R2, STATISTICS, share_below_098
from myoqc.simulate import POSITIVE_FROM

CARD = Path(score.__file__).with_name(CARD_FILE)
WIDTH = 120
REAL_CLEAN_R2 = (0.998, 0.999)
"""Median R² of the myocardium of six real MOLLI hearts."""
LEVEL_OF_R2 = {
    "mean": "mean R²",
    "mean_log": "R² (1 − the geometric mean of 1 − R²)",
    "lowest": "lowest R²",
    "lowest_5_percent": "5th percentile of R²",
}
COMMON = {
    "name": "R² rule",
    "calibrated_on": "simulated hearts, each schedule by itself, by the command that its entry names",
    "positive_means": f"{POSITIVE_FROM:.0%} or more of a segment's pixels hold other tissue in at least one image",
    "threshold_means": f"{SPECIFICITY:.0%} of the simulated calibration segments without motion lie below it",
    "real_hearts": f"median R² of the myocardium of six real MOLLI hearts: {REAL_CLEAN_R2[0]} to {REAL_CLEAN_R2[1]}",
    "statistics": {name: " ".join((each.__doc__ or "").split()) for name, each in STATISTICS.items()},
    "limits": [
        "Calibrated on simulated hearts only; nothing here was measured on patients.",
        "Simulated without contrast agent; after contrast, where MOLLI 4(1)3(1)2 is mostly used, R² will differ.",
        "The probabilities hold for the simulated share of segments with motion, far above that of a clinic.",
        "ShMOLLI's usual fit does not see images 6 and 7: motion there leaves R² as it is.",
        "Low R² has other causes: noise, partial volume, off-resonance, mistriggering, wrong polarity.",
        "A slow drift can change T1 and leave R² high.",
        "Strong motion can leave half of a segment without any fit: such a segment is not scored at all.",
        "R² is distributed differently with every scheme and fit: one that has no entry here is not scored.",
        "Calibrated on magnitude images, whose polarity is searched; with phase images R² can differ.",
        "The threshold holds for segments: an image, with six chances, exceeds it more often.",
    ],
}


def reached_when(statistic: str, value: float) -> str:
    """When a segment reaches the threshold, and how far that is from a clean real heart."""
    share = statistic == share_below_098.__name__
    misfit = 1.0 - LOW_R2 if share else 10.0**value
    least, most = (misfit / (1.0 - r2) for r2 in REAL_CLEAN_R2)
    real = f"{least:.0f}–{most:.0f} times that of the median pixel of real hearts"
    if share:
        return (
            f"reached when {100 * value:.0f} % of a segment's pixels have R² < {LOW_R2} "
            f"(a misfit above {misfit:.2f}, which is {real})"
        )
    level = f"the {LEVEL_OF_R2[statistic]} of a segment falls to {1.0 - misfit:.3f}"
    return f"reached when {level} (a misfit of {misfit:.3f}, which is {real})"


def write(entries: Mapping[str, Any], *, keep: bool) -> None:
    """Write the card that the package ships; ``keep`` leaves the entries of other schedules as they are."""
    known = json.loads(CARD.read_text(encoding="utf-8")).get("schedules", {}) if keep else {}
    merged = known | dict(entries)
    card = COMMON | {"schedules": {each.name: merged[each.name] for each in KNOWN if each.name in merged}}
    R2Rule.from_card(card)
    CARD.write_text(laid_out(card) + "\n", encoding="utf-8")


def laid_out(value: Any, indent: str = "", lead: int = 0) -> str:
    """JSON in which whatever fits on a line stands on one; ``lead`` characters stand before it on the first."""
    flat = json.dumps(value, ensure_ascii=False)
    if len(indent) + lead + len(flat) < WIDTH or not isinstance(value, dict | list):
        return flat
    deeper = indent + "  "
    if isinstance(value, list):
        parts = [laid_out(each, deeper) for each in value]
    else:
        names = {key: json.dumps(key, ensure_ascii=False) + ": " for key in value}
        parts = [name + laid_out(value[key], deeper, len(name)) for key, name in names.items()]
    first, last = "{}" if isinstance(value, dict) else "[]"
    body = ",\n".join(deeper + part for part in parts)
    return f"{first}\n{body}\n{indent}{last}"
