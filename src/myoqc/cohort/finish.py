"""What is done when every case is there: readings, table, digests, datasheet; and last the word that it is complete."""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import zarr
from numpy.typing import NDArray
from zarr.storage import LocalStore

from myoqc.cohort.datasheet import datasheet
from myoqc.cohort.files import ABOUT, DATASHEET, one_line, write_whole
from myoqc.cohort.layout import READINGS
from myoqc.cohort.prevalence import prevalence
from myoqc.cohort.readings import read_cohort
from myoqc.cohort.store import gather, write_small, write_table


def finish(folder: Path, about: Mapping[str, Any]) -> None:
    """Complete a store in which every case is done; the same again if it was stopped."""
    small, rows = gather(folder, about["n_cases"])
    motion = small["motion"].astype(bool)
    marked = read_cohort(about["made_of"]["seed"], _contamination(small), rows)
    group = zarr.open_group(LocalStore(folder), mode="r+", zarr_format=3)
    for array in READINGS:
        write_small(group, array, marked[array.name].astype(array.dtype))
    table = write_table(folder, [row | _scores(marked, row["case"]) for row in rows])
    numbers = {"truth": motion, **marked}
    complete = {
        **about,
        "state": "complete",
        "counts": counts(rows),
        "prevalence": {name: prevalence(labels, rows) for name, labels in numbers.items()},
        "sha256": {"arrays": digest_of_cases(rows), "table": hashlib.sha256(table.encode()).hexdigest()},
    }
    write_whole(folder / DATASHEET, datasheet(complete))
    write_whole(folder / ABOUT, one_line(complete))


def _contamination(small: Mapping[str, NDArray[Any]]) -> list[NDArray[np.float64]]:
    """(t 6) of each case, without what it is filled up with."""
    return [shares[:n] for shares, n in zip(small["contamination"], small["n_images"], strict=True)]


def _scores(marked: Mapping[str, NDArray[np.bool_]], number: int) -> dict[str, list[int]]:
    return {name: labels[number].astype(int).tolist() for name, labels in marked.items()}


def counts(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """How many of what."""
    return {
        "cases": len(rows),
        "patients": len({row["patient"] for row in rows}),
        "subjects": len({row["subject"] for row in rows}),
        "levels": dict(sorted(Counter(row["level"] for row in rows).items())),
        "fields_t": dict(sorted(Counter(str(row["field_t"]) for row in rows).items())),
        "schedules": dict(sorted(Counter(row["schedule"]["name"] for row in rows).items())),
        "artefacts": dict(sorted(Counter(row["artefact"] for row in rows).items())),
        "distractors": dict(sorted(Counter(row["distractor"] for row in rows).items())),
    }


def digest_of_cases(rows: Sequence[Mapping[str, Any]]) -> str:
    """SHA-256 over the cases' own, in their order."""
    return hashlib.sha256("".join(f"{row['sha256']}\n" for row in rows).encode()).hexdigest()
