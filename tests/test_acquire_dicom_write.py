import hashlib
from dataclasses import replace
from datetime import date

import numpy as np
import pydicom
import pytest
from pydicom.pixels import apply_modality_lut

from hearts import DATA, SHMOLLI_TI_MS, acquisition, short_axis
from myoqc.acquire.dicom.write import write_dicom
from myoqc.errors import GeometryError, OutputError
from myoqc.records import Acquisition, CaseKey, Grid, Level, ParameterMap, Source

PHANTOM = DATA / "shmolli-phantom"


def maps_on(grid, **more):
    rng = np.random.default_rng(1)
    values = {name: rng.uniform(0, 900, grid.shape).astype(np.float32) for name in ("t1_ms", "a", "b", "t1_star_ms")}
    values["r2"] = rng.uniform(-0.1, 1.0, grid.shape).astype(np.float32)
    values["samples_used"] = rng.choice([0, 5, 6, 7], grid.shape)
    return ParameterMap(grid=grid, method="shmolli", **(values | more))


def read(paths):
    return [pydicom.dcmread(path) for path in paths]


def values(dataset):
    return apply_modality_lut(dataset.pixel_array, dataset).astype(np.float64)


def series(datasets, number):
    return [dataset for dataset in datasets if dataset.SeriesNumber == number]


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("dicom")
    return read(write_dicom(acquisition(), folder, maps=maps_on(short_axis()), series_number=12))


def test_magnitude_comes_back_to_a_hundred_thousandth_in_order_of_acquisition(written):
    magnitude = series(written, 12)
    stack = np.stack([values(dataset) for dataset in magnitude])
    assert np.abs(stack - acquisition().images).max() < 1e-5 * acquisition().images.max()
    assert [dataset.InversionTime for dataset in magnitude] == SHMOLLI_TI_MS
    assert [dataset.InstanceNumber for dataset in magnitude] == list(range(1, 8))
    assert magnitude[5].ImageComments == "TIeff 180 ms"
    assert {dataset.ImageType[2] for dataset in magnitude} == {"M"}


def test_phase_comes_back_to_its_twelve_bits(written):
    phase = series(written, 13)
    assert {(d.RescaleSlope, d.RescaleIntercept, d.BitsStored, d.ImageType[2]) for d in phase} == {(2, -4096, 12, "P")}
    stack = np.stack([values(dataset) for dataset in phase]) / 4096.0 * np.pi
    assert stack == pytest.approx(acquisition().phase_rad, abs=1.001 * 2 * np.pi / 4096)


def test_maps_come_back_as_whole_ms_and_r2_in_four_thousandths(written):
    maps = maps_on(short_axis())
    (t1,) = series(written, 14)
    assert (t1.ImageComments, t1.SeriesDescription) == ("ShMOLLI T1 Map", "ShMOLLI_192i_T1MAP")
    assert np.array_equal(values(t1), np.rint(maps.t1_ms))
    r2, a, b, t1_star, samples = series(written, 15)
    assert [d.SeriesDescription for d in (r2, samples)] == ["ShMOLLI_192i_FITPARAMS"] * 2
    assert np.array_equal(values(r2), np.clip(np.floor(maps.r2 * 4000), 0, None))
    assert values(a) == pytest.approx(maps.a, abs=0.02)
    assert values(b) == pytest.approx(maps.b, abs=0.02)
    assert np.array_equal(values(t1_star), np.rint(maps.t1_star_ms))
    assert np.array_equal(values(samples), np.select([maps.samples_used == n for n in (5, 6, 7)], [1000, 2000, 3000]))


@pytest.mark.skipif(not PHANTOM.is_dir(), reason="the phantom is not here")
@pytest.mark.filterwarnings("ignore:The value length:UserWarning")
def test_the_scanner_writes_the_same_words(written):
    for folder, number in (("magnitude", 12), ("phase", 13), ("t1map", 14), ("fitparams", 15)):
        theirs = {d.ImageComments: d for d in read(sorted((PHANTOM / folder).glob("*.dcm")))}
        for ours in series(written, number):
            its = theirs[ours.ImageComments]
            for name in ("SOPClassUID", "PhotometricInterpretation", "PixelRepresentation", "ScanningSequence"):
                assert ours[name].value == its[name].value, name
            assert ours.ImageType[:3] == its.ImageType[:3]
            assert ("InversionTime" in ours) == ("InversionTime" in its)


@pytest.mark.skipif(not PHANTOM.is_dir(), reason="the phantom is not here")
@pytest.mark.filterwarnings("ignore:The value length:UserWarning")
def test_images_of_whole_numbers_are_written_as_the_scanner_stored_them(tmp_path):
    theirs = read(sorted((PHANTOM / "magnitude").glob("*.dcm")))
    stack = np.stack([d.pixel_array for d in theirs])
    ours = read(write_dicom(Acquisition.from_arrays(stack, SHMOLLI_TI_MS, spacing_mm=0.9375), tmp_path))
    assert [d.PixelData for d in ours] == [d.PixelData for d in theirs]
    assert not any("RescaleSlope" in d for d in ours)
    ours_ms, theirs_ms = ([float(d.AcquisitionTime) for d in each] for each in (ours, theirs))
    assert np.diff(ours_ms) == pytest.approx(np.diff(theirs_ms), abs=0.01)


def test_times_of_acquisition_rise_by_a_heartbeat_and_the_pauses(written):
    seconds = [float(dataset.AcquisitionTime) - 120000.0 for dataset in series(written, 12)]
    assert seconds == pytest.approx(0.9125 * np.array([0, 1, 2, 3, 4, 6, 8]), abs=1e-5)


def test_pauses_may_be_counted_in_seconds(tmp_path):
    times = [100, 1100, 2100, 3100, 4100, 200, 1200, 2200]
    molli = Acquisition.from_arrays(np.ones((8, 4, 5)), times, rr_ms=800.0)
    seconds = replace(molli, schedule=replace(molli.schedule, pause_unit="s"))
    found = [float(dataset.AcquisitionTime) - 120000.0 for dataset in read(write_dicom(seconds, tmp_path))]
    assert found == pytest.approx([0.0, 0.8, 1.6, 2.4, 3.2, 7.0, 7.8, 8.6], abs=1e-5)


def test_the_place_in_the_patient_is_kept(written):
    grid = short_axis()
    for dataset in written:
        directions = np.reshape(dataset.ImageOrientationPatient, (2, 3)).astype(float)
        found = Grid((60, 70), dataset.PixelSpacing, dataset.ImagePositionPatient, *directions)
        assert found.affine == pytest.approx(grid.affine, abs=1e-9)


def test_the_same_case_gives_the_same_bytes_and_another_key_other_identifiers(tmp_path):
    def digest(folder, **more):
        paths = write_dicom(acquisition(**more), tmp_path / folder)
        return [hashlib.sha256(path.read_bytes()).hexdigest() for path in paths], read(paths)

    first, datasets = digest("a")
    assert digest("b")[0] == first
    others = digest("c", key=CaseKey("p07", "baseline", "1.2.3.5", Level.MID))[1]
    assert {d.StudyInstanceUID for d in datasets} == {d.StudyInstanceUID for d in others}
    for name in ("SOPInstanceUID", "SeriesInstanceUID"):
        assert not {d[name].value for d in datasets} & {d[name].value for d in others}
    assert len({d.SOPInstanceUID for d in datasets}) == 14
    assert len({d.SeriesInstanceUID for d in datasets}) == 2


def test_files_hold_no_personal_data_and_say_simulated_only_when_told(tmp_path):
    (real, *_), (made, *_) = (
        read(write_dicom(acquisition(), tmp_path / str(simulated), simulated=simulated, study_date=date(2024, 5, 6)))
        for simulated in (False, True)
    )
    assert (real.PatientIdentityRemoved, real.PatientBirthDate, str(real.PatientName)) == ("YES", "", "Anonymous")
    assert (made.StudyDescription, real.StudyDescription) == ("SIMULATED", "")
    assert made.StudyDate == "20240506"
    assert made.PatientID == "p07"


def test_a_slice_without_name_phase_or_maps_is_one_series_named_by_schedule_and_level(tmp_path):
    plain = acquisition(phase=False, source=Source(), key=CaseKey(level=Level.BASAL), trigger_ms=None)
    datasets = read(write_dicom(plain, tmp_path))
    assert {dataset.SeriesDescription for dataset in datasets} == {"ShMOLLI_70i_basal"}
    assert "TriggerTime" not in datasets[0]
    unknown = read(write_dicom(replace(plain, key=CaseKey()), tmp_path))
    assert unknown[0].SeriesDescription == "ShMOLLI_70i"


def test_saturation_recovery_is_not_called_inversion_recovery(tmp_path):
    sasha = Acquisition.from_arrays(np.ones((6, 4, 5)), [10000, 120, 200, 300, 400, 500])
    dataset = read(write_dicom(sasha, tmp_path, maps=ParameterMap(np.ones((4, 5)), sasha.grid)))[-1]
    assert dataset.ScanningSequence == "GR"
    assert dataset.ImageComments == "SASHA T1 Map"


def test_values_that_are_none_become_zero(tmp_path):
    stack = np.full((7, 4, 5), 2.5)
    stack[0, 0, 0] = np.nan
    t1_ms = np.full((4, 5), np.nan)
    made = Acquisition.from_arrays(stack, SHMOLLI_TI_MS)
    datasets = read(write_dicom(made, tmp_path, maps=ParameterMap(t1_ms, made.grid)))
    assert values(datasets[0])[0, 0] == 0.0
    assert values(datasets[0])[0, 1] == pytest.approx(2.5, rel=1e-5)
    assert not datasets[-1].pixel_array.any()


def test_maps_of_another_matrix_and_a_folder_that_is_a_file_are_refused(tmp_path):
    with pytest.raises(GeometryError, match="the T1 map has another matrix"):
        write_dicom(acquisition(), tmp_path, maps=maps_on(short_axis((5, 6))))
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match=r"0001-001\.dcm: can't be written"):
        write_dicom(acquisition(), tmp_path / "file")
