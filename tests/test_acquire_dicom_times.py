"""Where inversion times come from, and in which order images are kept."""

from pathlib import Path

import pytest
from pydicom import Dataset

from dicom_samples import SHMOLLI_TI_MS, save_all, weighted
from myoqc.acquire import read_dicom, scan
from myoqc.acquire.dicom.inversion_times import choose
from myoqc.errors import InversionTimeError


def comments(number: int, dataset: Dataset) -> None:
    dataset.ImageComments = f"TIeff {SHMOLLI_TI_MS[number - 1]} ms"


def refusal(folder: Path) -> str:
    with pytest.raises(InversionTimeError) as caught:
        scan(folder).entries[0].load()
    return str(caught.value)


@pytest.mark.parametrize("constant", [None, 100])
def test_comments_are_asked_where_the_inversion_time_is_absent_or_constant(
    tmp_path: Path, constant: int | None
) -> None:
    save_all(weighted(InversionTime=constant), tmp_path, comments)
    (acquisition,) = read_dicom(tmp_path)
    assert acquisition.ti_ms.tolist() == list(SHMOLLI_TI_MS)
    assert acquisition.source.ti_attribute == ("ImageComments 'TIeff N ms'",) * 7


@pytest.mark.parametrize(
    ("tag", "creator", "name"),
    [
        (0x20051572, (0x20050015, "Philips MR Imaging DD 005"), "Philips (2005,1572)"),
        (0x00211189, (0x00210011, "SIEMENS MR SDI 02"), "Siemens (0021,1189)"),
    ],
)
def test_private_attributes_of_vendors_are_asked(tmp_path: Path, tag: int, creator: tuple[int, str], name: str) -> None:
    def private(number: int, dataset: Dataset) -> None:
        dataset.add_new(creator[0], "LO", creator[1])
        dataset.add_new(tag, "FD", float(SHMOLLI_TI_MS[number - 1]))

    save_all(weighted(InversionTime=None), tmp_path, private)
    (acquisition,) = read_dicom(tmp_path)
    assert acquisition.ti_ms.tolist() == list(SHMOLLI_TI_MS)
    assert acquisition.source.ti_attribute[0] == name
    assert scan(tmp_path).series[0].ti_source == name


def test_the_trigger_time_is_the_last_resort_of_a_series_named_as_mapping(tmp_path: Path) -> None:
    def trigger(number: int, dataset: Dataset) -> None:
        dataset.TriggerTime = SHMOLLI_TI_MS[number - 1]

    save_all(weighted(InversionTime=None), tmp_path, trigger)
    (acquisition,) = read_dicom(tmp_path)
    assert acquisition.source.ti_attribute[0] == "TriggerTime (0018,1060)"
    assert acquisition.trigger_ms is None


def test_contradictory_times_are_refused_with_both_values(tmp_path: Path) -> None:
    save_all(
        weighted(),
        tmp_path,
        lambda number, dataset: setattr(dataset, "ImageComments", f"TIeff {100 + 300 * number} ms"),
    )
    message = refusal(tmp_path)
    assert "two attributes contradict each other about image 1 of 7" in message
    assert "InversionTime (0018,0082): 100 ms, ImageComments 'TIeff N ms': 400 ms" in message


def test_absent_times_of_a_named_series_are_refused_with_all_that_was_tried(tmp_path: Path) -> None:
    save_all(weighted(InversionTime=None, TriggerTime=532.5), tmp_path)
    message = refusal(tmp_path)
    assert "InversionTime (0018,0082): absent" in message
    assert "TriggerTime (0018,1060): 532.5 ms in every image" in message
    assert str(tmp_path) in message
    assert scan(tmp_path).entries[0].obstacle == message


def test_a_time_that_is_missing_in_one_image_is_named(tmp_path: Path) -> None:
    datasets = weighted()
    del datasets[2].InversionTime
    save_all(datasets, tmp_path)
    assert "InversionTime (0018,0082): in 6 of 7 images only" in refusal(tmp_path)


def test_times_below_zero_are_refused(tmp_path: Path) -> None:
    save_all(weighted((-5, *SHMOLLI_TI_MS[1:])), tmp_path)
    assert "inversion times must be positive" in refusal(tmp_path)


def test_repeated_values_of_one_element_count_once_and_different_ones_not() -> None:
    times = [{"InversionTime (0018,0082)": float(time)} for time in SHMOLLI_TI_MS]
    assert choose(times, named_as_mapping=False).ti_ms == SHMOLLI_TI_MS
    with pytest.raises(InversionTimeError, match="only 3 different values"):
        choose(times[:3], named_as_mapping=False)


@pytest.mark.parametrize("values", [[100, 100], [100, 200]])
def test_elements_with_several_values_are_used_if_these_agree(tmp_path: Path, values: list[int]) -> None:
    datasets = weighted()
    datasets[0].InversionTime = values
    save_all(datasets, tmp_path)
    if values[0] == values[1]:
        assert read_dicom(tmp_path)[0].ti_ms[0] == 100
    else:
        assert "in 6 of 7 images only" in refusal(tmp_path)


def test_the_order_of_acquisition_wins_over_file_names_and_instance_numbers(tmp_path: Path) -> None:
    by_time = weighted()
    for dataset, number in zip(by_time, (1, 4, 5, 6, 7, 2, 3), strict=True):
        dataset.InstanceNumber = number
    save_all(reversed(by_time), tmp_path)
    assert read_dicom(tmp_path)[0].ti_ms.tolist() == list(SHMOLLI_TI_MS)


def test_images_that_a_scanner_sorted_by_inversion_time_stay_so(tmp_path: Path) -> None:
    save_all(reversed(weighted(sorted(SHMOLLI_TI_MS), AcquisitionTime=None, AcquisitionDate=None)), tmp_path)
    (acquisition,) = read_dicom(tmp_path)
    assert acquisition.ti_ms.tolist() == sorted(SHMOLLI_TI_MS)
    assert acquisition.schedule.name == "ShMOLLI"


def test_acquisition_through_midnight_keeps_its_order(tmp_path: Path) -> None:
    datasets = weighted()
    for number, dataset in enumerate(datasets):
        dataset.AcquisitionDate = "20240131" if number < 3 else "20240201"
        dataset.AcquisitionTime = f"{235957 + number}" if number < 3 else f"0000{number - 3:02d}"
    save_all(datasets, tmp_path)
    assert read_dicom(tmp_path)[0].ti_ms.tolist() == list(SHMOLLI_TI_MS)
