import io
import struct
import zipfile
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hearts import SHMOLLI_TI_MS, acquisition, short_axis
from myoqc.acquire.npz import read_npz, write_npz
from myoqc.errors import GeometryError, ImageError, InversionTimeError, MyoqcError, OutputError, ReadError
from myoqc.records import Acquisition, CaseKey, Grid
from myoqc.schedules import SHMOLLI

STACK = np.arange(7 * 4 * 5, dtype=np.float32).reshape(7, 4, 5) + 1
SMALL = {"images": STACK, "ti_ms": np.array(SHMOLLI_TI_MS)}


def saved(path, **content):
    np.savez(path, **content)
    return path


def npy_header(shape, dtype="<f4"):
    buffer = io.BytesIO()
    np.lib.format.write_array_header_1_0(buffer, {"descr": dtype, "fortran_order": False, "shape": shape})
    return buffer.getvalue()


def with_member(path, name, content, **small):
    with zipfile.ZipFile(saved(path, **small), "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{name}.npy", content)
    return path


@pytest.mark.parametrize("phase", [True, False])
def test_write_then_read_is_the_identity(tmp_path, phase):
    written = acquisition(phase=phase)
    write_npz(written, tmp_path / "slice.npz")
    read = read_npz(tmp_path / "slice.npz")
    for name in ("images", "ti_ms", "phase_rad", "trigger_ms"):
        assert np.array_equal(getattr(read, name), getattr(written, name)), name
    assert (read.phase_rad is None) == (not phase)
    for name in ("shape", "spacing_mm", "origin_mm", "row_direction", "column_direction"):
        assert np.array_equal(getattr(read.grid, name), getattr(written.grid, name)), name
    assert (read.schedule, read.key) == (written.schedule, written.key)
    assert (read.field_t, read.rr_ms) == (written.field_t, written.rr_ms)
    assert (read.source.series_number, read.source.series_label) == (12, "ShMOLLI_192i")
    assert read.source.files == (str(tmp_path / "slice.npz"),)


@pytest.mark.parametrize("grid", [short_axis(), Grid.plain((60, 70), 1.5)], ids=["known", "assumed"])
def test_whether_the_orientation_is_known_travels_along(tmp_path, grid):
    write_npz(acquisition(grid), tmp_path / "slice.npz")
    assert read_npz(tmp_path / "slice.npz").grid.oriented is grid.oriented
    assert not read_npz(saved(tmp_path / "hand.npz", **SMALL)).grid.oriented


def test_where_the_times_came_from_and_what_the_scanner_did_travel_along(tmp_path):
    source = acquisition().source.__class__(ti_attribute=("InversionTime",) * 7, motion_corrected=True)
    write_npz(acquisition(source=source), tmp_path / "slice.npz")
    read = read_npz(tmp_path / "slice.npz").source
    assert (read.ti_attribute, read.motion_corrected) == (("InversionTime",) * 7, True)


def test_an_unnamed_schedule_keeps_its_groups(tmp_path):
    written = Acquisition.from_arrays(STACK[:6], [100, 1100, 2100, 3100, 180, 1180], key=CaseKey("å"))
    write_npz(written, tmp_path / "slice.npz")
    read = read_npz(tmp_path / "slice.npz")
    assert read.schedule.samples == (4, 2)
    assert read.key.patient == "å"
    assert (read.rr_ms, read.field_t, read.trigger_ms, read.source.series_number) == (None, None, None, None)


@pytest.mark.parametrize(("spacing", "found"), [(None, [1.0, 1.0]), (1.5, [1.5, 1.5]), ([1.5, 2.0], [1.5, 2.0])])
def test_a_file_made_by_hand_needs_images_and_times_alone(tmp_path, spacing, found):
    more = {} if spacing is None else {"spacing_mm": spacing}
    read = read_npz(saved(tmp_path / "hand.npz", **SMALL, **more, something_else="ignored"))
    assert read.schedule is SHMOLLI
    assert read.grid.spacing_mm.tolist() == found
    assert read.source.ti_attribute == ("npz: ti_ms",) * 7


def test_a_name_alone_tells_the_schedule(tmp_path):
    assert read_npz(saved(tmp_path / "hand.npz", **SMALL, schedule="MOLLI")).schedule.samples == (7,)


def test_missing_keys_are_named_with_those_that_were_found(tmp_path):
    path = saved(tmp_path / "hand.npz", image=STACK, ti=SHMOLLI_TI_MS)
    with pytest.raises(ReadError, match=r"hand\.npz: arrays are missing; expected keys images, ti_ms; found image, ti"):
        read_npz(path)


@pytest.mark.parametrize(
    ("error", "words", "change"),
    [
        (ReadError, "'ti_ms' does not hold numbers", {"ti_ms": np.array(["a"] * 7)}),
        (ReadError, "'schedule_samples' does not hold whole numbers", {"schedule_samples": [5.0, 1.0, 1.0]}),
        (ReadError, "'images' does not hold numbers; found type bool", {"images": STACK > 3}),
        (ReadError, "unknown level; expected basal, mid, apical, unknown; found middle", {"level": "middle"}),
        (GeometryError, r"'images' has the wrong shape; expected axes \(t y x\)", {"images": STACK[0]}),
        (GeometryError, "'spacing_mm' is not a pixel spacing", {"spacing_mm": [1, 2, 3]}),
        (GeometryError, "orientation is incomplete.*found origin_mm", {"origin_mm": [0, 0, 0]}),
        (GeometryError, "spacing must be positive", {"spacing_mm": -1.0}),
        (ImageError, "image 1 of 7 is empty", {"images": STACK * np.arange(7)[:, None, None]}),
        (InversionTimeError, "must be positive", {"ti_ms": [-1.0, *SHMOLLI_TI_MS[1:]]}),
        (InversionTimeError, "unknown schedule 'spiral'", {"schedule": "spiral"}),
    ],
)
def test_unusable_content_is_refused_in_the_name_of_the_file(tmp_path, error, words, change):
    path = saved(tmp_path / "hand.npz", **(SMALL | change))
    with pytest.raises(error, match=rf"hand\.npz: .*{words}"):
        read_npz(path)


def test_pickled_objects_are_never_loaded(tmp_path):
    path = saved(tmp_path / "hand.npz", **(SMALL | {"images": np.array([{"a": 1}], dtype=object)}))
    with pytest.raises(ReadError, match="'images' holds neither numbers nor text; found type object"):
        read_npz(path)


def test_an_array_that_declares_more_than_it_holds_is_cut_off(tmp_path):
    path = with_member(tmp_path / "hand.npz", "images", npy_header((7, 60000, 60000)), ti_ms=SHMOLLI_TI_MS)
    with pytest.raises(ReadError, match=r"'images' is cut off; expected 100800000000 bytes"):
        read_npz(path)


def test_a_compressed_bomb_is_refused_by_what_it_declares(tmp_path):
    path = saved(tmp_path / "hand.npz", ti_ms=SHMOLLI_TI_MS)
    zeros = bytes(2**24)
    with (
        zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive,
        archive.open("images.npy", "w", force_zip64=True) as file,
    ):
        file.write(npy_header((17, 2**11, 2**11)))
        for _ in range(17):
            file.write(zeros)
    assert path.stat().st_size < 10**6
    with pytest.raises(ReadError, match="too large to be one acquisition; expected at most 256 MiB; found 272 MiB"):
        read_npz(path)


def test_a_header_of_endless_length_is_refused(tmp_path):
    content = b"\x93NUMPY\x02\x00" + struct.pack("<I", 2**32 - 1)
    path = with_member(tmp_path / "hand.npz", "images", content, ti_ms=SHMOLLI_TI_MS)
    with pytest.raises(ReadError, match="not a NumPy archive"):
        read_npz(path)


@pytest.mark.parametrize("content", [b"", b"hello", b"PK\x03\x04", b"\x93NUMPY"])
def test_what_is_no_archive_is_refused(tmp_path, content):
    (tmp_path / "hand.npz").write_bytes(content)
    with pytest.raises(ReadError, match=r"hand\.npz: not a NumPy archive"):
        read_npz(tmp_path / "hand.npz")


def test_a_file_that_is_not_there_is_said_to_be_absent(tmp_path):
    with pytest.raises(ReadError, match="can't be opened; found No such file"):
        read_npz(tmp_path / "absent.npz")
    with pytest.raises(OutputError, match="can't be written"):
        write_npz(acquisition(), tmp_path / "absent" / "slice.npz")


@pytest.fixture(scope="module")
def small_bytes(tmp_path_factory):
    path = tmp_path_factory.mktemp("npz") / "slice.npz"
    write_npz(Acquisition.from_arrays(STACK, SHMOLLI_TI_MS), path)
    return path.read_bytes()


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_damage_anywhere_is_read_or_refused_but_never_crashes(small_bytes, tmp_path_factory, data):
    damaged = bytearray(small_bytes[: data.draw(st.integers(1, len(small_bytes)))])
    for _ in range(data.draw(st.integers(0, 4))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path_factory.getbasetemp() / "damaged.npz"
    path.write_bytes(damaged)
    with suppress(MyoqcError):
        assert read_npz(path).images.shape == STACK.shape
