"""The timeline of a scheme on given heartbeats."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from myoqc.errors import InversionTimeError
from myoqc.schedules import KNOWN, MOLLI_5S_3S, SHMOLLI, Schedule, recognise
from myoqc.simulate.physics.timing import draw_timing, timing


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


@pytest.mark.parametrize("schedule", KNOWN, ids=lambda schedule: schedule.name)
@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 2**31))
def test_drawn_times_are_recognised_as_the_scheme_that_they_were_drawn_for(schedule: Schedule, seed: int) -> None:
    line = draw_timing(np.random.default_rng(seed), schedule)
    assert recognise(line.ti_ms.tolist()) == schedule
    assert (line.preparation_ms[line.group] < line.readout_ms).all()


def test_a_scheme_in_seconds_can_be_drawn() -> None:
    assert len(draw_timing(np.random.default_rng(0), MOLLI_5S_3S).ti_ms) == 8


def test_too_few_heartbeats_are_refused() -> None:
    with pytest.raises(InversionTimeError, match=r"too few heartbeats for ShMOLLI; expected 8 or more .*found 4"):
        timing(SHMOLLI, [1000.0] * 4)


def test_nothing_of_a_timeline_can_be_changed() -> None:
    line = timing(SHMOLLI, [1000.0] * 9)
    for array in (line.rr_ms, line.preparation_ms, line.readout_ms, line.group):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1
