"""Makes bad studies, archives and contours, out of tiny DICOM files, for the table of bad inputs."""

import json
import math
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from pydicom import Dataset

from bad_files import (
    cut,
    floating,
    zip_bomb,
)
from dicom_samples import SHAPE, SHMOLLI_TI_MS, changed, image, phase_of, ramp, save_all, uid, weighted
from hearts import short_axis

Make = Callable[[Path], Sequence[object] | None]
"""Writes bad input into a folder; gives the arguments of ``myoqc check``, or None where they are the folder."""


SHORT_AXIS = (*short_axis().row_direction, *short_axis().column_direction)
CORONAL = (1, 0, 0, 0, 0, -1)


def good_study(folder: Path) -> None:
    save_all(weighted(study=7, PatientID="GOOD"), folder / "good")


def series(change: Callable[[list[Dataset]], object] | None = None, **elements: object) -> Make:
    """A ShMOLLI series of tiny images, all with these elements, after ``change(datasets)``."""

    def make(folder: Path) -> None:
        datasets = weighted(**elements)
        if change is not None:
            change(datasets)
        save_all(datasets, folder / "bad")

    return make


def one_image(number: int, **elements: object) -> Make:
    """A series in which one image, counted from 1, has other elements."""
    return series(lambda datasets: datasets.__setitem__(number - 1, changed(datasets[number - 1], **elements)))


def damaged_image(damage: Callable[[Path], object]) -> Make:
    """A series of which the third file is damaged after it was written."""
    return lambda folder: damage(save_all(weighted(), folder / "bad")[2]) and None


def compressed_image(write: Callable[[Path, Dataset], None]) -> Make:
    """A series of which the third file is written by ``write``."""

    def make(folder: Path) -> None:
        datasets = weighted()
        save_all(datasets, folder / "bad")
        write(folder / "bad" / "03.dcm", datasets[2])

    return make


def one_file(name: str, write: Callable[[Path], object]) -> Make:
    """A single file."""

    def make(folder: Path) -> None:
        (folder / "bad").mkdir(parents=True)
        write(folder / "bad" / name)

    return make


def copies(change: Callable[[Dataset], object] | None = None) -> Make:
    """The series twice; ``change`` may make the second image of the second one another."""

    def make(folder: Path) -> None:
        save_all(weighted(), folder / "bad")
        again = weighted()
        if change is not None:
            change(again[1])
        save_all(again, folder / "copy")

    return make


def without_value(n_images: int) -> Make:
    """Eight images in floating point, the last ``n_images`` of which hold NaN only."""

    def make(folder: Path) -> None:
        nan = np.full(SHAPE, np.nan, np.float32)
        save_all([floating(n, ramp() * n if n <= 8 - n_images else nan) for n in range(1, 9)], folder / "bad")

    return make


def cut_phase(folder: Path) -> None:
    magnitude = weighted()
    save_all(magnitude, folder / "bad")
    cut(save_all(phase_of(magnitude, 2), folder / "phase")[0], -10)


def contradictory_times(number: int, dataset: Dataset) -> None:
    dataset.ImageComments = f"TIeff {100 + 300 * number} ms"


def clutter(folder: Path) -> None:
    """What lies beside the images on a real disk."""
    for name in ("DICOMDIR", "README.txt", "viewer.exe", "picture.png", "._01.dcm", ".DS_Store", "__MACOSX"):
        (folder / name).write_bytes(b"anything at all" * 20)


def other_modality(folder: Path) -> None:
    save_all([image(Modality="CT", SOPInstanceUID=uid(5, 5, n), InstanceNumber=n) for n in (1, 2, 3)], folder / "ct")


def links(folder: Path) -> None:
    (folder / "bad").mkdir(parents=True)
    (folder / "bad" / "circle").symlink_to(folder)
    (folder / "bad" / "itself").symlink_to(folder / "bad" / "itself")


def archive(name: str, change: Callable[[bytearray], object] | None = None) -> Make:
    """A zip archive of a series, its bytes changed afterwards; it is what ``check`` is given."""

    def make(folder: Path) -> Sequence[object]:
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / name
        with zipfile.ZipFile(path, "w") as packed:
            for file in save_all(weighted(), folder / "unpacked"):
                packed.write(file, file.name)
        content = bytearray(path.read_bytes())
        if change is not None:
            change(content)
        path.write_bytes(content)
        return [path]

    return make


def flip_in_first_member(content: bytearray) -> None:
    content[content.index(b"ShMOLLI")] ^= 1


def protect(content: bytearray) -> None:
    """Set the flag of a password for every member."""
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.find(signature)
        while at >= 0:
            content[at + flags] |= 1
            at = content.find(signature, at + 4)


def huge_archive(folder: Path) -> Sequence[object]:
    folder.mkdir(parents=True, exist_ok=True)
    zip_bomb(folder / "bomb.zip", 400)
    return [folder / "bomb.zip"]


def archive_inside(folder: Path) -> None:
    archive("inner.zip")(folder)
    for path in (folder / "unpacked").iterdir():
        path.unlink()


def stretch(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(3 * 2**30)


def numpy_archive(**arrays: object) -> Make:
    return one_file("slice.npz", lambda path: np.savez(path, **arrays))


def recovering(t1_ms: np.ndarray, orientation: Sequence[float] = SHORT_AXIS) -> Make:
    """A sound ShMOLLI series of pixels of 1.5 mm with this T1 (y x); 0 = air, so noise alone."""

    def make(folder: Path) -> None:
        times = np.array(SHMOLLI_TI_MS)[:, None, None]
        noise = np.abs(np.random.default_rng(1).normal(0.0, 8.0, (len(times), *t1_ms.shape)))
        signal = np.where(t1_ms > 0, 400.0 * np.abs(1.0 - 2.0 * np.exp(-times / np.maximum(t1_ms, 1.0))), 0.0)
        datasets = weighted(
            Rows=t1_ms.shape[0],
            Columns=t1_ms.shape[1],
            PixelSpacing=[1.5, 1.5],
            ImageOrientationPatient=list(orientation),
        )
        for dataset, pixels in zip(datasets, signal + noise, strict=True):
            dataset.PixelData = np.round(pixels).astype(np.uint16).tobytes()
        save_all(datasets, folder / "bad")

    return make


def discs(*tissues: tuple[float, float, float, float], side_px: int = 128) -> np.ndarray:
    """T1 (y x): discs one over the other, each its row, column, radius in pixels, and T1 in ms."""
    rows, columns = np.mgrid[:side_px, :side_px]
    t1_ms = np.zeros((side_px, side_px))
    for row, column, radius_px, value_ms in tissues:
        t1_ms[np.hypot(rows - row, columns - column) < radius_px] = value_ms
    return t1_ms


def contours(text: str) -> Make:
    """A file of contours for the good study."""
    return contour_file("contours.json", lambda path: path.write_text(text))


def contour_file(name: str, write: Callable[[Path], object]) -> Make:
    """A file of contours for the good study, beside which it lies."""

    def make(folder: Path) -> Sequence[object]:
        folder.mkdir(parents=True, exist_ok=True)
        write(folder / name)
        return [folder, "--contours", folder / name]

    return make


def outlines(endo_px: object, epi_px: object) -> Make:
    slices = [{"endo_px": endo_px, "epi_px": epi_px}]
    return contours(json.dumps({"format": "myoqc-contours", "version": 1, "slices": slices}))


def ring(radius_px: float, centre_px: float = 3.0, turn: float = 1.0) -> list[list[float]]:
    """A round outline, or a part of it."""
    angles = [2 * math.pi * turn * step / 24 for step in range(24)]
    return [[centre_px + radius_px * math.sin(angle), centre_px + radius_px * math.cos(angle)] for angle in angles]


BOW = [[1, 1], [5, 5], [5, 1], [1, 5]]


def occupied_output(folder: Path) -> Sequence[object]:
    (folder / "results").write_text("a file where the results should go")
    return [folder, "--out", folder / "results"]
