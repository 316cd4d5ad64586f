"""Files that are damaged, or that claim to be far more than they are."""

import zipfile
import zlib
from pathlib import Path

import numpy as np
from pydicom import Dataset
from pydicom.uid import DeflatedExplicitVRLittleEndian

from dicom_samples import by_gdcm, image, ramp, save, uid


def cut(path: Path, n_bytes: int) -> None:
    path.write_bytes(path.read_bytes()[:n_bytes])


def declare_syntax(path: Path, syntax: str) -> None:
    """Let a file in explicit little-endian order claim another transfer syntax."""
    content = path.read_bytes()
    explicit = b"1.2.840.10008.1.2.1\x00"
    meta_length = int.from_bytes(content[140:144], "little")
    value = syntax.encode() + b"\x00" * (len(syntax) % 2)
    meta = content[144 : 144 + meta_length]
    meta = meta.replace(len(explicit).to_bytes(2, "little") + explicit, len(value).to_bytes(2, "little") + value)
    path.write_bytes(content[:140] + len(meta).to_bytes(4, "little") + meta + content[144 + meta_length :])


def floating(number: int, pixels: np.ndarray) -> Dataset:
    dataset = image(ramp(), SOPInstanceUID=uid(1, 1, number), InstanceNumber=number, InversionTime=100.0 * number)
    del dataset.PixelData, dataset.BitsStored, dataset.HighBit, dataset.PixelRepresentation
    dataset.BitsAllocated = 32
    dataset.FloatPixelData = pixels.astype(np.float32).tobytes()
    return dataset


def nested(path: Path, depth: int) -> None:
    """An image whose header holds a sequence in a sequence in a sequence …, all of undefined length."""
    content = save(image(), path).read_bytes()
    at = content.index(b"\x10\x00\x20\x00LO")
    begin = b"\x08\x00\x40\x11SQ\x00\x00\xff\xff\xff\xff" + b"\xfe\xff\x00\xe0\xff\xff\xff\xff"
    end = b"\xfe\xff\x0d\xe0" + bytes(4) + b"\xfe\xff\xdd\xe0" + bytes(4)
    path.write_bytes(content[:at] + begin * depth + end * depth + content[at:])


def zeros_deflated(n_mib: int) -> bytes:
    """A raw deflate stream of so many MiB of zeros, made without having them."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = packer.compress(bytes(2**20)) + packer.flush(zlib.Z_FULL_FLUSH)
    again = packer.compress(bytes(2**20)) + packer.flush(zlib.Z_FULL_FLUSH)
    return block + again * (n_mib - 1) + packer.flush(zlib.Z_FINISH)


def deflated_bomb(path: Path, n_mib: int) -> None:
    dataset = image()
    dataset.file_meta.TransferSyntaxUID = DeflatedExplicitVRLittleEndian
    content = save(dataset, path).read_bytes()
    length = int.from_bytes(content[140:144], "little")
    path.write_bytes(content[: 144 + length] + zeros_deflated(n_mib))


def many_elements(path: Path, n_bytes: int) -> None:
    """A per-frame sequence with as many tiny elements as fit."""
    content = save(image(), path).read_bytes()
    at = content.index(b"\xe0\x7f\x10\x00OW")
    elements = b"".join(b"\x18\x00" + number.to_bytes(2, "little") + b"SH\x00\x00" for number in range(100))
    item = b"\xfe\xff\x00\xe0" + len(elements).to_bytes(4, "little") + elements
    items = item * (n_bytes // len(item))
    flood = b"\x00\x52\x30\x92SQ\x00\x00" + len(items).to_bytes(4, "little") + items
    path.write_bytes(content[:at] + flood + content[at:])


def zip_bomb(path: Path, n_mib: int) -> None:
    """An archive of one file of zeros."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("a.dcm", "w") as file:
        for _ in range(n_mib):
            file.write(bytes(2**20))


def huge_codestream(path: Path, dataset: Dataset) -> None:
    """A JPEG 2000 image of 60,000 × 60,000 pixels behind a header that says nothing of it."""
    by_gdcm("JPEG2000Lossless")(path, dataset)
    content = path.read_bytes()
    start = content.index(b"\xff\x4f\xff\x51")
    path.write_bytes(content[: start + 8] + (60000).to_bytes(4) * 2 + content[start + 16 :])


def damaged_codestream(path: Path, dataset: Dataset, syntax: str = "JPEG2000Lossless") -> None:
    """A compressed image with zeros where its last data should be."""
    by_gdcm(syntax)(path, dataset)
    content = path.read_bytes()
    path.write_bytes(content[:-60] + bytes(52) + content[-8:])
