"""One session for real: daemon, broker, lamps, sound server; what came, and in which order.

How exactly it came is in `test_tone_session.py` on simulated time, and under `make bench` for real.
"""

import numpy as np
import pytest
from support.shared import once
from support.tone_figures import bells_heard, decibels, phases_heard, power_below
from support.tone_house import LAMPS, LOOKS, PHASES, SPEAKERS, STAFF, STROKES
from support.tone_session import Lived, live

from kacenv.devices.audio.samples import RATE


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Lived:
    """Return the whole session, played once for all tests of this file."""
    return once(tmp_path_factory, "e2e", live)


def test_every_phase_has_its_music(lived: Lived) -> None:
    """Each phase's tone takes over from the one before, from the first to the last."""
    assert phases_heard(lived.recording.sound) == list(PHASES)


def test_each_chime_is_heard_where_it_belongs(lived: Lived) -> None:
    """In its phase and on its output: the staff's on theirs alone, the room's on both."""
    assert bells_heard(lived.recording.sound) == STROKES


def test_staff_hear_none_of_the_music(lived: Lived) -> None:
    """Their output carries bells, and next to nothing of the tones."""
    sound = lived.recording.sound
    staff, speakers = (power_below(sound[:, channel], 200) for channel in (STAFF, SPEAKERS))
    assert decibels(staff / speakers) < -40


@pytest.mark.parametrize("lamp", LAMPS)
def test_the_lamps_reach_their_looks(lived: Lived, lamp: str) -> None:
    """Each lamp is led to each phase's look in turn, within a unit of the device."""
    led = iter(lived.levels[lamp])
    for level in LOOKS.values():
        assert any(one == pytest.approx(level / 100, abs=0.012) for one in led), lived.levels[lamp]


def test_nothing_that_commands_is_retained(lived: Lived) -> None:
    """The broker's log holds kacenv's commands, none of them kept for a lamp that comes later."""
    received = [line for line in lived.broker_log.splitlines() if "Received PUBLISH from" in line]
    commands = [line for line in received if "/set'" in line or "'p/path'" in line]
    assert len(commands) >= 3 * len(PHASES)
    assert all(", r0," in line for line in commands)


def test_staff_saw_every_check_in(lived: Lived) -> None:
    """Each check-in was shown once."""
    shown = [told["text"] for told in lived.last["told"] if told["check_in"]]
    assert sorted(shown) == ["For room", "For room", "For staff"]


def test_the_session_ended_by_itself(lived: Lived) -> None:
    """The music fades out after the last phase, and then there is silence."""
    sound = np.abs(lived.recording.sound[:, SPEAKERS])
    last = int(np.flatnonzero(sound)[-1])
    assert sound[last - RATE // 100 : last].max() < 0.01
    assert len(sound) - last > RATE // 4
