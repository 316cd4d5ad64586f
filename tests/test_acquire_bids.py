import json
from contextlib import suppress

import nibabel as nib
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hearts import SHMOLLI_TI_MS, acquisition, short_axis
from myoqc.acquire.bids import find_bids, read_bids, write_bids
from myoqc.acquire.nifti import read_nifti, write_nifti
from myoqc.errors import GeometryError, ImageError, InversionTimeError, MyoqcError, OutputError, ReadError
from myoqc.records import Acquisition, CaseKey, Grid, Level, Source
from myoqc.schedules import SHMOLLI


@pytest.fixture
def folder(tmp_path):
    """A data set with one slice without phase."""
    write_bids(acquisition(phase=False), tmp_path, subject="p07")
    return tmp_path


def read_all(folder):
    return [each for files in find_bids(folder) for each in read_bids(files)]


def image_of(folder, number):
    return next(folder.rglob(f"*_inv-{number}_IRT1.nii.gz"))


def edit_sidecar(folder, number, **fields):
    path = image_of(folder, number).with_suffix("").with_suffix(".json")
    content = json.loads(path.read_text()) | fields
    path.write_text(json.dumps({name: value for name, value in content.items() if value is not None}))


def stack_of(folder, grids, images, affine):
    """Volumes of several slices, as another program would write them."""
    for number, ti_ms in enumerate(SHMOLLI_TI_MS, start=1):
        volume = np.stack([images[slice_number][number - 1].T for slice_number in range(len(grids))], axis=-1)
        nib.save(nib.Nifti1Image(volume, affine), folder / f"sub-01_inv-{number}_IRT1.nii")
        (folder / f"sub-01_inv-{number}_IRT1.json").write_text(json.dumps({"InversionTime": ti_ms / 1000}))


@pytest.mark.parametrize("phase", [True, False])
def test_write_then_read_is_the_identity(tmp_path, phase):
    written = acquisition(phase=phase)
    paths = write_bids(written, tmp_path, subject="p07", session="baseline")
    assert paths[0].parent == tmp_path / "sub-p07" / "ses-baseline" / "anat"
    part = "_part-mag" if phase else ""
    assert paths[0].name == f"sub-p07_ses-baseline_acq-mid_inv-1{part}_IRT1.nii.gz"
    (read,) = read_all(tmp_path)
    assert np.array_equal(read.images, written.images)
    assert (read.phase_rad is None) if not phase else np.array_equal(read.phase_rad, written.phase_rad)
    assert read.ti_ms.tolist() == SHMOLLI_TI_MS
    assert read.trigger_ms == pytest.approx(written.trigger_ms)
    assert (read.schedule, read.key, read.rr_ms) == (SHMOLLI, written.key, written.rr_ms)
    assert read.field_t == 3.0
    assert read.source.series_label == "ShMOLLI_192i"
    assert read.source.series_number == 12
    assert read.source.files == tuple(str(path) for path in paths[:7])
    assert read.cautions == ()


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    angles=st.tuples(st.floats(-3, 3), st.floats(-1.5, 1.5), st.floats(-3, 3)),
    mirrored=st.booleans(),
    spacing=st.tuples(st.floats(0.5, 3), st.floats(0.5, 3)),
)
def test_any_oblique_or_mirrored_orientation_comes_back(tmp_path_factory, angles, mirrored, spacing):
    first, second, third = angles
    row = np.array([np.cos(first) * np.cos(second), np.sin(first) * np.cos(second), np.sin(second)])
    column = np.cross(row, [np.cos(third), np.sin(third), 0.4])
    column *= (-1 if mirrored else 1) / np.linalg.norm(column)
    grid = Grid((5, 6), spacing, (12.5, -80.25, 33.0), row, column)
    images = np.random.default_rng(0).uniform(1, 9, (7, 5, 6))
    folder = tmp_path_factory.mktemp("bids")
    write_bids(Acquisition.from_arrays(images, SHMOLLI_TI_MS, grid=grid), folder, subject="1")
    (read,) = read_all(folder)
    assert np.array_equal(read.images, images.astype(np.float32))
    corners = np.array([[0, 0], [0, 5], [4, 0]])
    assert read.grid.patient_mm(corners) == pytest.approx(grid.patient_mm(corners), abs=1e-4)
    assert read.grid.normal == pytest.approx(grid.normal, abs=1e-6)


def test_the_files_are_what_another_program_expects(folder):
    image = nib.load(image_of(folder, 2))
    assert image.shape == (70, 60, 1)
    assert image.header.get_xyzt_units() == ("mm", "sec")
    assert (int(image.header["sform_code"]), int(image.header["qform_code"])) == (1, 1)
    fields = json.loads(image_of(folder, 2).with_suffix("").with_suffix(".json").read_text())
    assert fields["InversionTime"] == pytest.approx(1.1)
    assert fields["MagneticFieldStrength"] == 3.0
    assert "BIDSVersion" in json.loads((folder / "dataset_description.json").read_text())


def test_what_the_scanner_corrected_for_motion_is_named_so(tmp_path):
    write_bids(acquisition(source=Source(motion_corrected=True)), tmp_path, subject="1", run=2)
    assert next(tmp_path.rglob("*.nii.gz")).name.startswith("sub-1_acq-mid_rec-moco_run-2_inv-")
    assert read_all(tmp_path)[0].source.motion_corrected


def test_slices_of_one_folder_are_kept_apart(tmp_path):
    for level in (Level.BASAL, Level.MID):
        write_bids(acquisition(key=CaseKey("1", "s", level.value, level)), tmp_path, subject="1")
    assert [len(files) for files in find_bids(tmp_path)] == [14, 14]
    assert [each.key.level for each in read_all(tmp_path)] == [Level.BASAL, Level.MID]


def test_the_index_is_the_order_of_acquisition_even_with_ten_images(tmp_path):
    times = [100, 1100, 2100, 3100, 4100, 180, 1180, 2180, 260, 1260, 2260]
    written = Acquisition.from_arrays(np.ones((11, 4, 5)), times)
    write_bids(written, tmp_path, subject="1")
    assert read_all(tmp_path)[0].ti_ms.tolist() == times
    (files,) = find_bids(tmp_path)
    assert read_bids(files[::-1])[0].ti_ms.tolist() == times


def test_a_volume_of_several_slices_becomes_an_acquisition_each(tmp_path):
    grid = short_axis((6, 9), (1.5, 1.5))
    step_mm = 10.0 * grid.normal
    grids = [Grid(grid.shape, grid.spacing_mm, grid.origin_mm + n * step_mm, grid.row_direction, grid.column_direction)
             for n in range(3)]  # fmt: skip
    images = np.random.default_rng(0).uniform(1, 9, (3, 7, 6, 9)).astype(np.float32)
    affine = grid.affine.copy()
    affine[:3, 2] *= 10.0
    stack_of(tmp_path, grids, images, affine)
    read = read_all(tmp_path)
    assert [each.key.slice_uid for each in read] == ["sub-01#1", "sub-01#2", "sub-01#3"]
    for found, expected, expected_grid in zip(read, images, grids, strict=True):
        assert np.array_equal(found.images, expected)
        assert found.grid.origin_mm == pytest.approx(expected_grid.origin_mm, abs=1e-4)


def test_slices_along_the_first_axis_are_found_by_their_distance(tmp_path):
    grid = short_axis((6, 9), (1.5, 1.5))
    images = np.random.default_rng(0).uniform(1, 9, (7, 6, 9)).astype(np.float32)
    affine = grid.affine.copy()
    affine[:3, 2] *= 10.0
    for number, ti_ms in enumerate(SHMOLLI_TI_MS, start=1):
        volume = np.stack([images[number - 1].T] * 2, axis=0)
        nib.save(nib.Nifti1Image(volume, affine[:, [2, 0, 1, 3]]), tmp_path / f"sub-1_inv-{number}_IRT1.nii")
        (tmp_path / f"sub-1_inv-{number}_IRT1.json").write_text(json.dumps({"InversionTime": ti_ms / 1000}))
    read = read_all(tmp_path)
    assert len(read) == 2
    assert np.array_equal(read[1].images, images)
    assert read[0].grid.row_direction == pytest.approx(grid.row_direction, abs=1e-6)


def test_common_fields_may_stand_in_one_sidecar_for_all(folder):
    for number in range(1, 8):
        edit_sidecar(folder, number, MagneticFieldStrength=None)
    home = image_of(folder, 1).parent
    (home / "sub-p07_acq-mid_IRT1.json").write_text('{"MagneticFieldStrength": 1.5, "InversionTime": 9}')
    (read,) = read_all(folder)
    assert read.field_t == 1.5
    assert read.ti_ms.tolist() == SHMOLLI_TI_MS


def test_scanner_phase_of_4096_is_pi(tmp_path):
    write_bids(acquisition(), tmp_path, subject="1")
    for path in tmp_path.rglob("*_part-phase_IRT1.nii.gz"):
        image = nib.load(path)
        stored = np.rint(image.get_fdata() / np.pi * 4096).astype(np.int16)
        nib.save(nib.Nifti1Image(stored, image.affine), path)
    (read,) = read_all(tmp_path)
    assert read.phase_rad == pytest.approx(acquisition().phase_rad, abs=np.pi / 4096)


def test_incomplete_phase_is_left_out_with_a_caution(tmp_path):
    write_bids(acquisition(), tmp_path, subject="1")
    next(tmp_path.rglob("*inv-3_part-phase_IRT1.nii.gz")).unlink()
    (read,) = read_all(tmp_path)
    assert read.phase_rad is None
    assert [caution.code for caution in read.cautions] == ["phase-incomplete"]


def test_a_missing_image_is_an_error_for_shmolli_and_a_caution_for_molli(folder):
    image_of(folder, 4).unlink()
    with pytest.raises(ImageError, match="ShMOLLI has a fixed number of images; expected 7; found 6"):
        read_all(folder)
    for number in (1, 2, 3, 5, 6, 7):
        edit_sidecar(folder, number, SeriesDescription="MOLLI", PulseSequenceDetails=None)
    (read,) = read_all(folder)
    assert "inv 1, 2, 3, 5, 6, 7" in read.cautions[0].text


def test_files_without_orientation_are_read_with_a_caution(folder):
    for number in range(1, 8):
        image = nib.load(image_of(folder, number))
        plain = nib.Nifti1Image(np.asarray(image.dataobj), None)
        nib.save(plain, image_of(folder, number))
    (read,) = read_all(folder)
    assert [caution.code for caution in read.cautions] == ["no-orientation"]
    assert not read.grid.oriented


def test_an_assumed_orientation_is_not_written_as_a_known_one(tmp_path):
    write_bids(Acquisition.from_arrays(np.ones((7, 5, 6)), SHMOLLI_TI_MS, spacing_mm=(1.5, 2.0)), tmp_path, subject="1")
    (read,) = read_all(tmp_path)
    assert not read.grid.oriented
    assert read.grid.spacing_mm.tolist() == [1.5, 2.0]


@pytest.mark.parametrize(
    ("words", "fields"),
    [
        ("no inversion time; expected 'InversionTime' as a number of seconds; found 'no such field'", {}),
        (r"no inversion time.*found '1\.1'", {"InversionTime": "1.1"}),
        (r"no inversion time.*found \[1\.1\]", {"InversionTime": [1.1]}),
        ("no inversion time.*found True", {"InversionTime": True}),
        ("no inversion time.*found 1000", {"InversionTime": 10**400}),
        ("surely in ms; expected 'InversionTime' in seconds.*found 1100. Divide it by 1000", {"InversionTime": 1100}),
        ("must be positive", {"InversionTime": -1.1}),
    ],
)
def test_an_inversion_time_that_is_none_is_refused(folder, words, fields):
    edit_sidecar(folder, 2, **({"InversionTime": None} | fields))
    with pytest.raises(InversionTimeError, match=rf"IRT1\.nii\.gz: .*{words}"):
        read_all(folder)


def test_a_missing_or_broken_sidecar_is_named(folder):
    sidecar = image_of(folder, 2).with_suffix("").with_suffix(".json")
    for content, words in (("{", "not JSON"), ("[1]", "not a JSON object"), ("[" * 10**5, "nested too deep")):
        sidecar.write_text(content)
        with pytest.raises(ReadError, match=rf"inv-2_IRT1\.json: {words}"):
            read_all(folder)
    sidecar.write_text(" " * 2**21)
    with pytest.raises(ReadError, match="too large to be read"):
        read_all(folder)
    sidecar.unlink()
    with pytest.raises(ReadError, match=r"sidecar is missing; expected a file sub-p07_acq-mid_inv-2_IRT1\.json"):
        read_all(folder)


def test_images_that_do_not_belong_together_are_refused(folder):
    first, second = image_of(folder, 1), image_of(folder, 2)
    good = nib.load(second)
    nib.save(nib.Nifti1Image(np.ones((70, 59, 1), np.float32), good.affine), second)
    with pytest.raises(GeometryError, match=r"inv-2.*another matrix than the first image.*expected \(1, 60, 70\)"):
        read_all(folder)
    shifted = good.affine.copy()
    shifted[0, 3] += 2.0
    nib.save(nib.Nifti1Image(np.ones((70, 60, 1), np.float32), shifted), second)
    with pytest.raises(GeometryError, match=r"inv-2.*lies elsewhere in the patient"):
        read_all(folder)
    other = second.with_name(second.name.replace("mid", "basal"))
    other.write_bytes(first.read_bytes())
    with pytest.raises(ReadError, match="belongs to another acquisition"):
        read_bids([first, other])
    other.unlink()
    (first.parent / first.name.removesuffix(".gz")).write_bytes(b"")
    with pytest.raises(ReadError, match=r"the same image twice; found inv-1 in"):
        read_all(folder)


def test_files_that_are_no_images_of_an_inversion_recovery_are_refused(folder, tmp_path):
    image = image_of(folder, 1)
    with pytest.raises(ReadError, match=r"not the name of a BIDS.*expected \.\.\._inv-<n>_IRT1\.nii\.gz"):
        read_bids([tmp_path / "sub-01_T1map.nii.gz"])
    with pytest.raises(ReadError, match=r"only magnitude and phase can be used; .* found part-real"):
        read_bids([image.with_name("sub-1_inv-1_part-real_IRT1.nii.gz")])
    with pytest.raises(ImageError, match="no magnitude images"):
        read_bids([image.with_name("sub-1_inv-1_part-phase_IRT1.nii.gz")])
    with pytest.raises(ImageError, match="no files"):
        read_bids([])


@pytest.mark.parametrize("damage", [lambda b: b[: len(b) // 2], lambda b: b"", lambda b: b"hello" * 100])
def test_a_damaged_image_is_named(folder, damage):
    image = image_of(folder, 3)
    image.write_bytes(damage(image.read_bytes()))
    with pytest.raises(ReadError, match=r"inv-3_IRT1\.nii\.gz: (not a NIfTI file, or damaged|can't be read)"):
        read_all(folder)


def test_an_image_that_declares_a_huge_matrix_is_refused_before_it_is_loaded(folder):
    header = nib.Nifti2Header()
    header.set_data_shape((60000, 60000, 1))
    header.set_data_dtype(np.int16)
    header["magic"] = header.single_magic
    header["vox_offset"] = 544
    path = image_of(folder, 1)
    path.unlink()
    with path.with_name(path.name.removesuffix(".gz")).open("wb") as file:
        header.write_to(file)
        file.write(bytes(1000))
    with pytest.raises(ReadError, match=r"too large.*found matrix \(60000, 60000, 1\)"):
        read_all(folder)


def test_a_series_in_one_volume_is_not_taken_for_slices(folder):
    nib.save(nib.Nifti1Image(np.ones((4, 5, 1, 7), np.float32), np.eye(4)), image_of(folder, 1))
    with pytest.raises(GeometryError, match=r"not a volume; expected three axes; found matrix \(4, 5, 1, 7\)"):
        read_all(folder)


def test_an_affine_without_extent_and_a_file_that_is_not_there_are_refused(tmp_path):
    nib.save(nib.Nifti1Image(np.ones((4, 5, 1), np.float32), np.eye(4)), tmp_path / "flat.nii")
    content = bytearray((tmp_path / "flat.nii").read_bytes())
    content[280:296] = bytes(16)  # srow_x, the first row of the affine
    (tmp_path / "flat.nii").write_bytes(content)
    with pytest.raises(GeometryError, match=r"flat\.nii: the affine is not usable"):
        read_nifti(tmp_path / "flat.nii", 100)
    with pytest.raises(ReadError, match=r"absent\.nii: can't be read"):
        read_nifti(tmp_path / "absent.nii", 100)


def test_values_beyond_any_phase_are_refused(tmp_path):
    write_bids(acquisition(), tmp_path, subject="1")
    path = next(tmp_path.rglob("*inv-1_part-phase_IRT1.nii.gz"))
    image = nib.load(path)
    nib.save(nib.Nifti1Image(image.get_fdata().astype(np.float32) * 1e5, image.affine), path)
    with pytest.raises(ImageError, match="not a phase image; expected -π to π, or -4096 to 4096"):
        read_all(tmp_path)


def test_an_empty_slice_of_a_volume_is_named(tmp_path):
    images = np.ones((2, 7, 4, 5), np.float32)
    images[1, 2] = 0
    stack_of(tmp_path, [None, None], images, np.diag([1.0, 1.0, 8.0, 1.0]))
    with pytest.raises(ImageError, match=r"inv-1_IRT1\.nii: slice 2 of 2: image 3 of 7 is empty"):
        read_all(tmp_path)


@pytest.mark.parametrize(("subject", "session"), [("p_07", None), ("", None), ("../x", None), ("1", "a-b")])
def test_labels_that_bids_does_not_allow_are_refused(tmp_path, subject, session):
    with pytest.raises(OutputError, match=r"not a BIDS label for '(sub|ses)-'; expected letters and digits"):
        write_bids(acquisition(), tmp_path, subject=subject, session=session)


def test_a_folder_that_can_not_be_written_is_named(tmp_path):
    (tmp_path / "sub-1").write_text("a file where a folder should be")
    with pytest.raises(OutputError, match=r"IRT1\.nii\.gz: can't be written"):
        write_bids(acquisition(), tmp_path, subject="1")
    (tmp_path / "sub-2" / "anat" / "sub-2_acq-mid_inv-1_IRT1.json").mkdir(parents=True)
    with pytest.raises(OutputError, match=r"inv-1_IRT1\.json: can't be written"):
        write_bids(acquisition(phase=False), tmp_path, subject="2")


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_a_damaged_nifti_header_is_read_or_refused_but_never_crashes(tmp_path_factory, data):
    path = tmp_path_factory.getbasetemp() / "damaged.nii"
    image = np.arange(30, dtype=np.int16).reshape(5, 6)
    write_nifti(image, short_axis((5, 6)), path)
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, 347))] = data.draw(st.integers(0, 255))
    path.write_bytes(content)
    with suppress(MyoqcError):
        assert read_nifti(path, 10**6).slices.size <= 10**6
