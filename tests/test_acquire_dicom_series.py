"""Which series is what, and which belong together."""

from pathlib import Path

import numpy as np
import pytest
from pydicom.uid import SecondaryCaptureImageStorage

from dicom_samples import MOLLI_TI_MS, changed, image, map_of, phase_of, ramp, save_all, uid, weighted
from myoqc.acquire import Role, read_dicom, scan
from myoqc.aha import Level


def roles(folder: Path) -> list[tuple[int | None, Role]]:
    return [(line.number, line.role) for line in scan(folder).series]


def test_magnitude_phase_and_maps_of_a_slice_become_one_acquisition(tmp_path: Path) -> None:
    magnitude = weighted()
    save_all(magnitude, tmp_path / "a")
    save_all(phase_of(magnitude, 2), tmp_path / "b")
    save_all([map_of(magnitude[-1], 3, 1200, "ShMOLLI T1 Map")], tmp_path / "c")
    save_all([map_of(magnitude[-1], 4, 3800, "Rsquare*4000 Map", "ShMOLLI_FITPARAMS")], tmp_path / "d")
    (acquisition,) = read_dicom(tmp_path)
    assert acquisition.images[:, 0, 0].tolist() == [10, 20, 30, 40, 50, 60, 70]
    assert acquisition.phase_rad is not None
    assert acquisition.phase_rad[0, 0, :3] == pytest.approx([-np.pi, 0, np.pi * 4094 / 4096])
    assert acquisition.scanner_map is not None
    assert acquisition.scanner_map.r2 is not None
    assert (acquisition.scanner_map.t1_ms[1, 1], acquisition.scanner_map.r2[1, 1]) == (1200, 0.95)
    assert np.isnan(acquisition.scanner_map.t1_ms[0, 0])
    assert len(acquisition.source.files) == 16


def test_phase_in_the_same_series_is_told_from_magnitude_by_image_type(tmp_path: Path) -> None:
    magnitude = weighted()
    save_all(magnitude, tmp_path / "a")
    same_series = [changed(one, SeriesInstanceUID=uid(1, 1)) for one in phase_of(magnitude, 2)]
    save_all([changed(one, SeriesNumber=1) for one in same_series], tmp_path / "b")
    (acquisition,) = read_dicom(tmp_path)
    assert acquisition.phase_rad is not None
    assert roles(tmp_path) == [(1, Role.MAGNITUDE), (1, Role.PHASE)]


def test_two_repeats_of_a_slice_keep_their_own_phase_and_map(tmp_path: Path) -> None:
    for repeat, (series, t1_ms) in enumerate(((1, 1000), (11, 1300))):
        magnitude = weighted(series=series, start_s=36000 + 60 * repeat)
        save_all(magnitude, tmp_path / f"m{repeat}")
        save_all(phase_of(magnitude, series + 1), tmp_path / f"p{repeat}")
        save_all([map_of(magnitude[-1], series + 2, t1_ms, "ShMOLLI T1 Map")], tmp_path / f"t{repeat}")
    first, second = read_dicom(tmp_path)
    assert [one.scanner_map.t1_ms[1, 1] for one in (first, second) if one.scanner_map] == [1000, 1300]
    assert first.phase_rad is not None
    assert {Path(name).parent.name for name in second.source.files} == {"m1", "p1", "t1"}


def test_without_times_a_map_belongs_to_the_nearest_series_before_it(tmp_path: Path) -> None:
    for series in (1, 11):
        magnitude = weighted(series=series, AcquisitionTime=None)
        save_all(magnitude, tmp_path / f"m{series}")
        save_all([map_of(magnitude[-1], series + 2, 1000 + series, "ShMOLLI T1 Map")], tmp_path / f"t{series}")
    acquisitions = read_dicom(tmp_path)
    assert [one.scanner_map.t1_ms[1, 1] for one in acquisitions if one.scanner_map] == [1001, 1011]


def test_phase_of_another_breath_hold_is_not_taken(tmp_path: Path) -> None:
    save_all(weighted(series=1), tmp_path / "m")
    save_all(phase_of(weighted(series=1, start_s=36500), 12), tmp_path / "p")
    (acquisition,) = read_dicom(tmp_path)
    assert acquisition.phase_rad is None


def test_slices_of_one_series_are_told_apart_by_position(tmp_path: Path) -> None:
    for number, z in enumerate((10, 20, 30)):
        images = weighted(series=1, start_s=36000 + 60 * number, ImagePositionPatient=[0, 0, z])
        save_all([changed(one, SOPInstanceUID=f"{one.SOPInstanceUID}.{z}") for one in images], tmp_path / str(z))
    catalogue = scan(tmp_path)
    assert [entry.label for entry in catalogue.entries] == [
        f"series 1 ShMOLLI at 0.0, 0.0, {z}.0 mm" for z in (10, 20, 30)
    ]
    assert [entry.load().grid.origin_mm[2] for entry in catalogue.entries] == [10, 20, 30]
    assert [(line.n_images, line.role) for line in catalogue.series] == [(21, Role.MAGNITUDE)]


def test_motion_corrected_images_are_listed_and_left_where_the_originals_are_there(tmp_path: Path) -> None:
    save_all(weighted(MOLLI_TI_MS, series=1, description="MOLLI"), tmp_path / "a")
    save_all(weighted(MOLLI_TI_MS, series=2, description="MOLLI_MOCO"), tmp_path / "b")
    (acquisition,) = read_dicom(tmp_path)
    assert not acquisition.source.motion_corrected
    assert roles(tmp_path) == [(1, Role.MAGNITUDE), (2, Role.MOTION_CORRECTED)]


def test_motion_corrected_images_alone_are_used_with_a_caution(tmp_path: Path) -> None:
    save_all(weighted(MOLLI_TI_MS, series=2, description="MOLLI_MOCO"), tmp_path)
    (acquisition,) = read_dicom(tmp_path)
    assert acquisition.source.motion_corrected
    assert [caution.code for caution in acquisition.cautions] == ["motion-corrected"]


def test_a_map_made_from_motion_corrected_images_brings_a_caution(tmp_path: Path) -> None:
    magnitude = weighted(MOLLI_TI_MS, series=1, description="MOLLI")
    save_all(magnitude, tmp_path / "a")
    save_all([map_of(magnitude[-1], 3, 1200, "", "MOLLI_MOCO_T1")], tmp_path / "b")
    (acquisition,) = read_dicom(tmp_path)
    assert acquisition.scanner_map is not None
    assert [caution.code for caution in acquisition.cautions] == ["scanner-map-motion-corrected"]


def test_a_map_on_another_grid_is_left_out_with_a_caution(tmp_path: Path) -> None:
    magnitude = weighted()
    save_all(magnitude, tmp_path / "a")
    save_all([changed(map_of(magnitude[-1], 3, 1200, "ShMOLLI T1 Map"), PixelSpacing=[1, 1])], tmp_path / "b")
    (acquisition,) = read_dicom(tmp_path)
    assert acquisition.scanner_map is None
    assert "another grid" in acquisition.cautions[0].text


@pytest.mark.parametrize(
    ("elements", "why"),
    [
        ({"description": "TI scout"}, "scout"),
        ({"InversionTime": 300, "description": "LGE"}, "inversion times do not differ"),
        ({"Modality": "CT"}, "not an MR image"),
        ({"PhotometricInterpretation": "PALETTE COLOR"}, "not an MR image"),
        ({"ImageType": ["ORIGINAL", "PRIMARY", "R"]}, "real or imaginary"),
    ],
)
def test_series_that_are_something_else_are_listed_with_the_reason(
    tmp_path: Path, elements: dict[str, object], why: str
) -> None:
    save_all(weighted(**{"description": "ShMOLLI", **elements}), tmp_path)
    catalogue = scan(tmp_path)
    assert catalogue.entries == ()
    assert [line.role for line in catalogue.series] == [Role.OTHER]
    assert why in catalogue.series[0].why


def test_a_cine_with_varying_trigger_times_is_no_mapping(tmp_path: Path) -> None:
    frames = [
        image(SOPInstanceUID=uid(1, 1, n), InstanceNumber=n, TriggerTime=40.0 * n, SeriesDescription="cine sa")
        for n in range(1, 21)
    ]
    save_all(frames, tmp_path)
    assert scan(tmp_path).entries == ()


def test_unnamed_images_are_recognised_by_their_inversion_times(tmp_path: Path) -> None:
    save_all(weighted(MOLLI_TI_MS, description="series"), tmp_path)
    (acquisition,) = read_dicom(tmp_path)
    assert acquisition.schedule.name == "MOLLI 5(3)3"
    assert "inversion times that differ" in scan(tmp_path).series[0].why


@pytest.mark.parametrize(
    ("description", "level"),
    [
        ("ShMOLLI_base_192", Level.BASAL),
        ("ShMOLLI Mid SAX", Level.MID),
        ("shmolli_APEX", Level.APICAL),
        ("ShMOLLI_192i", Level.UNKNOWN),
        ("ShMOLLI base mid apex", Level.UNKNOWN),
        ("ShMOLLI database", Level.UNKNOWN),
    ],
)
def test_the_level_comes_from_the_words_of_the_series(tmp_path: Path, description: str, level: Level) -> None:
    save_all(weighted(description=description), tmp_path)
    assert read_dicom(tmp_path)[0].key.level is level


def test_studies_and_patients_are_kept_apart(tmp_path: Path) -> None:
    for study in (1, 2):
        save_all(weighted(study=study, PatientID=f"P{study}"), tmp_path / str(study))
    catalogue = scan(tmp_path)
    assert [(entry.patient, entry.study_label, entry.study_uid) for entry in catalogue.entries] == [
        ("P1", "P1 2024-01-31 Heart", uid(1)),
        ("P2", "P2 2024-01-31 Heart", uid(2)),
    ]


def test_a_secondary_capture_beside_the_study_does_no_harm(tmp_path: Path) -> None:
    save_all(weighted(), tmp_path / "a")
    picture = image(
        ramp(),
        SOPClassUID=SecondaryCaptureImageStorage,
        Modality="OT",
        SeriesInstanceUID=uid(5),
        SOPInstanceUID=uid(5, 1),
    )
    save_all([picture], tmp_path / "b")
    catalogue = scan(tmp_path)
    assert len(catalogue.entries) == 1
    assert catalogue.problems == ()


def test_heart_rate_and_trigger_delays_are_taken_where_they_are_real(tmp_path: Path) -> None:
    def beats(number: int, dataset: object) -> None:
        dataset.NominalInterval, dataset.TriggerTime = 900 + number, 500 + number  # type: ignore[attr-defined]

    save_all(weighted(), tmp_path, beats)
    (acquisition,) = read_dicom(tmp_path)
    assert acquisition.rr_ms == 904
    assert acquisition.trigger_ms is not None
    assert acquisition.trigger_ms.tolist() == [501, 502, 503, 504, 505, 506, 507]


def test_progress_is_told_file_by_file(tmp_path: Path) -> None:
    save_all(weighted(), tmp_path)
    told: list[tuple[int, int]] = []
    scan(tmp_path, lambda done, total: told.append((done, total)))
    assert told == [(n, 7) for n in range(1, 8)]


def test_a_field_strength_of_zero_is_not_known(tmp_path: Path) -> None:
    save_all(weighted(MagneticFieldStrength=0), tmp_path)
    (acquisition,) = read_dicom(tmp_path)
    assert acquisition.field_t is None
