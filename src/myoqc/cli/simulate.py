"""``myoqc simulate``: cohorts to learn from, and single studies to try things on."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from myoqc.cli.exit_codes import EXIT_CODES_HELP
from myoqc.cli.options import Input

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="rich",
    epilog=EXIT_CODES_HELP,
    help="Simulate hearts: a whole cohort with its truth, one study as a scanner writes it, or motion in real images.",
)

COHORT_EPILOG = f"""[bold]Examples[/bold]

myoqc simulate cohort OUT --patients 20
  a small one, to look at
myoqc simulate cohort OUT
  2731 maps like those of the paper
myoqc simulate cohort OUT --preset multi
  for models that are tied to no sequence
myoqc simulate cohort OUT --anatomies DIR
  half of the patients with hearts from DIR
myoqc simulate cohort OUT --verify
  every case of OUT against its digest

{EXIT_CODES_HELP}"""

STUDY_EPILOG = f"""[bold]Examples[/bold]

myoqc simulate study OUT
  a basal and a mid slice of a good breath-hold
myoqc simulate study OUT --motion drift
  the same patient, breathing
myoqc check OUT/dicom --contours OUT/contours.json
  what myoqc says about it

{EXIT_CODES_HELP}"""

MAPS_EPILOG = f"""[bold]Examples[/bold]

myoqc simulate from-maps heart.npz OUT
  the heart of this map, in a good breath-hold
myoqc simulate from-maps DIR OUT --motion release
  every heart in DIR, with a breath

{EXIT_CODES_HELP}"""

INJECT_EPILOG = f"""[bold]Examples[/bold]

myoqc simulate inject STUDY OUT --contours FILE
  a breath in every slice of STUDY
myoqc simulate inject STUDY OUT --contours FILE --size-mm 5
  one that takes the heart 5 mm far
myoqc check OUT/dicom --contours OUT/contours.json
  what myoqc says about it

{EXIT_CODES_HELP}"""

# Written out here, because importing the simulator would slow down --help.
PresetName = Literal["hcmr", "multi", "levels", "artefacts"]
MotionName = Literal["still", "drift", "release", "oscillation", "late-breath", "shift"]
DistractorName = Literal["none", "stomach", "diaphragm", "ghost", "band", "fold-over"]
MovingName = Literal["none", "stomach", "diaphragm"]
ArtefactName = Literal["none", "mistriggering", "off-resonance", "phase", "planning", "low-snr"]
ScheduleName = Literal["ShMOLLI", "MOLLI 5(3)3", "MOLLI 4(1)3(1)2", "MOLLI 3(3)3(3)5"]
FieldName = Literal["1.5", "3"]

Target = Annotated[Path, typer.Argument(metavar="OUT", help="Folder to be made.")]
Seed = Annotated[int, typer.Option("--seed", min=0, help="Another seed gives other patients.")]


@app.command("cohort", epilog=COHORT_EPILOG)
def cohort(
    out: Target,
    patients: Annotated[
        int | None,
        typer.Option(
            "--patients", min=1, help="Those of the ordinary set; maps with other artefacts are added in proportion."
        ),
    ] = None,
    seed: Seed = 0,
    preset: Annotated[
        PresetName,
        typer.Option(
            "--preset",
            metavar="NAME",
            help="hcmr (the paper's), multi (many sequences), levels (with apical), or artefacts (mostly with others).",
        ),
    ] = "hcmr",
    anatomies: Annotated[
        Path | None,
        typer.Option("--anatomies", metavar="DIR", exists=True, help="Real hearts with marked ventricles (.npz)."),
    ] = None,
    real_share: Annotated[
        float, typer.Option("--real-share", min=0.0, max=1.0, help="Share of patients with such a heart.")
    ] = 0.5,
    workers: Annotated[
        int | None, typer.Option("--workers", min=1, help="Processes at work; as many as processors if not given.")
    ] = None,
    verify: Annotated[
        bool, typer.Option("--verify", help="Make nothing: compare every case of OUT with its digest.")
    ] = False,
) -> None:
    """Simulate a cohort with its truth and readers, fit it, and store it as Zarr with a datasheet.

    The same options give the same cohort to the bit. Stopped or killed, the same command goes on where it was.
    """
    from myoqc.cli.simulated_cohort import make_with_progress, print_cohort, verify_with_progress
    from myoqc.cohort import Request

    if verify:
        raise typer.Exit(verify_with_progress(out))
    request = Request(preset, patients, seed, anatomies, 0.0 if anatomies is None else real_share)
    print_cohort(make_with_progress(out, request, workers))


Scheme = Annotated[ScheduleName, typer.Option("--schedule", metavar="NAME", help="ShMOLLI or a MOLLI.")]
Field = Annotated[FieldName, typer.Option("--field", metavar="T", help="Tesla: 1.5 or 3.")]
Moving = Annotated[MotionName, typer.Option("--motion", help="What the patient does in every breath-hold.")]
Beside = Annotated[
    DistractorName, typer.Option("--distractor", help="What else moves or shows, while the heart may be still.")
]
Wrong = Annotated[ArtefactName, typer.Option("--artefact", help="What else goes wrong.")]


@app.command("study", epilog=STUDY_EPILOG)
def study(
    out: Target,
    seed: Seed = 0,
    schedule: Scheme = "ShMOLLI",
    field: Field = "1.5",
    motion: Moving = "still",
    distractor: Beside = "none",
    artefact: Wrong = "none",
    apical: Annotated[bool, typer.Option("--apical", help="An apical slice as well.")] = False,
) -> None:
    """Simulate one patient as DICOM: magnitude, phase, T1 map and fit parameters of a basal and a mid slice."""
    from myoqc.aha import Level
    from myoqc.cli.simulated_study import choices, write_with_progress
    from myoqc.simulate import Motion, patient_plan

    levels = (Level.BASAL, Level.MID, *((Level.APICAL,) if apical else ()))
    slices = [(level, Motion(motion)) for level in levels]
    plans = patient_plan(f"SIM-{seed}", seed, slices, **choices(schedule, field, distractor, artefact))
    write_with_progress(plans, out)


@app.command("from-maps", epilog=MAPS_EPILOG)
def from_maps(
    sources: Annotated[
        list[Path],
        typer.Argument(metavar="FILE...", exists=True, help="Real hearts with marked ventricles: .npz, or folders."),
    ],
    out: Target,
    seed: Seed = 0,
    schedule: Scheme = "ShMOLLI",
    field: Field = "1.5",
    motion: Moving = "still",
    distractor: Beside = "none",
    artefact: Wrong = "none",
) -> None:
    """Simulate scans of real hearts, as DICOM: a slice for each subject and level found in FILE.

    The anatomy is real; signal, motion and noise are simulated.
    """
    from myoqc.cli.simulated_study import choices, read_subjects, with_anatomies, write_with_progress
    from myoqc.simulate import Motion

    subjects = read_subjects(sources)
    plans = with_anatomies(subjects, seed, Motion(motion), **choices(schedule, field, distractor, artefact))
    write_with_progress(plans, out, subjects)


@app.command("inject", epilog=INJECT_EPILOG)
def inject(
    source: Input,
    out: Annotated[Path, typer.Argument(metavar="OUT", help="Folder to be made; it must not hold anything.")],
    contours: Annotated[
        Path,
        typer.Option("--contours", metavar="FILE", exists=True, help="Outlines of its slices, as 'myoqc check' takes."),
    ],
    motion: Annotated[MotionName, typer.Option("--motion", help="What the patient does in every slice.")] = "release",
    distractor: Annotated[MovingName, typer.Option("--distractor", help="What else moves.")] = "none",
    size_mm: Annotated[
        float | None, typer.Option("--size-mm", min=0.0, help="How far the heart goes; drawn if not given.")
    ] = None,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Another seed gives another course.")] = 0,
) -> None:
    """Put motion into real series of good breath-holds, and write them as DICOM with contours and truth.

    Signal and noise stay those of the scanner. A slice without contours is left out, and told.

    The files keep the patient's ID and nothing else that could name a person: give de-identified images.
    """
    from myoqc.cli.simulated_injection import Injecting, inject_with_progress
    from myoqc.simulate import Distractor, Motion

    chosen = Injecting(contours, Motion(motion), Distractor(distractor), size_mm, seed)
    raise typer.Exit(inject_with_progress(source, out, chosen))
