import pytest

from myoqc.errors import ImageError, InversionTimeError
from myoqc.schedules import KNOWN, SHMOLLI, Preparation, by_name, groups, recognise

SHMOLLI_MS = [100, 1100, 2100, 3100, 4100, 180, 260]
MOLLI_533_MS = [120, 1090, 2050, 3010, 3990, 200, 1180, 2140]
SASHA_MS = [10000, 122, 199, 276, 353, 430, 507, 584, 661, 700]


def test_each_new_preparation_begins_where_the_time_falls():
    assert groups(SHMOLLI_MS) == (5, 1, 1)
    assert groups(MOLLI_533_MS) == (5, 3)
    assert groups([100, 1100, 2100]) == (3,)


def test_two_times_closer_than_a_heartbeat_come_from_two_preparations():
    assert groups(sorted(SHMOLLI_MS)) == (1, 1, 5)


@pytest.mark.parametrize(
    ("times", "name"),
    [
        (SHMOLLI_MS, "ShMOLLI"),
        (MOLLI_533_MS, "MOLLI 5(3)3"),
        ([100, 1100, 2100, 3100, 180, 1180, 2180, 260, 1260], "MOLLI 4(1)3(1)2"),
        ([100, 1100, 2100, 200, 1200, 2200, 350, 1350, 2350, 3350, 4350], "MOLLI 3(3)3(3)5"),
        (SASHA_MS, "SASHA"),
        ([100, 1100, 2100, 3100, 180, 1180], "MOLLI, 4+2 images"),
    ],
)
def test_each_scheme_is_recognised_by_its_times(times, name):
    assert recognise(times).name == name
    assert recognise(times).n_images == len(times)


def test_shmolli_sorted_by_a_scanner_is_still_shmolli():
    assert recognise(sorted(SHMOLLI_MS)) is SHMOLLI


def test_seven_rising_times_with_one_early_sample_are_no_shmolli():
    schedule = recognise([100, 1100, 2100, 3100, 4100, 5100, 6100])
    assert (schedule.name, schedule.samples) == ("MOLLI", (7,))


def test_the_words_of_the_series_decide_before_the_times():
    assert recognise(sorted(SHMOLLI_MS), "ShMOLLI_192i_e11") is SHMOLLI
    assert recognise([122, 199, 276, 353, 430, 507], "SASHA_short").preparation is Preparation.SATURATION


def test_molli_counted_in_seconds_keeps_the_groups_found():
    schedule = recognise([100, 1100, 2100, 3100, 200, 1200], "MOLLI_5s(3s)3s")
    assert (schedule.name, schedule.samples, schedule.pauses, schedule.pause_unit) == (
        "MOLLI 5s(3s)3s",
        (4, 2),
        (3,),
        "s",
    )


def test_six_images_of_shmolli_are_refused():
    with pytest.raises(ImageError, match=r"ShMOLLI has a fixed number of images; expected 7; found 6\. Send all"):
        recognise(SHMOLLI_MS[:6], "ShMOLLI_192i")


@pytest.mark.parametrize("schedule", KNOWN, ids=lambda schedule: schedule.name)
def test_a_known_scheme_is_found_by_any_spelling_of_its_name(schedule):
    assert by_name(schedule.name, schedule.n_images) is schedule
    assert by_name(schedule.name.upper().replace(" ", "_"), schedule.n_images) is schedule


def test_generic_names_take_the_number_of_images():
    assert by_name("molli", 9).samples == (9,)
    assert by_name("MOLLI 5s(3s)3s", 10).pause_unit == "s"
    assert by_name("SASHA", 10).samples == (1,) * 10


def test_an_unknown_name_is_refused_with_the_known_ones():
    with pytest.raises(InversionTimeError, match=r"unknown schedule 'spiral'; expected one of ShMOLLI, MOLLI 5\(3\)3"):
        by_name("spiral", 8)


def test_rising_times_are_no_shmolli_where_the_early_ones_do_not_rise_by_80_ms():
    schedule = recognise([100, 200, 300, 1000, 2000, 3000, 4000])
    assert (schedule.name, schedule.samples) == ("MOLLI", (7,))


@pytest.mark.parametrize("late", [[1100, 2100, 4100, 5100], [700, 2100, 3100, 4100], [1100, 1500, 3100, 4100]])
def test_rising_times_are_no_shmolli_where_the_late_ones_have_no_even_heartbeat(late):
    assert recognise([100, 180, 260, *late]).name == "MOLLI"


@pytest.mark.parametrize(
    "times",
    [
        [100, 180, 260, 710, 1290, 1890, 2530],
        [110, 190, 270, 1480, 2750, 4150, 5400],
        [98.5, 177.5, 257.5, 1000, 2100, 3150, 4050],
    ],
)
def test_sorted_shmolli_is_recognised_in_slow_fast_and_uneven_hearts(times):
    assert recognise(times) is SHMOLLI


@pytest.mark.parametrize(
    "times",
    [
        [100, 1100, 2100, 3100, 9000, 180, 260],
        [100, 180, 260, 1100, 2100, 3100, 9000],
        [50, 200, 800, 3000, 9000],
        [8100, 9100, 10100, 11100, 12100],
    ],
)
def test_one_long_inversion_time_makes_no_sasha(times):
    assert recognise(times).preparation is Preparation.INVERSION


@pytest.mark.parametrize("unsaturated", [[10000], [99999, 8000]])
def test_sasha_has_images_without_saturation_and_all_others_within_a_heartbeat(unsaturated):
    assert recognise([*unsaturated, 100, 400, 700, 1000, 1300]).preparation is Preparation.SATURATION
