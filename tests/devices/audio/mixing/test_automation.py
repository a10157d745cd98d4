"""Level automation: scheduled fades, late ones, and no jump between them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kacenv.core.units import Decibels, Seconds, amplitude
from kacenv.devices.audio.mixing.automation import SILENT, LevelAutomation, MuteAutomation

orders = st.lists(
    st.tuples(st.floats(-90, 12), st.floats(-5, 10), st.floats(0, 8), st.floats(0, 5)), max_size=8
)


def test_an_order_waits_for_its_time() -> None:
    """Before its time a level stays, after its duration it is what was asked."""
    dial = LevelAutomation()
    dial.fade_to(Decibels(-12.0), Seconds(10.0), Seconds(2.0))
    levels = [dial.level_at(Seconds(time)) for time in (9.9, 10.0, 11.0, 12.0, 99.0)]
    assert levels == pytest.approx([0.0, 0.0, -6.0, -12.0, -12.0])


def test_a_future_order_leaves_the_fade_before_it_alone() -> None:
    """A fade under way goes on until the next order's time comes."""
    dial = LevelAutomation()
    dial.fade_to(Decibels(-10.0), Seconds(0.0), Seconds(4.0))
    dial.level_at(Seconds(0.0))
    dial.fade_to(Decibels(0.0), Seconds(20.0), Seconds(1.0))
    assert dial.level_at(Seconds(2.0)) == pytest.approx(-5.0)
    assert dial.level_at(Seconds(10.0)) == pytest.approx(-10.0)


def test_a_late_order_is_no_steeper_than_meant() -> None:
    """An order for ten seconds ago takes its whole duration from now."""
    dial = LevelAutomation()
    dial.fade_to(Decibels(-10.0), Seconds(-10.0), Seconds(4.0))
    levels = [dial.level_at(Seconds(time)) for time in (5.0, 7.0, 9.0)]
    assert levels == pytest.approx([0.0, -5.0, -10.0])


def test_a_newer_order_replaces_later_ones() -> None:
    """An order for now forgets those that were to follow."""
    dial = LevelAutomation()
    dial.fade_to(Decibels(-40.0), Seconds(50.0), Seconds(1.0))
    dial.fade_to(Decibels(-6.0), Seconds(1.0), Seconds(1.0))
    assert dial.level_at(Seconds(1.0)) == 0.0
    assert dial.level_at(Seconds(60.0)) == pytest.approx(-6.0)


def test_a_fade_is_heard_to_begin_at_once() -> None:
    """Within a tenth of a second the slowest of them has moved by a tenth of a decibel."""
    volume, back, silence = LevelAutomation(), LevelAutomation(Decibels(-12.0)), MuteAutomation()
    volume.fade_to(Decibels(-2.0), Seconds(0.0), Seconds(1.5))
    back.fade_to(Decibels(0.0), Seconds(0.0), Seconds(10.0))
    silence.fade_to(True, Seconds(0.0), Seconds(8.0))
    for knob in (volume, back, silence):
        knob.gain_at(Seconds(0.0))
    assert volume.level_at(Seconds(0.1)) < -0.1
    assert back.level_at(Seconds(0.1)) > -12.0 + 0.1
    assert silence.gain_at(Seconds(0.1)) < amplitude(Decibels(-0.1))


def test_the_lowest_level_is_true_silence() -> None:
    """A dial at its lowest multiplies by nought."""
    dial = LevelAutomation()
    dial.fade_to(Decibels(-120.0), Seconds(0.0), Seconds(1.0))
    dial.gain_at(Seconds(0.0))
    assert dial.level_at(Seconds(2.0)) == SILENT
    assert dial.gain_at(Seconds(2.0)) == 0.0


@given(orders)
def test_levels_never_jump(asked: list[tuple[float, float, float, float]]) -> None:
    """Whatever is ordered, in 1 ms a level moves at most what the shortest fade allows."""
    dial, now, before = LevelAutomation(), 0.0, 0.0
    for level, ahead, duration, wait in asked:
        dial.fade_to(Decibels(level), Seconds(now + ahead), Seconds(duration))
        for _ in range(1 + round(wait * 100)):
            now += 0.001
            after = dial.level_at(Seconds(now))
            assert abs(after - before) <= 102 * 1.58 * 0.001 / 0.05 + 1e-6
            before = after
