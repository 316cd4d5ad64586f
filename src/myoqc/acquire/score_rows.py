"""The rows of a table of scores and labels, one a segment, each checked by itself."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from io import StringIO
from pathlib import Path

from myoqc.acquire.files import MOST_FILE_BYTES, printable
from myoqc.acquire.naming import naming
from myoqc.aha import Segment
from myoqc.errors import ReadError

SEPARATORS = {".csv": ",", ".tsv": "\t"}
NAMES = {",": "commas", "\t": "tabs", ";": "semicolons"}
REQUIRED = ("case", "patient", "segment", "score", "label")
STRATA = ("fold", "field", "level", "phenotype", "severity", "artefact", "distractor")
"""Columns that sort slices into kinds, which are reported apart."""
OPTIONAL = ("truth", "second", "simulated", *STRATA)
ALIKE = 0.82
"""Of names of columns, from which on one is taken for the other, misspelt: 'patient_id' is, 'folder' for 'fold' not."""
SEGMENTS = {segment.word: segment for segment in Segment} | {str(segment + 1): segment for segment in Segment}


@dataclass(frozen=True, slots=True)
class Row:
    """What one line says of one segment; None for columns that are not there."""

    line: int
    case: str
    patient: str
    segment: Segment
    score: float
    label: bool
    second: float | None
    truth: bool | None
    simulated: bool | None
    strata: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Rows:
    """All rows of a file, at least one, and the columns that are of no use here."""

    rows: tuple[Row, ...]
    unused: tuple[str, ...]


def read_rows(path: Path) -> Rows:
    """The rows of a CSV or TSV file. Raises ReadError, naming file and line, for everything that can't be used."""
    with naming(path):
        separator = _separator(path)
        lines = _lines(_text(path), separator)
        _, head = next(lines, (0, []))
        columns = _columns(head, separator)
        rows = []
        for line, cells in lines:
            with naming(path, f"line {line}"):
                rows.append(_row(line, _cells(columns, cells)))
        if not rows:
            raise ReadError("no rows below the names of the columns", expected="one a segment", found="none")
    return Rows(tuple(rows), tuple(name for name in columns if name not in REQUIRED + OPTIONAL))


def _separator(path: Path) -> str:
    if path.suffix.lower() not in SEPARATORS:
        raise ReadError(
            "not a table that can be read",
            expected="a file that ends in .csv (commas) or .tsv (tabs)",
            found=repr(path.suffix),
            remedy="Save the table as CSV.",
        )
    return SEPARATORS[path.suffix.lower()]


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > MOST_FILE_BYTES:
            raise ReadError("too large to be read", expected=f"at most {MOST_FILE_BYTES // 2**20} MiB")
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        remedy = "Check how the path is written, and that you may read it."
        raise ReadError("can't be opened", found=error.strerror or error, remedy=remedy) from error
    except UnicodeDecodeError as error:
        raise ReadError(
            "not text in UTF-8",
            found=f"byte {error.object[error.start]:#04x} in line {error.object[: error.start].count(10) + 1}",
            remedy="Save the table again with the encoding UTF-8.",
        ) from error


def _lines(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Number and cells of each line that is not empty."""
    reader = csv.reader(StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield reader.line_num, [cell.strip() for cell in cells]
    except csv.Error as error:
        raise ReadError(f"line {reader.line_num}: not a line of a table", found=error) from error


def _columns(head: Sequence[str], separator: str) -> tuple[str, ...]:
    if not head:
        raise ReadError("the file is empty", expected=f"a line with the names of columns: {', '.join(REQUIRED)}")
    _check_separator(head, separator)
    names = tuple(printable(name.lower()) for name in head)
    twice = [name for name in dict.fromkeys(names) if names.count(name) > 1]
    if twice:
        raise ReadError(f"the column {twice[0]!r} is there more than once", expected="each name once")
    for name in names:
        _check_spelling(name, names)
    missing = [name for name in REQUIRED if name not in names]
    if missing:
        raise ReadError(
            f"no column {missing[0]!r}",
            expected=f"columns {', '.join(REQUIRED)}",
            found=", ".join(names),
            remedy="Add it, or rename the one that holds it.",
        )
    return names


def _check_separator(head: Sequence[str], separator: str) -> None:
    others = [mark for mark in NAMES if mark != separator and mark in head[0]]
    if len(head) == 1 and others:
        raise ReadError(
            "the columns are not parted as the ending of the file says",
            expected=NAMES[separator],
            found=NAMES[others[0]],
            remedy="Save it with commas as .csv, or with tabs as .tsv.",
        )


def _check_spelling(name: str, names: tuple[str, ...]) -> None:
    """Refuse a column that would be passed over for its spelling, so that nothing is left out unnoticed."""
    meant = [] if name in REQUIRED + OPTIONAL else get_close_matches(name, REQUIRED + OPTIONAL, n=1, cutoff=ALIKE)
    if meant and meant[0] not in names:
        remedy = "Rename it, or give it a name of its own if it is something else."
        raise ReadError(f"unknown column {name!r}", expected=repr(meant[0]), found=repr(name), remedy=remedy)


def _cells(columns: tuple[str, ...], cells: Sequence[str]) -> dict[str, str]:
    if len(cells) != len(columns):
        raise ReadError("not one value a column", expected=len(columns), found=len(cells))
    return dict(zip(columns, cells, strict=True))


def _row(line: int, cells: Mapping[str, str]) -> Row:
    return Row(
        line=line,
        case=_word(cells, "case"),
        patient=_word(cells, "patient"),
        segment=_segment(cells["segment"]),
        score=_score(cells, "score"),
        label=_label(cells, "label"),
        second=_score(cells, "second") if "second" in cells else None,
        truth=_label(cells, "truth") if "truth" in cells else None,
        simulated=_label(cells, "simulated") if "simulated" in cells else None,
        strata={name: _word(cells, name) for name in STRATA if name in cells},
    )


def _word(cells: Mapping[str, str], name: str) -> str:
    if not cells[name]:
        raise ReadError(f"the {name} is empty", expected="a name")
    return printable(cells[name])


def _segment(text: str) -> Segment:
    if text.lower() not in SEGMENTS:
        numbers = "Number them within the slice: 7–12 of a mid-ventricular one are 1–6 here. Apical slices have no six."
        raise ReadError("no segment", expected=", ".join(SEGMENTS), found=repr(text), remedy=numbers)
    return SEGMENTS[text.lower()]


def _score(cells: Mapping[str, str], name: str) -> float:
    value = _number(cells, name)
    if not 0.0 <= value <= 1.0:
        remedy = "Bring scores into 0 to 1, rising with suspicion; leave a slice that was not scored out as a whole."
        raise ReadError(f"the {name} lies outside 0–1", expected="0 to 1", found=cells[name], remedy=remedy)
    return value


def _label(cells: Mapping[str, str], name: str) -> bool:
    value = _number(cells, name)
    if value not in (0.0, 1.0):
        raise ReadError(f"the {name} is neither 0 nor 1", expected="0 or 1", found=cells[name])
    return value == 1.0


def _number(cells: Mapping[str, str], name: str) -> float:
    try:
        return float(cells[name])
    except ValueError as error:
        found = repr(cells[name]) if cells[name] else "nothing"
        raise ReadError(f"the {name} is not a number", expected="such as 0.25", found=found) from error
