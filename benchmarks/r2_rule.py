"""Calibrates the R² rule on simulated hearts, for each schedule by itself, and measures it on others.

    python benchmarks/r2_rule.py                          simulate, calibrate, print, for all four schedules
    python benchmarks/r2_rule.py --write                  and write the card that the package ships
    python benchmarks/r2_rule.py --schedule ShMOLLI       for one schedule, whose entry on the card --write replaces

Each patient has a basal and a mid-ventricular slice with motion of their own. The first half of the patients chooses
the statistic, its calibration and the threshold; the other half judges. All figures are of simulated hearts.
"""

from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
import typer
from numpy.typing import NDArray
from r2_rule_card import CARD, reached_when, write
from r2_rule_measures import judge, with_interval
from rich.console import Console
from rich.progress import track
from rich.table import Table
from scipy.special import logit

from myoqc import __version__
from myoqc.evaluate import by_image, by_segment
from myoqc.fit import fit_maps
from myoqc.locate import crop
from myoqc.records import Crop, Level, Segments
from myoqc.schedules import KNOWN, Schedule
from myoqc.score.r2_rule import segment_statistics
from myoqc.score.statistics import STATISTICS
from myoqc.simulate import Distractor, Motion, draw_case, patient_plan, simulate
from myoqc.simulate.drawn.phenotype import Phenotype
from myoqc.simulate.motion.course import reference_images
from myoqc.simulate.synthesis import Simulation
from myoqc.train.r2_rule_training import TrainedRule, train_rule

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

SHARE_AT_1_5_T = 0.73
MOTION_SHARES = {motion: 0.5 if motion is Motion.STILL else 0.1 for motion in Motion}
DISTRACTOR_SHARES = {each: 0.7 if each is Distractor.NONE else 0.06 for each in Distractor}
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


def draw_slices(seed: int, patient: int, schedule: Schedule) -> list[Simulation]:
    """The two slices of one patient."""
    chance = np.random.default_rng([seed, patient])
    field_t = 1.5 if chance.random() < SHARE_AT_1_5_T else 3.0
    phenotype = list(Phenotype)[chance.integers(len(Phenotype))]
    motions = chance.choice(np.array(list(MOTION_SHARES)), 2, p=list(MOTION_SHARES.values()))
    distractor = chance.choice(np.array(list(DISTRACTOR_SHARES)), p=list(DISTRACTOR_SHARES.values()))
    plans = patient_plan(
        f"{patient}",
        int(chance.integers(2**60)),
        zip((Level.BASAL, Level.MID), motions, strict=True),
        schedule=schedule,
        field_t=field_t,
        phenotype=phenotype,
        distractor=distractor,
    )
    return [simulate(draw_case(plan)) for plan in plans]


def seen_by_scorer(simulation: Simulation) -> Crop:
    segments = Segments.from_contours(simulation.contours, simulation.acquisition.grid)
    maps = fit_maps(simulation.acquisition)
    return crop(simulation.acquisition, maps, segments.centre_px, segments=segments)


def make_cohort(n_cases: int, seed: int, schedule: Schedule) -> tuple[Cohort, str]:
    """The slices, and the name of the fit that made their maps."""
    patients, crops, truths, firsts, stills = [], [], [], [], []
    for patient in track(range(n_cases // 2), f"simulated patients, {schedule.name}", console=console):
        for simulation in draw_slices(seed, patient, schedule):
            patients.append(patient)
            truths.append(simulation.truth)
            firsts.append(reference_images(simulation.case.timing))
            stills.append(simulation.case.plan.motion is Motion.STILL)
            crops.append(seen_by_scorer(simulation))
    masks = [np.asarray(seen.masks).any(axis=0) for seen in crops]
    (method,) = {seen.method for seen in crops}
    cohort = Cohort(
        patient=np.array(patients),
        values={name: np.array([segment_statistics(seen, name) for seen in crops]) for name in STATISTICS},
        motion=np.array([truth.motion for truth in truths]),
        motion_seen=np.array([truth.motion_in(first) for truth, first in zip(truths, firsts, strict=True)]),
        median_r2=np.array([np.nanmedian(seen.r2[mask]) for seen, mask in zip(crops, masks, strict=True)]),
        still=np.array(stills),
    )
    return cohort, method


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


def make_entry(rule: TrainedRule, calibration: Cohort, held_out: Cohort) -> dict[str, Any]:
    """What the card says about one schedule."""
    judged = judge(rule.probability(held_out.values), rule.threshold, held_out.motion)
    return {
        "statistic": rule.statistic,
        "slope": rule.slope,
        "intercept": rule.intercept,
        "threshold": rule.threshold,
        "threshold_is": reached_when(rule.statistic, float(logit(rule.threshold) - rule.intercept) / rule.slope),
        "calibration": describe(calibration, all_aucs(calibration)),
        "held_out": judged | describe(held_out, all_aucs(held_out)),
    }


def calibrated(schedule: Schedule, cases: int, seed: int) -> dict[str, Any]:
    cohort, method = make_cohort(cases, seed, schedule)
    first_half = cohort.patient < (cases // 2 + 1) // 2
    calibration, held_out = cohort.part(first_half), cohort.part(~first_half)
    rule = train_rule(calibration.values, calibration.motion)
    command = f"python benchmarks/r2_rule.py --schedule '{schedule.name}' --cases {cases} --seed {seed} --write"
    made = {"made_by": command, "software": f"myoqc {__version__}", "method": method}
    return made | make_entry(rule, calibration, held_out)


def show(name: str, entry: dict[str, Any]) -> None:
    aucs = Table("statistic", "segments", "images", "segments, first inversion", title=f"{name}: AUC, held out")
    for statistic, values in entry["held_out"]["auc_with_95_percent_interval"].items():
        cells = ("{:.3f} ({:.3f} to {:.3f})".format(*value) for value in values.values())
        aucs.add_row(statistic + (" *" if statistic == entry["statistic"] else ""), *cells)
    figures = Table("measure", "value", title=f"{name}: the rule on simulated hearts, held out")
    for measure, value in entry["held_out"].items():
        if measure != "auc_with_95_percent_interval":
            figures.add_row(measure, str(value))
    console.print(aucs, figures, f"simulated; * = chosen on the calibration half; threshold {entry['threshold_is']}")


def main(
    cases: Annotated[int, typer.Option(help="Simulated slices, two a patient; half of the patients calibrate.")] = 400,
    seed: int = 1,
    schedule: Annotated[str | None, typer.Option(help="One of the four schedules; all of them without.")] = None,
    write_card: Annotated[bool, typer.Option("--write", help="Write the card that the package ships.")] = False,
) -> None:
    chosen = [each for each in KNOWN if schedule in (None, each.name)]
    if not chosen:
        raise typer.BadParameter(f"expected one of {', '.join(each.name for each in KNOWN)}")
    entries = {}
    for each in chosen:
        entries[each.name] = calibrated(each, cases, seed)
        show(each.name, entries[each.name])
    if write_card:
        write(entries, keep=schedule is not None)
        console.print(f"written: {CARD.name}")


if __name__ == "__main__":
    typer.run(main)
