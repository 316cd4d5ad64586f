"""The timeline of a scheme on given heartbeats."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from myoqc.errors import InputError, InversionTimeError
from myoqc.schedules import KNOWN, MOLLI_5S_3S, SHMOLLI, Schedule, by_name, recognise
from myoqc.simulate.physics.mistrigger import apply_missed_beat, apply_mistrigger
from myoqc.simulate.physics.timing import draw_timing, timing

SASHA = by_name("SASHA", 10)


def test_shmolli_at_60_beats_a_minute_has_the_times_that_the_scanner_writes() -> None:
    line = timing(SHMOLLI, [1000.0] * 9)
    assert line.ti_ms.tolist() == [100.0, 1100.0, 2100.0, 3100.0, 4100.0, 180.0, 260.0]
    assert line.readout_ms.tolist() == [100.0, 1100.0, 2100.0, 3100.0, 4100.0, 6100.0, 8100.0]
    assert line.group.tolist() == [0, 0, 0, 0, 0, 1, 2]


def test_an_irregular_heartbeat_shows_in_the_inversion_times() -> None:
    line = timing(SHMOLLI, [900.0, 1000.0, 1100.0, 1200.0, 700.0, 700.0, 700.0, 700.0])
    np.testing.assert_allclose(line.ti_ms, [100.0, 1000.0, 2000.0, 3100.0, 4300.0, 180.0, 260.0])


@pytest.mark.parametrize(("rr_ms", "beats_of_pause"), [(800.0, 4), (1000.0, 3), (1600.0, 2)])
def test_a_pause_in_seconds_is_filled_with_whole_heartbeats(rr_ms: float, beats_of_pause: int) -> None:
    line = timing(MOLLI_5S_3S, [rr_ms] * 15)
    assert line.readout_ms[5] - line.readout_ms[4] == pytest.approx((beats_of_pause + 1) * rr_ms)


@pytest.mark.parametrize("schedule", [*KNOWN, SASHA], ids=lambda schedule: schedule.name)
@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 2**31))
def test_drawn_times_are_recognised_as_the_scheme_that_they_were_drawn_for(schedule: Schedule, seed: int) -> None:
    line = draw_timing(np.random.default_rng(seed), schedule)
    assert recognise(line.ti_ms.tolist()) == schedule
    prepared = line.group >= 0
    assert (line.preparation_ms[line.group[prepared]] < line.readout_ms[prepared]).all()
    np.testing.assert_allclose(line.true_ti_ms, line.ti_ms)


def test_a_scheme_in_seconds_can_be_drawn() -> None:
    assert len(draw_timing(np.random.default_rng(0), MOLLI_5S_3S).ti_ms) == 8


@pytest.mark.parametrize(
    ("name", "beats"),
    [
        ("MOLLI 5(3)3", [0, 1, 2, 3, 4, 8, 9, 10]),
        ("MOLLI 4(1)3(1)2", [0, 1, 2, 3, 5, 6, 7, 9, 10]),
        ("MOLLI 3(3)3(3)5", [0, 1, 2, 6, 7, 8, 12, 13, 14, 15, 16]),
    ],
)
def test_each_scheme_of_molli_reads_on_its_own_heartbeats(name: str, beats: list[int]) -> None:
    schedule = by_name(name, len(beats))
    line = timing(schedule, [1000.0] * 17)
    np.testing.assert_allclose(line.readout_ms, 100.0 + 1000.0 * np.array(beats))
    np.testing.assert_allclose(
        line.ti_ms[np.flatnonzero(np.diff(line.group, prepend=-1))], [100.0, 180.0, 260.0][: len(schedule.samples)]
    )


def test_sasha_reads_on_every_beat_and_saturates_on_all_but_the_first() -> None:
    line = timing(SASHA, [1000.0] * 9, trigger_ms=620.0)
    np.testing.assert_allclose(line.readout_ms, 100.0 + 1000.0 * np.arange(10))
    assert line.ti_ms[0] == 10_000.0
    np.testing.assert_allclose(line.ti_ms[1:], [100.0, 162.5, 225.0, 287.5, 350.0, 412.5, 475.0, 537.5, 600.0])
    np.testing.assert_allclose(line.readout_ms[1:] - line.preparation_ms, line.ti_ms[1:])
    assert line.group.tolist() == [-1, 0, 1, 2, 3, 4, 5, 6, 7, 8]


def test_sasha_without_time_before_its_readout_is_refused() -> None:
    with pytest.raises(InversionTimeError, match=r"expected a trigger delay above 120 ms; found 110 ms"):
        timing(SASHA, [1000.0] * 9, trigger_ms=110.0)


def test_heartbeats_vary_from_one_to_the_next_and_drift_over_the_breath_hold() -> None:
    lines = [draw_timing(np.random.default_rng(seed), KNOWN[3]).rr_ms for seed in range(400)]
    relative = np.array([rr_ms / rr_ms.mean() for rr_ms in lines])
    halves = relative[:, :8].mean(axis=1) - relative[:, -8:].mean(axis=1)
    from_beat_to_beat = np.diff(relative, axis=1).std(axis=1) / np.sqrt(2)
    assert 0.03 < from_beat_to_beat.mean() < 0.045
    # Without a drift the halves would differ by the beats' own scatter alone.
    assert halves.std() > 1.3 * from_beat_to_beat.mean() / 2


def test_an_image_read_too_late_has_a_longer_time_than_its_header_says() -> None:
    line = timing(SHMOLLI, [1000.0] * 9)
    late = apply_mistrigger(line, 2, 150.0)
    np.testing.assert_array_equal(late.ti_ms, line.ti_ms)
    np.testing.assert_allclose(late.true_ti_ms - line.ti_ms, [0.0, 0.0, 150.0, 0.0, 0.0, 0.0, 0.0])


def test_an_inversion_moves_with_the_image_of_its_heartbeat() -> None:
    line = timing(SHMOLLI, [1000.0] * 9)
    early = apply_mistrigger(line, 0, -200.0)
    np.testing.assert_allclose(early.true_ti_ms - line.ti_ms, [0.0, 200.0, 200.0, 200.0, 200.0, 0.0, 0.0])
    np.testing.assert_array_equal(early.ti_ms, line.ti_ms)


def test_a_saturation_moves_with_its_image_and_the_image_without_one_moves_alone() -> None:
    line = timing(SASHA, [1000.0] * 9)
    for image in (0, 4):
        np.testing.assert_allclose(apply_mistrigger(line, image, 90.0).true_ti_ms, line.ti_ms)
        assert apply_mistrigger(line, image, 90.0).readout_ms[image] == line.readout_ms[image] + 90.0


@pytest.mark.parametrize(
    ("image", "delay_ms", "message"),
    [(7, 10.0, "no such image; expected 0 to 6; found 7"), (3, 1000.0, "before or after its neighbour; found 1000 ms")],
)
def test_a_trigger_that_cannot_be_is_refused(image: int, delay_ms: float, message: str) -> None:
    with pytest.raises(InputError, match=message):
        apply_mistrigger(timing(SHMOLLI, [1000.0] * 9), image, delay_ms)


def test_after_a_heartbeat_that_is_missed_everything_comes_one_beat_later() -> None:
    line = timing(SHMOLLI, [1000.0] * 9)
    late = apply_missed_beat(line, 3)
    np.testing.assert_allclose(late.ti_ms, [100.0, 1100.0, 2100.0, 4100.0, 5100.0, 180.0, 260.0])
    np.testing.assert_allclose(late.true_ti_ms, late.ti_ms)
    np.testing.assert_allclose(late.readout_ms - line.readout_ms, [0.0] * 3 + [1000.0] * 4)


def test_a_missed_beat_of_no_image_is_refused() -> None:
    with pytest.raises(InputError, match="no such image; expected 0 to 6; found -1"):
        apply_missed_beat(timing(SHMOLLI, [1000.0] * 9), -1)


def test_too_few_heartbeats_are_refused() -> None:
    with pytest.raises(InversionTimeError, match=r"too few heartbeats for ShMOLLI; expected 8 or more .*found 4"):
        timing(SHMOLLI, [1000.0] * 4)


def test_nothing_of_a_timeline_can_be_changed() -> None:
    line = timing(SHMOLLI, [1000.0] * 9)
    for array in (line.rr_ms, line.preparation_ms, line.readout_ms, line.group, line.ti_ms):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1
