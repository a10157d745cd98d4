"""Silence of stepped lamps that answer promptly."""

import pytest

from kacenv.core.units import Seconds
from kacenv.devices.lights.lamp.echo_watch import ANSWERS, AWAY_AFTER, SILENT_AFTER, EchoWatch


@pytest.fixture
def prompt() -> EchoWatch:
    """Return the watch of a lamp that has answered at once."""
    watch = EchoWatch()
    for tick in range(ANSWERS):
        watch.sent(Seconds(tick))
        watch.heard(Seconds(tick + 0.1))
    return watch


def test_only_a_prompt_lamp_can_be_silent(prompt: EchoWatch) -> None:
    """One that reports now and then isn't missed."""
    slow = EchoWatch()
    for watch in (prompt, slow):
        watch.sent(Seconds(100.0))
    later = Seconds(100.0 + SILENT_AFTER)
    assert (prompt.is_silent(later), slow.is_silent(later)) == (True, False)
    assert prompt.was_away(Seconds(100.0 + AWAY_AFTER))
    prompt.heard(Seconds(103.0))
    assert not prompt.is_silent(Seconds(200.0))
    assert not prompt.was_away(Seconds(200.0))


def test_a_silent_lamp_is_tried_now_and_then(prompt: EchoWatch) -> None:
    """Steps are sent just after each try, and held back in between."""
    prompt.sent(Seconds(100.0))
    assert prompt.may_step(Seconds(100.2))
    assert not prompt.may_step(Seconds(100.9))
    assert prompt.probes(Seconds(100.9))
    assert not prompt.probes(Seconds(101.0))
    assert prompt.may_step(Seconds(101.0))
    assert not prompt.may_step(Seconds(101.5))
    assert prompt.next_probe == pytest.approx(101.9)
