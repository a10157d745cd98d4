"""Level automation: scheduled fades, late ones, and no jump between them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kacenv.core.units import Decibels, Seconds, amplitude
from kacenv.devices.audio.mixing.automation import SILENT, LevelAutomation, MuteAutomation

orders = st.lists(
    st.tuples(st.floats(-90, 12), st.floats(-5, 10), st.floats(0, 8), st.floats(0, 5)), max_size=8
)


@pytest.mark.parametrize(
    ("fades", "levels"),
    [
        pytest.param(
            [(-12.0, 10.0, 2.0)],
            {9.9: 0.0, 10.0: 0.0, 11.0: -6.0, 12.0: -12.0, 99.0: -12.0},
            id="an order waits for its time",
        ),
        pytest.param(
            [(-10.0, 0.0, 4.0), (0.0, 20.0, 1.0)],
            {0.0: 0.0, 2.0: -5.0, 10.0: -10.0},
            id="a future order leaves the fade before it alone",
        ),
        pytest.param(
            [(-10.0, -10.0, 4.0)],
            {5.0: 0.0, 7.0: -5.0, 9.0: -10.0},
            id="a late order takes its whole duration from now",
        ),
        pytest.param(
            [(-40.0, 50.0, 1.0), (-6.0, 1.0, 1.0)],
            {1.0: 0.0, 60.0: -6.0},
            id="a newer order replaces later ones",
        ),
    ],
)
def test_a_level_follows_its_orders(
    fades: list[tuple[float, float, float]], levels: dict[float, float]
) -> None:
    """Each order (dB, its time, its duration) is followed as it should be, whenever it is given."""
    automation = LevelAutomation()
    for level, at, duration in fades:
        automation.fade_to(Decibels(level), Seconds(at), Seconds(duration))
    found = {time: automation.level_at(Seconds(time)) for time in levels}
    assert found == pytest.approx(levels)


def test_a_fade_is_heard_to_begin_at_once() -> None:
    """Within a tenth of a second the slowest of them has moved by a tenth of a decibel."""
    volume, back, silence = LevelAutomation(), LevelAutomation(Decibels(-12.0)), MuteAutomation()
    volume.fade_to(Decibels(-2.0), Seconds(0.0), Seconds(1.5))
    back.fade_to(Decibels(0.0), Seconds(0.0), Seconds(10.0))
    silence.fade_to(True, Seconds(0.0), Seconds(8.0))
    for one in (volume, back, silence):
        one.gain_at(Seconds(0.0))
    assert volume.level_at(Seconds(0.1)) < -0.1
    assert back.level_at(Seconds(0.1)) > -12.0 + 0.1
    assert silence.gain_at(Seconds(0.1)) < amplitude(Decibels(-0.1))


def test_the_lowest_level_is_true_silence() -> None:
    """An automation at its lowest multiplies by nought."""
    automation = LevelAutomation()
    automation.fade_to(Decibels(-120.0), Seconds(0.0), Seconds(1.0))
    automation.gain_at(Seconds(0.0))
    assert automation.level_at(Seconds(2.0)) == SILENT
    assert automation.gain_at(Seconds(2.0)) == 0.0


@given(orders)
def test_levels_never_jump(asked: list[tuple[float, float, float, float]]) -> None:
    """Whatever is ordered, in 1 ms a level moves at most what the shortest fade allows."""
    automation, now, before = LevelAutomation(), 0.0, 0.0
    for level, ahead, duration, wait in asked:
        automation.fade_to(Decibels(level), Seconds(now + ahead), Seconds(duration))
        for _ in range(1 + round(wait * 100)):
            now += 0.001
            after = automation.level_at(Seconds(now))
            assert abs(after - before) <= 102 * 1.58 * 0.001 / 0.05 + 1e-6
            before = after
