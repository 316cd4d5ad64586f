"""The work of ``myoqc simulate inject``: motion put into measured series, written as DICOM with contours and truth."""

from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

import numpy as np

from myoqc.acquire import Entry, SliceContours, nothing_usable, write_contours, write_dicom
from myoqc.cli.console import steps, warn
from myoqc.cli.contours import outlines_in
from myoqc.cli.exit_codes import ExitCode, code_of_result
from myoqc.cli.simulated_study import CONTOURS, DICOM, SERIES_A_SLICE, TRUTH, say_where
from myoqc.cli.simulated_truth import MOVED, SliceTruth, write_truth
from myoqc.cli.slices import each_slice, scan_with_progress, tell
from myoqc.cohort.harm import harm
from myoqc.errors import ContourError, OutputError
from myoqc.fit import fit_maps
from myoqc.records import Acquisition, Level, Segments, Source
from myoqc.simulate import Distractor, Motion
from myoqc.simulate.injection import inject

STUDY_LABEL = "SIMULATED MOTION"
DERIVATION = "motion simulated in measured images"


@dataclass(frozen=True, slots=True)
class Injecting:
    """What the user chose."""

    contours: Path
    motion: Motion
    distractor: Distractor
    size_mm: float | None
    """Way of the heart; drawn where None."""
    seed: int


@dataclass(frozen=True, slots=True, eq=False)
class _Moved:
    """A slice that is written, with what goes into the files beside it."""

    contours: SliceContours
    known: SliceTruth


def inject_with_progress(source: Path, out: Path, chosen: Injecting) -> ExitCode:
    """Put motion into every slice in ``source`` that has contours, write them below ``out``, and say where they are.

    What can't be used is told and never stops the rest. Raises InputError for contours that can't be read, OutputError
    where ``out`` holds something already.
    """
    _refuse_files(out)
    catalogue = scan_with_progress(source)
    n_slices, numbers = len(catalogue.entries), count()
    outlines = outlines_in(chosen.contours, n_slices)

    def moved(entry: Entry) -> _Moved:
        number, still = next(numbers), entry.load()
        return _move(still, outlines.of(still), chosen, number, out / DICOM)

    with steps("Moving hearts", n_slices) as advance:
        done, lost = each_slice(catalogue.entries, moved, advance)
    lost += outlines.unused()
    tell([*catalogue.problems, *lost])
    if done:
        write_contours([each.contours for each in done], out / CONTOURS)
        write_truth([each.known for each in done], out / TRUTH, MOVED)
        say_where(f"Simulated motion in {len(done)} of {n_slices} measured slices", out)
    else:
        warn(str(nothing_usable(source, catalogue)))
    return code_of_result(any_used=bool(done), any_lost=bool(lost or catalogue.lost))


def _refuse_files(out: Path) -> None:
    """Measured series may lie there, under the very names that would be written."""
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise OutputError("this is not an empty folder", file=out, remedy="Choose another one.")


def _move(still: Acquisition, own: SliceContours | None, chosen: Injecting, number: int, folder: Path) -> _Moved:
    """Write slice ``number`` of the run with motion into ``folder``; chance follows from its number and the seed."""
    if own is None:
        raise ContourError(
            "no contours belong to this slice",
            remedy=f"Name it in {chosen.contours} by its 'slice_uid' or, with one slice a series, its 'series_number'.",
        )
    injection = inject(
        np.random.default_rng((chosen.seed, number)),
        still,
        own.contours,
        motion=chosen.motion,
        distractor=chosen.distractor,
        size_mm=chosen.size_mm,
    )
    series, acquisition = 1 + SERIES_A_SLICE * number, _named(injection.acquisition, own.level, chosen)
    maps = fit_maps(acquisition)
    write_dicom(acquisition, folder, maps=maps, series_number=series, derivation=DERIVATION)
    changes = harm(maps, still, Segments.from_contours(own.contours, still.grid))
    drawn = {name: getattr(chosen, name) for name in ("motion", "distractor", "size_mm", "seed")}
    return _Moved(
        SliceContours(own.contours, series_number=series, level=acquisition.key.level),
        SliceTruth(series, acquisition, drawn, injection.truth, changes),
    )


def _named(moved: Acquisition, level: Level | None, chosen: Injecting) -> Acquisition:
    """The patient stays; the study is another one for each choice, and nothing that people wrote goes with it."""
    options = (chosen.motion.value, chosen.distractor.value, chosen.size_mm, chosen.seed)
    key = replace(moved.key, study=f"{moved.key.study} {options}", level=level or moved.key.level)
    source = Source(study_label=STUDY_LABEL, manufacturer=moved.source.manufacturer)
    return replace(moved, key=key, source=source)
