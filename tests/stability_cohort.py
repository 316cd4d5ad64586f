"""A cohort small enough for a test of the stability experiment: one ring a slice, and R² that is low where it moves."""

from dataclasses import replace

import numpy as np

from cohort_cases import DRAWN, small_case
from myoqc.aha import Level
from myoqc.cohort import Cohort
from myoqc.cohort.files import FORMAT
from myoqc.cohort.finish import finish
from myoqc.cohort.layout import VERSION
from myoqc.cohort.store import clear, create_arrays, write_case
from myoqc.records import CaseKey
from myoqc.simulate.labels import Artefact
from myoqc.simulate.truth import Truth

LEVELS = (Level.BASAL, Level.MID)
N_SUBJECTS = 10
PLAN = {"plan": {"patient": {"anatomy": None, "phenotype": "septal"}}}


def small_cases(n_subjects=N_SUBJECTS, moving=True, n_disturbed=0):
    """Two slices a subject; in about a third of the segments other tissue, and a lower R².

    The last ``n_disturbed`` subjects have another artefact.
    """
    chance, plain = np.random.default_rng(5), small_case()
    r2 = np.clip(plain.maps.r2 - chance.uniform(0.001, 0.1, plain.maps.r2.shape), 0.0, 1.0)
    for subject in range(n_subjects):
        for level in LEVELS:
            moves = moving * (chance.random(6) < 0.35)
            shares = np.zeros(plain.truth.contamination.shape)
            shares[3] = 0.6 * moves
            lowered = np.einsum("syx,s->yx", plain.segments.masks, moves * chance.uniform(0.0, 0.1, 6))
            key = CaseKey(f"P{subject:02d}", "study", f"1.{subject}.{level.value}", level)
            yield replace(
                plain,
                acquisition=replace(plain.acquisition, key=key),
                maps=replace(plain.maps, r2=r2 - lowered),
                truth=Truth(shares, 10.0 * shares),
                subject=f"S{subject:02d}",
                artefact=Artefact.NONE if subject < n_subjects - n_disturbed else Artefact.PLANNING,
                drawn=DRAWN | PLAN,
            )


def small_cohort(folder, **how):
    """The cohort in ``folder``, made there."""
    cases = list(small_cases(**how))
    folder.mkdir()
    create_arrays(folder, len(cases), {"t": 7, "y": 60, "x": 70})
    for number, case in enumerate(cases):
        write_case(folder, number, case)
    about = {"format": FORMAT, "version": VERSION, "state": "unfinished", "n_cases": len(cases), "made_of": {"seed": 0}}
    finish(folder, about)
    clear(folder)
    return Cohort.open(folder)
