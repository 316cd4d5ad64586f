"""The page on how far simulated slices are from real ones, from the numbers of ``benchmarks/realism.py``."""

from typing import Any

from realism_table import heading, written, written_range

HEAD = """# Simulated against real

Written by `python benchmarks/realism.py --real ../shared/data --on-anatomies --figures docs --page docs/realism.md`:
{cases} simulated slices of each preset, seed {seed}, {software}; nothing moves in them. `hcmr` is ShMOLLI as in the
cohort, `multi` mixes inversion schemes, scanners' habits, native and post-contrast. A public series of cardiac
T1-weighted images with its raw images does not exist, so 'real' are the figures taken from six real MOLLI hearts,
published values, and what open data can tell: one slice each of {cines} cines (Sunnybrook Cardiac Data, autofd,
biv-me), one T1-weighted MOLLI image with its T1 map, and a MOLLI series of kidneys.

**Inside**: the median of the simulated lies in the real range; not asked of the normalised signals, which follow from
the heart rate and the T1 of the few hearts that were measured. **Wider**: 5–95 % reach beyond both ends of the range.
Cines have bright blood and a strong contrast of their own: they compare surroundings, shape and brightness, not the
contrast of blood and muscle.
"""
PICTURES = """
## Side by side

![Simulated slices above, real ones below](realism-side-by-side.png)

The slices are the first of each preset, scheme and field strength, not chosen by looks; rows that name a subject are
simulated on that subject's real anatomy. Every image is shown in the window of the 80 mm about its heart. Real
pictures: T1-weighted heart and T1 map (BSD-3-Clause), Sunnybrook Cardiac Data (CC0) [Radau2009], biv-me (Apache-2.0),
kidneys (Apache-2.0).

## Distributions

![Distributions of simulated and real slices](realism-distributions.png)

Lines are medians over slices, bands 5–95 %. Images are taken over the median of the heart, which is the left ventricle
with its wall. Local variation is the standard deviation over the mean in a Gaussian window that sees the wall alone.

## How each is measured
"""
METHODS = """
- Wall: in 36 sectors about the cavity's centre, by area. Masks lose the pixels at their borders before anything else is
  measured in them.
- Normalised signal: median of the myocardium in an image, in order of acquisition, over its mean over all images.
- Brightness: image 4 over the median of the heart; its direction is that of the middle of the brightest 2 % of pixels,
  seen from the cavity, against the middle of the septum.
- Variation: standard deviation over mean.
- Background: pixels with a fit more than 25 mm from the left ventricle.
- R²: which kind was taken of the six hearts is not recorded, so that both stand here. That of the package, and of the
  ShMOLLI scanner, is the squared correlation of magnitudes; that of signed signals, 1 − SSE/SST, is higher, as they
  vary more. At the noise of those hearts no MOLLI fit of magnitudes reaches .998, and the first trial simulator had
  .9998 at an SNR of 30, which only signed signals can: their figures are probably of this kind.
- SNR: mean over the noise in the difference of the two images with the longest inversion times, without its plane.
"""


def page(numbers: dict[str, Any]) -> str:
    """All of it as Markdown."""
    parts = [HEAD.format(cines=numbers["subjects"].get("cine", 0), **numbers)]
    parts += [_table(preset, lines, numbers["real"]) for preset, lines in numbers["simulated"].items()]
    return "".join([*parts, _differences(numbers["simulated"]), PICTURES, METHODS])


def _table(preset: str, lines: list[dict[str, Any]], real: dict[str, dict[str, list[float]]]) -> str:
    head = f"\n## The table: {preset}\n\nMedian [5–95 %].\n\n| measure | simulated | real | inside | wider |"
    head += "".join(f" {name} |" for name in real) + "\n| --- |" + " --- |" * (4 + len(real)) + "\n"
    return head + "".join(_line(line, real) for line in lines if line["quantiles"] is not None)


def _line(line: dict[str, Any], real: dict[str, dict[str, list[float]]]) -> str:
    unit, words = line["unit"], {True: "yes", False: "**no**", None: "–"}
    low, high = (written(value, unit) for value in line["real"])
    others = "".join(f" {written_range(values.get(line['key']), unit)} |" for values in real.values())
    return (
        f"| {heading(line)} | {written_range(line['quantiles'], unit)} "
        f"| {low}–{high} ({line['source']}) | {words[line['inside']]} | {words[line['wider']]} |{others}\n"
    )


def _differences(simulated: dict[str, list[dict[str, Any]]]) -> str:
    """Where simulated and real still differ, by the table."""
    parts = ["\n## Where they still differ\n\n"]
    for preset, lines in simulated.items():
        known = [line for line in lines if line["quantiles"] is not None]
        outside = [line["label"] for line in known if line["inside"] is False]
        narrow = [line["label"] for line in known if line["inside"] is not False and not line["wider"]]
        parts.append(f"- {preset}: median outside the real range: {'; '.join(outside) or 'nothing'}.\n")
        parts.append(f"- {preset}: inside, but not wider: {'; '.join(narrow) or 'nothing'}.\n")
    return "".join(parts)
