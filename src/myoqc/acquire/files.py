"""Finds the files of a study: a single file, a folder with all below it, or a zip archive, never unpacked to disk.

Links are followed, each folder once. Hidden files and the shadow files of macOS are passed over. An archive inside a
folder or inside another archive is named, not opened.
"""

import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from myoqc.acquire.problems import Problem
from myoqc.errors import ReadError

MOST_FILE_BYTES = 2**27
"""128 MiB: the largest file that is taken into memory; thirty images of 1,000 × 1,000 fill half of it."""
MOST_INFLATION = 200
"""Above this many times its own size an archive is taken for a bomb; medical images give about 2 to 10."""
ARCHIVES = (".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".7z", ".rar")
COPY_AGAIN = "Copy or export the file again."
UNPACK = "Unpack the archive and give the folder."
NOT_UNPACKED = "Copy the archive again, or unpack it yourself and give the folder."
SHADOWS = "__MACOSX"


@dataclass(frozen=True, slots=True)
class FoundFile:
    """One file of a study; ``name`` is for people, ``member`` its entry where it lies in an archive."""

    name: str
    path: Path
    n_bytes: int
    member: zipfile.ZipInfo | None = None

    @property
    def inner_name(self) -> str:
        """Name without folders."""
        return self.name.rsplit("/", 1)[-1]

    @property
    def suffix(self) -> str:
        """Ending in small letters, with its dot."""
        return Path(self.inner_name).suffix.lower()


@dataclass(frozen=True, slots=True)
class Box:
    """The files of a study and what holds them, open for reading."""

    files: tuple[FoundFile, ...]
    problems: tuple[Problem, ...]
    archive: zipfile.ZipFile | None = None

    def open(self, file: FoundFile) -> BinaryIO:
        """The bytes of one file. Raises ReadError where it is damaged, locked, or too large to be unpacked."""
        try:
            if self.archive is None or file.member is None:
                return file.path.open("rb")
            _check_member(file, file.member)
            return BytesIO(self.archive.read(file.member))
        except OSError as error:
            raise _unreadable(file.name, error) from error
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
            raise ReadError("can't be unpacked", file=file.name, found=error, remedy=NOT_UNPACKED) from error


@contextmanager
def opened(root: Path) -> Iterator[Box]:
    """Everything at ``root``, open for reading. Raises ReadError where nothing is there or the archive is damaged."""
    if root.is_dir() or _is_index(root):
        files, problems = _in_folder(root if root.is_dir() else root.parent)
        yield Box(files, problems)
    elif _is_zip(root):
        with _archive(root) as archive:
            yield _in_archive(root, archive)
    elif root.is_file():
        yield Box((FoundFile(str(root), root, root.stat().st_size),), ())
    else:
        raise ReadError(
            "no such file or folder",
            file=root,
            expected="a DICOM file, a folder, or a zip archive of one",
            remedy="Check how the path is written.",
        )


@contextmanager
def reopened(root: Path) -> Iterator[Box]:
    """What :func:`opened` found at ``root``, open again for reading without looking for files another time.

    The box names no files: it opens those that were found before. Raises ReadError where an archive is gone or damaged.
    """
    if _is_zip(root) and not root.is_dir():
        with _archive(root) as archive:
            yield Box((), (), archive)
    else:
        yield Box((), ())


def _is_zip(root: Path) -> bool:
    return root.suffix.lower() == ".zip"


def _is_index(root: Path) -> bool:
    """A DICOMDIR lists the files beside and below it."""
    return root.name.upper() == "DICOMDIR" and root.is_file()


def _check_member(file: FoundFile, member: zipfile.ZipInfo) -> None:
    if _is_locked(member):
        raise ReadError("protected by a password", file=file.name, remedy=UNPACK)
    if file.n_bytes > MOST_FILE_BYTES:
        raise ReadError(
            "too large to be read",
            file=file.name,
            expected=f"at most {MOST_FILE_BYTES // 2**20} MiB",
            found=f"{file.n_bytes / 2**20:,.0f} MiB",
            remedy=UNPACK,
        )


def _in_folder(root: Path) -> tuple[tuple[FoundFile, ...], tuple[Problem, ...]]:
    files: list[FoundFile] = []
    problems: list[Problem] = []
    waiting, seen = [root], set[tuple[int, int]]()
    while waiting:
        folder = waiting.pop()
        try:
            status = folder.stat()
            paths = sorted(folder.iterdir())
        except OSError as error:
            problems.append(Problem.of(_unreadable(folder, error), str(folder)))
            continue
        if (status.st_dev, status.st_ino) in seen:
            continue
        seen.add((status.st_dev, status.st_ino))
        folders: list[Path] = []
        for path in paths:
            if not _is_hidden(path.name):
                _sort_in(path, files, folders, problems)
        waiting.extend(reversed(folders))
    return tuple(files), tuple(problems)


def _sort_in(path: Path, files: list[FoundFile], folders: list[Path], problems: list[Problem]) -> None:
    try:
        status = path.stat()
    except OSError as error:
        problems.append(Problem.of(_unreadable(path, error), str(path)))
        return
    if stat.S_ISDIR(status.st_mode):
        folders.append(path)
    elif _is_archive(path.name):
        problems.append(_unopened(str(path)))
    elif stat.S_ISREG(status.st_mode):
        files.append(FoundFile(str(path), path, status.st_size))


def _archive(root: Path) -> zipfile.ZipFile:
    try:
        archive = zipfile.ZipFile(root)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise ReadError(
            "not a zip archive, or damaged",
            file=root,
            found=error,
            remedy=NOT_UNPACKED,
        ) from error
    _check_archive(root, archive)
    return archive


def _check_archive(root: Path, archive: zipfile.ZipFile) -> None:
    members = [member for member in archive.infolist() if not member.is_dir()]
    if members and all(map(_is_locked, members)):
        archive.close()
        raise ReadError("this archive is protected by a password", file=root, remedy=UNPACK)
    declared = sum(member.file_size for member in members)
    if declared > max(MOST_FILE_BYTES, MOST_INFLATION * root.stat().st_size):
        archive.close()
        raise ReadError(
            "this archive would unpack to far more than images do",
            file=root,
            expected=f"at most {MOST_INFLATION} times its size",
            found=f"{declared / 2**20:,.0f} MiB in {root.stat().st_size / 2**20:,.1f} MiB",
            remedy="If you trust it, unpack it yourself and give the folder.",
        )


def _is_locked(member: zipfile.ZipInfo) -> bool:
    return bool(member.flag_bits & 1)


def _in_archive(root: Path, archive: zipfile.ZipFile) -> Box:
    files, problems = [], []
    for member in archive.infolist():
        name = f"{root}/{printable(member.filename)}"
        if member.is_dir() or any(_is_hidden(part) for part in member.filename.split("/") if part not in {".", ".."}):
            continue
        if _is_archive(name):
            problems.append(_unopened(name))
        else:
            files.append(FoundFile(name, root, member.file_size, member))
    return Box(tuple(sorted(files, key=lambda file: file.name)), tuple(problems), archive)


def printable(text: str) -> str:
    """``text`` without control characters, so that no file can speak to a terminal."""
    if text.isprintable():
        return text
    return "".join(character if character.isprintable() else "?" for character in text)


def _is_hidden(name: str) -> bool:
    return name.startswith(".") or name == SHADOWS


def _is_archive(name: str) -> bool:
    return name.lower().endswith(ARCHIVES) and not name.lower().endswith(".nii.gz")


def _unopened(name: str) -> Problem:
    error = ReadError("an archive inside is not opened", file=name, remedy="Unpack it, or give it by itself.")
    return Problem.of(error, name)


def _unreadable(file: str | Path, error: OSError) -> ReadError:
    remedy = "Check that it is there, where a link leads, and that you may read it."
    return ReadError("can't be read", file=file, found=error.strerror or error, remedy=remedy)
