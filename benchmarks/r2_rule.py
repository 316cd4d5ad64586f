"""Calibrates the R² rule on simulated hearts, and measures it on others.

    python benchmarks/r2_rule.py                  simulate, calibrate, print
    python benchmarks/r2_rule.py --write          and write the card that the package ships

Each patient has a basal and a mid-ventricular slice with motion of their own. The first half of the patients chooses
the statistic, its calibration and the threshold; the other half judges. All figures are of simulated hearts.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from numpy.typing import NDArray
from r2_rule_measures import by_image, by_segment, calibrate, judge, with_interval
from rich.console import Console
from rich.progress import track
from rich.table import Table
from scipy.special import expit, logit

from myoqc import __version__, score
from myoqc.fit import fit_maps
from myoqc.locate import crop
from myoqc.records import Crop, Level, Segments
from myoqc.score.r2_rule import CARD_FILE, R2Rule, segment_statistics
from myoqc.score.statistics import LOW_R2, STATISTICS, share_below_098
from myoqc.simulate import POSITIVE_FROM, Motion, Simulation, draw_case, simulate

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

SHARE_AT_1_5_T = 0.73
MOTION_SHARES = {Motion.STILL: 0.5, Motion.DRIFT: 0.25, Motion.STEP: 0.25}
SPECIFICITY = 0.90
REAL_CLEAN_R2 = (0.998, 0.999)
"""Median R² of the myocardium of six real MOLLI hearts."""
CARD = Path(score.__file__).with_name(CARD_FILE)
console = Console()


@dataclass(frozen=True)
class Cohort:
    """Slices of simulated patients: R² and truth per segment."""

    patient: NDArray[np.intp]  # (case)
    values: dict[str, FloatArray]  # statistic -> (case 6)
    motion: BoolArray  # (case 6) in any image
    motion_seen: BoolArray  # (case 6) in an image of the first inversion
    median_r2: FloatArray  # (case) of the myocardium
    still: BoolArray  # (case) drawn without motion

    def part(self, cases: BoolArray) -> "Cohort":
        """The slices that ``cases`` (case) selects."""
        return Cohort(
            patient=self.patient[cases],
            values={name: value[cases] for name, value in self.values.items()},
            motion=self.motion[cases],
            motion_seen=self.motion_seen[cases],
            median_r2=self.median_r2[cases],
            still=self.still[cases],
        )


def draw_slices(seed: int, patient: int) -> list[Simulation]:
    """The two slices of one patient."""
    chance = np.random.default_rng([seed, patient])
    field_t = 1.5 if chance.random() < SHARE_AT_1_5_T else 3.0
    motions = chance.choice(np.array(list(MOTION_SHARES)), 2, p=list(MOTION_SHARES.values()))
    levels = (Level.BASAL, Level.MID)
    return [
        simulate(draw_case(np.random.default_rng([seed, patient, 1]), field_t=field_t, level=level, motion=motion))
        for level, motion in zip(levels, motions, strict=True)
    ]


def seen_by_scorer(simulation: Simulation) -> Crop:
    segments = Segments.from_contours(simulation.contours, simulation.acquisition.grid)
    maps = fit_maps(simulation.acquisition)
    return crop(simulation.acquisition, maps, simulation.contours.centre_px, segments=segments)


def make_cohort(n_cases: int, seed: int) -> Cohort:
    patients, crops, simulations = [], [], []
    for patient in track(range(n_cases // 2), "simulated patients", console=console):
        for simulation in draw_slices(seed, patient):
            patients.append(patient)
            simulations.append(simulation)
            crops.append(seen_by_scorer(simulation))
    masks = [np.asarray(seen.masks).any(axis=0) for seen in crops]
    return Cohort(
        patient=np.array(patients),
        values={name: np.array([segment_statistics(seen, name) for seen in crops]) for name in STATISTICS},
        motion=np.array([one.truth.motion for one in simulations]),
        motion_seen=np.array([one.truth.motion_in_first_inversion for one in simulations]),
        median_r2=np.array([np.nanmedian(seen.r2[mask]) for seen, mask in zip(crops, masks, strict=True)]),
        still=np.array([one.case.breath.motion is Motion.STILL for one in simulations]),
    )


def all_aucs(cohort: Cohort) -> dict[str, dict[str, list[float]]]:
    return {
        name: {
            "segment": with_interval(by_segment, value, cohort.motion, cohort.patient),
            "image": with_interval(by_image, value, cohort.motion, cohort.patient),
            "segment_first_inversion": with_interval(by_segment, value, cohort.motion_seen, cohort.patient),
        }
        for name, value in cohort.values.items()
    }


def describe(cohort: Cohort, aucs: dict[str, Any]) -> dict[str, Any]:
    return {
        "n_cases": len(cohort.patient),
        "n_patients": len(np.unique(cohort.patient)),
        "n_segments": cohort.motion.size,
        "n_segments_not_scored": int(np.isnan(cohort.values["mean"]).sum()),
        "prevalence_segments": round(float(cohort.motion.mean()), 4),
        "prevalence_images": round(float(cohort.motion.any(axis=1).mean()), 4),
        "still_median_r2_5_50_95": np.percentile(cohort.median_r2[cohort.still], [5, 50, 95]).round(5).tolist(),
        "auc_with_95_percent_interval": aucs,
    }


def in_words(statistic: str, value: float) -> str:
    """What a value of the statistic means, and how far it is from a clean real heart."""
    share = statistic == share_below_098.__name__
    misfit = 1.0 - LOW_R2 if share else 10.0**value
    what = f"{value:.1%} of the segment's pixels with R² below {LOW_R2}" if share else f"R² = {1.0 - misfit:.4f}"
    least, most = (misfit / (1.0 - r2) for r2 in REAL_CLEAN_R2)
    real = f"real hearts (R² {REAL_CLEAN_R2[0]} to {REAL_CLEAN_R2[1]})"
    return f"{what}: a misfit (1 - R²) {least:.1f} to {most:.1f} times that of the median pixel of {real}"


def make_card(chosen: str, calibration: Cohort, held_out: Cohort, command: str) -> dict[str, Any]:
    value = calibration.values[chosen]
    slope, intercept = calibrate(value.ravel(), calibration.motion.ravel())
    probability = expit(intercept + slope * value)
    threshold = float(np.nanquantile(probability[~calibration.motion], SPECIFICITY, method="higher"))
    judged = expit(intercept + slope * held_out.values[chosen])
    return {
        "name": "R² rule",
        "statistic": chosen,
        "statistic_means": " ".join((STATISTICS[chosen].__doc__ or "").split()),
        "slope": slope,
        "intercept": intercept,
        "threshold": threshold,
        "threshold_means": (
            f"{SPECIFICITY:.0%} of the simulated calibration segments without motion lie below it; it stands for "
            + in_words(chosen, (logit(threshold) - intercept) / slope)
        ),
        "positive_means": f"{POSITIVE_FROM:.0%} or more of a segment's pixels hold other tissue in at least one image",
        "calibrated_on": "simulated hearts, ShMOLLI, by this command: " + command,
        "software": f"myoqc {__version__}",
        "calibration": describe(calibration, all_aucs(calibration)),
        "held_out": describe(held_out, all_aucs(held_out)) | judge(judged, threshold, held_out.motion),
        "limits": [
            "Calibrated on simulated hearts only; nothing here was measured on patients.",
            "The probabilities hold for the simulated share of segments with motion, far above that of a clinic.",
            "ShMOLLI's usual fit does not see images 6 and 7: motion there leaves R² as it is.",
            "Low R² has other causes: noise, partial volume, off-resonance, mistriggering, wrong polarity.",
            "A slow drift can change T1 and leave R² high.",
            "Strong motion can leave half of a segment without any fit: such a segment is not scored at all.",
            "R² is distributed differently with other schemes and numbers of images than with ShMOLLI's.",
            "The threshold holds for segments: an image, with six chances, exceeds it more often.",
        ],
    }


def show(card: dict[str, Any]) -> None:
    aucs = Table("statistic", "segments", "images", "segments, first inversion", title="AUC, simulated, held out")
    for name, values in card["held_out"]["auc_with_95_percent_interval"].items():
        cells = ("{:.3f} ({:.3f} to {:.3f})".format(*value) for value in values.values())
        aucs.add_row(name + (" *" if name == card["statistic"] else ""), *cells)
    figures = Table("measure", "value", title="The rule on simulated hearts, held out")
    for name, value in card["held_out"].items():
        if name != "auc_with_95_percent_interval":
            figures.add_row(name, str(value))
    console.print(aucs, figures, f"simulated; * = chosen on the calibration half; {card['threshold_means']}")


def main(
    cases: Annotated[int, typer.Option(help="Simulated slices, two a patient; half of the patients calibrate.")] = 400,
    seed: int = 1,
    write: Annotated[bool, typer.Option("--write", help="Write the card that the package ships.")] = False,
) -> None:
    cohort = make_cohort(cases, seed)
    first_half = cohort.patient < (cases // 2 + 1) // 2
    calibration, held_out = cohort.part(first_half), cohort.part(~first_half)
    chosen = max(STATISTICS, key=lambda name: by_segment(calibration.values[name], calibration.motion))
    card = make_card(
        chosen, calibration, held_out, f"python benchmarks/r2_rule.py --cases {cases} --seed {seed} --write"
    )
    show(card)
    if write:
        CARD.write_text(json.dumps(card, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        R2Rule.from_card(card)
        console.print(f"written: {CARD.name}")


if __name__ == "__main__":
    typer.run(main)
