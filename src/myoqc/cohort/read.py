"""A finished cohort, opened for reading."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import zarr
from numpy.typing import NDArray
from zarr.storage import LocalStore

from myoqc.cohort.case import CohortCase
from myoqc.cohort.files import ABOUT, TABLE, WAITING, read_about
from myoqc.cohort.layout import ARRAYS, READINGS, VERSION
from myoqc.cohort.packing import digest, pack, unpack
from myoqc.cohort.store import array_in
from myoqc.errors import InputError, ReadError


@dataclass(frozen=True, slots=True, eq=False)
class Cohort:
    """SIMULATED cases in a folder; each is read when it is asked for."""

    folder: Path
    about: Mapping[str, Any]
    """What ``cohort.json`` says: what it was made of, counts, digests."""
    rows: tuple[Mapping[str, Any], ...]
    """The table: what is known of each case beside its arrays."""
    arrays: Mapping[str, "zarr.Array[Any]"]
    """Name → Zarr array (case …) of codes, as :data:`~myoqc.cohort.layout.ARRAYS` describes them."""

    @classmethod
    def open(cls, folder: str | Path) -> "Cohort":
        """The cohort in ``folder``; raises ReadError where there is none, or one half made, damaged or too new."""
        folder = Path(folder)
        about = _usable(folder, read_about(folder))
        try:
            group = zarr.open_group(LocalStore(folder, read_only=True), mode="r", zarr_format=3)
            arrays = {array.name: array_in(group, array.name) for array in (*ARRAYS, *READINGS)}
            rows = tuple(json.loads(line) for line in (folder / TABLE).read_text(encoding="utf-8").splitlines())
        except (OSError, KeyError, ValueError) as error:
            raise _damaged(folder, error) from error
        if len(rows) != about["n_cases"] or any(array.shape[0] != len(rows) for array in arrays.values()):
            raise _damaged(folder, f"{len(rows)} lines in {TABLE} for {about['n_cases']} cases")
        return cls(folder, about, rows, arrays)

    def __len__(self) -> int:
        return len(self.rows)

    def case(self, number: int) -> CohortCase:
        """Case ``number``, from 0; raises InputError for a number that there is not, ReadError for damaged chunks."""
        if not 0 <= number < len(self):
            raise InputError("no such case", expected=f"0 to {len(self) - 1}", found=number)
        try:
            codes = {name: np.asarray(array[number]) for name, array in self.arrays.items()}
            return unpack(codes, self.rows[number])
        except (OSError, ValueError, RuntimeError, InputError) as error:
            raise _damaged(self.folder, f"case {number}: {error}") from error

    @property
    def patients(self) -> NDArray[np.str_]:
        """(n) the patient of each case."""
        return np.array([row["patient"] for row in self.rows])

    @property
    def subjects(self) -> NDArray[np.str_]:
        """(n) whose anatomy each case has: the unit of folds."""
        return np.array([row["subject"] for row in self.rows])

    @property
    def motion(self) -> NDArray[np.bool_]:
        """(n 6) truth: which segments move in any image."""
        return np.asarray(self.arrays["motion"][:], dtype=bool)

    @property
    def operator(self) -> NDArray[np.bool_]:
        """(n 6) which segments the simulated operator marks: the labels to learn from."""
        return np.asarray(self.arrays["operator"][:], dtype=bool)

    @property
    def second_reader(self) -> NDArray[np.bool_]:
        """(n 6) which segments the simulated second reader marks."""
        return np.asarray(self.arrays["second_reader"][:], dtype=bool)

    def is_sound(self, number: int) -> bool:
        """Whether the arrays of a case are those that were written, by their digest."""
        try:
            return bool(digest(pack(self.case(number))) == self.rows[number]["sha256"])
        except ReadError:
            return False


def _usable(folder: Path, about: Mapping[str, Any] | None) -> Mapping[str, Any]:
    if about is None:
        raise ReadError(
            "no cohort here", file=folder, expected=ABOUT, remedy="Make one with: myoqc simulate cohort FOLDER"
        )
    if about["version"] != VERSION:
        later = about["version"] > VERSION
        raise ReadError(
            f"this cohort was made by {'a later' if later else 'an earlier'} version of myoqc",
            file=folder,
            expected=f"layout {VERSION}",
            found=f"layout {about['version']}",
            remedy="Update myoqc." if later else "Make it again, in another folder.",
        )
    if about["state"] != "complete":
        done = len(list((folder / WAITING).glob("*.json")))
        raise ReadError(
            "this cohort is half made",
            file=folder,
            found=f"{done} of {about['n_cases']} cases",
            remedy="Give the command that began it again: it goes on where it was stopped.",
        )
    return about


def _damaged(folder: Path, found: object) -> ReadError:
    return ReadError("this cohort is damaged", file=folder, found=found, remedy="Make it again in another folder.")
